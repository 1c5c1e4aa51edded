# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The support matrix, the interpreters of this machine, and virtual environments made on demand.

`.venv` is the one to work in; the others live in `.cache`. Each gets the exact versions of its file in `tools/locks/`, which
`make lock` writes. When what an environment should hold has changed, pip runs again; what is no longer needed stays until
`make clean`, so that nothing is taken away from programs that are running.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tomllib

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
LOCKS = ROOT / "tools/locks"
# The dependency groups in `.venv`, and those of tools that get an environment each.
WORKING_GROUPS = ("lint", "package", "demo", "house", "notebook")
TOOL_GROUPS = ("docs", "galaxy", "release", "official-client")


class NotRun(Exception):
    """Something could not run on this machine: the sentence says what is missing."""


@dataclass(frozen=True)
class Controller:
    """A version of ansible-core (`2.18`), the one of the package `ansible` with it (`11`), the Python it runs on and the
    Python of the managed node."""

    ansible_core: str
    ansible: str
    python: str
    target: str


@cache
def project() -> dict[str, Any]:
    """What `pyproject.toml` says."""
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


@cache
def interpreter(version: str) -> Path | None:
    """The interpreter of a version such as `3.9`, from PATH or pyenv, or None."""
    name = "python" + version
    on_path = [Path(folder) / name for folder in os.get_exec_path()]
    in_pyenv = sorted(Path.home().glob(".pyenv/versions/{0}.*/bin/{1}".format(version, name)))
    for candidate in [*on_path, *in_pyenv]:
        if candidate.exists() and (found := _usable(candidate)):
            return found
    return None


def _usable(candidate: Path) -> Path | None:
    """The interpreter behind a candidate, if it can make environments.

    It is asked where it is: pyenv's shims are scripts that may or may not start something, and ansible-test trips over them.
    """
    ask = [str(candidate), "-c", "import ensurepip, sys, venv; print(sys.executable)"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None


def require_interpreter(version: str) -> Path:
    """Like `interpreter`, but raises NotRun."""
    found = interpreter(version)
    if found is None:
        raise NotRun(
            "Python {0} with venv is not installed (looked for python{0} on PATH and in pyenv)".format(version)
        )
    return found


def group(*names: str) -> list[str]:
    """The requirements of dependency groups."""
    return [requirement for name in names for requirement in project()["dependency-groups"][name]]


def dependencies() -> list[str]:
    """What the package itself needs."""
    return list(project()["project"]["dependencies"])


def extras() -> list[str]:
    """What its optional parts need."""
    return [requirement for extra in project()["project"]["optional-dependencies"].values() for requirement in extra]


def lowest(requirements: list[str]) -> list[str]:
    """The same requirements, each at its lower bound.

    >>> lowest(["requests>=2.25.1"])
    ['requests==2.25.1']
    """
    return [re.sub(r">=([\w.]+).*", r"==\1", requirement) for requirement in requirements]


def _of_python(version: str, requirements: list[str]) -> list[str]:
    """The requirements, at their lower bounds on the oldest Python: that is how those are tested."""
    return lowest(requirements) if version == pythons()[0] else requirements


def working_environment() -> Path:
    """The `bin` folder of `.venv`: the package as it lies here, all extras, and what its tests need."""
    return _environment(ROOT / ".venv", Path(sys.executable), [*_editable(), *group(*WORKING_GROUPS)])


def tool_environment(name: str) -> Path:
    """The `bin` folder of an environment for tools that don't go with others, of the dependency group of that name; the
    package as it lies here is in it, with all extras."""
    return _environment(CACHE / name, Path(sys.executable), [*_editable(), *group(name)])


def _editable() -> list[str]:
    every_extra = ",".join(project()["project"]["optional-dependencies"])
    # pip finds the package's own requirements itself; they are given as well so that a change of them shows in the stamp.
    return ["--editable", "{0}[{1}]".format(ROOT, every_extra), *dependencies(), *extras()]


def demo_environment() -> Path:
    """The `bin` folder of an environment with what a user installs, an embedded Redis and LaunchDarkly's SDK."""
    oldest = controllers()[0].ansible_core
    package = ["--editable", "{0}[emulator,redis]".format(ROOT), *dependencies()]
    needs = [*package, "ansible-core>=" + oldest, *group("demo")]
    return _environment(CACHE / "demo", Path(sys.executable), needs)


def package_environment(version: str) -> Path:
    """The `bin` folder of an environment for the package's tests on another Python. Raises NotRun.

    On the oldest Python, the package's dependencies are those of its lower bounds.
    """
    needs = _of_python(version, [*dependencies(), *extras()])
    return _environment(CACHE / ("python-" + version), require_interpreter(version), [*needs, *group("package")])


def target_environment(version: str) -> Path:
    """The `bin` folder of a managed node's Python: what the README asks for, not the package itself. Raises NotRun."""
    needs = _of_python(version, dependencies())
    return _environment(CACHE / ("target-" + version), require_interpreter(version), needs)


def units_environment(version: str) -> Path:
    """The `bin` folder of an environment for ansible-test's unit tests: what the modules need on a managed node, and what
    ansible-test would install itself. Raises NotRun."""
    needs = _of_python(version, dependencies())
    return _environment(CACHE / ("units-python-" + version), require_interpreter(version), [*needs, *group("units")])


def controller_environment(controller: Controller) -> Path:
    """The `bin` folder of an environment with one version of ansible-core, and what the collection needs there. Raises NotRun."""
    needs = ["ansible-core~={0}.0".format(controller.ansible_core), *dependencies(), *group("controller")]
    path = CACHE / ("ansible-" + controller.ansible_core)
    return _environment(path, require_interpreter(controller.python), needs)


def roles_environment(controller: Controller) -> Path:
    """The `bin` folder of an environment with the collections that the roles build on, and ansible-lint. Raises NotRun."""
    # The package holds a hundred collections: compiling them would take five times as long and twice the room.
    needs = ["--no-compile", "ansible~={0}.0".format(controller.ansible), *group("roles")]
    path = CACHE / ("roles-" + controller.ansible_core)
    return _environment(path, require_interpreter(controller.python), needs)


def lock_of(path: Path) -> Path:
    """The file with the exact versions of the environment that lies at `path`."""
    return LOCKS / (path.name.removeprefix(".") + ".txt")


def _environment(path: Path, python: Path, arguments: list[str]) -> Path:
    stamp, lock = path / "made-from.json", lock_of(path)
    locked = lock.read_text(encoding="utf-8") if lock.exists() else ""
    wanted = json.dumps([str(python), arguments, locked.splitlines()], indent=1)
    there = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
    if there != wanted:
        print("Making the environment {0} with {1}".format(path.relative_to(ROOT), python), flush=True)
        if not there or json.loads(there)[0] != str(python):
            subprocess.run([str(python), "-m", "venv", "--clear", str(path)], check=True)
        constraint = ["--constraint", str(lock)] if locked else []
        pip = [str(path / "bin/python"), "-m", "pip"]
        subprocess.run([*pip, "install", "-qq", *constraint, *arguments], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return path / "bin"


if __name__ == "__main__":
    working_environment()
