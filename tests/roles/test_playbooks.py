# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The collection's playbooks by their full names. The pages that include them run what is in them."""

from __future__ import annotations

import json
import sys

import pytest

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import COLLECTION, ROOT, SHOP, TOKEN, Playbooks
from tests.docs.markdown import pages

NAMES = sorted(file.stem for file in (ROOT / "playbooks").glob("*.yml"))


def test_there_are_some() -> None:
    assert len(NAMES) > 10


@pytest.mark.parametrize("name", NAMES)
def test_a_page_includes_it(name: str) -> None:
    directive = f"{{literalinclude}} ../../playbooks/{name}.yml"
    assert [page for page, text in pages().items() if directive in text]


def test_ansible_finds_each_with_all_it_needs(playbooks: Playbooks) -> None:
    said = playbooks.command("ansible-playbook", "--syntax-check", *(f"{COLLECTION}.{name}" for name in NAMES))
    assert said.count("playbook: ") == len(NAMES)


def test_one_of_them(playbooks: Playbooks) -> None:
    with Emulator(seed=SHOP, access_tokens=[TOKEN]) as ld:
        account = {"LAUNCHDARKLY_API_HOST": ld.url, "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "NO_PROXY": "127.0.0.1"}
        environ = {
            **account,
            "REDIS_PASSWORD": "made-up",
            "TEST_RESULTS": str(playbooks.folder / "results"),
            "TEST_EMULATOR": "",
        }
        arguments = ("--check", "--diff", "-e", json.dumps({"ansible_python_interpreter": sys.executable}))
        said = playbooks.command("ansible-playbook", *arguments, f"{COLLECTION}.rotate_password", **environ)
    assert '+        "username": "launchdarkly"' in said
    assert "changed=1" in said
    assert "made-up" not in said
