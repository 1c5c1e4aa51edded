# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The documents that a store needs, for playbooks and for the collection's roles."""

from __future__ import annotations

DOCUMENTATION = r"""
name: store_document
short_description: The documents that a big segment store needs
version_added: 0.1.0
description:
  - Gives an external ID, the IAM policies of a DynamoDB store, or the command that makes Redis's ACL user.
  - None of them holds a secret. Nothing is asked of LaunchDarkly, AWS or Redis.
  - LaunchDarkly's own list of the permissions it needs is not known. What is allowed follows the public source of LaunchDarkly's
    Relay Proxy, which writes the same layout; compare it with what LaunchDarkly shows when an integration is made.
author:
  - FeatureOps contributors (@featureops)
options:
  _terms:
    description:
      - V(external_id) is a new random UUID, another one each time.
      - V(trust_policy) lets O(principal) assume the role with O(external_id).
      - V(permission_policy) allows what LaunchDarkly uses on the table, for O(table_name), O(region) and O(account_id).
      - V(redis_acl_line) makes O(username), who may use what LaunchDarkly uses on the keys under O(prefix), and nothing else.
        A placeholder that begins with C(>) stands for the password.
    type: list
    elements: str
    choices:
      - external_id
      - trust_policy
      - permission_policy
      - redis_acl_line
    required: true
  external_id:
    description: The external ID that the role's trust policy shall demand, a UUID.
    type: str
  principal:
    description: LaunchDarkly's AWS account, twelve digits, or the ARN of a role or user in it.
    type: str
  table_name:
    description: The DynamoDB table's name.
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
    description: The Redis ACL user that LaunchDarkly shall log in as.
    type: str
  prefix:
    description: The environment's client-side ID, which is the prefix of everything in the store.
    type: str
"""

EXAMPLES = r"""
- name: Show the trust policy
  ansible.builtin.debug:
    msg: "{{ lookup('featureops.launchdarkly.store_document', 'trust_policy', external_id=id, principal='123456789012') }}"
  vars:
    id: 6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11

- name: Show the command that makes Redis's user
  ansible.builtin.debug:
    msg: "{{ lookup('featureops.launchdarkly.store_document', 'redis_acl_line', username='launchdarkly', prefix=prefix) }}"
  vars:
    prefix: 64c0f1a2b3c4d5e6f7a8b9c0
"""

RETURN = r"""
_raw:
  description: The documents, policies as dictionaries and the others as strings.
  type: list
  elements: raw
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core import documents
from ansible_collections.featureops.launchdarkly.plugins.module_utils._core.errors import InvalidSettings

# Each document's function, and the options that it takes.
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
