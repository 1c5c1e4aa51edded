# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the report on mutants accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import mutants
from tools.mutants import Mutant, report

ONE, TWO = (Mutant("flow.wait.f", "f", f"f_{number}", f"x = 1 => x = {number}") for number in (2, 3))
EXPLAINED = "flow.wait.f: x = 1 => x = 2"


@pytest.mark.parametrize(
    ("outcomes", "reasons", "floor", "problems"),
    [
        ({ONE: "survived", TWO: "killed"}, [EXPLAINED], 50.0, []),
        ({ONE: "timeout", TWO: "killed"}, [EXPLAINED], 100.0, []),
        ({ONE: "survived", TWO: "killed"}, [EXPLAINED], 50.1, ["Less than 50.1 % of the mutants are detected."]),
        (
            {ONE: "survived", TWO: "survived"},
            [EXPLAINED],
            0.0,
            ["Survives without a reason in FILE: flow.wait.f: x = 1 => x = 3"],
        ),
        ({TWO: "no tests"}, [], 0.0, ["Survives without a reason in FILE: flow.wait.f: x = 1 => x = 3"]),
        ({TWO: "killed"}, [EXPLAINED, "gone"], 0.0, ["Has a reason in FILE and is no mutant: gone"]),
    ],
)
def test_the_report_fails(
    outcomes: dict[Mutant, str],
    reasons: list[str],
    floor: float,
    problems: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "reasons.toml"
    file.write_text(f'[[group]]\nreason = "why"\nchanges = {reasons}\n')
    monkeypatch.setattr(mutants, "EQUIVALENT", str(file))
    found = []
    try:
        report([ONE, TWO], outcomes, floor)
    except SystemExit as error:
        found = str(error.code).replace(str(file), "FILE").splitlines()
    assert found == problems
