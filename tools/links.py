# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`make links`: the collection's view of the code that it shares with the package.

`plugins/module_utils/_shared` mirrors the folders in SHARED of `ld_segment_store`, with one relative link for each file. The
folders keep their names, since preflight imports `..core`. A link to a folder fails ansible-test's sanity and is
silently dropped by `ansible-galaxy collection install .`.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ("core", "preflight", "inspect")


def mirror(shared: str, root: Path = ROOT) -> Path:
    """The folder of the collection that mirrors a shared part."""
    return root / "plugins/module_utils/_shared" / shared


def expected(shared: str, root: Path = ROOT) -> dict[str, str]:
    """Path below the shared part to link target."""
    source, folder = root / "ld_segment_store" / shared, mirror(shared, root)
    paths = (file.relative_to(source) for file in sorted(source.rglob("*.py")))
    return {str(path): os.path.relpath(source / path, (folder / path).parent) for path in paths}


def present(shared: str, root: Path = ROOT) -> dict[str, str]:
    """Path below the mirror to link target; the target is empty for a file that is no link."""
    folder = mirror(shared, root)
    files = (
        file
        for file in sorted(folder.rglob("*"))
        if "__pycache__" not in file.parts and (file.is_symlink() or not file.is_dir())
    )
    return {str(file.relative_to(folder)): str(file.readlink()) if file.is_symlink() else "" for file in files}


def refresh(root: Path = ROOT) -> list[str]:
    """Create, repair and remove links. Returns a sentence for each change."""
    done = []
    for shared in SHARED:
        folder = mirror(shared, root)
        wanted, current = expected(shared, root), present(shared, root)
        for name in sorted(wanted.keys() | current.keys()):
            if wanted.get(name) == current.get(name):
                continue
            if current.get(name) == "":
                raise SystemExit(f"{folder / name} is no link: move its content to ld_segment_store/{shared}")
            if name in current:
                (folder / name).unlink()
                done.append(f"removed {shared}/{name}")
            if name in wanted:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).symlink_to(wanted[name])
                done.append(f"linked {shared}/{name}")
    return done


if __name__ == "__main__":
    print("\n".join(refresh()) or "Every link is up to date.")
