# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by all modules: options, the client, and the failed task of an error."""

from __future__ import annotations

import platform
import shlex
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from ansible.module_utils.basic import env_fallback

from ._shared.core.api.client import DEFAULT_API_HOST, DEFAULT_TIMEOUT, Client
from ._shared.core.errors import ApiError, InvalidSettings, MissingDependency, OutcomeUnknown, SegmentStoreError
from ._shared.core.model.form_variables import STORE_TYPES
from ._shared.core.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ansible.module_utils.basic import AnsibleModule

    from ._shared.core.api.retry import Wait
    from ._shared.core.flow.plan import Plan
    from ._shared.core.model.form_variables import StoreType


def connection_options() -> dict[str, dict[str, Any]]:
    """Options of every module that sends requests to LaunchDarkly, documented in the fragment `connection`."""
    return {
        "access_token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["LAUNCHDARKLY_ACCESS_TOKEN"])},
        "api_host": {
            "type": "str",
            "default": DEFAULT_API_HOST,
            "fallback": (env_fallback, ["LAUNCHDARKLY_API_HOST"]),
        },
        "validate_certs": {
            "type": "bool",
            "default": True,
            "fallback": (env_fallback, ["LAUNCHDARKLY_VALIDATE_CERTS"]),
        },
        "ca_path": {"type": "path", "fallback": (env_fallback, ["LAUNCHDARKLY_CA_PATH"])},
        "timeout": {"type": "float", "default": DEFAULT_TIMEOUT},
    }


def wait_options() -> dict[str, dict[str, Any]]:
    """Options of the modules that wait until stores are available."""
    return {
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": 300.0},
        "wait_interval": {"type": "float", "default": 5.0},
    }


def store_options(store: StoreType) -> dict[str, dict[str, Any]]:
    """Suboptions of a store type, from its form variables."""
    return {
        variable.option: {
            "type": "bool" if variable.kind == "boolean" else "str",
            "no_log": variable.secret,
        }
        for variable in store.variables
    }


def all_store_options() -> dict[str, dict[str, Any]]:
    """One dictionary option for each store type."""
    return {key: {"type": "dict", "options": store_options(store)} for key, store in STORE_TYPES.items()}


def run(module: AnsibleModule, work: Callable[[Client], dict[str, Any]]) -> NoReturn:
    """Run `work` with a client and exit with its result, or fail with one sentence and a `failure` for programs.

    A result that has a `failure` is the result of a failed task.
    """
    waits: list[Wait] = []
    try:
        with _client(module, waits) as client:
            result = work(client)
    except SegmentStoreError as error:
        _warn_of_waits(module, waits)
        module.fail_json(
            msg=message_of(error), failure=describe_failure(error), changed=isinstance(error, OutcomeUnknown)
        )
    _warn_of_waits(module, waits)
    if "failure" in result:
        module.fail_json(**result)
    module.exit_json(**result)


def _client(module: AnsibleModule, waits: list[Wait]) -> Client:
    params = module.params
    if not params["access_token"]:
        remedy = "give it, or set LAUNCHDARKLY_ACCESS_TOKEN in the environment where the module runs"
        raise InvalidSettings.for_field("access_token", "is missing", remedy)
    return Client(
        Secret(params["access_token"]),
        params["api_host"],
        timeout=params["timeout"],
        verify=(params["ca_path"] or True) if params["validate_certs"] else False,
        on_wait=waits.append,
    )


@contextmanager
def option_names(names: Mapping[str, str]) -> Iterator[None]:
    """Within it, InvalidSettings names these fields as the module's options."""
    try:
        yield
    except InvalidSettings as error:
        raise InvalidSettings(
            [item._replace(field=names.get(item.field, item.field)) for item in error.findings]
        ) from None


def diff(plan: Plan) -> dict[str, Any]:
    """Before and after for Ansible's diff, redacted, without a name that LaunchDarkly assigns later."""
    place = f"{plan.key.integration_key} of {plan.key.project_key}/{plan.key.environment_key}"
    return {
        "before_header": place,
        "after_header": place,
        "before": dict(plan.before),
        "after": {name: value for name, value in plan.after.items() if value is not None},
    }


def message_of(error: SegmentStoreError) -> str:
    """The message of a failed task. For a missing package it names the host and the Python that lacks it."""
    if not isinstance(error, MissingDependency):
        return error.message
    command = f"{shlex.quote(sys.executable)} -m pip install --upgrade {error.library}"
    return (
        f"The Python package {error.library} is missing or too old on {platform.node()} for the Python {sys.executable}."
        f" Install it there with: {command}. Or choose another Python with ansible_python_interpreter."
    )


def describe_failure(error: SegmentStoreError) -> dict[str, Any]:
    """`failure` of a failed task."""
    failure: dict[str, Any] = {
        "code": error.failure,
        "status": None,
        "details": list(error.details),
        "request_id": None,
    }
    if isinstance(error, ApiError):
        failure["status"] = error.status
        failure["request_id"] = error.request_id or None
        failure["details"] = [text for text in (error.code, error.api_message) if text]
    return failure


def _warn_of_waits(module: AnsibleModule, waits: list[Wait]) -> None:
    """A module prints nothing while it runs, so it reports its waits at the end."""
    waits = [wait for wait in waits if wait.seconds]  # the others had no known length
    if waits:
        reasons = "; ".join(dict.fromkeys(wait.reason.rstrip(".") for wait in waits))
        seconds = sum(wait.seconds for wait in waits)
        module.warn(f"Waited {seconds:.1f} s in total for {len(waits)} retries: {reasons}.")
