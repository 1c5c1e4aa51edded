# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Real runs of `ansible-playbook` with the collection as a user installs it, and what came of each task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.emulator import RequestRecord
from tests.collection.preloaded_ansible import COMMANDS, PreloadedAnsible
from tests.collection.preloaded_python import PreloadedPython

ROOT = Path(__file__).resolve().parents[2]
# The controller's commands, and the Python of the managed node.
ANSIBLE = Path(os.environ.get("ANSIBLE_BIN", Path(sys.executable).parent))
TARGET_PYTHON = os.environ.get("ANSIBLE_TARGET_PYTHON", sys.executable)
# Where Python finds how to keep compiled modules.
COMPILED = Path(__file__).parent / "compiled"
# What Python reads when it starts.
READ_AT_START = {"LANG": "C.UTF-8", "PYTHONPATH": str(COMPILED)}

COLLECTION = "featureops.launchdarkly"
STORE = COLLECTION + ".ld_big_segment_store"
STORE_INFO = COLLECTION + ".ld_big_segment_store_info"
PREFLIGHT = COLLECTION + ".ld_big_segment_store_preflight"
GROUP = f"group/{COLLECTION}.launchdarkly"

# Every secret of these tests holds this word, and no output may.
MARKER = "MARKER"
TOKEN = "api-MARKER-token-5f0c"
PASSWORD = "first-MARKER-password"

# A seed: a project with two environments and no integrations.
SHOP: dict[str, Any] = {"projects": {"shop": {"environments": {"live": {}, "test": {}}}}}

# Options of a store, the least of Redis and all of DynamoDB.
REDIS: dict[str, Any] = {"host": "redis.example.com"}
DYNAMODB: dict[str, Any] = {
    "table_name": "launchdarkly-big-segments",
    "region": "eu-central-1",
    "external_id": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
    "role_arn": "arn:aws:iam::123456789012:role/launchdarkly-big-segments",
}

LOCALHOST = "localhost"
_SECONDS = 120

Task = dict[str, Any]

# By what configures Ansible.
processes: dict[frozenset[tuple[str, str]], PreloadedAnsible] = {}
# By the Python that they run.
pythons: dict[str, PreloadedPython] = {}


def config(integration_key: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """A store's options as the API's `config`."""
    variables = STORE_TYPES[integration_key].variables
    return {variable.key: options[variable.option] for variable in variables if variable.option in options}


def store(**options: Any) -> Task:
    """A task of ld_big_segment_store."""
    return {STORE: options}


def info(**options: Any) -> Task:
    """A task of ld_big_segment_store_info."""
    return {STORE_INFO: options}


def checked(task: Task) -> Task:
    """The same task in check mode."""
    return {**task, "check_mode": True}


@dataclass(frozen=True)
class Result:
    """What one task gave on one host. `requests` are those that the emulator saw during the task."""

    outcome: str
    values: Mapping[str, Any]
    requests: Sequence[RequestRecord]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def failed(self) -> bool:
        return self.outcome in ("failed", "unreachable")

    @property
    def keys(self) -> set[str]:
        """The module's own keys, without those that Ansible adds."""
        added = {"invocation", "warnings", "ansible_facts", "exception", "failed"}
        return {key for key in self.values if key not in added and not key.startswith("_ansible")}

    @property
    def warnings(self) -> list[str]:
        return list(self.values.get("warnings", ()))

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    @property
    def drifted(self) -> list[str]:
        return [drift["field"] for drift in self["drift"]]


@dataclass(frozen=True)
class Run:
    """One run: results by task (and host), and everything that was printed."""

    output: str
    results: Mapping[tuple[str, str], Result]

    def __getitem__(self, task: str) -> Result:
        return self.results[task, LOCALHOST]

    def at(self, task: str, host: str) -> Result:
        return self.results[task, host]


class Playbooks:
    """Runs playbooks in a folder of its own, with HOME there too, and no way to the Internet."""

    def __init__(self, collections: Path, folder: Path) -> None:
        self.collections = collections
        self.folder = folder
        (folder / "ansible.cfg").touch()  # else that of the machine counts

    def run(
        self,
        tasks: Mapping[str, Task],
        *,
        ld: Emulator | None = None,
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        defaults: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        arguments: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
        may_fail: bool = False,
        pattern: str = "all",
        **play: Any,
    ) -> Run:
        """Run named tasks, by default on localhost against `ld`.

        `hosts` has variables by host; a host's results don't tell the requests, since hosts run side by side. `defaults`
        are the group's module_defaults, by default `ld` and its token. `pattern` selects the hosts of the play. No output
        may hold a traceback or a secret.
        """
        if defaults is None:
            defaults = {"api_host": ld.url, "access_token": ld.access_token} if ld else {}
        secrets: dict[str, str] = {}
        book = {
            "hosts": pattern,
            "gather_facts": False,
            "ignore_errors": True,
            "module_defaults": {GROUP: _set_aside(defaults, secrets)},
            **play,
            "tasks": [{"name": name, **_set_aside(task, secrets)} for name, task in tasks.items()],
        }
        inventory_file = self._inventory(hosts or {LOCALHOST: {}}, {**secrets, **(variables or {})})
        results_file = self.folder / "results.jsonl"
        results_file.write_text("", encoding="utf-8")
        environ = {
            "TEST_RESULTS": str(results_file),
            "TEST_EMULATOR": ld.url if ld and not hosts else "",
            **(environ or {}),
        }
        before = len(ld.requests) if ld else 0
        book_file = self._write("playbook.yml", [book])
        output = self.command("ansible-playbook", "-i", inventory_file, *arguments, book_file, **environ)
        run = Run(output, _results(results_file, before, ld.requests if ld else []))
        _check(run, results_file.read_text(encoding="utf-8"), may_fail=may_fail)
        return run

    def command(self, name: str, *arguments: str, **environ: str) -> str:
        """Run one of Ansible's commands and return what it printed, standard error included."""
        variables = self.variables(**environ)
        command = [str(ANSIBLE / name), *arguments]
        configured = Path(variables["ANSIBLE_CONFIG"]).stat().st_size > 0
        run = preloaded if name in COMMANDS and not configured else started
        code, printed = run(command, self.folder, variables)
        assert code == 0, printed
        return printed

    def variables(self, **environ: str) -> dict[str, str]:
        """The environment of a command."""
        return {
            "HOME": str(self.folder),
            "PATH": os.pathsep.join([str(ANSIBLE), os.defpath]),
            # Nothing listens there: who would go to the Internet fails.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "HTTP_PROXY": "http://127.0.0.1:9",
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "results",
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"),
            "ANSIBLE_PIPELINING": "True",
            "ANSIBLE_FORKS": "10",
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_NOCOLOR": "1",
            **READ_AT_START,
            **environ,
        }

    def _inventory(self, hosts: Mapping[str, Mapping[str, Any]], variables: Mapping[str, Any]) -> str:
        connection = {"ansible_connection": "local", "ansible_python_interpreter": forking(TARGET_PYTHON)}
        by_host = {name: dict(its) for name, its in hosts.items()}
        return self._write("inventory.yml", {"all": {"vars": {**connection, **variables}, "hosts": by_host}})

    def _write(self, name: str, content: Any) -> str:
        file = self.folder / name
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return str(file)


def started(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    """The exit code of a command, and what it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout


def preloaded(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    """The same of a command of Ansible, in a process that has imported Ansible under the same configuration."""
    own = ("ANSIBLE_CONFIG", "ANSIBLE_REMOTE_TEMP")  # an empty file, and a folder that is looked up when it is used
    configuration = frozenset(
        (name, environ[name]) for name in environ if name.startswith(("ANSIBLE_", "PYTHON")) and name not in own
    )
    process = processes.pop(configuration, None) or PreloadedAnsible(ANSIBLE / "python", environ)
    answer = process.run(command, folder, environ, _SECONDS)
    processes[configuration] = process  # not one that took too long: it has ended
    return answer


def forking(python: str) -> str:
    """A Python that runs the modules of a managed node as `python` does, in forks of it."""
    if python not in pythons:
        pythons[python] = PreloadedPython(python, READ_AT_START)
    return str(pythons[python].command)


def _set_aside(value: Any, secrets: dict[str, str]) -> Any:
    """The same with variables instead of secrets, as users have them: Ansible quotes lines of the playbook."""
    if isinstance(value, Mapping):
        return {key: _set_aside(entry, secrets) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_set_aside(entry, secrets) for entry in value]
    if not isinstance(value, str) or MARKER not in value:
        return value
    name = f"secret_{len(secrets)}"
    secrets[name] = value
    return "{{ " + name + " }}"


def _results(file: Path, before: int, requests: Sequence[RequestRecord]) -> dict[tuple[str, str], Result]:
    results = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        place = entry["task"], entry["host"]
        assert place not in results, "two tasks are called {!r}".format(entry["task"])
        results[place] = Result(entry["outcome"], entry["values"], requests[before : entry["seen"]])
        before = entry["seen"]
    return results


def _check(run: Run, raw_results: str, *, may_fail: bool) -> None:
    """What holds for every run."""
    assert run.results, run.output
    printed = run.output + raw_results
    assert "Traceback" not in printed, printed
    assert MARKER not in printed, printed
    assert "DEPRECATION" not in printed, printed
    failed = {place: result.values for place, result in run.results.items() if result.failed}
    assert may_fail or not failed, f"{failed}\n{run.output}"
