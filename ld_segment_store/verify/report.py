# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The report of a run: data for a file, and text for people. It has no names and IDs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..core.version import __version__
from .probe import Verdict
from .run import Result

KIND = "ld-segment-store verify-api"
FORMAT = 1
# Other hosts may have a name that tells whose they are.
INSTANCES = ("app.launchdarkly.com", "app.eu.launchdarkly.com", "app.launchdarkly.us")
OTHER_INSTANCE = "not an instance of LaunchDarkly"


class Report(NamedTuple):
    """What a run found out. `date` is a day, such as 2026-11-28."""

    api_host: str
    date: str
    requests: int
    results: Sequence[Result]

    @property
    def instance(self) -> str:
        """The host of an instance of LaunchDarkly, or a phrase for any other host."""
        host = urlsplit(self.api_host).hostname or ""
        return host if host in INSTANCES else OTHER_INSTANCE

    @property
    def behaviour(self) -> dict[str, Any]:
        """Settings of the emulator that behave like the instance."""
        return {name: value for result in self.results for name, value in result.answer.behaviour.items()}

    def as_data(self) -> dict[str, Any]:
        """Plain data for a JSON file."""
        return {
            "report": KIND,
            "format": FORMAT,
            "version": __version__,
            "instance": self.instance,
            "date": self.date,
            "requests": self.requests,
            "behaviour": self.behaviour,
            "results": [_as_data(result) for result in self.results],
        }


def _as_data(result: Result) -> dict[str, Any]:
    data: dict[str, Any] = {
        "statement": result.probe.statement,
        "verdict": result.answer.verdict.value,
        "evidence": result.answer.evidence,
        "behaviour": dict(result.answer.behaviour),
    }
    consequence = _consequence(result)
    return {**data, "consequence": consequence} if consequence else data


def as_lines(result: Result) -> list[str]:
    """A result as text."""
    lines = [f"{result.answer.verdict.value}: {result.probe.statement}", f"    {result.answer.evidence}"]
    consequence = _consequence(result)
    return [*lines, f"    Consequence: {consequence}."] if consequence else lines


def summary(results: Iterable[Result]) -> str:
    """How many statements have each verdict."""
    verdicts = [result.answer.verdict for result in results]
    return ", ".join(f"{verdicts.count(verdict)} {verdict.value}" for verdict in Verdict) + "."


def _consequence(result: Result) -> str:
    return result.probe.if_wrong if result.answer.verdict is Verdict.REFUTED else ""
