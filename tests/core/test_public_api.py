# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What `import ld_segment_store` gives, and what it costs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import ld_segment_store
from ld_segment_store.core import errors

ROOT = Path(__file__).parents[2]
ERRORS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.SegmentStoreError)
]
CORE = ["ld_segment_store.core.flow.apply", "ld_segment_store.core.model.validation"]


def test_all_is_sorted_and_complete() -> None:
    public = {
        name
        for name, value in vars(ld_segment_store).items()
        if not name.startswith("_") and not inspect.ismodule(value) and name != "annotations"
    }
    assert ld_segment_store.__all__ == sorted({*public, "__version__"})


@pytest.mark.parametrize("name", ld_segment_store.__all__)
def test_each_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(ld_segment_store, name)
    assert isinstance(value, str) or (value.__doc__ or "").strip()


def test_each_error_has_a_word_of_its_own_for_programs() -> None:
    words = [kind.failure for kind in ERRORS]
    assert len(set(words)) == len(words) == 17


def test_each_error_stands_in_the_tree_at_the_top_of_its_file() -> None:
    exceptions = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert sorted(exceptions) == sorted(kind.__name__ for kind in ERRORS)
    assert [name for name in exceptions if f" {name} " not in (errors.__doc__ or "")] == [
        "SegmentStoreError",
        "BetaHeaderMissing",
    ]


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
