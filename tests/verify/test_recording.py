# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Recordings, as vcrpy reads them.

`recording.json` beside this file is one of the emulator: `python -m tests.verify.test_recording` writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import vcr

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Behaviour, Emulator
from ld_segment_store.verify.bench import Bench, Replies
from ld_segment_store.verify.recording import HOST, RUN, Recording
from ld_segment_store.verify.report import Report
from ld_segment_store.verify.run import run_probes
from tests.support.in_process import bench_of
from tests.support.scripted import FakeClock

FILE = Path(__file__).with_name("recording.json")
DATE = "2026-11-28"


def recorded(ld: Emulator, clock: FakeClock) -> tuple[str, Report]:
    """The recording of a run, and its report."""
    with bench_of(ld, clock) as bench:
        recording = Recording(bench)
        bench.replies.record = recording.add
        results = list(run_probes(bench))
        bench.clean_up()
    return recording.text(), Report(HOST, DATE, bench.replies.count, results)


@contextmanager
def replaying(file: Path) -> Iterator[Any]:
    """Requests get the recorded responses of their method and URL, in their order; any other request fails."""
    with vcr.use_cassette(str(file), record_mode="none", allow_playback_repeats=False) as cassette:
        yield cassette


def replayed(file: Path) -> Report:
    """The report of a run that gets its responses from a recording."""
    replies = Replies()
    with replaying(file) as cassette, Client("api-replay", HOST, clock=FakeClock(), on_response=replies) as client:
        bench = Bench(client, replies, "project", "environment", status_seconds=0)
        bench.run, bench.tags = RUN, [bench.tags[0], RUN]
        bench.name = f"{RUN} (safe to delete)"
        results = list(run_probes(bench))
        bench.clean_up()
        bench.close()
        assert cassette.all_played
    return Report(HOST, DATE, replies.count, results)


def essence(report: Report) -> list[Any]:
    """What a report says, without the evidence: its words may have been removed from the recording."""
    return [(result.probe.statement, result.answer.verdict, result.answer.behaviour) for result in report.results]


def test_the_recording_of_the_emulator() -> None:
    """The client takes its responses for those of an instance: a run reports what it reports of the emulator."""
    clock = FakeClock()
    _text, report = recorded(Emulator(clock=clock.time), clock)
    assert essence(replayed(FILE)) == essence(report)


def test_the_client_reads_the_recording() -> None:
    made = next(each for each in json.loads(FILE.read_text())["interactions"] if each["request"]["method"] == "POST")
    body = json.loads(made["response"]["body"]["string"])
    with replaying(FILE), Client("api-replay", HOST) as client:
        assert client.list_integrations() == []
        created = client.create_integration(
            StoreKey("project", "environment", "redis"), json.loads(made["request"]["body"])
        )
    assert (created.id, created.version, created.tags[-1]) == (body["_id"], 1, RUN)
    assert created.config == {**body["config"], "password": "abc********lmn"}


def test_a_recording_of_another_behaviour(tmp_path: Path) -> None:
    clock = FakeClock()
    behaviour = Behaviour(
        list_page_size=1, missing_name="assigned", second_integration="key_exists", written_config="omitted"
    )
    text, report = recorded(Emulator(behaviour=behaviour, rate_limit=900, clock=clock.time), clock)
    file = tmp_path / "recording.json"
    file.write_text(text, encoding="utf-8")
    assert essence(replayed(file)) == essence(report)


def test_what_is_not_recorded(tmp_path: Path) -> None:
    """Names and IDs, of whatever responses have."""
    clock = FakeClock()
    environments = {"acme-test": {"client_side_id": "64c0f1a2b3c4d5e6f7a8b9c0", "tags": ["acme-tag"]}, "acme-live": {}}
    seed = {
        "projects": {
            "default": {"environments": {"test": {}}},
            "acme-shop": {"name": "Acme Shop", "environments": environments},
        }
    }
    ld = Emulator(seed=seed, access_tokens=["api-PLANTED-token-4c1e"], clock=clock.time)
    ld.account.create("acme-shop", "acme-live", "redis", {"host": "acme.example"}, name="Berta of Acme", tags=["acme"])
    ids: list[str] = []
    ld.account.observe(lambda _event, integration: ids.append(integration.id))
    text, _report = recorded(ld, clock)
    planted = ["PLANTED", "acme", "berta", "64c0f1a2b3c4d5e6f7a8b9c0", "emulator-account", "emulator-member"]
    assert ids
    assert not [name for name in [*planted, *ids] if name.lower() in text.lower()]
    assert not re.search("default(?!T)", text)  # but for fields such as defaultTtl
    assert "Authorization" in text


if __name__ == "__main__":
    FILE.write_text(recorded(Emulator(clock=FakeClock().time), FakeClock())[0], encoding="utf-8")
