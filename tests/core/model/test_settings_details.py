# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Each finding about settings whole: its level, its field, its words and its key."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.findings import Finding
from ld_segment_store.core.model.settings import Settings, check_settings
from ld_segment_store.core.model.store_key import StoreKey, check_key

PASSWORD = "redis.password"
EMPTY = (
    "set the variable that it comes from, leave the option out to keep the stored secret, or clear it with"
    " clear_secrets: true"
)
SECRETS = {
    "": ("error", "is empty, which would clear the stored secret", EMPTY),
    "{{ password }}": (
        "error", "is a reference or template that was not replaced",
        "give the secret itself; only a stores file can hold {env: NAME} or {file: PATH}",
    ),
    "abc********xyz": (
        "error", "is a masked value, not the secret", "give the secret itself, or leave it out to keep the stored one",
    ),
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJNQVJLRVIifQ.c2ln": (
        "warning", "is a token that expires: LaunchDarkly logs in with it until you change it",
        "give a password or an access key",
    ),
    " MARKER": ("warning", "has leading or trailing whitespace", "remove it unless it is part of the secret"),
}  # fmt: skip


@pytest.mark.parametrize("text", SECRETS)
def test_secrets(text: str) -> None:
    level, problem, remedy = SECRETS[text]
    found = check_settings("shop", "live", "redis", {"password": text})
    assert found == [Finding(level, PASSWORD, problem, remedy, "password")]


def test_a_config_that_is_no_mapping() -> None:
    assert check_settings("shop", "live", "redis", ["host"]) == [
        Finding("error", "redis", "is not a mapping", "give option: value pairs")
    ]


def test_every_option_is_looked_at() -> None:
    """After one that is left out, and after one by its name in the API."""
    config: Any = {"host": None, "tlsEnabled": True, "port": "x"}
    found = check_settings("shop", "live", "redis", config)
    assert {(finding.level, finding.field) for finding in found} == {
        ("error", "redis.tlsEnabled"),
        ("error", "redis.port"),
    }


@pytest.mark.parametrize("bits", [63, 64, 65])
def test_a_number_as_a_port(bits: int) -> None:
    (finding,) = check_settings("shop", "live", "redis", {"port": 2**bits - 1})
    assert (finding.field, finding.problem) == ("redis.port", "is not a port")


def test_a_port_as_a_number() -> None:
    assert Settings("shop", "live", "redis", {"port": 6380}).api_config == {"port": "6380"}


REMEDY = "give the key as LaunchDarkly shows it, such as my-project; a display name is not a key"
QUOTES = "put it in quotes; without them YAML reads 123 as a number, no as false and 2026-01-31 as a date"


@pytest.mark.parametrize(
    ("key", "problem", "remedy"),
    [
        *[(key, "is not a key", REMEDY) for key in (".", "..", "a b", "a/b", "a?", "a#", "a%", "a\\", "a\x00", "a\n")],
        *[(key, "is empty", REMEDY) for key in ("", " ")],
        (None, "is missing", REMEDY),
        *[(key, "is not text", QUOTES) for key in (1, False, ["a"])],
    ],
)
def test_keys(key: Any, problem: str, remedy: str) -> None:
    assert check_key("project_key", key) == [Finding("error", "project_key", problem, remedy)]


@pytest.mark.parametrize("key", ["a", "my-project", "...", "ä", "A.b_c"])
def test_good_keys(key: str) -> None:
    assert check_key("project_key", key) == []


def test_every_key_of_a_store() -> None:
    found = StoreKey("", "", "MARKER").findings()
    assert [finding.field for finding in found] == ["project_key", "environment_key", "integration_key"]
    assert found[2] == Finding("error", "integration_key", "is not a store type", "give dynamodb or redis")
