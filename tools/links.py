# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`make links`: the collection's view of the code that it shares with the package.

`plugins/module_utils/core` is a real folder with one relative link for each file of `ld_segment_store/core`. A link to the
folder itself fails ansible-test's sanity and is dropped without a word by `ansible-galaxy collection install .`.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ("core", "preflight")


def expected(shared: str, root: Path = ROOT) -> dict[str, str]:
    """File name to link target, for a shared part."""
    source = root / "ld_segment_store" / shared
    folder = root / "plugins/module_utils" / shared
    return {file.name: os.path.relpath(file, folder) for file in sorted(source.glob("*.py"))}


def present(shared: str, root: Path = ROOT) -> dict[str, str]:
    """File name to link target as it is now; the target is empty for what is no link."""
    folder = root / "plugins/module_utils" / shared
    entries = [entry for entry in sorted(folder.glob("*")) if entry.name != "__pycache__"]
    return {entry.name: str(entry.readlink()) if entry.is_symlink() else "" for entry in entries}


def refresh(root: Path = ROOT) -> list[str]:
    """Make the links what they should be. Returns what was done, a sentence each."""
    done = []
    for shared in SHARED:
        folder = root / "plugins/module_utils" / shared
        wanted, there = expected(shared, root), present(shared, root)
        for name in sorted(wanted.keys() | there.keys()):
            if wanted.get(name) == there.get(name):
                continue
            if there.get(name) == "":
                raise SystemExit(
                    "{0} is no link: move what it holds to ld_segment_store/{1}".format(folder / name, shared)
                )
            if name in there:
                (folder / name).unlink()
                done.append("removed {0}/{1}".format(shared, name))
            if name in wanted:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).symlink_to(wanted[name])
                done.append("linked {0}/{1}".format(shared, name))
    return done


if __name__ == "__main__":
    print("\n".join(refresh()) or "The links are as they should be.")
