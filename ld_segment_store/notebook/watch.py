# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Step 6: how the store does, live."""

from __future__ import annotations

import time
from dataclasses import dataclass

import ipywidgets as w

from ..core.flow.wait import error_texts, status_text
from ..core.model.integration import Integration
from .connect import Account
from .health import health_word
from .markup import Markup, element
from .step import Step
from .worker import Task, Worker

# Documented: an SDK calls a store stale after two minutes without a synchronization.
STALE_SECONDS = 120
_LOOKS = 240


@dataclass(frozen=True)
class Look:
    """One look: when (epoch seconds), and how long the last synchronization was ago (seconds; None: never)."""

    time: float
    age: float | None


class WatchStep(Step):
    """Reads the status every `interval` seconds until it is cancelled, and draws the age of the last synchronization."""

    title = "Watch"
    cancel_word = "Stop"

    def __init__(self, worker: Worker, number: int, interval: float = 5.0) -> None:
        super().__init__(worker, number)
        self.account: Account | None = None
        self.integration: Integration | None = None
        self.looks: list[Look] = []
        self._interval = interval
        self.watch_button = self.button("Watch", self.watch)
        self._chart = w.HTML()
        self.body.children = [self.watch_button, self._chart]

    def show(self, integration: Integration | None) -> None:
        """Take another integration, and stop watching the one before."""
        self.drop()
        self.integration = integration
        self.looks = []
        self._chart.value = ""
        self.watch_button.disabled = integration is None
        if integration is None:
            self.say("info", "There is no integration to watch yet.")
        else:
            self._tell(integration)

    def watch(self) -> None:
        """Start to watch."""
        integration, account = self.integration, self.account
        if integration is None or account is None:
            return

        def work(task: Task) -> None:
            with account.client(task) as client:
                while True:
                    task.progress(client.get_integration(integration.key, integration.id))
                    task.sleep(self._interval)

        self.run("Reading the status.", work, lambda _: None, on_progress=self._look)

    def cancel(self) -> None:
        """Stop watching; what was seen last stays."""
        if self.task is not None:
            self.drop()
            level, text = self.message
            self.say(level, text.replace(" Watching.", "") + " No longer watched.")

    def _look(self, news: Integration | str) -> None:
        if isinstance(news, str):  # a wait for LaunchDarkly's rate limit
            self.say("busy", news)
            return
        self.integration = news
        now = time.time()
        sync = news.status.last_sync
        self.looks = [*self.looks, Look(now, max(0.0, now - sync / 1000) if sync else None)][-_LOOKS:]
        self._chart.value = chart(self.looks)
        self._tell(news, " Watching.")

    def _tell(self, integration: Integration, more: str = "") -> None:
        if not integration.enabled:
            self.say("info", "It is switched off: LaunchDarkly does not write to it." + more)
            return
        word = health_word(integration)
        level = {"available": "ok", "stale": "warning", "unknown": "info"}.get(word, "warning")
        now = time.time()
        stale = " LaunchDarkly calls it potentially stale." if word == "stale" else ""
        self.say(level, status_text(integration.status, now) + stale + more, error_texts(integration.status, now)[1:4])


def chart(looks: list[Look]) -> Markup:
    """The age of the last synchronization over the time watched, as SVG with a description in words."""
    known = [look for look in looks if look.age is not None]
    if not known:
        return element("p", "No synchronization has been seen yet.", class_="ldss-hint")
    left, top, width, height = 44, 8, 420, 96
    first, last = looks[0].time, looks[-1].time
    most = max(STALE_SECONDS * 1.15, *(look.age or 0 for look in known), 1)
    span = max(last - first, 1.0)

    def point(look: Look) -> str:
        return f"{left + width * (look.time - first) / span:.1f},{top + height * (1 - (look.age or 0) / most):.1f}"

    stale = top + height * (1 - STALE_SECONDS / most)
    newest = known[-1].age or 0
    words = (
        f"Age of the last synchronization: {newest:.0f} s now, over {span:.0f} s."
        f" An SDK calls the store stale at {STALE_SECONDS} s."
    )
    style = {"font_size": "11"}
    marks = [
        element("title", words),
        _line(left, top, left, top + height, "ldss-axis"),
        _line(left, top + height, left + width, top + height, "ldss-axis"),
        _line(left, stale, left + width, stale, "ldss-stale"),
        element("text", f"{STALE_SECONDS} s: stale for SDKs", x=str(left + 6), y=f"{stale - 4:.1f}", **style),
        element("text", "0 s", x="18", y=str(top + height), **style),
        element("text", f"{newest:.0f} s", x=str(left + width + 6), y=point(known[-1]).split(",")[1], **style),
        element("polyline", points=" ".join(map(point, known)), class_="ldss-line"),
        element("text", "sync age while watching", x=str(left), y=str(top + height + 16), **style),
    ]
    return element(
        "svg", *marks, viewBox=f"0 0 {left + width + 50} {height + 30}", width="514", role="img", aria_label=words
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return element("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=kind)
