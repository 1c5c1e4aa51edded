# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import ipywidgets as w
import pytest

import ld_segment_store.notebook as face

_WITHOUT = """
import sys
sys.modules[{missing!r}] = None
try:
    import ld_segment_store.notebook
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize("missing", ["ipywidgets", "anywidget"])
def test_without_the_extra_a_sentence_names_it(missing: str) -> None:
    code = _WITHOUT.format(missing=missing)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'ld-segment-store[notebook]'" in said


def test_jsonschema_is_not_on_the_way_to_the_first_picture() -> None:
    code = "import sys, ld_segment_store.notebook as n; n.BigSegmentStoreForm(); print('jsonschema' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"


PUBLIC = [getattr(face, name) for name in face.__all__]
WIDGETS = [public for public in PUBLIC if issubclass(public, w.Widget)]


def test_what_is_public_is_documented() -> None:
    assert sorted(face.__all__) == face.__all__
    assert all(public.__doc__ for public in PUBLIC)


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_every_trait_has_a_docstring_and_a_help(widget: type[w.Widget]) -> None:
    """A literal below the trait for readers of the code, `help` for `trait_metadata`."""
    own = [name for name in widget.class_own_traits() if not name.startswith("_")]
    body = next(node for node in ast.parse(inspect.getsource(widget)).body if isinstance(node, ast.ClassDef)).body
    documented = {
        ast.unparse(first.targets[0] if isinstance(first, ast.Assign) else first.target)
        for first, then in zip(body, body[1:])
        if isinstance(first, (ast.Assign, ast.AnnAssign)) and isinstance(then, ast.Expr)
    }
    assert set(own) - documented == set()
    assert [name for name in own if not widget.class_own_traits()[name].help] == []


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_unknown_keywords_are_an_error(widget: type[w.Widget]) -> None:
    with pytest.raises(TypeError, match="nonesuch"):
        widget(nonesuch=1)
