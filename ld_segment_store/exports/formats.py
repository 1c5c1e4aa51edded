# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Export settings as code: an Ansible task, a curl script, a Python script, a Terraform resource.

No text holds a secret. It refers to an environment variable, in Terraform to a sensitive input variable; the scripts fail where
the variable is empty or not set, since an empty secret would clear the stored one. `kept_secrets` are secret options that
LaunchDarkly holds although the settings don't; the exports refer to them as well, because `config` is replaced as a whole.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

from ..core.api.client import DEFAULT_API_HOST, STORES_PATH
from ..core.model.form_variables import STORE_TYPES
from ..core.model.settings import Settings
from ..core.secret import Secret
from .literals import Reference, ansible_scalar, hcl, jq, python, yaml_lines
from .terraform import resource_block, variable_block

_TOKEN = Reference("LAUNCHDARKLY_ACCESS_TOKEN")


def ansible_task(settings: Settings, *, api_host: str = DEFAULT_API_HOST, kept_secrets: Collection[str] = ()) -> str:
    """A task of a playbook for `featureops.launchdarkly.ld_big_segment_store`."""
    config = _config(settings, kept_secrets)
    options: dict[str, Any] = {
        "access_token": _TOKEN,
        "project_key": settings.project_key,
        "environment_key": settings.environment_key,
        settings.integration_key: config,
        "name": settings.name,
        "tags": settings.tags,
        "enabled": settings.enabled,
        "clear_secrets": True if _clears(settings) else None,
    }
    if api_host != DEFAULT_API_HOST:
        options["api_host"] = api_host
    task = {
        "name": f"Keep the big segments of {settings.project_key}/{settings.environment_key} in {_label(settings)}",
        "featureops.launchdarkly.ld_big_segment_store": {
            name: value for name, value in options.items() if value is not None
        },
    }
    lines = [
        f"# Needs these environment variables on the controller: {', '.join([_TOKEN, *_references(config)])}",
        *yaml_lines([task], ansible_scalar),
    ]
    return "\n".join(lines) + "\n"


def curl_script(
    settings: Settings,
    *,
    api_host: str = DEFAULT_API_HOST,
    kept_secrets: Collection[str] = (),
    integration_id: str | None = None,
) -> str:
    """A Bash script with jq and curl: POST, or PATCH of an existing integration.

    Neither the token nor a secret is an argument of a command, where other users of the machine could see it.
    """
    config = _api_names(settings, _config(settings, kept_secrets))
    top = {"on": settings.enabled, "name": settings.name, "tags": settings.tags}
    given = {name: value for name, value in top.items() if value is not None}
    body: Any = {"config": config, **given}
    keys = [settings.project_key, settings.environment_key, settings.integration_key]
    if integration_id:
        body = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in body.items()]
        keys.append(integration_id)
    names = [_TOKEN, *_references(config)]
    return """\
#!/usr/bin/env bash
# Needs curl 7.76 or later, jq, and these environment variables: {names}
set -euo pipefail
: {required}
jq --null-input {program} |
  curl --globoff --silent --show-error --fail-with-body --request {method} \\
    --header @<(printf 'Authorization: %s\\n' "${token}") \\
    --header 'LD-API-Version: beta' --header 'Content-Type: application/json' \\
    --data @- {url}
""".format(
        names=", ".join(names),
        required=" ".join(f'"${{{name}:?is empty or not set}}"' for name in names),
        program=shlex.quote(jq(body)),
        method="PATCH" if integration_id else "POST",
        token=_TOKEN,
        url=shlex.quote("/".join([api_host + STORES_PATH, *(quote(key, safe="") for key in keys)])),
    )


_PYTHON_HEAD = """\
import os
import sys

from ld_segment_store import Client, Settings, ensure_present


def secret(name):
    value = os.environ.get(name)
    if not value:
        sys.exit(f"Set the environment variable {name}.")
    return value


settings = Settings("""


def python_script(settings: Settings, *, api_host: str = DEFAULT_API_HOST, kept_secrets: Collection[str] = ()) -> str:
    """A Python script that uses this package."""
    lines = [_PYTHON_HEAD]
    keys = {
        "project_key": settings.project_key,
        "environment_key": settings.environment_key,
        "integration_key": settings.integration_key,
    }
    lines.extend(f"    {name}={python(value)}," for name, value in keys.items())
    config = _config(settings, kept_secrets)
    lines += [
        "    config={",
        *(f"        {python(name)}: {python(value)}," for name, value in config.items()),
        "    },",
    ]
    more = {
        "name": settings.name,
        "tags": settings.tags,
        "enabled": settings.enabled,
        "clear_secrets": True if _clears(settings) else None,
    }
    lines.extend(f"    {name}={python(value)}," for name, value in more.items() if value is not None)
    host = "" if api_host == DEFAULT_API_HOST else f", {python(api_host)}"
    lines += [
        ")",
        f"with Client({python(_TOKEN)}{host}) as client:",
        "    outcome = ensure_present(client, settings)",
        '    print(outcome.plan.action.value, *outcome.warnings, sep="\\n")',
    ]
    return "\n".join(lines) + "\n"


def terraform_resource(
    settings: Settings, *, api_host: str = DEFAULT_API_HOST, kept_secrets: Collection[str] = ()
) -> str:
    """A resource of LaunchDarkly's Terraform provider, version 3. The provider reads the token from the environment.

    Terraform keeps `config`, including the secret, in its state, which therefore belongs in an encrypted backend.
    """
    config = _api_names(settings, _config(settings, kept_secrets))
    lines = [f"# The provider reads the access token from the environment variable {_TOKEN}."]
    if api_host != DEFAULT_API_HOST:
        lines.append(f"# The provider needs api_host = {hcl(api_host)}.")
    for name in _references(config):
        lines += [*variable_block(name), ""]
    fields = {
        "project_key": settings.project_key,
        "environment_key": settings.environment_key,
        "integration_key": settings.integration_key,
        "name": settings.name,
        "on": settings.enabled,
        "tags": settings.tags,
    }
    return "\n".join([*lines, *resource_block(settings.integration_key, fields, config)]) + "\n"


# The formats by short name: label, file name, and function.
EXPORTS: dict[str, tuple[str, str, Callable[..., str]]] = {
    "ansible": ("Ansible task", "big-segment-store.yml", ansible_task),
    "curl": ("curl", "big-segment-store.sh", curl_script),
    "python": ("Python", "big_segment_store.py", python_script),
    "terraform": ("Terraform", "big-segment-store.tf", terraform_resource),
}


def _label(settings: Settings) -> str:
    return STORE_TYPES[settings.integration_key].label


def _config(settings: Settings, kept_secrets: Collection[str]) -> dict[str, Any]:
    """The options in the order of the form, each secret that is not empty as a reference."""
    config: dict[str, Any] = {}
    for variable in STORE_TYPES[settings.integration_key].variables:
        value = settings.config.get(variable.option)
        if variable.secret and (value or (value is None and variable.option in kept_secrets)):
            config[variable.option] = Reference(f"{settings.integration_key}_{variable.option}".upper())
        elif value is not None:
            config[variable.option] = "" if isinstance(value, Secret) else value
    return config


def _clears(settings: Settings) -> bool:
    """Whether an empty secret clears the stored one."""
    return any(isinstance(value, Secret) and not value for value in settings.api_config.values())


def _references(config: Mapping[str, Any]) -> list[Reference]:
    return [value for value in config.values() if isinstance(value, Reference)]


def _api_names(settings: Settings, config: Mapping[str, Any]) -> dict[str, Any]:
    named = {variable.option: variable.key for variable in STORE_TYPES[settings.integration_key].variables}
    return {named[option]: value for option, value in config.items()}
