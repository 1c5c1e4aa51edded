# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""POST: its response, and bodies with less than everything."""

from __future__ import annotations

from typing import NamedTuple

from ..bench import CONFIGS, Bench, Reply, Undecided
from ..probe import Answer, Probe, judged, never, undecided

_FEDERAL = ".launchdarkly.us"


class _Plain(NamedTuple):
    """The responses to the POST of a Redis integration, and to its GET."""

    created: Reply
    read: Reply


def plain(bench: Bench) -> _Plain:
    """Create and read a Redis integration."""
    with bench.made() as made:
        return _Plain(made.reply, bench.get(made))


def _created(bench: Bench) -> Answer:
    created = bench.once(plain).created
    fields = ("_id", "name", "on", "tags", "version", "integrationKey", "projectKey", "environmentKey")
    missing = [field for field in fields if field not in created.body]
    evidence = f"A POST got {created.status}, " + (f"without {', '.join(missing)}." if missing else "with all fields.")
    return judged(created.status == 201 and not missing, evidence)


def _untested(bench: Bench) -> Answer:
    bench.once(plain)
    return judged(True, "A store whose host does not exist was accepted.")


def _without_on_and_tags(bench: Bench) -> Answer:
    with bench.trying(on=None, tags=None) as (reply, _made):
        return judged(reply.ok, f"A POST without `on` and `tags` got {reply.text}.")


def _without_name(bench: Bench) -> Answer:
    bench.once(plain)
    with bench.trying(name=None) as (reply, made):
        if not made:
            return judged(False, f"A POST without `name` got {reply.text}.", missing_name="refused")
        name = bench.get(made).body.get("name")
        kind = "null" if name is None else "assigned" if name else "empty"
        said = {"null": "It has no name.", "assigned": "A name was assigned.", "empty": "Its name is empty."}
        return judged(True, f"A POST without `name` got {reply.text}. {said[kind]}", missing_name=kind)


def _written_config(bench: Bench) -> Answer:
    with bench.made() as made:
        patched = bench.patch(made, [{"op": "replace", "path": "/name", "value": bench.name + " renamed"}])
    if not patched.ok:
        return undecided(f"A PATCH got {patched.text}.")
    have = [bool(reply.config) for reply in (made.reply, patched)]
    evidence = f"The response to POST {'has' if have[0] else 'lacks'} `config`, that to PATCH {'has' if have[1] else 'lacks'} it."
    behaviour = {} if any(have) and not all(have) else {"written_config": "present" if all(have) else "omitted"}
    return judged(all(have), evidence, **behaviour)


def _unknown_field(bench: Bench) -> Answer:
    bench.once(plain)
    with bench.trying(config={**CONFIGS["redis"], "madeUp": "made-up"}) as (reply, made):
        kept = f", and the field was {'kept' if 'madeUp' in reply.config else 'dropped'}" if made else ""
        return judged(not reply.ok, f"A config with a made-up field got {reply.text}{kept}.")


def _not_found(bench: Bench) -> Answer:
    reply = bench.call("GET", bench.path("redis", "0" * 24))
    told = bool(reply.code and reply.field("message", str))
    return judged(reply.status == 404 and told, f"An unknown ID got {reply.text}{'' if told else ', without a code'}.")


def _federal(bench: Bench) -> Answer:
    if not bench.host.endswith(_FEDERAL):
        return undecided("The instance is not federal.")
    try:
        bench.once(plain)
    except Undecided as error:
        return judged(bench.refused is None, str(error))
    return judged(False, "A POST for Redis was accepted.")


def _tags(bench: Bench) -> Answer:
    tags = [*bench.tags, "b", "a"]
    with bench.made(tags=tags) as made:
        read = bench.get(made).field("tags", list) or []
    order = "in the same order" if read == tags else "in another order"
    same = sorted(map(str, read)) == sorted(tags)
    return judged(same, f"Tags are read back as sent, {order}." if same else "Tags are read back in another form.")


PROBES = (
    Probe(
        "Creating does not test the connection",
        _untested,
        "an unreachable store is refused at once, which is better",
    ),
    Probe("POST accepts a body without `on` and `tags`", _without_on_and_tags, "nothing: both are sent"),
    Probe(
        "POST accepts a body without `name`, and may assign one",
        _without_name,
        "LaunchDarkly responds with 400, and nothing changes",
    ),
    Probe(
        "POST answers 201 with the integration",
        _created,
        "another response counts as a lost one: the integration is looked for, and none is created again",
    ),
    Probe(
        "The response to POST and PATCH has `config`",
        _written_config,
        "one request more: the integration is read again",
    ),
    Probe(
        "An unknown field of `config` is refused",
        _unknown_field,
        "a field that this tool does not know may be stored without effect",
    ),
    Probe("Tags are read back as sent, in any order", _tags, "each run would report a change of the tags"),
    Probe(
        "A 404 has a `code` and a `message`",
        _not_found,
        "the error is `unexpected_response`, as from a proxy, and nothing changes",
    ),
    Probe("Redis is not available in federal environments", _federal, "a warning too many"),
    Probe(
        "A POST without a response may still take effect, after an unknown time",
        never("A lost response cannot be provoked."),
        "it is not retried in the same run, which may fail a store needlessly",
    ),
    Probe(
        "A POST that the API itself answers with 500 or 503 has no later effect",
        never("A probe cannot wait long enough to rule it out."),
        "a retry could make a duplicate; the next run reports both",
    ),
)
