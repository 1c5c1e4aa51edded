#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""List big segment store integrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_store_info
short_description: List big segment store integrations of LaunchDarkly
version_added: 0.1.0
description:
  - Returns the integrations by which LaunchDarkly keeps big segments in Redis or DynamoDB, with their options and their
    status; all of the account that the access token may see, or those that match.
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
      - Only integrations of the project with this key.
    type: str
  environment_key:
    description:
      - Only integrations of environments with this key.
    type: str
  integration_key:
    description:
      - Only integrations of this store type.
    type: str
    choices:
      - redis
      - dynamodb
  integration_id:
    description:
      - Only the integration with this ID.
    type: str
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store
"""

EXAMPLES = r"""
- name: Read every integration of the project
  featureops.launchdarkly.ld_big_segment_store_info:
    project_key: shop
  register: stores

- name: Show those that LaunchDarkly can't keep up to date
  ansible.builtin.debug:
    msg: "{{ stores.integrations | selectattr('enabled') | rejectattr('status.available') | map(attribute='name') }}"
"""

RETURN = r"""
integrations:
  description: The integrations that match, in LaunchDarkly's order.
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
        description: The version, which grows with each change.
        type: int
        sample: 3
      config:
        description: The store's options. A secret is one of the words V(set) and V(not set).
        type: dict
        sample:
          host: redis.example.com
          port: "6380"
          username: launchdarkly
          password: set
          tls_enabled: true
      status:
        description: How the store does, as LaunchDarkly sees it. Times are milliseconds since the epoch.
        type: dict
        contains:
          available:
            description: Whether the store is fully synchronized, and was so within a few minutes.
            type: bool
            sample: true
          potentially_stale:
            description: Whether the store may not be fully synchronized.
            type: bool
            sample: false
          last_sync:
            description: When the last synchronization succeeded.
            type: int
            sample: 1790000000000
          last_error:
            description: When the last synchronization failed.
            type: int
            sample: 1789999990000
          errors:
            description: What failed.
            type: list
            elements: dict
            contains:
              status_code:
                description: A status code.
                type: int
                sample: 500
              message:
                description: What went wrong.
                type: str
                sample: connection refused
              timestamp:
                description: When.
                type: int
                sample: 1789999990000
failure:
  description: What went wrong, for programs; C(msg) says it in words.
  returned: failure
  type: dict
  contains:
    code:
      description: The cause in a word.
      type: str
      sample: rate_limited
    status:
      description: The HTTP status, where there was one.
      type: int
      sample: 429
    details:
      description: Each problem in a sentence, or what LaunchDarkly said.
      type: list
      elements: str
      sample: [rate_limited]
    request_id:
      description: LaunchDarkly's ID of the failed request, where it gave one.
      type: str
      sample: 9a1b2c3d
"""

from typing import Any

from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.api.client import Client
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.flow.lookup import (
    find_integrations,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    connection_options,
    run,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule


def argument_spec() -> dict[str, dict[str, Any]]:
    """The module's options."""
    return {
        "project_key": {"type": "str", "no_log": False},
        "environment_key": {"type": "str", "no_log": False},
        "integration_key": {"type": "str", "choices": sorted(STORE_TYPES, reverse=True), "no_log": False},
        "integration_id": {"type": "str"},
        **connection_options(),
    }


def main() -> None:
    """Run the module."""
    module = LaunchDarklyModule(argument_spec=argument_spec(), supports_check_mode=True)

    def work(client: Client) -> dict[str, Any]:
        filters = ("project_key", "environment_key", "integration_key", "integration_id")
        found = find_integrations(client, **{name: module.params[name] for name in filters})
        return {"changed": False, "integrations": [integration.redacted() for integration in found]}

    run(module, work)


if __name__ == "__main__":
    main()
