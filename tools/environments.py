# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The support matrix, and the environments of the gates: which Python and which requirements each has.

`noxfile.py` creates the environments with uv, from the locks in `tools/locks/`. Only the standard library is used here, because
`noxfile.py` imports this module.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tomllib

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
LOCKS = ROOT / "tools/locks"
# The oldest Python that runs the tools and the environments without a version of their own.
OLDEST_FOR_TOOLS = "3.11"
# The dependency groups of the environment to work in.
DEVELOPMENT_GROUPS = ("lint", "package", "demo", "house", "notebook")


@dataclass(frozen=True)
class Controller:
    """A version of ansible-core (`2.18`), the version of the package `ansible` with it (`11`), the Python that runs it, and
    the Python of the managed node."""

    ansible_core: str
    ansible: str
    python: str
    target: str


@dataclass(frozen=True)
class Environment:
    """A virtual environment, `.nox/env-NAME`, with the exact versions of `tools/locks/NAME.txt`.

    Without a Python version, nox's own Python runs it. `editable` adds the package as it is in the working tree.
    """

    name: str
    requirements: tuple[str, ...]
    python: str | None = None
    editable: bool = False

    @property
    def session(self) -> str:
        """The nox session that creates the environment."""
        return "env-" + self.name

    @property
    def lock(self) -> Path:
        """The file with the exact versions and their hashes."""
        return LOCKS / (self.name + ".txt")

    @property
    def bin(self) -> Path:
        """The folder of the environment's commands; nox writes `-` for the dot of a version."""
        return ROOT / ".nox" / self.session.replace(".", "-") / "bin"


@cache
def project() -> dict[str, Any]:
    """The content of `pyproject.toml`."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pythons() -> list[str]:
    """The supported versions of Python, oldest first."""
    return list(project()["tool"]["ld-segment-store"]["matrix"]["python"])


def controllers() -> list[Controller]:
    """The supported versions of ansible-core, oldest first."""
    rows = project()["tool"]["ld-segment-store"]["matrix"]["controllers"]
    return [Controller(row["ansible-core"], row["ansible"], row["python"], row["target"]) for row in rows]


def oldest_and_newest() -> list[Controller]:
    """The two that run playbooks and roles in the tests."""
    return [controllers()[0], controllers()[-1]]


def group(*names: str) -> list[str]:
    """The requirements of dependency groups."""
    return [requirement for name in names for requirement in project()["dependency-groups"][name]]


def dependencies() -> list[str]:
    """The requirements of the package."""
    return list(project()["project"]["dependencies"])


def extras() -> list[str]:
    """The requirements of the package's optional parts."""
    return [requirement for extra in project()["project"]["optional-dependencies"].values() for requirement in extra]


def lowest(requirements: Sequence[str]) -> list[str]:
    """The same requirements, each at its lower bound.

    >>> lowest(["requests>=2.25.1"])
    ['requests==2.25.1']
    """
    return [re.sub(r">=([\w.]+).*", r"==\1", requirement) for requirement in requirements]


def environments() -> dict[str, Environment]:
    """All environments, by name."""
    return {environment.name: environment for environment in [*_of_tools(), *_of_pythons(), *_of_controllers()]}


def environment(name: str) -> Path:
    """The folder of an environment's commands. Exits when the environment does not exist."""
    found = environments()[name]
    if not (found.bin / "python").exists():
        raise SystemExit(f"The environment {found.session} does not exist. Run: nox -s {found.session}")
    return found.bin


def _of_tools() -> list[Environment]:
    package = [*group("editable"), *dependencies(), *extras()]
    oldest = "ansible-core>=" + controllers()[0].ansible_core
    tools = [
        Environment(name, (*package, *group(name)), editable=True)
        for name in ("docs", "fuzz", "official-client", "release")
    ]
    return [
        Environment("dev", (*package, *group(*DEVELOPMENT_GROUPS)), editable=True),
        Environment("demo", (*package, oldest, *group("demo")), editable=True),
        Environment("eda", (oldest, *dependencies(), *group("eda"))),
        Environment("galaxy", tuple(group("galaxy"))),
        Environment("molecule", (oldest, *dependencies(), *group("molecule"))),
        Environment("mutants", (*dependencies(), *extras(), *group("package", "mutants"))),
        *tools,
    ]


def _of_pythons() -> list[Environment]:
    """The package's tests, a managed node, and unit tests of the modules. The oldest Python has the lower bounds."""
    made = []
    for version in (pythons()[0], pythons()[-1]):
        needs = _of_python(version, [*dependencies(), *extras()])
        made.append(Environment("package-" + version, (*needs, *group("package")), version))
        made.append(Environment("target-" + version, tuple(_of_python(version, dependencies())), version))
    for version in pythons():
        needs = _of_python(version, dependencies())
        made.append(Environment("units-" + version, (*needs, *group("units")), version))
    return made


def _of_python(version: str, requirements: list[str]) -> list[str]:
    return lowest(requirements) if version == pythons()[0] else requirements


def _of_controllers() -> list[Environment]:
    made = []
    for controller in controllers():
        core = f"ansible-core~={controller.ansible_core}.0"
        needs = (core, *dependencies(), *group("controller"))
        made.append(Environment("ansible-" + controller.ansible_core, needs, controller.python))
    for controller in oldest_and_newest():
        needs = (f"ansible~={controller.ansible}.0", *group("roles"))
        made.append(Environment("roles-" + controller.ansible_core, needs, controller.python))
    return made


@cache
def interpreter(version: str) -> Path | None:
    """The interpreter of a version such as `3.9`, from PATH or pyenv, or None."""
    name = "python" + version
    on_path = [Path(folder) / name for folder in os.get_exec_path()]
    in_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/{name}"))
    for candidate in [*on_path, *in_pyenv]:
        if candidate.exists() and (found := _usable(candidate)):
            return found
    return None


def _usable(candidate: Path) -> Path | None:
    """The interpreter behind a candidate, if it can create environments.

    The candidate reports its own path: pyenv's shims are scripts that may not start anything, and ansible-test fails on them.
    """
    ask = [str(candidate), "-c", "import ensurepip, sys, venv; print(sys.executable)"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None
