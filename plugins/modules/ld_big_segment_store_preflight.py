#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Check a store before connecting LaunchDarkly to it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_store_preflight
short_description: Check a Redis or DynamoDB store before connecting LaunchDarkly to it
version_added: 0.1.0
description:
  - Checks for problems that prevent LaunchDarkly from writing big segments to the store. LaunchDarkly itself accepts the
    settings of an unreachable store without an error.
  - Changes nothing, neither in the store nor in LaunchDarkly. Only O(project_key) and O(environment_key) cause a request to
    LaunchDarkly, for the client-side ID.
  - The checks run on the host that runs the module. Use C(delegate_to) for a host that can reach the store. LaunchDarkly
    may reach the store over a different network path.
  - LaunchDarkly does not publish the permissions that it needs in the store. The checked permissions are those of
    LaunchDarkly's open-source Relay Proxy, which writes the same layout.
author:
  - FeatureOps contributors (@featureops)
extends_documentation_fragment:
  - featureops.launchdarkly.connection
  - featureops.launchdarkly.attributes
  - featureops.launchdarkly.attributes.info
  - featureops.launchdarkly.attributes.action_group
requirements:
  - boto3, for O(dynamodb)
notes:
  - O(access_token) is needed only with O(project_key) and O(environment_key).
  - O(dynamodb) uses the AWS credentials that the AWS SDK finds on the host that runs the module.
options:
  redis:
    description:
      - The Redis store, with the options of M(featureops.launchdarkly.ld_big_segment_store). Required unless O(dynamodb) is
        given.
    type: dict
    suboptions:
      host:
        description:
          - The host name or address of Redis.
        type: str
      port:
        description:
          - The Redis port. Defaults to 6379.
        type: str
      username:
        description:
          - The Redis ACL user.
        type: str
      password:
        description:
          - The password of the Redis user.
        type: str
      tls_enabled:
        description:
          - Whether to connect over TLS. Defaults to V(false).
        type: bool
  dynamodb:
    description:
      - The DynamoDB store, with the options of M(featureops.launchdarkly.ld_big_segment_store). Required unless O(redis) is
        given.
    type: dict
    suboptions:
      table_name:
        description:
          - The table's name.
        type: str
      region:
        description:
          - The AWS region of the table.
        type: str
      external_id:
        description:
          - The external ID required by the role's trust policy. Without it, the external ID is not checked.
        type: str
      role_arn:
        description:
          - The ARN of the IAM role that LaunchDarkly assumes. Without it, the role is not checked.
        type: str
  project_key:
    description:
      - The project key. With O(environment_key), the client-side ID is looked up in LaunchDarkly.
    type: str
  environment_key:
    description:
      - The environment key.
    type: str
  client_side_id:
    description:
      - The client-side ID of the environment, the key prefix in the store. Without it and without O(project_key), checks that
        need the prefix are skipped.
      - The module fails if it is not that of O(environment_key).
    type: str
  role:
    description:
      - Which user of O(redis) to check. V(writer) is the user that LaunchDarkly writes with, V(reader) the user of an
        application, from a host of the application.
    type: str
    choices: [writer, reader]
    default: writer
  admin_username:
    description:
      - A Redis user that may run C(INFO) and C(CONFIG GET), to check memory, eviction and persistence, which
        LaunchDarkly's user usually cannot see. With O(admin_password) alone, this is the default user.
    type: str
  admin_password:
    description:
      - The password of O(admin_username).
    type: str
  redis_ca_path:
    description:
      - A PEM file of CA certificates to trust in addition to the public ones, for O(redis).
      - LaunchDarkly may not trust this CA, because the integration has no such setting.
    type: path
  aws_endpoint:
    description:
      - A URL to use instead of every AWS endpoint, for tests of O(dynamodb).
    type: str
  store_timeout:
    description:
      - Timeout in seconds of one wait for the store. A check may wait several times.
    type: float
    default: 3.0
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store
  - module: featureops.launchdarkly.ld_big_segment_store_inspect_info
  - plugin: featureops.launchdarkly.store_document
    plugin_type: lookup
  - name: Check a store
    description: Each check, and how to fix what it finds.
    link: https://featureops.github.io/ansible-launchdarkly/how-to/preflight.html
"""

EXAMPLES = r"""
- name: Check the store from a host that can reach it
  featureops.launchdarkly.ld_big_segment_store_preflight:
    redis:
      host: redis.example.com
      port: "6380"
      username: launchdarkly
      password: "{{ redis_password }}"
      tls_enabled: true
    client_side_id: 64c0f1a2b3c4d5e6f7a8b9c0
  delegate_to: bastion.example.com

- name: Check the store with the client-side ID that LaunchDarkly shows
  featureops.launchdarkly.ld_big_segment_store_preflight:
    redis:
      host: redis.example.com
      username: launchdarkly
      password: "{{ redis_password }}"
    project_key: shop
    environment_key: live

- name: Check a table and its IAM role
  featureops.launchdarkly.ld_big_segment_store_preflight:
    dynamodb:
      table_name: launchdarkly-big-segments
      region: eu-central-1
      external_id: 6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11
      role_arn: arn:aws:iam::123456789012:role/launchdarkly-big-segments
"""

RETURN = r"""
client_side_id:
  description: The client-side ID that the checks used. Null if neither it nor the environment was given.
  returned: when the checks ran
  type: str
  sample: 64c0f1a2b3c4d5e6f7a8b9c0
outcome:
  description: The worst outcome of all checks. The task fails if it is C(failure).
  returned: when the checks ran
  type: str
  sample: warning
  choices:
    - pass
    - warning
    - failure
    - skipped
checks:
  description: All checks, in a fixed order.
  returned: when the checks ran
  type: list
  elements: dict
  contains:
    name:
      description: The stable name of the check.
      type: str
      sample: eviction
    title:
      description: The title of the check.
      type: str
      sample: Eviction
    outcome:
      description: The outcome of the check.
      type: str
      sample: warning
    seen:
      description: The finding, in a sentence.
      type: str
      sample: maxmemory-policy is allkeys-lru
    remedy:
      description: The action to take, empty if none is needed.
      type: str
      sample: set maxmemory-policy to noeviction
    measured:
      description:
        - Measured numbers by name, such as C(certificate_days), C(memory_ratio), C(round_trip_seconds) and
          C(sync_age_seconds). Empty if nothing was measured.
      type: dict
      sample: {certificate_days: 61}
failure:
  description: The error for programs. C(msg) describes it in words.
  returned: failure
  type: dict
  contains:
    code:
      description: The error code.
      type: str
      sample: preflight_failed
    status:
      description: The HTTP status of the response, if any.
      type: int
    details:
      description: One sentence for each problem, or the details that LaunchDarkly reported.
      type: list
      elements: str
      sample: ["Port: nothing listens there"]
    request_id:
      description: LaunchDarkly's ID of the failed request, if any.
      type: str
      sample: 9a1b2c3d
"""

from typing import Any

from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    all_store_options,
    connection_options,
    describe_failure,
    message_of,
    option_names,
    run,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.client import Client
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.errors import (
    InvalidSettings,
    SegmentStoreError,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.client_side_id import (
    find_client_side_id,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.secret import Secret
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.preflight.checks import (
    Check,
    Outcome,
    worst,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.preflight.dynamodb.store import (
    preflight_dynamodb,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.preflight.redis.store import (
    Login,
    preflight_redis,
)


def argument_spec() -> dict[str, dict[str, Any]]:
    """The module's options."""
    return {
        **all_store_options(),
        "project_key": {"type": "str", "no_log": False},
        "environment_key": {"type": "str", "no_log": False},
        "client_side_id": {"type": "str"},
        "role": {"type": "str", "choices": ["writer", "reader"], "default": "writer"},
        "admin_username": {"type": "str"},
        "admin_password": {"type": "str", "no_log": True},
        "redis_ca_path": {"type": "path"},
        "aws_endpoint": {"type": "str"},
        "store_timeout": {"type": "float", "default": 3.0},
        **connection_options(),
    }


@option_names({"prefix": "client_side_id", "timeout": "store_timeout", "ca_path": "redis_ca_path"})
def preflight(params: dict[str, Any], client: Client | None) -> tuple[str | None, list[Check]]:
    """The client-side ID and the checks. `client` is there when LaunchDarkly is asked for the client-side ID."""
    prefix = params["client_side_id"]
    if client is not None:
        prefix = find_client_side_id(client, params["project_key"], params["environment_key"], prefix)
    common = {"prefix": prefix, "timeout": params["store_timeout"]}
    if params["redis"] is None:
        return prefix, preflight_dynamodb(params["dynamodb"], endpoint_url=params["aws_endpoint"], **common)
    reader, ca_path = params["role"] == "reader", params["redis_ca_path"]
    return prefix, preflight_redis(params["redis"], ca_path=ca_path, reader=reader, admin=admin(params), **common)


def admin(params: dict[str, Any]) -> Login | None:
    """The login of the administrator, if given."""
    if params["admin_password"]:
        return Login(params["admin_username"] or "", Secret(params["admin_password"]))
    if params["admin_username"]:
        raise InvalidSettings.for_field("admin_password", "is missing", "give the password of admin_username")
    return None


def main() -> None:
    """Run the module."""
    module = LaunchDarklyModule(
        argument_spec=argument_spec(),
        mutually_exclusive=[tuple(STORE_TYPES)],
        required_one_of=[tuple(STORE_TYPES)],
        required_together=[("project_key", "environment_key")],
        supports_check_mode=True,
    )

    def work(client: Client | None) -> dict[str, Any]:
        prefix, checks = preflight(module.params, client)
        _warn(module, checks)
        return {"changed": False, "client_side_id": prefix, **verdict(checks)}

    if module.params["project_key"] is not None:
        run(module, work)
    try:
        result = work(None)
    except SegmentStoreError as error:
        module.fail_json(msg=message_of(error), failure=describe_failure(error))
    if "failure" in result:
        module.fail_json(**result)
    module.exit_json(**result)


def verdict(checks: list[Check]) -> dict[str, Any]:
    """The checks as plain data, with `failure` if one failed."""
    result: dict[str, Any] = {"outcome": worst(checks).value, "checks": [check.as_dict() for check in checks]}
    failures = [sentence(check) for check in checks if check.outcome is Outcome.FAILURE]
    if failures:
        result["msg"] = f"The store cannot work as it is. {' '.join(failures)}"
        result["failure"] = {"code": "preflight_failed", "status": None, "details": failures, "request_id": None}
    return result


def _warn(module: LaunchDarklyModule, checks: list[Check]) -> None:
    for check in checks:
        if check.outcome is Outcome.WARNING:
            module.warn(sentence(check))
    if worst(checks) is Outcome.SKIPPED:
        module.warn(f"Nothing was checked. {' '.join(f'{check.title}: {check.seen}.' for check in checks)}")


def sentence(check: Check) -> str:
    """What was seen and what to do, in one sentence."""
    return f"{check.title}: {check.seen}; {check.remedy}."


if __name__ == "__main__":
    main()
