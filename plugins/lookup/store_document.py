# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lookup of the documents that a store needs: policies, external ID, Redis ACL command."""

from __future__ import annotations

DOCUMENTATION = r"""
name: store_document
short_description: Generate the policies and commands that a big segment store needs
version_added: 0.1.0
description:
  - Returns an external ID, the IAM policies of a DynamoDB store, or the command that creates the Redis ACL user.
  - The documents contain no secrets. The lookup sends no requests to LaunchDarkly, AWS or Redis.
  - LaunchDarkly does not publish the permissions that it needs in the store. The documents allow what LaunchDarkly's
    open-source Relay Proxy uses, which writes the same layout. Compare them with the instructions that LaunchDarkly shows
    when you add an integration.
author:
  - FeatureOps contributors (@featureops)
options:
  _terms:
    description:
      - V(external_id) is a new random UUID for each lookup.
      - V(trust_policy) allows O(principal) to assume the role with O(external_id).
      - V(permission_policy) allows the required actions on the table given by O(table_name), O(region) and O(account_id).
      - V(redis_acl_line) creates the user O(username) with the required commands on keys under O(prefix), and no other
        permission. Replace the placeholder after C(>) by the password.
    type: list
    elements: str
    choices:
      - external_id
      - trust_policy
      - permission_policy
      - redis_acl_line
    required: true
  external_id:
    description: The external ID to require in the trust policy, a UUID.
    type: str
  principal:
    description: LaunchDarkly's AWS account, twelve digits, or the ARN of a role or user in that account.
    type: str
  table_name:
    description: The name of the DynamoDB table.
    type: str
  region:
    description: The AWS region of the table.
    type: str
  account_id:
    description: The AWS account of the table, twelve digits.
    type: str
  partition:
    description: The AWS partition.
    type: str
    default: aws
  username:
    description: The Redis ACL user for LaunchDarkly.
    type: str
  prefix:
    description: The client-side ID of the environment, the key prefix in the store.
    type: str
"""

EXAMPLES = r"""
- name: Show the trust policy
  ansible.builtin.debug:
    msg: "{{ lookup('featureops.launchdarkly.store_document', 'trust_policy', external_id=id, principal='123456789012') }}"
  vars:
    id: 6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11

- name: Show the command that creates the Redis user
  ansible.builtin.debug:
    msg: "{{ lookup('featureops.launchdarkly.store_document', 'redis_acl_line', username='launchdarkly', prefix=prefix) }}"
  vars:
    prefix: 64c0f1a2b3c4d5e6f7a8b9c0
"""

RETURN = r"""
_raw:
  description: The documents. Policies are dictionaries, all others are strings.
  type: list
  elements: raw
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core import documents
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.errors import InvalidSettings

# The function of each document, and the options that it takes.
DOCUMENTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "external_id": (documents.new_external_id, ()),
    "trust_policy": (documents.trust_policy, ("external_id", "principal", "partition")),
    "permission_policy": (documents.permission_policy, ("table_name", "region", "account_id", "partition")),
    "redis_acl_line": (documents.redis_acl_line, ("username", "prefix")),
}


class LookupModule(LookupBase):  # type: ignore[misc, unused-ignore]  # ansible is not always there to look at
    """Called by Ansible."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        """The documents, in the order of their names."""
        self.set_options(var_options=variables, direct=kwargs)
        return [self._document(term) for term in terms]

    def _document(self, name: str) -> Any:
        if name not in DOCUMENTS:
            raise AnsibleLookupError("There is no document {0!r}: there are {1}.".format(name, ", ".join(DOCUMENTS)))
        make, options = DOCUMENTS[name]
        given = {option: self.get_option(option) for option in options}
        missing = [option for option, value in given.items() if value is None]
        if missing:
            raise AnsibleLookupError("The document {0} needs {1}.".format(name, ", ".join(missing)))
        try:
            return make(**given)
        except InvalidSettings as error:
            raise AnsibleLookupError(error.message) from error
