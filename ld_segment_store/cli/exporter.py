# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store exporter`: serve the health of one or several accounts as metrics. It only reads."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ..core.api.connection_checks import is_loopback_host
from ..core.api.retry import RetryPolicy, Wait
from ..core.data_file import read_data_file
from ..core.errors import InvalidSettings, MissingDependency, require_no_errors
from ..core.findings import Finding
from ..core.fleet.declaration import Declaration, check_declarations
from ..core.fleet.reading import Account
from ..core.fleet.stores_file import read_stores_file
from ..core.flow.health import DEFAULT_MAX_AGE
from ..exporter.loop import keep_reading
from .arguments import file_path, part, port, seconds
from .connection import add_connection_arguments, connect, renamed
from .terminal import say, stop_signal

_PORT = 9845
# Bounds one read, in seconds; a shorter interval bounds it more.
_LONGEST_READ = 60.0
# After so many intervals without a successful read the stores' samples disappear.
_KEPT_INTERVALS = 3
_REQUIRED = ("name", "access_token_file")
_ENTRY = (*_REQUIRED, "api_host", "ca_path", "stores_file")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Read the account at intervals and serve metrics at /metrics until SIGINT or SIGTERM. A scrape sends no request to"
        " LaunchDarkly. The access token and the stores file are read again each time, so a rotated token needs no restart."
    )
    add_connection_arguments(parser)
    parser.add_argument(
        "--accounts",
        metavar="FILE",
        type=file_path,
        help="YAML or JSON file with several `accounts`, each with `name`, `access_token_file` and maybe `api_host`,"
        " `ca_path` and `stores_file`; instead of the options of the connection and --stores-file",
    )
    parser.add_argument(
        "--stores-file", metavar="FILE", type=file_path, help="report drift from this file, as `plan` compares it"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=_PORT, help="port to listen on (default: %(default)s)")
    parser.add_argument("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    parser.add_argument(
        "--interval",
        metavar="SECONDS",
        type=seconds,
        default=60.0,
        help="pause between two reads of an account (default: %(default)g)",
    )
    parser.add_argument(
        "--jitter",
        metavar="PART",
        type=part,
        default=0.1,
        help="random part of the interval on top, so that several exporters do not read at once (default: %(default)s)",
    )
    parser.add_argument(
        "--max-age",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_MAX_AGE,
        help="severity 1 if the last synchronization is older (default: %(default)g)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until a signal, and return the exit code."""
    try:
        from prometheus_client import CollectorRegistry, start_http_server

        from ..exporter.collector import Latest
    except ImportError:
        raise MissingDependency("prometheus_client", "exporter") from None
    if not options.allow_remote and not is_loopback_host(options.host):
        raise InvalidSettings.for_field("--host", "is not a loopback address", "add --allow-remote to listen on it")
    accounts = _accounts(options)
    for account in accounts:
        account.connect().close()  # reports a wrong option or file now
        if account.declared:
            account.declared()
    latest = Latest(_KEPT_INTERVALS * options.interval)
    registry = CollectorRegistry()
    registry.register(latest)
    stop = stop_signal()
    try:
        server, _thread = start_http_server(options.port, options.host, registry)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InvalidSettings.for_field(
            "--port", f"cannot be opened on {options.host} ({reason})", "give a free --port, or another --host"
        ) from None
    for account in accounts:
        reading = {"interval": options.interval, "jitter": options.jitter}
        # Daemons: they only read, so nothing is lost when the program ends during a request.
        threading.Thread(
            target=keep_reading, args=(account, latest.put, say, stop), kwargs=reading, name="reader", daemon=True
        ).start()
    print(f"Metrics at http://{options.host}:{server.server_port}/metrics", flush=True)
    stop.wait()
    server.shutdown()
    server.server_close()
    return 0


def _accounts(options: argparse.Namespace) -> list[Account]:
    if options.accounts is None:
        return [_account("default", options)]
    alone = ("access_token_file", "api_host", "ca_path", "stores_file")
    for name in alone:
        if getattr(options, name) is not None:
            option = "--" + name.replace("_", "-")
            raise InvalidSettings.for_field(option, "is given with --accounts", f"give `{name}` in that file instead")
    entries = _entries(read_data_file(options.accounts), options.accounts)
    return [
        _account(entry["name"], _entry_options(options, entry), f"accounts[{i}]") for i, entry in enumerate(entries)
    ]


def _account(name: str, options: argparse.Namespace, label: str = "") -> Account:
    file = options.stores_file
    return Account(
        name,
        partial(_connect, options, label),
        partial(_declared, file, label) if file is not None else None,
        options.max_age,
    )


def _connect(options: argparse.Namespace, label: str) -> Any:
    retry = RetryPolicy(deadline=max(1.0, min(_LONGEST_READ, options.interval)))
    try:
        return connect(options, _ignore_wait, retry=retry)
    except InvalidSettings as error:
        if not label:
            raise
        fields = ("access_token_file", "api_host", "ca_path")
        raise renamed(error, {"--" + name.replace("_", "-"): f"{label}.{name}" for name in fields}) from None


def _declared(file: str, label: str) -> list[Declaration]:
    try:
        declarations = read_stores_file(file, os.environ)
        require_no_errors(check_declarations(declarations))
    except InvalidSettings as error:
        if not label:
            raise
        raise InvalidSettings(
            [finding._replace(field=f"{label}.stores_file: {finding.field}") for finding in error.findings]
        ) from None
    return declarations


def _ignore_wait(_wait: Wait) -> None:
    """The reading reports what came of it; a line for each retry would fill the log."""


def _entry_options(options: argparse.Namespace, entry: Mapping[str, Any]) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(options), **{name: entry.get(name) for name in _ENTRY if name != "name"}})


def _entries(data: Any, path: str) -> list[dict[str, Any]]:
    accounts = data.get("accounts") if isinstance(data, Mapping) else None
    if not isinstance(accounts, list) or not accounts:
        raise InvalidSettings.for_field(path, "does not declare `accounts`", "give a mapping with `accounts`, a list")
    require_no_errors([finding for number, entry in enumerate(accounts) for finding in _check(entry, number, accounts)])
    return accounts


def _check(entry: Any, number: int, accounts: list[Any]) -> Iterator[Finding]:
    label = f"accounts[{number}]"
    if not isinstance(entry, Mapping):
        yield Finding("error", label, "is not a mapping", "give " + " and ".join(f"`{name}`" for name in _REQUIRED))
        return
    for name in _REQUIRED:
        if name not in entry:
            yield Finding("error", f"{label}.{name}", "is missing", "give it")
    for name, value in entry.items():
        if name not in _ENTRY:
            known = ", ".join(_ENTRY)
            yield Finding("error", label, "has an unknown key", f"remove it; known are {known}")
        elif not isinstance(value, str) or not value:
            yield Finding("error", f"{label}.{name}", "is not text", "give text that is not empty")
    if [other for other in accounts[:number] if isinstance(other, Mapping) and other.get("name") == entry.get("name")]:
        yield Finding("error", f"{label}.name", "is the name of another account", "give each its own name")
