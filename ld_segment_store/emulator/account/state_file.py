# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The account in a file: written after every change, read at the start.

It is a seed in JSON. It holds the stores' passwords in clear, since they must survive, so only its owner may read it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from ...core.errors import SegmentStoreError
from .account import Contents
from .seed import dump_seed, parse_seed


class StateFileError(SegmentStoreError):
    """The state file can't be read or written."""

    failure = "state_file"


def load_state(path: Path) -> Contents | None:
    """What the file holds, or None where there is no file. Raises StateFileError."""
    try:
        return parse_seed(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateFileError("Can't read the state file {0}: {1}.".format(path, error.strerror)) from None
    except SegmentStoreError as error:
        raise StateFileError("The state file {0} is damaged: {1}".format(path, error.message)) from None
    except (ValueError, RecursionError):
        raise StateFileError("The state file {0} is not valid JSON: remove it to begin anew.".format(path)) from None


def save_state(path: Path, contents: Contents) -> None:
    """Replace the file as a whole, readable by its owner only. Raises StateFileError."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(dump_seed(contents), file, indent=1)
        fresh.replace(path)
    except OSError as error:
        raise StateFileError("Can't write the state file {0}: {1}.".format(path, error.strerror)) from None
