# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from ld_segment_store.core.errors import SegmentStoreError
from ld_segment_store.notebook.worker import Cancelled, Task, Worker, describe


@pytest.fixture
def unexpected() -> Iterator[list[BaseException]]:
    """Errors that jobs end with: there should be none."""
    errors: list[BaseException] = []
    yield errors
    assert errors == []


@pytest.fixture
def worker(unexpected: list[BaseException]) -> Worker:
    return Worker(unexpected.append)


def test_jobs_run_in_order_on_one_thread(worker: Worker) -> None:
    seen: list[tuple[int, int]] = []
    for number in range(200):
        worker.put(lambda number=number: seen.append((number, threading.get_ident())))
    assert worker.wait()
    assert [number for number, _ in seen] == list(range(200))
    assert len({thread for _, thread in seen}) == 1


def test_a_click_sees_a_change_that_arrives_after_it(unexpected: list[BaseException]) -> None:
    value = ["old"]
    seen: list[str] = []
    worker = Worker(unexpected.append, settle=0.2)
    worker.click(lambda: seen.append(value[0]))
    value[0] = "new"
    assert worker.wait()
    assert seen == ["new"]


def test_a_job_that_fails_is_told_and_the_next_runs() -> None:
    errors: list[BaseException] = []
    done = threading.Event()
    worker = Worker(errors.append)
    worker.put(lambda: 1 / 0)
    worker.put(done.set)
    assert worker.wait()
    assert [type(error) for error in errors] == [ZeroDivisionError]
    assert done.is_set()


def test_a_long_call_does_not_hold_up_the_queue(worker: Worker) -> None:
    go = threading.Event()
    answers: list[bool] = []
    errors: list[BaseException] = []
    task = Task(lambda _: None)
    worker.start(task, lambda _: go.wait(10), answers.append, errors.append)
    passed = threading.Event()
    worker.put(passed.set)
    assert passed.wait(5)
    assert answers == []
    go.set()
    assert worker.wait()
    assert (answers, errors) == ([True], [])


def test_waiting_ends_when_cancelled(worker: Worker) -> None:
    errors: list[BaseException] = []
    task = Task(lambda _: None)
    worker.start(task, lambda task: task.sleep(60), lambda _: None, errors.append)
    began = time.monotonic()
    task.cancel()
    assert worker.wait(5)
    assert time.monotonic() - began < 5
    assert [type(error) for error in errors] == [Cancelled]


def test_close_cancels(worker: Worker) -> None:
    task = Task(lambda _: None)
    worker.start(task, lambda task: task.sleep(60), pytest.fail, lambda _: None)
    worker.close()
    assert task.is_cancelled
    assert worker.wait(5)


def test_an_error_of_ours_is_told_in_its_own_words() -> None:
    assert describe(SegmentStoreError("Give a host.")) == ("Give a host.", ())


def test_of_another_error_only_type_and_place_are_told() -> None:
    try:
        raise ValueError("hunter2")
    except ValueError as error:
        text, details = describe(error)
    assert "ValueError in test_worker.py, line" in text
    assert "hunter2" not in text
    assert details == ()


def test_threads_speak_for_the_cell_that_made_the_form() -> None:
    cell: ContextVar[str] = ContextVar("cell", default="none")
    cell.set("the cell")
    errors: list[BaseException] = []
    worker = Worker(errors.append)
    cell.set("another cell")
    seen: list[str] = []
    worker.put(lambda: seen.append(cell.get()))
    worker.start(Task(lambda _: None), lambda _: cell.get(), seen.append, errors.append)
    assert worker.wait()
    assert (sorted(seen), errors) == (["the cell", "the cell"], [])
