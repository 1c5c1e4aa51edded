# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The command `ld-segment-store`, and `python -m ld_segment_store`, the same."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command. Ctrl-C prints one sentence from the start, also while Python imports the command."""
    try:
        from .cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("ld-segment-store: interrupted by SIGINT.\n")
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
