# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The store's health, live: a sentence, and the age of the last synchronization over time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as w
import traitlets

from ..core.errors import InvalidSettings
from ..core.flow.wait import error_texts, status_text
from ..core.model.integration import Integration
from .account import Account
from .health import health, health_word
from .markup import Markup, badge, element, join
from .page import Page
from .part import Part
from .worker import Task, Worker

# Documented: an SDK calls a store stale after two minutes without a synchronization.
STALE_SECONDS = 120
SHORTEST_INTERVAL, LONGEST_INTERVAL = 1.0, 3600.0
# Watching ends: when the store has been available for this many reads in a row, and after this many seconds.
STABLE_READS = 12
LONGEST_WATCH = 1800.0
# The interval grows by this factor with each read, up to this many seconds or the interval that was asked for.
_SLOWER, _SLOWEST = 1.1, 30.0
_MOST_READS = 240


@dataclass(frozen=True)
class Reading:
    """One read: when (epoch seconds), the age of the last synchronization (seconds; None: never), and whether it was healthy."""

    time: float
    age: float | None
    healthy: bool = True


def check_interval(seconds: Any) -> float:
    """Return a valid interval in seconds. Raises InvalidSettings."""
    number = seconds if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) else 0.0
    if not SHORTEST_INTERVAL <= number <= LONGEST_INTERVAL:
        remedy = f"Give seconds from {SHORTEST_INTERVAL:g} to {LONGEST_INTERVAL:g}"
        raise InvalidSettings.for_field("watch_interval", "is not a valid interval", remedy)
    return float(number)


class HealthChart(Part):
    """Shows the health of one integration, and reads it repeatedly while somebody looks.

    Watching slows down, and ends when the store is stable, after half an hour, or at Stop. While no browser shows the chart,
    nothing is read.
    """

    title = "Health"
    cancel_label = "Stop"

    integration = traitlets.Instance(Integration, allow_none=True, help="The integration as it was last read.")
    """The integration as it was last read."""

    health = traitlets.Unicode("", help="The health in a word.")
    """The health in a word: `available`, `stale`, `not available`, `unknown` or `off`; empty without an integration."""

    def __init__(
        self,
        account: Account | None = None,
        integration: Integration | None = None,
        *,
        interval: float = 5.0,
        on_read: Callable[[Integration], None] | None = None,
        worker: Worker | None = None,
        page: Page | None = None,
    ) -> None:
        self._interval = check_interval(interval)
        super().__init__(worker, page)
        self.account = account
        self.readings: list[Reading] = []
        self._on_read = on_read
        self.watch_button = self.button("Watch", self.watch)
        self._chart = w.HTML()
        self.body.children = [self._chart, self.watch_button]
        self.show(integration)

    @property
    def html(self) -> str:
        """The picture."""
        return str(self._chart.value)

    def show(self, integration: Integration | None) -> None:
        """Show another integration, and stop watching the one before."""
        self.drop()
        self.readings = []
        self.watch_button.disabled = integration is None
        self._read(integration)
        if integration is None:
            self.say("info", "There is no integration yet.")

    def watch(self) -> None:
        """Start watching."""
        integration, account = self.integration, self.account
        if integration is None or account is None:
            return
        key, integration_id, first = integration.key, integration.id, self._interval

        def work(task: Task) -> str:
            began, interval, stable = task.monotonic(), first, 0
            with account.client(task) as client:
                while task.monotonic() - began < LONGEST_WATCH:
                    if self.page.is_seen:
                        read = client.get_integration(key, integration_id)
                        task.progress(read)
                        stable = stable + 1 if health_word(read) == "available" else 0
                        if stable >= STABLE_READS:
                            return "The store is stable"
                        if health_word(read) == "off":
                            return "The integration is off"
                        interval = max(first, min(_SLOWEST, interval * _SLOWER))
                    task.sleep(interval)
            return f"{LONGEST_WATCH / 60:.0f} minutes are over"

        self.run("Reading the health.", work, self._ended, on_progress=self._news)
        self.watch_button.layout.display = "none"

    def cancel(self) -> None:
        """Stop watching; the last reading stays."""
        if self.task is not None:
            self.drop()
            self._tell("Stopped watching.")

    def drop(self) -> None:
        """Stop watching without a message."""
        super().drop()
        self.watch_button.layout.display = ""

    def _ended(self, reason: str) -> None:
        self.watch_button.layout.display = ""
        self._tell(f"{reason}; stopped watching.")

    def fail(self, error: BaseException) -> None:
        """Show an error, and offer to watch again."""
        self.watch_button.layout.display = ""
        super().fail(error)

    def _news(self, news: Integration | str) -> None:
        if isinstance(news, str):  # a wait for LaunchDarkly's rate limit
            self.say("busy", news)
            return
        self._read(news)
        self._tell("Watching.")
        if self._on_read:
            self._on_read(news)

    def _read(self, integration: Integration | None) -> None:
        self.integration = integration
        self.health = health_word(integration) if integration else ""
        if integration is None:
            self._chart.value = ""
            return
        now, sync = time.time(), integration.status.last_sync
        age = max(0.0, now - sync / 1000) if sync else None
        self.readings = [*self.readings, Reading(now, age, self.health in ("available", "off"))][-_MOST_READS:]
        self.set_heading(f"Health of {integration.project_key}/{integration.environment_key}")
        self._tell()

    def _tell(self, more: str = "") -> None:
        integration = self.integration
        if integration is None:
            return
        now = time.time()
        parts = [element("p", badge(*health(integration)))]
        if len(self.readings) > 1 and any(reading.age is not None for reading in self.readings):
            parts.append(chart(self.readings))
        self._chart.value = join(parts)
        if not integration.enabled:
            self.say("info", f"The integration is off: LaunchDarkly does not write to the store. {more}".strip())
            return
        level = {"available": "ok", "stale": "warning", "unknown": "info"}.get(self.health, "warning")
        stale = " LaunchDarkly reports it as potentially stale." if self.health == "stale" else ""
        text = f"{status_text(integration.status, now)}{stale} {more}".strip()
        self.say(level, text, error_texts(integration.status, now)[1:4])


_LEFT, _TOP, _WIDTH, _HEIGHT = 48, 10, 410, 120
_RIGHT, _BOTTOM = _LEFT + _WIDTH, _TOP + _HEIGHT


def chart(readings: list[Reading]) -> Markup:
    """Draw the age of the last synchronization over the time watched, as SVG with a description in words.

    The band is what SDKs call fresh, the dashed line where they call it stale; ✗ marks reads without health.
    """
    first, last = readings[0].time, readings[-1].time
    known = [reading for reading in readings if reading.age is not None]
    highest = max(STALE_SECONDS * 1.25, *(reading.age or 0.0 for reading in known))
    span = max(last - first, 1.0)

    def at(reading: Reading) -> tuple[float, float]:
        x = _LEFT + _WIDTH * (reading.time - first) / span
        return round(x, 1), round(_TOP + _HEIGHT * (1 - (reading.age or 0.0) / highest), 1)

    stale = round(_TOP + _HEIGHT * (1 - STALE_SECONDS / highest), 1)
    newest = known[-1].age or 0.0
    words = (
        f"Age of the last synchronization: {newest:.0f} s now, watched for {span:.0f} s."
        f" SDKs call the store stale at {STALE_SECONDS} s."
    )
    points = [at(reading) for reading in known]
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{_BOTTOM} {line} {points[-1][0]},{_BOTTOM}"
    bad = [
        (x, _BOTTOM - 4 if age is None else y - 5)
        for (x, y), age in ((at(r), r.age) for r in readings if not r.healthy)
    ]
    marks = [
        element("title", words),
        *_frame(stale, first, last),
        element("polygon", points=area, class_="ldss-area"),
        element("polyline", points=line, class_="ldss-line"),
        *(element("circle", cx=str(x), cy=str(y), r="2.5", class_="ldss-dot") for x, y in points),
        *(_text(x - 4, y, "✗", "ldss-mark") for x, y in bad),
        _text(_RIGHT + 6, points[-1][1] + 4, f"{newest:.0f} s"),
    ]
    frame = f"0 0 {_RIGHT + 50} {_BOTTOM + 24}"
    return element("svg", *marks, viewBox=frame, width=str(_RIGHT + 50), role="img", aria_label=words)


def _frame(stale: float, first: float, last: float) -> list[Markup]:
    """The axes, the band of fresh ages, and the line where SDKs call the store stale."""
    height = round(_BOTTOM - stale, 1)
    return [
        element("rect", x=str(_LEFT), y=str(stale), width=str(_WIDTH), height=str(height), class_="ldss-fresh"),
        _line(_LEFT, _TOP, _LEFT, _BOTTOM, "ldss-axis"),
        _line(_LEFT, _BOTTOM, _RIGHT, _BOTTOM, "ldss-axis"),
        _line(_LEFT, stale, _RIGHT, stale, "ldss-stale"),
        _text(_LEFT + 6, stale - 4, f"{STALE_SECONDS} s: stale for SDKs"),
        _text(_RIGHT - 32, stale + 14, "fresh"),
        _text(18, _BOTTOM, "0 s"),
        _text(_LEFT, _BOTTOM + 16, _clock(first)),
        _text(_RIGHT - 46, _BOTTOM + 16, _clock(last)),
        _text(_LEFT + 120, _BOTTOM + 16, "age of the last synchronization"),
    ]


def _clock(moment: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment))


def _text(x: float, y: float, text: str, kind: str = "ldss-text") -> Markup:
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", font_size="11", class_=kind)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return element("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", class_=kind)
