# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""YAML and JSON as data: the same by libyaml and by Python alone, strict, and bounded."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ld_segment_store.core import data_file, text_file
from ld_segment_store.core.data_file import read_data_file
from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.text_file import read_secret_file


@pytest.fixture(autouse=True, params=["libyaml", "Python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's loaders."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader")


def read(tmp_path: Path, text: str) -> Any:
    file = tmp_path / "a.yml"
    file.write_text(text, encoding="utf-8")
    return read_data_file(str(file))


def refused(tmp_path: Path, text: str) -> str:
    """What is said of a file, without its path; within a minute on the slowest machine, where a bomb would take hours."""
    started = time.process_time()
    with pytest.raises(InvalidSettings) as caught:
        read(tmp_path, text)
    assert time.process_time() - started < 60
    return caught.value.message.replace(str(tmp_path / "a.yml"), "a.yml")


TEXTS = [
    "",
    "plain",
    "'quoted': \"8\"\nplain: 8\nsigned: -10\nzero: 0\nfloat: 1.5\nexponent: 1.0e+3\n",
    "a: yes\nb: No\nc: null\nd: ~\ne:\nf: 2026-11-28\ng: 2026-11-28T12:00:00Z\nh: '~'\n",
    "- - a\n  - b\n- {c: [d, e]}\n- |\n  text\n   more\n- >-\n  folded\n  text\n",
    "a: &a {x: 1, y: [2]}\nb: *a\nc: {<<: *a, x: 3}\nd: {x: 4, <<: [{x: 5, z: 6}, *a]}\n",
    "a: !!str 8\nb: !!int '8'\nc: ! 8\nd: !!map {e: f}\ng: !!seq [h]\n",
    "? complex\n: value\n8: number\ntrue: boolean\n",
    "# comment\n--- \na: b # comment\n...\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_data_is_that_of_pyyaml(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == yaml.load(text, yaml.SafeLoader)


def test_json_is_yaml(tmp_path: Path) -> None:
    data = {"a": [1, -2.5, True, None, "text \u20ac \U0001f600 \n"], "": {}}

    assert read(tmp_path, json.dumps(data, ensure_ascii=False)) == data


ALIASES = "a: &a [{}]\n".format(", ".join("x" * 9)) + "".join(
    "{0}: &{0} [{1}]\n".format(name, ", ".join(["*" + before] * 9)) for before, name in zip("abcdefgh", "bcdefghi")
)
MERGES = "a: &a {a1: 1, a2: 2}\n" + "".join(
    "{0}: &{0} {{<<: [{1}], {0}1: 1}}\n".format(name, ", ".join(["*" + before] * 10))
    for before, name in zip("abcdefg", "bcdefgh")
)
WIDE = "a: &a {{{}}}\nb:\n".format(", ".join(f"k{number}: 1" for number in range(5000))) + "- {<<: *a}\n" * 300


@pytest.mark.parametrize(("text", "line"), [(ALIASES, 7), (MERGES, 7), (WIDE, 69)], ids=["aliases", "merges", "wide"])
def test_bombs(tmp_path: Path, text: str, line: int) -> None:
    """Nine lines of aliases are 3 billion values; eight of merge keys took half a minute."""
    assert refused(tmp_path, text) == (
        f"a.yml: aliases add more than 1,000,000 values near line {line}. Use fewer aliases."
    )


def test_a_fleet_that_shares_its_options_is_no_bomb(tmp_path: Path) -> None:
    text = "options: &options {a: 1, b: 2, c: 3}\nstores:\n" + "- {<<: *options, d: 4}\n- *options\n" * 5000

    assert len(read(tmp_path, text)["stores"]) == 10_000


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000], ids=lambda text: text[:4]
)
def test_any_depth(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).startswith("a.yml: invalid YAML")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "a: &a {b: *a}",
        "a: &a {<<: *a}",
        "a: *b",
        "a: &a 1\nb: &a 2",
        "a: {<<: b}",
        "a: {<<: [b]}",
        "a: <<",
        "a: =",
        "? [a]\n: b",
        "a: !!set {b}",
        "a: !!omap [b: 1]",
        "a: !!binary aGk=",
        "a: !!map b",
        "a: !!seq {b: c}",
        "a: !!str {b: c}",
        "a: !secret b",
        "a: !!python/object/apply:os.system [ls]",
        "a: !!python/name:os.system ''",
    ],
)
def test_what_no_setting_can_be(tmp_path: Path, text: str) -> None:
    line = text.count("\n") + 1
    assert refused(tmp_path, text) in [f"a.yml: invalid YAML near line {n}. Fix the syntax." for n in (1, line)]


@pytest.mark.parametrize(
    ("text", "key"), [("a: 1\nb: 2\n'a': 3", "a"), ("8: a\n+8: b", "+8"), ("1: a\ntrue: b", "true")]
)
def test_keys_that_are_one(tmp_path: Path, text: str, key: str) -> None:
    assert refused(tmp_path, text).startswith(f"a.yml: duplicate key `{key}` in one mapping near line")


@pytest.mark.parametrize("number", ["0451", "0x1F", "1_000", "0b11", "12:30:45", "-010", "!!int 0451"])
def test_numbers_that_yaml_reads_as_others(tmp_path: Path, number: str) -> None:
    """A host, a user or a key silently became 297 or 45045."""
    assert refused(tmp_path, f"a:\n  b: {number}") == (
        "a.yml: has a number near line 2 that YAML reads as another, such as 0451 or 12:30. Put it in quotes."
    )
    assert read(tmp_path, f"b: '{number}'") == {"b": number}


def test_a_character_that_no_text_has(tmp_path: Path) -> None:
    assert refused(tmp_path, "a: \0b") == "a.yml: invalid YAML. Fix the syntax."


def test_files_that_do_not_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"^/dev/zero: can't be read \(it is a device\)"):
        read_data_file("/dev/zero")
    with pytest.raises(InvalidSettings, match=r"^password: can't be read from /dev/zero \(it is a device\)"):
        read_secret_file("password", "/dev/zero")
    monkeypatch.setattr(data_file, "MAX_BYTES", 10)
    assert read(tmp_path, "a: 1234567") == {"a": 1234567}
    assert refused(tmp_path, "a: 12345678") == "a.yml: is larger than 10 bytes. Give a smaller file."


@pytest.fixture
def pipe() -> Iterator[tuple[str, int]]:
    """The path of a pipe, as a shell makes it for `<(command)`, and where to write to it."""
    reader, writer = os.pipe()
    yield f"/dev/fd/{reader}", writer
    os.close(reader)


def test_a_pipe_is_read(pipe: tuple[str, int]) -> None:
    path, writer = pipe
    os.write(writer, b"secret\n")
    os.close(writer)

    assert read_secret_file("password", path).reveal() == "secret"


def test_a_pipe_that_does_not_end(pipe: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    path, writer = pipe
    monkeypatch.setattr(text_file, "MAX_SECRET_BYTES", 100)
    os.write(writer, b"MARKER" * 50)  # and it stays open

    with pytest.raises(InvalidSettings) as caught:
        read_secret_file("password", path)
    os.close(writer)
    assert caught.value.message == "password: is larger than 100 bytes. Give a smaller file."


def test_as_fast_as_the_parser_lets_it(tmp_path: Path) -> None:
    """No more than one and a half times libyaml's own loader."""
    if not yaml.__with_libyaml__ or not hasattr(yaml, "CSafeLoader"):
        return  # this run is of Python's own
    store = {"environment_key": "e", "enabled": True, "tags": ["a"], "redis": {"host": "h.example.com", "port": 6379}}
    text = yaml.dump({"stores": [{**store, "name": f"Store {number}"} for number in range(1000)]})
    own, theirs = [], []
    for _ in range(3):
        started = time.process_time()
        yaml.load(text, yaml.CSafeLoader)
        between = time.process_time()
        read(tmp_path, text)
        theirs.append(between - started)
        own.append(time.process_time() - between)
    assert min(own) < 1.5 * min(theirs)
