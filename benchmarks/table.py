# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What users wait for, side by side with what they could use instead: `nox -s benchmarks`, in ten minutes.

Both sides of a row take turns on the same machine, so that the ratios can be compared and the seconds cannot. Beside the time on
the clock stands the processor's, which other programs disturb less. The table is printed and written into
docs/background/measurements.md. `python benchmarks/table.py ROW...` measures some rows and only prints them.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import ansible_task
from fleet import TOKEN, emulator, names
from fleet_scale import child as fleet_in_a_process

from tools.environments import ROOT, environment

PAGE = ROOT / "docs/background/measurements.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
NUMBER, FAR, FILE, MANY = 1000, 300, 2000, 10_000
ROUNDS = 5
PYTHON = environment("official-client") / "python"


class Row(NamedTuple):
    """One comparison: the ratios of the time on the clock and on the processor, and what is wanted."""

    work: str
    ours: str
    other: str
    clock: float | None
    processor: float | None
    wanted: str

    def cells(self) -> list[str]:
        """The cells of the table's row."""
        ratios = ["" if ratio is None else f"{ratio:.2f}" for ratio in (self.clock, self.processor)]
        return [self.work, self.ours, self.other, *ratios, self.wanted]


def requests_rows(what: str, work: str, number: int, wanted: dict[str, str], concurrency: int = 8) -> Iterator[Row]:
    """Rows about a fleet, measured in one process with the official client's Python."""
    script = str(ROOT / "benchmarks/side_by_side.py")
    rounds = 3 if what == "far" else ROUNDS
    with emulator(number) as url:
        found = json.loads(run([str(PYTHON), script, what, url, str(number), str(rounds), str(concurrency)]))
    for other, limit in wanted.items():
        sides = (f"{found[side]['seconds'][0]:.2f} s" for side in ("ours", other))
        ours, theirs = sides
        yield Row(work, ours, f"{LABELS[other]}: {theirs}", *found[other]["ratio"], limit)


LABELS = {"official": "official client", "urllib3": "bare urllib3", "requests": "bare requests"}


def unchanged() -> Iterator[Row]:
    work = f"{NUMBER:,} environments, nothing to change, 8 threads"
    return requests_rows("read", work, NUMBER, {"official": "1.0", "urllib3": "1.4"})


def creates() -> Iterator[Row]:
    return requests_rows("create", f"{NUMBER:,} creates, 8 threads", NUMBER, {"official": "1.0"})


def far() -> Iterator[Row]:
    for concurrency in (8, 32, 64):
        work = f"{FAR} with nothing to change and 80 ms added to each response, {concurrency} threads"
        yield from requests_rows("far", work, FAR, {"requests": "1.1"}, concurrency)


def task() -> Iterator[Row]:
    took = ansible_task.measure()
    ping, uri, least, ours = (took[label] for label in ansible_task.LABELS)
    sides = [f"{ansible_task.medians(side)[0]:.0f} ms" for side in (ours, uri, least, ping)]
    ratios = [ansible_task.ratios(ours, side) for side in (uri, least, ping)]
    yield Row("one task, nothing to change", sides[0], f"`uri`, one GET: {sides[1]}", *ratios[0], "1.0")
    yield Row("the same", sides[0], f"a module that sends the two GETs and no more: {sides[2]}", *ratios[1], "")
    yield Row("the same", sides[0], f"`ping`: {sides[3]}", *ratios[2], "")


def stores_file() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, emulator(FILE) as url:
        many, some = (write_stores(Path(name), number) for number in (MANY, FILE))
        read = "import sys; from ld_segment_store.core.data_file import read_data_file; read_data_file(sys.argv[1])"
        load = "import sys, yaml; yaml.load(open(sys.argv[1]), yaml.CSafeLoader)"
        sides = turns([[sys.executable, "-c", code, many["yaml"]] for code in (read, load)], rounds=3)
        yield pair(f"{MANY:,} stores read from YAML", "libyaml's own loader", sides, "1.5")
        command = [sys.executable, "-m", "ld_segment_store", "plan", "--api-host", url]
        sides = turns([[*command, some[kind]] for kind in ("yaml", "json")], rounds=3)
        yield pair(f"`plan` of {FILE:,} stores from YAML", "the same from JSON", sides, "1.5")


def write_stores(folder: Path, number: int) -> dict[str, str]:
    """Write a stores file in both formats; the files by format."""
    stores = [{"environment_key": name, "redis": {"host": f"{name}.example.com"}} for name in names(number)]
    data = json.dumps({"defaults": {"project_key": "shop", "enabled": True}, "stores": stores})
    dump = "import sys, yaml; print(yaml.dump(__import__('json').load(sys.stdin), Dumper=yaml.CSafeDumper))"
    texts = {"json": data, "yaml": run([sys.executable, "-c", dump], data)}
    files = {kind: folder / f"stores-{number}.{kind}" for kind in texts}
    for kind, text in texts.items():
        files[kind].write_text(text)
    return {kind: str(file) for kind, file in files.items()}


def start() -> Iterator[Row]:
    bare, empty = ([sys.executable, "-c", code] for code in ("import ld_segment_store", ""))
    sides = turns([bare, empty], rounds=15)
    more = sides[0][1] - sides[1][1]
    yield Row("`import ld_segment_store`", f"{more * 1000:.0f} ms more", "bare Python", None, None, "30 ms")
    imports = (
        [str(PYTHON), "-c", f"import {modules}"] for modules in ("ld_segment_store, requests", "launchdarkly_api")
    )
    yield pair("import of this package and requests", "official client", turns(list(imports)), "1.0")
    with emulator(1) as url:
        get = (
            "import os, requests; print(requests.get(os.environ['URL'] + '/api/v2/integration-capabilities/big-segment-store',"
            " headers={'Authorization': os.environ['LAUNCHDARKLY_ACCESS_TOKEN'], 'LD-API-Version': 'beta'}, timeout=30).json())"
        )
        # By its function, because `status` exits with 3 where there is no integration.
        status = f"from ld_segment_store.cli.main import main; main(['status', '--api-host', {url!r}])"
        sides = turns([[sys.executable, "-c", code] for code in (status, get)], rounds=11, URL=url)
    yield pair("`ld-segment-store status`", "Python with requests doing the GET", sides, "1.5")


def memory() -> Iterator[Row]:
    with emulator(MANY) as url:
        fleet_in_a_process("create", url, MANY)  # a child's figure is never less than its parent's
        found = fleet_in_a_process("nothing", url, MANY)
    yield Row(
        f"memory, {MANY:,} environments, nothing to change", f"{found['megabytes']:.0f} MB", "", None, None, "60 MB"
    )


ROWS: dict[str, Callable[[], Iterator[Row]]] = {
    "unchanged": unchanged,
    "creates": creates,
    "far": far,
    "task": task,
    "file": stores_file,
    "start": start,
    "memory": memory,
}


def pair(work: str, other: str, sides: Sequence[Sequence[float]], wanted: str) -> Row:
    ratios = [mine / theirs for mine, theirs in zip(*sides)]
    return Row(work, f"{sides[0][0]:.2f} s", f"{other}: {sides[1][0]:.2f} s", *ratios, wanted)


def turns(commands: Sequence[Sequence[str]], rounds: int = ROUNDS, **variables: str) -> list[list[float]]:
    """For each command, the medians of its time on the clock and on the processor."""
    took: list[list[tuple[float, float]]] = [[] for _command in commands]
    for number in range(rounds + 1):
        for command, times in zip(commands, took):
            clock, processor = time.perf_counter(), ansible_task.processor_seconds()
            run(command, **variables)
            if number:  # the first round fills caches
                times.append((time.perf_counter() - clock, ansible_task.processor_seconds() - processor))
    return [ansible_task.medians(times) for times in took]


def run(command: Sequence[str], given: str = "", **variables: str) -> str:
    """The output of a program that succeeds. Python keeps its bytecode, as after an installation."""
    environ = {**os.environ, "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN, "PYTHONPATH": str(ROOT), **variables}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, env=environ, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    return done.stdout


def machine() -> str:
    """Where and with which versions it was measured."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "requests", "urllib3")]
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, load average {load:.1f}; "
        f"Python {platform.python_version()}, {', '.join(versions)}, launchdarkly-api {_official_version()}."
    )


def _official_version() -> str:
    return run([str(PYTHON), "-c", "import importlib.metadata as m; print(m.version('launchdarkly-api'))"]).strip()


def main(arguments: list[str]) -> None:
    """Measure, print, and write the page where all rows were measured."""
    rows = [row for name in arguments or ROWS for row in ROWS[name]()]
    heads = ["work", "this package", "instead", "clock", "processor", "at most"]
    lines = [heads, ["---"] * len(heads), *(row.cells() for row in rows)]
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{machine()}\n"
    print(text)
    if not arguments:
        before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
