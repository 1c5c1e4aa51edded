# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The help of each command."""

from __future__ import annotations

import pytest

from ld_segment_store.cli.main import COMMANDS, main

# They end with 0, 1 for an error or 2 for wrong arguments, and so need no list.
_PLAIN_EXIT_CODES = ("document", "emulator", "exporter", "completion")


@pytest.mark.parametrize("word", list(COMMANDS))
def test_help_names_the_exit_codes(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([word, "--help"])
    assert end.value.code == 0
    assert "Exit codes" in capsys.readouterr().out or word in _PLAIN_EXIT_CODES
