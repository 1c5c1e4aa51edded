# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Which integration is meant: one that was made by hand, one of several, one that is not there."""

from __future__ import annotations

from ld_segment_store.emulator import Emulator, Integration
from tests.collection.playbooks import DYNAMODB, REDIS, Playbooks, Task, config, store


def _store(environment_key: str = "live", **options: object) -> Task:
    return store(project_key="shop", environment_key=environment_key, **options)


def _make(ld: Emulator, name: str, environment_key: str = "live", integration_key: str = "redis") -> Integration:
    options = REDIS if integration_key == "redis" else DYNAMODB
    held = config(integration_key, options)
    return ld.account.create("shop", environment_key, integration_key, held, name=name)


def test_one_made_by_hand_is_taken_over(playbooks: Playbooks, ld: Emulator) -> None:
    made = _make(ld, "by hand")
    _make(ld, "other environment", "test")
    other_type = _make(ld, "other type", integration_key="dynamodb")
    adopt = _store(redis={"host": "new.example.com"}, name="by Ansible")
    run = playbooks.run({"adopt": adopt, "again": adopt}, ld=ld)
    assert run["adopt"]["action"] == "update"
    assert run["adopt"]["integration"]["id"] == made.id
    assert run["again"]["changed"] is False
    assert len(ld.account.integrations) == 3
    assert ld.account.integration(other_type.id).version == 1


def test_several_match(playbooks: Playbooks, ld: Emulator) -> None:
    blue, green = _make(ld, "blue"), _make(ld, "green")
    tasks = {
        "ambiguous": _store(redis=REDIS, tags=["new"]),
        "absent, ambiguous": _store(state="absent", integration_key="redis"),
        "no such name": _store(redis=REDIS, name="red"),
        "by name": _store(redis=REDIS, name="blue", tags=["new"]),
        "by ID": _store(redis=REDIS, integration_id=green.id, enabled=True),
        "by ID, again": _store(redis=REDIS, integration_id=green.id, enabled=True),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    for name in ("ambiguous", "absent, ambiguous", "no such name"):
        assert run[name].failed
        # The list is read again, because runs that create at the same time leave one integration after a moment.
        assert run[name].methods == ["GET"] * 4
        assert run[name]["failure"]["code"] == "ambiguous_integration"
        assert len(run[name]["failure"]["details"]) == 2
        for made in (blue, green):
            assert made.id in run[name]["msg"]
            assert repr(made.name) in run[name]["msg"]
    assert run["by name"]["integration"]["id"] == blue.id
    assert run["by ID"].methods == ["GET", "PATCH"]
    assert run["by ID, again"].methods == ["GET"]
    assert (ld.account.integration(blue.id).tags, ld.account.integration(blue.id).on) == (("new",), False)
    assert (ld.account.integration(green.id).tags, ld.account.integration(green.id).on) == ((), True)


def test_one_of_several_is_removed(playbooks: Playbooks, ld: Emulator) -> None:
    _make(ld, "blue")
    green, kept = _make(ld, "green"), _make(ld, "kept")
    tasks = {
        "by name": _store(state="absent", integration_key="redis", name="blue"),
        "by name, again": _store(state="absent", integration_key="redis", name="blue"),
        "by ID": _store(state="absent", redis=REDIS, integration_id=green.id),
        "by ID, again": _store(state="absent", redis=REDIS, integration_id=green.id),
    }
    tasks["last, by another name"] = tasks["by name"]
    run = playbooks.run(tasks, ld=ld)
    assert [run[name]["action"] for name in tasks] == ["delete", "nothing", "delete", "nothing", "nothing"]
    assert run["last, by another name"]["warnings"] == [
        f"No integration is named 'blue', so none was removed. Of another name: {kept.id} ('kept', off)."
    ]
    assert run["by ID"].methods == ["GET", "DELETE"]
    assert run["by ID, again"].methods == ["GET"]
    assert run["by ID, again"]["integration"] is None
    assert ld.account.integrations == [kept]


def test_an_id_that_is_not_there(playbooks: Playbooks, ld: Emulator) -> None:
    """Something else must not be changed in its place, nor anything be created."""
    made = _make(ld, "blue")
    elsewhere = _make(ld, "elsewhere", "test")
    tasks = {
        "unknown": _store(redis=REDIS, integration_id="64c0f1a2b3c4d5e6f7a8b9c0"),
        "of another environment": _store(redis=REDIS, integration_id=elsewhere.id, tags=["new"]),
        "no ID": _store(redis=REDIS, integration_id="../.."),
    }
    run = playbooks.run(tasks, ld=ld, may_fail=True)
    assert [run[name]["failure"]["code"] for name in tasks] == ["not_found", "not_found", "invalid_settings"]
    assert run["unknown"].methods == ["GET"]
    assert run["no ID"].methods == []
    assert ld.account.integrations == [made, elsewhere]
