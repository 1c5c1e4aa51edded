# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The preflight of the store, from where the kernel runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as w
import traitlets

from ..core.errors import InvalidSettings
from ..core.model.settings import Settings
from ..core.secret import Secret
from ..preflight.checks import Check, Outcome, worst
from .markup import badge, element, join, table
from .page import Page
from .part import LABEL, Part, full_width
from .store_fields import Filled
from .worker import Task, Worker

_BADGES = {
    Outcome.PASS: ("ok", "✓", "pass"),
    Outcome.WARNING: ("warning", "!", "warning"),
    Outcome.FAILURE: ("error", "✗", "failure"),
    Outcome.SKIPPED: ("plain", "○", "skipped"),
}
_SUMMARY = {
    Outcome.PASS: ("ok", "The store is ready."),
    Outcome.WARNING: ("warning", "The store may work; read the warnings."),
    Outcome.FAILURE: ("error", "The store cannot work yet."),
    Outcome.SKIPPED: ("info", "Nothing could be checked."),
}


class PreflightView(Part):
    """Checks a store and shows each result as it arrives. Nothing in the store is changed.

    `settings` are those of the store, `prefix` the environment's client-side ID, without which fewer things can be checked.
    `aws_endpoint_url` replaces AWS in tests of a DynamoDB store.
    """

    title = "Check the store"

    checks: Any = traitlets.List(help="The results so far.")
    """The results so far, one `Check` each."""

    def __init__(
        self,
        settings: Settings | None = None,
        prefix: str | None = None,
        *,
        aws_endpoint_url: str | None = None,
        worker: Worker | None = None,
        page: Page | None = None,
    ) -> None:
        super().__init__(worker, page)
        self._integration_key: str = settings.integration_key if settings else ""
        self._config: Mapping[str, Any] = settings.config if settings else {}
        self._prefix = prefix
        self._filled: Filled | None = None
        self._aws_endpoint_url = aws_endpoint_url
        self.ca_file = w.Text(
            description="CA file (optional)",
            placeholder="/etc/ssl/redis-ca.pem, for a private CA",
            style=LABEL,
            layout=full_width(),
        )
        self.check_button = self.button("Check the store", self.check)
        self._results = w.HTML()
        self._arrange()

    def show(self, filled: Filled) -> None:
        """Take the settings of a form. Results for older settings stay, and are marked as out of date."""
        before, self._filled = self._filled, filled
        self._integration_key, self._config = filled.choice.integration_key, filled.config
        self._prefix = filled.choice.client_side_id
        self._arrange()
        if before is None or before.choice.key != filled.choice.key:
            self.drop()
            self.checks, self._results.value = [], ""
            self.set_heading(f"Check the store of {filled.choice.place}")
            self.say("info", "Optional; changes nothing. LaunchDarkly's network path may differ from this kernel's.")
        elif self.checks and before.config != filled.config:
            self.say("warning", "Out of date: the settings have changed since these checks.")

    def _arrange(self) -> None:
        redis = self._integration_key == "redis"
        children = [*([self.ca_file] if redis else []), self.check_button, self._results]
        if tuple(children) != self.body.children:
            self.body.children = children

    def check(self) -> None:
        """Run the checks."""
        if not self._integration_key:
            self.say("info", "Set the settings first.")
            return
        errors = [finding for finding in self._filled.errors if finding.key] if self._filled else []
        if errors:
            self.fail(InvalidSettings(errors))
            return
        self.checks = []
        integration_key, config, prefix = self._integration_key, dict(self._config), self._prefix
        ca_path = self.ca_file.value.strip() or None
        self.run(
            "Checking the store.",
            lambda task: _preflight(task, integration_key, config, prefix, ca_path, self._aws_endpoint_url),
            self._done,
            on_progress=self._add,
        )

    def _add(self, check: Check) -> None:
        self.checks = [*self.checks, check]
        self._draw()

    def _done(self, checks: list[Check]) -> None:
        self.checks = checks
        self._draw()
        level, text = _SUMMARY[worst(checks)]
        if self._filled and self._filled.kept_secrets:
            text += " The stored password can't be read back: type it to check it."
        self.say(level, text)

    def _draw(self) -> None:
        rows = [
            (badge(*_BADGES[check.outcome]), check.title, join([check.seen, _remedy(check)])) for check in self.checks
        ]
        self._results.value = table("Checks of the store", ("Outcome", "Check", "Found"), rows)


def _remedy(check: Check) -> str:
    return element("div", check.remedy, class_="ldss-hint") if check.remedy else ""


def _preflight(
    task: Task,
    integration_key: str,
    config: dict[str, Any],
    prefix: str | None,
    ca_path: str | None,
    aws_endpoint_url: str | None,
) -> list[Check]:
    def on_check(check: Check) -> None:
        task.check()
        task.progress(check)

    if integration_key == "dynamodb":
        from ..preflight.dynamodb.store import preflight_dynamodb

        return preflight_dynamodb(config, prefix=prefix, on_check=on_check, endpoint_url=aws_endpoint_url)
    from ..preflight.redis.store import preflight_redis

    config["password"] = config.get("password") or Secret("")
    return preflight_redis(config, prefix=prefix, ca_path=ca_path, on_check=on_check)
