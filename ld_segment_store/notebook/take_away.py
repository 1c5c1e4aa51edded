# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Step 7: the settings as code, and beside the fields the documents that the store's side needs."""

from __future__ import annotations

import json
from collections.abc import Callable

import ipywidgets as w

from ..core import documents
from ..core.errors import InvalidSettings, SegmentStoreError
from ..exports.formats import EXPORTS
from ..exports.sdk import LANGUAGES, sdk_snippet
from .fill_in import Filled
from .step import LABEL, Step
from .text_view import TextView
from .worker import Worker

_ENDINGS = {"python": "py", "node": "js", "go": "go", "java": "java"}
Document = Callable[[Filled, str], str]


class TakeAwayStep(Step):
    """The Ansible task, curl, Python and Terraform. Secrets are references."""

    title = "Take it away as code"

    def __init__(self, worker: Worker, number: int) -> None:
        super().__init__(worker, number)
        self.filled: Filled | None = None
        self.api_host = ""
        self.format = w.Dropdown(
            options=[(label, key) for key, (label, _, _) in EXPORTS.items()],
            description="As",
            style=LABEL,
            layout=w.Layout(width="36rem", max_width="100%"),
        )
        self.format.observe(lambda _: worker.put(self._draw), "value")
        self.view = TextView()

    def show(self, filled: Filled) -> None:
        """Take the settings."""
        self.filled = filled
        self._draw()

    def text(self, name: str) -> str:
        """One of `ansible`, `curl`, `python` and `terraform`. Raises InvalidSettings while the form has errors."""
        filled = self.filled
        if filled is None or filled.errors:
            raise InvalidSettings(filled.errors if filled else ())
        more: dict[str, str] = {}
        if name == "curl" and filled.choice.integration:
            more["integration_id"] = filled.choice.integration.id
        return EXPORTS[name][2](
            filled.settings.valid(), api_host=self.api_host, kept_secrets=filled.kept_secrets, **more
        )

    def _draw(self) -> None:
        if self.filled is None or self.filled.errors:
            self.body.children = []
            self.say("info", "It is written here as soon as the form has no errors.")
            return
        self.view.show(self.text(self.format.value), EXPORTS[self.format.value][1])
        if not self.body.children:
            self.body.children = [self.format, self.view.widget]
        self.say("info", "Secrets are references, never values.")


class DocumentsPanel(Step):
    """What has to be set up at the store: ACL lines, IAM policies, the table, and what SDKs need to read it."""

    title = "For the store and the SDKs"

    def __init__(self, worker: Worker, number: int) -> None:
        super().__init__(worker, number)
        self.filled: Filled | None = None
        layout = w.Layout(width="36rem", max_width="100%")
        self.which = w.Dropdown(description="Document", style=LABEL, layout=layout)
        self.principal = w.Text(description="AWS account", placeholder="123456789012", style=LABEL, layout=layout)
        self.view = TextView()
        self.which.observe(lambda _: worker.put(self._draw), "value")
        self.principal.observe(lambda _: worker.put(self._draw), "value")

    def show(self, filled: Filled) -> None:
        """Take the settings."""
        names = list(_documents(filled.settings.integration_key))
        if tuple(names) != tuple(self.which.options):
            self.which.options = names
            self.which.value = names[0]
        self.filled = filled
        self._draw()

    def _draw(self) -> None:
        filled, name = self.filled, self.which.value
        if filled is None or name is None:
            return
        ending, make, needs_account = _documents(filled.settings.integration_key)[name]
        fields = [self.which, self.principal] if needs_account else [self.which]
        self.principal.description = needs_account or "AWS account"
        try:
            text = make(filled, self.principal.value.strip())
        except SegmentStoreError as error:
            self.body.children = fields
            self.say("info", error.message)
            return
        self.view.show(text, f"{name.split(',')[0].lower().replace(' ', '-')}.{ending}")
        self.body.children = [*fields, self.view.widget]
        source = documents.LIST_SOURCE if "SDK" not in name and "able" not in name else ""
        self.say("info", f"{source}: compare it with what LaunchDarkly shows." if source else "")


def _documents(integration_key: str) -> dict[str, tuple[str, Document, str]]:
    """By name: the file's ending, the function, and what the account is asked for as ("" where none is)."""
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
    return lambda f, _: sdk_snippet(language, f.settings.integration_key, f.settings.config, _prefix(f))


def _trust(filled: Filled, account: str) -> str:
    return _json(documents.trust_policy(_get(filled, "external_id"), account))


def _permission(filled: Filled, account: str) -> str:
    return _json(documents.permission_policy(_get(filled, "table_name"), _get(filled, "region"), account))


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"


def _get(filled: Filled, option: str) -> str:
    return str(filled.settings.config.get(option) or "")


def _user(filled: Filled) -> str:
    return _get(filled, "username") or "launchdarkly"


def _prefix(filled: Filled) -> str:
    if filled.choice.client_side_id is None:
        raise SegmentStoreError("The environment's client-side ID is needed, and the token may not read it.")
    return filled.choice.client_side_id
