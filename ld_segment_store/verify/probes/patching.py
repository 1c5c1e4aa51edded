# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""PATCH: operations, the envelope with a comment, and the version."""

from __future__ import annotations

from typing import Any

from ..bench import CONFIGS, Bench
from ..probe import Answer, Probe, judged, undecided


def _replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def _replaces(bench: Bench) -> Answer:
    on = not bench.in_use
    wanted = {"name": bench.name + " renamed", "on": on, "tags": [*bench.tags, "more"]}
    config = {**CONFIGS["redis"], "host": "other.verify-api.example"}
    with bench.made() as made:
        refused = []
        for path, value in {**wanted, "config": config}.items():
            reply = bench.patch(made, [_replace(f"/{path}", value)])
            if not reply.ok:
                refused.append(f"/{path} got {reply.text}")
        read = bench.get(made)
    if refused:
        return judged(False, f"{', '.join(refused)}.")
    read_back = {**{field: read.body.get(field) for field in wanted}, "host": read.config.get("host")}
    wrong = [field for field, value in {**wanted, "host": config["host"]}.items() if read_back[field] != value]
    return judged(not wrong, f"All were accepted; not changed: {', '.join(wrong) or 'none'}.")


def _test(bench: Bench) -> Answer:
    with bench.made() as made:
        version = made.reply.field("version", int) or 0
        right, wrong = (
            bench.patch(made, [{"op": "test", "path": "/version", "value": tested}, _replace("/name", bench.name)])
            for tested in (version, version + 1000)
        )
    evidence = f"A `test` of the right version got {right.text}, of a wrong one {wrong.text}."
    if right.ok and wrong.ok:
        return judged(False, evidence, patch_test="ignored")
    if right.ok and wrong.status == 409:
        return judged(True, evidence, patch_test="honoured")
    return judged(False, evidence, **({} if right.ok else {"patch_test": "refused"}))


def _comment(bench: Bench) -> Answer:
    with bench.made() as made:
        reply = bench.patch(made, {"comment": "verify-api", "patch": [_replace("/name", bench.name + " renamed")]})
        changed = reply.ok and bench.get(made).body.get("name") != bench.name
    evidence = f"A PATCH with a comment got {reply.text}" + ("." if changed else ", without effect.")
    return judged(changed, evidence, patch_comment="honoured" if changed else "refused")


def _add_and_remove(bench: Bench) -> Answer:
    with bench.made() as made:
        added = bench.patch(made, [{"op": "add", "path": "/tags/-", "value": "more"}])
        removed = bench.patch(made, [{"op": "remove", "path": f"/tags/{len(bench.tags) if added.ok else 0}"}])
        left = bench.get(made).field("tags", list) or []
    evidence = f"`add` of a tag got {added.text}, `remove` {removed.text}."
    return judged(added.ok and removed.ok and "more" not in left, evidence)


def _version(bench: Bench) -> Answer:
    with bench.made() as made:
        replies = [made.reply]
        replies += [bench.patch(made, [_replace("/name", name)]) for name in (bench.name + " renamed", bench.name)]
        replies.append(bench.patch(made, [_replace("/name", bench.name)]))
    versions = [reply.field("version", int) for reply in replies]
    if None in versions:
        return undecided("A response has no whole number as `version`.")
    created, first, second, same = versions
    evidence = f"Versions {created}, {first}, {second}, and {same} after a PATCH that changes nothing."
    return judged((first, second) == (created + 1, created + 2), evidence)


def _older_version(bench: Bench) -> Answer:
    with bench.made() as made:
        texts = [
            bench.patch(made, [_replace("/name", f"{bench.name} {number}")]).text for number in ("renamed", "again")
        ]
    evidence = f"Two writes without a read between them got {texts[0]} and {texts[1]}."
    return judged(texts[1].startswith("2"), evidence)


PROBES = (
    Probe(
        "PATCH accepts JSON Patch's `replace` of `/name`, `/on`, `/config`, `/tags`",
        _replaces,
        "LaunchDarkly responds with 400, and nothing changes",
    ),
    Probe("PATCH knows `test`", _test, "nothing: it is not sent"),
    Probe("PATCH accepts a comment", _comment, "nothing: none is sent"),
    Probe("PATCH knows `add` and `remove`", _add_and_remove, "nothing: neither is sent"),
    Probe("`version` grows by 1 with each PATCH that changes something", _version, "nothing: it is only shown"),
    Probe(
        "Nothing in the API refuses a write that is based on an older `version`",
        _older_version,
        "somebody else may write between the read and the write",
    ),
)
