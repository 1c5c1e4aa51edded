# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Look one context up, in either kind of store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.errors import InvalidSettings
from ..core.model.form_variables import STORE_TYPES
from .answer import ContextAnswer, Question
from .dynamodb import find_dynamodb_context
from .redis import find_redis_context


def find_context(
    integration_key: str,
    config: Mapping[str, Any],
    context_key: str,
    *,
    prefix: str,
    segment: str | None = None,
    generation: int | None = None,
    **options: Any,
) -> ContextAnswer:
    """What the store holds for a context, and what an SDK answers for `segment`, or for each segment in its sets.

    `integration_key` is `redis` or `dynamodb`; `config`, `prefix` and the other options are those of `inspect_redis` or
    `inspect_dynamodb`. `generation` is the segment's current one in LaunchDarkly; by default the newest in the context's sets.
    Raises StoreUnreadable, InvalidSettings and MissingDependency.
    """
    if integration_key not in STORE_TYPES:
        raise InvalidSettings.for_field("integration_key", "is not a known store type", "give redis or dynamodb")
    question = checked_question(context_key, segment, generation)
    if integration_key == "redis":
        return find_redis_context(config, question, prefix=prefix, **options)
    return find_dynamodb_context(config, question, prefix=prefix, **options)


def checked_question(context_key: str, segment: str | None, generation: int | None) -> Question:
    """The question that a user asks. Raises InvalidSettings."""
    if not context_key:
        raise InvalidSettings.for_field("context_key", "is empty", "give the key of a context, such as user-1")
    if segment == "":
        raise InvalidSettings.for_field("segment", "is empty", "give the key of a segment, or leave it out")
    if generation is not None and segment is None:
        raise InvalidSettings.for_field("generation", "is given without a segment", "give the segment's key too")
    return Question(context_key, segment, generation)
