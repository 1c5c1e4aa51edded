# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Runs a page: every block in its order, as a reader would who has an account, a Redis and a DynamoDB.

Only addresses are others than on the page: LaunchDarkly is the emulator, which really writes to the stores; Redis is a real
one with TLS on a free port of this machine; AWS is moto's.

- A block of `yaml`, `python` or `javascript` whose first line is a comment with a file's name is that file.
- Another block of `yaml` is a playbook, a list of tasks, a seed of the emulator, or a declared fleet, and is run as that.
- The jobs of a workflow of GitHub Actions are run, for a pull request and then for a push.
- In a block of `console`, the lines after a command are what it prints; `...` stands for anything. A command must succeed,
  unless the next one asks for its exit code.
"""

from __future__ import annotations

import doctest
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ld_segment_store.core.documents import redis_acl_line, redis_reader_acl_line
from ld_segment_store.emulator import Emulator, SyncOptions
from tests.collection.playbooks import ANSIBLE
from tests.docs.markdown import Block, blocks, commands
from tests.docs.shell import Shell
from tests.docs.workflow import run_workflow
from tests.support.redis_server import RedisServer, free_port
from tests.support.sync import acl_line

# Whatever a command prints, these may not be in it.
TOKEN = "api-PLANTED-token-4c1e"
PASSWORD = "PLANTED-redis-passw0rd"
ADMIN_PASSWORD = "PLANTED-admin-passw0rd"
CLIENT_SIDE_ID = "64c0f1a2b3c4d5e6f7a8b9c0"
SEGMENTS = {"big-one": {"included": ["user-1", "user-2"]}}
SEED: dict[str, Any] = {
    "projects": {
        "shop": {
            "environments": {
                "live": {"client_side_id": CLIENT_SIDE_ID, "segments": SEGMENTS},
                "test": {"client_side_id": CLIENT_SIDE_ID[:-1] + "1"},
            }
        }
    }
}
# What a reader keeps in a vault, and the variables of the environment that this one takes them from.
VAULT = {
    "launchdarkly_access_token": "LAUNCHDARKLY_ACCESS_TOKEN",
    "launchdarkly_aws_account": "LAUNCHDARKLY_AWS_ACCOUNT",
    "redis_password": "REDIS_PASSWORD",
    "redis_writer_password": "REDIS_PASSWORD",
    "redis_admin_password": "REDIS_ADMIN_PASSWORD",
}
HOSTS = ("localhost", "redis_admin_host", "bastion.example.com")
_FIXED_PORT = re.compile(r"(?:(?<=--port )|(?<=127\.0\.0\.1:))(?:80[0-9]{2}|9845)\b")
# Commands that run until the page ends, and print when they are ready.
_SERVERS = ("ld-segment-store emulator", "ld-segment-store exporter", "ansible-rulebook")
# LaunchDarkly's address as it is in a script of the reader's.
_PYTHON = """import os
from ld_segment_store import Client
Client.__init__.__defaults__ = (os.environ["LAUNCHDARKLY_API_HOST"],)
"""


@dataclass
class World:
    """What a page is run in. `ld` is the account; `collections` is where Ansible finds ours."""

    folder: Path
    collections: Path
    ld: Emulator
    redis: RedisServer
    more: Mapping[str, str] = field(default_factory=dict)
    _ports: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Ansible's commands may be those of another environment than pip and Python.
        (self.folder / ".bin").mkdir()
        for command in ANSIBLE.glob("ansible*"):
            (self.folder / ".bin" / command.name).symlink_to(command)
        programs = [str(self.folder / ".bin"), str(Path(sys.executable).parent), os.defpath]
        (self.folder / "group_vars").mkdir()
        (self.folder / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n", encoding="utf-8")
        self._write("group_vars/all.yml", {name: self._env(variable) for name, variable in VAULT.items()})
        (self.folder / "ca.pem").write_bytes(Path(str(self.redis.ca_path)).read_bytes())
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        hosts = {"all": {"hosts": dict.fromkeys(HOSTS), "vars": local}}
        self._write(".inventory.yml", hosts)
        self.environ = {
            "HOME": str(self.folder),
            "PATH": os.pathsep.join(programs),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            "LAUNCHDARKLY_ACCESS_TOKEN": self.ld.access_token,
            "LAUNCHDARKLY_API_HOST": self.ld.url,
            "LAUNCHDARKLY_AWS_ACCOUNT": "999999999999",
            "REDIS_PASSWORD": PASSWORD,
            "REDIS_ADMIN_PASSWORD": ADMIN_PASSWORD,
            # The authority of the Redis counts as a well-known one.
            "SSL_CERT_FILE": str(self.redis.ca_path),
            # What a page installs is installed already: pip looks, and has nowhere to get it from.
            "PIP_NO_INDEX": "1",
            "PIP_DRY_RUN": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "HTTP_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_INVENTORY": str(self.folder / ".inventory.yml"),
            "ANSIBLE_PIPELINING": "True",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            **self.more,
        }

    def run(self, page: str) -> None:
        """Run all blocks of a page."""
        with Shell(self.folder, self.environ) as shell:
            for block in blocks(page):
                if not block.reason:
                    self._run_block(shell, block)

    def _run_block(self, shell: Shell, block: Block) -> None:
        text = self.addressed(block.text)
        if block.name:
            (self.folder / block.name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / block.name).write_text(text, encoding="utf-8")
        assert block.name or block.language != "javascript", f"{block} is not a file of the page"
        if block.language == "yaml":
            self._run_yaml(shell, block, yaml.safe_load(text))
        elif block.language == "python" and not block.name:
            self._write(".block.py", _PYTHON + text)
            self._expect(shell, "python .block.py", "", block)
        elif block.language == "console":
            self._run_console(shell, block)

    def _run_console(self, shell: Shell, block: Block) -> None:
        listed = commands(block)
        for number, command in enumerate(listed):
            text, output = self.addressed(command.text), self.addressed(command.output)
            told = number + 1 < len(listed) and listed[number + 1].text.strip() == "echo $?"
            if text.startswith(_SERVERS) and not told and " -- " not in text:
                shell.start(text, until=output)
                continue
            self._expect(shell, text, output, block, may_fail=told)

    def _run_yaml(self, shell: Shell, block: Block, data: Any) -> None:
        """Run what has no name of its own; what has one is run by a command of the page."""
        file = self.folder / (block.name or ".block.yml")
        if isinstance(data, dict) and "jobs" in data:
            self._run_workflow(block, data)
        elif block.name:
            return
        elif isinstance(data, dict) and "projects" in data:
            with Emulator(seed=data):
                return
        elif isinstance(data, dict) and "stores" in data:
            self._write(".block.yml", data)
            self._expect(shell, "ld-segment-store plan .block.yml", "", block)
        else:
            assert isinstance(data, list), f"{block} is neither a playbook, nor tasks, a seed or a fleet"
            plays = data if "hosts" in data[0] else [{"hosts": "localhost", "gather_facts": False, "tasks": data}]
            self._write(".block.yml", plays)
            self._expect(shell, f"ansible-playbook {file}", "", block)

    def _run_workflow(self, block: Block, workflow: Mapping[str, Any]) -> None:
        """A pull request, then a push: every step has to succeed."""
        for event in ("pull_request", "push"):
            for name, job in run_workflow(workflow, event, self.folder, self.environ, self.environ).items():
                assert job.failed is None, f"{block}, job {name}: {job.failed}\n{job.output}"

    def _expect(self, shell: Shell, command: str, output: str, block: Block, *, may_fail: bool = False) -> None:
        printed, code = shell.run(command)
        about = f"{block}: {command}\n{printed}"
        assert may_fail or code == 0, f"exit code {code} of {about}"
        for secret in (TOKEN, PASSWORD, ADMIN_PASSWORD):
            assert secret not in printed, about
        assert "Traceback" not in printed, about
        assert "does not provide the extra" not in printed, about
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        if output.strip() and not doctest.OutputChecker().check_output(output, printed, flags):
            raise AssertionError(f"{about}\n--- but the page says\n{output}")

    def addressed(self, text: str) -> str:
        """The text with the addresses of this world."""
        text = text.replace("redis.example.com", "localhost")
        text = re.sub(r"\b6380\b", str(self.redis.port), text)
        return _FIXED_PORT.sub(self._port, text)

    def _port(self, found: re.Match[str]) -> str:
        """A free port instead of one that a page has chosen, the same one each time."""
        if found[0] not in self._ports:
            self._ports[found[0]] = str(free_port())
        return self._ports[found[0]]

    def _env(self, variable: str) -> str:
        return "{{ lookup('ansible.builtin.env', '" + variable + "') }}"

    def _write(self, name: str, content: Any) -> None:
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (self.folder / name).write_text(text, encoding="utf-8")


@contextmanager
def fresh_world(collections: Path, folder: Path, aws_url: str | None = None, **more: str) -> Iterator[World]:
    """An account without integrations, whose emulator writes to real stores, and a Redis with the users of the pages."""
    users = [redis_acl_line("launchdarkly", CLIENT_SIDE_ID), redis_reader_acl_line("sdk", CLIENT_SIDE_ID)]
    acl = [acl_line(line, PASSWORD) for line in users]
    acl.append(f"user admin on >{ADMIN_PASSWORD} ~* &* +@all")
    with RedisServer(tls=True, acl=acl, password=ADMIN_PASSWORD, config={"maxmemory-policy": "noeviction"}) as redis:
        sync = SyncOptions(interval=0.1, redis_ca_file=redis.ca_path, aws_endpoint=aws_url)
        with Emulator(seed=SEED, access_tokens=[TOKEN], sync=sync) as ld:
            yield World(folder, collections, ld, redis, more)
