#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Check a store before LaunchDarkly is told of it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_store_preflight
short_description: Check a Redis or DynamoDB store before LaunchDarkly is told of it
version_added: 0.1.0
description:
  - Looks for what would keep LaunchDarkly from writing big segments to the store. LaunchDarkly itself accepts a store that it
    can't reach without a word.
  - Needs nothing from LaunchDarkly and changes nothing in the store.
  - The store is looked at from the host where the module runs, so use C(delegate_to) for a host in the network that holds it.
    LaunchDarkly's own way to the store may differ.
  - What a writer needs to be allowed is taken from LaunchDarkly's public Relay Proxy, which writes the same layout;
    LaunchDarkly's own list is not known.
author:
  - FeatureOps contributors (@featureops)
extends_documentation_fragment:
  - featureops.launchdarkly.attributes
  - featureops.launchdarkly.attributes.info
requirements:
  - python >= 3.9
  - redis, for O(redis)
  - boto3, for O(dynamodb)
notes:
  - For O(dynamodb) the AWS credentials of the host where the module runs are used, from where the AWS SDK looks for them.
options:
  redis:
    description:
      - The Redis store, with the options of M(featureops.launchdarkly.ld_big_segment_store). Give either this or O(dynamodb).
    type: dict
    suboptions:
      host:
        description:
          - The host name or address of Redis.
        type: str
      port:
        description:
          - The port of Redis; 6379 if it is left out.
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
          - Whether to connect with TLS; V(false) if it is left out.
        type: bool
  dynamodb:
    description:
      - The DynamoDB store, with the options of M(featureops.launchdarkly.ld_big_segment_store). Give either this or O(redis).
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
          - The external ID that the role's trust policy demands. Without it, that is not checked.
        type: str
      role_arn:
        description:
          - The ARN of the IAM role that LaunchDarkly assumes. Without it, the role is not checked.
        type: str
  client_side_id:
    description:
      - The environment's client-side ID, which is the prefix of everything in the store. Without it, what needs it is skipped.
    type: str
  ca_path:
    description:
      - A file with CA certificates in PEM format to trust beside the well-known ones, for O(redis).
      - LaunchDarkly may not trust it, since its integration has no such option.
    type: path
  aws_endpoint:
    description:
      - A URL that stands for all of AWS, for tests of O(dynamodb).
    type: str
  timeout:
    description:
      - How many seconds each check may take. They run side by side.
    type: float
    default: 3.0
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store
"""

EXAMPLES = r"""
- name: Check the store from a host that reaches it
  featureops.launchdarkly.ld_big_segment_store_preflight:
    redis:
      host: redis.example.com
      port: "6380"
      username: launchdarkly
      password: "{{ redis_password }}"
      tls_enabled: true
    client_side_id: 64c0f1a2b3c4d5e6f7a8b9c0
  delegate_to: bastion.example.com

- name: Check a table and its role
  featureops.launchdarkly.ld_big_segment_store_preflight:
    dynamodb:
      table_name: launchdarkly-big-segments
      region: eu-central-1
      external_id: 6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11
      role_arn: arn:aws:iam::123456789012:role/launchdarkly-big-segments
"""

RETURN = r"""
outcome:
  description: The worst outcome of all checks. The task fails when it is C(failure).
  returned: when the checks ran
  type: str
  sample: warning
  choices:
    - pass
    - warning
    - failure
    - skipped
checks:
  description: Every check, in a fixed order.
  returned: when the checks ran
  type: list
  elements: dict
  contains:
    name:
      description: Its name, which stays the same.
      type: str
      sample: eviction
    title:
      description: Its title.
      type: str
      sample: Eviction
    outcome:
      description: How it ended.
      type: str
      sample: warning
    seen:
      description: What was seen, in a sentence.
      type: str
      sample: maxmemory-policy is allkeys-lru
    remedy:
      description: What to do; empty where nothing is to be done.
      type: str
      sample: set maxmemory-policy to noeviction
failure:
  description: What went wrong, for programs; C(msg) says it in words.
  returned: failure
  type: dict
  contains:
    code:
      description: The cause in a word.
      type: str
      sample: preflight_failed
    status:
      description: The HTTP status, where there was one.
      type: int
    details:
      description: Each problem in a sentence, or what LaunchDarkly said.
      type: list
      elements: str
      sample: ["Port: nothing listens there"]
    request_id:
      description: LaunchDarkly's ID of the failed request, where it gave one.
      type: str
      sample: 9a1b2c3d
"""

from typing import Any

from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.errors import SegmentStoreError
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    all_store_options,
    describe_failure,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule
from ansible_collections.featureops.launchdarkly.plugins.module_utils._preflight.checks import (
    Check,
    Outcome,
    worst,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._preflight.dynamodb.store import (
    preflight_dynamodb,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._preflight.redis.store import (
    preflight_redis,
)


def argument_spec() -> dict[str, dict[str, Any]]:
    """The module's options."""
    return {
        **all_store_options(),
        "client_side_id": {"type": "str"},
        "ca_path": {"type": "path"},
        "aws_endpoint": {"type": "str"},
        "timeout": {"type": "float", "default": 3.0},
    }


def preflight(params: dict[str, Any]) -> list[Check]:
    """Run the checks of the store that is given."""
    common = {"prefix": params["client_side_id"], "timeout": params["timeout"]}
    if params["redis"] is not None:
        return preflight_redis(params["redis"], ca_path=params["ca_path"], **common)
    return preflight_dynamodb(params["dynamodb"], endpoint_url=params["aws_endpoint"], **common)


def main() -> None:
    """Run the module."""
    module = LaunchDarklyModule(
        argument_spec=argument_spec(),
        mutually_exclusive=[tuple(STORE_TYPES)],
        required_one_of=[tuple(STORE_TYPES)],
        supports_check_mode=True,
    )
    try:
        checks = preflight(module.params)
    except SegmentStoreError as error:
        module.fail_json(msg=error.message, failure=describe_failure(error))
    result: dict[str, Any] = {
        "changed": False,
        "outcome": worst(checks).value,
        "checks": [check.as_dict() for check in checks],
    }
    for check in checks:
        if check.outcome is Outcome.WARNING:
            module.warn(sentence(check))
    failures = [sentence(check) for check in checks if check.outcome is Outcome.FAILURE]
    if failures:
        failure = {"code": "preflight_failed", "status": None, "details": failures, "request_id": None}
        module.fail_json(msg="The store can't work as it is. " + " ".join(failures), failure=failure, **result)
    module.exit_json(**result)


def sentence(check: Check) -> str:
    """What was seen and what to do, in one sentence."""
    return f"{check.title}: {check.seen}; {check.remedy}."


if __name__ == "__main__":
    main()
