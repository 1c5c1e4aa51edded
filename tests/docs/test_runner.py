# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The runner of the pages sees what is wrong on a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import markdown
from tests.docs.markdown import Block, Command, commands
from tests.docs.runner import PASSWORD, World
from tests.docs.shell import Shell

ENVIRON = {"PATH": "/usr/bin:/bin"}


def test_commands_and_what_they_print() -> None:
    block = Block("page", 1, "console", "$ one \\\n  --more\nprinted\n$ two |\n  three\n$ four\n")
    assert commands(block) == [
        Command("one \\\n  --more\n", "printed\n"),
        Command("two |\n  three\n", ""),
        Command("four\n", ""),
    ]
    with pytest.raises(ValueError, match="does not begin with a command"):
        commands(Block("page", 1, "console", "printed\n"))


def test_a_shell_keeps_variables_folder_and_exit_code(tmp_path: Path) -> None:
    with Shell(tmp_path, ENVIRON) as shell:
        assert shell.run("mkdir sub && cd sub && export NAME=value") == ("", 0)
        assert shell.run('echo "$NAME"; basename "$PWD"') == ("value\nsub\n", 0)
        assert shell.run("printf unfinished; (exit 3)") == ("unfinished", 3)
        assert shell.run("echo $?") == ("3\n", 0)
        assert shell.run("cat") == ("", 0)  # nothing to read: the next command is not taken for it
        with pytest.raises(AssertionError, match="did not end"):
            shell.run("sleep 60", seconds=0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```console\n$ false\n```\n", "exit code 1"),
        ("```console\n$ echo one\ntwo\n```\n", "but the page says"),
        ('```console\n$ echo "$REDIS_PASSWORD"\n```\n', "console"),
        ("```console\n$ pip install 'ld-segment-store[nonsense]'\n```\n", "does not provide the extra"),
        ("```python\nimport nothing_of_that_name\n```\n", "exit code 1"),
        ("```yaml\njust: data\n```\n", "neither a playbook"),
        ("```yaml\nstores:\n  - environment_key: live\n```\n", "exit code 1"),
    ],
    ids=["failure", "output", "secret", "extra", "python", "data", "fleet"],
)
def test_what_is_wrong_is_seen(world: World, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    monkeypatch.setattr(markdown, "pages", lambda: {"page": text})
    with pytest.raises(AssertionError, match=said):
        world.run("page")
    assert PASSWORD not in text
