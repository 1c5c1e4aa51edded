#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Set up one big segment store integration."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_store
short_description: Set up a big segment store integration of LaunchDarkly
version_added: 0.1.0
description:
  - Creates, updates or removes the integration by which LaunchDarkly keeps the big segments of one environment in your own
    Redis or DynamoDB. LaunchDarkly also calls it a persistent store integration.
  - An integration is found by project, environment and store type. One that exists already is taken over, not doubled.
  - An option that is left out is left alone; one that is explicitly empty is cleared.
  - LaunchDarkly's API for these integrations is in beta.
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
      - Sends the same reading requests as a real run, and none that writes.
      - Before it reports that an integration would be created it also looks up the environment, since only the creation
        itself would find that it does not exist.
  diff_mode:
    support: full
    details:
      - Secrets are shown as the words C(set), C(not set) and C(set (new value\)).
requirements:
  - jsonschema
options:
  state:
    description:
      - Whether the integration shall be there.
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
      - Keep the big segments in Redis. Give either this or O(dynamodb) when O(state=present).
    type: dict
    suboptions:
      host:
        description:
          - The host name or address of Redis, as LaunchDarkly reaches it.
        type: str
      port:
        description:
          - The port of Redis. LaunchDarkly takes 6379 for a new integration without one.
        type: str
      username:
        description:
          - The Redis ACL user. Leave it out where Redis has no users configured.
        type: str
      password:
        description:
          - The password of the Redis user.
          - LaunchDarkly never gives it back, and replaces all of O(redis) at once. So it is needed again whenever another
            option of O(redis) changes; the module fails rather than lose it.
        type: str
      tls_enabled:
        description:
          - Whether LaunchDarkly connects to Redis with TLS. LaunchDarkly takes V(false) for a new integration without it.
        type: bool
  dynamodb:
    description:
      - Keep the big segments in DynamoDB. Give either this or O(redis) when O(state=present).
    type: dict
    suboptions:
      table_name:
        description:
          - The table's name. It must exist, with partition key C(namespace) and sort key C(key), both strings.
        type: str
      region:
        description:
          - The AWS region of the table, such as V(us-east-1). One that LaunchDarkly does not list gives a warning.
        type: str
      external_id:
        description:
          - The external ID that the role's trust policy demands, a UUID.
        type: str
      role_arn:
        description:
          - The ARN of the IAM role that LaunchDarkly assumes to write to the table.
        type: str
  name:
    description:
      - The integration's name in LaunchDarkly.
      - Where several integrations match, the one that has this name is meant.
    type: str
  tags:
    description:
      - The integration's tags; their order does not matter. An empty list removes them all.
    type: list
    elements: str
  enabled:
    description:
      - Whether LaunchDarkly writes to the store (C(on) in the API).
      - A new integration is switched off unless this is V(true).
    type: bool
  integration_id:
    description:
      - The ID of an integration that exists, where several match. It also saves a request.
    type: str
  integration_key:
    description:
      - The store type, for O(state=absent) without O(redis) and O(dynamodb).
    type: str
    choices:
      - redis
      - dynamodb
  update_secrets:
    description:
      - When the password is sent to an integration that exists.
      - V(if_different) sends it when it can be seen to differ. LaunchDarkly shows the ends of the stored one, as has been
        observed but is not promised; a change in the middle only, or of a password that is masked completely, is not seen.
      - V(always) sends it every time, and reports a change every time.
      - V(on_create) never sends it for its own sake.
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
      - Wait until LaunchDarkly reports the store as available, and fail with its errors when it does not become so in time.
      - When the config was changed, only a synchronization after the change counts.
      - Check mode, O(state=absent) and an integration that is switched off do not wait.
    type: bool
    default: false
  wait_timeout:
    description:
      - How many seconds to wait at the most.
    type: float
    default: 300.0
  wait_interval:
    description:
      - How many seconds to wait between two looks.
    type: float
    default: 5.0
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store_info
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

- name: Rotate the password, whether it can be seen to differ or not
  featureops.launchdarkly.ld_big_segment_store:
    project_key: shop
    environment_key: live
    redis:
      host: redis.example.com
      password: "{{ new_redis_password }}"
    update_secrets: always
    wait: true

- name: Remove the Redis integration of shop/live
  featureops.launchdarkly.ld_big_segment_store:
    state: absent
    project_key: shop
    environment_key: live
    integration_key: redis
"""

RETURN = r"""
action:
  description: What was done, or in check mode would be done.
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
    - The integration afterwards, in check mode as it would be; V(null) where there is none.
    - For an integration that check mode would create, C(id), C(version) and C(status) are V(null).
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
      description: The version, which grows with each change.
      type: int
      sample: 3
    config:
      description: The store's options. A secret is one of the words V(set) and V(not set), V(set (new value\)) in check mode.
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
drift:
  description: Every field that was not as desired, and why.
  returned: success
  type: list
  elements: dict
  contains:
    field:
      description: The option.
      type: str
      sample: redis.port
    reason:
      description: Why it counts as drift.
      type: str
      sample: differs
    before:
      description: The value before, secrets as words.
      type: raw
      sample: "6379"
    after:
      description: The value afterwards, secrets as words.
      type: raw
      sample: "6380"
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

from typing import Any, cast

from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.api.client import Client
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.errors import (
    InvalidSettings,
    SegmentStoreError,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.flow.apply import (
    Outcome,
    ensure_absent,
    ensure_present,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.flow.lookup import Target
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.flow.plan import UpdateSecrets
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.flow.wait import (
    check_wait,
    wait_until_available,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.model.integration import (
    Integration,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.model.settings import (
    Settings,
    StoreTypeName,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    all_store_options,
    connection_options,
    describe_failure,
    diff,
    run,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule


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
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": 300.0},
        "wait_interval": {"type": "float", "default": 5.0},
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
        check_wait(module.params["wait_timeout"], module.params["wait_interval"])
        outcome = reconcile(client, module.params, module.check_mode)
        for warning in outcome.warnings:
            module.warn(warning)
        result = {
            "changed": outcome.changed,
            "action": outcome.plan.action.value,
            "integration": outcome.after(),
            "drift": [drift.as_dict() for drift in outcome.plan.drift],
            "diff": diff(outcome.plan),
        }
        if module.params["wait"] and outcome.integration and not module.check_mode:
            newer_than = outcome.last_sync_before()
            result["integration"] = wait(client, outcome.integration, newer_than, module, result)
        return result

    run(module, work)


if __name__ == "__main__":
    main()
