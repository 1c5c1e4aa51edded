# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a store holds, and what an SDK answers for one context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import ipywidgets as w
import traitlets

from ..core.errors import InvalidSettings
from ..core.model.settings import Settings
from ..core.secret import Secret
from ..inspect import ContextAnswer, StoreContents, find_context, inspect_dynamodb, inspect_redis
from ..inspect.report import answer_text, contents_text
from .markup import element
from .page import Page
from .part import LABEL, Part, full_width, row
from .store_fields import Filled
from .worker import Task, Worker


class InspectView(Part):
    """Reads what a store holds under an environment's prefix. It only reads.

    `settings` are those of the store, `prefix` is the environment's client-side ID. `aws_endpoint_url` replaces AWS in tests
    of a DynamoDB store.
    """

    title = "Look inside the store"

    contents = traitlets.Instance(StoreContents, allow_none=True, help="What the store held when it was last read.")
    """What the store held when it was last read."""

    answer = traitlets.Instance(ContextAnswer, allow_none=True, help="What was found for the context.")
    """What was found for the context that was looked up last."""

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
        self._place = ""
        self._options: dict[str, Any] = {"endpoint_url": aws_endpoint_url} if aws_endpoint_url else {}
        self.context = w.Text(description="Context key", placeholder="user-1", style=LABEL, layout=full_width())
        self.segment = w.Text(description="Segment key", placeholder="optional", style=LABEL, layout=full_width())
        self.read_button = self.button("Read the store", self.read)
        self.find_button = self.button("Look up the context", self.find)
        self._found = w.HTML()
        self.body.children = [self.context, self.segment, row(self.read_button, self.find_button), self._found]

    def show(self, filled: Filled) -> None:
        """Take the settings of a form."""
        self._integration_key, self._config = filled.choice.integration_key, filled.config
        self._prefix = filled.choice.client_side_id
        place = str(filled.choice.key)
        if place != self._place:
            self._place = place
            self.drop()
            self.contents = self.answer = None
            self._found.value = ""
            self.set_heading(f"Look inside the store of {filled.choice.place}")
            self.say("info", "Optional; only reads. A password that LaunchDarkly keeps has to be typed.")

    def read(self) -> None:
        """Read what the store holds."""

        def work(task: Task) -> StoreContents:
            config, prefix = self._where()

            def progress(count: int) -> None:
                task.check()
                task.progress(f"Reading the store: {count:,} entries.")

            if self._integration_key == "redis":
                return inspect_redis(config, prefix=prefix, on_progress=progress)
            return inspect_dynamodb(config, prefix=prefix, on_progress=progress, **self._options)

        self._start("Reading the store.", work, partial(self._show, "contents", contents_text))

    def find(self) -> None:
        """Look one context up."""
        context, segment = self.context.value.strip(), self.segment.value.strip() or None

        def work(_task: Task) -> ContextAnswer:
            config, prefix = self._where()
            options = {} if self._integration_key == "redis" else self._options
            return find_context(self._integration_key, config, context, prefix=prefix, segment=segment, **options)

        self._start("Looking up the context.", work, partial(self._show, "answer", answer_text))

    def _start(self, text: str, work: Callable[[Task], Any], done: Callable[[Any], None]) -> None:
        if self._integration_key:
            self.run(text, work, done)
        else:
            self.say("info", "Set the settings first.")

    def _where(self) -> tuple[dict[str, Any], str]:
        config = dict(self._config)
        if self._integration_key == "redis":
            config["password"] = config.get("password") or Secret("")
        if not self._prefix:
            remedy = "Use a token that may read the environment, since the store's keys begin with it"
            raise InvalidSettings.for_field("client-side ID", "is unknown", remedy)
        return config, self._prefix

    def _show(self, trait: str, text: Callable[[Any], str], found: Any) -> None:
        self.set_trait(trait, found)
        self._found.value = element(
            "pre", text(found), class_="ldss-code", tabindex="0", role="region", aria_label="What the store holds"
        )
        self.say("ok", "Read.")
