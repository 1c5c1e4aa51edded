# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Headers, access tokens and projects."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.api.client import STORES_PATH
from ..bench import Bench, Reply, Undecided
from ..probe import Answer, Probe, judged, undecided

_HEADER = "LD-API-Version"
_OTHER_VERSION = "20240415"


def _without_header(bench: Bench) -> Reply:
    return bench.call("GET", STORES_PATH, beta=False)


def _header_needed(bench: Bench) -> Answer:
    reply = bench.once(_without_header)
    return judged(not reply.ok, f"The list without the header got {reply.text}.")


def _header_missing(bench: Bench) -> Answer:
    reply = bench.once(_without_header)
    return judged(reply.status == 403, f"The list without the header got {reply.text}.")


def _two_headers(bench: Bench) -> Answer:
    replies = []
    for versions in (("beta", _OTHER_VERSION), (_OTHER_VERSION, "beta")):
        headers = [(_HEADER, version) for version in versions]
        replies.append(bench.call("GET", STORES_PATH, beta=False, headers=headers))
    first, last = replies
    evidence = f"With beta first the list got {first.text}, with beta last {last.text}."
    if first.ok == last.ok:
        return undecided(evidence)
    return judged(first.ok, evidence, repeated_version_header="first" if first.ok else "last")


def _unauthorized(bench: Bench) -> Answer:
    try:
        with bench.made():
            pass
    except Undecided:
        if bench.refused is None:
            raise
        evidence = f"The token may list, and its POST got {bench.refused.text}."
        return judged(bench.refused.status == 401, evidence, missing_permission=str(bench.refused.status))
    return undecided("The access token has the permission. Run once more with one that may only read.")


def projects(bench: Bench) -> Reply:
    """The list of projects with their environments."""
    params = {"limit": "100", "offset": "0", "expand": "environments"}
    return bench.call("GET", "/api/v2/projects", beta=False, params=params)


def _projects(bench: Bench) -> Answer:
    reply = bench.once(projects)
    items = reply.field("items", list) or []
    if not reply.ok or not items:
        return undecided(f"The list of projects got {reply.text}, with {len(items)} projects.")
    expanded = [isinstance(item, Mapping) and isinstance(item.get("environments"), Mapping) for item in items]
    return judged(all(expanded), "The list of projects " + ("has" if all(expanded) else "lacks") + " environments.")


PROBES = (
    Probe(
        "Each call needs `LD-API-Version: beta`",
        _header_needed,
        "LaunchDarkly refuses the call, and the error is shown",
    ),
    Probe("Without the header the answer is 403", _header_missing, "the error names another cause"),
    Probe("Of two version headers the first counts", _two_headers, "nothing: one is sent"),
    Probe("A 401 is an unknown access token, or a missing permission", _unauthorized, "the error names both causes"),
    Probe(
        "Projects can be listed 100 at a time together with their environments",
        _projects,
        "they are listed project by project",
    ),
)
