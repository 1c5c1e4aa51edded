# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`ld-segment-store emulator` as a process."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from ld_segment_store.cli import main as cli
from ld_segment_store.core.version import __version__
from tests.emulator.server.contract import PROJECTS, REDIS, STORES

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "ld_segment_store"]
FIRST_LINE = re.compile(r"LaunchDarkly emulator listening on (http://127\.0\.0\.1:([1-9]\d*))\n")
HEADERS = {"Authorization": "api-emulator", "LD-API-Version": "beta"}


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its URL; it is ended here only if a test failed to."""
    process = subprocess.Popen(
        [*COMMAND, "emulator", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        assert process.stdout
        found = FIRST_LINE.fullmatch(process.stdout.readline())
        assert found, process.communicate(timeout=10)
        yield process, found.group(1)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, timeout=30, env=environment(), check=False
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_start_and_clean_end(number: signal.Signals) -> None:
    with running() as (process, url), requests.Session() as session:
        # A connection that is kept open does not keep the process alive.
        assert session.get(url + STORES, headers=HEADERS, timeout=10).json()["items"] == []
        process.send_signal(number)
        out, error = process.communicate(timeout=10)

    assert (process.returncode, out, error) == (0, "", "")


def test_tokens_seed_state_and_guesses(tmp_path: Path) -> None:
    seed, state = tmp_path / "seed.yaml", tmp_path / "state.json"
    seed.write_text("projects: {shop: {environments: {live: {client_side_id: 64c0ffee}}}}")
    options = ["--access-token", "api-a", "--access-token", "api-b", "--seed", str(seed), "--state", str(state)]
    options += ["--guess", "list_config=empty", "--guess", "mask_starred_below=20", "--rate-limit", "5"]
    body = {"config": {"host": "redis.example.com", "password": "supersecret123"}}
    with running(*options) as (_process, url):
        for token, status in (("api-a", 200), ("api-b", 200), ("api-emulator", 401)):
            answer = requests.get(url + STORES, headers={**HEADERS, "Authorization": token}, timeout=10)
            assert answer.status_code == status
        headers = {**HEADERS, "Authorization": "api-a"}
        created = requests.post(url + STORES + "/shop/live/redis", json=body, headers=headers, timeout=10)
        assert created.json()["config"]["password"] == "*" * 14
        assert created.headers["X-Ratelimit-Global-Remaining"] == "2"
        assert requests.get(url + STORES, headers=headers, timeout=10).json()["items"][0]["config"] == {}

    with running("--state", str(state)) as (_process, url):
        listed = requests.get(url + STORES, headers=HEADERS, timeout=10).json()["items"]
        assert [item["_id"] for item in listed] == [created.json()["_id"]]


LIST = """
import os, sys
from ld_segment_store import Client
assert os.environ["LAUNCHDARKLY_ACCESS_TOKEN"] == "api-emulator"
with Client(os.environ["LAUNCHDARKLY_ACCESS_TOKEN"], os.environ["LAUNCHDARKLY_API_HOST"]) as client:
    print([project.key for project in client.list_projects()])
"""


def test_a_command_runs_with_the_emulator() -> None:
    done = run("emulator", "--", sys.executable, "-c", LIST)
    assert (done.returncode, done.stdout, done.stderr) == (0, "['default']\n", "")
    done = run("emulator", "--", "sh", "-c", "exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")
    assert run("emulator", "--", "sh", "-c", "kill -KILL $$").returncode == 128 + signal.SIGKILL
    # Everything after the first `--` is the command's.
    assert run("emulator", "--", "echo", "--seed", "--", "x").stdout == "--seed -- x\n"
    done = run("emulator", "--", "no-such-command", "--option")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "ld-segment-store: no-such-command: cannot be started (No such file or directory). Give a command that exists.\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_command(number: signal.Signals) -> None:
    command = [*COMMAND, "emulator", "--", "sh", "-c", "echo $$; exec sleep 60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout
        started = int(process.stdout.readline())
        process.send_signal(number)
        assert process.wait(timeout=10) == 128 + number
        with pytest.raises(ProcessLookupError):
            os.kill(started, 0)


def test_a_signal_that_the_parent_ignores_ends_nothing() -> None:
    command = [*COMMAND, "emulator", "--", "sh", "-c", "echo started; read line; exit 7"]
    ignoring = ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", *command]
    with subprocess.Popen(
        ignoring, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "started\n"
        process.send_signal(signal.SIGHUP)
        process.communicate("\n", timeout=10)
        assert process.returncode == 7


def test_a_chosen_port_and_that_it_is_taken() -> None:
    with running() as (_process, url):
        port = url.rpartition(":")[2]
        failed = run("emulator", "--port", port)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == f"ld-segment-store: Can't listen on 127.0.0.1, port {port}: Address already in use.\n"

    with running("--port", port) as (_process, again):
        assert again == url


def test_a_wrong_seed_is_one_sentence(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("projects: {shop: {environments: {live: {client_side_id: 64}}}}")

    failed = run("emulator", "--seed", str(seed))

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.count("\n") == 1
    assert "seed.yaml: projects.shop.environments.live.client_side_id must be text" in failed.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0 is not a loopback address. Add --allow-remote to listen on it"),
        (["--host", "::"], "not a loopback address"),
        (["--host", "emulator.example.com"], "not a loopback address"),
        (["--host", "127.0.0.1.example.com"], "not a loopback address"),
        (["--port", "70000"], "ld-segment-store: --port: must be a whole number from 0 to 65535"),
        (["--port", "x"], "ld-segment-store: --port"),
        (["--rate-limit", "0"], "ld-segment-store: --rate-limit: must be a whole number from 1"),
        (["--guess", "list_config"], "--guess: list_config does not accept that value. Give omitted or empty"),
        (["--guess", "colour=red"], "--guess: colour is not a guess"),
        (["--state", ""], "ld-segment-store: --state: is empty. Give the file's path."),
        (["--access-token", ""], "ld-segment-store: --access-token: is empty. Give a LaunchDarkly API access token"),
        (["--access-token", "a b"], "ld-segment-store: --access-token: holds a space, a line break or"),
        (["--read-only-token", "sdk-1"], "ld-segment-store: --read-only-token: is an SDK key."),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_wrong_usage(options: list[str], message: str) -> None:
    failed = run("emulator", *options)

    assert (failed.returncode, failed.stdout) == (2, "")
    assert message in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_loopback_hosts(host: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "emulator", "--host", host], stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout
    line = process.stdout.readline()
    process.terminate()
    process.communicate(timeout=10)

    assert line.startswith(f"LaunchDarkly emulator listening on http://{host}:")
    assert process.returncode == 0


def test_remote_when_allowed() -> None:
    process = subprocess.Popen(
        [*COMMAND, "emulator", "--host", "0.0.0.0", "--allow-remote"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout
    line = process.stdout.readline()
    process.terminate()
    process.communicate(timeout=10)

    assert line.startswith("LaunchDarkly emulator listening on http://0.0.0.0:")


def test_version_and_help() -> None:
    assert run("--version").stdout == f"ld-segment-store {__version__}\n"
    assert run().returncode == 2
    assert run("nothing").returncode == 2
    shown = run("--help").stdout
    assert all(name in shown for name in cli.COMMANDS)
    assert "--allow-remote" in run("emulator", "--help").stdout


def test_only_the_module_of_the_command_is_imported() -> None:
    code = (
        "import sys; from ld_segment_store.cli import main as cli; cli.command_parser(['--help']);"
        "print([name for name in sys.modules if name.startswith(('ld_segment_store.emulator', 'http.server'))])"
    )
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)

    assert listed.stdout.strip() == "[]"


def test_yaml_and_jsonschema_are_not_imported_before_they_are_needed() -> None:
    code = (
        "import sys; from ld_segment_store.emulator import Emulator\n"
        "with Emulator(): print([name for name in ('yaml', 'jsonschema', 'requests') if name in sys.modules])"
    )
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)

    assert listed.stdout.strip() == "[]"


def test_interrupted_while_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "command_parser", interrupt)

    assert cli.main(["emulator"]) == 130


def test_the_default_access_token_serves_projects() -> None:
    with running() as (_process, url):
        assert requests.get(url + PROJECTS, headers={"Authorization": "api-emulator"}, timeout=10).status_code == 200
        assert requests.post(url + REDIS, json={}, headers=HEADERS, timeout=10).status_code == 400


def test_many_ends_leave_no_port_open() -> None:
    with running() as (process, url):
        process.terminate()
        process.communicate(timeout=10)
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0
