# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Terraform configuration for LaunchDarkly's provider, version 3, as `terraform fmt` formats it.

The resource and the form of the import IDs are those of the provider's documentation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.api.client import DEFAULT_API_HOST
from ..core.model.form_variables import STORE_TYPES
from ..core.model.integration import Integration, normal
from .literals import Reference, hcl

RESOURCE = "launchdarkly_big_segment_store_integration"
_HEAD = """\
# Exported by ld-segment-store. The provider reads the access token from the environment variable LAUNCHDARKLY_ACCESS_TOKEN.
# The import leaves `config` out of the state, so the first apply sends each `config` with its secrets.
terraform {
  required_version = ">= 1.5"
  required_providers {
    launchdarkly = {
      source  = "launchdarkly/launchdarkly"
      version = ">= 3.0"
    }
  }
}
"""


def terraform_file(
    integrations: Sequence[Integration], secrets: Sequence[Mapping[str, str]], api_host: str = DEFAULT_API_HOST
) -> str:
    """A complete file: the provider, and for each integration a variable for each secret, an import block and the resource.

    `secrets` has, for each integration, the environment variable of each secret option.
    """
    blocks = [_HEAD]
    if api_host != DEFAULT_API_HOST:
        blocks.append(f'provider "launchdarkly" {{\n  api_host = {hcl(api_host)}\n}}\n')
    for integration, label, names in zip(integrations, _labels(integrations), secrets):
        references = {option: Reference(name) for option, name in names.items()}
        fields = {
            "project_key": integration.project_key,
            "environment_key": integration.environment_key,
            "integration_key": integration.integration_key,
            "name": integration.name or None,
            "on": integration.enabled,
            "tags": sorted(integration.tags),
        }
        config = {
            variable.key: references.get(variable.option, normal(variable, integration.config[variable.key]))
            for variable in STORE_TYPES[integration.integration_key].variables
            if integration.config and integration.config.get(variable.key) not in (None, "")
        }
        imported = [
            "import {",
            f"  to = {RESOURCE}.{label}",
            f"  id = {hcl('/'.join((*integration.key, integration.id)))}",
        ]
        parts = [*map(variable_block, references.values()), [*imported, "}"], resource_block(label, fields, config)]
        blocks += ["\n".join(part) + "\n" for part in parts]
    return "\n".join(blocks)


def variable_block(name: Reference) -> list[str]:
    """The input variable of a secret. An empty one would clear what is stored."""
    variable = name.lower()
    return [
        "# Terraform stores this secret in its state. Encrypt the state.",
        f'variable "{variable}" {{',
        "  type      = string",
        "  sensitive = true",
        "  validation {",
        f'    condition     = var.{variable} != ""',
        f'    error_message = "{variable} is empty."',
        "  }",
        "}",
    ]


def resource_block(label: str, fields: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """The resource; fields that are None are left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    width, config_width = (max(map(len, names), default=0) for names in (given, config))
    return [
        f'resource "{RESOURCE}" "{label}" {{',
        *(f"  {name:<{width}} = {hcl(value)}" for name, value in given.items()),
        "  config = jsonencode({",
        *(f"    {key:<{config_width}} = {hcl(value)}" for key, value in config.items()),
        "  })",
        "}",
    ]


def _labels(integrations: Sequence[Integration]) -> list[str]:
    """A label for each. Of labels that would be the same each gets the ID, whatever the order of the integrations."""
    short = [_identifier("_".join(integration.key)) for integration in integrations]
    times = Counter(short)
    labels: list[str] = []
    for integration, name in zip(integrations, short):
        label = name if times[name] == 1 else f"{name}_{_identifier(integration.id)}"
        while label in labels:
            label += "_"
        labels.append(label)
    return labels


def _identifier(text: str) -> str:
    """The text as an identifier of HCL."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", text)
    return name if name[:1].isalpha() else f"_{name}"
