# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ansible-test sanity` over the built collection, with no ignore file, on every Python of the matrix.

It runs twice. Over the collection as it is installed, which is what Galaxy and users see. And over a copy with a file in
place of each link: ansible-test leaves links out of most of its tests (`import` and `no-assert` among them), and the code
that runs on targets is behind links.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tools import collection
from tools.environments import CACHE, ROOT, Controller, controller_environment, pythons

# ansible-test downloads pip's bootstrap script from a host of its own, unless a file of this name is there. Python's own
# ensurepip does the same without the network. The names hold the pip version that ansible-core 2.18 and 2.21 ask for.
GET_PIP_NAMES = ("get_pip_24_2.py", "get_pip_25_2.py")
GET_PIP = """import subprocess, sys
sys.exit(subprocess.call([sys.executable, "-m", "ensurepip", "--default-pip"]))
"""

_SKIPPED = re.compile(r'Skipping sanity test "(?P<test>[\w-]+)"(?: on Python (?P<python>[\d.]+))?')


def run_sanity(controller: Controller) -> list[str]:
    """Run it and raise CalledProcessError when it finds something. Returns what was left out, a sentence each."""
    ansible = controller_environment(controller)
    folder = CACHE / ("sanity-" + controller.ansible_core)
    shutil.rmtree(folder, ignore_errors=True)
    installed = collection.install(ansible, collection.build(ansible, folder / "dist"), folder / "installed")
    with_files = folder / "files" / collection.FOLDER
    shutil.copytree(installed, with_files, symlinks=False)
    shutil.rmtree(with_files / "ld_segment_store")  # the same files again
    _prepare_get_pip()
    runs = [_ansible_test(ansible, installed), _ansible_test(ansible, with_files)]
    for run in runs:
        run.check_returncode()
    output = [line for run in runs for line in run.stdout.splitlines()]
    return not_run(output, pythons(), "with ansible-core " + controller.ansible_core)


def not_run(output: list[str], supported: list[str], where: str) -> list[str]:
    """What ansible-test skipped, by its output, although it should not: it ends with 0 all the same.

    A Python that is not in the matrix may be missing.

    >>> not_run(['WARNING: Skipping sanity test "import" on Python 3.9 because it could not be found.'], ["3.9"], "here")
    ['sanity test import on Python 3.9 here']
    >>> not_run(['WARNING: Skipping sanity test "import" on Python 3.99 because it could not be found.'], ["3.9"], "here")
    []
    >>> not_run(["WARNING: All targets skipped."], ["3.9"], "here")
    ['ansible-test sanity here found no files']
    """
    sentences: dict[str, None] = {}
    for line in output:
        found = _SKIPPED.search(line)
        if "All targets skipped" in line:
            sentences["ansible-test sanity {0} found no files".format(where)] = None
        if found and found["python"] is None:
            sentences["sanity test {0} {1}: {2}".format(found["test"], where, line)] = None
        elif found and found["python"] in supported:
            sentences["sanity test {0} on Python {1} {2}".format(found["test"], found["python"], where)] = None
    return list(sentences)


def _prepare_get_pip() -> None:
    cache = collection.HOME / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        (cache / name).write_text(GET_PIP, encoding="utf-8")


def _ansible_test(ansible: Path, tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests over a folder, and show their output meanwhile."""
    # A repository of its own: ansible-test asks git for the files, and the project's git ignores this folder.
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    command = [str(ansible / "ansible-test"), "sanity", "--local", "--color", "no"]
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
