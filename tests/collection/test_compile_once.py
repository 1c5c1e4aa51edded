# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""On a host, Python compiles what a module loads once."""

from __future__ import annotations

from collections import Counter

import pytest

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import REDIS, Playbooks, store

# Python imports it when it starts, and then tells it of each file that is compiled.
SITECUSTOMIZE = """
import sys

def hook(event, arguments):
    if event == "compile" and ".zip/" in str(arguments[1]):
        with open({file!r}, "a", encoding="utf-8") as compiled:
            print(arguments[1].partition(".zip/")[2], file=compiled)

sys.addaudithook(hook)
"""
OURS = "ansible_collections/featureops/launchdarkly/plugins/"


@pytest.fixture
def compiled(playbooks: Playbooks, ld: Emulator) -> Counter[str]:
    """How often each file of the archive was compiled for a task."""
    file, folder = playbooks.folder / "compiled.txt", playbooks.folder / "audit"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE.format(file=str(file)), encoding="utf-8")
    task = store(project_key="shop", environment_key="live", redis=REDIS)
    playbooks.run({"create": task}, ld=ld, environ={"PYTHONPATH": str(folder)})
    return Counter(file.read_text(encoding="utf-8").splitlines())


def test_shared_code_is_compiled_once(compiled: Counter[str]) -> None:
    shared = {name: count for name, count in compiled.items() if name.startswith(OURS + "module_utils/_shared/")}
    assert shared.pop(OURS + "module_utils/_shared/__init__.py") == 2  # it makes the difference for those that follow
    assert len(shared) > 20
    assert set(shared.values()) == {1}


def test_python_itself_compiles_twice(compiled: Counter[str]) -> None:
    """Where this fails, Python has changed, and CompilingOnce can go: https://github.com/python/cpython/issues/141276."""
    assert compiled["ansible/module_utils/basic.py"] == 2
    assert compiled[OURS + "module_utils/_launchdarkly.py"] == 2
