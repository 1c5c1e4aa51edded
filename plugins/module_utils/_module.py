# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An AnsibleModule that doesn't show secrets which stand in the wrong place, and fails for programs too."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
)

from ._launchdarkly import describe_failure
from ._shared.core.errors import InvalidSettings
from ._shared.core.findings import Finding
from ._shared.core.scrub import encodings

HIDDEN = "VALUE_THAT_MAY_BE_SECRET"
_MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# A secret of up to this length may be a word that results are full of.
_SHORT = 7
_PASSWORD_IN_URL = re.compile(r"(://[^/?#\s:]*:)([^/?#\s]+)(@)")
# What Ansible makes of text and numbers, what is wrong with a value that Ansible refuses, and the remedy.
_TYPES: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "bool": (check_type_bool, "is neither true nor false", "give true or false"),
    "int": (check_type_int, "is not a whole number", "give a whole number, such as 30"),
    "float": (check_type_float, "is not a number", "give a number, such as 30"),
}


class LaunchDarklyModule(AnsibleModule):
    """Ansible hides what options with `no_log` hold, but only once it has made sense of all the options.

    A failed task shows them at `-vvv` and in its result. A password under a misspelled name would be shown there, and
    where a dictionary is none even the access token.
    """

    def __init__(self, argument_spec: dict[str, Any], **options: Any) -> None:
        # What is imported stays until the end. A twelfth of a module's time would go into looking through it for garbage.
        gc.freeze()
        self.params: dict[str, Any] = {}
        self._wrong_values: list[Finding] = []
        super().__init__(argument_spec=argument_spec, **options)  # type: ignore[no-untyped-call]

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        self.params = _without_unknown(self.argument_spec, self.params)
        # Before Ansible makes text of everything: it would send `['x']`, 297 for 0451 and `True` as passwords.
        self._wrong_values = list(_wrong_values(self.argument_spec, self.params))
        for secret in [*_secrets(self.argument_spec, self.params), *_passwords_in_urls(self.params)]:
            # Ansible logs and shows dictionaries by `repr` and JSON, which write a backslash or a quote in another way.
            self.no_log_values.update(encodings(secret))

    def _set_internal_properties(self, *args: Any, **options: Any) -> None:
        """Set what a result needs. Then report wrong values, before Ansible does, whose sentences show values."""
        super()._set_internal_properties(*args, **options)  # type: ignore[no-untyped-call]
        if self._wrong_values:
            error = InvalidSettings(self._wrong_values)
            self.fail_json(error.message, failure=describe_failure(error))

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        """Print the result. Ansible hides a secret wherever its text occurs; `redis` or `6379` would be hidden everywhere.

        So a short secret is hidden in the options that hold it, and not in the rest: results are redacted, and sentences,
        Ansible's too, have names of options and no values.
        """
        kwargs.setdefault("invocation", {"module_args": _masked(self.argument_spec, self.params, self.no_log_values)})
        self.no_log_values = {value for value in self.no_log_values if len(value) > _SHORT}
        super()._return_formatted(kwargs)  # type: ignore[no-untyped-call]

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        """Fail. Whatever has no `failure` comes from Ansible's own check of the options."""
        refused = {"code": InvalidSettings.failure, "status": None, "details": [msg], "request_id": None}
        super().fail_json(msg, **{"failure": refused, **kwargs})


def _wrong_values(spec: Mapping[str, Any], params: Mapping[str, Any], prefix: str = "") -> Iterator[Finding]:
    """Findings about options whose values Ansible would refuse, or would make text of. They never contain a value."""
    for name, option in spec.items():
        field, value = prefix + name, params.get(name)
        if value is None:
            # Ansible names a missing option, but not the entry of a list that lacks it.
            if prefix and option.get("required"):
                yield Finding("error", field, "is missing", "give it")
        elif option.get("type") == "list":
            yield from _wrong_entries(option, field, value)
        else:
            yield from _wrong_value(option, field, value, option.get("type", "str"))


def _wrong_entries(option: Mapping[str, Any], field: str, value: Any) -> Iterator[Finding]:
    kind = option.get("elements", "str")
    if kind == "str" and not isinstance(value, (list, str, Mapping)):
        # Ansible makes a list of one value, and text of that.
        yield from _wrong_value(option, field, value, kind)
    elif isinstance(value, Mapping) or (kind == "dict" and not isinstance(value, list)):
        yield Finding("error", field, "is not a list", "give a list, even of one entry")
    else:
        for number, entry in enumerate(check_type_list(value)):
            yield from _wrong_value(option, f"{field}[{number}]", entry, kind)


def _wrong_value(option: Mapping[str, Any], field: str, value: Any, kind: str) -> Iterator[Finding]:
    """What is wrong with the value of an option, or with an entry of its list."""
    if kind == "dict":
        if isinstance(value, Mapping):
            yield from _wrong_values(option["options"], value, field + ".")
        else:
            yield Finding("error", field, "is not a dictionary", "give option: value pairs")
    elif kind == "str":
        yield from _wrong_text(option, field, value)
    elif kind in _TYPES:
        convert, problem, remedy = _TYPES[kind]
        try:
            convert(value)
            refused = kind != "bool" and isinstance(value, bool)  # Ansible takes true for 1
        except (TypeError, ValueError, ArithmeticError):
            refused = True
        if refused:
            yield Finding("error", field, problem, remedy)


def _wrong_text(option: Mapping[str, Any], field: str, value: Any) -> Iterator[Finding]:
    if "choices" in option:
        # YAML reads `no` as false, and quotes would not make a choice of it.
        if value not in option["choices"]:
            yield Finding("error", field, "is not one of the choices", "give " + " or ".join(option["choices"]))
        return
    # A port may be a number.
    number = field.rpartition(".")[2] == "port" and isinstance(value, int) and not isinstance(value, bool)
    if value is None or not (isinstance(value, str) or number):
        remedy = "put it in quotes; without them YAML reads 0451 as a number and no as false"
        if option.get("no_log") and isinstance(value, Mapping):
            remedy = "give the secret itself; only a stores file can hold {env: NAME} or {file: PATH}"
        yield Finding("error", field, "is not text", remedy)


def _masked(spec: Mapping[str, Any], params: Mapping[str, Any], secrets: Container[str]) -> dict[str, Any]:
    """The options as `invocation` shows them, with a word instead of each secret."""
    shown: dict[str, Any] = {}
    for name, value in params.items():
        option = spec.get(name, {})
        if option.get("no_log") and value:
            shown[name] = _MASK
        elif isinstance(value, list):
            shown[name] = [_masked_value(option, entry, secrets) for entry in value]
        else:
            shown[name] = _masked_value(option, value, secrets)
    return shown


def _masked_value(option: Mapping[str, Any], value: Any, secrets: Container[str]) -> Any:
    if isinstance(value, Mapping):
        return _masked(option.get("options", {}), value, secrets)
    if isinstance(value, list):
        return [_masked_value({}, entry, secrets) for entry in value]
    if not isinstance(value, str):
        return value
    # A secret may be in two options, one of them by mistake.
    return _MASK if value in secrets else _PASSWORD_IN_URL.sub(r"\1********\3", value)


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
        yield from (password for _before, password, _after in _PASSWORD_IN_URL.findall(value))
    elif isinstance(value, Mapping):
        yield from _passwords_in_urls(list(value.values()))
    elif isinstance(value, list):
        for entry in value:
            yield from _passwords_in_urls(entry)


def _without_unknown(spec: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` with a word instead of what will be refused: unknown options, and values that must be dictionaries.

    Options that are null are left out: `mutually_exclusive` counts them as given.
    """
    return {
        name: HIDDEN if name not in spec and not name.startswith("_ansible_") else _known(spec.get(name, {}), value)
        for name, value in params.items()
        if value is not None or name not in spec
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
