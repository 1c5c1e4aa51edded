#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage many big segment store integrations in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ld_big_segment_stores
short_description: Manage many LaunchDarkly big segment store integrations in one task
version_added: 0.1.0
description:
  - Creates, updates and removes integrations to match a list of stores, like
    M(featureops.launchdarkly.ld_big_segment_store) for a single store.
  - The module lists the account once, reads each declared integration once, and writes only differences. It adapts to the
    rate limit that LaunchDarkly reports, and leaves a part of it to other clients.
  - A failed store does not stop the others. The task then fails with a table of the result and error of each store. Run the
    task again to complete the rest.
  - A store that is declared twice is an error, reported before the first request.
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
      - Shows a diff for each changed store.
      - Secrets appear only as C(set), C(not set) and C(set (new value\)).
notes:
  - The limit of 300 seconds described under O(timeout) applies to each store, not to the task.
requirements:
  - jsonschema
  - PyYAML, for O(stores_file) in YAML
options:
  stores:
    description:
      - The stores. Options that an entry omits come from O(defaults). Options that both omit keep their current value.
      - Required unless O(stores_file) is given.
    type: list
    elements: dict
    suboptions:
      state:
        description:
          - Whether the integration must exist. Defaults to V(present).
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
          - The store type. Needed without O(stores[].redis) and O(stores[].dynamodb).
          - Without O(stores[].redis) and O(stores[].dynamodb), the module changes an existing integration, for example with
            O(stores[].enabled). If the integration does not exist, the store fails and nothing is created.
        type: str
        choices:
          - redis
          - dynamodb
      integration_id:
        description:
          - The ID of an existing integration. Needed if several integrations match.
        type: str
      name:
        description:
          - The integration's name in LaunchDarkly, with the same effects as in
            M(featureops.launchdarkly.ld_big_segment_store).
        type: str
      clear_secrets:
        description:
          - Whether an empty password clears the stored one, as in M(featureops.launchdarkly.ld_big_segment_store).
        type: bool
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
      update_secrets:
        description:
          - When to send the password to an existing integration, as in M(featureops.launchdarkly.ld_big_segment_store).
            Defaults to V(if_different).
        type: str
        choices:
          - if_different
          - always
          - on_create
      redis:
        description:
          - Settings of a Redis store. Omitted options come from O(defaults.redis).
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
              - LaunchDarkly never returns the password and replaces all Redis settings at once, so a change to any other
                Redis option needs the password again. Without it the store fails and stays unchanged.
            type: str
          tls_enabled:
            description:
              - Whether LaunchDarkly connects to Redis over TLS. LaunchDarkly uses V(false) for a new integration without
                this option.
            type: bool
      dynamodb:
        description:
          - Settings of a DynamoDB store. Omitted options come from O(defaults.dynamodb).
        type: dict
        suboptions:
          table_name:
            description:
              - The name of an existing table with the partition key C(namespace) and the sort key C(key), both strings.
              - A new integration requires this option.
            type: str
          region:
            description:
              - The AWS region of the table, such as V(us-east-1). A region that LaunchDarkly does not list causes a
                warning.
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
  defaults:
    description:
      - Options shared by all stores.
    type: dict
    suboptions:
      state:
        description:
          - Whether the integration must exist. Defaults to V(present).
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
          - The store type. Needed without O(stores[].redis) and O(stores[].dynamodb).
          - Without O(stores[].redis) and O(stores[].dynamodb), the module changes an existing integration, for example with
            O(stores[].enabled). If the integration does not exist, the store fails and nothing is created.
        type: str
        choices:
          - redis
          - dynamodb
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
      update_secrets:
        description:
          - When to send the password to an existing integration, as in M(featureops.launchdarkly.ld_big_segment_store).
            Defaults to V(if_different).
        type: str
        choices:
          - if_different
          - always
          - on_create
      redis:
        description:
          - Redis options shared by all stores. An entry overrides them one by one.
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
              - LaunchDarkly never returns the password and replaces all Redis settings at once, so a change to any other
                Redis option needs the password again. Without it the store fails and stays unchanged.
            type: str
          tls_enabled:
            description:
              - Whether LaunchDarkly connects to Redis over TLS. LaunchDarkly uses V(false) for a new integration without
                this option.
            type: bool
      dynamodb:
        description:
          - DynamoDB options shared by all stores. An entry overrides them one by one.
        type: dict
        suboptions:
          table_name:
            description:
              - The name of an existing table with the partition key C(namespace) and the sort key C(key), both strings.
              - A new integration requires this option.
            type: str
          region:
            description:
              - The AWS region of the table, such as V(us-east-1). A region that LaunchDarkly does not list causes a
                warning.
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
  stores_file:
    description:
      - A file with the keys O(stores) and O(defaults), used instead of these options. C(ld-segment-store plan) and
        C(ld-segment-store apply) read the same file, and C(ld-segment-store export) writes it.
      - The module reads the file, and every secret file that it refers to, on the host that runs the module. With
        C(connection=local), a relative path starts at the folder of the playbook.
      - A name that ends in C(.json) means JSON. Every other file is YAML and needs PyYAML on the host that runs the module.
      - >-
        A password in the file can refer to an environment variable with C({env: NAME}) or to a file with C({file: PATH}),
        on the host that runs the module. Templates in the file are not evaluated. Use O(stores) and O(defaults) for
        values from Ansible Vault.
    type: path
  purge:
    description:
      - Remove integrations that are not declared in O(stores). Without this option the module removes only integrations
        declared V(absent).
      - Every removed integration is listed in the results, also in check mode.
      - The purge runs last, and is skipped if a declared store failed. A failed store may have a misspelled key and mean
        the very integration that seems undeclared.
      - If an environment has several integrations of one type, the purge keeps those whose ID is declared in
        O(stores[].integration_id). If a declaration of that environment and type has no ID, the purge removes none of them
        and warns.
      - An empty O(stores) is an error, and so is a purge where the other declarations are unknown, which are in a C(loop), in a
        play with C(serial) or C(--limit), on several hosts without C(run_once), and after a host failed, was unreachable or
        ended. The strategies C(free) and C(host_pinned) ignore C(run_once). A play for one named host, such as
        C(localhost), may have C(--limit).
      - Do not purge in a job slice of a controller. Each slice sees its own hosts only, so its purge would remove the stores that
        other slices declare, and the module cannot detect that.
      - Integrations of a store type unknown to this version are skipped with a warning.
    type: dict
    suboptions:
      projects:
        description:
          - Purge only in projects with these keys. Required unless O(purge.tags) is given. An empty list is an error. A key
            without integrations causes a warning.
        type: list
        elements: str
      tags:
        description:
          - Purge only integrations with one of these tags. An empty list is an error. A tag without integrations causes a
            warning.
        type: list
        elements: str
      maximum:
        description:
          - Fail without any change if more integrations than this would be removed.
        type: int
        default: 10
      report_only:
        description:
          - Report the integrations that the purge would remove, with the action V(undeclared), and remove none. O(purge.maximum)
            does not count.
        type: bool
        default: false
        version_added: 0.2.0
  concurrency:
    description:
      - Maximum number of concurrent requests. The module sends fewer when the remaining rate limit is low.
    type: int
    default: 8
  share:
    description:
      - The fraction of the account's rate limit to use. The rest stays available to other tokens of the account.
    type: float
    default: 0.9
  fail_fast:
    description:
      - Stop after the first failed store. In-flight requests are completed.
    type: bool
    default: false
  wait:
    description:
      - Wait until LaunchDarkly reports all stores as available, as in M(featureops.launchdarkly.ld_big_segment_store). The
        module waits for all of them together, with one list request every O(wait_interval) seconds.
      - If a store is not available in time, the task fails. RV(stores[].msg) of the store has the errors that LaunchDarkly
        reports, and RV(stores[].action) what was done before.
      - The purge runs after the wait. It is skipped if a store is not available.
      - There is no wait in check mode, for stores that failed, were removed or are off, and after a failure with
        O(fail_fast=true).
    type: bool
    default: false
    version_added: 0.2.0
  wait_timeout:
    description:
      - Maximum number of seconds to wait for all stores together.
    type: float
    default: 300.0
    version_added: 0.2.0
  wait_interval:
    description:
      - Seconds between two looks at the status.
    type: float
    default: 5.0
    version_added: 0.2.0
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store
  - module: featureops.launchdarkly.ld_big_segment_store_info
  - plugin: featureops.launchdarkly.environments
    plugin_type: inventory
  - name: Manage many environments
    description: Stores of all environments in one file or task.
    link: https://featureops.github.io/ansible-launchdarkly/how-to/many-environments.html
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

- name: Create and update the stores declared in a file, and wait until all are available
  featureops.launchdarkly.ld_big_segment_stores:
    stores_file: stores.yml
    wait: true

- name: Keep these stores, and remove undeclared integrations that Ansible created
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
  description: One result for each store, in the order of O(stores) or the file, followed by one for each integration of the
    purge.
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
      description: The integration ID, V(null) without an integration.
      type: str
      sample: 64c0f1a2b3c4d5e6f7a8b9c0
    action:
      description: The action taken, or in check mode the action that would be taken.
      type: str
      sample: update
      choices:
        - create
        - update
        - delete
        - nothing
        - undeclared
        - failed
        - not attempted
    integration:
      description:
        - The integration after the run, or in check mode the predicted integration. V(null) if there is none, or if
          creating, changing or removing it failed.
        - C(id), C(version) and C(status) are V(null) for an integration that check mode would create.
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
    changed:
      description: Whether the store changed. Also V(true) if the response to a change was lost and the outcome is unknown.
      type: bool
      sample: true
    purged:
      description: Whether the purge removed the integration.
      type: bool
      sample: false
    drift:
      description: Every field that differs from the desired state, with the reason.
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
    warnings:
      description: Warnings, one sentence each.
      type: list
      elements: str
      sample: []
    msg:
      description: The error in words, V(null) without an error.
      type: str
      sample: LaunchDarkly responded 403.
    failure:
      description: The error for programs, V(null) without an error.
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
summary:
  description: The number of stores by action, in a sentence.
  returned: unless the task failed before a store was attempted
  type: str
  sample: "3 stores: 1 created, 2 unchanged."
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

import os
from typing import TYPE_CHECKING, Any

from ansible_collections.featureops.launchdarkly.plugins.module_utils._launchdarkly import (
    all_store_options,
    connection_options,
    describe_failure,
    diff,
    run,
    wait_options,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._module import LaunchDarklyModule
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.rate_limit import (
    DEFAULT_CONCURRENCY,
    DEFAULT_SHARE,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.declaration import (
    Declaration,
    read_declarations,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.purge import (
    DEFAULT_PURGE_MAXIMUM,
    Purge,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.report import (
    as_dict,
    summary,
    table,
    warnings,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.result import StoreResult
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.run import reconcile_many
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.stores_file import (
    read_stores_file,
    secrets_of,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.fleet.waiting import Waiting
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.flow.plan import UpdateSecrets
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.model.form_variables import (
    STORE_TYPES,
)
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.scrub import encodings

if TYPE_CHECKING:
    from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.api.client import Client


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
        "report_only": {"type": "bool", "default": False},
    }
    return {
        "stores": {"type": "list", "elements": "dict", "options": {**_common(), **own}},
        "defaults": {"type": "dict", "options": _common()},
        "stores_file": {"type": "path"},
        "purge": {"type": "dict", "options": purge},
        "concurrency": {"type": "int", "default": DEFAULT_CONCURRENCY},
        "share": {"type": "float", "default": DEFAULT_SHARE},
        "fail_fast": {"type": "bool", "default": False},
        **wait_options(),
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
        wait=Waiting(params["wait_timeout"], params["wait_interval"]) if params["wait"] else None,
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
    for secret in set(secrets_of(declarations)):
        module.no_log_values.update(encodings(secret.reveal()))
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
