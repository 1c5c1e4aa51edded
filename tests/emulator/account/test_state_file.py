# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The state file: it survives restarts, failed writes and a second emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import CannotListen, Emulator, StateFileError
from tests.emulator.account.test_seed import SEED
from tests.emulator.server.contract import PROJECTS, REDIS, STORES, Caller, place


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "seed.yaml"
    path.write_text(SEED)
    return path


def test_state_survives(tmp_path: Path, seed: Path) -> None:
    state = tmp_path / "state.json"
    with Emulator(seed=seed, state_file=state) as ld:
        call = Caller(ld)
        created = call.create(STORES + "/blog/live/redis", config={"host": "h", "password": "hunter2hunter2"})
        call.patch(created, {"op": "replace", "path": "/on", "value": True})
        call("DELETE", place(call("GET", STORES).json()["items"][0]))
        before = ld.account.contents

    # Without a seed: all that matters is in the file.
    with Emulator(state_file=state) as ld:
        assert ld.account.contents == before
        again = ld.account.integration(created["_id"])
        assert (again.version, again.on, again.config["password"]) == (2, True, Secret("hunter2hunter2"))
        assert (
            Caller(ld)("GET", PROJECTS + "/shop/environments").json()["items"][0]["_id"] == "64c0ffee64c0ffee64c0ffee"
        )


def test_reset_goes_back_to_the_seed_also_in_the_file(tmp_path: Path, seed: Path) -> None:
    state = tmp_path / "state.json"
    with Emulator(seed=seed, state_file=state) as ld:
        call = Caller(ld)
        call("DELETE", place(call("GET", STORES).json()["items"][0]))
        call("POST", "/_emulator/reset")
        assert len(ld.account.integrations) == 2

    with Emulator(state_file=state) as ld:
        assert len(ld.account.integrations) == 2


def test_a_file_left_from_a_crash_does_no_harm(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    (tmp_path / "state.json.new").write_text("half")

    Emulator(state_file=state)

    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_readable_state_file_becomes_unreadable_for_others(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"projects": {"p": {"environments": {"e": {}}}}}))
    state.chmod(0o644)

    assert [project.key for project in Emulator(state_file=state).account.projects] == ["p"]
    assert state.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "is not valid JSON"), ("{}", "is damaged: projects must be a mapping"), ("[]", "is damaged")],
)
def test_a_damaged_state_file_is_left_alone(tmp_path: Path, content: str, message: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(content)

    with pytest.raises(StateFileError, match=message):
        Emulator(state_file=state)
    assert state.read_text() == content


def test_a_state_file_that_can_not_be_written(tmp_path: Path) -> None:
    with pytest.raises(StateFileError, match="Can't write the state file"):
        Emulator(state_file=tmp_path / "nowhere" / "state.json")
    with pytest.raises(StateFileError, match="Can't read the state file"):
        Emulator(state_file=tmp_path)


def test_only_a_regular_file_is_opened_and_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(StateFileError, match=f"Can't read the state file {path}: it is not a regular file[.]$"):
            Emulator(state_file=path)
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "state.json", tmp_path / "link"
    link.symlink_to(target)
    for number in (1, 2):  # without the target, and with it
        with Emulator(state_file=link) as ld:
            Caller(ld).create()
        assert link.is_symlink()
        assert len(Emulator(state_file=target).account.integrations) == number
    assert [path.name for path in target.parent.iterdir()] == ["state.json"]


def test_a_state_file_that_can_no_longer_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with Emulator(state_file=folder / "state.json") as ld:
        (folder / "state.json").unlink()
        folder.rmdir()
        response = Caller(ld)("POST", STORES + "/default/test/redis", json={"config": {"host": "h"}})
        assert response.status_code == 500
        assert "Can't write the state file" in response.json()["message"]


def test_a_write_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state.json"
    with Emulator(state_file=state) as ld:
        call = Caller(ld)
        created = call.create()
        saved, before = state.read_bytes(), ld.account.contents
        events: list[str] = []
        ld.account.observe(lambda event, _integration: events.append(event))

        def fail(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        segments = {"projectKey": "default", "environmentKey": "test", "segments": {"a": {"included": ["user-1"]}}}
        responses = [
            call.raw("POST", REDIS, json={"config": {"host": "h"}}),
            call.raw("PATCH", place(created), json=[{"op": "replace", "path": "/on", "value": True}]),
            call.raw("DELETE", place(created)),
            call.raw("POST", "/_emulator/reset"),
            call.raw("POST", "/_emulator/segments", json=segments),
        ]

        sentence = f"Can't write the state file {state}: No space left on device."
        assert sentence in responses[0].json()["message"]
        assert [response.ok for response in responses] == [False] * 5
        assert (ld.account.contents, events) == (before, [])
        assert state.read_bytes() == saved
        assert [path.name for path in tmp_path.iterdir()] == ["state.json"]

        monkeypatch.undo()
        call.create()
        assert len(json.loads(state.read_text())["projects"]["default"]["environments"]["test"]["integrations"]) == 2


def test_a_second_emulator_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    refused = r"Another emulator uses the state file .*state\.json\. Give this one a file of its own\."
    with Emulator(state_file=state) as ld:
        Caller(ld).create()  # the file that `save` wrote is locked too
        before = state.read_bytes()
        with pytest.raises(StateFileError, match=refused):
            Emulator(state_file=state)
        other = subprocess.run(
            [sys.executable, "-m", "ld_segment_store", "emulator", "--state", str(state)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert (other.returncode, other.stdout, other.stderr.count("\n")) == (1, "", 1)
        assert f"Another emulator uses the state file {state}." in other.stderr
        assert state.read_bytes() == before
    with Emulator(state_file=state) as again:
        assert len(again.account.integrations) == 1
        with pytest.raises(StateFileError, match=refused):
            ld.account.create("default", "test", "redis", {"host": "h"})
        with pytest.raises(StateFileError, match=refused):
            ld.start()
    assert len(ld.account.integrations) == 1


def test_another_emulator_may_use_it_between_stop_and_start(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first, second = Emulator(state_file=state), Emulator(state_file=state)
    with first:
        first.account.create("default", "test", "redis", {"host": "h"})
    with second:
        assert second.account.contents == first.account.contents
        second.account.create("default", "production", "redis", {"host": "h"})
    with first:
        stores = [integration.environment_key for integration in first.account.integrations]
        assert sorted(stores) == ["production", "test"]


def test_a_start_that_fails_leaves_the_file_free(tmp_path: Path, ld: Emulator) -> None:
    state = tmp_path / "state.json"
    taken = Emulator(state_file=state, port=int(ld.url.rpartition(":")[2]))
    with pytest.raises(CannotListen):
        taken.start()

    with Emulator(state_file=state) as free:
        assert free.account.projects
