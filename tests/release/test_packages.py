# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is published works where nothing else is: installed into clean environments, away from the source, and used there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from ld_segment_store.core.version import __version__
from tests.docs.markdown import blocks
from tests.docs.workflow import SHELLS, action_steps
from tests.release.conftest import Artifacts
from tools import collection, release
from tools.galaxy import present

STORES = """
stores:
  - project_key: default
    environment_key: production
    redis: {host: redis.example.com, password: {env: REDIS_PASSWORD}}
"""
CONSUMER = """
from ld_segment_store import Client, Outcome, Settings, ensure_present

def apply(client: Client) -> Outcome:
    return ensure_present(client, Settings("shop", "live", "redis", {"host": "redis.example.com"}), check=True)

port: str = apply(Client("api-token")).changed
"""


class Installed:
    """An environment with one artifact and what it needs, and a folder to work in, which is not the source's."""

    def __init__(self, folder: Path, venv: Path) -> None:
        self.folder = folder
        self.bin = venv / "bin"
        path = os.pathsep.join([str(self.bin), os.defpath])
        self.environ = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"}

    def __call__(self, command: str, *arguments: str, code: int = 0, environ: Mapping[str, str] | None = None) -> str:
        """Run a command and return what it printed."""
        answer = subprocess.run(
            [str(self.bin / command), *arguments],
            cwd=self.folder,
            # What pip needs of the surroundings, but no way to the source.
            env={**os.environ, "PYTHONPATH": "", **self.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert answer.returncode == code, answer.stdout
        return answer.stdout


@pytest.fixture(scope="module")
def from_wheel(artifacts: Artifacts, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel with the extras of the emulator and of files, a type checker, and pytest."""
    wheel = f"{artifacts.wheel}[emulator,fleet]"
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    installed = Installed(folder, folder / "venv")
    installed("python", "-m", "pip", "install", "-qq", wheel, "mypy", "types-requests", "pytest")
    return installed


@contextmanager
def emulator(installed: Installed) -> Iterator[str]:
    """Its URL, while it runs."""
    command = [str(installed.bin / "ld-segment-store"), "emulator", "--port", "0"]
    with subprocess.Popen(
        command, cwd=installed.folder, env=installed.environ, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def test_it_is_not_the_source(from_wheel: Installed) -> None:
    where = from_wheel("python", "-c", "import ld_segment_store; print(ld_segment_store.__file__)").strip()
    assert Path(where).is_relative_to(from_wheel.folder / "venv")
    assert from_wheel("ld-segment-store", "--version").split()[-1] == __version__
    assert "preflight" in from_wheel("ld-segment-store", "--help")


def test_plan_and_apply_with_the_emulator(from_wheel: Installed) -> None:
    (from_wheel.folder / "stores.yml").write_text(STORES)
    with emulator(from_wheel) as url:
        account = {
            "LAUNCHDARKLY_API_HOST": url,
            "LAUNCHDARKLY_ACCESS_TOKEN": "api-emulator",
            "REDIS_PASSWORD": "MARKER-password",
        }
        planned = from_wheel("ld-segment-store", "plan", "stores.yml", environ=account)
        applied = from_wheel("ld-segment-store", "apply", "stores.yml", environ=account)
        again = from_wheel("ld-segment-store", "plan", "stores.yml", environ=account)
    assert "create" in planned
    assert "1 created" in applied
    assert "create" not in again
    assert "MARKER" not in planned + applied + again


def test_a_type_checker_sees_the_types(from_wheel: Installed) -> None:
    (from_wheel.folder / "consumer.py").write_text(CONSUMER)
    said = from_wheel("mypy", "--strict", "consumer.py", code=1)
    assert 'expression has type "bool", variable has type "str"' in said
    assert "Found 1 error" in said


def test_the_fixture_of_pytest_in_another_project(from_wheel: Installed) -> None:
    """The test of the page, where nothing but the installation makes pytest find the fixture."""
    (block,) = (found for found in blocks("docs/how-to/test-your-code.md") if found.name == "test_provision.py")
    project = from_wheel.folder / "project"
    project.mkdir()
    (project / block.name).write_text(block.text)
    options = ["-W", "error", "--strict-markers", "-p", "no:cacheprovider", str(project)]
    assert "2 passed" in from_wheel("pytest", *options)
    assert "fixture 'launchdarkly_emulator' not found" in from_wheel(
        "pytest", "-p", "no:ld-segment-store", "-p", "no:cacheprovider", str(project), code=1
    )
    from_wheel("mypy", "--strict", str(project / block.name))


def test_without_extras_what_needs_them_says_so(artifacts: Artifacts, tmp_path: Path) -> None:
    """The source distribution, too, is built and installed where nothing of ours is: by the first step of the GitHub action."""
    (step, *_rest) = action_steps("pull_request", {}, {})
    environ = {**os.environ, **step["env"], "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(artifacts.sdist)}
    environ["PATH"] = os.pathsep.join([str(Path(sys.base_prefix) / "bin"), os.defpath])
    subprocess.run([*SHELLS["bash"], "-c", step["run"]], env=environ, check=True)
    bare = Installed(tmp_path, tmp_path / "ld-segment-store")
    assert bare("ld-segment-store", "--version").split()[-1] == __version__
    said = bare("ld-segment-store", "preflight", "dynamodb", "--table-name", "t-1", "--region", "eu-west-1", code=1)
    assert "pip install --upgrade 'ld-segment-store[dynamodb]'" in said
    assert "Traceback" not in said


def test_built_again_it_is_the_same(artifacts: Artifacts, origin: Path, tools: Path, tmp_path: Path) -> None:
    again = release.build(origin, tmp_path, tools)
    assert [file.read_bytes() for file in again[:2]] == [file.read_bytes() for file in artifacts[:2]]


def test_ansible_doc_lists_what_the_tarball_brings(
    artifacts: Artifacts, origin: Path, tools: Path, tmp_path: Path
) -> None:
    collection.install(tools, artifacts.tarball, tmp_path)
    listed = set()
    for kind in ("module", "lookup", "inventory", "role"):
        command = [str(tools / "ansible-doc"), "-l", "-t", kind, collection.NAME]
        answer = subprocess.run(
            command, env=collection.environ(tools, tmp_path), check=True, stdout=subprocess.PIPE, text=True
        )
        names = [line.split()[0].rstrip(":") for line in answer.stdout.splitlines() if line.startswith(collection.NAME)]
        listed |= {"{} {}".format(kind, name.rsplit(".", 1)[1]) for name in names}
    unlisted = ("action", "module_utils", "doc_fragments", "playbook")  # kinds that ansible-doc does not know
    assert listed == {entry for entry in present(origin) if entry.split()[0] not in unlisted}
