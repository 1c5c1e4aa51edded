#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""List big segment store integrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_store_info
short_description: List LaunchDarkly big segment store integrations
version_added: 0.1.0
description:
  - Returns the big segment store integrations that the access token can read, with their settings and status. The options
    filter the list.
author:
  - FeatureOps contributors (@featureops)
extends_documentation_fragment:
  - featureops.launchdarkly.connection
  - featureops.launchdarkly.attributes
  - featureops.launchdarkly.attributes.info
  - featureops.launchdarkly.attributes.action_group
options:
  project_key:
    description:
      - Return only integrations of this project.
    type: str
  environment_key:
    description:
      - Return only integrations of environments with this key.
    type: str
  integration_key:
    description:
      - Return only integrations of this store type.
    type: str
    choices:
      - redis
      - dynamodb
  integration_id:
    description:
      - Return only the integration with this ID.
    type: str
  name:
    description:
      - Return only integrations with this name.
    type: str
    version_added: 0.2.0
  tags:
    description:
      - Return only integrations that have all of these tags.
    type: list
    elements: str
    version_added: 0.2.0
  enabled:
    description:
      - Return only integrations that are switched on, or off.
    type: bool
    version_added: 0.2.0
  health:
    description:
      - Return only integrations in one of these states. See the return value C(health).
    type: list
    elements: str
    choices:
      - ok
      - warning
      - critical
      - unknown
    version_added: 0.2.0
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store
  - module: featureops.launchdarkly.ld_big_segment_stores
  - plugin: featureops.launchdarkly.environments
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: List every integration of a project
  featureops.launchdarkly.ld_big_segment_store_info:
    project_key: shop
  register: stores

- name: Show the integrations whose store is not available
  ansible.builtin.debug:
    msg: "{{ stores.integrations | selectattr('enabled') | rejectattr('status.available') | map(attribute='name') }}"

- name: List the managed integrations that are switched on and need attention
  featureops.launchdarkly.ld_big_segment_store_info:
    tags: [managed-by-ansible]
    enabled: true
    health: [warning, critical, unknown]
  register: unhealthy
"""

RETURN = r"""
client_side_id:
  description:
    - The client-side ID of the environment, the key prefix in its store. Null if the environment does not exist, or if the
      access token may not read it.
  returned: with O(project_key) and O(environment_key)
  type: str
  sample: 64c0f1a2b3c4d5e6f7a8b9c0
integrations:
  description: The matching integrations, in the order of LaunchDarkly's list.
  returned: success
  type: list
  elements: dict
  contains:
      id:
        description: The integration ID.
        type: str
        sample: 64c0f1a2b3c4d5e6f7a8b9c0
      project_key:
        description: The project key.
        type: str
        sample: shop
      environment_key:
        description: The environment key.
        type: str
        sample: live
      integration_key:
        description: The store type.
        type: str
        sample: redis
      name:
        description: The name.
        type: str
        sample: Redis of shop/live
      enabled:
        description: Whether LaunchDarkly writes to the store.
        type: bool
        sample: true
      tags:
        description: The tags, sorted.
        type: list
        elements: str
        sample: [managed-by-ansible]
      version:
        description: The version number. It increases with each change.
        type: int
        sample: 3
      config:
        description: The settings of the store. A secret is V(set) or V(not set).
        type: dict
        sample:
          host: redis.example.com
          port: "6380"
          username: launchdarkly
          password: set
          tls_enabled: true
      health:
        description: >-
          V(critical) if the store is not available; V(warning) if it may be stale or was last synchronized more than 300 seconds
          ago; V(unknown) if the integration could not be read; else V(ok), also for an integration that is switched off.
        type: str
        sample: ok
      status:
        description: The store's health as reported by LaunchDarkly. Times are milliseconds since the epoch.
        type: dict
        contains:
          available:
            description: Whether the store was fully synchronized within the last minutes.
            type: bool
            sample: true
          potentially_stale:
            description: Whether the store may not be fully synchronized.
            type: bool
            sample: false
          last_sync:
            description: The time of the last successful synchronization.
            type: int
            sample: 1790000000000
          last_error:
            description: The time of the last failed synchronization.
            type: int
            sample: 1789999990000
          errors:
            description: The errors reported by LaunchDarkly.
            type: list
            elements: dict
            contains:
              status_code:
                description: The status code.
                type: int
                sample: 500
              message:
                description: The error message.
                type: str
                sample: connection refused
              timestamp:
                description: The time of the error.
                type: int
                sample: 1789999990000
failure:
  description: The error for programs. C(msg) describes it in words.
  returned: failure
  type: dict
  contains:
    code:
      description: The error code.
      type: str
      sample: rate_limited
    status:
      description: The HTTP status of the response, if any.
      type: int
      sample: 429
    details:
      description: One sentence for each problem, or the details that LaunchDarkly reported.
      type: list
      elements: str
      sample: [rate_limited]
    request_id:
      description: LaunchDarkly's ID of the failed request, if any.
      type: str
      sample: 9a1b2c3d
"""

import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    connection_options,
    run,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.client import Client
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.client_side_id import (
    known_client_side_id,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.health import (
    Severity,
    health,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.lookup import (
    find_integrations,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.integration import Integration


def argument_spec() -> dict[str, dict[str, Any]]:
    """The module's options."""
    return {
        "project_key": {"type": "str", "no_log": False},
        "environment_key": {"type": "str", "no_log": False},
        "integration_key": {"type": "str", "choices": sorted(STORE_TYPES, reverse=True), "no_log": False},
        "integration_id": {"type": "str"},
        "name": {"type": "str"},
        "tags": {"type": "list", "elements": "str"},
        "enabled": {"type": "bool"},
        "health": {"type": "list", "elements": "str", "choices": [severity.name.lower() for severity in Severity]},
        **connection_options(),
    }


def _matches(params: Mapping[str, Any], integration: Integration, state: str) -> bool:
    """Whether an integration has what the options about settings and health ask for."""
    return (
        params["name"] in (None, integration.name)
        and params["enabled"] in (None, integration.enabled)
        and set(params["tags"] or ()) <= set(integration.tags)
        and (params["health"] is None or state in params["health"])
    )


def main() -> None:
    """Run the module."""
    module = LaunchDarklyModule(argument_spec=argument_spec(), supports_check_mode=True)

    def work(client: Client) -> dict[str, Any]:
        params = module.params
        filters = ("project_key", "environment_key", "integration_key", "integration_id")
        found = find_integrations(client, **{name: params[name] for name in filters})
        now = time.time()
        described = [(one, health(one, now).severity.name.lower()) for one in found]
        matching = [{**one.redacted(), "health": state} for one, state in described if _matches(params, one, state)]
        result = {"changed": False, "integrations": matching}
        if params["project_key"] is not None and params["environment_key"] is not None:
            result["client_side_id"] = known_client_side_id(client, params["project_key"], params["environment_key"])
        return result

    run(module, work)


if __name__ == "__main__":
    main()
