# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The emulator as an object: it listens from `start()` to `stop()`, or as long as its `with` block lasts."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from ..core.errors import SegmentStoreError
from . import admin
from .account.account import Account
from .account.seed import DEFAULT_SEED, Seed, dump_seed, read_seed
from .account.segments import parse_segments
from .account.state_file import StateFile
from .account.status import check_status
from .behaviour import Behaviour
from .faults import Fault, Faults
from .limits import RateLimit
from .server.api import Api
from .server.guard import Guard
from .server.http import Server
from .server.messages import Problem, Request, Response
from .server.redaction import HIDDEN, redacted_body
from .server.routes import operation_of
from .server.tokens import Tokens
from .sync.synchroniser import Synchroniser, SyncOptions

DEFAULT_ACCESS_TOKEN = "api-emulator"
KEPT_REQUESTS = 10_000
_QUERY_NAMES = ("limit", "offset", "filter", "sort", "expand")


class CannotListen(SegmentStoreError):
    """The emulator cannot listen on the host and port."""

    failure = "cannot_listen"


@dataclass(frozen=True)
class RequestRecord:
    """A recorded request, without secrets.

    `operation` is the operation ID or "", `status` that of the response or None if the connection was closed without one,
    `authorization` is `matched`, `unknown` or `missing`, `fault` the kind of an injected fault or None.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    operation: str
    status: int | None
    authorization: str
    api_version: str
    user_agent: str
    fault: int | str | None
    body: Any


class Emulator:
    """A local server of LaunchDarkly's big segment store API.

    >>> with Emulator() as ld:
    ...     [project.key for project in ld.account.projects]
    ['default']

    `read_only_tokens` are access tokens without write permission.
    `allowed_hosts` are names by which clients may call it, besides `host` and loopback names. `seed` is a file's path or the same
    data. `state_file` is written before each change takes effect, and read at the start where it exists: `seed` then counts
    for `reset` only. It is locked from `start` to `stop`. `rate_limit` is a number of requests in 10 seconds. With `sync`,
    integrations that are on are written to their real stores. `clock` gives the seconds since the epoch. Raises InvalidSeed and
    StateFileError; `start` raises CannotListen.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allowed_hosts: Sequence[str] = (),
        access_tokens: Sequence[str] = (DEFAULT_ACCESS_TOKEN,),
        read_only_tokens: Sequence[str] = (),
        seed: Seed | None = None,
        state_file: str | Path | None = None,
        rate_limit: int | None = None,
        behaviour: Behaviour | None = None,
        sync: SyncOptions | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.behaviour = behaviour or Behaviour()
        self.faults = Faults()
        self._host = host
        self._port = port
        self._guard = Guard(host, allowed_hosts)
        self._tokens = Tokens(access_tokens, read_only_tokens)
        self._seed = read_seed(DEFAULT_SEED if seed is None else seed)
        self._clock = clock
        self._rate_limit = RateLimit(rate_limit, clock) if rate_limit else None
        self._records: deque[RequestRecord] = deque(maxlen=KEPT_REQUESTS)
        self._records_lock = threading.Lock()
        self._count = 0
        self._stopping = threading.Event()
        self._server: Server | None = None
        self._state_file = StateFile(Path(state_file)) if state_file else None
        self.account = self._open_account()
        self._api = Api(self.account, self._tokens, self.behaviour, self._rate_limit, clock)
        self._sync = Synchroniser(self.account, sync, self.behaviour, clock) if sync else None

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return "Emulator({})".format(self.url if self._server else "not running")

    @property
    def url(self) -> str:
        """The base URL, such as `http://127.0.0.1:8930`: the API host for clients."""
        if self._server is None:
            raise RuntimeError("the emulator is not running: use it in a `with` block, or call start()")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._server.port}"

    @property
    def access_token(self) -> str:
        """The first access token that the emulator accepts."""
        return self._tokens.first

    @property
    def requests(self) -> list[RequestRecord]:
        """The newest recorded requests (up to 10,000) in order, without those to `/_emulator/`."""
        with self._records_lock:
            return list(self._records)

    def start(self) -> None:
        """Listen. Raises CannotListen and StateFileError."""
        self._lock_state()
        try:
            self._server = Server(self._host, self._port, self._handle, unbounded=[admin.SEGMENTS])
        except (OSError, OverflowError) as error:
            self.stop()
            why = getattr(error, "strerror", None) or "no such address"
            raise CannotListen(f"Can't listen on {self._host}, port {self._port}: {why}.") from None
        self._stopping.clear()
        self._server.start()
        if self._sync:
            self._sync.start()

    def stop(self) -> None:
        """Stop listening, end all connections and the synchronisation. The account keeps its contents."""
        self._stopping.set()
        if self._server:
            self._server.stop()
            self._server = None
        if self._sync:
            self._sync.stop()
        if self._state_file:
            self._state_file.close()

    def clear_requests(self) -> None:
        """Remove the recorded requests."""
        with self._records_lock:
            self._records.clear()
            self._count = 0

    def reset(self) -> None:
        """Return to the seed, without faults and recorded requests and with a fresh rate limit."""
        self.faults.clear()
        self.account.restore(self._seed)
        if self._rate_limit:
            self._rate_limit.clear()
        self.clear_requests()

    def set_status(self, integration_id: str, status: Mapping[str, Any]) -> None:
        """Set the `_status` of an integration, with the API's names. Raises UnknownKey and InvalidStatus."""
        check_status(status)
        self.account.set_status(integration_id, status)

    def set_segments(self, project_key: str, environment_key: str, segments: Mapping[str, Any]) -> None:
        """Set all big segments of an environment, written as in a seed. Raises UnknownKey and InvalidSegments.

        >>> with Emulator() as ld:
        ...     ld.set_segments("default", "test", {"big-one": {"included": ["user-1"], "excluded": ["user-2"]}})
        """
        self.account.set_segments(project_key, environment_key, parse_segments(segments))

    def _handle(self, request: Request) -> Response | None:
        try:
            self._guard.check(request)
        except Problem as problem:
            return problem.response()
        if request.path.startswith(admin.PREFIX):
            return admin.answer(self, request)
        operation = operation_of(request.method, request.segments)
        fault = self.faults.take(operation, request.method)
        response = self._api.answer(request) if fault is None else self._fail(fault, request, operation)
        self._record(request, operation, response, fault)
        return response

    def _fail(self, fault: Fault, request: Request, operation: str) -> Response | None:
        if fault.seconds:
            self._stopping.wait(fault.seconds)
        instead = fault.response(self._clock())
        if instead is not None or fault.kind == "close_before":
            return instead
        if fault.kind == "twice":
            self._record(request, operation, self._api.answer(request), fault)
        return fault.damage(self._api.answer(request))

    def _record(self, request: Request, operation: str, response: Response | None, fault: Fault | None) -> None:
        authorization = "missing"
        if request.header("Authorization"):
            authorization = "unknown" if self._tokens.number(request) is None else "matched"
        with self._records_lock:
            self._count += 1
            record = RequestRecord(
                number=self._count,
                method=request.method,
                path=request.path,
                query={name: value if name in _QUERY_NAMES else HIDDEN for name, value in request.query.items()},
                operation=operation,
                status=response.status if response else None,
                authorization=authorization,
                api_version=request.header("LD-API-Version"),
                user_agent=request.header("User-Agent"),
                fault=fault.kind if fault else None,
                body=redacted_body(request.body),
            )
            self._records.append(record)

    def _open_account(self) -> Account:
        if not self._state_file:
            return Account(self._seed)
        contents = self._state_file.open() or self._seed
        self._state_file.save(contents)  # now, so that a file that cannot be written is reported at once
        self._state_file.close()
        return Account(contents, self._state_file.save)

    def _lock_state(self) -> None:
        """Lock the state file until `stop`, and read changes that another emulator wrote to it meanwhile."""
        contents = self._state_file.open() if self._state_file else None
        if contents and dump_seed(contents) != dump_seed(self.account.contents):
            self.account.restore(contents)
