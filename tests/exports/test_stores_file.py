# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""An export gives every text back, whoever reads it."""

from __future__ import annotations

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from ld_segment_store.core.data_file import parse_data
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.exports.stores_file import dump_fleet, to_yaml

ODD = (
    "abc ",
    " abc",
    "true ",
    "no",
    "0o17",
    "017",
    "2026-11-28",
    "1:30",
    "a\x85b\u2028c",
    "\x00\x1b[31m\x7f",
    "= #x: y",
    "…",
)


@given(name=st.text(), tags=st.lists(st.text(), max_size=3), host=st.text(min_size=1))
@example(name="abc ", tags=[*ODD], host="true ")
@example(name="# End of the export.", tags=["\n# End of the export."], host="---\n...")
def test_exact_round_trip(name: str, tags: list[str], host: str) -> None:
    integration = Integration(
        id="i1",
        integration_key="redis",
        project_key="shop",
        environment_key="live",
        name=name,
        enabled=True,
        tags=tuple(tags),
        version=1,
        config={"host": host, "password": "sup********123"},
    )
    data, _variables = dump_fleet([integration, integration])
    text = to_yaml(data)
    assert parse_data(text, "stores.yml", as_json=False) == data
    assert yaml.safe_load(text) == data
    assert all(line.isprintable() for line in text.split("\n"))


def test_an_integration_without_config() -> None:
    integration = Integration("i1", "redis", "shop", "live", "", enabled=True, tags=(), version=1, config={})
    data, _variables = dump_fleet([integration])
    assert data["stores"][0]["redis"] == {}
    assert yaml.safe_load(to_yaml(data)) == data
