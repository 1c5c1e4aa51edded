#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Set up many big segment store integrations at once."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_stores
short_description: Set up many big segment store integrations of LaunchDarkly at once
version_added: 0.1.0
description:
  - Brings every store of a list to what it says, as M(featureops.launchdarkly.ld_big_segment_store) does for one.
  - The account is listed once, each declared integration that exists is read once, and only what differs is written. The
    requests keep to LaunchDarkly's rate limit as its answers tell it, and leave a part of it to others.
  - A failure of one store does not stop the others. The task then fails with a table of what was done, what was not, and
    why; the next run does what is left.
  - A store that is declared twice is found before the first request.
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
      - There is a diff for each store that changed.
      - Secrets are shown as the words C(set), C(not set) and C(set (new value\)).
notes:
  - The limit of 300 seconds that O(timeout) speaks of is one for each store, not for the task.
requirements:
  - jsonschema
  - PyYAML, for O(stores_file) in YAML
options:
  stores:
    description:
      - The stores. What an entry leaves out comes from O(defaults); what neither has is left alone.
      - Give this or O(stores_file).
    type: list
    elements: dict
    suboptions:
      state:
        description:
          - Whether the integration shall be there. V(present) where nothing says so.
        type: str
        choices:
          - present
          - absent
      project_key:
        description:
          - The project key, as LaunchDarkly shows it.
        type: str
      environment_key:
        description:
          - The environment key, as LaunchDarkly shows it.
        type: str
        required: true
      integration_key:
        description:
          - The store type, where neither O(stores[].redis) nor O(stores[].dynamodb) tells it.
        type: str
        choices:
          - redis
          - dynamodb
      integration_id:
        description:
          - The ID of an integration that exists, where several match.
        type: str
      name:
        description:
          - The integration's name in LaunchDarkly.
        type: str
      clear_secrets:
        description:
          - Whether an empty password clears the stored one, as in M(featureops.launchdarkly.ld_big_segment_store).
        type: bool
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
      update_secrets:
        description:
          - When the password is sent to an integration that exists, as in M(featureops.launchdarkly.ld_big_segment_store).
            V(if_different) where nothing says so.
        type: str
        choices:
          - if_different
          - always
          - on_create
      redis:
        description:
          - Keep the big segments in Redis. Options that are left out come from O(defaults.redis).
        type: dict
        suboptions:
          host:
            description:
              - The host name or address of Redis, as LaunchDarkly reaches it. Every Redis store needs one, its own or a default.
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
              - LaunchDarkly never gives it back, and replaces all options of Redis at once. So it is needed again whenever
                another of them changes; that store fails rather than lose it.
            type: str
          tls_enabled:
            description:
              - Whether LaunchDarkly connects to Redis with TLS. LaunchDarkly takes V(false) for a new integration without it.
            type: bool
      dynamodb:
        description:
          - Keep the big segments in DynamoDB. Options that are left out come from O(defaults.dynamodb).
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
  defaults:
    description:
      - What the stores have in common.
    type: dict
    suboptions:
      state:
        description:
          - Whether the integration shall be there. V(present) where nothing says so.
        type: str
        choices:
          - present
          - absent
      project_key:
        description:
          - The project key, as LaunchDarkly shows it.
        type: str
      integration_key:
        description:
          - The store type, where neither O(stores[].redis) nor O(stores[].dynamodb) tells it.
        type: str
        choices:
          - redis
          - dynamodb
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
      update_secrets:
        description:
          - When the password is sent to an integration that exists, as in M(featureops.launchdarkly.ld_big_segment_store).
            V(if_different) where nothing says so.
        type: str
        choices:
          - if_different
          - always
          - on_create
      redis:
        description:
          - Options of the stores in Redis; an entry overrides them one by one.
        type: dict
        suboptions:
          host:
            description:
              - The host name or address of Redis, as LaunchDarkly reaches it. Every Redis store needs one, its own or a default.
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
              - LaunchDarkly never gives it back, and replaces all options of Redis at once. So it is needed again whenever
                another of them changes; that store fails rather than lose it.
            type: str
          tls_enabled:
            description:
              - Whether LaunchDarkly connects to Redis with TLS. LaunchDarkly takes V(false) for a new integration without it.
            type: bool
      dynamodb:
        description:
          - Options of the stores in DynamoDB; an entry overrides them one by one.
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
  stores_file:
    description:
      - A file that declares O(stores) and O(defaults) under these names, in place of both options. It is the same file that
        C(ld-segment-store plan) and C(ld-segment-store apply) read, and C(ld-segment-store export) writes.
      - It is read on the host where the module runs, like a file of a secret that it refers to. With C(connection=local) a
        relative path begins at the playbook's folder.
      - JSON if its name ends in C(.json), else YAML, for which PyYAML is needed where the module runs.
      - >-
        A password in it may be a reference, C({env: NAME}) to an environment variable or C({file: PATH}) to a file, where the
        module runs. Templates in it are not evaluated; what is in Ansible's vault is for O(stores) and O(defaults).
    type: path
  purge:
    description:
      - Remove integrations that are not in O(stores). Without it nothing is removed but what is declared V(absent).
      - What is removed, or in check mode would be, is always among the results.
      - It comes last, and is not attempted at all where a declared store failed. That store may have a misspelled key, and
        mean the very integration that seems not to be declared.
      - Of several integrations of one type in one environment those are kept whose ID is in O(stores[].integration_id). Where a
        declaration there has no ID, none of them is removed, and there is a warning.
      - An integration of a store type that this version does not know is left alone, with a warning.
    type: dict
    suboptions:
      projects:
        description:
          - Only in projects with these keys. Give this, O(purge.tags) or both. An empty list is an error, and a key that no
            integration has is worth a warning.
        type: list
        elements: str
      tags:
        description:
          - Only integrations with one of these tags. An empty list is an error, and a tag that no integration has is worth a
            warning.
        type: list
        elements: str
      maximum:
        description:
          - Where more would be removed than this, the task fails and changes nothing at all.
        type: int
        default: 10
  concurrency:
    description:
      - How many requests may be under way at once, at the most; fewer when little of the rate limit is left.
    type: int
    default: 8
  share:
    description:
      - The part of the account's rate limit to use; the rest is left to the account's other tokens.
    type: float
    default: 0.9
  fail_fast:
    description:
      - Attempt nothing more after a failure. What is under way is still finished.
    type: bool
    default: false
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store
  - module: featureops.launchdarkly.ld_big_segment_store_info
"""

EXAMPLES = r"""
- name: Keep the big segments of all environments of a project in one Redis
  featureops.launchdarkly.ld_big_segment_stores:
    defaults:
      project_key: shop
      redis:
        host: redis.example.com
        password: "{{ redis_password }}"
        tls_enabled: true
      tags: [managed-by-ansible]
      enabled: true
    stores:
      - environment_key: live
      - environment_key: test
        redis:
          port: "6380"
        enabled: false

- name: Keep what a file beside the playbook declares
  featureops.launchdarkly.ld_big_segment_stores:
    stores_file: stores.yml

- name: Keep these stores, and remove what Ansible has made and is not declared any more
  featureops.launchdarkly.ld_big_segment_stores:
    defaults:
      project_key: shop
      dynamodb:
        table_name: launchdarkly-big-segments
        region: eu-central-1
        external_id: 6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11
        role_arn: arn:aws:iam::123456789012:role/launchdarkly-big-segments
    stores:
      - environment_key: test
    purge:
      projects: [shop]
      tags: [managed-by-ansible]
      maximum: 5
"""

RETURN = r"""
stores:
  description: A result for each store, in the order of O(stores) or the file, then for each integration that was purged.
  returned: unless the task failed before a store was attempted
  type: list
  elements: dict
  contains:
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
    integration_id:
      description: The integration ID, V(null) where there is none.
      type: str
      sample: 64c0f1a2b3c4d5e6f7a8b9c0
    action:
      description: What was done, or in check mode would be done.
      type: str
      sample: update
      choices:
        - create
        - update
        - delete
        - nothing
        - failed
        - not attempted
    changed:
      description: Whether it was changed; also where the answer to a change was lost, so that nobody knows.
      type: bool
      sample: true
    purged:
      description: Whether it was removed because it is not declared.
      type: bool
      sample: false
    drift:
      description: Every field that was not as desired, and why.
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
    warnings:
      description: What to know about it, a sentence each.
      type: list
      elements: str
      sample: []
    msg:
      description: What went wrong with it in words, V(null) where nothing did.
      type: str
      sample: LaunchDarkly responded 403.
    failure:
      description: What went wrong with it, for programs; V(null) where nothing did.
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
summary:
  description: How many stores were created, updated and so on, in a sentence.
  returned: unless the task failed before a store was attempted
  type: str
  sample: "3 stores: 1 created, 2 as declared already."
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

import os
from typing import TYPE_CHECKING, Any

from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.api.rate_limit import (
    DEFAULT_CONCURRENCY,
    DEFAULT_SHARE,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.fleet.declaration import (
    Declaration,
    read_declarations,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.fleet.purge import (
    DEFAULT_PURGE_MAXIMUM,
    Purge,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.fleet.report import (
    as_dict,
    summary,
    table,
    warnings,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.fleet.run import (
    StoreResult,
    reconcile_many,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.fleet.stores_file import (
    read_stores_file,
    secrets_of,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.flow.plan import UpdateSecrets
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    all_store_options,
    connection_options,
    describe_failure,
    diff,
    run,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule

if TYPE_CHECKING:
    from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.api.client import Client


def argument_spec() -> dict[str, dict[str, Any]]:
    """The module's options."""
    own = {
        "environment_key": {"type": "str", "required": True, "no_log": False},
        "integration_id": {"type": "str"},
        "name": {"type": "str"},
        "clear_secrets": {"type": "bool", "no_log": False},
    }
    purge = {
        "projects": {"type": "list", "elements": "str"},
        "tags": {"type": "list", "elements": "str"},
        "maximum": {"type": "int", "default": DEFAULT_PURGE_MAXIMUM},
    }
    return {
        "stores": {"type": "list", "elements": "dict", "options": {**_common(), **own}},
        "defaults": {"type": "dict", "options": _common()},
        "stores_file": {"type": "path"},
        "purge": {"type": "dict", "options": purge},
        "concurrency": {"type": "int", "default": DEFAULT_CONCURRENCY},
        "share": {"type": "float", "default": DEFAULT_SHARE},
        "fail_fast": {"type": "bool", "default": False},
        **connection_options(),
    }


def _common() -> dict[str, dict[str, Any]]:
    """What an entry and the defaults both may have. Nothing has a default or is required: it may come from the other."""
    return {
        "state": {"type": "str", "choices": ["present", "absent"]},
        "project_key": {"type": "str", "no_log": False},
        "integration_key": {"type": "str", "choices": sorted(STORE_TYPES, reverse=True), "no_log": False},
        "tags": {"type": "list", "elements": "str"},
        "enabled": {"type": "bool"},
        "update_secrets": {"type": "str", "choices": [policy.value for policy in UpdateSecrets], "no_log": False},
        **all_store_options(),
    }


def work(module: LaunchDarklyModule, client: Client) -> dict[str, Any]:
    """Bring about what the options say, and say what came of it."""
    params = module.params
    results = reconcile_many(
        client,
        _declarations(module),
        concurrency=params["concurrency"],
        share=params["share"],
        check=module.check_mode,
        fail_fast=params["fail_fast"],
        purge=None if params["purge"] is None else Purge(**params["purge"]),
        on_warning=module.warn,
    )
    for warning in warnings(results):
        module.warn(warning)
    result = {
        "changed": any(store.changed for store in results),
        "stores": [_described(store) for store in results],
        "summary": summary(results, check=module.check_mode),
        "diff": [diff(store.outcome.plan) for store in results if store.outcome and store.outcome.changed],
    }
    failed = [store for store in results if store.error]
    if failed:
        details = [f"{store.declaration.key}: {store.error}" for store in failed]
        result["failure"] = {"code": "stores_failed", "status": None, "details": details, "request_id": None}
        result["msg"] = "\n".join([summary(results, check=module.check_mode), *table(results)])
    return result


def _declarations(module: LaunchDarklyModule) -> list[Declaration]:
    """What is declared, by options or in a file. The file's secrets are none of the options that Ansible hides."""
    params = module.params
    if params["stores_file"] is None:
        return read_declarations(params["stores"], params["defaults"])
    declarations = read_stores_file(params["stores_file"], os.environ)
    module.no_log_values.update(secret.reveal() for secret in secrets_of(declarations) if secret)
    return declarations


def _described(store: StoreResult) -> dict[str, Any]:
    error = store.error
    return {
        **as_dict(store),
        "msg": error.message if error else None,
        "failure": describe_failure(error) if error else None,
    }


def main() -> None:
    """Run the module."""
    module = LaunchDarklyModule(
        argument_spec=argument_spec(),
        required_one_of=[("stores", "stores_file")],
        mutually_exclusive=[("stores", "stores_file"), ("defaults", "stores_file")],
        supports_check_mode=True,
    )
    run(module, lambda client: work(module, client))


if __name__ == "__main__":
    main()
