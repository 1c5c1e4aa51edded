#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read what a store holds."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_store_inspect_info
short_description: Read what a Redis or DynamoDB store holds
version_added: 0.1.0
description:
  - Returns the last sync of a store, its segments and their sizes, or what an SDK answers for one context.
  - Only sends commands that read. For O(context_key) and the last sync, the permissions of an application with an SDK are enough.
    Segments need C(SCAN) in Redis, and C(dynamodb:Query) in AWS.
  - The store is read from the host that runs the module. Use C(delegate_to) for a host in the store's network.
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
  - For O(dynamodb), the AWS SDK finds the AWS credentials on the host that runs the module.
  - O(access_token) is needed only with O(project_key) and O(environment_key).
options:
  redis:
    description:
      - The Redis store. With O(project_key) and O(environment_key), options that are left out come from the integration.
    type: dict
    suboptions:
      host:
        description:
          - The host name or address of Redis.
        type: str
      port:
        description:
          - The port of Redis; 6379 by default.
        type: str
      username:
        description:
          - The Redis ACL user. A user that only reads is enough.
        type: str
      password:
        description:
          - The password of the Redis user. LaunchDarkly does not return it, so it never comes from the integration.
        type: str
      tls_enabled:
        description:
          - Whether to connect with TLS.
        type: bool
  dynamodb:
    description:
      - The DynamoDB store. With O(project_key) and O(environment_key), options that are left out come from the integration.
    type: dict
    suboptions:
      table_name:
        description:
          - The name of the table.
        type: str
      region:
        description:
          - The AWS region of the table.
        type: str
  project_key:
    description:
      - The project key. With O(environment_key), the store and the client-side ID are looked up in LaunchDarkly.
    type: str
  environment_key:
    description:
      - The environment key.
    type: str
  integration_id:
    description:
      - The integration ID, needed if the environment has several integrations of the type.
    type: str
  client_side_id:
    description:
      - The environment's client-side ID, the key prefix in the store. Required without O(project_key).
      - The module fails if it is not that of O(environment_key).
    type: str
  context_key:
    description:
      - Return the answer for this context instead of the contents.
    type: str
  segment:
    description:
      - Answer for this segment only.
    type: str
  generation:
    description:
      - The current generation of O(segment). Defaults to the newest one that the store has for the context.
    type: int
  limit:
    description:
      - The number of keys or items to read at most.
    type: int
    default: 100000
  redis_ca_path:
    description:
      - A PEM file of authorities to trust for TLS with Redis, besides the well-known ones.
    type: path
  aws_endpoint:
    description:
      - A URL to use instead of AWS's own, for tests.
    type: str
  store_timeout:
    description:
      - Timeout in seconds of one wait for the store.
    type: float
    default: 5.0
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store_preflight
  - name: Look inside a store
    description: Keys, segments, and whether a context is in a segment.
    link: https://featureops.github.io/ansible-launchdarkly/how-to/look-inside-a-store.html
"""

EXAMPLES = r"""
- name: Why is this user not in the segment?
  featureops.launchdarkly.ld_big_segment_store_inspect_info:
    redis:
      host: redis.example.com
      port: "6380"
      username: sdk
      password: "{{ redis_password }}"
      tls_enabled: true
    client_side_id: 64c0f1a2b3c4d5e6f7a8b9c0
    context_key: user-1
    segment: big-one
  register: seen

- name: Read the table that the integration of shop/live names
  featureops.launchdarkly.ld_big_segment_store_inspect_info:
    project_key: shop
    environment_key: live
    dynamodb: {}
"""

RETURN = r"""
client_side_id:
  description: The environment's client-side ID.
  returned: success
  type: str
  sample: 64c0f1a2b3c4d5e6f7a8b9c0
contents:
  description: What the store holds under the client-side ID. No context is named.
  returned: success, without O(context_key)
  type: dict
  contains:
    store:
      description: The store type.
      type: str
      sample: redis
    place:
      description: The address of Redis, or the table and its region.
      type: str
      sample: redis.example.com:6380
    prefix:
      description: The key prefix, the client-side ID.
      type: str
      sample: 64c0f1a2b3c4d5e6f7a8b9c0
    sync:
      description:
        - The last sync. C(synchronized_on) is in milliseconds since the epoch, C(age_seconds) in seconds. Both are null if the
          store has no readable time.
        - C(status) is what an SDK reports, V(HEALTHY), V(STALE) or V(STORE_ERROR).
      type: dict
      sample: {synchronized_on: 1790000000000, age_seconds: 12.3, status: HEALTHY}
    segments:
      description: Each generation of each segment, with the numbers of contexts. Null if the user may not list them.
      type: list
      elements: dict
      sample: [{key: big-one, generation: 1, included: 15200, excluded: 3}]
    contexts:
      description: The number of contexts with at least one entry.
      type: int
      sample: 15203
    size_bytes:
      description: The size of their keys and values, without the overhead of the server.
      type: int
      sample: 1550000
    complete:
      description: Whether everything was read. If not, the numbers are lower bounds.
      type: bool
      sample: true
    other_prefixes:
      description: Other prefixes seen in the store. Null if unknown.
      type: list
      elements: str
      sample: [launchdarkly]
    lock:
      description: The lock of a Relay Proxy, if there is one.
      type: str
      sample: relay-1
    cursor:
      description: The cursor of a Relay Proxy, if there is one.
      type: str
      sample: "42"
    notes:
      description: What could not be read, and why.
      type: list
      elements: str
      sample: []
answer:
  description: What the store holds for the context, and what an SDK answers.
  returned: success, with O(context_key)
  type: dict
  contains:
    store:
      description: The store type.
      type: str
      sample: redis
    place:
      description: The address of Redis, or the table and its region.
      type: str
      sample: redis.example.com:6380
    prefix:
      description: The key prefix, the client-side ID.
      type: str
      sample: 64c0f1a2b3c4d5e6f7a8b9c0
    context_key:
      description: The context key.
      type: str
      sample: user-1
    context_hash:
      description: The name of the context in the store.
      type: str
      sample: xsKJ5J6cBbIUWGA4e3O8sY30P7CaHkpKlxPHbIi7VBs=
    sync:
      description: The last sync, as in RV(contents.sync).
      type: dict
      sample: {synchronized_on: 1790000000000, age_seconds: 12.3, status: HEALTHY}
    included:
      description: The segments that include the context, each with its generation.
      type: list
      elements: str
      sample: [big-one.g1]
    excluded:
      description: The segments that exclude the context.
      type: list
      elements: str
      sample: []
    segments:
      description: The answer for O(segment), or for every segment above.
      type: list
      elements: dict
      contains:
        segment:
          description: The segment key.
          type: str
          sample: big-one
        generation:
          description: The generation that the answer is about. Null if neither you nor the store names one.
          type: int
          sample: 1
        membership:
          description: The answer. For V(not present) an SDK applies the segment's rules.
          type: str
          choices: [included, excluded, not present]
          sample: included
        in_both:
          description: Whether the context is in both sets. An SDK takes it as included.
          type: bool
          sample: false
        other_generations:
          description: Generations in the store that an SDK ignores.
          type: list
          elements: int
          sample: []
failure:
  description: The error for programs. C(msg) describes it in words.
  returned: failure
  type: dict
  contains:
    code:
      description: The error code.
      type: str
      sample: store_unreadable
    status:
      description: The HTTP status of the response, if any.
      type: int
    details:
      description: One sentence for each problem, or the details that LaunchDarkly reported.
      type: list
      elements: str
      sample: []
    request_id:
      description: LaunchDarkly's ID of the failed request, if any.
      type: str
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    connection_options,
    describe_failure,
    message_of,
    option_names,
    run,
    store_options,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.client import Client
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.errors import SegmentStoreError
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.lookup import Target
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.inspect.contents import (
    DEFAULT_LIMIT,
    DEFAULT_TIMEOUT,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.inspect.dynamodb import (
    inspect_dynamodb,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.inspect.find_context import find_context
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.inspect.location import (
    READ_OPTIONS,
    locate,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.inspect.redis import inspect_redis


def argument_spec() -> dict[str, dict[str, Any]]:
    """The module's options."""
    stores = {
        key: {
            "type": "dict",
            "options": {
                option: {**spec, "required": False}
                for option, spec in store_options(store).items()
                if option in READ_OPTIONS[key] or spec["no_log"]
            },
        }
        for key, store in STORE_TYPES.items()
    }
    return {
        **stores,
        "project_key": {"type": "str", "no_log": False},
        "environment_key": {"type": "str", "no_log": False},
        "integration_id": {"type": "str"},
        "client_side_id": {"type": "str"},
        "context_key": {"type": "str", "no_log": False},
        "segment": {"type": "str"},
        "generation": {"type": "int"},
        "limit": {"type": "int", "default": DEFAULT_LIMIT},
        "redis_ca_path": {"type": "path"},
        "aws_endpoint": {"type": "str"},
        "store_timeout": {"type": "float", "default": DEFAULT_TIMEOUT},
        **connection_options(),
    }


@option_names({"prefix": "client_side_id", "timeout": "store_timeout", "ca_path": "redis_ca_path"})
def inspect(params: Mapping[str, Any], client: Client | None) -> dict[str, Any]:
    """The module's result. `client` is there when LaunchDarkly is asked for the store and the client-side ID."""
    integration_key = "redis" if params["redis"] is not None else "dynamodb"
    config = {option: value for option, value in params[integration_key].items() if value is not None}
    prefix = params["client_side_id"]
    if client is not None:
        target = Target(params["project_key"], params["environment_key"], integration_key, params["integration_id"])
        found = locate(client, target, prefix)
        config, prefix = {**found.config, **config}, found.prefix
    where = {"prefix": prefix, "timeout": params["store_timeout"]}
    if integration_key == "redis":
        where["ca_path"] = params["redis_ca_path"]
    else:
        where["endpoint_url"] = params["aws_endpoint"]
    result: dict[str, Any] = {"changed": False, "client_side_id": prefix}
    if params["context_key"] is not None:
        question = {"segment": params["segment"], "generation": params["generation"]}
        answer = find_context(integration_key, config, params["context_key"], **question, **where)
        return {**result, "answer": answer.as_dict()}
    read = inspect_redis if integration_key == "redis" else inspect_dynamodb
    return {**result, "contents": read(config, limit=params["limit"], **where).as_dict()}


def main() -> None:
    """Run the module."""
    module = LaunchDarklyModule(
        argument_spec=argument_spec(),
        mutually_exclusive=[tuple(STORE_TYPES)],
        required_one_of=[tuple(STORE_TYPES), ("client_side_id", "project_key")],
        required_together=[("project_key", "environment_key")],
        required_by={"segment": ("context_key",), "generation": ("segment",), "integration_id": ("project_key",)},
        supports_check_mode=True,
    )
    if module.params["project_key"] is not None:
        run(module, lambda client: inspect(module.params, client))
    try:
        module.exit_json(**inspect(module.params, None))
    except SegmentStoreError as error:
        module.fail_json(msg=message_of(error), failure=describe_failure(error))


if __name__ == "__main__":
    main()
