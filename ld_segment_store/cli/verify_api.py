# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store verify-api`: check what this project assumes about LaunchDarkly's API against an instance."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from .. import emulator
from ..core.data_file import read_data_file
from ..core.errors import ApiError, InvalidSettings
from ..core.fleet.report import counted
from ..core.model.integration import Integration
from ..verify.bench import CONFIGS, MARK, MAX_REQUESTS, MAX_SECONDS, Bench, Replies
from ..verify.openapi import PUBLISHED, compare_documents, read_document
from ..verify.probes import PROBES
from ..verify.recording import Recording
from ..verify.report import Report, as_lines, summary
from ..verify.run import Result, run_probes
from .arguments import file_path, resource_key
from .connection import add_connection_arguments, connect
from .fields import fields_as_options
from .output_file import write_file
from .terminal import put_lines, say

_DIFFERENT = 3
_LEFT = "Delete them with --clean-up."
_HOSTS = f"{CONFIGS['redis']['host']} and an AWS account {'0' * 12}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and the function to run."""
    parser.description = (
        "Check what this project assumes about LaunchDarkly's API against an instance, or against the emulator. The command"
        " creates integrations with made-up settings in one environment, changes and deletes them. Use an environment that"
        " nothing depends on. Or compare LaunchDarkly's published OpenAPI document with what this project knows (--openapi)."
        " Exit codes: 0 the report is complete, 1 an error, or an integration could not be deleted, 3 the document differs."
    )
    add_connection_arguments(parser)
    parser.add_argument("--project", metavar="KEY", type=resource_key, help="project of the environment")
    parser.add_argument("--environment", metavar="KEY", type=resource_key, help="environment to create integrations in")
    parser.add_argument(
        "--report", metavar="FILE", type=file_path, help="write the report to FILE as JSON, without names and IDs"
    )
    parser.add_argument(
        "--record",
        metavar="FILE",
        type=file_path,
        help="write all exchanges to FILE as a cassette of vcrpy, without names, IDs and the token",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before the first change")
    parser.add_argument(
        "--allow-existing",
        action="store_true",
        help="allow an environment that has integrations; then nothing is switched on, and some statements stay undecided",
    )
    parser.add_argument(
        "--clean-up",
        action="store_true",
        help="only delete what an earlier run left behind, such as one that was killed",
    )
    parser.add_argument(
        "--openapi",
        metavar="FILE|URL",
        type=file_path,
        help=f"compare this OpenAPI document, such as {PUBLISHED}, and do nothing else; needs no access token",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Probe, clean up or compare, and return the exit code."""
    if options.openapi is not None:
        return _compare(options.openapi)
    for name in ("project", "environment"):
        if getattr(options, name) is None:
            raise InvalidSettings.for_field(f"--{name}", "is missing", "add it, or compare a document with --openapi")
    for option, file in (("--report", options.report), ("--record", options.record)):
        if file and not Path(file).parent.is_dir():
            raise InvalidSettings.for_field(option, "is in a folder that does not exist", "create it first")
    replies = Replies()
    with connect(options, on_response=replies) as client:
        bench = Bench(client, replies, options.project, options.environment)
        try:
            left, others = bench.survey()
            if options.clean_up:
                return _clean_up(options, bench, left)
            _check_environment(options, left, others)
            bench.in_use = bool(others)
            put_lines(_announcement(bench))
            _confirm(options, "Continue?")
            with fields_as_options({}):
                return _probe(options, bench)
        finally:
            bench.close()


def _compare(source: str) -> int:
    own = read_data_file(str(Path(emulator.__file__).with_name("server") / "openapi.yaml"))
    differences = compare_documents(own, read_document(source), source)
    known = "from what this project knows of the API"
    found = f"{counted(len(differences), 'difference')} {known}." if differences else f"No differences {known}."
    put_lines([*(difference.text for difference in differences), found])
    return _DIFFERENT if differences else 0


def _check_environment(options: argparse.Namespace, left: Sequence[Integration], others: Sequence[Integration]) -> None:
    if left:
        problem = f"has {counted(len(left), 'integration')} of an earlier run"
        raise InvalidSettings.for_field("--environment", problem, "delete them with --clean-up")
    if others and not options.allow_existing:
        problem = f"has {counted(len(others), 'integration')}"
        raise InvalidSettings.for_field("--environment", problem, "choose one that has none, or add --allow-existing")


def _announcement(bench: Bench) -> list[str]:
    switched = "All are switched off" if bench.in_use else "Most are switched off, some are on for seconds"
    place = f"{bench.project}/{bench.environment} of {bench.host}"
    return [
        f"verify-api creates integrations in {place}, a few at a time, and deletes each of them.",
        f"{switched}. Their settings are made up ({_HOSTS}); their name or a tag begins with {MARK}.",
        f"It sends at most {MAX_REQUESTS} requests in {MAX_SECONDS / 60:.0f} minutes, and uses half of each rate limit.",
    ]


def _confirm(options: argparse.Namespace, question: str) -> None:
    """Ask, unless --yes is given. Raises InvalidSettings without a yes."""
    if options.yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise InvalidSettings.for_field("--yes", "is missing", "add it, or answer the question on a terminal")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InvalidSettings.for_field("answer", "is not yes, and nothing was changed", "run again, or add --yes")


def _probe(options: argparse.Namespace, bench: Bench) -> int:
    results: list[Result] = []
    recording = Recording(bench)
    if options.record:
        bench.replies.record = recording.add
    try:
        for result in run_probes(bench):
            results.append(result)
            put_lines(as_lines(result))
            sys.stdout.flush()
    finally:
        removed = _remove(bench)
    put_lines([f"{len(PROBES)} statements: {summary(results)}"])
    if options.report:
        today = datetime.now(timezone.utc).date().isoformat()
        data = Report(bench.host, today, bench.replies.count, results).as_data()
        write_file(options.report, json.dumps(data, indent=2) + "\n")
    if options.record:
        write_file(options.record, recording.text())
    return 0 if removed else 1


def _remove(bench: Bench) -> bool:
    """Delete what the run created and did not delete yet; whether nothing is left."""
    try:
        bench.clean_up()
    except ApiError as error:
        say(f"Some integrations may be left: {error.message} {_LEFT}")
        return False
    except KeyboardInterrupt:
        say(f"Some integrations may be left. {_LEFT}")
        raise
    return True


def _clean_up(options: argparse.Namespace, bench: Bench, left: Sequence[Integration]) -> int:
    if left:
        place = f"{options.project}/{options.environment}"
        put_lines([f"{each.integration_key} {each.id} {each.name}" for each in left])
        _confirm(options, f"Delete {counted(len(left), 'integration')} in {place}?")
    put_lines([f"{counted(bench.clean_up(MARK), 'integration')} of earlier runs deleted."])
    return 0
