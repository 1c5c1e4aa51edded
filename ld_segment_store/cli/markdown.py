# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A plan as Markdown, for a comment on a pull request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ..core.fleet.report import changes, summary
from ..core.fleet.result import StoreResult
from ..core.printable import printable


def as_markdown(results: Sequence[StoreResult]) -> list[str]:
    """A heading with the summary, and a table with a row for each attribute that would change."""
    rows = [row for result in results for row in _rows(result)]
    table = ["", "| store | action | attribute | before | after |", "| --- | --- | --- | --- | --- |", *rows]
    return [f"### {summary(results, check=True)}", *(table if rows else [])]


def _rows(result: StoreResult) -> Iterator[str]:
    start = f"| {_code(str(result.declaration.key))} | {result.action}{' (not declared)' if result.purged else ''} |"
    if result.reported:
        yield f"{start} | | |"
    if result.error:
        yield f"{start} {_code(result.error.message)} | | |"
    for change in changes(result):
        yield f"{start} {_code(change.field)} | {_value(change.before)} | {_value(change.after)} |"


def _value(value: Any) -> str:
    return "" if value is None else _code(json.dumps(value, ensure_ascii=False))


def _code(text: str) -> str:
    """HTML code, where no character has a meaning to Markdown: a name must not become a link or a mention."""
    return "<code>{}</code>".format(
        "".join(c if c.isalnum() or c in " /.:-," else f"&#{ord(c)};" for c in printable(text))
    )
