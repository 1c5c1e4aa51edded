# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Preflight of a Redis store: find what would stop a writer, or a reader, with these settings from working."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, NamedTuple

from ...core.documents import REDIS_READER_COMMANDS, REDIS_WRITER_COMMANDS
from ...core.errors import require_no_errors
from ...core.model.client_side_id import checked_prefix
from ...core.model.form_variables import REDIS
from ...core.model.settings import Settings
from ...core.secret import Secret
from ..checks import Check, OnCheck, Step, require_timeout, run_steps
from .access import Access, check_authenticate
from .certificate import check_certificate
from .data import check_data
from .network import Endpoint, check_connect, check_resolve, check_tls
from .permissions import TrialOnce, check_permissions, check_writes, try_reader, try_writer
from .server import (
    FactsOnce,
    check_eviction,
    check_memory,
    check_mode,
    check_persistence,
    check_version,
    judge,
    read_facts,
    read_facts_as_admin,
)


class Login(NamedTuple):
    """A user name, "" for the default user, and its password."""

    username: str
    password: Secret


def preflight_redis(
    config: Mapping[str, Any],
    *,
    prefix: str | None,
    reader: bool = False,
    admin: Login | None = None,
    ca_path: str | None = None,
    timeout: float = 3.0,
    on_check: OnCheck = None,
    now: Callable[[], float] = time.time,
) -> list[Check]:
    """Check a Redis store from this machine and change nothing in it. LaunchDarkly's network path may differ.

    `config` has the store's options in snake_case: `host`, `port`, `username`, `password` (a `Secret`), `tls_enabled`.
    `prefix` is the environment's client-side ID; with None, the checks that need it are skipped. `reader` checks the user of an
    application, from its host, instead of LaunchDarkly's. `admin` reads memory, eviction and persistence where the user may
    not. `ca_path` names a PEM file of authorities to trust beside the well-known ones. `timeout` bounds each wait for the
    network, in seconds. `on_check` is called with each check as it completes; the list has a fixed order. `now` gives epoch
    seconds.

    Raises InvalidSettings for an invalid `config`, `prefix` or `ca_path`.
    """
    given: Any = config
    settings = Settings("any-project", "any-environment", "redis", given, clear_secrets=True)
    require_no_errors(settings.creation_findings())
    require_timeout(timeout)
    if prefix is not None:
        checked_prefix(prefix)
    options: dict[str, Any] = {variable.option: variable.default for variable in REDIS.variables}
    options.update({option: value for option, value in settings.config.items() if value != ""})
    endpoint = Endpoint(options["host"], int(options["port"]), options["tls_enabled"], ca_path, timeout)
    endpoint.require_trust()
    password = options["password"]
    access = Access(endpoint, options["username"] or "", password if isinstance(password, Secret) else Secret(""))
    preflight = _Preflight(endpoint, access, Access(endpoint, *admin) if admin else None, prefix, now)
    try:
        steps = preflight.reader_steps() if reader else preflight.writer_steps()
        # One at a time, on one connection after the other: Redis may have few client slots left.
        return run_steps(steps, timeout=timeout, concurrent=False, on_check=on_check)
    finally:
        preflight.close()


@dataclass
class _Preflight:
    endpoint: Endpoint
    access: Access
    admin: Access | None
    prefix: str | None
    now: Callable[[], float]

    def __post_init__(self) -> None:
        self._facts: FactsOnce = FactsOnce(partial(read_facts, self.access))
        # Memory and persistence are often hidden from LaunchDarkly's user.
        self._hidden = FactsOnce(partial(read_facts_as_admin, self.admin)) if self.admin else self._facts

    def close(self) -> None:
        for access in (self.access, self.admin):
            if access:
                access.close()

    def writer_steps(self) -> list[Step]:
        """The checks of the user that LaunchDarkly logs in as."""
        prefix = self.prefix
        trial = None if prefix is None else TrialOnce(lambda: try_writer(self.access, prefix))
        return [
            *self._way(by_launchdarkly=True),
            self._after_login("permissions", "Permissions", self._permissions(trial, REDIS_WRITER_COMMANDS)),
            self._after_login("writes", "Writes", partial(check_writes, self.access, trial)),
            self._after_login("eviction", "Eviction", partial(judge, self._hidden, check_eviction)),
            self._after_login("memory", "Memory", partial(judge, self._hidden, check_memory)),
            self._after_login("persistence", "Persistence", partial(judge, self._hidden, check_persistence)),
            self._after_login("mode", "Mode", partial(judge, self._facts, partial(check_mode, trial=trial))),
            self._after_login("version", "Version", partial(judge, self._facts, check_version)),
            self._data(),
        ]

    def reader_steps(self) -> list[Step]:
        """The checks of the user that an application's SDK logs in as."""
        prefix = self.prefix
        trial = None if prefix is None else TrialOnce(lambda: try_reader(self.access, prefix))
        return [
            *self._way(by_launchdarkly=False),
            self._after_login("permissions", "Permissions", self._permissions(trial, REDIS_READER_COMMANDS)),
            self._data(),
        ]

    def _way(self, by_launchdarkly: bool) -> list[Step]:
        endpoint, access = self.endpoint, self.access
        # No password is sent before the certificate is verified.
        certificate = partial(check_certificate, endpoint, self.now, by_launchdarkly)
        before_login = ("tls", "certificate") if endpoint.tls else ("tls",)
        return [
            Step("resolve", "Name", partial(check_resolve, endpoint, by_launchdarkly)),
            Step("connect", "Port", partial(check_connect, endpoint), ("resolve",), waits=2),
            Step("tls", "TLS or plain text", partial(check_tls, endpoint), ("connect",), waits=8),
            Step("certificate", "Certificate", certificate, ("tls",), waits=8),
            Step("authenticate", "User and password", partial(check_authenticate, access), before_login, waits=8),
        ]

    def _permissions(self, trial: TrialOnce | None, commands: tuple[str, ...]) -> Callable[[], Any]:
        return partial(check_permissions, self.access, trial, self.prefix, commands)

    def _data(self) -> Step:
        return self._after_login("data", "Data", partial(check_data, self.access, self.prefix, self.now), waits=16)

    def _after_login(self, name: str, title: str, run: Callable[[], Any], waits: int = 8) -> Step:
        return Step(name, title, run, ("authenticate",), waits)
