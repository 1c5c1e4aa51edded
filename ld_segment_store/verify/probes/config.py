# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Fields of `config` and their types."""

from __future__ import annotations

from ..bench import CONFIGS, Bench
from ..probe import Answer, Probe, judged, undecided
from .creation import plain

_REDIS = CONFIGS["redis"]


def _types(bench: Bench) -> Answer:
    config = bench.once(plain).read.config
    port, tls = (type(config.get(field)).__name__ for field in ("port", "tlsEnabled"))
    return judged((port, tls) == ("str", "bool"), f"`port` is read as {port}, `tlsEnabled` as {tls}.")


def _port_number(bench: Bench) -> Answer:
    bench.once(plain)
    with bench.trying(config={**_REDIS, "port": 6379}) as (reply, made):
        if not made:
            return judged(True, f"A number for `port` got {reply.text}.", port_number="refused")
        port = bench.get(made).config.get("port")
        text = port == "6379"
        behaviour = {"port_number": "stored_as_text"} if text else {}
        return judged(
            False, f"A number was accepted, and is read as {'text' if text else type(port).__name__}.", **behaviour
        )


def _external_id(bench: Bench) -> Answer:
    with bench.made("dynamodb"):
        pass
    with bench.trying("dynamodb", config={**CONFIGS["dynamodb"], "externalId": "made-up"}) as (reply, _made):
        return judged(not reply.ok, f"An external ID that is not a UUID got {reply.text}.")


def _empty(bench: Bench) -> Answer:
    with bench.made() as made:
        value = {**_REDIS, "username": "", "password": ""}
        reply = bench.patch(made, [{"op": "replace", "path": "/config", "value": value}])
        if not reply.ok:
            return judged(False, f"An empty user name and password got {reply.text}.", empty_field="refused")
        config = bench.get(made).config
    read = [config.get(field) for field in ("username", "password")]
    if read == ["", ""]:
        return judged(True, "Both are read back empty.", empty_field="kept")
    if read == [None, None]:
        return judged(True, "Both are not read back.", empty_field="omitted")
    return judged(not any(read), f"{sum(map(bool, read))} of 2 are still stored.")


def _defaults(bench: Bench) -> Answer:
    with bench.trying(config={"host": _REDIS["host"]}) as (reply, made):
        if not made:
            return undecided(f"A config with a host alone got {reply.text}.")
        more = sorted(set(bench.get(made).config) - {"host"})
        evidence = f"Of a config with a host alone, {', '.join(['host', *more])} are read back."
        return judged(not more, evidence, config_defaults="filled" if more else "omitted")


def _replaced(bench: Bench) -> Answer:
    return _left_out(bench, "username", "user name")


def _omitted_secret(bench: Bench) -> Answer:
    return _left_out(bench, "password", "password", setting="omitted_secret")


def _left_out(bench: Bench, field: str, label: str, setting: str = "") -> Answer:
    """Whether a field is gone that a new config leaves out; `setting` is what the emulator calls that."""
    without = {name: value for name, value in _REDIS.items() if name != field}
    with bench.made() as made:
        reply = bench.patch(made, [{"op": "replace", "path": "/config", "value": without}])
        if not reply.ok:
            return judged(False, f"A config without its {label} got {reply.text}.")
        gone = not bench.get(made).config.get(field)
        behaviour = {setting: "cleared" if gone else "kept"} if setting else {}
        return judged(gone, f"A {label} that was left out is {'gone' if gone else 'kept'}.", **behaviour)


def _paths(bench: Bench) -> Answer:
    with bench.made() as made:
        value = "other.verify-api.example"
        reply = bench.patch(made, [{"op": "replace", "path": "/config/host", "value": value}])
        if not reply.ok:
            return judged(True, f"A PATCH of /config/host got {reply.text}.", config_paths="refused")
        changed = bench.get(made).config.get("host") == value
        behaviour = {"config_paths": "honoured"} if changed else {}
        return judged(
            False, f"A PATCH of /config/host {'changed the host' if changed else 'had no effect'}.", **behaviour
        )


PROBES = (
    Probe(
        "`port` is a string, `tlsEnabled` a boolean",
        _types,
        "LaunchDarkly responds with 400, and nothing changes",
    ),
    Probe("A number for `port` is refused", _port_number, "nothing: text is sent"),
    Probe(
        "`externalId` is a UUID",
        _external_id,
        "this tool refuses another one that LaunchDarkly would accept",
    ),
    Probe(
        "`config` is read back as it was sent, without defaults",
        _defaults,
        "nothing: an absent field counts as its default",
    ),
    Probe(
        "An empty `username` or `password` clears the stored one",
        _empty,
        "LaunchDarkly responds with 400, or a warning says that the password still differs",
    ),
    Probe("`/config` is replaced as a whole", _replaced, "a password is required that would not be needed"),
    Probe("A config without its secret loses it", _omitted_secret, "a password is required that would not be needed"),
    Probe("PATCH refuses `/config/host` and the like", _paths, "nothing: `/config` is sent as a whole"),
)
