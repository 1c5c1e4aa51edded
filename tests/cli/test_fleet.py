# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store plan`, `apply` and `export`."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ld_segment_store.cli.progress import Progress
from ld_segment_store.core.fleet.result import StoreResult
from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.account.account import unseal
from tests.core.fleet.files import FLEET, TOKEN, write
from tests.core.fleet.fleets import PASSWORD, REDIS, declared, names

Run = Callable[..., "tuple[int, str, str]"]


def test_plan_apply_plan(ld: Emulator, run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, FLEET)
    code, out, err = run("plan", file)
    assert code == 0
    assert err == ""
    assert out.splitlines() == [
        "create        shop/env-0 redis",
        "              enabled: true",
        "              tags: []",
        '              redis.host: "redis.example.com"',
        '              redis.password: "set"',
        "create        shop/env-1 redis",
        "              enabled: true",
        "              tags: []",
        '              redis.host: "redis.example.com"',
        '              redis.password: "set"',
        '              redis.port: "6380"',
        "2 stores: 2 to create.",
    ]
    assert ld.account.integrations == []
    code, out, err = run("apply", file)
    assert (code, out.splitlines()[-1]) == (0, "2 stores: 2 created.")
    assert (out, err) == ("create        shop/env-0 redis\ncreate        shop/env-1 redis\n2 stores: 2 created.\n", "")
    assert [unseal(made.config)["password"] for made in ld.account.integrations] == [PASSWORD] * 2
    code, out, _err = run("plan", file)
    assert (code, out) == (0, "2 stores: 2 unchanged.\n")


def test_an_update_tells_its_fields(ld: Emulator, run: Run, tmp_path: Path) -> None:
    ld.account.create("shop", "env-0", "redis", REDIS, on=False)
    out = run("plan", write(tmp_path, FLEET))[1]
    assert "update        shop/env-0 redis\n              enabled differs: false -> true\n" in out


def test_a_failure_has_exit_code_1_and_the_rest_is_done(ld: Emulator, run: Run, tmp_path: Path) -> None:
    stores = [{"environment_key": name} for name in ("nowhere", "env-0")]
    file = write(tmp_path, {**FLEET, "stores": stores}, "stores.json")
    code, out, err = run("apply", file)
    assert code == 1
    assert "failed        shop/nowhere redis: LaunchDarkly responded 404 to POST" in out
    assert out.endswith("2 stores: 1 created, 1 failed.\n")
    assert err == ""
    code, out, _err = run("apply", file, "--format", "json")
    first, second = json.loads(out)
    assert (first["action"], first["failure"]["code"], second["action"]) == ("failed", "not_found", "nothing")
    code, out, _err = run("apply", file, "--fail-fast", "--concurrency", "1")
    assert "not attempted shop/env-0 redis" in out


def test_apply_waits_until_all_stores_are_available(ld: Emulator, run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, FLEET)
    code, out, err = run("apply", file, "--wait", "0.01")
    assert code == 1
    assert "The redis store of shop/env-1 did not become available within 0.01 s." in out
    assert out.endswith("\n2 stores: 2 created; 2 not available.\n")
    assert err == "Waiting for 2 stores to become available.\n"
    one, other = ld.account.integrations
    ld.account.set_status(one.id, {"available": True, "lastSync": 1})
    assert run("apply", file, "--wait", "0.01")[::2] == (1, "Waiting for 1 store to become available.\n")
    ld.account.set_status(other.id, {"available": True, "lastSync": 1})
    assert run("apply", file, "--wait", "0.01") == (0, "2 stores: 2 unchanged.\n", "")


def test_plan_does_not_wait(ld: Emulator, run: Run, tmp_path: Path) -> None:
    code, _out, err = run("plan", write(tmp_path, FLEET), "--wait", "1")
    assert code == 2
    assert "unrecognized arguments: --wait." in err


def test_the_number_of_stores_to_wait_for_is_said_when_it_changes() -> None:
    stream = io.StringIO()
    progress = Progress(stream, 3, "changed")
    for number in (3, 3, 2, 2, 1):
        progress.report_unavailable(number)
    assert stream.getvalue().splitlines() == [
        f"Waiting for {stores} to become available." for stores in ("3 stores", "2 stores", "1 store")
    ]


def test_purge_must_be_asked_for(ld: Emulator, run: Run, tmp_path: Path) -> None:
    for name in names(4)[1:]:
        ld.account.create("shop", name, "redis", REDIS, tags=["ours"])
    file = write(tmp_path, {**FLEET, "stores": FLEET["stores"][:1]})
    assert "delete" not in run("plan", file)[1]
    out = run("plan", file, "--purge-tag", "ours")[1]
    assert out.count(" redis (not declared)\n") == 3
    code, _out, err = run("apply", file, "--purge-project", "shop", "--purge-maximum", "2")
    assert code == 1
    assert "3 integrations are not declared and would be removed, and --purge-maximum is 2. Nothing was changed." in err
    assert len(ld.account.integrations) == 3
    assert run("apply", file, "--purge-project", "shop", "--purge-tag", "ours")[0] == 0
    assert [there.environment_key for there in ld.account.integrations] == ["env-0"]


def test_undeclared_integrations_are_listed(ld: Emulator, run: Run, tmp_path: Path) -> None:
    stray = ld.account.create("shop", "env-3", "redis", REDIS)
    file = write(tmp_path, {**FLEET, "stores": FLEET["stores"][:1]})
    listed = ("--purge-project", "shop", "--purge-report-only")
    code, out, _err = run("apply", file, *listed)
    assert code == 0
    assert out.splitlines()[-2:] == ["undeclared    shop/env-3 redis", "2 stores: 1 created, 1 not declared."]
    assert run("plan", file, *listed, "--detailed-exitcode")[0] == 0
    entry = json.loads(run("plan", file, *listed, "--format", "json")[1])[-1]
    assert (entry["action"], entry["integration_id"], entry["integration"]["tags"]) == ("undeclared", stray.id, [])
    assert "| undeclared | | | |" in run("plan", file, *listed, "--format", "markdown")[1]
    code, _out, err = run("plan", file, "--purge-report-only")
    assert code == 2
    assert "--purge-report-only: has no scope. Give --purge-project, --purge-tag or both." in err
    assert stray.id in {there.id for there in ld.account.integrations}


def test_a_purge_that_would_do_nothing_is_told(ld: Emulator, run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, FLEET)
    code, _out, err = run("plan", file, "--purge-maximum", "3")
    assert code == 2
    assert "ld-segment-store: --purge-maximum: has no scope. Give --purge-project, --purge-tag or both." in err
    assert ld.requests == []
    code, _out, err = run("plan", file, "--purge-project", "shopp")
    assert code == 0
    assert "Warning: --purge-project names 'shopp', which no integration has" in err


def test_an_export_that_leaves_something_out_is_told(ld: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        "Warning: --project: no integration is in the project 'shopp'. Check the spelling of its key."
        in run("export", "--project", "shopp")[2]
    )
    ld.account.create("shop", "env-0", "redis", REDIS)
    assert "Warning" not in run("export", "--project", "shop")[2]
    monkeypatch.setattr("ld_segment_store.cli.export.STORE_TYPES", {})
    told = "Warning: An integration is left out. shop/env-0 redis is of a store type that this version does not know."
    assert told in run("export", "--project", "shop")[2]


WRONG: dict[str, tuple[Any, str]] = {
    "no stores": ({"defaults": {}}, "Give a mapping with `stores`"),
    "another key": ({"stores": [], "store": []}, "stores.yml: has the unknown key `store`"),
    "a list": (["MARKER"], "Give a mapping with `stores`"),
    "twice": ({**FLEET, "stores": FLEET["stores"][:1] * 2}, "stores[1]: is about the same integration as stores[0]"),
    "variable": (
        {**FLEET, "stores": [{"environment_key": "env-0", "redis": {"password": {"env": "NOT_SET"}}}]},
        "stores[0].redis.password: refers to the environment variable NOT_SET, which is not set. Set it.",
    ),
    "reference": (
        {**FLEET, "stores": [{"environment_key": "env-0", "redis": {"password": {"vault": "MARKER"}}}]},
        "stores[0].redis.password: is neither text nor a reference",
    ),
    "no file": (
        {**FLEET, "stores": [{"environment_key": "env-0", "redis": {"password": {"file": "/nowhere/at/all"}}}]},
        "stores[0].redis.password: can't be read from /nowhere/at/all (No such file or directory)",
    ),
}


@pytest.mark.parametrize(("data", "told"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_with_a_file(ld: Emulator, run: Run, tmp_path: Path, data: Any, told: str) -> None:
    code, _out, err = run("plan", write(tmp_path, data))
    assert code == 1
    assert told in err
    assert ld.requests == []


@pytest.mark.parametrize(
    ("name", "text"), [("a.yml", "stores: [\n  MARKER: {"), ("a.json", '{"MARKER'), ("a.yml", "[" * 9999)]
)
def test_a_file_that_cannot_be_parsed_is_not_quoted(
    ld: Emulator, run: Run, tmp_path: Path, name: str, text: str
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    code, _out, err = run("plan", file)
    assert code == 1
    assert f"{name}: invalid " in err
    assert "can't be read" in run("plan", tmp_path / "missing.yml")[2]


def test_without_pyyaml_a_sentence_names_the_extra(
    ld: Emulator, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, FLEET)
    monkeypatch.setitem(sys.modules, "yaml", None)
    install = f"{sys.executable}. Install it with: {sys.executable} -m pip install --upgrade 'ld-segment-store[fleet]'"
    assert run("plan", file)[2].endswith(
        f"ld-segment-store: The Python package 'PyYAML' is missing or too old for {install}\n"
    )
    assert run("plan", write(tmp_path, FLEET, "stores.json"))[0] == 0


def test_an_export_is_a_file_for_plan(ld: Emulator, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    redis = {**REDIS, "port": "6380", "username": "u", "tlsEnabled": True}
    ld.account.create("shop", "env-0", "redis", redis, on=True, name="main", tags=["b", "a"])
    ld.account.create("shop", "env-1", "redis", {"host": "a.example.com"})
    dynamodb = {
        "tableName": "segments",
        "region": "eu-central-1",
        "externalId": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
        "roleArn": "arn:aws:iam::123456789012:role/segments",
    }
    for _twice in range(2):
        ld.account.create("shop", "env-1", "dynamodb", dynamodb, on=True)
    code, out, err = run("export")
    assert code == 0
    assert "REDIS_PASSWORD_SHOP_ENV_0" in err
    stores = yaml.safe_load(out)["stores"]
    assert stores[0]["redis"] == {
        "host": "redis.example.com",
        "port": "6380",
        "username": "u",
        "password": {"env": "REDIS_PASSWORD_SHOP_ENV_0"},
        "tls_enabled": True,
    }
    file = tmp_path / "exported.yml"
    file.write_text(out, encoding="utf-8")
    assert "REDIS_PASSWORD_SHOP_ENV_0, which is not set" in run("plan", file)[2]
    monkeypatch.setenv("REDIS_PASSWORD_SHOP_ENV_0", PASSWORD)
    assert run("plan", file)[1] == "4 stores: 4 unchanged.\n"
    assert json.loads(run("export", "--format", "json")[1]) == yaml.safe_load(out)
    assert yaml.safe_load(run("export", "--project", "other")[1]) == {"stores": []}


def test_names_of_variables_are_each_their_own(ld: Emulator, run: Run) -> None:
    """And the same in whatever order LaunchDarkly lists: else a secret would go to another store."""
    seed: dict[str, Any] = {"projects": {"a": {"environments": {"b-c": {}, "b_c": {}, "d": {}}}}}
    with Emulator(seed=seed, access_tokens=[TOKEN]) as other:
        made = [other.account.create("a", key, "redis", REDIS) for key in ("b-c", "b_c", "d")]
        stores = yaml.safe_load(run("export", "--api-host", other.url)[1])["stores"]
    variables = [store["redis"]["password"]["env"] for store in stores]
    first, second = (one.id.upper().replace("-", "_") for one in made[:2])
    assert variables == [f"REDIS_PASSWORD_A_B_C_{first}", f"REDIS_PASSWORD_A_B_C_{second}", "REDIS_PASSWORD_A_D"]


class Screen:
    """A terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_a_bar_on_a_terminal() -> None:
    """With the time left on long work, once it can be estimated."""
    screen: Any = Screen()
    now = iter([0.0, 3.0, 60.0, 240.0, 240.0])
    progress = Progress(screen, 4, "to change", clock=lambda: next(now))
    for declaration in declared(4):
        progress.count(StoreResult(declaration))
    progress.end()
    bars = [bar.rstrip() for bar in screen.text.split("\r")[1:]]
    assert [bar.count("#") for bar in bars] == [7, 15, 22, 30]
    assert [bar.partition("] ")[2] for bar in bars] == [
        "1/4 stores, 0 to change, 0 failed",
        "2/4 stores, 0 to change, 0 failed, 60 s left",
        "3/4 stores, 0 to change, 0 failed, 80 s left",
        "4/4 stores, 0 to change, 0 failed",
    ]
