# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Change the core in small ways and report each change that no test detects. `nox -s mutants` runs it in a copy of the tree.

mutmut writes the mutants into the files. Its own runner starts pytest for each of thousands of mutants, which takes hours. Here
pytest collects the tests once. Then a fork for each mutant runs the tests that call the changed function until one fails. A
mutant that hangs is stopped and counts as detected.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import json
import os
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pytest
import tomllib

# Survivors that cannot be detected, with reasons.
EQUIVALENT = "tests/core/equivalent_mutants.toml"
# Seconds of a core for the tests of one mutant. Those that call the fewest functions come first, and the rest is left out.
BUDGET = 1.0
# Seconds after which a mutant is stopped: of a core, and on the clock.
CPU_LIMIT, CLOCK_LIMIT = 5, 60
TIMEOUTS = (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL)


class Mutant(NamedTuple):
    """A changed function: its module and name in the core, mutmut's names of it and of the mutant, and the change in one line."""

    title: str
    function: str
    name: str
    change: str

    def __str__(self) -> str:
        return f"{self.title}: {self.change}"


def write_mutants() -> list[Mutant]:
    """Replace the files of the core by files that contain all mutants."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.file_utils import walk_mutatable_files
    from mutmut.utils.format_utils import get_mutant_name

    mutants = []
    for path in sorted(walk_mutatable_files()):
        mutated = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        path.write_text(mutated.code, encoding="utf-8")
        lines = mutated.code.splitlines()
        bodies = {name: lines[span.start : span.end] for name, span in mutated.line_span_by_function_name.items()}
        for name in mutated.mutant_names:
            function = name.partition("__mutmut_")[0]
            title = ".".join([path.parent.name, path.stem, *function.removeprefix("x_").removeprefix("xǁ").split("ǁ")])
            change = _change(bodies[function + "__mutmut_orig"], bodies[name])
            mutants.append(
                Mutant(title, str(get_mutant_name(path, function)), str(get_mutant_name(path, name)), change)
            )
    return mutants


def _change(before: list[str], after: list[str]) -> str:
    """The changed lines before and after, such as `x = 1 => x = 2`.

    >>> _change(["def f() -> int:", "    return 1"], ["def g() -> int:", "    return 2"])
    'return 1 => return 2'
    """
    lines = [" ".join(line.split()) for line in difflib.ndiff(before, after) if not line.startswith(("?", "  "))]
    lines = [line for line in lines if not line[2:].startswith("def ")]
    sides = (" ".join(line[2:] for line in lines if line[0] == sign) for sign in "-+")
    return " => ".join(sides)


class Forks:
    """A plugin for pytest that runs tests for each mutant instead of all tests once. `outcomes` maps mutants to outcomes."""

    def __init__(self, mutants: list[Mutant], children: int) -> None:
        self.outcomes: dict[Mutant, str] = {}
        self._mutants = mutants
        self._children = children
        self._running: dict[int, Mutant] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants (a hook of pytest)."""
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        calls = _calls(session)
        functions = Counter(index for tests in calls.values() for index in tests)
        gc.freeze()  # a collection in a child would copy the memory that it shares
        for number, mutant in enumerate(self._mutants):
            if number % 100 == 0:
                print(f"{number} of {len(self._mutants)} mutants", flush=True)
            tests = calls.get(mutant.function)
            if not tests:
                self._report(mutant, "no tests")
                continue
            if len(self._running) == self._children:
                self._wait()
            order = sorted(tests, key=lambda index: (functions[index], tests[index]))
            totals = accumulate(tests[index] for index in order)
            items = [session.items[index] for index, total in zip(order, totals, strict=True) if total < BUDGET]
            self._running[_fork(partial(_try, session, mutant, items))] = mutant
        while self._running:
            self._wait()
        return True

    def _wait(self) -> None:
        pid, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        outcome = "survived" if code == 0 else "timeout" if -code in TIMEOUTS else "killed"
        self._report(self._running.pop(pid), outcome)

    def _report(self, mutant: Mutant, outcome: str) -> None:
        self.outcomes[mutant] = outcome
        if outcome != "killed":
            print(f"{outcome}: {mutant}", flush=True)


def _fork(work: Callable[[], object]) -> int:
    """Run the work in a child process, without its output. Returns the child's ID."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(null, stream)
        work()
        code = 0
    finally:
        os._exit(code)


def _calls(session: pytest.Session) -> dict[str, dict[int, float]]:
    """For each function that has mutants, the tests that call it: the number of the test, and its seconds."""
    reader, writer = os.pipe()
    pid = _fork(partial(_record, session, writer))
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        recorded = pipe.read()
    if os.waitpid(pid, 0)[1]:
        raise session.Interrupted(f"a test fails without a mutant: {recorded}")
    return {function: {int(index): seconds for index, seconds in tests} for function, tests in json.loads(recorded)}


def _record(session: pytest.Session, writer: int) -> None:
    """Run each test and write which functions it calls, or the name of a test that fails."""
    from mutmut.mutation.trampoline import set_mutant_under_test
    from mutmut.state import state

    set_mutant_under_test("stats")
    called: set[str] = state()._stats  # noqa: SLF001 - there is no other way
    calls: dict[str, list[tuple[int, float]]] = {}
    with os.fdopen(writer, "w", encoding="utf-8") as pipe:
        for index, (item, following) in enumerate(zip(session.items, [*session.items[1:], None], strict=True)):
            began = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                pipe.write(item.nodeid)
                raise SystemExit(1)
            for function in list(called):  # a copy: threads of the test may still add to it
                calls.setdefault(function, []).append((index, time.process_time() - began))
            called.clear()
        json.dump(list(calls.items()), pipe)


def _try(session: pytest.Session, mutant: Mutant, items: list[pytest.Item]) -> None:
    """Run tests of a mutant until one fails."""
    from mutmut.mutation.trampoline import set_mutant_under_test

    set_mutant_under_test(mutant.name)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 1))
    signal.alarm(CLOCK_LIMIT)
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            raise SystemExit(1)


def main() -> None:
    from mutmut.configuration import config

    parser = argparse.ArgumentParser(prog="tools.mutants", description=__doc__)
    parser.add_argument("functions", nargs="*", default=["*"], help="such as flow.wait.*; all without them")
    parser.add_argument(
        "--children", type=int, default=os.cpu_count(), help="number of mutants to run at the same time"
    )
    parser.add_argument("--floor", type=float, default=0.0, help="the least percentage of detected mutants")
    arguments = parser.parse_args()
    mutants = write_mutants()
    selected = [each for each in mutants if any(fnmatch(each.title, name) for name in arguments.functions)]
    forks = Forks(selected, arguments.children)
    # Captured output would be restored in the forks, and nobody reads why a test fails.
    options = ["-pno:cacheprovider", "--capture=no", "--quiet", "--assert=plain", "--tb=native"]
    selection = [*config().pytest_add_cli_args_test_selection, *config().pytest_add_cli_args]
    if pytest.main([*selection, *options], plugins=[forks]):
        raise SystemExit("The tests fail without a mutant.")
    report(mutants, forks.outcomes, arguments.floor)


def report(mutants: list[Mutant], outcomes: dict[Mutant, str], floor: float) -> None:
    """Print the score. Exits where it is below the floor, a survivor has no reason, or a reason is about no mutant."""
    explained = {
        change for group in tomllib.loads(Path(EQUIVALENT).read_text("utf-8"))["group"] for change in group["changes"]
    }
    survivors = [mutant for mutant, outcome in outcomes.items() if outcome in ("survived", "no tests")]
    score = 100 * (1 - len(survivors) / len(outcomes))
    print(f"{len(outcomes)} mutants, {score:.1f} % detected. {dict(Counter(outcomes.values()))}")
    unexplained = {str(mutant) for mutant in survivors} - explained
    outdated = explained - {str(mutant) for mutant in mutants}
    problems = [f"Survives without a reason in {EQUIVALENT}: {change}" for change in sorted(unexplained)]
    problems += [f"Has a reason in {EQUIVALENT} and is no mutant: {change}" for change in sorted(outdated)]
    if score < floor:
        problems.append(f"Less than {floor} % of the mutants are detected.")
    if problems:
        raise SystemExit("\n".join(problems))


if __name__ == "__main__":
    main()
