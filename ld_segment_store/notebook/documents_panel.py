# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The documents that the store and its readers need."""

from __future__ import annotations

import json
from collections.abc import Callable

import ipywidgets as w

from ..core import documents
from ..core.errors import SegmentStoreError
from ..exports.sdk import LANGUAGES, sdk_snippet
from .page import Page
from .part import LABEL, Part, full_width
from .store_fields import Filled
from .text_view import TextView
from .worker import Worker

_ENDINGS = {"python": "py", "node": "js", "go": "go", "java": "java"}
Document = Callable[[Filled, str], str]


class DocumentsPanel(Part):
    """What to set up at the store: ACL lines, IAM policies, the table; and what SDKs need to read it."""

    title = "Set up the store and the SDKs"

    def __init__(self, worker: Worker | None = None, page: Page | None = None) -> None:
        super().__init__(worker, page)
        self.filled: Filled | None = None
        self.which = w.Dropdown(description="Document", style=LABEL, layout=full_width())
        self.principal = w.Text(description="AWS account", placeholder="123456789012", style=LABEL, layout=full_width())
        self.view = TextView()
        self.which.observe(lambda _: self.worker.put(self._draw), "value")
        self.principal.observe(lambda _: self.worker.put(self._draw), "value")

    def show(self, filled: Filled) -> None:
        """Take the settings."""
        self.set_heading(f"Set up the store and the SDKs of {filled.choice.place}")
        names = list(_documents(filled.choice.integration_key))
        if tuple(names) != tuple(self.which.options):
            self.which.options = names
            self.which.value = names[0]
        self.filled = filled
        self._draw()

    def _draw(self) -> None:
        filled, name = self.filled, self.which.value
        if filled is None or name is None:
            return
        ending, make, needs_account = _documents(filled.choice.integration_key)[name]
        fields = [self.which, self.principal] if needs_account else [self.which]
        self.principal.description = needs_account or "AWS account"
        try:
            text = make(filled, self.principal.value.strip())
        except SegmentStoreError as error:
            self.body.children = fields
            self.say("info", error.message)
            return
        self.view.show(text, f"{name.split(',')[0].lower().replace(' ', '-')}.{ending}")
        self.body.children = [*fields, self.view]
        source = documents.LIST_SOURCE if "SDK" not in name and "able" not in name else ""
        self.say("info", f"{source}: compare it with what LaunchDarkly shows." if source else "")


def _documents(integration_key: str) -> dict[str, tuple[str, Document, str]]:
    """By name: the file's ending, the function, and the label of the field for the account ("" for none)."""
    found: dict[str, tuple[str, Document, str]] = {}
    if integration_key == "redis":
        found["ACL line, for LaunchDarkly"] = ("txt", lambda f, _: documents.redis_acl_line(_user(f), _prefix(f)), "")
        found["ACL line, for SDKs"] = (
            "txt",
            lambda f, _: documents.redis_reader_acl_line("sdk-reader", _prefix(f)),
            "",
        )
    else:
        found["Trust policy"] = ("json", _trust, "LaunchDarkly's account")
        found["Permission policy"] = ("json", _permission, "Your AWS account")
        found["Table, AWS CLI"] = (
            "sh",
            lambda f, _: documents.table_aws_cli(_get(f, "table_name"), _get(f, "region")),
            "",
        )
        found["Table, CloudFormation"] = (
            "json",
            lambda f, _: _json(documents.table_cloudformation(_get(f, "table_name"))),
            "",
        )
    for language in LANGUAGES:
        found[f"SDK, {language}"] = (_ENDINGS[language], _sdk(language), "")
    return found


def _sdk(language: str) -> Document:
    return lambda f, _: sdk_snippet(language, f.choice.integration_key, f.config, _prefix(f))


def _trust(filled: Filled, account: str) -> str:
    return _json(documents.trust_policy(_get(filled, "external_id"), account))


def _permission(filled: Filled, account: str) -> str:
    return _json(documents.permission_policy(_get(filled, "table_name"), _get(filled, "region"), account))


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"


def _get(filled: Filled, option: str) -> str:
    return str(filled.config.get(option) or "")


def _user(filled: Filled) -> str:
    return _get(filled, "username") or "launchdarkly"


def _prefix(filled: Filled) -> str:
    if filled.choice.client_side_id is None:
        raise SegmentStoreError("The environment's client-side ID is required, and the token may not read it.")
    return filled.choice.client_side_id
