# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Write the exact versions of every environment into `tools/locks/`: `python3 -m tools.lock`, in about ten minutes.

Every environment is made anew, with the newest versions that pyproject.toml allows. Run `make test` afterwards and commit what
changed; an update that breaks something is undone by git.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tools.environments import (
    CACHE,
    LOCKS,
    ROOT,
    TOOL_GROUPS,
    controller_environment,
    controllers,
    demo_environment,
    lock_of,
    package_environment,
    pythons,
    roles_environment,
    target_environment,
    tool_environment,
    units_environment,
    working_environment,
)


def environments() -> Iterator[Callable[[], Path]]:
    """What makes each environment."""
    yield working_environment
    yield demo_environment
    yield from (partial(tool_environment, name) for name in TOOL_GROUPS)
    yield from (partial(package_environment, version) for version in (pythons()[0], pythons()[-1]))
    yield from (partial(target_environment, controller.target) for controller in controllers())
    yield from (partial(units_environment, version) for version in pythons())
    yield from (partial(controller_environment, controller) for controller in controllers())
    yield from (partial(roles_environment, controller) for controller in controllers())


def lock(folder: Path) -> None:
    """Write down what is in an environment, without the package itself."""
    freeze = [str(folder / "bin/python"), "-m", "pip", "freeze", "--exclude-editable"]
    versions = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout
    lock_of(folder).write_text(versions, encoding="utf-8")


def main() -> None:
    """Make all of them anew and lock them."""
    for folder in (ROOT / ".venv", CACHE, LOCKS):
        shutil.rmtree(folder, ignore_errors=True)
    LOCKS.mkdir()
    for make in environments():
        lock(make().parent)


if __name__ == "__main__":
    main()
