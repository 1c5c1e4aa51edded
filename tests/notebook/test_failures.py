# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Each way it can fail leaves a usable form and a true sentence."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm
from ld_segment_store.notebook.connect_panel import FILE, INSTANCES, OTHER, TYPED, VARIABLE
from ld_segment_store.notebook.part import Part
from tests.notebook.conftest import settle

MakeForm = Callable[..., BigSegmentStoreForm]


@pytest.fixture
def unconnected(make_form: MakeForm) -> BigSegmentStoreForm:
    return make_form(access_token=None)


def connect(form: BigSegmentStoreForm) -> tuple[str, str]:
    form.connect.connect_button.click()
    settle(form)
    return form.connect.message


def test_no_token(unconnected: BigSegmentStoreForm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAUNCHDARKLY_ACCESS_TOKEN", raising=False)
    level, text = connect(unconnected)
    assert level == "error"
    assert "LAUNCHDARKLY_ACCESS_TOKEN: is not set." in text


def test_every_source_of_a_token(
    unconnected: BigSegmentStoreForm, ld: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    step = unconnected.connect
    monkeypatch.setenv("MY_TOKEN", ld.access_token)
    step.variable.value = "MY_TOKEN"
    assert connect(unconnected)[0] == "ok"
    (tmp_path / "token").write_text(ld.access_token + "\n")
    step.source.value, step.file.value = FILE, str(tmp_path / "token")
    assert connect(unconnected)[0] == "ok"
    step.file.value = str(tmp_path / "none")
    assert "can't be read (No such file" in connect(unconnected)[1]
    step.source.value = TYPED
    settle(unconnected)
    assert "Type the token" in connect(unconnected)[1]
    assert step.secret is not None
    step.secret._receive(None, {"secret": f"  {ld.access_token}\n"}, [])  # pasted with whitespace
    assert connect(unconnected)[0] == "ok"
    step.source.value = VARIABLE
    settle(unconnected)
    assert step.secret not in step.body.children


def test_a_callable_gives_the_token(make_form: MakeForm, ld: Emulator) -> None:
    assert make_form(access_token=lambda: ld.access_token).connect.message[0] == "ok"
    assert make_form(access_token=lambda: Secret(ld.access_token)).connect.message[0] == "ok"
    assert make_form(access_token=lambda: f" {ld.access_token} \n").connect.message[0] == "ok"


@pytest.mark.parametrize("wrong", [{"access_token": 5}, {"client": "a client"}, {"api_host": 5}])
def test_arguments_of_the_wrong_kind_are_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings, match=next(iter(wrong))):
        BigSegmentStoreForm(**wrong)


def test_a_callable_that_returns_something_else_is_refused(make_form: MakeForm) -> None:
    level, text = make_form(access_token=lambda: 5).connect.message
    assert (level, "access_token" in text, "int" in text) == ("error", True, True)


def test_a_callable_that_fails_is_not_quoted(make_form: MakeForm) -> None:
    def source() -> str:
        raise OSError("hunter2")

    level, text = make_form(access_token=source).connect.message
    assert (level, "OSError" in text, "hunter2" in text) == ("error", True, False)


@pytest.mark.parametrize(
    ("token", "words"), [("api-expired", "not revoked or expired"), ("sdk-1234", "SDK key"), ("a b", "token")]
)
def test_a_bad_token(make_form: MakeForm, token: str, words: str) -> None:
    level, text = make_form(access_token=token).connect.message
    assert level == "error"
    assert words in text
    assert token not in text


def test_a_dead_api_and_then_a_living_one(make_form: MakeForm, ld: Emulator) -> None:
    form = make_form(api_host="http://127.0.0.1:9")
    assert form.connect.message[0] == "error"
    assert "could not be reached" in form.connect.message[1]
    form.connect.host.value = ld.url
    assert connect(form)[0] == "ok"


def test_a_host_that_is_none(make_form: MakeForm) -> None:
    form = make_form(api_host="app.launchdarkly.com/projects")
    assert form.connect.instance.value == OTHER
    level, text = form.connect.message
    assert level == "error"
    assert "api_host" in text


def test_the_instances_are_launchdarklys_own(make_form: MakeForm) -> None:
    form = BigSegmentStoreForm(api_host="https://app.eu.launchdarkly.com/")
    assert INSTANCES[form.connect.instance.value] == "https://app.eu.launchdarkly.com"
    form.close()


def test_listing_is_forbidden_and_keys_are_typed(make_form: MakeForm, ld: Emulator) -> None:
    ld.faults.add(403, operation="getProjects")
    form = make_form()
    assert "may not list projects" in form.chooser.message[1]
    # A key that was typed lists its environments, too.
    form.chooser.project.value = "shop"
    settle(form)
    assert [option.split()[0] for option in form.chooser.environment.options] == ["live", "test"]
    ld.faults.add(403, operation="getEnvironmentsByProject")
    form.chooser.environment.value = "test"
    form.chooser.open_button.click()
    settle(form)
    assert form.documents.message[1] == "The environment's client-side ID is required, and the token may not read it."


def test_an_environment_that_is_not_there(make_form: MakeForm) -> None:
    form = make_form()
    form.show_store("shop", "liev")
    settle(form)
    assert "Project 'shop' has no environment 'liev'." in form.chooser.message[1]


def test_letters_that_a_click_overtook_are_opened(make_form: MakeForm) -> None:
    form = make_form()
    form.chooser.project.value, form.chooser.environment.value = "shop", "t"
    form.chooser.open_button.click()
    settle(form)
    assert "has no environment 't'" in form.chooser.message[1]
    form.chooser.environment.value = "test"
    settle(form)
    assert form.place == "shop/test"


def test_429_counts_down_and_can_be_cancelled(make_form: MakeForm, ld: Emulator) -> None:
    form = make_form()
    ld.faults.add(*[429] * 50, retry_after=30)
    form.show_store("shop", "live")
    seen: set[str] = set()
    deadline = time.monotonic() + 20
    while sum("retrying in" in text for text in seen) < 2:
        seen.add(form.chooser.message[1])
        assert time.monotonic() < deadline, seen
        time.sleep(0.01)
    assert form.chooser._cancel.layout.display == ""
    form.chooser._cancel.click()
    settle(form)
    assert form.chooser.message == ("info", "Cancelled.")
    ld.faults.clear()
    form.show_store("shop", "live")
    settle(form)
    assert form.place == "shop/live"


def test_after_a_lost_response_the_integration_is_read_again(make_form: MakeForm, ld: Emulator) -> None:
    form = make_form()
    form.show_store("shop", "test")
    settle(form)
    form.fields.fields["host"].control.value = "redis.example.com"
    settle(form)
    ld.faults.add("close_after", method="POST")
    form.changes.actions.children[0].click()
    settle(form)
    assert form.changes.note != ""
    assert form.changes.message == ("ok", "No changes: shop/test already matches.")
    assert len([i for i in ld.account.integrations if i.environment_key == "test"]) == 1


def test_a_defect_is_shown_and_can_be_dismissed(make_form: MakeForm, monkeypatch: pytest.MonkeyPatch) -> None:
    form = make_form()
    monkeypatch.setattr(form.chooser, "_arrange", lambda: os.environ["PLANTED"])
    form.chooser.environment.value = "live"
    assert form.worker.wait()
    message, dismiss = form._fault.children
    assert "KeyError" in message.value
    assert "PLANTED" not in message.value
    dismiss.click()
    settle(form)


def test_what_was_read_last_stays_while_it_is_read_again(make_form: MakeForm, ld: Emulator) -> None:
    form = make_form()
    options = form.chooser.project.options
    ld.faults.add(503, 503, 503, 503, operation="getProjects")
    connect(form)
    assert form.chooser.message[0] == "error"
    assert form.chooser.project.options == options != ()


@pytest.mark.parametrize(
    ("listing", "words"), [("list_projects", "no projects"), ("list_environments", "no environments")]
)
def test_an_empty_account_says_what_to_do(
    make_form: MakeForm, monkeypatch: pytest.MonkeyPatch, listing: str, words: str
) -> None:
    monkeypatch.setattr(Client, listing, lambda *_arguments: [])
    form = make_form()
    if listing == "list_environments":
        form.chooser.project.value = "shop"
        settle(form)
    level, text = form.chooser.message
    assert (level, words in text, "Create one in LaunchDarkly" in text) == ("warning", True, True)


def test_every_call_says_that_it_runs_and_can_be_cancelled(make_form: MakeForm, ld: Emulator) -> None:
    form = make_form()
    calls: list[tuple[Part, Callable[[], None]]] = [
        (form.chooser, lambda: form.show_store("shop", "live")),
        (form.connect, form.connect.connect_button.click),
    ]
    for part, start in calls:
        ld.faults.add("delay", seconds=3)
        start()
        until(lambda part=part: part.message[0] == "busy")  # type: ignore[misc]
        assert [widget.layout.display for widget in (part._message, part._cancel)] == ["", ""]
        part._cancel.click()
        settle(form)
        assert part.message == ("info", "Cancelled.")
        ld.faults.clear()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
