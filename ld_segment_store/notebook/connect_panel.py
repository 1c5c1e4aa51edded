# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Which LaunchDarkly, with which access token."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import ipywidgets as w
import traitlets

from ..core.api.client import DEFAULT_API_HOST, Client
from ..core.errors import Forbidden, InvalidSettings
from ..core.findings import Finding
from ..core.model.account import CallerIdentity
from ..core.secret import Secret
from .account import Account, Token, check_arguments, read_token
from .page import Page
from .part import LABEL, Part, full_width
from .secret_field import SecretField
from .worker import Task, Worker

INSTANCES = {
    "LaunchDarkly (US)": DEFAULT_API_HOST,
    "LaunchDarkly EU": "https://app.eu.launchdarkly.com",
    "LaunchDarkly federal": "https://app.launchdarkly.us",
}
OTHER = "Another host"
VARIABLE, FILE, TYPED, GIVEN = "Environment variable", "File", "Typed in here", "Given in Python"
TOKEN_VARIABLE = "LAUNCHDARKLY_ACCESS_TOKEN"


class ConnectPanel(Part):
    """Asks for instance and access token, and shows whose token it is.

    `client` is a client of your own. `access_token` is a token or a function that returns one; don't write a token into a
    cell. `api_host` is LaunchDarkly's host. With a client or a token the panel connects at once.
    """

    title = "Connect"

    state = traitlets.Enum(
        ["not connected", "connecting", "connected", "failed"],
        "not connected",
        help="The state of the connection.",
    )
    """The state of the connection: `not connected`, `connecting`, `connected` or `failed`."""

    account = traitlets.Instance(Account, allow_none=True, help="The connection, None until there is one.")
    """The connection, for other parts; None until there is one. A new object after each successful connect."""

    def __init__(
        self,
        client: Client | None = None,
        access_token: Token | None = None,
        api_host: str | None = None,
        *,
        worker: Worker | None = None,
        page: Page | None = None,
    ) -> None:
        check_arguments(client, access_token, api_host)
        super().__init__(worker, page)
        self.summary = ""
        self._client = client
        self._given = access_token
        host = client.api_host if client else api_host or os.environ.get("LAUNCHDARKLY_API_HOST") or DEFAULT_API_HOST
        known = [name for name, url in INSTANCES.items() if url == host.strip().rstrip("/")]
        common: dict[str, Any] = {"style": LABEL}
        self.instance = w.Dropdown(
            options=[*INSTANCES, OTHER],
            value=(known or [OTHER])[0],
            description="Instance",
            layout=full_width(),
            **common,
        )
        self.host = w.Text(value=host, description="URL of the host", layout=full_width(), **common)
        given = client is not None or access_token is not None
        sources = [GIVEN, VARIABLE, FILE, TYPED] if given else [VARIABLE, FILE, TYPED]
        self.source = w.Dropdown(options=sources, description="Access token from", layout=full_width(), **common)
        self.variable = w.Text(value=TOKEN_VARIABLE, description="Name of the variable", layout=full_width(), **common)
        self.file = w.Text(description="Path of the file", layout=full_width(), **common)
        self.secret: SecretField | None = None
        self.connect_button = self.button("Connect", self.connect, primary=True)
        for widget in (self.instance, self.source):
            widget.observe(lambda _: self.worker.put(self._arrange), "value")
        self._arrange()
        if worker is None:
            self.start()

    def start(self) -> None:
        """Connect if a client or a token was given. A part that observes the panel calls it once it does."""
        if GIVEN in self.source.options:
            self.worker.put(self.connect)

    def connect(self) -> None:
        """Read the token and ask LaunchDarkly whose it is."""
        host = self.host.value.strip() if self.instance.value == OTHER else INSTANCES[self.instance.value]
        source, place = self.source.value, {VARIABLE: self.variable, FILE: self.file}.get(self.source.value)
        given = place.value.strip() if place else ""
        self.state = "connecting"
        self.run(
            "Connecting.",
            lambda task: self._reach(task, host, source, given),
            self._connected,
            on_failed=self._not_connected,
        )

    def cancel(self) -> None:
        """Cancel connecting; a connection that was there before stays."""
        super().cancel()
        self.state = "connected" if self.account else "not connected"

    def keep(self) -> None:
        """Leave the connection as it is, and fold the panel."""
        if self.account is not None:
            self.drop()
            self.state = "connected"
            self.fold(self.summary)

    def _arrange(self) -> None:
        """Show the fields that the choices call for."""
        fields: list[w.Widget] = [self.instance]
        if self.instance.value == OTHER:
            fields.append(self.host)
        fields.append(self.source)
        if self.source.value == TYPED:
            self.secret = self.secret or SecretField("Access token", strip=True)
            fields.append(self.secret)
        elif self.source.value != GIVEN:
            fields.append(self.variable if self.source.value == VARIABLE else self.file)
        self.body.children = [*fields, self.connect_button]

    def _reach(self, task: Task, host: str, source: str, given: str) -> tuple[Account, CallerIdentity | None]:
        own = self._client if source == GIVEN else None
        account = Account(own.api_host if own else host, Secret("") if own else self._token(source, given), own)
        with account.client(task) as client:
            try:
                return account, client.get_caller_identity()
            except Forbidden:
                return account, None  # a token without the right to ask who it is can be good for everything else

    def _token(self, source: str, given: str) -> Secret:
        text: Token | None
        if source == VARIABLE:
            text = os.environ.get(given, "")
            field, problem, remedy = given or "Name of the variable", "is not set", _VARIABLE_REMEDY
        elif source == FILE:
            text, problem = _read(given)
            field, remedy = "Path of the file", _FILE_REMEDY
        elif source == TYPED:
            text = self.secret.secret if self.secret else None
            field, problem, remedy = "Access token", "is empty", "Type the token"
        else:
            text = self._given
            field, problem, remedy = "access_token", "is empty", "Give a token, or choose another source"
        token = read_token(text)
        if not token:
            raise InvalidSettings([Finding("error", field, problem, remedy)])
        return token

    def _connected(self, found: tuple[Account, CallerIdentity | None]) -> None:
        account, identity = found
        if identity is None:
            self.say("ok", f"Connected to {account.host}; the token may not ask whose it is.")
        else:
            name = identity.token_name or "an unnamed token"
            kind = "a service token" if identity.service_token else "a personal token"
            of = f", account {identity.account_id}" if identity.account_id else ""
            self.say("ok", f"Connected to {account.host} as “{name}”, {kind}{of}.")
        self.summary = self.message[1].rstrip(".")
        self.state = "connected"
        self.account = account

    def _not_connected(self, error: BaseException) -> None:
        self.state = "failed"
        self.fail(error)


_VARIABLE_REMEDY = "Set it before Jupyter starts, or choose another source"
_FILE_REMEDY = "Give the path of a file on the kernel's machine that holds the token alone"


def _read(path: str) -> tuple[str, str]:
    """Return the text of a file, or "" with the problem."""
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        return "", f"can't be read ({error.strerror if isinstance(error, OSError) else 'not text'})"
    return text, "is empty"
