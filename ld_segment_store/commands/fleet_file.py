# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The file that `export` writes; `plan` and `apply` read it with `core/stores_file.py`, and so does Ansible.

A secret in it is a reference, `{env: NAME}`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..core.form_variables import STORE_TYPES
from ..core.integration import Integration, looks_masked, redact_config
from ..core.stores_file import load_yaml_library


def dump_fleet(integrations: Sequence[Integration]) -> tuple[dict[str, Any], list[str]]:
    """The data of a file that declares what is there, and the environment variables that its secrets refer to."""
    several = Counter(_place(integration) for integration in integrations)
    stores = []
    variables: list[str] = []
    for integration in integrations:
        entry: dict[str, Any] = {
            "project_key": integration.project_key,
            "environment_key": integration.environment_key,
            integration.integration_key: _options(integration, variables),
            "name": integration.name,
            "tags": sorted(integration.tags),
            "enabled": integration.enabled,
        }
        if several[_place(integration)] > 1:
            entry["integration_id"] = integration.id
        stores.append(entry)
    return {"stores": stores}, variables


def to_yaml(data: Any) -> str:
    """As YAML. Raises MissingYaml."""
    text: str = load_yaml_library().safe_dump(data, sort_keys=False, allow_unicode=True)
    return text


def _options(integration: Integration, variables: list[str]) -> dict[str, Any]:
    config = integration.config or {}
    shown = redact_config(integration.integration_key, config)
    options = {}
    for variable in STORE_TYPES[integration.integration_key].variables:
        value = config.get(variable.key)
        if value in (None, ""):
            continue
        if variable.secret or looks_masked(value):
            options[variable.option] = {"env": _variable(integration, variable.option, variables)}
        else:
            options[variable.option] = shown[variable.option]
    return options


def _variable(integration: Integration, option: str, taken: list[str]) -> str:
    """The name of an environment variable for a secret, such as REDIS_PASSWORD_SHOP_LIVE; each is its own."""
    words = (integration.integration_key, option, integration.project_key, integration.environment_key)
    text = "_".join(words).upper()
    name = base = "".join(char if char.isascii() and char.isalnum() else "_" for char in text)
    number = 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.append(name)
    return name


def _place(integration: Integration) -> tuple[str, str, str]:
    return integration.project_key, integration.environment_key, integration.integration_key
