# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The file that `export` writes. `plan`, `apply` and Ansible read it with `core/fleet/stores_file.py`.

Secrets are references, `{env: NAME}`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.data_file import EXPORT_BEGIN, EXPORT_END
from ..core.model.form_variables import STORE_TYPES, FormVariable
from ..core.model.integration import Integration, looks_masked, redact_config
from .literals import yaml_lines


def dump_fleet(integrations: Sequence[Integration]) -> tuple[dict[str, Any], list[str]]:
    """The data of a file that declares these integrations, and the environment variables that its secrets refer to."""
    several = Counter(integration.key for integration in integrations)
    names = secret_variables(integrations)
    stores = []
    for integration, references in zip(integrations, names):
        entry: dict[str, Any] = {
            "project_key": integration.project_key,
            "environment_key": integration.environment_key,
            integration.integration_key: _options(integration, references),
            **({"name": integration.name} if integration.name else {}),
            "tags": sorted(integration.tags),
            "enabled": integration.enabled,
        }
        if several[integration.key] > 1:
            entry["integration_id"] = integration.id
        stores.append(entry)
    return {"stores": stores}, [name for references in names for name in references.values()]


def to_yaml(data: Any) -> str:
    """YAML that any reader takes for the same data. `plan` and `apply` refuse it where its last line is missing."""
    return "\n".join([EXPORT_BEGIN, *yaml_lines(data)]) + f"{EXPORT_END}\n"


def _options(integration: Integration, references: Mapping[str, str]) -> dict[str, Any]:
    """The store's options that are set; those in `references` as references to environment variables."""
    shown = redact_config(integration.integration_key, integration.config or {})
    return {
        variable.option: {"env": references[variable.option]}
        if variable.option in references
        else shown[variable.option]
        for variable, _value in _given(integration)
    }


def secret_variables(integrations: Sequence[Integration]) -> list[dict[str, str]]:
    """For each integration the environment variables of its secrets, by option.

    Of names that would be the same each gets the integration's ID: which is which must not depend on their order.
    """
    short = [{option: _variable_name(there, option) for option in _secrets(there)} for there in integrations]
    times = Counter(name for names in short for name in names.values())
    return [
        {
            option: name if times[name] == 1 else _variable_name(there, option, there.id)
            for option, name in names.items()
        }
        for there, names in zip(integrations, short)
    ]


def _variable_name(integration: Integration, option: str, *more: str) -> str:
    """The name of an environment variable for a secret, such as REDIS_PASSWORD_SHOP_LIVE."""
    words = (integration.integration_key, option, integration.project_key, integration.environment_key, *more)
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in "_".join(words).upper())


def _secrets(integration: Integration) -> list[str]:
    """The options that LaunchDarkly does not show."""
    return [variable.option for variable, value in _given(integration) if variable.secret or looks_masked(value)]


def _given(integration: Integration) -> list[tuple[FormVariable, Any]]:
    """The fields that are set, in the order of the form."""
    config = integration.config or {}
    variables = STORE_TYPES[integration.integration_key].variables
    return [(each, config[each.key]) for each in variables if config.get(each.key) not in (None, "")]
