# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Exports do what the form would do, hold no secret, and fail where a variable is missing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.exports import literals
from ld_segment_store.exports.formats import (
    EXPORTS,
    ansible_task,
    curl_script,
    python_script,
    terraform_resource,
)
from tests.support.hcl import formatted_and_parsed

PASSWORD = "PLANTED-'quote\"and$dollar\\slash"
LOOKUP = "{{ lookup('ansible.builtin.env', 'REDIS_PASSWORD', default=undef()) }}"
NASTY = "{{ lookup('pipe', 'id') }} ${x} %{y} $(id) 'a' \"b\" \\n ü \u2028 é"
ROLE = "arn:aws:iam::123456789012:role/launchdarkly-big-segments"
REDIS = Settings(
    "default",
    "test",
    "redis",
    {"host": "redis.example.com", "port": "6380", "username": "yes", "password": Secret(PASSWORD), "tls_enabled": True},
    name=NASTY,
    tags=("b", "on"),
    enabled=True,
)
DYNAMODB = Settings(
    "default",
    "test",
    "dynamodb",
    {
        "table_name": "segments",
        "region": "eu-central-1",
        "external_id": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
        "role_arn": ROLE,
    },
)


class Loader(yaml.SafeLoader):
    """YAML with Ansible's tag for text that is no template."""


Loader.add_constructor("!unsafe", lambda _loader, node: ("unsafe", node.value))


def options(text: str) -> dict[str, Any]:
    (task,) = yaml.load(text, Loader)
    found: dict[str, Any] = task["featureops.launchdarkly.ld_big_segment_store"]
    return found


@pytest.mark.parametrize("settings", [REDIS, DYNAMODB])
@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_none_holds_the_secret(name: str, settings: Settings) -> None:
    text = EXPORTS[name][2](settings, api_host="https://app.eu.launchdarkly.com")
    assert "PLANTED" not in text
    assert "app.eu.launchdarkly.com" in text


def test_the_ansible_task_says_what_the_settings_say() -> None:
    said = options(ansible_task(REDIS))
    assert said["name"] == ("unsafe", NASTY)
    assert said["redis"] == {
        "host": "redis.example.com",
        "port": "6380",
        "username": "yes",
        "password": LOOKUP,
        "tls_enabled": True,
    }
    assert (said["tags"], said["enabled"], said["project_key"]) == (["b", "on"], True, "default")
    assert options(ansible_task(DYNAMODB))["dynamodb"] == dict(DYNAMODB.config)


def test_a_secret_that_is_kept_is_referred_to() -> None:
    kept = Settings("default", "test", "redis", {"host": "redis.example.com"})
    assert "password" not in options(ansible_task(kept))["redis"]
    assert options(ansible_task(kept, kept_secrets=["password"]))["redis"]["password"] == LOOKUP
    empty = Settings(
        "default", "test", "redis", {"host": "redis.example.com", "password": Secret("")}, clear_secrets=True
    )
    assert options(ansible_task(empty, kept_secrets=["password"]))["redis"]["password"] == ""
    assert options(ansible_task(empty))["clear_secrets"] is True
    assert "clear_secrets=True" in python_script(empty)
    assert "clear_secrets" not in ansible_task(kept) + python_script(kept)


def start(command: list[str], ld: Emulator, **variables: str | None) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token, "REDIS_PASSWORD": PASSWORD, **variables}
    given = {name: value for name, value in environ.items() if value is not None}
    return subprocess.run(command, capture_output=True, text=True, env=given, check=False)


def run(command: list[str], ld: Emulator) -> str:
    done = start(command, ld)
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_there(ld: Emulator) -> None:
    (made,) = ld.account.integrations
    assert (made.name, set(made.tags), made.on) == (NASTY, {"b", "on"}, True)
    config = {key: value.reveal() if isinstance(value, Secret) else value for key, value in made.config.items()}
    expected = {key: value.reveal() if isinstance(value, Secret) else value for key, value in REDIS.api_config.items()}
    assert config == expected


@pytest.mark.slow
def test_the_python_script_runs() -> None:
    with Emulator() as ld:
        assert run([sys.executable, "-c", python_script(REDIS, api_host=ld.url)], ld) == "create\n"
        is_there(ld)
        assert run([sys.executable, "-c", python_script(REDIS, api_host=ld.url)], ld) == "nothing\n"


def test_the_curl_script_runs() -> None:
    with Emulator() as ld:
        run(["bash", "-c", curl_script(REDIS, api_host=ld.url)], ld)
        is_there(ld)


def test_the_curl_script_changes_what_is_there() -> None:
    seed = {
        "projects": {
            "default": {"environments": {"test": {"integrations": [{"id": "i1", "redis": {"host": "x.example.com"}}]}}}
        }
    }
    with Emulator(seed=seed) as ld:
        run(["bash", "-c", curl_script(REDIS, api_host=ld.url, integration_id="i1")], ld)
        is_there(ld)


@pytest.mark.slow
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
@pytest.mark.parametrize("variable", ["REDIS_PASSWORD", "LAUNCHDARKLY_ACCESS_TOKEN"])
@pytest.mark.parametrize("kind", ["curl", "python"])
def test_a_script_fails_where_a_variable_is_empty_or_not_set(kind: str, variable: str, value: str | None) -> None:
    """An empty password would clear the stored one."""
    shell = ["bash", "-c"] if kind == "curl" else [sys.executable, "-c"]
    with Emulator() as ld:
        done = start([*shell, EXPORTS[kind][2](REDIS, api_host=ld.url)], ld, **{variable: value})
        assert ld.requests == []
    assert done.returncode != 0
    assert variable in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_curl_takes_keys_and_ids_as_they_are() -> None:
    """`{a,b}` and `[1-3]` are patterns to curl, which would send several requests; `?` and `#` end a path."""
    hostile = "{a,b}[1-3]?x#y/../z"
    with Emulator() as ld:
        done = start(["bash", "-c", curl_script(REDIS, api_host=ld.url, integration_id=hostile)], ld)
        (request,) = ld.requests
    assert done.returncode == 22  # the emulator answers 404
    assert request.path.endswith("/default/test/redis/%7Ba%2Cb%7D%5B1-3%5D%3Fx%23y%2F..%2Fz")


@given(st.text())
@example("abc ")
@example("true ")
@example("\x85\u2028\x1b[31m\ufeff")
@example("0o17")
@example("017")
@example("2026-11-28")
@example("=")
@example("~")
@example("Null")
@example("a: b #c")
@example("- a")
@example("1:30")
@example("\U0001f600")
def test_literals_give_the_text_back(text: str) -> None:
    assert yaml.safe_load(literals.yaml_scalar(text)) == text
    assert yaml.safe_load("\n".join(literals.yaml_lines({"a": [{"b": [text], "c": text}]})))["a"] == [
        {"b": [text], "c": text}
    ]
    assert ast.literal_eval(literals.python(text)) == text
    assert yaml.load(literals.ansible_scalar(text), Loader) in (text, ("unsafe", text))
    assert literals.quoted(text).isprintable()


@pytest.mark.slow
def test_terraforms_formatter_has_nothing_to_change_and_its_parser_gives_the_text_back() -> None:
    files = [terraform_resource(settings) for settings in (REDIS, DYNAMODB)]
    texts = [NASTY, "$${x} $$${ %%{ %%%{y", "\x1b[31m", "a\tb", "${path.cwd}", "%{ if true }x%{ endif }"]
    files += [f"x = {literals.hcl(text)}\n" for text in texts]
    checked = formatted_and_parsed(files)
    assert [text for text, _content in checked] == files
    # The parser leaves signs of templates escaped, as they are in the file.
    read = [content["x"].replace("$${", "${").replace("%%{", "%{") for _text, content in checked[2:]]
    assert read == texts


def test_terraform_escapes_its_templates() -> None:
    text = terraform_resource(REDIS)
    assert "$${x} %%{y}" in text
    assert "password   = var.redis_password" in text
    assert 'variable "redis_password"' in text
    assert "var." not in terraform_resource(DYNAMODB)
    assert 'tags            = ["b", "on"]' in text
