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
from ._shared.core.findings import Finding
from ._shared.core.scrub import encodings

HIDDEN = "VALUE_THAT_MAY_BE_SECRET"
# A secret of up to this length may be a word that results are full of.
_SHORT = 7
_PASSWORD_IN_URL = re.compile(r"://[^/?#\s:]*:([^/?#\s]+)@")


class LaunchDarklyModule(AnsibleModule):
    """Ansible hides what options with `no_log` hold, but only once it has made sense of all the options.

    A failed task shows them at `-vvv` and in its result. A password under a misspelled name would be shown there, and
    where a dictionary is none even the access token.
    """

    def __init__(self, argument_spec: dict[str, Any], **options: Any) -> None:
        self._odd_types: list[Finding] = []
        self._own_results = False
        super().__init__(argument_spec=argument_spec, **options)  # type: ignore[no-untyped-call]
        if self._odd_types:
            error = InvalidSettings(self._odd_types)
            failure = {"code": error.failure, "status": None, "details": list(error.details), "request_id": None}
            self.fail_json(error.message, failure=failure)
        # From here on a result holds what this collection has written, which is redacted already.
        self._own_results = True

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        self.params = _without_unknown(self.argument_spec, self.params)
        # Before Ansible makes text of everything: it would send `['x']`, 297 for 0451 and `True` as passwords.
        self._odd_types = list(_odd_types(self.argument_spec, self.params))
        for secret in [*_secrets(self.argument_spec, self.params), *_passwords_in_urls(self.params)]:
            # Ansible logs and shows dictionaries by `repr` and JSON, which write a backslash or a quote in another way.
            self.no_log_values.update(encodings(secret))

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        """Print the result. Ansible hides a secret wherever its text occurs; `redis` or `6379` would be hidden everywhere.

        So a short secret is hidden in the options that hold it, and not in the redacted result.
        """
        if self._own_results:
            kwargs.setdefault("invocation", {"module_args": _masked(self.argument_spec, self.params)})
            self.no_log_values = {value for value in self.no_log_values if len(value) > _SHORT}
        super()._return_formatted(kwargs)  # type: ignore[no-untyped-call]

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """Fail. Whatever has no `failure` comes from Ansible's own check of the options."""
        refused = {"code": InvalidSettings.failure, "status": None, "details": [msg], "request_id": None}
        super().fail_json(msg, **{"failure": refused, **kwargs})


def _odd_types(spec: Mapping[str, Any], params: Mapping[str, Any], prefix: str = "") -> Iterator[Finding]:
    """Findings about options that must be text or a number and are not. A port may be both."""
    for name, option in spec.items():
        value = params.get(name)
        kind = option.get("type", "str")
        entries = {prefix + name: value}
        if kind == "list":
            kind = option.get("elements", "str")
            # Ansible makes a list of one value, and text of that.
            if isinstance(value, (list, str, Mapping)):
                entries = {f"{prefix}{name}[{number}]": entry for number, entry in enumerate(_entries(value))}
        for field, entry in entries.items():
            if kind == "dict" and "options" in option and isinstance(entry, Mapping):
                yield from _odd_types(option["options"], entry, field + ".")
            number = name == "port" and isinstance(entry, int) and not isinstance(entry, bool)
            if kind == "str" and entry is not None and not isinstance(entry, str) and not number:
                remedy = "put it in quotes; without them YAML reads 0451 as a number and no as false"
                if option.get("no_log") and isinstance(entry, Mapping):
                    remedy = "give the secret itself; only a stores file can hold {env: NAME} or {file: PATH}"
                yield Finding("error", field, "is not text", remedy)
            # Ansible takes true for 1.
            if kind in ("int", "float") and isinstance(entry, bool):
                yield Finding("error", field, "is not a number", "give a number, such as 30")


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _masked(spec: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The options as `invocation` shows them, with a word instead of each secret."""
    shown: dict[str, Any] = {}
    for name, value in params.items():
        option = spec.get(name, {})
        if option.get("no_log") and value:
            shown[name] = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        elif "options" in option and isinstance(value, Mapping):
            shown[name] = _masked(option["options"], value)
        elif "options" in option and isinstance(value, list):
            shown[name] = [_masked(option["options"], entry) for entry in value]
        else:
            shown[name] = value
    return shown


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
        # The text of a dictionary, such as "{1: 2}", may have keys that are no text.
        return _without_unknown(option["options"], {str(name): entry for name, entry in check_type_dict(value).items()})
    except TypeError:
        return HIDDEN
