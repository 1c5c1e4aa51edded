# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the roles say about their variables and about what Redis says, by the templates of their variables alone."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import yaml

from tests.collection.playbooks import MARKER, ROOT, Playbooks

PASSWORD = f"writer-{MARKER}-password"
UNSET = "{{ lookup('ansible.builtin.env', 'NOT_SET') }}"
NOT_TEXT = ": is not text. Put it in quotes."
EMPTY = ": is empty. Set the variable; a lookup of an unset environment variable gives an empty text."
NOT_A_PORT = "port: is not a port. Give a whole number from 1 to 65535, such as 6379."
LINE_BREAK = "password: has a line break. Give a password on one line; in YAML, | and > add a line break at the end."
MASKED = "password: is a masked value, not the secret. Give the secret itself."
REFERENCE = "password: is a reference that was not replaced. Give the secret itself."
NO_PASSWORD = "password: is empty. Set the password; a lookup of an unset environment variable gives an empty text."
EMPTY_TAG = "integration_tags: has an empty entry. Remove it, or leave {role}_integration_tags out."
TAG_NOT_TEXT = "integration_tags: has an entry that is not text. Put it in quotes."
NO_PRINCIPAL = (
    "principal: is missing. Set it to the AWS account of LaunchDarkly, which LaunchDarkly shows when you add an"
    " integration."
)
# What each role requires.
REQUIRED: dict[str, dict[str, Any]] = {
    "redis_store": {
        "project_key": "shop",
        "environment_key": "live",
        "host": "redis.example.com",
        "password": PASSWORD,
    },
    "dynamodb_store": {
        "project_key": "shop",
        "environment_key": "live",
        "table_name": "segments",
        "region": "eu-west-1",
        "principal": "123456789012",
    },
}
# Variables beside the required ones, and the problems that they are.
CASES: dict[str, list[tuple[dict[str, Any], list[str]]]] = {
    "redis_store": [
        ({}, []),
        ({"port": 6380}, []),
        ({"port": "65535"}, []),
        ({"client_side_id": None, "integration_tags": []}, []),
        ({"integration_tags": ["a", "b"]}, []),
        ({"integration_tags": "a, b"}, []),
        ({"state": "absent", "password": ""}, []),
        ({"password": "[abc] {def} 0123456789"}, []),
        ({"password": 1234567890123456}, ["password" + NOT_TEXT]),
        ({"password": True}, ["password" + NOT_TEXT]),
        ({"password": {"env": "NAME"}}, ["password" + NOT_TEXT]),
        ({"username": 5}, ["username" + NOT_TEXT]),
        ({"host": False, "admin_password": 451}, ["host" + NOT_TEXT, "admin_password" + NOT_TEXT]),
        ({"integration_name": 1.5}, ["integration_name" + NOT_TEXT]),
        ({"username": ""}, ["username" + EMPTY]),
        ({"host": UNSET, "project_key": UNSET}, ["project_key" + EMPTY, "host" + EMPTY]),
        ({"port": UNSET}, [NOT_A_PORT]),
        ({"port": "06379"}, [NOT_A_PORT]),
        ({"port": 65536}, [NOT_A_PORT]),
        ({"port": True}, [NOT_A_PORT]),
        ({"password": UNSET}, [NO_PASSWORD]),
        ({"password": PASSWORD + "\n"}, [LINE_BREAK]),
        ({"password": PASSWORD + "\rx"}, [LINE_BREAK]),
        ({"password": "sup********12345"}, [MASKED]),
        ({"password": "${REDIS_PASSWORD}"}, [REFERENCE]),
        ({"integration_tags": UNSET}, [EMPTY_TAG]),
        ({"integration_tags": ["a", ""]}, [EMPTY_TAG]),
        ({"integration_tags": "a,,b"}, [EMPTY_TAG]),
        ({"integration_tags": ["a", 2026]}, [TAG_NOT_TEXT]),
    ],
    "dynamodb_store": [
        ({}, []),
        ({"state": "absent", "principal": ""}, []),
        ({"principal": UNSET}, [NO_PRINCIPAL]),
        ({"principal": 123456789012}, ["principal" + NOT_TEXT]),
        ({"external_id": 5, "role_path": False}, ["external_id" + NOT_TEXT, "role_path" + NOT_TEXT]),
        ({"table_name": UNSET}, ["table_name" + EMPTY, "role_name" + EMPTY]),
        ({"region": ""}, ["region" + EMPTY]),
        ({"integration_tags": [""]}, [EMPTY_TAG]),
        ({"integration_tags": [5]}, [TAG_NOT_TEXT]),
    ],
}


@pytest.mark.parametrize("role", CASES)
def test_problems_of_the_variables(playbooks: Playbooks, role: str) -> None:
    tasks = {
        str(number): {
            "ansible.builtin.debug": {"msg": "{{ " + role + "_problems }}"},
            "vars": {f"{role}_{name}": value for name, value in {**REQUIRED[role], **given}.items()},
        }
        for number, (given, _) in enumerate(CASES[role])
    }
    files = [str(ROOT / "roles" / role / part / "main.yml") for part in ("defaults", "vars")]
    ran = playbooks.run(tasks, vars_files=files)
    found = {number: ran[number]["msg"] for number in tasks}
    expected = {
        str(number): [f"{role}_" + problem.format(role=role) for problem in problems]
        for number, (_, problems) in enumerate(CASES[role])
    }
    assert found == expected


@pytest.mark.parametrize("role", CASES)
def test_every_text_is_checked(role: str) -> None:
    folder = ROOT / "roles" / role
    specs = yaml.safe_load((folder / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    texts = {name for name, spec in specs.items() if spec["type"] in ("str", "path") and "choices" not in spec}
    checked = yaml.safe_load((folder / "vars/main.yml").read_text())[role + "_texts"]
    # The port may be a number, and has a check of its own.
    assert sorted(checked) == sorted(texts - {"redis_store_port"})


def test_a_rejected_command_does_not_show_a_hash(playbooks: Playbooks) -> None:
    said = "ERR Error in ACL SETUSER modifier '{}': Syntax error"
    texts = [said.format(sign + hashlib.sha256(PASSWORD.encode()).hexdigest()) for sign in "!#"]
    ran = playbooks.run(
        {"Show": {"ansible.builtin.debug": {"msg": "{{ redis_store_complaints }}"}}},
        variables={"redis_store_said": [{"stdout_lines": ["OK", *texts, "0"]}]},
        vars_files=[str(ROOT / "roles/redis_store/vars/main.yml")],
    )
    assert ran["Show"]["msg"] == [said.format("***")] * 2
