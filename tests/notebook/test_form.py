# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The form's way from the connection to the take-away, without a browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import ipywidgets as w
import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm
from tests.notebook.conftest import PASSWORD, settle

MakeForm = Callable[..., BigSegmentStoreForm]
ROLE = "arn:aws:iam::123456789012:role/launchdarkly-big-segments"


def fill(form: BigSegmentStoreForm, **values: Any) -> None:
    """Type into the fields."""
    for option, value in values.items():
        if isinstance(value, Secret):
            form.fill_in.fields[option].control.set(value)
        else:
            form.fill_in.fields[option].control.value = value
    settle(form)


def press(form: BigSegmentStoreForm, button: w.Button) -> None:
    button.click()
    settle(form)


def opened(make_form: MakeForm, environment: str, store: str = "redis") -> BigSegmentStoreForm:
    form = make_form()
    form.open("shop", environment, store)
    settle(form)
    return form


def previewed(form: BigSegmentStoreForm) -> w.Button:
    """Make a preview; the button that applies it."""
    press(form, form.preview.preview_button)
    (button,) = form.preview._actions.children
    return button


def apply(form: BigSegmentStoreForm, button: w.Button) -> None:
    """Press it, and stop watching what it made once that was seen."""
    button.click()
    until(lambda: form.watch.looks)
    form.worker.put(form.watch.cancel)
    settle(form)


def until(condition: Callable[[], Any]) -> None:
    """Wait for something that happens on another thread."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def writes(ld: Emulator) -> list[str]:
    return [record.method for record in ld.requests if record.method != "GET"]


def test_steps_appear_when_they_can_be_used(make_form: MakeForm) -> None:
    form = make_form()
    assert [step.title for step in form.steps()] == ["Connect", "Choose the environment"]
    form.open("shop", "test")
    settle(form)
    assert len(form.steps()) == 8


def test_a_new_redis_store_from_the_first_click_to_the_playbook(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    assert form.fill_in.message == ("info", "Still needed: Host.")
    fill(form, host="redis.example.com", port="6380", password=Secret("NEW-pa55"), tags="b, a ,b", enabled=True)
    assert form.fill_in.message[0] == "ok"
    button = previewed(form)
    assert button.description == "Create the integration"
    assert writes(ld) == []
    apply(form, button)
    assert writes(ld) == ["POST"]
    (made,) = [i for i in ld.account.integrations if i.environment_key == "test"]
    assert made.on
    assert set(made.tags) == {"a", "b"}
    assert "Created the redis integration of shop/test." in form.text()
    assert form.watch.looks
    task = form.take_away.text("ansible")
    assert "lookup('ansible.builtin.env', 'REDIS_PASSWORD', default=undef())" in task
    assert "NEW-pa55" not in form.text() + task


def test_a_new_dynamodb_store(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test", "dynamodb")
    external_id = form.fill_in.fields["external_id"]
    press(form, external_id.button)  # type: ignore[attr-defined]
    made_id = external_id.value
    assert made_id
    press(form, external_id.button)  # type: ignore[attr-defined]
    assert external_id.value == made_id
    fill(form, table_name="segments", region="eu-central-1", role_arn=ROLE)
    form.documents.which.value = "Trust policy"
    form.documents.principal.value = "123456789012"
    settle(form)
    assert made_id in form.documents.view.text
    apply(form, previewed(form))
    assert [i.integration_key for i in ld.account.integrations if i.environment_key == "test"] == ["dynamodb"]


def test_an_external_id_outlives_a_look_at_another_store(make_form: MakeForm) -> None:
    form = opened(make_form, "test", "dynamodb")
    press(form, form.fill_in.fields["external_id"].button)  # type: ignore[attr-defined]
    made_id = form.fill_in.fields["external_id"].value
    for store in ("redis", "dynamodb"):
        form.open("shop", "test", store)
        settle(form)
    assert form.fill_in.fields["external_id"].value == made_id


def test_what_is_there_is_filled_in_and_unchanged_is_no_change(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    assert form.fill_in.fields["host"].value == "redis.example.com"
    assert form.fill_in.fields["tags"].value == ("team-a",)
    press(form, form.preview.preview_button)
    assert form.preview.message == ("ok", "Nothing would change: it is as the form says.")
    assert "set, and kept" in form.preview._picture.value
    assert form.preview._actions.children == ()
    assert writes(ld) == []


def test_secrets_are_words_in_the_preview(make_form: MakeForm) -> None:
    form = opened(make_form, "live")
    fill(form, password=Secret(PASSWORD))
    press(form, form.preview.preview_button)
    assert "same, as far as can be told" in form.preview._picture.value
    fill(form, password=Secret("quite another one"))
    press(form, form.preview.preview_button)
    assert "will change" in form.preview._picture.value
    assert "another one" not in form.preview._picture.value


def test_a_change_without_the_password_says_that_it_is_needed(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    fill(form, port="6381")
    press(form, form.preview.preview_button)
    assert form.preview.message[0] == "error"
    assert "redis.password: is needed to change redis.port" in form.preview.message[1]
    assert writes(ld) == []


def test_findings_appear_as_one_types(make_form: MakeForm) -> None:
    form = opened(make_form, "test")
    host = form.fill_in.fields["host"]
    assert "ldss-hint" in host._line.value
    fill(form, host="redis://redis.example.com")
    assert "Is not a host name or address" in host._line.value
    fill(form, host="")
    assert "Is missing" in host._line.value
    fill(form, host="redis.example.com")
    assert host.findings == ()


def test_a_preview_with_errors_shows_them_all(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test", "dynamodb")
    before = len(ld.requests)
    press(form, form.preview.preview_button)
    assert form.preview.message == ("error", "4 problems:")
    assert all(form.fill_in.fields[o].findings for o in ("table_name", "region", "external_id", "role_arn"))
    assert len(ld.requests) == before


def test_a_field_changed_after_the_preview_takes_its_button_away(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="one.example.com")
    button = previewed(form)
    fill(form, host="two.example.com")
    assert form.preview._actions.children == ()
    assert "make a new one" in form.preview.message[1]
    press(form, button)
    assert writes(ld) == []


def test_a_change_that_the_click_overtook_stops_it(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="one.example.com")
    button = previewed(form)
    button.click()
    form.fill_in.fields["host"].control.value = "two.example.com"  # arrives while the click's job waits
    settle(form)
    assert writes(ld) == []
    assert "make a new one" in form.preview.message[1]


def test_the_button_of_an_older_preview_does_nothing(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="one.example.com")
    old = previewed(form)
    fill(form, host="two.example.com")
    previewed(form)
    press(form, old)
    assert writes(ld) == []
    assert "nothing was sent" in form.preview.message[1]


def test_a_change_behind_its_back_gives_a_new_preview(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    fill(form, name="Ours")
    button = previewed(form)
    with Client(ld.access_token, ld.url) as other:
        operations = [{"op": "replace", "path": "/tags", "value": ["theirs"]}]
        other.update_integration(StoreKey("shop", "live", "redis"), "store-1", operations)
    ld.clear_requests()
    press(form, button)
    assert writes(ld) == []
    assert "changed after the plan was made" in form.preview._notice.value
    assert "theirs" in form.preview._picture.value
    (again,) = form.preview._actions.children
    apply(form, again)
    assert writes(ld) == ["PATCH"]


def test_somebody_else_creates_it_first(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="ours.example.com")
    button = previewed(form)
    with Client(ld.access_token, ld.url) as other:
        other.create_integration(
            StoreKey("shop", "test", "redis"), {"config": {"host": "theirs.example.com"}, "on": True}
        )
    ld.clear_requests()
    press(form, button)
    assert writes(ld) == []
    assert "created after the plan was made" in form.preview._notice.value
    assert form.preview._actions.children[0].description.startswith("Update the integration")


def test_a_conflict_gives_a_new_preview(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    fill(form, name="Ours")
    button = previewed(form)
    ld.faults.add(409, method="PATCH")
    press(form, button)
    assert "The integration is being changed at the same time" in form.preview._notice.value
    assert [child.description for child in form.preview._actions.children] == ["Update the integration"]


def test_removing_asks_first(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    press(form, form.preview.remove_button)
    (button,) = form.preview._actions.children
    assert button.description == "Delete the integration …"
    press(form, button)
    assert writes(ld) == []
    _, yes, no = form.preview._actions.children
    assert (yes.description, no.description) == ("Yes, delete it", "No, leave it")
    press(form, no)
    assert writes(ld) == []
    press(form, form.preview._actions.children[0])
    press(form, form.preview._actions.children[1])
    assert writes(ld) == ["DELETE"]
    assert form.preview.message == ("ok", "Deleted the redis integration of shop/live.")


@pytest.mark.parametrize(
    ("values", "asks"),
    [
        ({"enabled": False}, True),
        ({"host": "two.example.com", "password": Secret(PASSWORD)}, True),
        ({"name": "x"}, False),
    ],
)
def test_what_loses_something_asks_first(make_form: MakeForm, ld: Emulator, values: dict[str, Any], asks: bool) -> None:
    form = opened(make_form, "live")
    fill(form, **values)
    button = previewed(form)
    assert button.description.endswith("…") is asks


def test_names_are_text_not_markup(make_form: MakeForm) -> None:
    form = opened(make_form, "test")
    fill(form, host="<script>alert(1)</script>", name="<img src=x>", tags="<b>")
    fill(form, host="redis.example.com")
    press(form, form.preview.preview_button)
    everything = json.dumps([widget.value for widget in html_of(form.widget)])
    assert "<script>" not in everything
    assert "<img" not in everything
    assert "<b>&lt;" not in everything


def html_of(widget: w.Widget) -> list[w.HTML]:
    children = [found for child in getattr(widget, "children", ()) for found in html_of(child)]
    return [widget, *children] if isinstance(widget, w.HTML) else children


def test_it_has_a_text_where_widgets_cannot_be_shown(make_form: MakeForm) -> None:
    form = opened(make_form, "live")
    bundle = form._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "Connect: Connected to" in data["text/plain"]
    assert "featureops.launchdarkly.ld_big_segment_store" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert repr(form).startswith("BigSegmentStoreForm(http://")


def test_a_client_of_ones_own(make_form: MakeForm, ld: Emulator) -> None:
    with Client(ld.access_token, ld.url) as client:
        form = make_form(client=client, access_token=None, api_host=None)
        form.open("shop", "live")
        settle(form)
        assert form.fill_in.fields["host"].value == "redis.example.com"


def test_several_stores_of_a_kind_are_asked_for(make_form: MakeForm, ld: Emulator) -> None:
    with Client(ld.access_token, ld.url) as other:
        other.create_integration(
            StoreKey("shop", "live", "redis"), {"config": {"host": "second.example.com"}, "name": "Second"}
        )
    form = not_opened(make_form)
    assert "There are several" in form.choose.message[1]
    form.choose.which.value = form.choose.which.options[1][1]
    press(form, form.choose.open_button)
    assert form.fill_in.fields["host"].value == "second.example.com"


def not_opened(make_form: MakeForm) -> BigSegmentStoreForm:
    form = make_form()
    form.open("shop", "live")
    settle(form)
    assert len(form.steps()) == 2
    return form
