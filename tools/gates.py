# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The gates that a change must pass: `python3 -m tools.gates [NAME ...]`, by default all of them.

A name picks every gate that begins with it (`sanity` picks `sanity-2.18` and `sanity-2.21`). A gate that fails does not stop
the others. What could not run on this machine is said at the end, and is a failure when CI is set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tools import ansible_test, collection, galaxy
from tools.environments import (
    ROOT,
    Controller,
    NotRun,
    controller_environment,
    controllers,
    oldest_and_newest,
    package_environment,
    pythons,
    roles_environment,
    target_environment,
    working_environment,
)

# The tests that run Ansible as ANSIBLE_BIN says, once for each ansible-core: with nothing else, and with other collections.
PLAYBOOKS = "tests/collection"
ROLES = "tests/roles"
# What somebody who has just found the project does, on a clone of its own.
NEWCOMER = "tests/newcomer"
# The documentation site in a browser.
SITE = "tests/site"
# What is published, with tools in an environment of their own.
RELEASE = "tests/release"
# What ansible-test runs, under the collection's name.
UNITS = "tests/unit"
# The tests that have a gate of their own, and those that need more than the package: a browser, Ansible, or this working tree.
ELSEWHERE = (PLAYBOOKS, ROLES, NEWCOMER, SITE, RELEASE, UNITS)
WORKING_TREE = (*ELSEWHERE, "tests/acceptance", "tests/docs", "tests/house", "tests/notebook/live")

# A test that hangs fails, and shows where.
PYTEST = ["pytest", "--timeout=300"]

# Runs the gate. Returns what of it could not run here, a sentence each; raises NotRun when nothing could.
Gate = Callable[[], list[str]]


def gates() -> dict[str, Gate]:
    """All gates by name, quick ones first."""
    named: dict[str, Gate] = {"lint": lint, "types": types, "galaxy": galaxy.run_importer}
    for controller in controllers():
        named["units-" + controller.ansible_core] = partial(ansible_test.run_units, controller)
    named |= {"release": release, "tests": tests}
    for version in (pythons()[0], pythons()[-1]):
        named["python-" + version] = partial(package, version)
    for controller in oldest_and_newest():
        named["playbooks-" + controller.ansible_core] = partial(playbooks, controller)
    for controller in oldest_and_newest():
        named["roles-" + controller.ansible_core] = partial(roles, controller)
    for controller in controllers():
        named["sanity-" + controller.ansible_core] = partial(ansible_test.run_sanity, controller)
    return named | {"docs": docs, "newcomer": newcomer}


def lint() -> list[str]:
    """Ruff: rules and format."""
    return _run(working_environment(), ["ruff", "check"], ["ruff", "format", "--check"])


def types() -> list[str]:
    """Mypy, strict: the code that runs on every Python; the tools, which need 3.11; the plugins by their collection's name."""
    return _run(
        working_environment(),
        ["mypy", "ld_segment_store", "tests", "--exclude", "^tests/(house|release|unit)/"],
        ["mypy", "tools", "tests/house", "tests/release", "--python-version", "3.11"],
        ["mypy", "--package", collection.PACKAGE + ".plugins", "--package", collection.PACKAGE + ".tests.unit"],
        MYPYPATH=str(collection.importable()),
    )


def tests() -> list[str]:
    """Every test that has no gate of its own, and the examples in docstrings."""
    return _run(working_environment(), [*PYTEST, "tests", "ld_segment_store", "tools", *_without(ELSEWHERE)])


def package(version: str) -> list[str]:
    """The package's tests on one version of Python."""
    return _run(package_environment(version), [*PYTEST, "tests", "ld_segment_store", *_without(WORKING_TREE)])


def playbooks(controller: Controller) -> list[str]:
    """The collection's tests with one version of ansible-core, on a managed node with one version of Python."""
    ansible, target = controller_environment(controller), target_environment(controller.target)
    environ = {"ANSIBLE_BIN": str(ansible), "ANSIBLE_TARGET_PYTHON": str(target / "python")}
    return _run(working_environment(), [*PYTEST, PLAYBOOKS], **environ)


def roles(controller: Controller) -> list[str]:
    """The tests of the roles, with the collections that they build on, of the package `ansible` of that time."""
    # A minute for the pages is enough once.
    others = [] if controller == oldest_and_newest()[-1] else _without((ROLES + "/test_pages.py",))
    return _run(working_environment(), [*PYTEST, ROLES, *others], ANSIBLE_BIN=str(roles_environment(controller)))


def docs() -> list[str]:
    """The documentation site: built without a warning, its links followed, its pages looked at in a browser."""
    # By this Python, as `make docs` does: another one would have an environment made anew.
    subprocess.run([sys.executable, "-m", "tools.documentation"], cwd=ROOT, check=True)
    return _run(working_environment(), [*PYTEST, SITE])


def newcomer() -> list[str]:
    """The README followed on a clone, with Python, pip, git and make alone."""
    return _run(working_environment(), [*PYTEST, NEWCOMER])


def release() -> list[str]:
    """Changelog, packages installed where nothing else is, a release in a repository of its own, and the pre-commit hooks."""
    return _run(working_environment(), [*PYTEST, RELEASE])


def _without(folders: Sequence[str]) -> list[str]:
    return ["--ignore=" + folder for folder in folders]


def _run(bin_folder: Path, *commands: list[str], **environ: str) -> list[str]:
    """Run all commands, then raise CalledProcessError if one failed. Nothing is left out: the list is empty."""
    failed = None
    for command in commands:
        print("$ " + " ".join(command), flush=True)
        arguments = [str(bin_folder / "python"), "-m", *command]
        try:
            subprocess.run(arguments, cwd=ROOT, env=os.environ | environ, check=True)
        except subprocess.CalledProcessError as error:
            failed = error
    if failed:
        raise failed
    return []


def main(names: list[str]) -> int:
    """Run the gates picked, say how each went, and return the exit code."""
    known = gates()
    picked = {name: gate for name, gate in known.items() if not names or name.startswith(tuple(names))}
    if not picked:
        print("There is no gate of that name: there are {0}.".format(", ".join(known)))
        return 2
    failed, missing, lines = False, [], []
    for name, gate in picked.items():
        print("\n=== {0}".format(name), flush=True)
        began, outcome = time.monotonic(), "passed"
        try:
            missing += gate()
        except NotRun as error:
            outcome = "not run"
            missing.append("{0}: {1}".format(name, error))
        except subprocess.CalledProcessError:
            outcome, failed = "FAILED", True
        lines.append("{0:<16} {1:<8} {2:6.1f} s".format(name, outcome, time.monotonic() - began))
    print("\n" + "\n".join(lines))
    for sentence in missing:
        print("NOT RUN: {0}".format(sentence))
    return 1 if failed or (missing and os.environ.get("CI")) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
