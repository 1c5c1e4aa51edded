# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An AnsibleModule that doesn't show secrets which stand in the wrong place, and fails for programs too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.validation import check_type_dict

from ._shared.core.errors import InvalidSettings

HIDDEN = "VALUE_THAT_MAY_BE_SECRET"
_PASSWORD_IN_URL = re.compile(r"://[^/?#\s:]*:([^/?#\s]+)@")


class LaunchDarklyModule(AnsibleModule):
    """Ansible hides what options with `no_log` hold, but only once it has made sense of all the options.

    A failed task shows them at `-vvv` and in its result. A password under a misspelled name would be shown there, and
    where a dictionary is none even the access token.
    """

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        self.params = _without_unknown(self.argument_spec, self.params)
        self.no_log_values.update(_secrets(self.argument_spec, self.params))
        self.no_log_values.update(_passwords_in_urls(self.params))

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """Fail. Whatever has no `failure` comes from Ansible's own check of the options."""
        refused = {"code": InvalidSettings.failure, "status": None, "details": [msg], "request_id": None}
        super().fail_json(msg, **{"failure": refused, **kwargs})


def _secrets(spec: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[str]:
    for name, option in spec.items():
        value = params.get(name)
        # Not an empty one, which is found between any two letters.
        if option.get("no_log") and value and isinstance(value, str):
            yield value
        for entry in value if isinstance(value, list) else [value]:
            if "options" in option and isinstance(entry, Mapping):
                yield from _secrets(option["options"], entry)


def _passwords_in_urls(value: Any) -> Iterator[str]:
    """A URL where a host belongs is a common mistake, and it may hold a password."""
    if isinstance(value, str):
        yield from _PASSWORD_IN_URL.findall(value)
    elif isinstance(value, Mapping):
        yield from _passwords_in_urls(list(value.values()))
    elif isinstance(value, list):
        for entry in value:
            yield from _passwords_in_urls(entry)


def _without_unknown(spec: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` with a word instead of what Ansible will refuse: unknown options, and values that must be dictionaries."""
    return {
        name: HIDDEN if name not in spec and not name.startswith("_ansible_") else _known(spec.get(name, {}), value)
        for name, value in params.items()
    }


def _known(option: Mapping[str, Any], value: Any) -> Any:
    if "options" not in option or value is None:
        return value
    if option["type"] == "list":
        entry = {**option, "type": option["elements"]}
        return [_known(entry, item) for item in value] if isinstance(value, list) else HIDDEN
    try:
        return _without_unknown(option["options"], check_type_dict(value))
    except TypeError:
        return HIDDEN
