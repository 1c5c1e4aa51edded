# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Exported tasks, run by the real ansible-core: names, tags and users from an account are text, never templates."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.exports.formats import ansible_task
from tests.collection.playbooks import PASSWORD, TARGET_PYTHON, TOKEN, Playbooks

NAMES = [
    "{{ 7*7 }}",
    "{% raw %}{{ 7*7 }}{% endraw %}",
    "#jinja2: variable_start_string:'[%', variable_end_string:'%]'\n[% 7*7 %]",
    "{# gone #}x",
    "abc ",
    "yes",
    "017",
    'it\'s "quoted" \\ and: #odd',
    "~",
    "<<",
    "\x85\u2028\x1b[31m\u202e ü",
]


def test_hostile_names_arrive_as_they_are(playbooks: Playbooks, ld: Emulator) -> None:
    options: Any = {"host": "redis.example.com", "username": "{{ 7*7 }}", "password": Secret("x")}
    seen: list[Any] = []
    ld.account.observe(lambda _event, there: seen.append((there.name, there.tags, there.config["username"])))
    tasks = [
        ansible_task(Settings("shop", "live", "redis", options, name=name, tags=("on", "a.b")), api_host=ld.url)
        for name in NAMES
    ]
    play(playbooks, "".join(tasks))
    assert seen == [(name, ("on", "a.b"), "{{ 7*7 }}") for name in NAMES]


@pytest.mark.parametrize("variable", ["LAUNCHDARKLY_ACCESS_TOKEN", "REDIS_PASSWORD"])
def test_an_unset_variable_fails_the_task(playbooks: Playbooks, ld: Emulator, variable: str) -> None:
    settings = Settings("shop", "live", "redis", {"host": "redis.example.com", "password": Secret("x")})
    # In the words of ansible-core 2.19 and later, and of 2.18.
    words = f"environment variable '{variable}' is not set|found an undefined variable: {variable}"
    with pytest.raises(AssertionError, match=words):
        play(playbooks, ansible_task(settings, api_host=ld.url), but=variable)
    assert ld.requests == []


@pytest.mark.parametrize(
    ("variable", "message"),
    [("LAUNCHDARKLY_ACCESS_TOKEN", "access_token"), ("REDIS_PASSWORD", "redis.password: is empty")],
)
def test_an_empty_variable_fails_the_task(playbooks: Playbooks, ld: Emulator, variable: str, message: str) -> None:
    """It would clear the stored password."""
    settings = Settings("shop", "live", "redis", {"host": "redis.example.com", "password": Secret("x")})
    with pytest.raises(AssertionError, match=message):
        play(playbooks, ansible_task(settings, api_host=ld.url), **{variable: ""})
    assert ld.requests == []


def play(playbooks: Playbooks, task: str, but: str = "", **variables: str) -> None:
    """Run the task as it is exported, in a play of its own."""
    head = f"- hosts: localhost\n  gather_facts: false\n  vars: {{ansible_python_interpreter: '{TARGET_PYTHON}'}}\n  tasks:\n"
    file = playbooks.folder / "exported.yml"
    file.write_text(head + "".join(f"    {line}\n" for line in task.splitlines()), encoding="utf-8")
    environ = {"LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "REDIS_PASSWORD": PASSWORD, **variables}
    environ.pop(but, None)
    playbooks.command("ansible-playbook", str(file), **environ)
