# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What reaches the terminal: hostile text as escapes, closed and full streams as an error."""

from __future__ import annotations

import json
import os
import pty
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from ld_segment_store.cli.main import main
from ld_segment_store.core.printable import printable
from ld_segment_store.emulator import Emulator
from tests.core.fleet.files import FLEET, write
from tests.core.fleet.fleets import REDIS, names
from tests.core.fleet.test_processes import ROOT, Held, command, until_told

# Erase the line, C1 control sequence, right-to-left override, line breaks, a mark of direction, DEL.
HOSTILE = "a\x1b[2K\x1b]0;x\x07\x9b31m\u202eb\u2028\u2066\r\nOK c\u200f\x7f"


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "FILE"],
        ["plan", "FILE", "--format", "json"],
        ["plan", "FILE", "--format", "markdown"],
        ["plan", "FILE", "--purge-tag", HOSTILE],
        ["apply", "FILE", "--purge-project", "shop", "--purge-maximum", "0"],
        ["plan", HOSTILE],
        ["plan", "FILE", HOSTILE],
        ["export"],
        ["export", "--format", "json"],
        ["export", "--format", "terraform"],
        ["export", "--project", HOSTILE],
        ["status"],
        ["status", "--format", "json"],
        ["status", "--format", "prometheus"],
        ["status", "--store", HOSTILE],
    ],
    ids=" ".join,
)
def test_no_text_from_elsewhere_moves_the_cursor(
    ld: Emulator, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    made = ld.account.create("shop", "env-0", "redis", REDIS, name=HOSTILE, tags=[HOSTILE])
    ld.account.create("shop", "env-2", "redis", {**REDIS, "username": HOSTILE}, name=HOSTILE, on=True, tags=[HOSTILE])
    error = {"statusCode": 500, "message": HOSTILE, "timestamp": 1}
    ld.set_status(made.id, {"available": False, "errors": [error]})
    file = write(tmp_path, {**FLEET, "stores": [{"environment_key": "env-0", "name": "x", "tags": []}]})
    main([str(file) if argument == "FILE" else argument for argument in arguments])
    printed = capsys.readouterr()
    assert printed.out + printed.err
    for line in (printed.out + printed.err).split("\n"):
        assert line.isprintable(), line
        assert not line.startswith("OK c")


def test_text_that_is_harmless_stays() -> None:
    assert printable("Größe ✓ 日本 \\x1b") == "Größe ✓ 日本 \\x1b"
    assert printable(HOSTILE).isprintable()


def shell(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A line of Bash, with `ld` as the command."""
    start = f'ld() {{ {sys.executable} -m ld_segment_store "$@"; }}; {line}'
    environ = {**os.environ, **variables}
    return subprocess.run(["bash", "-c", start], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_closed_streams(ld: Emulator, tmp_path: Path) -> None:
    file = write(tmp_path, FLEET)
    done = shell(f"ld plan {file} 2>&-")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2 stores: 2 to create.")
    done = shell("ld plan /nowhere 2>&-")
    assert (done.returncode, done.stdout) == (1, "")
    done = shell(f"ld plan {file} >&-")
    assert done.returncode == 74
    assert done.stderr == "ld-segment-store: cannot write to standard output: Bad file descriptor.\n"
    done = shell(f"ld apply {file} >&- 2>&- <&-")
    assert done.returncode == 74
    assert len(ld.account.integrations) == 2
    done = shell("ld plan - <&-")
    assert (done.returncode, done.stderr.splitlines()) == (
        1,
        ["ld-segment-store: standard input: is closed. Pipe a stores file into the command."],
    )


@pytest.mark.slow
def test_warnings_do_not_mix_with_the_export(ld: Emulator) -> None:
    """Python prints on standard output what goes to a closed standard error."""
    done = shell("ld export --project nope 2>&-")
    assert yaml.safe_load(done.stdout) == {"stores": []}


def little_space() -> None:
    """The disk is full after 200 bytes: a write takes a part, and only the next one fails."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_full_disk(ld: Emulator, tmp_path: Path, unbuffered: str, form: str) -> None:
    for name in names(3):
        ld.account.create("shop", name, "redis", {"host": "redis.example.com"}, name="a name")
    cut, file = tmp_path / "cut.yml", tmp_path / "whole.yml"
    file.write_text("old", encoding="utf-8")
    environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}

    def export(*arguments: str, output: Any = subprocess.DEVNULL) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command("export", "--format", form, *arguments),
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=subprocess.PIPE,
            preexec_fn=little_space,
            check=False,
        )

    with cut.open("wb") as output:
        done = export(output=output)
    assert done.returncode == 74
    assert done.stderr == b"ld-segment-store: cannot write to standard output: File too large.\n"
    done = export("-o", str(file))
    assert done.returncode == 74
    assert done.stderr == f"ld-segment-store: {file}: cannot be written (File too large). Nothing was saved.\n".encode()
    assert file.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.yml", "whole.yml"]


def test_a_cut_export_is_refused(ld: Emulator, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Wherever it was cut; many a beginning is valid YAML."""
    for name in names(2):
        ld.account.create("shop", name, "redis", {"host": "redis.example.com"}, name="a name")
    file = tmp_path / "stores.yml"
    assert main(["export", "-o", str(file)]) == 0
    whole = file.read_text(encoding="utf-8")
    assert main(["plan", str(file)]) == 0
    requests = len(ld.requests)
    valid = 0
    for length in range(len("# Exported by ld-segment-store."), len(whole) - 1):
        file.write_text(whole[:length], encoding="utf-8")
        with suppress(yaml.YAMLError):
            valid += bool(yaml.safe_load(whole[:length]))
        assert main(["apply", str(file)]) == 1
    assert valid > 100
    assert "is an export that was cut off. Export it again" in capsys.readouterr().err
    assert len(ld.requests) == requests


def test_a_file_is_replaced_as_a_whole(ld: Emulator, tmp_path: Path) -> None:
    ld.account.create("shop", "env-0", "redis", {"host": "redis.example.com"})
    old = os.umask(0o027)
    try:
        assert main(["export", "-o", str(tmp_path / "new.yml")]) == 0
    finally:
        os.umask(old)
    assert (tmp_path / "new.yml").stat().st_mode & 0o777 == 0o640
    (tmp_path / "old.yml").write_text("old", encoding="utf-8")
    (tmp_path / "old.yml").chmod(0o600)
    (tmp_path / "link.yml").symlink_to("old.yml")
    assert main(["export", "-o", str(tmp_path / "link.yml")]) == 0
    assert (tmp_path / "link.yml").is_symlink()
    assert (tmp_path / "old.yml").read_text(encoding="utf-8").endswith("\n# End of the export.\n")
    assert (tmp_path / "old.yml").stat().st_mode & 0o777 == 0o600
    assert main(["export", "-o", str(tmp_path / "none" / "new.yml")]) == 74
    assert main(["export", "-o", "/dev/null"]) == 0


def test_standard_input(ld: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = [
        yaml.safe_dump(FLEET),
        json.dumps(FLEET, indent="\t"),  # YAML has no tabs
        "\ufeff" + json.dumps(FLEET),
        "{defaults: {project_key: shop, enabled: true, redis: {host: r.example.com}}, stores: [{environment_key: env-0}]}",
    ]
    for text in texts:
        (tmp_path / "in").write_text(text, encoding="utf-8")
        with (tmp_path / "in").open(encoding="utf-8") as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            assert main(["plan", "-", "--detailed-exitcode"]) == 2


def test_detailed_exit_code(ld: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write(tmp_path, FLEET))
    assert main(["plan", file, "--detailed-exitcode"]) == 2
    assert main(["plan", file]) == 0
    assert main(["apply", file]) == 0
    assert main(["plan", file, "--detailed-exitcode"]) == 0
    wrong = write(tmp_path, {**FLEET, "stores": [{"environment_key": "nowhere"}, {"environment_key": "env-2"}]})
    capsys.readouterr()
    assert main(["plan", str(wrong), "--detailed-exitcode", "--access-token-file", "/nowhere"]) == 1
    assert main(["plan", "/nowhere", "--detailed-exitcode"]) == 1


def test_a_plan_lists_what_it_removes(ld: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ld.account.create("shop", "env-0", "redis", REDIS, name="main", tags=["ours"], on=True)
    file = str(write(tmp_path, {**FLEET, "stores": [{"environment_key": "env-0", "state": "absent"}]}))
    assert main(["plan", file]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[:4] == [
        "delete        shop/env-0 redis",
        '              name: "main"',
        "              enabled: true",
        '              tags: ["ours"]',
    ]
    assert '              redis.host: "redis.example.com"\n' in out
    assert main(["plan", file, "--format", "json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)
    assert item["changes"][0] == {"field": "name", "reason": "is removed", "before": "main", "after": None}


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_reports_what_was_done(ld: Emulator, tmp_path: Path, number: signal.Signals, code: int) -> None:
    file = write(tmp_path, {**FLEET, "stores": [{"environment_key": name} for name in names(6)]})
    printed, errors = tmp_path / "out", tmp_path / "err"
    held = Held(ld)
    with printed.open("wb") as out, errors.open("wb") as err:
        before = signal.signal(number, signal.SIG_DFL)  # where the tests run under nohup, it would stay ignored
        process = subprocess.Popen(command("apply", file, "--concurrency", "2"), cwd=ROOT, stdout=out, stderr=err)
        signal.signal(number, before)
        try:
            assert held.arrived.wait(30)
            process.send_signal(number)
            until_told(errors, "in-flight request")
            held.released.set()
            assert process.wait(30) == code
        finally:
            held.released.set()
            process.kill()
            process.wait()
    lines = printed.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("create ") for line in lines) == len(ld.account.integrations)
    assert any(line.startswith("not attempted ") for line in lines)
    assert errors.read_text(encoding="utf-8").endswith(f"ld-segment-store: interrupted by {number.name}.\n")


@pytest.mark.slow
def test_nohup_keeps_its_word(ld: Emulator, tmp_path: Path) -> None:
    """A SIGHUP that the parent ignores does not end the run."""
    file = write(tmp_path, FLEET)
    held = Held(ld)
    line = ["bash", "-c", 'trap "" HUP; exec "$@"', "nohup", *command("apply", file)]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert held.arrived.wait(30)
        process.send_signal(signal.SIGHUP)
        held.released.set()
        errors = process.communicate(timeout=30)[1]
    assert (process.returncode, errors) == (0, "")
    assert len(ld.account.integrations) == 2


def on_a_terminal(*arguments: str | Path, **variables: str) -> list[str]:
    """The lines that a command shows on a terminal."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", **variables}
    subprocess.run(command(*arguments), cwd=ROOT, env=environ, stdout=theirs, stderr=theirs, check=True)
    os.close(theirs)
    text = b""
    with suppress(OSError):  # the end of a terminal
        while chunk := os.read(ours, 4096):
            text += chunk
    os.close(ours)
    return text.decode("utf-8").replace("\r\n", "\n").split("\n")


@pytest.mark.slow
def test_an_export_shows_its_progress_on_a_terminal_only(ld: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    for name in names(3):
        ld.account.create("shop", name, "redis", {"host": "redis.example.com"})
    bar, *lines = on_a_terminal("export")
    assert [step.split("] ")[1].rstrip() for step in bar.split("\r")[1:]] == [f"{n}/3 integrations" for n in (1, 2, 3)]
    assert lines[:2] == ["# Exported by ld-segment-store.", "stores:"]
    assert main(["export"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_signs_and_colours_on_a_terminal(
    ld: Emulator, tmp_path: Path, variables: dict[str, str], coloured: bool
) -> None:
    ld.account.create("shop", "env-0", "redis", REDIS, on=False)
    lines = on_a_terminal("plan", write(tmp_path, FLEET), **variables)
    assert "2/2 stores, 2 to change, 0 failed" in lines[0]
    update, create = "~ update        shop/env-0 redis", "+ create        shop/env-1 redis"
    assert (f"\x1b[33m{update}\x1b[0m" if coloured else update) in lines
    assert (f"\x1b[32m{create}\x1b[0m" if coloured else create) in lines


def test_markdown(ld: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ld.account.create("shop", "env-0", "redis", REDIS, on=False, name="@team | `x` <b>")
    stores = [{"environment_key": "env-0", "name": "y"}]
    assert main(["plan", str(write(tmp_path, {**FLEET, "stores": stores})), "--format", "markdown"]) == 0
    heading, blank, head, line, *rows = capsys.readouterr().out.splitlines()
    assert (heading, blank) == ("### 1 store: 1 to update.", "")
    assert head.count("|") == line.count("|") == 6
    assert all(row.count("|") == 6 for row in rows)
    assert not any(char in "".join(rows) for char in "@`*")
    assert main(["plan", str(write(tmp_path, FLEET)), "--format", "markdown", "--detailed-exitcode"]) == 2


def test_ctrl_c_while_python_imports_the_command() -> None:
    """Which takes longer than all the rest on a slow disk; Python prints a traceback then."""
    script = """
import sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == "ld_segment_store.cli.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupts())
from ld_segment_store.__main__ import main
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "ld-segment-store: interrupted by SIGINT.\n"
