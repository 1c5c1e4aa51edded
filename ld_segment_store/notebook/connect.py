# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Step 1: which LaunchDarkly, with which access token."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Union

import ipywidgets as w

from ..core.api.client import DEFAULT_API_HOST, Client
from ..core.api.retry import RetryPolicy
from ..core.errors import Forbidden, InvalidSettings, SegmentStoreError
from ..core.findings import Finding
from ..core.model.integration import CallerIdentity
from ..core.secret import Secret
from .secret_field import SecretField
from .step import LABEL, Step
from .worker import Task, Worker

Token = Union[str, Secret, Callable[[], Union[str, Secret]]]

INSTANCES = {
    "LaunchDarkly (US)": DEFAULT_API_HOST,
    "LaunchDarkly EU": "https://app.eu.launchdarkly.com",
    "LaunchDarkly federal": "https://app.launchdarkly.us",
}
OTHER = "Another host"
VARIABLE, FILE, TYPED, GIVEN = "Environment variable", "File", "Typed in here", "Given in Python"
TOKEN_VARIABLE = "LAUNCHDARKLY_ACCESS_TOKEN"
# Somebody is watching: after a minute of retries a sentence is worth more than another one.
_PATIENCE = RetryPolicy(deadline=60.0)


@dataclass(frozen=True)
class Account:
    """A way to LaunchDarkly. Each call gets a client of its own, since a client serves one thread at a time.

    `own_client` is one that the user made: it is used as it is, by one call at a time.
    """

    api_host: str
    token: Secret
    own_client: Client | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @contextmanager
    def client(self, task: Task) -> Iterator[Client]:
        """A client whose waits the task shows, and ends when it is cancelled."""
        if self.own_client is not None:
            with self._lock:
                task.check()
                yield self.own_client
            return
        with Client(
            self.token,
            self.api_host,
            retry=_PATIENCE,
            clock=task,
            on_wait=lambda wait: task.progress(wait.text),
        ) as client:
            yield client


class ConnectStep(Step):
    """Asks for instance and token, and says who the token is. `on_connected` is called with the Account."""

    title = "Connect"

    def __init__(
        self,
        worker: Worker,
        number: int,
        on_connected: Callable[[Account], None],
        *,
        client: Client | None = None,
        access_token: Token | None = None,
        api_host: str | None = None,
    ) -> None:
        super().__init__(worker, number)
        self._on_connected = on_connected
        self._client = client
        self._given = client.api_host if client else access_token
        self.account: Account | None = None
        host = client.api_host if client else api_host or os.environ.get("LAUNCHDARKLY_API_HOST") or DEFAULT_API_HOST
        known = [name for name, url in INSTANCES.items() if url == host.rstrip("/")]
        wide = w.Layout(width="36rem", max_width="100%")
        self.instance = w.Dropdown(
            options=[*INSTANCES, OTHER], value=(known or [OTHER])[0], description="Instance", style=LABEL, layout=wide
        )
        self.host = w.Text(value=host, description="URL of the host", style=LABEL, layout=w.Layout(width="36rem"))
        sources = [VARIABLE, FILE, TYPED] if self._given is None else [GIVEN, VARIABLE, FILE, TYPED]
        self.source = w.Dropdown(options=sources, description="Access token from", style=LABEL, layout=wide)
        self.variable = w.Text(value=TOKEN_VARIABLE, description="Name of the variable", style=LABEL, layout=wide)
        self.file = w.Text(description="Path of the file", style=LABEL, layout=wide)
        self.secret: SecretField | None = None
        self.connect_button = self.button("Connect", self.connect, button_style="primary")
        for widget in (self.instance, self.source):
            widget.observe(lambda _: worker.put(self._arrange), "value")
        self._arrange()

    def _arrange(self) -> None:
        """Show the fields that the choices call for."""
        fields: list[w.Widget] = [self.instance]
        if self.instance.value == OTHER:
            fields.append(self.host)
        fields.append(self.source)
        if self.source.value == TYPED:
            self.secret = self.secret or SecretField("Access token")
            fields.append(self.secret)
        elif self.source.value != GIVEN:
            fields.append(self.variable if self.source.value == VARIABLE else self.file)
        self.body.children = [*fields, self.connect_button]

    def connect(self) -> None:
        """Read the token and ask LaunchDarkly who it is."""
        host = self.host.value.strip() if self.instance.value == OTHER else INSTANCES[self.instance.value]
        source, place = self.source.value, {VARIABLE: self.variable, FILE: self.file}.get(self.source.value)
        given = place.value.strip() if place else ""
        self.run("Connecting.", lambda task: self._reach(task, host, source, given), self._connected)

    def _reach(self, task: Task, host: str, source: str, given: str) -> tuple[Account, CallerIdentity | None]:
        own = self._client if source == GIVEN else None
        account = Account(host, Secret("") if own else self._token(source, given), own)
        with account.client(task) as client:
            try:
                return account, client.get_caller_identity()
            except Forbidden:
                return account, None  # a token may be kept from asking who it is, and good for everything else

    def _token(self, source: str, given: str) -> Secret:
        if source == VARIABLE:
            text: str | Secret = os.environ.get(given, "")
            problem, remedy = (
                f"{given or 'without a name'} is not set",
                "set it before Jupyter starts, or choose another source",
            )
        elif source == FILE:
            text, problem, remedy = _read(given)
        elif source == TYPED:
            text = self.secret.secret if self.secret and self.secret.secret else ""
            problem, remedy = "is empty", "type the token and press Enter"
        else:
            text = _call(self._given) if callable(self._given) else self._given or ""
            problem, remedy = "is empty", "give a token, or choose another source"
        token = text if isinstance(text, Secret) else Secret(text)
        if not token:
            raise InvalidSettings([Finding("error", f"The access token ({source.lower()})", problem, remedy)])
        return token

    def _connected(self, found: tuple[Account, CallerIdentity | None]) -> None:
        self.account, identity = found
        host = self.account.api_host.split("//")[-1].rstrip("/")
        if identity is None:
            self.say("warning", f"Connected to {host}. The token may not say who it is.")
        else:
            name = identity.token_name or "an access token without a name"
            kind = "a service token" if identity.service_token else "a personal token"
            account = f", account {identity.account_id}" if identity.account_id else ""
            self.say("ok", f"Connected to {host} as “{name}”, {kind}{account}.")
        self._on_connected(self.account)


def _read(path: str) -> tuple[str, str, str]:
    """The token in a file, or "" with the problem and the remedy."""
    remedy = "give the path of a file on the machine where the kernel runs, with the token alone in it"
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        return "", f"can't be read: {reason}", remedy
    return text, "is empty", remedy


def _call(source: Callable[[], str | Secret]) -> str | Secret:
    try:
        return source()
    except Exception as error:  # noqa: BLE001  # the user's code, whose error text may hold the token
        raise SegmentStoreError(
            f"The callable that gives the access token failed with {type(error).__name__}."
        ) from None
