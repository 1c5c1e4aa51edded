#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage one big segment store integration."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_store
short_description: Manage a LaunchDarkly big segment store integration
version_added: 0.1.0
description:
  - Creates, updates or removes the integration that connects one LaunchDarkly environment to your Redis or DynamoDB, where
    LaunchDarkly stores its big segments. LaunchDarkly also calls it a persistent store integration.
  - The module finds the integration by project, environment and store type. It adopts an existing integration instead of
    creating a duplicate.
  - Tasks that create the same integration at the same time leave one integration, also from several hosts. A task that finds that
    another one was first deletes only the integration that it created itself, and warns.
  - An omitted option keeps its current value. An explicitly empty option is cleared.
  - For several stores use M(featureops.launchdarkly.ld_big_segment_stores) instead of a loop. A loop starts the module and
    lists the account for each item; the tenth item brings a warning. For a thousand stores the single task was more than a
    hundred times as fast.
  - Ansible prints the items of a loop and does not mask passwords in them. With C(label) of C(loop_control), failed items and
    C(-v) still show the whole item. Loop over names, as in the last example, or set C(no_log) for the task.
  - The LaunchDarkly API for these integrations is in beta.
author:
  - FeatureOps contributors (@featureops)
extends_documentation_fragment:
  - featureops.launchdarkly.connection
  - featureops.launchdarkly.attributes
  - featureops.launchdarkly.attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Sends the same read requests as a real run, and no write request.
      - Before reporting that an integration would be created, check mode also verifies that the environment exists. A real
        run learns this from the create request.
  diff_mode:
    support: full
    details:
      - Secrets appear only as C(set), C(not set) and C(set (new value\)).
requirements:
  - jsonschema
options:
  state:
    description:
      - Whether the integration must exist.
    type: str
    choices:
      - present
      - absent
    default: present
  project_key:
    description:
      - The project key, as LaunchDarkly shows it.
    type: str
    required: true
  environment_key:
    description:
      - The environment key, as LaunchDarkly shows it.
    type: str
    required: true
  redis:
    description:
      - Settings of a Redis store. A new integration requires either O(redis) or O(dynamodb).
    type: dict
    suboptions:
      host:
        description:
          - The host name or address at which LaunchDarkly reaches Redis.
          - A new integration requires this option.
        type: str
      port:
        description:
          - The Redis port. LaunchDarkly uses 6379 for a new integration without a port.
        type: str
      username:
        description:
          - The Redis ACL user. Omit it if Redis has no ACL users.
        type: str
      password:
        description:
          - The password of the Redis user.
          - LaunchDarkly never returns the password and replaces all Redis settings at once, so a change to any other option
            of O(redis) needs the password again. Without it the module fails and changes nothing.
        type: str
      tls_enabled:
        description:
          - Whether LaunchDarkly connects to Redis over TLS. LaunchDarkly uses V(false) for a new integration without this
            option.
        type: bool
  dynamodb:
    description:
      - Settings of a DynamoDB store. A new integration requires either O(redis) or O(dynamodb).
    type: dict
    suboptions:
      table_name:
        description:
          - The name of an existing table with the partition key C(namespace) and the sort key C(key), both strings.
          - A new integration requires this option.
        type: str
      region:
        description:
          - The AWS region of the table, such as V(us-east-1). A region that LaunchDarkly does not list causes a warning.
          - A new integration requires this option.
        type: str
      external_id:
        description:
          - The external ID required by the role's trust policy, a UUID.
          - A new integration requires this option.
        type: str
      role_arn:
        description:
          - The ARN of the IAM role that LaunchDarkly assumes to write to the table.
          - A new integration requires this option.
        type: str
  name:
    description:
      - The integration's name in LaunchDarkly.
      - If several integrations match, the module selects the one with this name. A single one gets the name.
      - With O(state=absent) an integration of another name is not removed. The module warns about it.
    type: str
  tags:
    description:
      - The tags of the integration, in any order. An empty list removes all tags.
    type: list
    elements: str
  enabled:
    description:
      - Whether LaunchDarkly writes to the store (C(on) in the API).
      - A new integration is off unless this is V(true).
    type: bool
  integration_id:
    description:
      - The ID of an existing integration. Needed if several integrations match. Saves one request.
    type: str
  integration_key:
    description:
      - The store type. Needed without O(redis) and O(dynamodb), for example for O(state=absent).
      - With O(state=present) and without O(redis) and O(dynamodb), the module changes an existing integration, for example
        with O(enabled). If the integration does not exist, the module fails and creates nothing.
    type: str
    choices:
      - redis
      - dynamodb
  update_secrets:
    description:
      - When to send the password to an existing integration.
      - V(if_different) sends the password if it visibly differs from the stored one. LaunchDarkly was observed to show the
        first and last characters of a stored password and to mask the rest. A change in the masked part goes unnoticed.
      - V(always) sends the password on every run and reports a change on every run.
      - V(on_create) sends the password only with a new integration, or unchanged together with another option of O(redis).
    type: str
    choices:
      - if_different
      - always
      - on_create
    default: if_different
  clear_secrets:
    description:
      - Whether an empty password clears the stored one. Without it an empty password is an error, because it mostly comes from
        an unset variable.
    type: bool
    default: false
  wait:
    description:
      - Wait until LaunchDarkly reports the store as available. If the store is not available in time, fail with the errors
        that LaunchDarkly reports.
      - After a change of the settings, only a synchronization after that change counts.
      - There is no wait in check mode, with O(state=absent), or for an integration that is off.
    type: bool
    default: false
  wait_timeout:
    description:
      - Maximum number of seconds to wait.
    type: float
    default: 300.0
  wait_interval:
    description:
      - Seconds between two status requests.
    type: float
    default: 5.0
seealso:
  - module: featureops.launchdarkly.ld_big_segment_stores
  - module: featureops.launchdarkly.ld_big_segment_store_info
  - module: featureops.launchdarkly.ld_big_segment_store_preflight
  - name: Set up the first Redis store
    description: From an empty Redis to an available store.
    link: https://featureops.github.io/ansible-launchdarkly/how-to/first-redis-store.html
  - name: Big segments
    description: What LaunchDarkly uses the store for.
    link: https://launchdarkly.com/docs/home/flags/segment-config
"""

EXAMPLES = r"""
- name: Keep the big segments of shop/live in Redis
  featureops.launchdarkly.ld_big_segment_store:
    project_key: shop
    environment_key: live
    redis:
      host: redis.example.com
      port: "6380"
      username: launchdarkly
      password: "{{ redis_password }}"
      tls_enabled: true
    name: Redis of shop/live
    tags: [managed-by-ansible]
    enabled: true

- name: Keep the big segments of shop/test in DynamoDB
  featureops.launchdarkly.ld_big_segment_store:
    project_key: shop
    environment_key: test
    dynamodb:
      table_name: launchdarkly-big-segments
      region: eu-central-1
      external_id: 6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11
      role_arn: arn:aws:iam::123456789012:role/launchdarkly-big-segments
    enabled: true

- name: Rotate the password even if the new one looks the same behind the mask
  featureops.launchdarkly.ld_big_segment_store:
    project_key: shop
    environment_key: live
    redis:
      host: redis.example.com
      password: "{{ new_redis_password }}"
    update_secrets: always
    wait: true

- name: Turn the Redis integration of shop/live off
  featureops.launchdarkly.ld_big_segment_store:
    project_key: shop
    environment_key: live
    integration_key: redis
    enabled: false

- name: Remove the Redis integration of shop/live
  featureops.launchdarkly.ld_big_segment_store:
    state: absent
    project_key: shop
    environment_key: live
    integration_key: redis

- name: Keep the big segments of a few environments, without their passwords in the items that Ansible prints
  featureops.launchdarkly.ld_big_segment_store:
    project_key: shop
    environment_key: "{{ item }}"
    redis:
      host: redis.example.com
      password: "{{ redis_passwords[item] }}"
    enabled: true
  loop: "{{ redis_passwords | list }}"
"""

RETURN = r"""
action:
  description: The action taken, or in check mode the action that would be taken.
  returned: success
  type: str
  sample: update
  choices:
    - create
    - update
    - delete
    - nothing
integration:
  description:
    - The integration after the run, or in check mode the predicted integration. V(null) if there is none.
    - C(id), C(version) and C(status) are V(null) for an integration that check mode would create.
  returned: success
  type: dict
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
      description: The settings of the store. A secret is V(set), V(not set) or, in check mode, V(set (new value\)).
      type: dict
      sample:
        host: redis.example.com
        port: "6380"
        username: launchdarkly
        password: set
        tls_enabled: true
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
drift:
  description: Every field that differs from the desired state, with the reason.
  returned: success
  type: list
  elements: dict
  contains:
    field:
      description: The name of the option.
      type: str
      sample: redis.port
    reason:
      description: Why the field counts as drift.
      type: str
      sample: differs
    before:
      description: The value before the change. Secrets appear as words.
      type: raw
      sample: "6379"
    after:
      description: The value after the change. Secrets appear as words.
      type: raw
      sample: "6380"
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

from typing import Any, cast

from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    all_store_options,
    connection_options,
    describe_failure,
    diff,
    run,
    wait_options,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.client import Client
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.errors import (
    InvalidSettings,
    SegmentStoreError,
    require_no_errors,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.apply import (
    ensure_absent,
    ensure_present,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.lookup import Target
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.plan import UpdateSecrets
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.rounds import Outcome
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.wait_times import check_wait
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.integration import (
    Integration,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.settings import (
    Settings,
    StoreTypeName,
)


def argument_spec() -> dict[str, dict[str, Any]]:
    """The module's options."""
    return {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "project_key": {"type": "str", "required": True, "no_log": False},
        "environment_key": {"type": "str", "required": True, "no_log": False},
        "name": {"type": "str"},
        "tags": {"type": "list", "elements": "str"},
        "enabled": {"type": "bool"},
        "integration_id": {"type": "str"},
        "integration_key": {"type": "str", "choices": sorted(STORE_TYPES, reverse=True), "no_log": False},
        "update_secrets": {
            "type": "str",
            "choices": [policy.value for policy in UpdateSecrets],
            "default": UpdateSecrets.IF_DIFFERENT.value,
            "no_log": False,
        },
        "clear_secrets": {"type": "bool", "default": False, "no_log": False},
        **wait_options(),
        **all_store_options(),
        **connection_options(),
    }


def reconcile(client: Client, params: dict[str, Any], check: bool) -> Outcome:
    """Bring about what the options say."""
    integration_key = _integration_key(params)
    if params["state"] == "absent":
        target = Target(
            params["project_key"],
            params["environment_key"],
            integration_key,
            params["integration_id"],
            params["name"],
        )
        return ensure_absent(client, target, check=check)
    options: Any = params[integration_key] or {}
    settings = Settings(
        params["project_key"],
        params["environment_key"],
        integration_key,
        options,
        name=params["name"],
        tags=params["tags"],
        enabled=params["enabled"],
        clear_secrets=params["clear_secrets"],
    )
    return ensure_present(
        client,
        settings,
        integration_id=params["integration_id"],
        update_secrets=params["update_secrets"],
        check=check,
    )


def _integration_key(params: dict[str, Any]) -> StoreTypeName:
    """The store type, by the options given for it or by its name."""
    given = [key for key in STORE_TYPES if params[key] is not None]
    named = params["integration_key"]
    stores = " or ".join(STORE_TYPES)
    if not given and named is None:
        remedy = f"give {stores}, or the integration_key of an integration that exists"
        raise InvalidSettings.for_field("integration_key", "is missing", remedy)
    if given and named not in (None, given[0]):
        remedy = f"leave it out, or give {given[0]}"
        raise InvalidSettings.for_field("integration_key", f"contradicts the options of {given[0]}", remedy)
    return cast("StoreTypeName", given[0] if given else named)


def wait(
    client: Client, integration: Integration, newer_than: int | None, module: LaunchDarklyModule, result: dict[str, Any]
) -> dict[str, Any]:
    """Wait until the store is available, and return the integration. Fails with what was done so far and why it isn't."""
    from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.wait import (
        wait_until_available,
    )

    try:
        integration = wait_until_available(
            client,
            integration,
            timeout=module.params["wait_timeout"],
            interval=module.params["wait_interval"],
            newer_than=newer_than,
        )
    except SegmentStoreError as error:
        integration = getattr(error, "integration", integration)
        module.fail_json(
            **{**result, "integration": integration.redacted()}, msg=error.message, failure=describe_failure(error)
        )
    return integration.redacted()


def main() -> None:
    """Run the module."""
    module = LaunchDarklyModule(
        argument_spec=argument_spec(), mutually_exclusive=[tuple(STORE_TYPES)], supports_check_mode=True
    )

    def work(client: Client) -> dict[str, Any]:
        require_no_errors(check_wait(module.params["wait_timeout"], module.params["wait_interval"]))
        outcome = reconcile(client, module.params, module.check_mode)
        for warning in outcome.warnings:
            module.warn(warning)
        result = {**outcome.as_dict(), "diff": diff(outcome.plan)}
        if module.params["wait"] and outcome.integration and not module.check_mode:
            newer_than = outcome.last_sync_before()
            result["integration"] = wait(client, outcome.integration, newer_than, module, result)
        return result

    run(module, work)


if __name__ == "__main__":
    main()
