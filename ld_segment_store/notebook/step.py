# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the steps of the form have in common: a heading, a message, and one long call that can be cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from .markup import element, notice
from .worker import Cancelled, Task, Worker, describe

LABEL = {"description_width": "12rem"}


class Step:
    """One step. Subclasses put their widgets into `body`; what they show stays there while a call is running."""

    title = ""
    cancel_word = "Cancel"

    def __init__(self, worker: Worker, number: int) -> None:
        self.worker = worker
        self.task: Task | None = None
        number_mark = element("span", str(number), class_="ldss-number", aria_hidden="true")
        heading = w.HTML(element("h3", number_mark, element("span", self.title), class_="ldss-heading"))
        self.body = w.VBox()
        self._message = w.HTML()
        self._cancel = w.Button(
            description=self.cancel_word,
            tooltip=f"{self.title}: {self.cancel_word.lower()}",
            layout=w.Layout(width="auto", align_self="flex-start", display="none"),
        )
        self._cancel.on_click(lambda _: worker.put(self.cancel))
        self.widget = w.VBox([heading, self.body, self._message, self._cancel])
        self.widget.add_class("ldss-step")
        self.message: tuple[str, str] = ("info", "")

    def say(self, level: str, text: str, details: Sequence[str] = ()) -> None:
        """Show one message, in place of the last."""
        self.message = (level, text)
        self._message.value = notice(level, text, details)

    def fail(self, error: BaseException) -> None:
        """Show an error."""
        text, details = describe(error)
        self.say("info" if isinstance(error, Cancelled) else "error", text, details)

    def button(self, description: str, job: Callable[[], None], **traits: Any) -> w.Button:
        """A button whose click enqueues the job."""
        made = w.Button(description=description, layout=w.Layout(width="auto", align_self="flex-start"), **traits)
        made.on_click(lambda _: self.worker.click(job))
        return made

    def run(
        self,
        text: str,
        work: Callable[[Task], Any],
        on_done: Callable[[Any], None],
        on_progress: Callable[[Any], None] | None = None,
        on_failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Start a long call in place of one that is running. `text` says what is being done."""
        self.drop()
        self.say("busy", text)
        self._cancel.layout.display = ""

        def finish(then: Callable[[Any], None], news: Any) -> None:
            if self.task is task:  # else it was cancelled or replaced, and nobody waits for it
                self._end()
                then(news)

        def progress(news: Any) -> None:
            if self.task is task:
                (on_progress or self._say_busy)(news)

        self.task = task = Task(lambda news: self.worker.put(progress, news))
        self.worker.start(
            task,
            work,
            lambda result: finish(on_done, result),
            lambda error: finish(on_failed or self.fail, error),
        )

    def cancel(self) -> None:
        """End the call that is running. Its answer, should one come, counts for nothing."""
        if self.task is not None:
            self.drop()
            self.say("info", "Cancelled.")

    def drop(self) -> None:
        """The same without a word."""
        if self.task is not None:
            self.task.cancel()
            self._end()

    def _say_busy(self, news: Any) -> None:
        self.say("busy", str(news))

    def _end(self) -> None:
        self.task = None
        self._cancel.layout.display = "none"
