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
  - Returns an external ID, IAM policies, the table or an ACL command of a store, or a role policy for the access token.
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
      - V(reader_policy) allows an application with an SDK to read the same table.
      - V(table_cloudformation), V(table_aws_cli) and V(table_terraform) create the table O(table_name), the commands of the AWS
        CLI in O(region).
      - V(redis_acl_line) creates the user O(username) with the required commands on keys under O(prefix), and no other
        permission. Replace the placeholder after C(>) by the password.
      - V(redis_reader_acl_line) creates a user for applications with an SDK, which only read.
      - V(launchdarkly_role_policy) is the policy of a LaunchDarkly role for the access token. It follows archived pages of
        LaunchDarkly's documentation, so it is a guess for this beta API.
    type: list
    elements: str
    choices:
      - external_id
      - trust_policy
      - permission_policy
      - reader_policy
      - table_cloudformation
      - table_aws_cli
      - table_terraform
      - redis_acl_line
      - redis_reader_acl_line
      - launchdarkly_role_policy
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
    description: The AWS partition. By default that of O(region), and V(aws) without one.
    type: str
  username:
    description: The Redis ACL user for LaunchDarkly.
    type: str
  prefix:
    description: The client-side ID of the environment, the key prefix in the store.
    type: str
seealso:
  - module: featureops.launchdarkly.ld_big_segment_store_preflight
  - name: Documents
    description: Every document with its parameters.
    link: https://featureops.github.io/ansible-launchdarkly/reference/documents.html
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
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.documents import DOCUMENTS
from ansible_collections.featureops.launchdarkly.plugins.module_utils._shared.core.errors import InvalidSettings


class LookupModule(LookupBase):  # type: ignore[misc, unused-ignore]  # mypy may run without ansible
    """Called by Ansible."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """Return the documents, in the order of the terms."""
        if not terms:
            raise AnsibleLookupError("No document is named. Give one or more of {}.".format(", ".join(DOCUMENTS)))
        self.set_options(var_options=variables, direct=kwargs)
        return [self._document(term) for term in terms]

    def _document(self, name: Any) -> Any:
        if not isinstance(name, str):
            raise AnsibleLookupError(
                "A document's name is not text. Give each name as an argument of its own: one or more of {}.".format(
                    ", ".join(DOCUMENTS)
                )
            )
        document = DOCUMENTS.get(name)
        if document is None:
            raise AnsibleLookupError("{}: is not a document. Use one of {}.".format(name, ", ".join(DOCUMENTS)))
        options = {option: self.get_option(option) for option in (*document.options, *document.optional)}
        given = {option: value for option, value in options.items() if value is not None}
        missing = [option for option in document.options if option not in given]
        if missing:
            problem = "requires options that are missing. Add {}.".format(", ".join(missing))
            raise AnsibleLookupError(f"{name}: {problem}")
        try:
            return document.make(**given)
        except InvalidSettings as error:
            raise AnsibleLookupError(error.message) from error
