# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store emulator`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import threading

from ..core.api.connection_checks import check_access_token, is_loopback_host
from ..core.errors import InvalidSettings
from ..core.secret import Secret
from ..core.text_file import read_text_file
from ..emulator.behaviour import Behaviour, UnknownGuess
from ..emulator.emulator import DEFAULT_ACCESS_TOKEN, Emulator
from ..emulator.sync.synchroniser import SyncOptions
from ..emulator.whole_number import whole_number
from ..verify.report import KIND
from .arguments import file_path, port
from .connection import HOST_VARIABLE, TOKEN_VARIABLE
from .terminal import stop_signal

_MAX_REPORT = 1 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand's options and its function."""
    parser.description = (
        "Run a local emulator of LaunchDarkly's big segment store API until SIGINT or SIGTERM. With COMMAND, run it as long"
        f" as COMMAND, with {HOST_VARIABLE} and {TOKEN_VARIABLE} set, and exit with its exit code."
    )
    parser.add_argument(
        "command", metavar="COMMAND", nargs="*", help="command to run with the emulator, such as -- npm run test"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=0, help="port to listen on; 0 picks a free one (default: 0)")
    parser.add_argument("--allow-remote", action="store_true", help="allow a --host that other machines can reach")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="host name by which clients reach the emulator, such as a container's, repeatable; loopback names always work",
    )
    parser.add_argument(
        "--access-token",
        action="append",
        metavar="TOKEN",
        type=_access_token,
        help=f"access token to accept, repeatable (default: {DEFAULT_ACCESS_TOKEN})",
    )
    parser.add_argument(
        "--read-only-token",
        action="append",
        default=[],
        metavar="TOKEN",
        type=_access_token,
        help="access token without write permission, repeatable",
    )
    parser.add_argument(
        "--seed", metavar="FILE", type=file_path, help="YAML or JSON file with projects, environments and integrations"
    )
    parser.add_argument(
        "--state", metavar="FILE", type=file_path, help="file to keep the state in; it holds passwords in clear"
    )
    _add_behaviour_arguments(parser)
    _add_sync_arguments(parser)
    parser.set_defaults(run=lambda options: _run(parser, options))


def _add_behaviour_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rate-limit", type=_positive, metavar="N", help="respond with 429 after N requests in 10 seconds"
    )
    parser.add_argument(
        "--behaviour",
        metavar="FILE",
        type=file_path,
        help="report of `ld-segment-store verify-api`: behave like the instance that it is about; --guess overrides it",
    )
    parser.add_argument(
        "--guess",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="behaviour to emulate where LaunchDarkly's is unknown, repeatable; see the emulator's documentation",
    )


def _add_sync_arguments(parser: argparse.ArgumentParser) -> None:
    sync = parser.add_argument_group(
        "synchronisation",
        "The AWS SDK's usual sources, such as AWS_PROFILE, provide the credentials that assume the role.",
    )
    sync.add_argument("--sync", action="store_true", help="write integrations that are on to their real stores")
    sync.add_argument(
        "--sync-interval", type=_seconds, metavar="SECONDS", help="seconds between two writes (default: 1)"
    )
    sync.add_argument(
        "--redis-ca-file", metavar="FILE", type=file_path, help="PEM file of authorities to trust for TLS with Redis"
    )
    sync.add_argument("--aws-endpoint", metavar="URL", help="URL to use instead of AWS's own")


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if not options.allow_remote and not is_loopback_host(options.host):
        parser.error(f"--host {options.host} is not a loopback address. Add --allow-remote to listen on it")
    behaviour = _behaviour(parser, options)
    stop = stop_signal()
    with Emulator(
        host=options.host,
        port=options.port,
        allowed_hosts=options.allow_host,
        access_tokens=options.access_token or [DEFAULT_ACCESS_TOKEN],
        read_only_tokens=options.read_only_token,
        seed=options.seed,
        state_file=options.state,
        rate_limit=options.rate_limit,
        behaviour=behaviour,
        sync=_sync(parser, options),
    ) as emulator:
        if options.command:
            return _run_command(options.command, emulator, stop)
        print(f"LaunchDarkly emulator listening on {emulator.url}", flush=True)
        stop.wait()
    return 0


def _run_command(command: list[str], emulator: Emulator, stop: threading.Event) -> int:
    """Run the command and return its exit code, as a shell does: 128 and the number of the signal that ended it."""
    forwarded = _forwarded()
    early: list[int] = []
    for number in forwarded:
        signal.signal(number, lambda number, _frame: early.append(number))
    environ = {**os.environ, HOST_VARIABLE: emulator.url, TOKEN_VARIABLE: emulator.access_token}
    try:
        process = subprocess.Popen(command, env=environ)  # noqa: S603 - the user's own command
    except OSError as error:
        problem = f"cannot be started ({error.strerror})"
        raise InvalidSettings.for_field(command[0], problem, "give a command that exists") from None
    # A terminal sends SIGINT to the command too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in forwarded:
        signal.signal(number, lambda number, _frame: process.send_signal(number))
    for number in early or [signal.SIGTERM] * stop.is_set():  # what came before there was a command
        process.send_signal(number)
    code = process.wait()
    return code if code >= 0 else 128 - code


def _forwarded() -> list[int]:
    """The signals that end the command too. One that the parent ignores, as `nohup` does SIGHUP, stays ignored."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    return [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]


def _behaviour(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Behaviour:
    reported = _reported(options.behaviour) if options.behaviour else {}
    source = "--behaviour"
    try:
        Behaviour.from_texts(reported)
        source = "--guess"
        return Behaviour.from_texts({**reported, **dict(guess.partition("=")[::2] for guess in options.guess)})
    except UnknownGuess as error:
        parser.error(f"{source}: {error.message}")


def _reported(path: str) -> dict[str, str]:
    """The settings in a report of `verify-api`. Raises InvalidSettings."""
    text = read_text_file(path, "--behaviour", _MAX_REPORT)
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        report = None
    behaviour = report.get("behaviour") if isinstance(report, dict) and report.get("report") == KIND else None
    if not isinstance(behaviour, dict):
        remedy = "give the file that `ld-segment-store verify-api --report FILE` wrote"
        raise InvalidSettings.for_field("--behaviour", "is not a report of verify-api", remedy)
    return {name: str(value) for name, value in behaviour.items()}


def _sync(parser: argparse.ArgumentParser, options: argparse.Namespace) -> SyncOptions | None:
    values = {
        "interval": options.sync_interval,
        "redis_ca_file": options.redis_ca_file,
        "aws_endpoint": options.aws_endpoint,
    }
    given = {name: value for name, value in values.items() if value is not None}
    if options.sync:
        return SyncOptions(**given)
    if given:
        parser.error("--sync-interval, --redis-ca-file and --aws-endpoint need --sync")
    return None


def _access_token(text: str) -> str:
    """An access token that clients accept."""
    for finding in check_access_token(Secret(text)):
        raise argparse.ArgumentTypeError(finding.text.removeprefix("access_token: "))
    return text


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < 1e6:
        raise argparse.ArgumentTypeError("must be a positive number of seconds")
    return number


def _positive(text: str) -> int:
    number = whole_number(text)
    if not number:
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return number
