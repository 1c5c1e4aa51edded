# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The sentences of a plan about secrets, whole."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.core.errors import SecretRequired
from ld_segment_store.core.flow.plan import plan_present
from ld_segment_store.core.model.settings import Settings
from tests.support.scripted import PASSWORD, integration, redis_item


def redis(**options: Any) -> Settings:
    config: Any = {"host": "redis.example.com", **options}
    return Settings("shop", "live", "redis", config)


def masked(mask: str) -> Any:
    return integration(redis_item(config={**redis_item()["config"], "password": mask}))


def test_a_secret_that_cannot_be_compared() -> None:
    (warning,) = plan_present(redis(password=PASSWORD), masked("********")).warnings
    assert warning == (
        "redis.password: cannot tell whether it changed, because LaunchDarkly masks it completely; assuming it is unchanged."
        " Use update_secrets: always once to be sure."
    )


def test_a_secret_that_is_needed() -> None:
    with pytest.raises(SecretRequired) as caught:
        plan_present(redis(port=7000), integration())
    assert caught.value.message == (
        "redis.password: is needed to change redis.port, because LaunchDarkly replaces the config as a whole and never"
        " returns a secret. Give redis.password, the current one or a new one. Nothing was changed."
    )


def test_a_secret_that_would_be_sent() -> None:
    with pytest.raises(SecretRequired) as caught:
        plan_present(redis(port=7000, tls_enabled=True, password=PASSWORD), masked("abc********xyz"), "on_create")
    assert caught.value.message == (
        "redis.password: differs from the stored secret, and changing redis.port, redis.tls_enabled would send it, because"
        " LaunchDarkly replaces the config as a whole. Give the secret in use, or allow the change with update_secrets:"
        " if_different. Nothing was changed."
    )


def test_a_mask_instead_of_a_secret() -> None:
    with pytest.raises(SecretRequired) as caught:
        plan_present(redis(password="supMARKER*123"), masked("supMARKER*123"))
    assert caught.value.message == (
        "redis.password: is the masked value that LaunchDarkly shows, not the secret. Give the secret itself, or leave it"
        " out. Nothing was changed."
    )
