# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store schema`, `check`, and the schema in the language server behind VS Code's YAML extension."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.cli.schema import stores_file_schema
from ld_segment_store.core.fleet.declaration import NOT_IN_DEFAULTS, OPTIONS
from ld_segment_store.core.fleet.stores_file import check_stores_file
from ld_segment_store.core.model.form_variables import STORE_TYPES
from tests.core.fleet.files import write
from tests.support.npm import installed

Run = Callable[..., "tuple[int, str]"]
# The last version of 1.x: 2.x needs a newer Node than Debian's.
LANGUAGE_SERVER = "yaml-language-server@1.25.0"
UUID = "00000000-0000-4000-8000-000000000000"
# A file with every option.
FULL: dict[str, Any] = {
    "defaults": {"project_key": "shop", "update_secrets": "always", "state": "present", "tags": ["a"], "enabled": True},
    "stores": [
        {
            "environment_key": "live",
            "integration_key": "redis",
            "integration_id": "i1",
            "name": "Store",
            "clear_secrets": False,
            "redis": {
                "host": "h",
                "port": 6380,
                "username": "u",
                "password": {"env": "SOME_NAME"},
                "tls_enabled": True,
            },
        },
        {
            "project_key": "shop",
            "environment_key": "test",
            "dynamodb": {
                "table_name": "table",
                "region": "us-east-1",
                "external_id": UUID,
                "role_arn": "arn:aws:iam::123456789012:role/r",
            },
        },
    ],
}
VALUES: tuple[Any, ...] = (
    *("", "x", "a b", "https://h", "6379", "65536", "always", "redis", "us-east-1", "\n", ".", "a/b", UUID),
    *(None, True, False, 0, 6379, 65536, -1, 1.5),
    *(
        [],
        ["x"],
        [""],
        [1],
        ["a b"],
        {},
        {"env": "SOME_NAME"},
        {"file": "/f"},
        {"env": ""},
        {"env": "A_B", "file": "f"},
    ),
    *({"env": 1}, {"vault": "x"}, [{}]),
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str | Path) -> tuple[int, str]:
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert "MARKER" not in printed.out + printed.err
        return code, printed.out + printed.err

    return command


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value in `data`."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in items:
        if (*path, key) != ("stores",):  # an empty list of stores is valid here, and refused by a purge
            yield (*path, key)
        yield from places(item, (*path, key))


def replaced(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """FULL with another value at one place."""
    data = copy.deepcopy(FULL)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


def judged_together(path: tuple[Any, ...], value: Any) -> bool:
    """Whether only `check` sees what is wrong: the schema judges single values."""
    empty_secret = path[-1] == "password" and value == ""
    missing_key = path[-1] in ("project_key", "environment_key") and value is None
    number_as_text = isinstance(value, int) and path[-1] in ("host", "username", "table_name")
    nothing_left = value in ({}, None) and path in (("defaults",), ("stores", 0), ("stores", 1))
    another_type = path[-1] == "integration_key" or path in (("stores", 0, "redis"), ("stores", 1, "dynamodb"))
    return bool(empty_secret or missing_key or number_as_text or another_type or nothing_left)


def test_the_schema_and_check_agree_on_every_value(tmp_path: Path) -> None:
    validator = jsonschema.Draft7Validator(stores_file_schema())
    jsonschema.Draft7Validator.check_schema(stores_file_schema())
    paths = list(places(FULL))
    assert len(paths) > 25
    differ, wrong = [], 0
    for path in paths:
        for value in VALUES:
            data = replaced(path, value)
            fits = validator.is_valid(data)
            findings = check_stores_file(str(write(tmp_path, data, "stores.json")))[1]
            valid = not [finding for finding in findings if finding.level == "error"]
            wrong += not valid
            if fits != valid and not judged_together(path, value):
                differ.append((path, value, fits, [finding.text for finding in findings]))
    assert not differ
    assert wrong > 300


def test_the_schema_has_every_option() -> None:
    schema = stores_file_schema()["properties"]
    entry, defaults = schema["stores"]["items"]["properties"], schema["defaults"]["properties"]
    assert set(entry) == {*OPTIONS, *STORE_TYPES}
    assert set(defaults) == set(entry) - set(NOT_IN_DEFAULTS)
    for key, store in STORE_TYPES.items():
        fields = entry[key]["properties"]
        assert {name: field["description"] for name, field in fields.items()} == {
            variable.option: variable.help for variable in store.variables
        }
        assert {name: field.get("default") for name, field in fields.items()} == {
            variable.option: variable.default for variable in store.variables
        }


def test_the_schema_is_printed(run: Run) -> None:
    code, out = run("schema")
    assert (code, json.loads(out)) == (0, stores_file_schema())


def test_a_valid_file_needs_no_account_and_no_secret(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAUNCHDARKLY_ACCESS_TOKEN", raising=False)
    file = write(tmp_path, FULL)
    assert run("check", file) == (0, f"{file}: valid, 2 stores.\n")
    assert json.loads(run("check", file, "--format", "json")[1]) == [
        {"file": str(file), "valid": True, "stores": 2, "findings": []}
    ]


def test_what_is_wrong_is_reported_for_each_file(run: Run, tmp_path: Path) -> None:
    clash = write(tmp_path, {"stores": [{"project_key": "shop", "environment_key": "a", "redis": {}}] * 2}, "clash.yml")
    wrong = write(tmp_path, replaced(("stores", 0, "redis", "password"), {"env": "MARKER", "file": "MARKER"}), "b.yml")
    warned = write(tmp_path, replaced(("defaults", "tags"), ["a b"]), "c.yml")
    missing = tmp_path / "nowhere.yml"
    code, out = run("check", clash, wrong, warned, missing)
    assert code == 1
    first, second, third, fourth, valid, last = out.splitlines()
    assert first.startswith(f"{clash}: stores[1]: is about the same integration as stores[0]")
    assert second == (
        f"{wrong}: stores[0].redis.password: is neither text nor a reference. Give {{env: NAME}} or {{file: PATH}}."
    )
    assert third.startswith(f"{warned}: warning: stores[0].tags[0]: may be rejected")
    assert fourth.startswith(f"{warned}: warning: stores[1].tags[0]: may be rejected")
    assert valid == f"{warned}: valid, 2 stores."
    assert last.startswith(f"{missing}: can't be read")
    assert run("check", warned)[0] == 0
    shown = json.loads(run("check", warned, wrong, "--format", "json")[1])
    assert [(one["valid"], len(one["findings"])) for one in shown] == [(True, 2), (False, 1)]
    assert shown[1]["findings"][0]["field"] == "stores[0].redis.password"


def test_a_text_password_is_not_shown(run: Run, tmp_path: Path) -> None:
    code, out = run("check", write(tmp_path, replaced(("stores", 0, "redis", "password"), "MARK********ER")))
    assert code == 1
    assert "is a masked value" in out


def in_editor(folder: Path, text: str, cursors: list[tuple[int, int]]) -> dict[str, Any]:
    """What an editor shows for a stores file: problems, and for each cursor completions and a hover text."""
    schema = folder / "stores-file.schema.json"
    schema.write_text(json.dumps(stores_file_schema()), encoding="utf-8")
    page = (Path(__file__).parents[2] / "docs/how-to/edit-a-stores-file.md").read_text(encoding="utf-8")
    settings = json.loads(page.split("```json\n")[1].split("```")[0])
    assert settings == {"yaml.schemas": {stores_file_schema()["$id"]: "stores.yml"}}
    yaml_settings = {"validate": True, "completion": True, "hover": True, "schemas": {schema.as_uri(): "stores.yml"}}
    given = {"settings": yaml_settings, "name": "stores.yml", "text": text, "cursors": cursors}
    done = subprocess.run(
        ["node", "-e", (Path(__file__).parent / "language_server.js").read_text(encoding="utf-8")],
        cwd=installed("yaml-language-server", LANGUAGE_SERVER),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


@pytest.mark.slow
def test_an_editor_completes_and_checks(tmp_path: Path) -> None:
    lines = [
        "defaults:",
        "  project_key: shop",
        "  redis: {host: 'https://redis.example.com', port: 6380, tls_enabled: true}",
        "stores:",
        "  - environment_key: live",
        "    dynamodb:",
        "      region: eu",
        "      ta",
    ]
    cursors = [(2, 4), (6, 16), (7, 8), (2, 14)]
    shown = in_editor(tmp_path, "\n".join(lines), cursors)
    assert any(
        problem.startswith("3: host: is not a host name or address. Give the host alone")
        for problem in shown["problems"]
    )
    assert "enabled" in shown["completions"][0]
    assert "environment_key" not in shown["completions"][0]
    assert "eu-central-1" in shown["completions"][1]
    assert "table_name" in shown["completions"][2]
    assert "The host name or address of Redis, as LaunchDarkly reaches it." in shown["hovers"][3]
