# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The statements of docs/known-and-guessed.md and those that a run decides are the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ld_segment_store.verify.probes import PROBES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/known-and-guessed.md"
# Reports of runs against LaunchDarkly itself, which users sent.
REPORTS = ROOT / "docs/reports"


def rows() -> dict[str, tuple[str, str]]:
    """Of the API and its rate limits: each statement, how sure it is, and what happens if it is wrong."""
    text = PAGE.read_text(encoding="utf-8").partition("## The API")[2].partition("## The store")[0]
    lines = [
        line for line in text.splitlines() if line.startswith("| ") and not line.startswith(("| statement", "| ---"))
    ]
    found = {}
    for line in lines:
        statement, sure, _source, wrong = (_plain(cell.strip()) for cell in line.strip("|").split("|"))
        found[statement] = (sure, wrong)
    return found


def _plain(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


def test_each_statement_has_a_probe() -> None:
    """Add a probe in ld_segment_store/verify/probes; `never(reason)` is for what no probe can decide."""
    assert {probe.statement: probe.if_wrong for probe in PROBES} == {name: wrong for name, (_, wrong) in rows().items()}
    assert len(PROBES) == len(rows())


def test_what_a_report_confirms_the_page_says() -> None:
    """And nothing else: `confirmed by report of DATE` stands where a report in docs/reports confirms the statement."""
    expected = {
        (result["statement"], report["date"])
        for report in (json.loads(file.read_text(encoding="utf-8")) for file in REPORTS.glob("*.json"))
        for result in report["results"]
        if result["verdict"] == "confirmed"
    }
    told = {
        (statement, date)
        for statement, (sure, _wrong) in rows().items()
        for date in re.findall(r"confirmed by report of ([\d-]+)", sure)
    }
    assert told == expected
