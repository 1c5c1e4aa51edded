# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Boolean variables of the roles: `-e NAME=false` gives the text "false", which is true without the filter `bool`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.links import ROOT

ROLES = sorted((ROOT / "roles").iterdir())
PARTS = ("tasks", "handlers", "vars", "templates")


def _booleans(role: Path) -> list[str]:
    specs = yaml.safe_load((role / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    return [
        name for entry in specs.values() for name, option in entry["options"].items() if option.get("type") == "bool"
    ]


def _texts(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, bool]]:
    """All text of a file's content, and whether it is an option of a module, which converts it. A `debug` does not."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _texts(entry, (*keys, str(key)))
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry, keys)
    else:
        yield str(value), any("." in key and not key.startswith("ansible.builtin.") for key in keys)


def _unconverted(content: str, names: list[str]) -> list[str]:
    """The texts that use one of the names without `| bool`. A sentence may say `NAME: true`."""
    use = re.compile(rf"\b({'|'.join(names)})\b(?! \| bool\b|: (true|false)\b)")
    whole = re.compile(rf"\{{\{{ ({'|'.join(names)}) \}}\}}")
    return [
        text
        for text, is_option in _texts(yaml.safe_load(content))
        if use.search(text) and not (is_option and whole.fullmatch(text))
    ]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_boolean_variables_are_converted(role: Path) -> None:
    names = _booleans(role)
    assert names
    files = [file for part in PARTS for file in sorted((role / part).rglob("*")) if file.is_file()]
    assert files
    content = {file: file.read_text(encoding="utf-8") for file in files}
    found = {str(file.relative_to(ROOT)): _unconverted(text, names) for file, text in content.items()}
    assert {file: texts for file, texts in found.items() if texts} == {}
    assert [name for name in names if not any(name in text for text in content.values())] == []


@pytest.mark.parametrize(
    ("content", "is_found"),
    [
        ("- when: keep", True),
        ("- when: [keep]", True),
        ("- when: ready and keep", True),
        ("- when: keep | bool", False),
        ("- vars: {other: '{{ keep }}'}", True),
        ("- ansible.builtin.debug: {msg: '{{ keep | ternary(1, 2) }}'}", True),
        ("- amazon.aws.iam_role: {wait: '{{ keep }}'}", False),
        ("- amazon.aws.iam_role: {wait: '{{ not keep }}'}", True),
        ("- ansible.builtin.fail: {msg: 'Set keep: true.'}", False),
        ("- when: keep_all", False),
    ],
)
def test_a_boolean_without_conversion_is_found(content: str, is_found: bool) -> None:
    assert bool(_unconverted(content, ["keep"])) == is_found
