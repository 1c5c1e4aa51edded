# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A list with an item that cannot be read: a fleet neither duplicates nor removes that integration."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.retry import Deadline
from ld_segment_store.core.errors import UnexpectedResponse
from ld_segment_store.core.fleet.declaration import read_declarations
from ld_segment_store.core.fleet.purge import Purge
from ld_segment_store.core.fleet.run import read_many, reconcile_many
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.emulator import Emulator
from tests.core.fleet.fleets import DEFAULTS, REDIS, account, connect, declared

DYNAMODB_OPTIONS = {
    "table_name": "segments",
    "region": "eu-central-1",
    "external_id": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
    "role_arn": "arn:aws:iam::123456789012:role/segments",
}


def unreadable(**fields: str) -> Integration:
    """An item of a list that could be read in part."""
    integration = Integration("odd", "redis", "shop", "env-0", "", True, ("ours",), 0, problem="No usable `version`.")
    return replace(integration, **fields)  # type: ignore[arg-type]


def odd_client(ld: Emulator, odd: Integration) -> Client:
    """A client whose list has this item too."""

    class Odd(Client):
        def list_integrations(self, deadline: Deadline | None = None) -> list[Integration]:
            return [odd, *super().list_integrations(deadline)]

    return connect(ld, Odd)


@pytest.mark.parametrize("missing", ["id", "project_key", "environment_key", "integration_key"])
def test_an_unreadable_integration_that_may_be_the_declared_one_is_not_created_again(missing: str) -> None:
    with account(2) as ld:
        client = odd_client(ld, unreadable(**{missing: ""}))
        others = read_declarations([{"environment_key": "env-1", "project_key": "shop"}], DEFAULTS)
        results = reconcile_many(client, [*declared(1), *others])
        assert isinstance(results[0].error, UnexpectedResponse)
        assert results[1].action == ("failed" if missing == "environment_key" else "create")
        assert "env-0" not in {integration.environment_key for integration in ld.account.integrations}
        results = reconcile_many(client, declared(1, state="absent"))
        assert isinstance(results[0].error, UnexpectedResponse)


@pytest.mark.parametrize("missing", [{}, {"id": ""}, {"environment_key": ""}])
def test_an_unreadable_integration_is_not_purged(missing: dict[str, str]) -> None:
    warnings: list[str] = []
    with account(3) as ld:
        ld.account.create("shop", "env-1", "redis", REDIS, tags=["ours"])
        odd = unreadable(**{"environment_key": "env-2", **missing})
        others = read_declarations([{"environment_key": "env-0", "dynamodb": DYNAMODB_OPTIONS}], DEFAULTS)
        client = odd_client(ld, odd)
        results = reconcile_many(client, others, purge=Purge(tags=["ours"]), on_warning=warnings.append)
        assert [(result.action, result.purged) for result in results] == [("create", False), ("delete", True)]
    assert warnings == ["An integration is not purged, because it could not be read. No usable `version`."]


def test_read_many_keeps_an_unreadable_integration() -> None:
    with account(1) as ld:
        ld.account.create("shop", "env-0", "redis", REDIS)
        odd = unreadable(id="")
        first, second = read_many(odd_client(ld, odd))
        assert first == odd
        assert second.config
