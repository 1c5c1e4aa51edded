# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A connection to LaunchDarkly that parts share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Union

from ..core.api.client import DEFAULT_API_HOST, Client
from ..core.api.retry import RetryPolicy
from ..core.errors import InvalidSettings, SegmentStoreError
from ..core.secret import Secret
from .worker import Task

Token = Union[str, Secret, Callable[[], Union[str, Secret]]]

# Somebody is watching: after a minute of retries a sentence is worth more than another retry.
_RETRY = RetryPolicy(deadline=60.0)


@dataclass(frozen=True, eq=False)
class Account:
    """LaunchDarkly's host and an access token. Each call gets its own client, since a client serves one thread at a time.

    A client of the user's own is used as it is, by one call at a time.
    """

    api_host: str
    token: Secret
    own_client: Client | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(
        cls, client: Client | None = None, access_token: Token | None = None, api_host: str | None = None
    ) -> Account:
        """Make one from the arguments that the parts take. Raises SegmentStoreError."""
        check_arguments(client, access_token, api_host)
        if client is not None:
            return cls(client.api_host, Secret(""), client)
        return cls(api_host or DEFAULT_API_HOST, read_token(access_token))

    @property
    def host(self) -> str:
        """The host without its scheme."""
        return self.api_host.split("//")[-1].rstrip("/")

    @contextmanager
    def client(self, task: Task) -> Iterator[Client]:
        """Yield a client whose waits the task reports, and ends when it is cancelled."""
        if self.own_client is not None:
            with self._lock:
                task.check()
                yield self.own_client
            return
        with Client(self.token, self.api_host, retry=_RETRY, clock=task, on_wait=task.announce) as client:
            yield client


def check_arguments(client: Any, access_token: Any, api_host: Any) -> None:
    """Raise InvalidSettings for arguments of the wrong kind."""
    if client is not None and not isinstance(client, Client):
        raise InvalidSettings.for_field("client", "is not a Client", "Give an ld_segment_store.Client, or leave it out")
    if access_token is not None and not (isinstance(access_token, (str, Secret)) or callable(access_token)):
        raise InvalidSettings.for_field(
            "access_token", "is not a token", "Give a string, a Secret, or a function that returns one"
        )
    if api_host is not None and not isinstance(api_host, str):
        raise InvalidSettings.for_field("api_host", "is not text", f"Give a URL, such as {DEFAULT_API_HOST}")


def read_token(source: Token | None) -> Secret:
    """Return the token without surrounding whitespace, empty where there is none. Raises SegmentStoreError."""
    try:
        text = source() if callable(source) else source
    except Exception as error:  # noqa: BLE001  # the user's code; the text of its error may hold the token
        raise SegmentStoreError(
            f"access_token: the function that returns the token failed with {type(error).__name__}."
        ) from None
    if text is None:
        return Secret("")
    if isinstance(text, Secret):
        text = text.reveal()
    if not isinstance(text, str):
        raise InvalidSettings.for_field(
            "access_token", f"the function returned {type(text).__name__}", "Return a string or a Secret"
        )
    return Secret(text.strip())
