# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The settings as code."""

from __future__ import annotations

import ipywidgets as w

from ..core.errors import InvalidSettings
from ..exports.formats import EXPORTS
from .page import Page
from .part import LABEL, Part, full_width
from .store_fields import Filled
from .text_view import TextView
from .worker import Worker


class ExportPanel(Part):
    """An Ansible task, curl, Python and Terraform. Secrets are references."""

    title = "Export as code"

    def __init__(self, worker: Worker | None = None, page: Page | None = None) -> None:
        super().__init__(worker, page)
        self.filled: Filled | None = None
        self.api_host = ""
        self.format = w.Dropdown(
            options=[(label, key) for key, (label, _, _) in EXPORTS.items()],
            description="Format",
            style=LABEL,
            layout=full_width(),
        )
        self.format.observe(lambda _: self.worker.put(self._draw), "value")
        self.view = TextView()

    def show(self, filled: Filled) -> None:
        """Take the settings."""
        self.filled = filled
        self.set_heading(f"Export {filled.choice.place} as code")
        self._draw()

    def export(self, name: str) -> str:
        """Return one of `ansible`, `curl`, `python` and `terraform`. Raises InvalidSettings while there are errors."""
        filled = self.filled
        if filled is None or filled.settings is None:
            raise InvalidSettings(filled.errors if filled else ())
        more: dict[str, str] = {}
        if name == "curl" and filled.choice.integration:
            more["integration_id"] = filled.choice.integration.id
        return EXPORTS[name][2](filled.settings, api_host=self.api_host, kept_secrets=filled.kept_secrets, **more)

    def _draw(self) -> None:
        if self.filled is None or self.filled.settings is None:
            self.body.children = []
            self.say("info", "The code appears here once the settings are complete.")
            return
        self.view.show(self.export(self.format.value), EXPORTS[self.format.value][1])
        if not self.body.children:
            self.body.children = [self.format, self.view]
        self.say("info", "Secrets are references, never values.")
