# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the pages name exists: commands and their options, modules, roles and plugins, folders, files. And no block is hidden."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
from collections.abc import Iterator

import pytest
import yaml

import ld_segment_store.inspect
import ld_segment_store.notebook
from ld_segment_store.cli import main as cli
from tests.docs.markdown import NEED_COLLECTIONS, NEED_RULEBOOK, ROOT, RUN, SHOWN, blocks, commands, pages
from tools.environments import controllers, pythons

COLLECTION = "featureops.launchdarkly"
# The blocks that tests/docs does not run, and why. Whoever adds one has to say so here as well.
NOT_RUN = {
    "README.md": ["tests/newcomer runs it on a clone"],
    "docs/start.md": ["tests/newcomer runs it on a clone"],
}


def inline(page: str) -> list[str]:
    """What stands between single backticks in the text of a page, outside of its blocks."""
    text = re.sub(r"^(```+).*?^\1$", "", pages()[page], flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def test_no_block_is_hidden() -> None:
    found = {page: [block.reason for block in blocks(page) if block.reason] for page in pages()}
    assert {page: reasons for page, reasons in found.items() if reasons} == NOT_RUN


@pytest.mark.parametrize("page", pages())
def test_every_block_is_of_a_language_that_is_run_or_shown(page: str) -> None:
    assert not [str(block) for block in blocks(page) if block.language not in (*RUN, *SHOWN)]
    # Indented code would be neither.
    outside = re.sub(r"^(```+).*?^\1$", "", pages()[page], flags=re.MULTILINE | re.DOTALL)
    assert not re.findall(r"(?:^|\n)\n {4}[^\s|*-].*", outside)


@pytest.mark.parametrize("page", pages())
def test_a_file_that_a_block_makes_is_used(page: str) -> None:
    """A block with a file's name is not run on its own: a command of the page uses it.

    tests/release runs the configuration of pre-commit, test_ci_pipeline.py that of GitLab.
    """
    found = blocks(page)
    used = "".join(command.text for block in found if block.language == "console" for command in commands(block))
    workflow = "".join(block.text for block in found if "jobs:" in block.text)
    named = [block.name for block in found if block.name and "jobs:" not in block.text]
    named = [name for name in named if name not in (".pre-commit-config.yaml", ".gitlab-ci.yml")]
    assert not [name for name in named if name not in used + workflow]


def test_pages_of_other_collections_exist() -> None:
    assert {*NEED_COLLECTIONS, *NEED_RULEBOOK} <= pages().keys()


@pytest.mark.parametrize("page", pages())
def test_the_collection_has_what_is_named(page: str) -> None:
    kinds = ("modules", "lookup", "inventory", "filter")
    there = {file.stem for kind in kinds for file in (ROOT / "plugins" / kind).glob("*.py")}
    there |= {file.stem for file in (ROOT / "extensions/eda").rglob("*.*")}
    there |= {folder.name for folder in (ROOT / "roles").iterdir()}
    there |= set(yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"])
    assert set(re.findall(re.escape(COLLECTION) + r"\.(\w+)", pages()[page])) <= there


@pytest.mark.parametrize("page", pages())
def test_commands_of_the_command_line_exist(page: str) -> None:
    for text in inline(page):
        words = shlex.split(text) if text.startswith("ld-segment-store ") else []
        if words:
            known = _options(words[1])
            assert not [word for word in words if word.startswith("--") and word not in known], text


def _options(command: str) -> set[str]:
    parsers = {child.prog.split()[1]: child for child in _children(cli.command_parser([command]))}
    found = list(_children(parsers[command]))
    return {
        option
        for parser in (parsers[command], *found)
        for action in parser._actions
        for option in action.option_strings
    }


def _children(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()


def test_the_reference_of_python_has_the_public_api() -> None:
    page = pages()["docs/reference/python.md"]
    for module in (ld_segment_store, ld_segment_store.inspect, ld_segment_store.notebook):
        names = {name for name in module.__all__ if not name.startswith("__")}
        assert not names - set(re.findall(r"^\.\. auto\w+:: (\w+)$", page, re.MULTILINE))


def test_the_menu_has_the_targets() -> None:
    menu = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for page in pages():
        for target in re.findall(r"`make (\w[\w-]*)`", pages()[page]):
            assert f"make {target} " in menu, page


@pytest.mark.parametrize("page", pages())
def test_folders_and_files_exist(page: str) -> None:
    """Those of the repository, by their path from its root."""
    tops = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    for text in inline(page):
        if re.fullmatch(r"[\w.-]+/[\w./-]*", text) and text.split("/")[0] in tops:
            assert (ROOT / text).exists(), text


SOURCE = "https://github.com/featureops/ansible-launchdarkly/blob/main/"
PICTURES = "https://raw.githubusercontent.com/featureops/ansible-launchdarkly/main/"
SITE = "https://featureops.github.io/ansible-launchdarkly/"


@pytest.mark.parametrize("page", [page for page in pages() if page.startswith(("README", "roles"))])
def test_links_lead_somewhere(page: str) -> None:
    """Of pages that `make docs` does not check. The README is read on PyPI and Galaxy too, where only whole addresses lead."""
    text = pages()[page]
    links = re.findall(r"\]\(([^)#]+)", text) + re.findall(r"^\[[\w-]+\]: (\S+)", text, re.MULTILINE)
    for link in links + re.findall(r"(?:src|srcset|href)=\"([^\"]+)", text):
        assert page != "README.md" or "://" in link, link
        if link.startswith(SITE):
            assert (ROOT / "docs" / link[len(SITE) :]).with_suffix(".md").exists(), link
            continue
        here = link.removeprefix(SOURCE).removeprefix(PICTURES)
        assert "://" in here or (ROOT / page).parent.joinpath(here).exists(), link


def test_the_readme_names_the_tested_versions() -> None:
    page = pages()["README.md"]
    tested = page[page.index("## Tested with") : page.index("## External requirements")]
    controllers_line, pythons_line = re.findall(r"^- (?:ansible-core|Python) .*", tested, re.MULTILINE)
    assert re.findall(r"\d\.\d+", controllers_line) == [controller.ansible_core for controller in controllers()]
    assert re.findall(r"\d\.\d+", pythons_line) == list(pythons())


def test_the_readme_lists_the_content() -> None:
    page = pages()["README.md"]
    table = page[page.index("## Included content") : page.index("## Tested with")]
    kinds = {"module": "modules", "inventory plugin": "inventory", "lookup plugin": "lookup"}
    expected = {
        (kind, file.stem) for kind, folder in kinds.items() for file in (ROOT / "plugins" / folder).glob("*.py")
    }
    expected |= {("role", folder.name) for folder in (ROOT / "roles").iterdir()}
    assert (
        set(re.findall(r"^\| (module|role|inventory plugin|lookup plugin) \| `(\w+)` \|", table, re.MULTILINE))
        == expected
    )
