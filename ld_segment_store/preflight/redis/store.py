# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Preflight of a Redis store: what would keep a writer with these settings from working.

Needs the Python package redis. These files also travel to Ansible targets, so they import it late.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Callable

from ...core.errors import require_no_errors
from ...core.model.client_side_id import checked_prefix
from ...core.model.form_variables import REDIS
from ...core.model.settings import Settings
from ...core.secret import Secret
from ..checks import Check, OnCheck, Step, run_steps
from .access import Access, check_authenticate
from .certificate import check_certificate
from .network import Endpoint, check_connect, check_resolve, check_tls
from .permissions import check_permissions, check_writes
from .server import (
    FactsOnce,
    check_data,
    check_eviction,
    check_memory,
    check_mode,
    check_persistence,
    check_version,
)

# One wait on the network ends before the runner's bound, so that the check can say what it waited for.
_WAIT = 0.7


def preflight_redis(
    config: Mapping[str, Any],
    *,
    prefix: str | None,
    ca_path: str | None = None,
    timeout: float = 3.0,
    on_check: OnCheck = None,
    now: Callable[[], float] = time.time,
) -> list[Check]:
    """Check a Redis store and change nothing in it. From here, that is: LaunchDarkly's own way to it may differ.

    `config` has the store's options in snake_case: `host`, `port`, `username`, `password` (a `Secret`), `tls_enabled`.
    `prefix` is the environment's client-side ID; with None, what needs it is skipped. `ca_path` names a PEM file of
    authorities to trust beside the well-known ones. Each check is bounded by `timeout` seconds. `on_check` is called with each
    as it comes in; the list is in a fixed order. `now` gives epoch seconds.

    Raises InvalidSettings for a `config` or `prefix` that can't be right, and MissingDependency.
    """
    given: Any = config
    settings = Settings("any-project", "any-environment", "redis", given, clear_secrets=True)
    require_no_errors(settings.creation_findings())
    if prefix is not None:
        checked_prefix(prefix)
    options: dict[str, Any] = {variable.option: variable.default for variable in REDIS.variables}
    options.update({option: value for option, value in settings.config.items() if value != ""})
    endpoint = Endpoint(options["host"], int(options["port"]), options["tls_enabled"], ca_path, timeout * _WAIT)
    password = options["password"]
    access = Access(endpoint, options["username"], password if isinstance(password, Secret) else Secret(""))
    return run_steps(_steps(endpoint, access, prefix, now), timeout=timeout, on_check=on_check)


def _steps(endpoint: Endpoint, access: Access, prefix: str | None, now: Callable[[], float]) -> list[Step]:
    # No password is sent before the certificate is known to be good.
    before_login = ("tls", "certificate") if endpoint.tls else ("tls",)
    login = ("authenticate",)
    facts = FactsOnce(access)
    return [
        Step("resolve", "Name", partial(check_resolve, endpoint)),
        Step("connect", "Port", partial(check_connect, endpoint), ("resolve",)),
        Step("tls", "TLS or plain", partial(check_tls, endpoint), ("connect",)),
        Step("certificate", "Certificate", partial(check_certificate, endpoint, now), ("tls",)),
        Step("authenticate", "User and password", partial(check_authenticate, access), before_login),
        Step("permissions", "Permissions", partial(access.attempt, partial(check_permissions, access, prefix)), login),
        Step("writes", "Writes", partial(access.attempt, partial(check_writes, access, prefix)), login),
        Step("eviction", "Eviction", facts.step(check_eviction), login),
        Step("memory", "Memory", facts.step(check_memory), login),
        Step("persistence", "Persistence", facts.step(check_persistence), login),
        Step("mode", "Mode", facts.step(check_mode), login),
        Step("version", "Version", facts.step(check_version), login),
        Step("data", "Data", partial(access.attempt, partial(check_data, access, prefix, now)), login),
    ]
