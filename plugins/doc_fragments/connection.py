# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the connection options, shared by all modules and plugins that send requests to LaunchDarkly."""

from __future__ import annotations


class ModuleDocFragment:
    """Read by ansible-doc."""

    DOCUMENTATION = r"""
options:
  access_token:
    description:
      - A LaunchDarkly API access token with a role that can manage integrations of the environment.
      - Defaults to the environment variable E(LAUNCHDARKLY_ACCESS_TOKEN) on the host that runs the module or plugin.
      - Set the variable outside of Ansible. Ansible prints the C(environment) keyword of a task at C(-vvv).
      - LaunchDarkly's API does not accept SDK keys, mobile keys or client-side IDs.
    type: str
  api_host:
    description:
      - The scheme and host of the LaunchDarkly instance. Use V(https://app.eu.launchdarkly.com) for the EU instance and
        V(https://app.launchdarkly.us) for the federal instance.
      - The environment variable E(LAUNCHDARKLY_API_HOST) overrides the default.
      - C(http) is accepted only for loopback addresses, because it sends the access token unencrypted.
    type: str
    default: https://app.launchdarkly.com
  validate_certs:
    description:
      - Whether to verify the TLS certificate of O(api_host). Disable this only in tests.
      - The environment variable E(LAUNCHDARKLY_VALIDATE_CERTS) overrides the default.
    type: bool
    default: true
  ca_path:
    description:
      - A PEM file of CA certificates that verify O(api_host), on the host that runs the module or plugin.
      - Defaults to the environment variable E(LAUNCHDARKLY_CA_PATH) on that host.
    type: path
  timeout:
    description:
      - Timeout in seconds for connecting, and for the response to one request.
      - Transient failures are retried. All requests and waits of one task end after 300 seconds in total.
    type: float
    default: 30.0
requirements:
  - python >= 3.9
  - requests
"""

    # For plugins: Ansible reads their environment variables from this documentation.
    CONTROLLER = r"""
options:
  access_token:
    env:
      - name: LAUNCHDARKLY_ACCESS_TOKEN
  api_host:
    env:
      - name: LAUNCHDARKLY_API_HOST
  validate_certs:
    env:
      - name: LAUNCHDARKLY_VALIDATE_CERTS
  ca_path:
    env:
      - name: LAUNCHDARKLY_CA_PATH
"""
