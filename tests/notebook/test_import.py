# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import subprocess
import sys

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


def test_what_is_public_is_there() -> None:
    assert sorted(face.__all__) == ["BigSegmentStoreForm", "FleetView", "SecretField"]
    assert all(getattr(face, name).__doc__ for name in face.__all__)
