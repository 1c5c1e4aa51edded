# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The lookup store_document: what it returns, and the errors of missing and unknown terms and options."""

from __future__ import annotations

import pytest

from tests.collection.playbooks import COLLECTION, Playbooks


def lookup(*arguments: str) -> str:
    """A template with the lookup and these arguments."""
    return "{{{{ lookup('{}.store_document', {}) }}}}".format(COLLECTION, ", ".join(arguments))


def test_documents_of_the_lookup(playbooks: Playbooks) -> None:
    arguments = ("'redis_acl_line'", "username='launchdarkly'", "prefix='64c0f1a2b3c4d5e6f7a8b9c0'")
    run = playbooks.run({"line": {"ansible.builtin.debug": {"msg": lookup(*arguments)}}})
    assert run["line"]["msg"].startswith("ACL SETUSER launchdarkly ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("'redis_acl'",), "redis_acl: is not a document. Use one of "),
        (("'trust_policy'",), "trust_policy: requires options that are missing. Add external_id, principal."),
        (("'trust_policy'", "external_id='x'", "principal='1'"), "external_id: "),
        (
            ("['trust_policy']",),
            "A document's name is not text. Give each name as an argument of its own: one or more of ",
        ),
        (("{'name': 'trust_policy'}",), "A document's name is not text. "),
        (("username='launchdarkly'",), "No document is named. Give one or more of external_id, "),
    ],
)
def test_errors_of_the_lookup(playbooks: Playbooks, arguments: tuple[str, ...], message: str) -> None:
    run = playbooks.run({"wrong": {"ansible.builtin.debug": {"msg": lookup(*arguments)}}}, may_fail=True)
    assert message in run["wrong"]["msg"]
