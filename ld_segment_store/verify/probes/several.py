# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Several integrations in one environment, and the meaning of a 409."""

from __future__ import annotations

from ..bench import Bench, Reply
from ..probe import Answer, Probe, judged, undecided

_CODES = ("key_exists", "optimistic_locking_error")


def _second(bench: Bench) -> Reply:
    """The response to a second POST of one type."""
    with bench.made(), bench.trying() as (reply, _made):
        return reply


def _several(bench: Bench) -> Answer:
    reply = bench.once(_second)
    behaviour = "allowed" if reply.ok else reply.code if reply.status == 409 and reply.code in _CODES else ""
    evidence = f"A second POST of the same type got {reply.text}."
    return judged(reply.ok, evidence, **({"second_integration": behaviour} if behaviour else {}))


def _duplicate(bench: Bench) -> Answer:
    reply = bench.once(_second)
    return judged(reply.ok, f"A second POST with the same body got {reply.text}.")


def _both_on(bench: Bench) -> Answer:
    if bench.in_use:
        return undecided("Nothing is switched on in an environment that has integrations.")
    with bench.made(on=True) as redis, bench.trying("dynamodb", on=True) as (reply, dynamodb):
        if dynamodb is None:
            return judged(False, f"The second one got {reply.text}.", second_type_on="refused")
        on = [bench.get(made).field("on", bool) for made in (redis, dynamodb)]
    behaviour = {"second_type_on": "allowed"} if all(on) else {}
    return judged(all(on), f"{sum(map(bool, on))} of 2 are on.", **behaviour)


def _failed_test(bench: Bench) -> Reply:
    with bench.made() as made:
        version = made.reply.field("version", int) or 0
        return bench.patch(made, [{"op": "test", "path": "/version", "value": version + 1000}])


def _conflict(bench: Bench) -> Answer:
    second, test = bench.once(_second), bench.once(_failed_test)
    if second.status == 409 and second.code == "optimistic_locking_error":
        return judged(False, f"A plain duplicate got {second.text}: retrying it cannot help.")
    if test.status == 409:
        return judged(test.code == "optimistic_locking_error", f"A failed `test` of the version got {test.text}.")
    return undecided(f"No 409 was seen: a failed `test` got {test.text}, a second POST {second.text}.")


def _key_exists(bench: Bench) -> Answer:
    second = bench.once(_second)
    if second.status != 409:
        return undecided(f"A second POST got {second.text}.")
    return judged(second.code == "key_exists", f"A second POST got {second.text}.")


PROBES = (
    Probe(
        "An environment may have several integrations of one type",
        _several,
        "a second POST gets a 409 instead of making a duplicate",
    ),
    Probe(
        "A second POST makes a second integration",
        _duplicate,
        "less harm than expected; this tool lists before it repeats",
    ),
    Probe("Two store types in one environment may be on at once", _both_on, "Moving fails at its first step"),
    Probe(
        "A 409 with `optimistic_locking_error` is a conflict, and retrying can help",
        _conflict,
        "five rounds, then `conflict`",
    ),
    Probe(
        "A 409 with `key_exists` means that the integration exists, and retrying cannot help",
        _key_exists,
        "the run looks for it in the list for 7.5 seconds, then fails with `key_exists`",
    ),
)
