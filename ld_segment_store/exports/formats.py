# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The settings as code to take away: an Ansible task, a curl script, a Python script, a Terraform resource.

Pure text. A secret never appears: its place is taken by a reference to a vault variable, an environment variable or a
sensitive Terraform variable. `kept_secrets` are secret options that LaunchDarkly holds although the settings don't; they are
referred to as well, since whoever writes `config` has to give them again.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..core.model.form_variables import STORE_TYPES
from ..core.model.settings import Settings
from ..core.secret import Secret

DEFAULT_API_HOST = "https://app.launchdarkly.com"
_TOKEN = "LAUNCHDARKLY_ACCESS_TOKEN"
_PATH = "/api/v2/integration-capabilities/big-segment-store"

# Words that YAML 1.1, which Ansible reads, does not take for text.
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_YAML_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")


class _Reference(str):
    """The name of the variable that holds a secret, such as `redis_password`."""

    __slots__ = ()


def ansible_task(settings: Settings, *, api_host: str = DEFAULT_API_HOST, kept_secrets: Collection[str] = ()) -> str:
    """A playbook's task for `featureops.launchdarkly.ld_big_segment_store`."""
    config = _config(settings, kept_secrets)
    options: dict[str, Any] = {
        "access_token": _Reference("launchdarkly_access_token"),
        "project_key": settings.project_key,
        "environment_key": settings.environment_key,
        settings.integration_key: config,
        "name": settings.name,
        "tags": settings.tags,
        "enabled": settings.enabled,
    }
    if api_host != DEFAULT_API_HOST:
        options["api_host"] = api_host
    secrets = ["launchdarkly_access_token", *(value for value in config.values() if isinstance(value, _Reference))]
    title = f"Keep the big segments of {settings.project_key}/{settings.environment_key} in {_label(settings)}"
    lines = [
        f"# From a vault: {', '.join(secrets)}",
        "# (ansible-vault encrypt_string --stdin-name NAME)",
        f"- name: {_yaml(title)}",
        "  featureops.launchdarkly.ld_big_segment_store:",
    ]
    for option, value in options.items():
        if isinstance(value, Mapping):
            lines.append(f"    {option}:")
            lines.extend(f"      {name}: {_yaml(item)}" for name, item in value.items())
        elif value is not None:
            lines.append(f"    {option}: {_yaml(value)}")
    return "\n".join(lines) + "\n"


def curl_script(
    settings: Settings,
    *,
    api_host: str = DEFAULT_API_HOST,
    kept_secrets: Collection[str] = (),
    integration_id: str | None = None,
) -> str:
    """A Bash script with jq and curl: POST, or PATCH of the integration that exists.

    Neither the token nor a secret is an argument of a command, where other users of the machine could see it.
    """
    config = _api_names(settings, _config(settings, kept_secrets))
    top = {"on": settings.enabled, "name": settings.name, "tags": settings.tags}
    given = {name: value for name, value in top.items() if value is not None}
    body: Any = {"config": config, **given}
    path = [_PATH, settings.project_key, settings.environment_key, settings.integration_key]
    if integration_id:
        body = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in body.items()]
        path.append(integration_id)
    names = [_TOKEN, *(str(value).upper() for value in config.values() if isinstance(value, _Reference))]
    return """\
#!/usr/bin/env bash
# Needs curl 7.76 or later, jq, and in the environment: {names}
set -euo pipefail
jq --null-input {program} |
  curl --silent --show-error --fail-with-body --request {method} \\
    --header @<(printf 'Authorization: %s\\n' "${token}") \\
    --header 'LD-API-Version: beta' --header 'Content-Type: application/json' \\
    --data @- {url}
""".format(
        names=", ".join(names),
        program=shlex.quote(_jq(body)),
        method="PATCH" if integration_id else "POST",
        token=_TOKEN,
        url=shlex.quote(api_host + "/".join(path)),
    )


def python_script(settings: Settings, *, api_host: str = DEFAULT_API_HOST, kept_secrets: Collection[str] = ()) -> str:
    """A Python script that uses this package."""
    config = _config(settings, kept_secrets)
    lines = [
        "import os",
        "",
        "from ld_segment_store import Client, Settings, ensure_present",
        "",
        "settings = Settings(",
    ]
    fields = {
        "project_key": settings.project_key,
        "environment_key": settings.environment_key,
        "integration_key": settings.integration_key,
    }
    lines.extend(f"    {name}={_quoted(value)}," for name, value in fields.items())
    lines.append("    config={")
    lines.extend(f"        {_quoted(option)}: {_python(value)}," for option, value in config.items())
    lines.append("    },")
    more = {"name": settings.name, "tags": settings.tags, "enabled": settings.enabled}
    lines.extend(f"    {name}={_python(value)}," for name, value in more.items() if value is not None)
    host = "" if api_host == DEFAULT_API_HOST else f", {_quoted(api_host)}"
    lines += [
        ")",
        f'with Client(os.environ["{_TOKEN}"]{host}) as client:',
        "    outcome = ensure_present(client, settings)",
        '    print(outcome.plan.action.value, *outcome.warnings, sep="\\n")',
    ]
    return "\n".join(lines) + "\n"


def terraform_resource(
    settings: Settings, *, api_host: str = DEFAULT_API_HOST, kept_secrets: Collection[str] = ()
) -> str:
    """A resource of LaunchDarkly's Terraform provider, version 3. The provider reads the token from the environment.

    Terraform keeps `config`, the secret too, in its state: that belongs into an encrypted backend.
    """
    config = _api_names(settings, _config(settings, kept_secrets))
    secrets = [value for value in config.values() if isinstance(value, _Reference)]
    lines = [f"# The provider takes its token from the environment variable {_TOKEN}."]
    if api_host != DEFAULT_API_HOST:
        lines.append(f"# The provider needs api_host = {_hcl(api_host)}.")
    for name in secrets:
        lines += ["# Terraform stores it in its state: keep that encrypted.", f'variable "{name}" {{']
        lines += ["  type      = string", "  sensitive = true", "}", ""]
    lines.append(f'resource "launchdarkly_big_segment_store_integration" "{settings.integration_key}" {{')
    fields: dict[str, Any] = {
        "project_key": settings.project_key,
        "environment_key": settings.environment_key,
        "integration_key": settings.integration_key,
        "name": settings.name,
        "on": settings.enabled,
        "tags": settings.tags,
    }
    lines.extend(f"  {name:<15} = {_hcl(value)}" for name, value in fields.items() if value is not None)
    width = max(map(len, config), default=0)
    lines += ["  config = jsonencode({", *(f"    {key:<{width}} = {_hcl(value)}" for key, value in config.items())]
    return "\n".join([*lines, "  })", "}"]) + "\n"


# What is on offer, by a short name: its label, a file name, and the function.
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
            config[variable.option] = _Reference(f"{settings.integration_key}_{variable.option}")
        elif value is not None:
            config[variable.option] = "" if isinstance(value, Secret) else value
    return config


def _api_names(settings: Settings, config: Mapping[str, Any]) -> dict[str, Any]:
    named = {variable.option: variable.key for variable in STORE_TYPES[settings.integration_key].variables}
    return {named[option]: value for option, value in config.items()}


def _quoted(text: str) -> str:
    """A string literal that YAML, Python and HCL read alike."""
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"{}"'.format("".join(short.get(char) or (char if char.isprintable() else _escape(char)) for char in text))


def _escape(char: str) -> str:
    number = ord(char)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _yaml(value: Any) -> str:
    if isinstance(value, _Reference):
        return f'"{{{{ {value} }}}}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(map(_yaml, value)))
    if _YAML_PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS:
        return str(value)
    if re.fullmatch(r"[\w/ -]+", value) and " " in value and value[0].isalpha():
        return str(value)  # words, such as a task's name
    # What looks like a template must not be taken for one.
    return ("!unsafe " if re.search(r"\{[{%#]", value) else "") + _quoted(value)


def _python(value: Any) -> str:
    if isinstance(value, _Reference):
        return f'os.environ["{value.upper()}"]'
    if isinstance(value, (list, tuple)):
        return "({}{})".format(", ".join(map(_python, value)), "," if len(value) == 1 else "")
    return _quoted(value) if isinstance(value, str) else repr(value)


def _hcl(value: Any) -> str:
    if isinstance(value, _Reference):
        return f"var.{value}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(map(_hcl, value)))
    return re.sub(r"([$%])\{", r"\1\1{", _quoted(value))


def _jq(value: Any) -> str:
    """A jq program that makes the value; secrets come from jq's view of the environment."""
    if isinstance(value, _Reference):
        return f"env.{value.upper()}"
    if isinstance(value, Mapping):
        return "{{{}}}".format(", ".join(f"{json.dumps(key)}: {_jq(item)}" for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(map(_jq, value)))
    return json.dumps(value)
