# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Watching ends: when stable, after a time, when nobody looks; and it is never quick."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import Account, BigSegmentStoreForm, HealthChart, health_chart, page
from ld_segment_store.notebook.health_chart import Reading, chart
from ld_segment_store.notebook.worker import Task

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def watched(ld: Emulator) -> Iterator[HealthChart]:
    with Client(ld.access_token, ld.url) as client:
        integration = client.get_integration(StoreKey("shop", "live", "redis"), "store-1")
    made = HealthChart(Account.of(access_token=ld.access_token, api_host=ld.url), integration, interval=1)
    yield made
    made.close()
    assert made.worker.wait(10)


def reads(ld: Emulator) -> int:
    return sum(record.path.endswith("/store-1") for record in ld.requests)


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("interval", [0, -1, 0.5, float("nan"), float("inf"), "5", True, None])
def test_an_interval_that_would_flood_is_refused(interval: Any) -> None:
    with pytest.raises(InvalidSettings, match="watch_interval"):
        BigSegmentStoreForm(watch_interval=interval)


def test_it_stops_when_stable(watched: HealthChart, ld: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_chart, "STABLE_READS", 2)
    ld.set_status("store-1", {"available": True, "lastSync": int(time.time() * 1000)})
    watched.watch()
    assert watched.worker.wait(20)
    assert "The store is stable; stopped watching." in watched.message[1]
    assert watched.health == "available"
    assert len(watched.readings) == 3
    assert watched.watch_button.layout.display == ""


def test_it_stops_after_a_time(watched: HealthChart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_chart, "LONGEST_WATCH", 0.5)
    watched.watch()
    assert watched.worker.wait(20)
    assert "stopped watching" in watched.message[1]


def test_nothing_is_read_while_no_browser_shows_it(
    watched: HealthChart, ld: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.page._receive(None, {"seen": "view"}, [])
    watched.watch()
    until(lambda: reads(ld) >= 2)
    watched.page._receive(None, {"left": "view"}, [])
    time.sleep(1.2)
    before = reads(ld)
    time.sleep(2.5)
    assert reads(ld) == before
    watched.page._receive(None, {"seen": "view"}, [])
    until(lambda: reads(ld) > before)
    # A browser that died says no goodbye.
    monkeypatch.setattr(page, "SILENCE_SECONDS", 0.0)
    assert not watched.page.is_seen
    watched.cancel()
    assert "Stopped watching." in watched.message[1]


def test_it_slows_down(watched: HealthChart, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def sleep(task: Any, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 60:
            task.cancel()
        task.check()

    monkeypatch.setattr(Task, "sleep", sleep)
    watched.watch()
    assert watched.worker.wait(20)
    assert waits == sorted(waits)
    assert (round(waits[0], 2), waits[-1]) == (1.1, 30.0)


def test_closing_the_form_ends_it(ld: Emulator) -> None:
    form = BigSegmentStoreForm(access_token=ld.access_token, api_host=ld.url, watch_interval=1)
    form.show_store("shop", "live")
    assert form.worker.wait(20)
    form.chart.watch_button.click()
    until(lambda: form.chart.message[1].endswith("Watching."))
    form.close()
    assert form.worker.wait(10)


def test_the_picture_has_an_axis_of_time_the_age_and_marks_of_errors() -> None:
    readings = [Reading(1_000_000.0, 5.0), Reading(1_000_060.0, 65.0), Reading(1_000_120.0, 130.0, healthy=False)]
    root = ET.fromstring(str(chart(readings)).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))
    texts = [text.text for text in root.iter(SVG + "text")]
    assert "✗" in texts
    assert "130 s" in texts
    assert "120 s: stale for SDKs" in texts
    assert sum(text is not None and text.count(":") == 2 for text in texts) == 2  # when it began and ended
    assert root.attrib["aria-label"].startswith("Age of the last synchronization: 130 s now, watched for 120 s.")
