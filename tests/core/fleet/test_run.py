# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`reconcile_many` against the emulator: requests, results, failures, purge and limits."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.rate_limit import Gate
from ld_segment_store.core.api.retry import Wait
from ld_segment_store.core.errors import (
    InvalidSettings,
    NetworkError,
    NotFound,
    PurgeRefused,
    Unauthorized,
)
from ld_segment_store.core.fleet.declaration import Declaration, read_declarations
from ld_segment_store.core.fleet.purge import Purge
from ld_segment_store.core.fleet.result import StoreResult
from ld_segment_store.core.fleet.run import read_many, reconcile_many
from ld_segment_store.core.fleet.threads import in_parallel
from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.emulator import Emulator, Fault
from tests.core.fleet.fleets import DEFAULTS, REDIS, QuickClock, SteadyClock, account, connect, declared, names

NUMBER = 20
DYNAMODB = {
    "tableName": "segments",
    "region": "eu-central-1",
    "externalId": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
    "roleArn": "arn:aws:iam::123456789012:role/segments",
}


def actions(results: list[StoreResult]) -> Counter[str]:
    return Counter(result.action for result in results)


def methods(ld: Emulator) -> Counter[str]:
    return Counter(request.method for request in ld.requests)


def test_one_list_a_get_for_each_and_writes_for_what_differs() -> None:
    with account(NUMBER) as ld:
        assert actions(reconcile_many(connect(ld), declared(NUMBER))) == {"create": NUMBER}
        # A list at the start, one once the stores are locked on this host, and one that shows whether they are alone.
        assert methods(ld) == {"GET": 3, "POST": NUMBER}
        ld.clear_requests()
        changed = ld.account.integrations[3]
        ld.account.update(changed.id, config={"host": "moved.example.com"})
        results = reconcile_many(connect(ld), declared(NUMBER))
        assert actions(results) == {"nothing": NUMBER - 1, "update": 1}
        assert methods(ld) == {"GET": 1 + NUMBER, "PATCH": 1}
        assert [result.declaration.key.environment_key for result in results] == names(NUMBER)
        ld.clear_requests()
        assert actions(reconcile_many(connect(ld), declared(NUMBER, state="absent"))) == {"delete": NUMBER}
        assert methods(ld) == {"GET": 1 + NUMBER, "DELETE": NUMBER}


def test_check_writes_nothing() -> None:
    with account(3) as ld:
        ld.account.create("shop", "env-0", "redis", REDIS, on=False)
        results = reconcile_many(connect(ld), declared(3), check=True)
        assert [result.action for result in results] == ["update", "create", "create"]
        assert all(result.changed for result in results)
        assert set(methods(ld)) == {"GET"}


def test_a_kept_error_holds_no_connection_and_no_request() -> None:
    """A traceback leads to local variables, and they to secrets."""
    stores = [{"environment_key": "nowhere"}]
    with account(1) as ld:
        (result,) = reconcile_many(connect(ld), read_declarations(stores, DEFAULTS))
    assert result.error
    assert result.error.__traceback__ is None
    assert result.error.__context__ is None


def test_a_failure_stops_nothing_else() -> None:
    stores = [{"environment_key": name} for name in ("env-0", "nowhere", "env-1")]
    with account(3) as ld:
        results = reconcile_many(connect(ld), read_declarations(stores, DEFAULTS))
        assert [result.action for result in results] == ["create", "failed", "create"]
        assert isinstance(results[1].error, NotFound)
        assert not results[1].changed


def test_fail_fast_attempts_no_more() -> None:
    stores = [{"environment_key": name} for name in ("nowhere", *names(NUMBER))]
    with account(NUMBER) as ld:
        results = reconcile_many(connect(ld), read_declarations(stores, DEFAULTS), fail_fast=True, concurrency=1)
        assert actions(results) == {"failed": 1, "not attempted": NUMBER}
        assert methods(ld) == {"GET": 2, "POST": 1}


def test_each_result_is_told_once() -> None:
    told: list[StoreResult] = []
    with account(NUMBER) as ld:
        results = reconcile_many(connect(ld), declared(NUMBER), on_result=told.append)
    assert sorted(map(id, told)) == sorted(map(id, results))


def test_clashes_are_found_before_the_first_request() -> None:
    with account(1) as ld:
        twice = [Declaration.present(Settings("shop", "env-0", "redis", {"host": "redis.example.com"}))] * 2
        with pytest.raises(InvalidSettings, match="the same integration"):
            reconcile_many(connect(ld), twice)
        with pytest.raises(InvalidSettings, match="no scope"):
            reconcile_many(connect(ld), declared(1), purge=Purge())
        assert ld.requests == []


def test_an_iterator_of_declarations() -> None:
    """The checks used it up: a purge then removed everything that it declares."""
    with account(3) as ld:
        reconcile_many(connect(ld), declared(3))
        results = reconcile_many(connect(ld), iter(declared(3)), purge=Purge(["shop"]))  # type: ignore[arg-type]
        assert actions(results) == {"nothing": 3}


def test_what_is_no_declaration() -> None:
    with account(1) as ld:
        with pytest.raises(
            InvalidSettings, match=r"^declarations\[0\]: is not a Declaration. Give Declaration.present"
        ):
            reconcile_many(connect(ld), ["shop/live"])  # type: ignore[list-item]
        assert ld.requests == []


def test_an_account_that_cannot_be_listed() -> None:
    with account(1) as ld:
        ld.faults.add(Fault(401))
        with pytest.raises(Unauthorized):
            reconcile_many(connect(ld), declared(1))


def test_purge_takes_what_is_in_scope_and_not_declared() -> None:
    with account(6) as ld:
        for name, tags in (("env-0", ["ours"]), ("env-1", ["ours", "x"]), ("env-2", ["theirs"]), ("env-3", [])):
            ld.account.create("shop", name, "redis", REDIS, tags=tags, on=True)
        keep = declared(1)
        tagged = Purge(tags=("ours",))
        results = reconcile_many(connect(ld), keep, purge=tagged, check=True)
        assert [(result.action, result.purged) for result in results] == [("nothing", False), ("delete", True)]
        assert len(ld.account.integrations) == 4
        reconcile_many(connect(ld), keep, purge=tagged)
        assert [there.environment_key for there in ld.account.integrations] == ["env-0", "env-2", "env-3"]
        reconcile_many(connect(ld), keep, purge=Purge(projects=("other",)))
        assert len(ld.account.integrations) == 3
        with pytest.raises(PurgeRefused, match="env-2") as caught:
            reconcile_many(connect(ld), declared(6)[4:], purge=Purge(projects=("shop",), maximum=2))
        assert len(caught.value.details) == 3
        assert len(ld.account.integrations) == 3
        reconcile_many(connect(ld), keep, purge=Purge(projects=("shop",), maximum=2))
        assert [there.environment_key for there in ld.account.integrations] == ["env-0"]


@pytest.mark.parametrize("check", [False, True])
def test_a_misspelled_environment_does_not_cost_the_store_that_is_meant(check: bool) -> None:
    warnings: list[str] = []
    with account(NUMBER) as ld:
        ld.account.create("shop", "env-0", "redis", REDIS)
        stores = [{"environment_key": name} for name in ("env-O", *names(NUMBER)[1:])]
        results = reconcile_many(
            connect(ld),
            read_declarations(stores, DEFAULTS),
            check=check,
            purge=Purge(projects=("shop",)),
            on_warning=warnings.append,
        )
        assert (results[0].action, results[-1].action) == ("failed", "not attempted")
        assert results[-1].purged
        assert actions(results)["create"] == NUMBER - 1
        assert "env-0" in {there.environment_key for there in ld.account.integrations}
    assert warnings == ["Nothing is purged, because a declared store failed."]


def test_purge_comes_after_all_declared_stores() -> None:
    with account(NUMBER) as ld:
        ld.account.create("shop", "env-0", "redis", REDIS)
        reconcile_many(connect(ld), declared(NUMBER)[1:], purge=Purge(projects=("shop",)))
        assert [request.method for request in ld.requests] == [
            *("GET", "GET"),
            *(["POST"] * (NUMBER - 1)),
            *("GET", "GET", "DELETE"),
        ]


@pytest.mark.parametrize(
    ("purge", "told"),
    [
        (Purge(projects=()), "purge.projects: is empty"),
        (Purge(projects=[], tags=["ours"]), "purge.projects: is empty"),
        (Purge(projects=["shop"], tags=[]), "purge.tags: is empty"),
        (Purge(projects="shop-test"), "purge.projects: must be a list of non-empty text"),
        (Purge(projects=[""]), "purge.projects: must be a list of non-empty text"),
        (Purge(tags=[5]), "purge.tags: must be a list of non-empty text"),  # type: ignore[list-item]
        (Purge(projects=["shop"], maximum=-1), "purge.maximum: is not a whole number, 0 or more"),
    ],
)
def test_an_invalid_scope_does_not_purge(purge: Purge, told: str) -> None:
    with account(2) as ld:
        ld.account.create("shop", "env-1", "redis", REDIS, tags=["ours"])
        with pytest.raises(InvalidSettings, match=told):
            reconcile_many(connect(ld), declared(1), purge=purge)
        assert ld.requests == []


def test_of_several_in_one_place_those_without_a_declared_id_are_purged() -> None:
    with account(1) as ld:
        kept, extra = (ld.account.create("shop", "env-0", "redis", REDIS, on=True) for _twice in range(2))
        one = read_declarations([{"environment_key": "env-0", "integration_id": kept.id}], DEFAULTS)
        results = reconcile_many(connect(ld), one, purge=Purge(projects=["shop"]))
        assert [(result.action, result.purged) for result in results] == [("nothing", False), ("delete", True)]
        assert results[1].declaration.integration_id == extra.id
        assert [there.id for there in ld.account.integrations] == [kept.id]


def test_of_several_in_one_place_none_is_purged_without_ids_and_that_is_told() -> None:
    warnings: list[str] = []
    with account(1) as ld:
        for name in ("main", "second"):
            ld.account.create("shop", "env-0", "redis", REDIS, on=True, name=name)
        one = read_declarations([{"environment_key": "env-0", "name": "main"}], DEFAULTS)
        results = reconcile_many(connect(ld), one, purge=Purge(projects=["shop"]), on_warning=warnings.append)
        assert actions(results) == {"nothing": 1}
        assert len(ld.account.integrations) == 2
    assert warnings == [
        "shop/env-0 redis is there 2 times and declared without integration_id: none of them is purged."
    ]


def test_an_unknown_store_type_is_left_alone_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator has none, so this version is made to know one less."""
    warnings: list[str] = []
    with account(3) as ld:
        ld.account.create("shop", "env-1", "dynamodb", DYNAMODB)
        ld.account.create("shop", "env-2", "redis", REDIS)
        known = {key: store for key, store in STORE_TYPES.items() if key != "dynamodb"}
        monkeypatch.setattr("ld_segment_store.core.fleet.purge.STORE_TYPES", known)
        results = reconcile_many(connect(ld), declared(1), purge=Purge(projects=["shop"]), on_warning=warnings.append)
        assert [result.action for result in results] == ["create", "delete"]
    assert warnings == ["shop/env-1 dynamodb is of a store type that this version does not know: it is not purged."]


def test_a_scope_that_nothing_is_in_is_told() -> None:
    warnings: list[str] = []
    with account(2) as ld:
        ld.account.create("shop", "env-0", "redis", REDIS, tags=["ours"], on=True)
        for purge in (Purge(["shop", "shopp"], ["ours"]), Purge(tags=["theirs"])):
            reconcile_many(connect(ld), declared(1), purge=purge, on_warning=warnings.append)
    assert warnings == [
        "purge.projects names 'shopp', which no integration has: look whether it is misspelled.",
        "purge.tags names 'theirs', which no integration has: look whether it is misspelled.",
    ]


def test_an_integration_that_was_replaced_since_the_list_is_not_doubled() -> None:
    with account(1) as ld:
        old = ld.account.create("shop", "env-0", "redis", REDIS, on=True)
        replaced = threading.Event()

        class Replacing(Client):
            def sharing(self, gate: Gate) -> Client:
                # After the list, before the worker's first request.
                if ld.requests and not replaced.is_set():
                    replaced.set()
                    ld.account.delete(old.id)
                    ld.account.create("shop", "env-0", "redis", REDIS, on=True)
                return super().sharing(gate)

        results = reconcile_many(connect(ld, Replacing), declared(1), concurrency=1)
        assert replaced.is_set()
        assert actions(results) == {"nothing": 1}
        assert len(ld.account.integrations) == 1


def test_an_old_list_is_not_trusted_for_creating() -> None:
    """Somebody else creates it a minute after the list, before its turn has come."""
    clock = QuickClock(1.0)
    with account(2) as ld:

        class Slow(Client):
            def create_integration(self, *arguments: Any) -> Integration:
                made = super().create_integration(*arguments)
                if len(ld.account.integrations) == 1:
                    ld.account.create("shop", "env-1", "redis", REDIS, on=True)
                    clock._began -= 61
                return made

        results = reconcile_many(connect(ld, Slow, clock=clock), declared(2), concurrency=1)
        assert [result.action for result in results] == ["create", "nothing"]
        assert len(ld.account.integrations) == 2


def test_a_limit_is_kept_without_a_429() -> None:
    """With the emulator's clock and ours faster; a window is still long enough for what is sent in it."""
    clock = SteadyClock(3.0)
    waits: list[Wait] = []
    with account(NUMBER, rate_limit=12, clock=clock.time) as ld:
        client = connect(ld, clock=clock, on_wait=waits.append)
        results = reconcile_many(client, declared(NUMBER), share=1.0)
        assert actions(results) == {"create": NUMBER}
        assert [request.status for request in ld.requests].count(429) == 0
        assert NUMBER + 3 <= len(ld.requests) <= NUMBER + 5  # the lists, some of them because 5 s have passed
    assert len(waits) == 1  # told once, not by each worker
    assert 5 < waits[0].seconds < 10.1
    assert "Rate limit reached; sending" in waits[0].text


def test_after_a_429_all_workers_wait() -> None:
    clock = QuickClock(10.0)
    waits: list[Wait] = []
    with account(NUMBER) as ld:
        reconcile_many(connect(ld, clock=clock), declared(NUMBER))
        ld.clear_requests()
        ld.faults.add(429, retry_after=5, operation="getBigSegmentStoreIntegration")
        begun = clock.monotonic()
        results = reconcile_many(connect(ld, clock=clock, on_wait=waits.append), declared(NUMBER))
        assert actions(results) == {"nothing": NUMBER}
        statuses = [request.status for request in ld.requests]
        assert statuses.count(429) == 1
        # The one that was under way beside it may still be answered; the rest comes after the wait.
        assert statuses.index(429) <= 3
        assert clock.monotonic() - begun > 5
    assert len(waits) == 1
    assert "Rate limited; retrying" in waits[0].text


def test_a_wait_beyond_the_deadline_fails_that_store() -> None:
    with account(3, rate_limit=3) as ld:
        results = reconcile_many(connect(ld, deadline=1.0), declared(3), concurrency=1, share=1.0)
        assert [result.action for result in results] == ["create", "failed", "failed"]
        assert {result.error.failure for result in results if result.error} == {"rate_limited"}
        assert len(ld.requests) == 3


def test_read_many() -> None:
    with account(5) as ld:
        reconcile_many(connect(ld), declared(5), concurrency=1)  # created in their order
        wanted = {"env-1", "env-3"}
        found = read_many(connect(ld), lambda there: there.environment_key in wanted)
        assert [there.environment_key for there in found] == ["env-1", "env-3"]
        assert all(there.config for there in found)


def test_a_failing_worker_ends_the_others_and_is_told() -> None:
    done: list[int] = []

    def work(_client: Client, item: int) -> bool:
        done.append(item)
        if item == 3:
            raise NetworkError("gone")
        return True

    with account(1) as ld, pytest.raises(NetworkError):
        in_parallel(connect(ld), Gate(), 2, range(1000), work)
    assert len(done) < 1000


def test_who_is_about_to_try_again_does_not_wait_in_a_stopped_run() -> None:
    gate = Gate()
    gate.stop()
    with account(1) as ld, connect(ld).sharing(gate) as client:
        assert not client.pause(Wait(3.0, "server error 503", "GET /it"), client.deadline())


def test_a_client_of_each_thread_shares_the_gate() -> None:
    gates: list[Gate] = []

    class Remembering(Client):
        def sharing(self, gate: Gate) -> Client:
            gates.append(gate)
            return super().sharing(gate)

    with account(4) as ld:
        reconcile_many(connect(ld, Remembering), declared(4), concurrency=3)
    assert len(gates) == 4  # one for the lists
    assert len({id(gate) for gate in gates}) == 1
