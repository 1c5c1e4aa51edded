# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ansible-test` over the built and installed collection, as Galaxy and users see it: sanity, with no ignore file, units, and
integration tests against the emulator.

    python -m tools.ansible_test sanity 2.18

runs in the environment of that ansible-core, as the nox sessions `sanity-2.18` and `units-2.18` do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ld_segment_store.emulator import Emulator
from tools import collection
from tools.environments import CACHE, ROOT, environment, pythons

# ansible-test downloads pip's bootstrap script, unless a file of this name exists. This one makes a module `pip` that lets uv
# install, in each of some ten environments: 59 s of processor time for all of sanity instead of 83 s.
# The names hold the pip version that ansible-core 2.18 and 2.21 require.
GET_PIP_NAMES = ("get_pip_24_2.py", "get_pip_25_2.py")
GET_PIP = """
import pathlib, sysconfig
pip = pathlib.Path(sysconfig.get_path("purelib"), "pip")
pip.mkdir(parents=True)
(pip / "__init__.py").touch()
(pip / "__main__.py").write_text({main!r})
"""
PIP_MAIN = """
import os, subprocess, sys
command = [{uv!r}, "pip", *sys.argv[1:2], "--quiet", "--python", sys.executable, *sys.argv[2:]]
sys.exit(subprocess.call(command, env={{**os.environ, **{variables!r}}}))
"""
# Where uv finds packages: ansible-test passes no variables on. Not all of uv's, since UV_PUBLISH_TOKEN would be in a file then.
UV_VARIABLES = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_SYSTEM_CERTS", "SSL_CERT_")

_SKIPPED = re.compile(r'Skipping (?P<test>sanity test "[\w-]+"|unit tests)(?: on Python (?P<python>[\d.]+))?')


def run_sanity(ansible_core: str) -> list[str]:
    """Run sanity. Raises CalledProcessError when it reports something; returns a sentence for each test that was skipped."""
    tree = _install(CACHE / ("sanity-" + ansible_core))
    return _run(tree, ["sanity", "--local"], ansible_core)


def run_units(ansible_core: str) -> list[str]:
    """Run the unit tests on every Python. Raises CalledProcessError when one fails; returns what was skipped."""
    tree = _install(CACHE / ("units-" + ansible_core))
    shutil.copytree(ROOT / "tests/unit", tree / "tests/unit", ignore=shutil.ignore_patterns("__pycache__"))
    skipped = []
    for version in pythons():
        # ansible-test's own environments take 15 s each time, and do not have the lower bounds of the requirements.
        python = str(environment("units-" + version) / "python")
        where = ["--local", "--python", version, "--python-interpreter", python]
        skipped += _run(tree, ["units", *where, "--num-workers", "0"], ansible_core)
    return skipped


def run_integration(ansible_core: str) -> list[str]:
    """Run the integration tests against an emulator. Raises CalledProcessError when one fails; returns what was skipped."""
    tree = _install(CACHE / ("integration-" + ansible_core))
    shutil.copytree(ROOT / "tests/integration", tree / "tests/integration")
    config = tree / "tests/integration/integration_config.yml"
    template = config.with_name(config.name + ".template").read_text(encoding="utf-8")
    with Emulator(access_tokens=["api-emulator"]) as emulator:
        config.write_text(template.replace("http://127.0.0.1:8030", emulator.url), encoding="utf-8")
        return _run(tree, ["integration", "--local"], ansible_core)


def not_run(output: list[str], supported: list[str], where: str) -> list[str]:
    """What ansible-test skipped although it must not, read from its output, because its exit code is 0 all the same.

    A Python outside the matrix may be missing.

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
            sentences[f"ansible-test {where} found no files"] = None
        if found and found["python"] is None:
            sentences["{} {}: {}".format(found["test"], where, line)] = None
        elif found and found["python"] in supported:
            sentences["{} on Python {} {}".format(found["test"], found["python"], where)] = None
    return list(sentences)


def _install(folder: Path) -> Path:
    """The collection, built and installed into a new folder."""
    ansible = Path(sys.executable).parent
    shutil.rmtree(folder, ignore_errors=True)
    return collection.install(ansible, collection.build(ansible, folder / "dist"), folder / "installed")


def _get_pip() -> str:
    uv = shutil.which("uv", path=os.pathsep.join([str(ROOT / ".cache/nox/bin"), os.environ["PATH"]]))
    if uv is None:
        sys.exit("uv is missing. Create it with: make .venv")
    cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    variables = {name: value for name, value in os.environ.items() if name.startswith(UV_VARIABLES)}
    return GET_PIP.format(main=PIP_MAIN.format(uv=uv, variables={**variables, "UV_CACHE_DIR": cache}))


def _run(tree: Path, arguments: list[str], ansible_core: str) -> list[str]:
    """Run the tests over a folder, and show their output meanwhile."""
    ansible = Path(sys.executable).parent
    # A home for each ansible-core, because two of them may run at the same time and keep environments there.
    home = CACHE / ("home-" + ansible_core)
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    get_pip = _get_pip()
    for name in GET_PIP_NAMES:
        (cache / name).write_text(get_pip, encoding="utf-8")
    # A repository of its own: ansible-test asks git for the files, and the project's git ignores this folder.
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    command = [str(ansible / "ansible-test"), *arguments, "--color", "no"]
    print("$ cd {}; ansible-test {}".format(tree.relative_to(ROOT), " ".join(command[1:])), flush=True)
    environ = collection.environ(ansible) | {"HOME": str(home)}
    output = []
    with subprocess.Popen(
        command, cwd=tree, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None  # a pipe was requested
        for line in process.stdout:
            print(line, end="", flush=True)
            output.append(line)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return not_run(output, pythons(), "with ansible-core " + ansible_core)


def main(arguments: list[str]) -> int:
    """Run sanity, units or integration, and return the exit code. A skipped test is a failure when the variable CI is set."""
    kind, ansible_core = arguments
    try:
        skipped = {"sanity": run_sanity, "units": run_units, "integration": run_integration}[kind](ansible_core)
    except subprocess.CalledProcessError as error:
        return error.returncode
    for sentence in skipped:
        print("NOT RUN: " + sentence)
    return 1 if skipped and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
