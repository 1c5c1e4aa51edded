# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The form as somebody at a browser sees it: by labels, button texts and sentences, as in the page's accessibility tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

PATIENCE = 20_000


class FormPage:
    """One form in a page. Methods wait for what they are about, and fail after a while."""

    def __init__(self, page: Page, notebook: Path | None = None) -> None:
        self.page = page
        self.notebook = notebook or Path()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    def field(self, label: str) -> Any:
        return self.page.get_by_label(label, exact=True)

    def button(self, text: str) -> Any:
        return self.page.get_by_role("button", name=text, exact=True)

    def sees(self, text: str) -> None:
        """The text is on screen."""
        shown = self.page.get_by_text(text).filter(visible=True).first
        told = "; ".join(filter(None, self.page.locator(".ldss-message").filter(visible=True).all_inner_texts()))
        expect(shown, f"{text!r} is not on screen. At first the form said: {told}").to_be_visible()

    @contextmanager
    def new_button(self, text: str) -> Iterator[None]:
        """A button with this text comes with the change in this block: the one of the plan that the change leads to."""
        self.page.evaluate("document.querySelectorAll('button').forEach((old) => { old.dataset.old = 'yes'; })")
        yield
        expect(self.page.locator("button:not([data-old])", has_text=text)).to_be_visible()

    def connect(self, token: str | None = None) -> None:
        """With the token of the environment variable, or one that is typed in and sent with Enter."""
        if token:
            self.field("Access token from").select_option("Typed in here")
            self.field("Access token").fill(token)
            self.field("Access token").press("Enter")
        else:
            self.button("Connect").click()
        self.sees("Connected to")

    def open(self, project: str, environment: str, store: str = "Redis") -> None:
        self.field("Project").fill(project)
        self.field("Environment").fill(environment)
        self.field("Store type").select_option(store)
        self.button("Open").click()
        self.sees(f"Settings of {project}/{environment}")
        expect(self.field("Enabled")).to_be_visible()

    def check(self) -> None:
        """Check the store; no check fails."""
        self.button("Check the store").click()
        expect(
            self.page.get_by_text("The store is ready.").or_(self.page.get_by_text("The store may work"))
        ).to_be_visible()

    def create(self, place: str = "shop/test") -> None:
        """Apply the plan, and watch until the store is available."""
        self.button(f"Create the integration in {place}").click()
        self.sees("Created the")
        self.sees("The store is available")
        expect(self.page.locator("svg[aria-label^='Age of the last synchronization']")).to_be_visible()

    def exported(self, name: str) -> str:
        """The settings as code."""
        self.field("Format").select_option(name)
        code = self.page.locator(".ldss-ExportPanel pre.ldss-code")
        expect(code).to_contain_text({"Ansible task": "featureops.launchdarkly", "Terraform": "resource"}.get(name, ""))
        return str(code.inner_text())
