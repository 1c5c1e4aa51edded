# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is taken away does what the form would do, and holds no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
import yaml

from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.exports.formats import (
    EXPORTS,
    ansible_task,
    curl_script,
    python_script,
    terraform_resource,
)

PASSWORD = "PLANTED-'quote\"and$dollar\\slash"
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
        "password": "{{ redis_password }}",
        "tls_enabled": True,
    }
    assert (said["tags"], said["enabled"], said["project_key"]) == (["b", "on"], True, "default")
    assert options(ansible_task(DYNAMODB))["dynamodb"] == dict(DYNAMODB.config)


def test_a_secret_that_is_kept_is_referred_to() -> None:
    kept = Settings("default", "test", "redis", {"host": "redis.example.com"})
    assert "password" not in options(ansible_task(kept))["redis"]
    assert options(ansible_task(kept, kept_secrets=["password"]))["redis"]["password"] == "{{ redis_password }}"
    empty = Settings("default", "test", "redis", {"host": "redis.example.com", "password": Secret("")})
    assert options(ansible_task(empty, kept_secrets=["password"]))["redis"]["password"] == ""


def run(command: list[str], ld: Emulator) -> str:
    environ = {**os.environ, "LAUNCHDARKLY_ACCESS_TOKEN": ld.access_token, "REDIS_PASSWORD": PASSWORD}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
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


def test_terraform_escapes_its_templates() -> None:
    text = terraform_resource(REDIS)
    assert "$${x} %%{y}" in text
    assert "password   = var.redis_password" in text
    assert 'variable "redis_password"' in text
    assert "var." not in terraform_resource(DYNAMODB)
    assert 'tags            = ["b", "on"]' in text
