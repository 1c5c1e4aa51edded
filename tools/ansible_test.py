# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ansible-test` over the built and installed collection: sanity, with no ignore file, and units, on every Python of the matrix.

Sanity runs twice. Over the collection as it is installed, which is what Galaxy and users see. And over a copy with a file in
place of each link: ansible-test leaves links out of most of its tests (`import` and `no-assert` among them), and the code
that runs on targets is behind links.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tools import collection
from tools.environments import CACHE, ROOT, Controller, controller_environment, pythons, units_environment

# ansible-test downloads pip's bootstrap script from a host of its own, unless a file of this name is there. Python's own
# ensurepip does the same without the network. The names hold the pip version that ansible-core 2.18 and 2.21 ask for.
GET_PIP_NAMES = ("get_pip_24_2.py", "get_pip_25_2.py")
GET_PIP = """import subprocess, sys
sys.exit(subprocess.call([sys.executable, "-m", "ensurepip", "--default-pip"]))
"""

_SKIPPED = re.compile(r'Skipping (?P<test>sanity test "[\w-]+"|unit tests)(?: on Python (?P<python>[\d.]+))?')


def run_sanity(controller: Controller) -> list[str]:
    """Run sanity and raise CalledProcessError when it finds something. Returns what was left out, a sentence each."""
    ansible = controller_environment(controller)
    installed = _install(ansible, CACHE / ("sanity-" + controller.ansible_core))
    _prepare_get_pip()
    trees = [installed, _with_files(installed)]
    runs = [_run(ansible, tree, ["sanity", "--local"]) for tree in trees]
    return _result(runs, controller)


def run_units(controller: Controller) -> list[str]:
    """Run the unit tests on every Python and raise CalledProcessError when one fails. Returns what was left out."""
    ansible = controller_environment(controller)
    tree = _with_files(_install(ansible, CACHE / ("units-" + controller.ansible_core)))
    shutil.copytree(ROOT / "tests/unit", tree / "tests/unit", ignore=shutil.ignore_patterns("__pycache__"))
    runs = []
    for version in pythons():
        # An environment of ours has pytest and the oldest or newest dependencies; ansible-test's own take 15 s each time.
        python = units_environment(version) / "python"
        where = ["--local", "--python", version, "--python-interpreter", str(python)]
        runs.append(_run(ansible, tree, ["units", *where, "--num-workers", "1"]))
    return _result(runs, controller)


def not_run(output: list[str], supported: list[str], where: str) -> list[str]:
    """What ansible-test skipped, by its output, although it should not: it ends with 0 all the same.

    A Python that is not in the matrix may be missing.

    >>> not_run(['WARNING: Skipping sanity test "import" on Python 3.9 because it could not be found.'], ["3.9"], "here")
    ['sanity test "import" on Python 3.9 here']
    >>> not_run(['WARNING: Skipping sanity test "import" on Python 3.99 because it could not be found.'], ["3.9"], "here")
    []
    >>> not_run(["WARNING: Skipping unit tests on Python 3.9 because it is not supported."], ["3.9"], "here")
    ['unit tests on Python 3.9 here']
    >>> not_run(["WARNING: All targets skipped."], ["3.9"], "here")
    ['ansible-test here found no files']
    """
    sentences: dict[str, None] = {}
    for line in output:
        found = _SKIPPED.search(line)
        if "All targets skipped" in line:
            sentences["ansible-test {0} found no files".format(where)] = None
        if found and found["python"] is None:
            sentences["{0} {1}: {2}".format(found["test"], where, line)] = None
        elif found and found["python"] in supported:
            sentences["{0} on Python {1} {2}".format(found["test"], found["python"], where)] = None
    return list(sentences)


def _install(ansible: Path, folder: Path) -> Path:
    """The collection, built and installed into a folder made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    return collection.install(ansible, collection.build(ansible, folder / "dist"), folder / "installed")


def _with_files(installed: Path) -> Path:
    """A copy with a file in place of each link."""
    tree = installed.parents[3] / "files" / collection.FOLDER
    shutil.copytree(installed, tree, symlinks=False)
    shutil.rmtree(tree / "ld_segment_store")  # the same files again
    return tree


def _prepare_get_pip() -> None:
    cache = collection.HOME / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        (cache / name).write_text(GET_PIP, encoding="utf-8")


def _run(ansible: Path, tree: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the tests over a folder, and show their output meanwhile."""
    # A repository of its own: ansible-test asks git for the files, and the project's git ignores this folder.
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    command = [str(ansible / "ansible-test"), *arguments, "--color", "no"]
    print("$ cd {0}; ansible-test {1}".format(tree.relative_to(ROOT), " ".join(command[1:])), flush=True)
    output = []
    with subprocess.Popen(
        command, cwd=tree, env=collection.environ(ansible), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None  # a pipe was asked for
        for line in process.stdout:
            print(line, end="", flush=True)
            output.append(line)
    return subprocess.CompletedProcess(command, process.returncode, "".join(output))


def _result(runs: list[subprocess.CompletedProcess[str]], controller: Controller) -> list[str]:
    for run in runs:
        run.check_returncode()
    output = [line for run in runs for line in run.stdout.splitlines()]
    return not_run(output, pythons(), "with ansible-core " + controller.ansible_core)
