# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Write the exact versions of every environment into `tools/locks/`: `python3 -m tools.lock`, in five minutes.

Every environment is made anew, with the newest versions that pyproject.toml allows; all supported Pythons must be there. Run
`make test` afterwards and commit what changed; git undoes an update that breaks something.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tools.environments import (
    CACHE,
    LOCKS,
    ROOT,
    TOOL_GROUPS,
    NotRun,
    controller_environment,
    controllers,
    demo_environment,
    lock_of,
    oldest_and_newest,
    package_environment,
    pythons,
    require_interpreter,
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
    yield from (partial(target_environment, controller.target) for controller in oldest_and_newest())
    yield from (partial(units_environment, version) for version in pythons())
    yield from (partial(controller_environment, controller) for controller in controllers())
    yield from (partial(roles_environment, controller) for controller in oldest_and_newest())


def lock(folder: Path) -> None:
    """Write down what is in an environment, without the package itself."""
    freeze = [str(folder / "bin/python"), "-m", "pip", "freeze", "--exclude-editable"]
    versions = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout
    lock_of(folder).write_text(versions, encoding="utf-8")


def main() -> None:
    """Make all of them anew and lock them."""
    try:
        for version in {*pythons(), *(controller.python for controller in controllers())}:
            require_interpreter(version)
    except NotRun as error:
        sys.exit("Nothing was changed: {0}.".format(error))
    for folder in (ROOT / ".venv", CACHE, LOCKS):
        shutil.rmtree(folder, ignore_errors=True)
    LOCKS.mkdir()
    for make in environments():
        lock(make().parent)


if __name__ == "__main__":
    main()
