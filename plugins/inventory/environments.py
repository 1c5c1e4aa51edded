# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An inventory with one host for each environment of a LaunchDarkly account."""

from __future__ import annotations

DOCUMENTATION = r"""
name: environments
short_description: LaunchDarkly environments as hosts
version_added: 0.1.0
description:
  - Creates one host for each environment of the account, so that C(serial), C(forks), C(--limit) and job slices of a
    controller distribute the work.
  - The host name is C(environment_key@project_key), for example C(live@shop). LaunchDarkly keys consist of letters, digits,
    C(.), C(_) and C(-), so host names are unique, valid as file names, and usable in patterns such as C(*@shop).
  - All hosts are in the group C(launchdarkly), in groups by project (C(project_shop)), by tag of the environment
    (C(tag_europe)) and by store type (C(store_redis), C(store_dynamodb), or C(store_none) without a store). Characters that
    are invalid in a group name become C(_). If two projects or two tags map to the same group name, neither gets a group,
    and the plugin warns.
  - The group C(launchdarkly) sets C(ansible_connection) to V(local) and C(ansible_python_interpreter) to the Python that
    runs Ansible, because an environment is not a machine. That Python needs the requirements of the modules. Your own
    variables for the group, for example in C(group_vars/launchdarkly.yml), take precedence.
  - The host variables are C(ld_project_key), C(ld_project_name), C(ld_project_tags), C(ld_environment_key),
    C(ld_environment_name), C(ld_environment_tags), C(ld_client_side_id) (the key prefix in the store) and C(ld_stores).
    C(ld_stores) lists the integrations of the environment with C(id), C(integration_key), C(name), C(tags), C(enabled) and
    C(status), in the format of M(featureops.launchdarkly.ld_big_segment_store_info).
  - Neither the variables nor the cache contain SDK keys, mobile keys or store settings.
  - The plugin sends one request for all stores, one for each 100 projects, and one for each 100 environments of a project
    with more environments than LaunchDarkly lists with the project. It adapts to the rate limit that LaunchDarkly reports.
author:
  - FeatureOps contributors (@featureops)
extends_documentation_fragment:
  - featureops.launchdarkly.connection
  - featureops.launchdarkly.connection.controller
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The file name must be C(launchdarkly.yml) or end in C(.launchdarkly.yml). The extension C(.yaml) works too.
  - O(access_token), O(api_host), O(validate_certs), O(ca_path), O(timeout) and O(projects) can be templates.
  - A boolean option of the file or E(LAUNCHDARKLY_VALIDATE_CERTS) that is neither true nor false, such as an empty one, is an
    error.
  - If a request to LaunchDarkly fails, Ansible warns and continues with an empty inventory by default. Set
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) to V(true) to fail instead.
  - Each inventory file has one cache, shared by all access tokens. Use one file for each account.
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices:
      - featureops.launchdarkly.environments
  projects:
    description:
      - Include only environments of projects with these keys. By default, all projects that the access token can read.
    type: list
    elements: str
seealso:
  - module: featureops.launchdarkly.ld_big_segment_stores
  - name: Use environments as hosts
    description: An inventory with a host for each environment.
    link: https://featureops.github.io/ansible-launchdarkly/how-to/environments-as-hosts.html
"""

EXAMPLES = r"""
# The smallest account.launchdarkly.yml; the access token is in the environment variable LAUNCHDARKLY_ACCESS_TOKEN.
---
plugin: featureops.launchdarkly.environments

# Two projects, cached for ten minutes, with additional groups and variables.
---
plugin: featureops.launchdarkly.environments
access_token: "{{ lookup('ansible.builtin.env', 'LAUNCHDARKLY_ACCESS_TOKEN') }}"
projects: [shop, blog]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: .inventory_cache
cache_timeout: 600
strict: true
compose:
  redis_host: "'redis-' ~ ld_project_key ~ '.example.com'"
groups:
  # Environments with a store that LaunchDarkly does not report as available.
  unhealthy: ld_stores | rejectattr('status.available', 'true') | list | length > 0
keyed_groups:
  - key: ld_environment_key
    prefix: environment
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.module_utils.common.validation import check_type_bool
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable, to_safe_group_name
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.client import Client
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.rate_limit import (
    DEFAULT_CONCURRENCY,
    Gate,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.errors import (
    InvalidSettings,
    NotFound,
    SegmentStoreError,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.threads import in_parallel
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.account import (
    Environment,
    Project,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.integration import Integration
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.secret import Secret
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.version import __version__

try:
    # ansible-core 2.19 and later evaluate only text that is marked as a template.
    from ansible.template import trust_as_template

    def _plain(value: Any) -> Any:
        return value

except ImportError:
    # Earlier versions evaluate all text that is not marked as unsafe.
    from ansible.utils.unsafe_proxy import wrap_var as _plain

    def trust_as_template(value: str) -> str:  # type: ignore[misc, unused-ignore]  # mypy sees one ansible-core only
        """Return the value: it is a template unless it is marked as unsafe."""
        return value


EVERYWHERE = "launchdarkly"
# The Python that runs ansible-core. Each play evaluates it, because a controller may store this inventory.
_INTERPRETER = "{{ ansible_playbook_python }}"
_ENDINGS = ("launchdarkly.yml", "launchdarkly.yaml")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# Ansible evaluates no template in a file of options.
_TEMPLATED = ("access_token", "api_host", "validate_certs", "ca_path", "timeout", "projects")
_STORE_FIELDS = ("id", "integration_key", "name", "tags", "enabled", "status")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc, unused-ignore]  # mypy may run without ansible
    """Called by Ansible."""

    NAME = "featureops.launchdarkly.environments"

    def verify_file(self, path: str) -> bool:
        """Whether the file name is one of this plugin."""
        name = re.split(r"[/\\]", path)[-1]
        named = name in _ENDINGS or name.endswith(tuple("." + ending for ending in _ENDINGS))
        return named and bool(super().verify_file(path))  # type: ignore[no-untyped-call, unused-ignore]

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Set the options of the file. Raises AnsibleParserError."""
        if direct:
            given = {name: direct[name] for name in _TEMPLATED if direct.get(name) is not None}
            direct = {**direct, **{name: self.templar.template(value) for name, value in given.items()}}
            # Ansible would show a token in a list or mapping in its error.
            if isinstance(direct.get("access_token"), (Mapping, list, set, bytes)):
                raise AnsibleParserError("access_token: is not text. Give the token itself, or a template of it.")
            self._check_booleans(direct)
        super().set_options(task_keys, var_options, direct)  # type: ignore[no-untyped-call, unused-ignore]

    def _check_booleans(self, direct: Mapping[str, Any]) -> None:
        """Refuse values that are neither true nor false: Ansible reads them as false. Raises AnsibleParserError."""
        for option, definition in self.option_definitions.items():
            if definition.get("type") not in ("bool", "boolean"):
                continue
            given = {option: direct.get(option)}
            if given[option] is None:
                names = [entry["name"] for entry in definition.get("env") or ()]
                given = {name: os.environ.get(name) for name in names if name.startswith("LAUNCHDARKLY_")}
            for name, value in given.items():
                try:
                    value is None or check_type_bool(value)
                except TypeError:
                    error = InvalidSettings.for_field(name, "is neither true nor false", "give true or false")
                    raise AnsibleParserError(error.message) from None

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        try:
            environments = self._environments(path, cache)
        except SegmentStoreError as error:
            raise AnsibleParserError(error.message) from None
        self._refuse_other_accounts(inventory, environments)
        self._add(inventory, environments)

    def _environments(self, path: str, cache: bool) -> list[dict[str, Any]]:
        """The host variables of each environment, from the cache if it is current."""
        options = {
            "version": __version__,
            "api_host": self.get_option("api_host"),
            "projects": sorted(self.get_option("projects") or ()),
        }
        key, cached = self.get_cache_key(path), self.get_option("cache")
        if cached and cache:
            found = self._cache.get(key)
            if isinstance(found, Mapping) and found.get("options") == options:
                return list(found["environments"])
        environments = self._request()
        if cached:
            self._cache[key] = {"options": options, "environments": environments}
        return environments

    def _request(self) -> list[dict[str, Any]]:
        """The host variables of each environment, from LaunchDarkly. Raises SegmentStoreError."""
        gate = Gate(on_wait=lambda wait: self.display.warning(wait.text))
        with self._connect() as client:
            return list(self._read(client, gate))

    def _read(self, client: Client, gate: Gate) -> Iterator[dict[str, Any]]:
        with client.sharing(gate) as own:
            integrations = own.list_integrations()
            projects = _chosen(own.list_projects(environments=True), self.get_option("projects"))
        environments = {project.key: list(project.environments or ()) for project in projects}

        def work(client: Client, project: Project) -> bool:
            with suppress(NotFound):  # removed since it was listed
                environments[project.key] = client.list_environments(project.key)
            return True

        unknown = [project for project in projects if project.environments is None]
        in_parallel(client, gate, DEFAULT_CONCURRENCY, unknown, work)
        return _host_variables(projects, environments, integrations)

    def _connect(self) -> Client:
        token = self.get_option("access_token")
        if not token:
            remedy = "give it, or set LAUNCHDARKLY_ACCESS_TOKEN in the environment of Ansible"
            raise InvalidSettings.for_field("access_token", "is missing", remedy)
        return Client(
            Secret(token),
            self.get_option("api_host"),
            timeout=self.get_option("timeout"),
            verify=(self.get_option("ca_path") or True) if self.get_option("validate_certs") else False,
            on_wait=lambda wait: self.display.warning(wait.text),
        )

    def _refuse_other_accounts(self, inventory: Any, environments: list[dict[str, Any]]) -> None:
        """Ansible would merge two hosts with the same name and their groups. Raises AnsibleParserError."""
        for each in environments:
            existing = inventory.get_host(_name(each))
            known = existing.get_vars().get("ld_client_side_id") if existing else None
            if known not in (None, each["ld_client_side_id"]):
                raise AnsibleParserError(
                    f"The host {_name(each)} exists already, from another account. No host of this file was added."
                    " Use one account in each run."
                )

    def _add(self, inventory: Any, environments: list[dict[str, Any]]) -> None:
        inventory.add_group(EVERYWHERE)
        inventory.set_variable(EVERYWHERE, "ansible_connection", "local")
        inventory.set_variable(EVERYWHERE, "ansible_python_interpreter", trust_as_template(_INTERPRETER))
        projects = self._groups("project", [each["ld_project_key"] for each in environments])
        tags = self._groups("tag", [tag for each in environments for tag in each["ld_environment_tags"]])
        self._warn_of_case([_name(each) for each in environments])
        for each in environments:
            name = _name(each)
            groups = {projects.get(each["ld_project_key"]), *map(tags.get, each["ld_environment_tags"])}
            groups |= {_group("store", store["integration_key"]) for store in each["ld_stores"]} or {"store_none"}
            inventory.add_host(name, EVERYWHERE)
            for group in sorted(filter(None, groups)):
                inventory.add_child(inventory.add_group(group), name)
            for variable, value in each.items():
                # Names and tags are free text in LaunchDarkly, so never templates.
                inventory.set_variable(name, variable, _plain(value))
            self._construct(inventory, name)

    def _construct(self, inventory: Any, host: str) -> None:
        """Add the variables and groups of the options compose, groups and keyed_groups."""
        variables, strict = inventory.get_host(host).get_vars(), self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)

    def _warn_of_case(self, names: list[str]) -> None:
        """Warn of names that are the same on some file systems, where two hosts would share host_vars and cached facts."""
        alike: dict[str, list[str]] = {}
        for name in names:
            alike.setdefault(name.lower(), []).append(name)
        for group in alike.values():
            if len(group) > 1:
                self.display.warning(
                    "The hosts {} differ only in case. On a file system that ignores case, do not use host_vars or cached"
                    " facts for them.".format(", ".join(map(repr, group)))
                )

    def _groups(self, kind: str, values: list[str]) -> dict[str, str]:
        """The group of each project or tag. A group that two of them share is not created: a play would reach both."""
        by_group: dict[str, set[str]] = {}
        for value in values:
            by_group.setdefault(_group(kind, value), set()).add(value)
        for group, sharing in by_group.items():
            if len(sharing) > 1:
                listed = ", ".join(map(repr, sorted(sharing)))
                self.display.warning(
                    f"The {kind}s {listed} would share the group {group}, so the group is not created."
                    " Use keyed_groups or patterns of host names."
                )
        return {next(iter(sharing)): group for group, sharing in by_group.items() if len(sharing) == 1}


def _name(environment: Mapping[str, Any]) -> str:
    return "{ld_environment_key}@{ld_project_key}".format(**environment)


def _group(kind: str, value: str) -> str:
    return str(to_safe_group_name(f"{kind}_{value}"))


def _chosen(projects: list[Project], keys: list[str] | None) -> list[Project]:
    """The projects with these keys, or all. Raises InvalidSettings."""
    unknown = sorted(set(keys or ()) - {project.key for project in projects})
    if unknown:
        problem = "has projects that the access token cannot read: {}".format(", ".join(map(repr, unknown)))
        remedy = "check the keys, or give the token a role that can read these projects"
        raise InvalidSettings.for_field("projects", problem, remedy)
    return [project for project in projects if not keys or project.key in keys]


def _host_variables(
    projects: list[Project], environments: Mapping[str, list[Environment]], integrations: list[Integration]
) -> Iterator[dict[str, Any]]:
    stores: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for integration in integrations:
        shown = integration.redacted()
        place = integration.project_key, integration.environment_key
        stores.setdefault(place, []).append({field: shown[field] for field in _STORE_FIELDS})
    # By their keys, because a project or environment is listed twice if another is created between two pages.
    for project in {project.key: project for project in projects}.values():
        for environment in {each.key: each for each in environments[project.key]}.values():
            _check_keys(project.key, environment.key)
            yield {
                "ld_project_key": project.key,
                "ld_project_name": project.name,
                "ld_project_tags": sorted(project.tags),
                "ld_environment_key": environment.key,
                "ld_environment_name": environment.name,
                "ld_environment_tags": sorted(environment.tags),
                "ld_client_side_id": environment.client_side_id,
                "ld_stores": stores.get((project.key, environment.key), []),
            }


def _check_keys(*keys: str) -> None:
    """Reject keys from which a host name would be ambiguous, a pattern or a path. Raises InvalidSettings."""
    for key in keys:
        if not _KEY.fullmatch(key):
            problem = f"the key {key!r} cannot be part of a host name"
            raise InvalidSettings.for_field("projects", problem, "select other projects")
