# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Situations of a context and a big segment, written to a real store, and what LaunchDarkly's Python SDK says of each."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ldclient import Context, LDClient
from ldclient.config import BigSegmentsConfig, Config
from ldclient.integrations import Files
from ldclient.interfaces import BigSegmentStore

from demo.evaluate_flag import FLAG, flag_data
from ld_segment_store.inspect.answer import Membership
from ld_segment_store.inspect.layout import hash_context
from tests.support.aws_server import AwsServer
from tests.support.dynalite import Dynalite
from tests.support.redis_server import RedisServer

SEGMENT = "big-one"
MEMBER = "user-1"
TABLE = "segments"
FRESH, OLD = 0, 300


class Said(NamedTuple):
    """What an SDK says: whether the context is in the segment, and the store's status.

    `by_rule` is the same for a segment with a rule that matches everybody, which an SDK asks only where the store has no entry.
    """

    member: bool
    by_rule: bool
    status: str


SAID = {
    Membership.INCLUDED: (True, True),
    Membership.EXCLUDED: (False, False),
    Membership.NOT_PRESENT: (False, True),
}


@dataclass(frozen=True)
class Situation:
    """What is written before the question, and the right answer.

    `synced` is the age of the last sync in seconds, a text to write instead, or None for none. `delete` removes, by hand, what
    was written: "sets" or "time". `read_prefix` replaces the prefix that is read.
    """

    name: str
    membership: Membership
    status: str
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    synced: int | str | None = FRESH
    generation: int = 1
    segment: str = SEGMENT
    delete: str = ""
    wrong_prefix: bool = False
    stores: tuple[str, ...] = ("redis", "dynamodb")

    @property
    def prefix(self) -> str:
        """The prefix that is written: each situation has its own."""
        return "64c0ffee-" + self.name.replace(" ", "-")

    @property
    def read_prefix(self) -> str:
        """The prefix that is read."""
        return "launchdarkly" if self.wrong_prefix else self.prefix


SITUATIONS = (
    Situation("included", Membership.INCLUDED, "HEALTHY", included=("big-one.g1", "other.g3")),
    Situation("excluded", Membership.EXCLUDED, "HEALTHY", excluded=("big-one.g1",)),
    Situation("both", Membership.INCLUDED, "HEALTHY", included=("big-one.g1",), excluded=("big-one.g1",)),
    Situation("stranger", Membership.NOT_PRESENT, "HEALTHY"),
    Situation("another segment", Membership.NOT_PRESENT, "HEALTHY", included=("other.g1",), excluded=("other.g2",)),
    Situation("older generation", Membership.NOT_PRESENT, "HEALTHY", included=("big-one.g1",), generation=2),
    Situation("two generations", Membership.EXCLUDED, "HEALTHY", ("big-one.g1",), ("big-one.g2",), generation=2),
    Situation("a key with dots", Membership.INCLUDED, "HEALTHY", included=("a.g1.g1",), segment="a.g1"),
    Situation("wrong prefix", Membership.NOT_PRESENT, "STALE", included=("big-one.g1",), wrong_prefix=True),
    Situation("sets deleted by hand", Membership.NOT_PRESENT, "HEALTHY", included=("big-one.g1",), delete="sets"),
    Situation("time deleted by hand", Membership.INCLUDED, "STALE", included=("big-one.g1",), delete="time"),
    Situation("synced five minutes ago", Membership.INCLUDED, "STALE", included=("big-one.g1",), synced=OLD),
    Situation("never synced", Membership.NOT_PRESENT, "STALE", synced=None),
    # DynamoDB takes nothing but a number there.
    Situation(
        "a time that is none", Membership.INCLUDED, "STORE_ERROR", ("big-one.g1",), synced="?", stores=("redis",)
    ),
)


class Writer(Protocol):
    """Writes to a store as LaunchDarkly does, and deletes as a person does."""

    def write(self, prefix: str, included: Sequence[str], excluded: Sequence[str], synchronized_on: str | None) -> None:
        """Write the sets of MEMBER, and the time of the last sync."""

    def delete(self, prefix: str, what: str) -> None:
        """Delete the `sets` of MEMBER or the `time`."""


def prepare(writer: Writer, situation: Situation) -> None:
    """Bring the store into the situation."""
    synced = situation.synced
    synchronized_on = str(int((time.time() - synced) * 1000)) if isinstance(synced, int) else synced
    writer.write(situation.prefix, situation.included, situation.excluded, synchronized_on)
    if situation.delete:
        writer.delete(situation.prefix, situation.delete)


class RedisWriter:
    """Writes to a Redis."""

    def __init__(self, server: RedisServer) -> None:
        self._admin: Any = server.admin()

    def write(self, prefix: str, included: Sequence[str], excluded: Sequence[str], synchronized_on: str | None) -> None:
        for key, refs in zip(self._sets(prefix), (included, excluded)):
            if refs:
                self._admin.sadd(key, *refs)
        if synchronized_on is not None:
            self._admin.set(prefix + ":big_segments_synchronized_on", synchronized_on)

    def delete(self, prefix: str, what: str) -> None:
        keys = self._sets(prefix) if what == "sets" else [prefix + ":big_segments_synchronized_on"]
        assert self._admin.delete(*keys) == 1

    def close(self) -> None:
        self._admin.close()

    @staticmethod
    def _sets(prefix: str) -> list[str]:
        return [f"{prefix}:big_segment_{kind}:{hash_context(MEMBER)}" for kind in ("include", "exclude")]


class DynamoDBWriter:
    """Writes to the table TABLE."""

    def __init__(self, server: AwsServer | Dynalite) -> None:
        self._client = server.client("dynamodb")

    def write(self, prefix: str, included: Sequence[str], excluded: Sequence[str], synchronized_on: str | None) -> None:
        sets = {name: {"SS": list(refs)} for name, refs in (("included", included), ("excluded", excluded)) if refs}
        if sets:
            self._put(prefix + ":big_segments_user", hash_context(MEMBER), sets)
        if synchronized_on is not None:
            metadata = prefix + ":big_segments_metadata"
            self._put(metadata, metadata, {"synchronizedOn": {"N": synchronized_on}})

    def delete(self, prefix: str, what: str) -> None:
        metadata = prefix + ":big_segments_metadata"
        place = (prefix + ":big_segments_user", hash_context(MEMBER)) if what == "sets" else (metadata, metadata)
        self._client.delete_item(TableName=TABLE, Key=_key(*place))

    def _put(self, namespace: str, key: str, attributes: dict[str, Any]) -> None:
        self._client.put_item(TableName=TABLE, Item={**_key(namespace, key), **attributes})


def _key(namespace: str, key: str) -> dict[str, Any]:
    return {"namespace": {"S": namespace}, "key": {"S": key}}


def sdk_data(situation: Situation, *, rule: bool) -> dict[str, Any]:
    """The flag and the segment, in the format of the SDKs' file data source."""
    data = flag_data(situation.segment, situation.generation)
    if rule:
        data["segments"][situation.segment]["rules"] = [{"id": "everybody", "clauses": []}]
    return data


def python_sdk_says(store: Any, situation: Situation) -> Said:
    """What the Python SDK says of MEMBER. `store` makes a BigSegmentStore: a client closes its own."""
    (member, status), (by_rule, _) = (_evaluate(store(), sdk_data(situation, rule=rule)) for rule in (False, True))
    return Said(member, by_rule, status)


def _evaluate(store: BigSegmentStore, data: dict[str, Any]) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="sdk-") as folder:
        file = Path(folder) / "flags.json"
        file.write_text(json.dumps(data), encoding="utf-8")
        config = Config(
            sdk_key="sdk-not-used",
            update_processor_class=Files.new_data_source(paths=[str(file)]),
            big_segments=BigSegmentsConfig(store=store),
            send_events=False,
        )
        with LDClient(config, start_wait=10) as client:
            detail = client.variation_detail(FLAG, Context.create(MEMBER), None)
    return detail.value, detail.reason["bigSegmentsStatus"]
