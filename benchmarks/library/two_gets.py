# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What a module with requests costs at least: the two GETs of a task with nothing to change, and nothing else."""

from __future__ import annotations

import requests
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Read the list, then the first integration in it."""
    spec = {"url": {"type": "str"}, "token": {"type": "str", "no_log": True}}
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    url = module.params["url"]
    headers = {"Authorization": module.params["token"], "LD-API-Version": "beta"}
    with requests.Session() as session:
        first = session.get(url, headers=headers, timeout=30).json()["items"][0]
        keys = [first[key] for key in ("projectKey", "environmentKey", "integrationKey", "_id")]
        session.get("/".join([url, *keys]), headers=headers, timeout=30).raise_for_status()
    module.exit_json(changed=False)


if __name__ == "__main__":
    main()
