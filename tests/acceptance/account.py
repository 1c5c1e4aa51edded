# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The account that the acceptance tests run against, and four ways to set up a store in it.

It is the emulator, unless `ACCEPTANCE` is `account`, which `nox -s acceptance` sets: then it is the real account of the
variables in `VARIABLES`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ld_segment_store.cli.main import main
from ld_segment_store.core.api.client import DEFAULT_API_HOST, Client
from ld_segment_store.core.flow.apply import ensure_absent, ensure_present
from ld_segment_store.core.flow.lookup import Target, find_integrations
from ld_segment_store.core.flow.plan import Action
from ld_segment_store.core.model.integration import Integration
from ld_segment_store.core.model.settings import Settings
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm
from tests.collection.playbooks import SHOP, STORE, TOKEN, Playbooks

VARIABLES = {
    "access_token": "LAUNCHDARKLY_ACCESS_TOKEN",
    "project_key": "LAUNCHDARKLY_PROJECT",
    "environment_key": "LAUNCHDARKLY_ENVIRONMENT",
}
# By this tag the tests know their integrations, also those that a killed run left.
TAG = "ld-segment-store-acceptance"
_SECONDS = 60


@dataclass(frozen=True)
class Place:
    """An environment of an account."""

    api_host: str
    access_token: str
    project_key: str
    environment_key: str

    @property
    def keys(self) -> dict[str, str]:
        return {"project_key": self.project_key, "environment_key": self.environment_key}

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that connect to the account."""
        return {"LAUNCHDARKLY_API_HOST": self.api_host, "LAUNCHDARKLY_ACCESS_TOKEN": self.access_token}

    def client(self) -> Client:
        return Client(self.access_token, self.api_host)


@contextmanager
def place(environ: Mapping[str, str]) -> Iterator[Place]:
    """The environment to test in. Fails where the variables of a real account are incomplete."""
    if environ.get("ACCEPTANCE") != "account":
        with Emulator(seed=SHOP, access_tokens=[TOKEN]) as ld:
            yield Place(ld.url, TOKEN, "shop", "live")
        return
    missing = [name for name in VARIABLES.values() if not environ.get(name)]
    if missing:
        pytest.fail(f"Set {', '.join(missing)}: the acceptance tests need a real account.", pytrace=False)
    given = {field: environ[name] for field, name in VARIABLES.items()}
    yield Place(environ.get("LAUNCHDARKLY_API_HOST") or DEFAULT_API_HOST, **given)


def own_integrations(at: Place) -> list[Integration]:
    """The integrations of the environment, which must all be of these tests."""
    with at.client() as client:
        found = find_integrations(client, **at.keys)
    others = [each for each in found if TAG not in each.tags]
    if others:
        pytest.fail(
            f"The environment has {len(others)} integrations of others. Nothing was changed. Choose an environment without"
            " integrations.",
            pytrace=False,
        )
    return found


def sweep(at: Place) -> None:
    """Delete what these tests, or earlier runs of them, created."""
    own = own_integrations(at)
    with at.client() as client:
        for each in own:
            client.delete_integration(each.key, each.id)


class Step(NamedTuple):
    """One step: its name, the options of a Redis store as the module has them, None for no store."""

    name: str
    options: dict[str, Any] | None
    check: bool = False


def by_python(at: Place, steps: Sequence[Step], _folder: Path) -> list[bool]:
    """Whether each step changed something, in check mode would change something."""
    changed = []
    with at.client() as client:
        for step in steps:
            if step.options is None:
                outcome = ensure_absent(client, Target(**at.keys, integration_key="redis"), check=step.check)
            else:
                config, others = _parts(step.options)
                settings = Settings(at.project_key, at.environment_key, "redis", config, **others)
                outcome = ensure_present(client, settings, check=step.check)
            changed.append(outcome.changed)
    return changed


def by_command_line(at: Place, steps: Sequence[Step], folder: Path) -> list[bool]:
    """As `by_python`, with a stores file."""
    changed = []
    file = folder / "stores.json"
    for step in steps:
        state = {"state": "absent", "integration_key": "redis"} if step.options is None else step.options
        file.write_text(json.dumps({"stores": [{**at.keys, **state}]}), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in at.variables.items():
                patch.setenv(name, value)
            printed = _Printed()
            patch.setattr("sys.stdout", printed)
            code = main(["plan" if step.check else "apply", str(file), "--format", "json"])
        assert code == 0, printed.text
        (result,) = json.loads(printed.text)
        changed.append(result["changed"])
    return changed


def by_module(at: Place, steps: Sequence[Step], folder: Path, collections: Path) -> list[bool]:
    """As `by_python`, with a playbook."""
    tasks: dict[str, Any] = {}
    for step in steps:
        options = {"state": "absent", "integration_key": "redis"} if step.options is None else step.options
        task = {STORE: {**at.keys, **options}}
        tasks[step.name] = {**task, "check_mode": True} if step.check else task
    proxies = {name: value for name, value in os.environ.items() if name.endswith("_PROXY")}
    ran = Playbooks(collections, folder).run(tasks, environ={**at.variables, "HTTPS_PROXY": "", **proxies})
    return [ran[step.name]["changed"] for step in steps]


def by_form(at: Place, steps: Sequence[Step], _folder: Path) -> list[bool]:
    """As `by_python`, with the notebook form, without a browser."""
    return [_in_form(at, step) for step in steps]


def _in_form(at: Place, step: Step) -> bool:
    form = BigSegmentStoreForm(access_token=at.access_token, api_host=at.api_host)
    try:
        _settle(form)
        form.show_store(at.project_key, at.environment_key, "redis")
        _settle(form)
        if step.options is None:
            if form.integration is None:
                return False
            form.changes.preview_removal()
        else:
            _fill(form, step.options)
        plan = form.changes.plan
        assert plan is not None, form.text()
        if plan.action is Action.NOTHING or step.check:
            return plan.action is not Action.NOTHING
        before = form.outcome
        form.changes.apply(plan)
        _wait_until(lambda: form.outcome is not before, form)
        return form.outcome is not None and form.outcome.changed
    finally:
        form.close()


def _fill(form: BigSegmentStoreForm, options: dict[str, Any]) -> None:
    config, others = _parts(options)
    for option, value in {**config, **others}.items():
        control = form.fields.fields[option].control
        if option == "password":
            control.set(Secret(value))
        else:
            control.value = ", ".join(value) if isinstance(value, list) else value
    _settle(form)


def _settle(form: BigSegmentStoreForm) -> None:
    assert form.worker.wait(_SECONDS), form.text()


def _wait_until(condition: Any, form: BigSegmentStoreForm) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, form.text()
        time.sleep(0.02)


def _parts(options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The options of the store type, and the others."""
    return options["redis"], {name: value for name, value in options.items() if name != "redis"}


class _Printed:
    """What a command prints."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""
