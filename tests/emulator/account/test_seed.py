# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Seeds: what they give, and the errors of wrong ones."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator, InvalidSeed
from ld_segment_store.emulator.account.seed import dump_seed, read_seed
from tests.emulator.server.contract import PROJECTS, STORES, Caller, place

SEED = """
projects:
  shop:
    name: Shop
    tags: [retail]
    environments:
      live:
        name: Live
        client_side_id: "64c0ffee64c0ffee64c0ffee"
        tags: [eu]
        integrations:
          - id: main
            name: Main store
            enabled: true
            tags: [critical]
            redis: {host: redis.example.com, port: 6380, tls_enabled: true, username: writer, password: hunter2hunter2}
          - dynamodb:
              table_name: big-segments
              region: eu-west-1
              role_arn: arn:aws:iam::123456789012:role/big-segments
              external_id: 3f2c0c76-1a63-4e0f-9f8e-6d1f2a7c9b10
      test:
  blog: {environments: {live: {}}}
"""


def integration_of(entry: Any) -> dict[str, Any]:
    return {"projects": {"p": {"environments": {"e": {"integrations": [entry]}}}}}


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "seed.yaml"
    path.write_text(SEED)
    return path


def test_a_seed(seed: Path) -> None:
    with Emulator(seed=seed) as ld:
        call = Caller(ld)
        projects = call("GET", PROJECTS + "?expand=environments").json()["items"]
        assert [(project["key"], project["name"], project["tags"]) for project in projects] == [
            ("shop", "Shop", ["retail"]),
            ("blog", "blog", []),
        ]
        live, test = projects[0]["environments"]["items"]
        assert (live["_id"], live["name"], live["tags"]) == ("64c0ffee64c0ffee64c0ffee", "Live", ["eu"])
        assert (test["key"], test["name"]) == ("test", "test")

        redis, dynamodb = call("GET", STORES).json()["items"]
        assert (redis["_id"], redis["name"], redis["on"], redis["tags"]) == ("main", "Main store", True, ["critical"])
        assert call("GET", place(redis)).json()["config"] == {
            "host": "redis.example.com",
            "port": "6380",
            "tlsEnabled": True,
            "username": "writer",
            "password": "hun********er2",
        }
        assert (dynamodb["name"], dynamodb["on"], dynamodb["version"]) == ("", False, 1)
        assert call("GET", place(dynamodb)).json()["config"]["tableName"] == "big-segments"


def test_the_default_seed(ld: Emulator) -> None:
    (project,) = ld.account.projects

    assert project.key == "default"
    assert list(project.environments) == ["production", "test"]
    assert ld.account.integrations == []


def test_reading_and_dumping_is_the_same(seed: Path) -> None:
    contents = read_seed(seed)

    assert read_seed(json.loads(json.dumps(dump_seed(contents)))) == contents


def test_json_needs_no_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_yaml(monkeypatch)
    path = tmp_path / "seed.json"
    path.write_text('{"projects": {"shop": {"environments": {"live": null}}}}')

    assert [project.key for project in Emulator(seed=path).account.projects] == ["shop"]


def test_a_missing_pyyaml_is_told_with_the_extra(seed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_yaml(monkeypatch)

    with pytest.raises(InvalidSeed, match="The Python package 'PyYAML' is missing"):
        Emulator(seed=seed)
    Emulator()


def without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importer(name: str, *arguments: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "yaml":
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", importer)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "the seed must be a mapping"),
        ({}, "projects must be a mapping of at least one key"),
        ({"projects": {}}, "projects must be a mapping of at least one key"),
        ({"projects": ["shop"]}, "projects must be a mapping"),
        ({"project": {}}, "the seed has an unknown field 'project'"),
        ({"projects": {7: {}}}, "projects has a key that is not text: put 7 in quotes"),
        ({"projects": {True: {}}}, "put True in quotes"),
        ({"projects": {"": {}}}, "put '' in quotes"),
        ({"projects": {"p": None}}, "projects.p.environments must be a mapping of at least one key"),
        ({"projects": {"p": []}}, "projects.p must be a mapping"),
        ({"projects": {"p": {"environments": {"e": {}}, "key": "x"}}}, "projects.p has an unknown field 'key'"),
        ({"projects": {"p": {"environments": {"e": {}}, "name": 7}}}, "projects.p.name must be text"),
        ({"projects": {"p": {"environments": {"e": {}}, "tags": "x"}}}, "projects.p.tags must be a list"),
        ({"projects": {"p": {"environments": {"e": {}}, "tags": [7]}}}, "projects.p.tags must be a list of texts"),
        (
            {"projects": {"p": {"environments": {"e": {"client_side_id": 64}}}}},
            "projects.p.environments.e.client_side_id must be text that is not empty: put it in quotes",
        ),
        ({"projects": {"p": {"environments": {"e": {"client_side_id": ""}}}}}, "client_side_id must be text"),
        ({"projects": {"p": {"environments": {"e": {"integrations": {}}}}}}, "e.integrations must be a list"),
        (
            {"projects": {"p": {"environments": {"e": {"client_side_id": "x"}, "f": {"client_side_id": "x"}}}}},
            "the client_side_id 'x' occurs twice",
        ),
        (integration_of("redis"), "integrations[0] must be a mapping"),
        (integration_of({}), "integrations[0] needs exactly one of redis and dynamodb"),
        (integration_of({"redis": {"host": "h"}, "dynamodb": {}}), "needs exactly one of"),
        (integration_of({"redis": {"host": "h"}, True: True}), "`on` means true in YAML; write `enabled` instead"),
        (
            integration_of({"redis": {"host": "h"}, "on": True}),
            "has an unknown field 'on': known are id, version, name, enabled",
        ),
        (integration_of({"redis": None}), "integrations[0].redis must be a mapping"),
        (integration_of({"redis": {}}), "integrations[0].redis.host: is missing"),
        (integration_of({"redis": {"host": "h", "tlsEnabled": True}}), "did you mean `tls_enabled`?"),
        (integration_of({"redis": {"host": "h", "port": 70000}}), "redis.port: is not a port"),
        (integration_of({"redis": {"host": "h", "port": True}}), "redis.port: is not a port"),
        (integration_of({"redis": {"host": "h", "password": 1234}}), "redis.password: must be a string"),
        (integration_of({"redis": {"host": "h"}, "enabled": "yes"}), "enabled must be true or false"),
        (integration_of({"redis": {"host": "h"}, "version": 0}), "version must be a whole number"),
        (integration_of({"redis": {"host": "h"}, "id": 7}), "integrations[0].id must be text"),
        (integration_of({"redis": {"host": "h"}, "name": None}), "integrations[0].name must be text"),
    ],
)
def test_wrong_seeds_are_told_by_their_field(data: Any, message: str) -> None:
    with pytest.raises(InvalidSeed) as refused:
        Emulator(seed=data) if isinstance(data, dict) else read_seed_of(data)

    assert message in refused.value.message


def read_seed_of(data: Any) -> None:
    from ld_segment_store.emulator.account.seed import parse_seed

    parse_seed(data)


def test_two_integrations_with_one_id() -> None:
    entry = {"id": "same", "redis": {"host": "h"}}
    environments = {"e": {"integrations": [entry]}, "f": {"integrations": [entry]}}

    with pytest.raises(InvalidSeed, match="the id 'same' occurs twice"):
        Emulator(seed={"projects": {"p": {"environments": environments}}})


def test_a_seed_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidSeed, match=r"Can't read the seed: .*nothing.yaml: can't be read \(No such file or directory\)"
    ):
        Emulator(seed=tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("seed.yaml", b"\xff\xfe\xfa", "not UTF-8"),
        ("seed.json", b"{", "invalid JSON"),
        ("seed.json", b"[" * 100_000, "invalid JSON"),
        ("seed.yaml", b"projects: !secret x", "invalid YAML near line 1"),
        ("seed.yaml", b"projects: {a: {}, a: {}}", "duplicate key `a` in one mapping near line 1"),
        ("seed.json", b'{"projects": {}, "projects": {}}', "duplicate key `projects` in one mapping"),
        ("seed.yaml", b"a: &a {b: *a}", "invalid YAML near line 1"),
        ("seed.yaml", b"", "the seed must be a mapping"),
        ("seed.yaml", b"!!python/object/apply:os.system ['true']", "invalid YAML"),
    ],
)
def test_seeds_that_can_not_be_read(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(InvalidSeed, match=message):
        Emulator(seed=path)


def test_a_device_is_no_seed() -> None:
    with pytest.raises(InvalidSeed, match=r"Can't read the seed: /dev/zero: can't be read \(it is a device\)"):
        Emulator(seed="/dev/zero")


def test_the_examples_in_the_docs_are_seeds(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "emulator.md").read_text(encoding="utf-8")
    examples = [part.partition("```")[0] for part in text.split("```yaml\n")[1:]]
    assert examples
    for example in examples:
        path = tmp_path / "seed.yaml"
        path.write_text(example)
        assert Emulator(seed=path).account.projects
