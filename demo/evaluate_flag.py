# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Evaluates a flag with LaunchDarkly's server SDK, for a member of a big segment and for a non-member.

The flag and the segment come from a file, so no account is needed; the members of the segment come from the store. Needs
`launchdarkly-server-sdk[redis]`.

    python demo/evaluate_flag.py --redis-url redis://127.0.0.1:6379 --prefix 64c0ffee64c0ffee64c0ffee
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ldclient import Context, LDClient
from ldclient.config import BigSegmentsConfig, Config
from ldclient.integrations import Files, Redis
from ldclient.interfaces import BigSegmentStore

FLAG = "in-big-segment"


@dataclass(frozen=True)
class Evaluation:
    """The result of the SDK. The store's health is the reason's `bigSegmentsStatus`, such as HEALTHY; "" where it has none."""

    available: bool
    stale: bool
    member: bool
    member_health: str
    other: bool
    other_health: str

    def __str__(self) -> str:
        """In words."""
        availability = "{}, {}".format(
            "available" if self.available else "not available", "stale" if self.stale else "up to date"
        )
        return (
            "LaunchDarkly's SDK reads the store\n"
            "  the store is {}\n"
            "  the member of the big segment gets: {}; store {}\n"
            "  a non-member gets: {}; store {}"
        ).format(
            availability,
            str(self.member).lower(),
            self.member_health or "not asked",
            str(self.other).lower(),
            self.other_health or "not asked",
        )


def flag_data(segment: str = "big-one", generation: int = 1) -> dict[str, Any]:
    """A flag that is true for the members of an unbounded segment, in the format of the SDK's file data source."""
    rule = {
        "id": "members",
        "variation": 0,
        "clauses": [
            {"contextKind": "user", "attribute": "", "op": "segmentMatch", "values": [segment], "negate": False}
        ],
    }
    flag = {
        "key": FLAG,
        "version": 1,
        "on": True,
        "variations": [True, False],
        "fallthrough": {"variation": 1},
        "offVariation": 1,
        "rules": [rule],
    }
    unbounded = {
        "key": segment,
        "version": 1,
        "unbounded": True,
        "unboundedContextKind": "user",
        "generation": generation,
    }
    return {"flags": {FLAG: flag}, "segments": {segment: unbounded}}


def evaluate(
    store: BigSegmentStore, member: str, other: str, *, segment: str = "big-one", generation: int = 1
) -> Evaluation:
    """Evaluate the flag for two context keys of kind user, with a client that reads big segments from `store`."""
    with tempfile.TemporaryDirectory(prefix="evaluate-flag-") as folder:
        file = Path(folder) / "flags.json"
        file.write_text(json.dumps(flag_data(segment, generation)), encoding="utf-8")
        config = Config(
            sdk_key="sdk-not-used",
            update_processor_class=Files.new_data_source(paths=[str(file)]),
            big_segments=BigSegmentsConfig(store=store),
            send_events=False,
        )
        with LDClient(config, start_wait=10) as client:
            status = client.big_segment_store_status_provider.status
            details = [client.variation_detail(FLAG, Context.create(key), False) for key in (member, other)]
    (member_value, member_health), (other_value, other_health) = (
        (detail.value, str(detail.reason.get("bigSegmentsStatus", ""))) for detail in details
    )
    return Evaluation(status.available, status.stale, member_value, member_health, other_value, other_health)


def main() -> int:
    """Print the evaluation. Returns 0 if the store is healthy and only the member gets true, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--redis-url", required=True, metavar="URL", help="such as redis://127.0.0.1:6379, without a password"
    )
    parser.add_argument("--username", metavar="NAME", help="the Redis user; its password is read from REDIS_PASSWORD")
    parser.add_argument("--prefix", required=True, metavar="ID", help="the environment's client-side ID")
    parser.add_argument("--segment", default="big-one", metavar="KEY", help="the big segment (default: %(default)s)")
    parser.add_argument("--member", default="user-1", metavar="KEY", help="a context in it (default: %(default)s)")
    parser.add_argument("--other", default="user-4", metavar="KEY", help="a context not in it (default: %(default)s)")
    options = parser.parse_args()
    login = {"username": options.username, "password": os.environ.get("REDIS_PASSWORD")}
    given = {name: value for name, value in login.items() if value}
    store = Redis.new_big_segment_store(url=options.redis_url, prefix=options.prefix, redis_opts=given)
    evaluation = evaluate(store, options.member, options.other, segment=options.segment)
    print(evaluation)
    return 0 if evaluation == Evaluation(True, False, True, "HEALTHY", False, "HEALTHY") else 1


if __name__ == "__main__":
    sys.exit(main())
