# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Seeds: the initial contents of the account, in YAML or JSON. The state file has the same shape.

    projects:
      shop:
        name: Shop
        environments:
          live:
            client_side_id: "64c0ffee64c0ffee64c0ffee"
            integrations:
              - name: Main store
                enabled: true
                redis: {host: redis.example.com, tls_enabled: true}
            segments:
              big-one: {included: [user-1, user-2], excluded: [user-3], generation: 1}

Integrations are written like the options of the Ansible module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Union

from ...core.data_file import read_data_file
from ...core.errors import SegmentStoreError
from ...core.model.explanations import known_name
from ...core.model.form_variables import OPTION_NAMES, STORE_TYPES, StoreType
from ...core.model.validation import check_request
from .account import Contents, Environment, Integration, Project, new_id, seal, stable_id, unseal
from .segments import InvalidSegments, Segment, dump_segments, parse_segments

Seed = Union[str, Path, Mapping[str, Any]]

DEFAULT_SEED: Mapping[str, Any] = {"projects": {"default": {"environments": {"production": {}, "test": {}}}}}


class InvalidSeed(SegmentStoreError):
    """A seed that cannot be read. The text names the file and the field, never a value."""

    failure = "invalid_seed"


def read_seed(seed: Seed) -> Contents:
    """Contents from a file's path (YAML or JSON) or from the same data. Raises InvalidSeed."""
    if isinstance(seed, Mapping):
        return parse_seed(seed)
    try:
        data = read_data_file(str(seed), "seed")
    except SegmentStoreError as error:
        raise InvalidSeed(f"Can't read the seed: {error.message}") from None
    try:
        return parse_seed(data)
    except InvalidSeed as error:
        raise InvalidSeed(f"{seed}: {error.message}") from None


def parse_seed(data: Any) -> Contents:
    """Contents from a seed's data. Raises InvalidSeed."""
    _known(data, ("projects",), "the seed")
    projects = []
    integrations: list[Integration] = []
    for key, entry in _keyed(data.get("projects"), "projects"):
        project, found = _project(key, entry, f"projects.{key}")
        projects.append(project)
        integrations.extend(found)
    _unique([integration.id for integration in integrations], "id")
    ids = [environment.client_side_id for project in projects for environment in project.environments.values()]
    _unique(ids, "client_side_id")
    return Contents(tuple(projects), tuple(integrations))


def dump_seed(contents: Contents) -> dict[str, Any]:
    """The data from which `parse_seed` makes the same contents, secrets in clear."""
    projects: dict[str, Any] = {}
    for project in contents.projects:
        environments = {
            environment.key: {
                "name": environment.name,
                "client_side_id": environment.client_side_id,
                "tags": list(environment.tags),
                "integrations": [],
                "segments": dump_segments(environment.segments),
            }
            for environment in project.environments.values()
        }
        projects[project.key] = {"name": project.name, "tags": list(project.tags), "environments": environments}
    for integration in contents.integrations:
        environment = projects[integration.project_key]["environments"][integration.environment_key]
        environment["integrations"].append(_dump_integration(integration))
    return {"projects": projects}


def _project(key: str, entry: Any, where: str) -> tuple[Project, list[Integration]]:
    _known(entry, ("name", "tags", "environments"), where)
    environments = {}
    integrations: list[Integration] = []
    for environment_key, environment in _keyed(entry.get("environments"), where + ".environments"):
        place = f"{where}.environments.{environment_key}"
        _known(environment, ("name", "tags", "client_side_id", "integrations", "segments"), place)
        environments[environment_key] = Environment(
            environment_key,
            _string(environment, "name", environment_key, place),
            _string(environment, "client_side_id", stable_id(key, environment_key), place),
            _tags(environment, place),
            _segments(environment, place),
        )
        for number, integration in enumerate(_list(environment.get("integrations"), place + ".integrations")):
            integration_place = f"{place}.integrations[{number}]"
            integrations.append(_integration(key, environment_key, integration, integration_place))
    return Project(key, _string(entry, "name", key, where), environments, _tags(entry, where)), integrations


def _integration(project_key: str, environment_key: str, entry: Any, where: str) -> Integration:
    if isinstance(entry, Mapping) and True in entry:
        raise InvalidSeed(f"{where}: `on` means true in YAML; write `enabled` instead.")
    _known(entry, ("id", "version", "name", "enabled", "tags", *STORE_TYPES), where)
    named = [store for key, store in STORE_TYPES.items() if key in entry]
    if len(named) != 1:
        raise InvalidSeed("{} needs exactly one of {}.".format(where, " and ".join(STORE_TYPES)))
    store = named[0]
    config = _config(store, entry, where)
    enabled = entry.get("enabled", False)
    version = entry.get("version", 1)
    if not isinstance(enabled, bool):
        raise InvalidSeed(f"{where}.enabled must be true or false.")
    if type(version) is not int or version < 1:
        raise InvalidSeed(f"{where}.version must be a whole number from 1.")
    return Integration(
        id=_string(entry, "id", new_id(), where),
        project_key=project_key,
        environment_key=environment_key,
        integration_key=store.integration_key,
        config=seal(store.integration_key, config),
        name=_string(entry, "name", "", where, may_be_empty=True),
        on=enabled,
        tags=_tags(entry, where),
        version=version,
    )


def _config(store: StoreType, entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The store's options under the API's names. Only the port may be a number, as is usual in YAML."""
    options = entry[store.integration_key]
    if not isinstance(options, Mapping):
        raise InvalidSeed(f"{where}.{store.integration_key} must be a mapping.")
    config: dict[str, Any] = {}
    for option, value in options.items():
        variable = store.by_option(option)
        # The API's name would pass the schema, which knows no other.
        if store.by_key(option) and not variable:
            place = f"{where}.{store.integration_key}.{option}"
            raise InvalidSeed(f"{place} is not a field: {known_name(option, store, OPTION_NAMES)}")
        config[variable.key if variable else str(option)] = str(value) if _is_port(option, value) else value
    findings = check_request(store.integration_key, {"config": config}, names=OPTION_NAMES)
    errors = [f"{where}.{finding.text}" for finding in findings if finding.level == "error"]
    if errors:
        raise InvalidSeed(" ".join(errors))
    return config


def _is_port(option: Any, value: Any) -> bool:
    return option == "port" and type(value) is int


def _dump_integration(integration: Integration) -> dict[str, Any]:
    store = STORE_TYPES[integration.integration_key]
    clear = unseal(integration.config)
    options = {variable.option: clear[variable.key] for variable in store.variables if variable.key in clear}
    return {
        "id": integration.id,
        "version": integration.version,
        "name": integration.name,
        "enabled": integration.on,
        "tags": list(integration.tags),
        integration.integration_key: options,
    }


def _known(entry: Any, names: Iterable[str], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise InvalidSeed(f"{where} must be a mapping.")
    for name in entry:
        if name not in names:
            raise InvalidSeed("{} has an unknown field {!r}: known are {}.".format(where, name, ", ".join(names)))


def _keyed(entries: Any, where: str) -> list[tuple[str, Any]]:
    if not isinstance(entries, Mapping) or not entries:
        raise InvalidSeed(f"{where} must be a mapping of at least one key.")
    for key in entries:
        if not isinstance(key, str) or not key:
            raise InvalidSeed(f"{where} has a key that is not text: put {key!r} in quotes.")
    # `live:` with nothing behind it is YAML's null: an environment with defaults.
    return [(key, {} if entry is None else entry) for key, entry in entries.items()]


def _list(entries: Any, where: str) -> list[Any]:
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise InvalidSeed(f"{where} must be a list.")
    return entries


def _string(entry: Mapping[str, Any], name: str, default: str, where: str, may_be_empty: bool = False) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str) or not (value or may_be_empty):
        raise InvalidSeed(f"{where}.{name} must be text that is not empty: put it in quotes.")
    return value


def _tags(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    tags = _list(entry.get("tags"), where + ".tags")
    if not all(isinstance(tag, str) and tag for tag in tags):
        raise InvalidSeed(f"{where}.tags must be a list of texts.")
    return tuple(tags)


def _segments(entry: Mapping[str, Any], where: str) -> dict[str, Segment]:
    try:
        return parse_segments(entry.get("segments"), where + ".segments")
    except InvalidSegments as error:
        raise InvalidSeed(error.message) from None


def _unique(values: list[str], name: str) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise InvalidSeed(f"the {name} {value!r} occurs twice. Each must be unique.")
