# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Step 4: the preflight of the store, seen from where the kernel runs."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from ..core.errors import InvalidSettings
from ..core.secret import Secret
from ..preflight.checks import Check, OnCheck, Outcome, worst
from .fill_in import Filled
from .markup import badge, element, join, table
from .step import LABEL, Step
from .worker import Task, Worker

_BADGES = {
    Outcome.PASS: ("ok", "✓", "pass"),
    Outcome.WARNING: ("warning", "!", "warning"),
    Outcome.FAILURE: ("error", "✗", "failure"),
    Outcome.SKIPPED: ("plain", "○", "skipped"),
}
_SUMMARY = {
    Outcome.PASS: ("ok", "The store looks ready."),
    Outcome.WARNING: ("warning", "The store may work; look at the warnings."),
    Outcome.FAILURE: ("error", "The store can't work like this."),
    Outcome.SKIPPED: ("info", "Nothing could be checked."),
}


class CheckStep(Step):
    """Runs the checks and shows them as they come in. Nothing in the store is changed."""

    title = "Check the store"

    def __init__(self, worker: Worker, number: int, aws_endpoint_url: str | None = None) -> None:
        super().__init__(worker, number)
        self.filled: Filled | None = None
        self.checks: list[Check] = []
        self._aws_endpoint_url = aws_endpoint_url
        self.ca_file = w.Text(
            description="CA file (optional)",
            placeholder="/etc/ssl/redis-ca.pem, for TLS with an authority of your own",
            style=LABEL,
            layout=w.Layout(width="36rem", max_width="100%"),
        )
        self.check_button = self.button("Check the store", self.check)
        self._results = w.HTML()

    def show(self, filled: Filled) -> None:
        """Take the settings. Results for others stay on screen, and are called outdated."""
        before, self.filled = self.filled, filled
        redis = filled.settings.integration_key == "redis"
        children = [*([self.ca_file] if redis else []), self.check_button, self._results]
        if tuple(children) != self.body.children:
            self.body.children = children
        if before is None or before.choice.place != filled.choice.place:
            self.drop()
            self.checks, self._results.value = [], ""
            self.say(
                "info",
                "Optional, and changes nothing. It looks from where this kernel runs; LaunchDarkly's own way may differ.",
            )
        elif self.checks and before.settings.config != filled.settings.config:
            self.say("warning", "The settings have changed since these checks.")

    def check(self) -> None:
        """Run the checks."""
        filled = self.filled
        if filled is None:
            return
        errors = [finding for finding in filled.errors if finding.key]
        if errors:
            self.fail(InvalidSettings(errors))
            return
        self.checks = []
        ca_path = self.ca_file.value.strip() or None
        self.run(
            "Checking the store.",
            lambda task: _preflight(task, filled, ca_path, self._aws_endpoint_url),
            self._done,
            on_progress=self._add,
        )

    def _add(self, check: Check) -> None:
        self.checks.append(check)
        self._draw()

    def _done(self, checks: list[Check]) -> None:
        self.checks = checks
        self._draw()
        level, text = _SUMMARY[worst(checks)]
        if self.filled and self.filled.kept_secrets:
            text += " The stored password can't be read back: type it in to check it."
        self.say(level, text)

    def _draw(self) -> None:
        rows = [
            (badge(*_BADGES[check.outcome]), check.title, join([check.seen, _remedy(check)])) for check in self.checks
        ]
        self._results.value = table("Checks of the store", ("Outcome", "Check", "Seen"), rows)


def _remedy(check: Check) -> str:
    return element("div", check.remedy, class_="ldss-hint") if check.remedy else ""


def _preflight(task: Task, filled: Filled, ca_path: str | None, aws_endpoint_url: str | None) -> list[Check]:
    config: dict[str, Any] = dict(filled.settings.config)
    prefix = filled.choice.client_side_id

    def on_check(check: Check) -> None:
        task.check()
        task.progress(check)

    told: OnCheck = on_check
    if filled.settings.integration_key == "dynamodb":
        from ..preflight.dynamodb.store import preflight_dynamodb

        return preflight_dynamodb(config, prefix=prefix, on_check=told, endpoint_url=aws_endpoint_url)
    from ..preflight.redis.store import preflight_redis

    config["password"] = config.get("password") or Secret("")
    return preflight_redis(config, prefix=prefix, ca_path=ca_path, on_check=told)
