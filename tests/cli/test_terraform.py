# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`export --format terraform` and `import terraform`: there and back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ld_segment_store.emulator import Emulator
from tests.core.fleet.fleets import REDIS
from tests.support.hcl import formatted_and_parsed

Run = Callable[..., "tuple[int, str, str]"]
KIND = "launchdarkly_big_segment_store_integration"
ODD = '${x} %{if} "quoted" \\n é\n$'
DYNAMODB = {
    "tableName": "segments",
    "region": "eu-west-1",
    "externalId": "00000000-0000-4000-8000-000000000000",
    "roleArn": "arn:aws:iam::123456789012:role/r",
}


def fill(ld: Emulator) -> list[str]:
    """Make integrations of every kind, and return the IDs."""
    made = [
        ld.account.create("shop", "env-0", "redis", {**REDIS, "port": "6380", "tlsEnabled": True}, on=True, name=ODD),
        ld.account.create("shop", "env-1", "redis", REDIS, tags=["b", "a"]),
        ld.account.create("shop", "env-1", "redis", REDIS, tags=["b", "a"]),
        ld.account.create("shop", "env-2", "dynamodb", DYNAMODB, on=True),
        ld.account.create("shop", "env-3", "redis", {"host": "h"}),
    ]
    return [one.id for one in made]


def test_there_and_back_nothing_changes(
    ld: Emulator, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(ld)
    file, stores = tmp_path / "main.tf", tmp_path / "stores.yml"
    code, out, err = run("export", "--format", "terraform", "-o", file)
    assert (code, out) == (0, "")
    assert "TF_VAR_redis_password_shop_env_0, " in err
    text = file.read_text(encoding="utf-8")
    assert text.count("import {") == 5
    assert [f'  id = "shop/env-1/redis/{one}"' in text for one in ids] == [False, True, True, False, False]
    code, out, err = run("import", "terraform", file, "-o", stores)
    assert (code, out) == (0, "")
    names = err.strip().rpartition(": ")[2].split(", ")
    assert names[0] == "REDIS_PASSWORD_SHOP_ENV_0"
    assert len(names) == 3
    for name in names:
        monkeypatch.setenv(name, REDIS["password"])
    assert run("plan", stores)[1] == "5 stores: 5 unchanged.\n"
    assert yaml.safe_load(stores.read_text(encoding="utf-8")) == yaml.safe_load(run("export")[1])


def test_terraforms_formatter_has_nothing_to_change_and_its_parser_reads_all(ld: Emulator, run: Run) -> None:
    ids = fill(ld)
    text = run("export", "--format", "terraform")[1]
    ((formatted, content),) = formatted_and_parsed([text])
    assert formatted == text
    assert content["terraform"][0]["required_providers"] == [
        {"launchdarkly": {"source": "launchdarkly/launchdarkly", "version": ">= 3.0"}}
    ]
    assert content["provider"] == {"launchdarkly": [{"api_host": ld.url}]}
    resources = content["resource"][KIND]
    assert list(resources) == sorted(
        ["shop_env-0_redis", "shop_env-2_dynamodb", "shop_env-3_redis"]
        + [f"shop_env-1_redis_{one if one[0].isalpha() else '_' + one}" for one in ids[1:3]]
    )
    assert {block["to"]: block["id"].rpartition("/")[2] for block in content["import"]}.keys() == {
        f"${{{KIND}.{label}}}" for label in resources
    }
    (first,) = resources["shop_env-0_redis"]
    assert first["name"] == ODD.replace("${", "$${").replace("%{", "%%{")
    assert (first["on"], first["tags"]) == (True, [])
    assert "password   = var.redis_password_shop_env_0" in first["config"]
    secrets = [block for (block,) in content["variable"].values()]
    assert [(block["sensitive"], block["type"]) for block in secrets] == [(True, "${string}")] * 3


HCL = """
variable "host" {
  default = "redis.example.com"
}
variable "password" {
  default   = "MARKER"
  sensitive = true
}
resource "launchdarkly_big_segment_store_integration" "a" {
  project_key     = "shop"
  environment_key = "env-0"
  integration_key = "redis"
  tags            = ["x"]
  config = jsonencode({
    "host"     = var.host
    port       = 6380
    password   = var.password # from a vault
    tlsEnabled = true
  })
  lifecycle {
    ignore_changes = [config]
  }
}
resource "aws_dynamodb_table" "other" {
  name = "t"
}
"""
STORE = {
    "project_key": "shop",
    "environment_key": "env-0",
    "redis": {
        "host": "redis.example.com",
        "port": "6380",
        "password": {"env": "REDIS_PASSWORD_SHOP_ENV_0"},
        "tls_enabled": True,
    },
    "tags": ["x"],
}


def test_hand_written_hcl(run: Run, tmp_path: Path) -> None:
    """In several files. What Terraform leaves as it is stays out of the stores file."""
    variables, _resource, rest = HCL.partition("resource ")
    (tmp_path / "variables.tf").write_text(variables)
    (tmp_path / "main.tf").write_text("resource " + rest)
    code, out, err = run("import", "terraform", tmp_path / "main.tf", tmp_path / "variables.tf")
    assert code == 0
    assert yaml.safe_load(out) == {"stores": [STORE]}
    assert err == "Set these environment variables before you use the file: REDIS_PASSWORD_SHOP_ENV_0\n"


def shown(config: Any) -> dict[str, Any]:
    """The output of `terraform show -json` with one resource in a module."""
    values = {
        "id": "shop/env-0/redis/i1",
        "project_key": "shop",
        "environment_key": "env-0",
        "integration_key": "redis",
        "tags": ["x"],
        "config": config,
    }
    resource = {"address": f"module.m.{KIND}.a", "mode": "managed", "type": KIND, "name": "a", "values": values}
    module = {"address": "module.m", "resources": [resource]}
    return {"format_version": "1.0", "values": {"root_module": {"child_modules": [module]}}}


def test_terraform_show(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"host": "redis.example.com", "port": "6380", "tlsEnabled": True, "password": "MARKER"}
    text = json.dumps(shown(json.dumps(config)))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _err = run("import", "terraform", "-", "--format", "json")
    assert (code, json.loads(out)) == (0, {"stores": [STORE]})
    (tmp_path / "state.json").write_text(json.dumps(shown(None)))
    code, out, err = run("import", "terraform", tmp_path / "state.json")
    assert code == 0
    assert yaml.safe_load(out)["stores"][0]["redis"] == {}
    assert err == f"Warning: module.m.{KIND}.a: no config was found. Add the options of the store.\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"shop"', "local.project", f"{KIND}.a.project_key: is missing, or only Terraform can evaluate it."),
        ('"shop"', '"${local.project}"', f"{KIND}.a.project_key: is missing, or only Terraform can evaluate it."),
        ('["x"]', '["x", local.MARKER]', f"{KIND}.a.tags: is missing, or only Terraform"),
        ("var.host", 'format("%s", var.MARKER)', f"{KIND}.a.config.host: is missing, or only Terraform can evaluate"),
        ("port   ", "ports", f"{KIND}.a.config.ports: is not a field. Leave it out; Redis takes host, port, "),
        ('"redis"', '"memcached"', f"{KIND}.a.integration_key: is not a known store type."),
        ("  project_key", "  count = 2\n  project_key", f"{KIND}.a: has count or for_each, which only Terraform"),
        ('["x"]', '["x" "MARKER"', "main.tf: invalid HCL. Fix what `terraform validate` reports."),
        (KIND, "launchdarkly_project", f"main.tf: has no resource of the type {KIND}."),
    ],
)
def test_what_cannot_be_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert old in HCL
    (tmp_path / "main.tf").write_text(HCL.replace(old, new))
    code, out, err = run("import", "terraform", "main.tf")
    assert (code, out) == (1, "")
    assert message in err


def test_several_stores_of_one_type_need_their_ids(run: Run, tmp_path: Path) -> None:
    again = HCL[HCL.index("resource") :].replace('" "a"', '" "b"')
    (tmp_path / "main.tf").write_text(HCL + again)
    code, _out, err = run("import", "terraform", tmp_path / "main.tf")
    assert code == 1
    assert f"{KIND}.a: is one of several resources for the same store, and has no import block with its ID." in err


def test_json_that_is_no_state(run: Run, tmp_path: Path) -> None:
    for number, data in enumerate(({}, {"values": []}, {"values": {"root_module": {"resources": [1]}}})):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(data))
        code, _out, err = run("import", "terraform", file)
        assert code == 1
        assert "has no resources as `terraform show -json` prints them. Give the output of" in err
