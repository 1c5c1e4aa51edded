# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Read a DynamoDB store, with the caller's own AWS credentials. Needs the Python package boto3, which is imported late."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ..core.documents import TABLE_PARTITION_KEY, TABLE_SORT_KEY, checked
from ..core.model.client_side_id import checked_prefix
from ..preflight.dynamodb.aws import Aws, Unanswered, require_boto3
from .answer import ContextAnswer, Question, evaluate
from .contents import (
    DEFAULT_LIMIT,
    DEFAULT_TIMEOUT,
    OnProgress,
    StoreContents,
    StoreUnreadable,
    Tally,
    check_bounds,
    read_sync,
)

_METADATA = ":big_segments_metadata"
_CONTEXTS = ":big_segments_user"
# An SDK that is given no prefix reads the names without one.
_NAMESPACE = re.compile(r"(?:(?P<prefix>.*):)?big_segments_(?:metadata|user)", re.DOTALL)
# One page of a Query.
_PAGE = 1000
# Each takes a request. Two belong to a prefix.
_MAX_NAMESPACES = 50
# Behind every hash, which is ASCII.
_LAST_SORT_KEY = "\uffff"
# AWS counts about 100 bytes for each item besides its attributes: "DynamoDB item sizes and formats", developer guide.
_ITEM_OVERHEAD = 100


def inspect_dynamodb(
    config: Mapping[str, Any],
    *,
    prefix: str,
    endpoint_url: str | None = None,
    session: Any = None,
    timeout: float = DEFAULT_TIMEOUT,
    limit: int = DEFAULT_LIMIT,
    on_progress: OnProgress = None,
    now: Callable[[], float] = time.time,
) -> StoreContents:
    """Read what a table holds under `prefix`, the environment's client-side ID. Nothing is written.

    `config` has `table_name` and `region`. `endpoint_url` replaces AWS's own, for tests. `session` is a boto3 session, by default
    one with the credentials that the AWS SDK finds. `timeout` bounds each request, in seconds. At most `limit` contexts are read;
    `on_progress` is called with their number. `now` gives epoch seconds.

    The last sync needs dynamodb:GetItem; segments need dynamodb:Query and other prefixes dynamodb:Scan, and are None without
    them. Raises StoreUnreadable, InvalidSettings and MissingDependency.
    """
    check_bounds(timeout, limit)
    return _reader(config, prefix, endpoint_url, session, timeout).contents(limit, on_progress, now())


def find_dynamodb_context(
    config: Mapping[str, Any],
    question: Question,
    *,
    prefix: str,
    endpoint_url: str | None = None,
    session: Any = None,
    timeout: float = DEFAULT_TIMEOUT,
    now: Callable[[], float] = time.time,
) -> ContextAnswer:
    """Look one context up in a table. Needs dynamodb:GetItem. Options and errors as for `inspect_dynamodb`."""
    check_bounds(timeout)
    return _reader(config, prefix, endpoint_url, session, timeout).find(question, now())


def _reader(
    config: Mapping[str, Any], prefix: str, endpoint_url: str | None, session: Any, timeout: float
) -> _DynamoDBReader:
    table = checked("dynamodb", "table_name", config.get("table_name"))
    region = checked("dynamodb", "region", config.get("region"))
    require_boto3()
    return _DynamoDBReader(Aws(region, endpoint_url, timeout, session), table, checked_prefix(prefix))


class _DynamoDBReader:
    """A table, of which only GetItem, Query and Scan are used."""

    def __init__(self, aws: Aws, table: str, prefix: str) -> None:
        self._aws = aws
        self._table = table
        self._prefix = prefix
        self._place = f"{table} in {aws.region}"

    def contents(self, limit: int, on_progress: OnProgress, now: float) -> StoreContents:
        """Everything under the prefix, as far as the caller may read it."""
        metadata = self._metadata()
        notes: list[str] = []
        tally, complete = self._tally(limit, on_progress, notes)
        return StoreContents(
            store="dynamodb",
            place=self._place,
            prefix=self._prefix,
            sync=read_sync(_number(metadata, "synchronizedOn"), now),
            segments=tally.segments() if tally else None,
            contexts=tally.contexts if tally else None,
            size_bytes=tally.size_bytes if tally else None,
            complete=complete,
            other_prefixes=self._other_prefixes(notes),
            lock=None,
            cursor=_text(metadata.get("lastVersion")),
            notes=tuple(notes),
        )

    def find(self, question: Question, now: float) -> ContextAnswer:
        """The sets of one context, and the answers for them."""
        item = self._item(self._prefix + _CONTEXTS, question.context_hash)
        included, excluded = (tuple(sorted(_strings(item, name))) for name in ("included", "excluded"))
        return ContextAnswer(
            store="dynamodb",
            place=self._place,
            prefix=self._prefix,
            context_key=question.context_key,
            context_hash=question.context_hash,
            sync=read_sync(_number(self._metadata(), "synchronizedOn"), now),
            included=included,
            excluded=excluded,
            segments=evaluate(question, included, excluded),
        )

    def _metadata(self) -> Mapping[str, Any]:
        name = self._prefix + _METADATA
        return self._item(name, name)

    def _item(self, namespace: str, key: str) -> Mapping[str, Any]:
        """One item, empty where there is none. Raises StoreUnreadable."""
        place = {TABLE_PARTITION_KEY: {"S": namespace}, TABLE_SORT_KEY: {"S": key}}
        try:
            answer = self._aws.ask("dynamodb", "get_item", TableName=self._table, Key=place)
        except Unanswered as unanswered:
            raise StoreUnreadable(self._explain(unanswered)) from None
        found: Mapping[str, Any] = answer.get("Item") or {}
        return found

    def _tally(self, limit: int, on_progress: OnProgress, notes: list[str]) -> tuple[Tally | None, bool]:
        """The contexts, and whether those were all; None where the caller may not list them."""
        tally, read, complete = Tally(), 0, True
        try:
            for items, more in self._pages(limit):
                for item in items:
                    context_hash = str(item[TABLE_SORT_KEY]["S"])
                    tally.add(context_hash, _strings(item, "included"), _strings(item, "excluded"), _size(item))
                read += len(items)
                complete = not more
                if on_progress is not None:
                    on_progress(read)
        except Unanswered as unanswered:
            notes.append(f"Segments are not listed: {unanswered.verdict.seen}.")
            return None, False
        return tally, complete

    def _pages(self, limit: int) -> Iterator[tuple[list[dict[str, Any]], bool]]:
        """Pages of contexts, `limit` at most in total, each with whether more follow. Raises Unanswered."""
        start: dict[str, Any] = {}
        while limit > 0:
            answer = self._aws.ask(
                "dynamodb",
                "query",
                TableName=self._table,
                KeyConditionExpression="#namespace = :contexts",
                ExpressionAttributeNames={"#namespace": TABLE_PARTITION_KEY},
                ExpressionAttributeValues={":contexts": {"S": self._prefix + _CONTEXTS}},
                Limit=min(_PAGE, limit),
                **start,
            )
            limit -= len(answer["Items"])
            more = answer.get("LastEvaluatedKey")
            yield answer["Items"], bool(more)
            if not more:
                return
            start = {"ExclusiveStartKey": more}

    def _other_prefixes(self, notes: list[str]) -> tuple[str, ...] | None:
        """The other prefixes in the table, or None where the caller may not scan it.

        Each request reads one item and jumps behind the last sort key of its namespace, so contexts are not read.
        """
        found: set[str] = set()
        start: dict[str, Any] = {}
        try:
            for _jump in range(_MAX_NAMESPACES):
                answer = self._aws.ask("dynamodb", "scan", TableName=self._table, Limit=1, **start)
                if not answer["Items"]:
                    return tuple(sorted(found - {self._prefix}))
                namespace = str(answer["Items"][0][TABLE_PARTITION_KEY]["S"])
                match = _NAMESPACE.fullmatch(namespace)
                if match:
                    found.add(match["prefix"] or "")
                behind = {TABLE_PARTITION_KEY: {"S": namespace}, TABLE_SORT_KEY: {"S": _LAST_SORT_KEY}}
                start = {"ExclusiveStartKey": behind}
        except Unanswered as unanswered:
            notes.append(f"Other prefixes are unknown: {unanswered.verdict.seen}.")
            return None
        notes.append(f"Other prefixes: only the first {_MAX_NAMESPACES} namespaces of the table were searched.")
        return tuple(sorted(found - {self._prefix}))

    def _explain(self, unanswered: Unanswered) -> str:
        if unanswered.code == "ResourceNotFoundException":
            return f"There is no table {self._table!r} in {self._aws.region}. Check table_name, region and the AWS account."
        if unanswered.code == "ValidationException":
            return (
                f"The table {self._table!r} is not a big segment store: its keys are not {TABLE_PARTITION_KEY!r} and"
                f" {TABLE_SORT_KEY!r}, both strings. Give another table."
            )
        seen, remedy = unanswered.verdict.seen, unanswered.verdict.remedy
        return f"{self._place}: {seen}. {remedy[:1].upper()}{remedy[1:]}."


def _strings(item: Mapping[str, Any], name: str) -> list[str]:
    """A string set. An SDK ignores an attribute of another type."""
    return list(item.get(name, {}).get("SS", ()))


def _number(item: Mapping[str, Any], name: str) -> str | None:
    found = item.get(name, {}).get("N")
    return None if found is None else str(found)


def _text(attribute: Mapping[str, Any] | None) -> str | None:
    """A string or number as text."""
    return next((str(value) for value in (attribute or {}).values()), None)


def _size(item: Mapping[str, Any]) -> int:
    """The item's size as AWS counts it: names and values in UTF-8, and a fixed overhead."""
    texts = [text for name, attribute in item.items() for text in (name, *_flat(attribute))]
    return _ITEM_OVERHEAD + sum(len(text.encode()) for text in texts)


def _flat(attribute: Mapping[str, Any]) -> Iterator[str]:
    for value in attribute.values():
        yield from map(str, value) if isinstance(value, list) else [str(value)]
