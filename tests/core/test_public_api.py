# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What `import ld_segment_store` gives, and what it costs."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ld_segment_store
from ld_segment_store import NotAvailable
from ld_segment_store.core import errors
from tests.support.scripted import integration

ROOT = Path(__file__).parents[2]
ERRORS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.SegmentStoreError)
]
CORE = ["ld_segment_store.core.flow.apply", "ld_segment_store.core.model.validation"]


def test_type_checkers_see_the_names_that_programs_get() -> None:
    imports = [
        node for node in ast.walk(ast.parse(inspect.getsource(ld_segment_store))) if isinstance(node, ast.ImportFrom)
    ]
    checked = {alias.name: f".{node.module}" for node in imports if node.level for alias in node.names}
    assert checked.pop("__version__") == ".core.version"
    assert checked == ld_segment_store._MODULE_OF
    assert set(ld_segment_store.__all__) == {*checked, "__version__"} <= set(dir(ld_segment_store))


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'ld_segment_store' has no attribute 'Clients'"):
        ld_segment_store.Clients  # noqa: B018


@pytest.mark.parametrize("name", ld_segment_store.__all__)
def test_each_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(ld_segment_store, name)
    assert isinstance(value, str) or (value.__doc__ or "").strip()


def test_each_error_has_a_word_of_its_own_for_programs() -> None:
    words = [kind.failure for kind in ERRORS]
    assert len(set(words)) == len(words) == len(ERRORS) > 15


def test_each_error_stands_in_the_tree_at_the_top_of_its_file() -> None:
    exceptions = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert sorted(exceptions) == sorted(kind.__name__ for kind in ERRORS)
    assert [name for name in exceptions if not re.search(rf"\b{name}\b", errors.__doc__ or "")] == []


@pytest.mark.parametrize("kind", [*ERRORS, NotAvailable], ids=lambda kind: kind.__name__)
def test_each_error_is_public_and_can_be_pickled_and_copied(kind: type[errors.SegmentStoreError]) -> None:
    assert getattr(ld_segment_store, kind.__name__) is kind
    made: dict[type, tuple[Any, ...]] = {
        errors.InvalidSettings: ([ld_segment_store.Finding("error", "f", "is wrong", "fix it")],),
        NotAvailable: ("message", ["detail"], integration()),
    }
    error = kind(*made.get(kind, ("message",)))
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(copied) is kind
        assert (str(copied), vars(copied)) == (str(error), vars(error))


def _documented_names() -> set[str]:
    """What public functions and classes say that they raise, take and return."""
    text = []
    for name in ld_segment_store.__all__:
        value = getattr(ld_segment_store, name)
        members = [value, *vars(value).values()] if inspect.isclass(value) else [value]
        for member in members:
            if inspect.isfunction(member) or member is value:
                text.append(inspect.getdoc(member) or "")
                text.append(str(getattr(member, "__annotations__", "")))
    return set(re.findall(r"\b[A-Z][a-z]+[A-Za-z]+\b", " ".join(text)))


def test_what_the_documentation_names_is_public() -> None:
    core = Path(ld_segment_store.__file__).parent / "core"
    classes = {
        node.name
        for file in core.rglob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }
    internal = {"Gate", "Deadline", "Clock", "Request"}  # arguments that only this package passes
    assert _documented_names() & classes - set(ld_segment_store.__all__) <= internal


def test_results_can_be_pickled_without_their_secrets() -> None:
    settings = ld_segment_store.Settings("shop", "live", "redis", {"host": "h", "password": "MARKER"})
    plan = ld_segment_store.plan_present(settings, None)
    result = ld_segment_store.StoreResult(
        ld_segment_store.Declaration.present(settings), ld_segment_store.Outcome(plan, True, integration())
    )
    pickled = pickle.dumps(result)
    assert b"MARKER" not in pickled
    assert pickle.loads(pickled).outcome.plan.after == plan.after


def test_a_client_that_was_not_made_has_a_repr() -> None:
    assert repr(ld_segment_store.Client.__new__(ld_segment_store.Client)) == "Client('')"


@pytest.mark.parametrize("module", ["ld_segment_store", *CORE])
def test_importing_it_loads_nothing_that_had_to_be_installed(module: str) -> None:
    """Requests takes 0.1 s and jsonschema up to 2 s, and a missing one must be a sentence, not a traceback."""
    code = f"""
import sys
before = set(sys.modules)
import {module}
loaded = [name for name in set(sys.modules) - before if not name.startswith("ld_segment_store")]
print(*(name for name in loaded if "site-packages" in (getattr(sys.modules[name], "__file__", None) or "")))
"""
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []


def test_importing_the_package_loads_none_of_its_modules() -> None:
    """The command line and the emulator import the package, too, and need a part of it."""
    code = (
        "import sys, ld_segment_store; print(*(name for name in sys.modules if name.startswith('ld_segment_store.')))"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["ld_segment_store.core", "ld_segment_store.core.version"]
