# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A command of Ansible in a fork does what it does when it is started."""

from __future__ import annotations

import json

import pytest

from tests.collection.playbooks import ANSIBLE, TARGET_PYTHON, Playbooks, preloaded, processes, started

PLAY = {
    "hosts": "localhost",
    "gather_facts": False,
    "tasks": [
        {
            "ansible.builtin.debug": {
                "msg": "{{ lookup('ansible.builtin.env', 'ODD') }} in {{ lookup('ansible.builtin.pipe', 'pwd') }}"
            }
        },
        {"ansible.builtin.copy": {"content": "x", "dest": "{{ playbook_dir }}/made"}, "diff": True},
        {"ansible.builtin.fail": {"msg": "no"}, "when": "fails | default(false) | bool"},
    ],
}


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["-e", "fails=true"], 2), (["--no-such-option"], 2)])
def test_it_prints_and_ends_as_the_command_does(playbooks: Playbooks, arguments: list[str], code: int) -> None:
    book = playbooks.folder / "play.json"
    book.write_text(json.dumps([PLAY]), encoding="utf-8")
    connection = [
        "-i",
        "localhost,",
        "-c",
        "local",
        "-e",
        json.dumps({"ansible_python_interpreter": str(TARGET_PYTHON)}),
    ]
    command = [str(ANSIBLE / "ansible-playbook"), *connection, str(book), *arguments]
    variables = playbooks.variables(ODD="a'b\nc", TEST_EMULATOR="", TEST_RESULTS=str(playbooks.folder / "results"))
    answers = []
    for run in (preloaded, started):
        (playbooks.folder / "made").unlink(missing_ok=True)
        answers.append(run(command, playbooks.folder, variables))
    assert answers[0] == answers[1]
    assert answers[0][0] == code


def test_a_configuration_of_its_own(playbooks: Playbooks) -> None:
    command = [str(ANSIBLE / "ansible-playbook"), "--version"]
    for path in ("/one", "/two", "/one"):
        variables = playbooks.variables(ANSIBLE_COLLECTIONS_PATH=path)
        assert f"ansible collection location = {path}\n" in preloaded(command, playbooks.folder, variables)[1]


def test_nothing_temporary_is_left(playbooks: Playbooks) -> None:
    for _time in range(2):
        playbooks.run({"task": {"ansible.builtin.ping": {}}})
    for process in processes.values():
        (kept,) = (process.home / ".ansible/tmp").iterdir()
        assert f"-{process.number}" in kept.name


def test_one_that_takes_too_long_ends_and_disturbs_no_other(
    playbooks: Playbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [str(ANSIBLE / "ansible-playbook"), "--version"]
    variables = playbooks.variables(ANSIBLE_COLLECTIONS_PATH="/another")
    with monkeypatch.context() as patch:
        patch.setattr("tests.collection.playbooks._SECONDS", 0.01)
        with pytest.raises(TimeoutError, match=r"ansible-playbook took more than 0\.01 s"):
            preloaded(command, playbooks.folder, variables)
    assert preloaded(command, playbooks.folder, variables)[0] == 0
