# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A run against the emulator reports how the emulator behaves, under each value of each of its settings."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from ld_segment_store.core.api.retry import SYSTEM_CLOCK
from ld_segment_store.emulator import Behaviour, Emulator, SyncOptions
from ld_segment_store.verify.bench import MAX_REQUESTS
from ld_segment_store.verify.probe import Verdict
from ld_segment_store.verify.report import Report
from tests.support.in_process import report_of
from tests.support.scripted import FakeClock

# The values of settings that are numbers.
NUMBERS: dict[str, tuple[Any, ...]] = {
    "list_page_size": (0, 1),
    "list_delay": (0, 0.6, 9.0),
    "mask_starred_below": (8, 7, 12),
}
# These take a store that comes back, and one that cannot be reached while somebody writes to it.
NOT_REPORTED = {"old_sync_errors", "sync_status_code"}
SETTINGS = {
    setting.name: setting.metadata.get("values") or NUMBERS[setting.name]
    for setting in fields(Behaviour)
    if setting.name not in NOT_REPORTED
}
DEFAULTS = {name: values[0] for name, values in SETTINGS.items()}
# What a run cannot see with one access token that may write.
UNSEEN = {"missing_permission"}
# What each other value changes beside itself: settings that a run then cannot see (None), or sees with an equal value.
ALSO: dict[tuple[str, Any], dict[str, Any]] = {
    # PATCH's test tells whether a mask was stored.
    ("patch_test", "ignored"): {"mask_sent_back": None},
    ("patch_test", "refused"): {"mask_sent_back": None},
    # With four characters at each end, shorter passwords than 9 are never shown.
    ("mask_shown", "4"): {"mask_starred_below": 9},
}


def reported(behaviour: Behaviour) -> Report:
    clock = FakeClock()
    return report_of(Emulator(behaviour=behaviour, clock=clock.time), clock)


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in SETTINGS.items() for value in values[1:] if name not in UNSEEN],
)
def test_a_run_reports_the_setting(name: str, value: Any) -> None:
    report = reported(Behaviour(**{name: value}))
    expected = {**DEFAULTS, name: value, **ALSO.get((name, value), {})}
    found = report.behaviour
    if name == "list_delay":
        assert value <= found["list_delay"] <= value + 2.1
        found["list_delay"] = value
    assert found == {key: value for key, value in expected.items() if value is not None and key not in UNSEEN}
    # The emulator takes what is reported.
    Behaviour(**report.behaviour)


def test_a_run_reports_the_defaults() -> None:
    report = reported(Behaviour())
    assert report.behaviour == {name: value for name, value in DEFAULTS.items() if name not in UNSEEN}
    assert report.requests < MAX_REQUESTS / 2
    refuted = [result.probe.statement for result in report.results if result.answer.verdict is Verdict.REFUTED]
    assert refuted == []


@pytest.mark.parametrize("status", SETTINGS["missing_permission"])
def test_a_token_without_permission(status: str) -> None:
    """One POST, and then nothing that would need one."""
    clock = FakeClock()
    ld = Emulator(behaviour=Behaviour(missing_permission=status), read_only_tokens=["api-reader"], clock=clock.time)
    report = report_of(ld, clock, "api-reader")
    assert report.behaviour["missing_permission"] == status
    assert [record.method for record in ld.requests].count("POST") == 1
    undecided = [result for result in report.results if result.answer.verdict is Verdict.NOT_DECIDED]
    assert len(undecided) > 30


def test_the_status_of_a_store_that_cannot_be_reached() -> None:
    behaviour = Behaviour(sync_status_code="omitted")
    with Emulator(behaviour=behaviour, sync=SyncOptions(interval=0.05)) as ld:
        report = report_of(ld, SYSTEM_CLOCK, status_seconds=10)
    assert report.behaviour["sync_status_code"] == "omitted"
    result = next(result for result in report.results if "cannot be reached" in result.probe.statement)
    assert result.answer.verdict is Verdict.CONFIRMED
