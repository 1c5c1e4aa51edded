# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the exporter serves for odd readings."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from ld_segment_store import Declaration, Integration, Outcome, StoreKey, StoreResult
from ld_segment_store.core.errors import ServerError
from ld_segment_store.core.fleet.reading import Reading
from ld_segment_store.core.flow.health import health
from ld_segment_store.core.flow.plan import plan_nothing
from ld_segment_store.core.model.integration import read_listed_integration
from ld_segment_store.exporter.collector import Latest
from tests.support.exporter import PREFIX

ODD = 'sh"op\\\n\x1b[2J\u202e\ud800é'


def _served(latest: Latest) -> dict[str, list[dict[str, str]]]:
    registry = CollectorRegistry()
    registry.register(latest)
    text = generate_latest(registry).decode("utf-8")
    return {
        family.name.removeprefix(PREFIX): [sample.labels for sample in family.samples]
        for family in text_string_to_metric_families(text)
    }


def _integration(project_key: str) -> Integration:
    return Integration("id", "redis", project_key, "live", "", enabled=True, tags=(), version=1)


def test_odd_characters_and_unreadable_integrations() -> None:
    """Prometheus parses the response, which has no sample twice."""
    found = [_integration(ODD), *(read_listed_integration(item, "GET /list") for item in (5, "text"))]
    latest = Latest(60)
    latest.put(ODD[:3], Reading(1.0, 0.1, [health(one, 2.0) for one in found]))
    severity = _served(latest)["severity"]
    assert [labels["project"] for labels in severity] == ['sh"op\\\\n\\x1b[2J\\u202e\\ud800é', ""]
    assert severity[0]["account"] == 'sh"'


def test_samples_of_stores_disappear_after_a_while() -> None:
    now = [100.0]
    latest = Latest(30, lambda: now[0])
    latest.put("a", Reading(1.0, 0.1, [health(_integration("shop"), 2.0)]))
    latest.put("a", Reading(1.0, 0.1, error=ServerError("down")))
    assert len(_served(latest)["severity"]) == 1
    now[0] += 31
    served = _served(latest)
    assert not served["severity"]
    assert served["read_failures"] == [{"account": "a", "reason": "server_error"}]


def test_several_declarations_of_one_store_are_one_sample() -> None:
    key = StoreKey("shop", "live", "redis")
    declared = [Declaration.absent(key, name=name) for name in ("a", "b")]
    results = [StoreResult(one, Outcome(plan_nothing(key), False, None)) for one in declared]
    latest = Latest(60)
    latest.put("a", Reading(1.0, 0.1, results=results))
    assert len(_served(latest)["drifted"]) == 1
