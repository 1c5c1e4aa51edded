# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of everything that talks to LaunchDarkly."""

from __future__ import annotations


class ModuleDocFragment:
    """Read by ansible-doc."""

    DOCUMENTATION = r"""
options:
  access_token:
    description:
      - A LaunchDarkly API access token, with a role that may manage integrations of the environment.
      - Give it here or in the environment variable E(LAUNCHDARKLY_ACCESS_TOKEN), on the host where the module or plugin runs.
      - Ansible prints the C(environment) of a task at C(-vvv), so the variable is better set outside of Ansible.
      - SDK keys, mobile keys and client-side IDs are not accepted by LaunchDarkly's API.
    type: str
  api_host:
    description:
      - The LaunchDarkly instance, scheme and host only. V(https://app.eu.launchdarkly.com) is the European one,
        V(https://app.launchdarkly.us) the federal one.
      - If the option is not given, the environment variable E(LAUNCHDARKLY_API_HOST) is used where it is set.
      - Plain C(http) is only accepted for loopback addresses, since the access token would travel unencrypted.
    type: str
    default: https://app.launchdarkly.com
  validate_certs:
    description:
      - Whether the TLS certificate of O(api_host) is verified. Leave this on outside of tests.
    type: bool
    default: true
  ca_path:
    description:
      - A file with CA certificates in PEM format to verify O(api_host) with, on the host where the module or plugin runs.
    type: path
  timeout:
    description:
      - How many seconds one request may take to connect, and to be answered.
      - A request that fails in passing is repeated. All requests and waits of one task together end after 300 seconds.
    type: float
    default: 30.0
requirements:
  - python >= 3.9
  - requests
"""

    # For plugins, which get the environment's variables by their documentation.
    CONTROLLER = r"""
options:
  access_token:
    env:
      - name: LAUNCHDARKLY_ACCESS_TOKEN
  api_host:
    env:
      - name: LAUNCHDARKLY_API_HOST
"""
