# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The form from connecting to exporting, without a browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import ipywidgets as w
import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm
from ld_segment_store.notebook import store_fields as store_fields_module
from ld_segment_store.notebook.part import walk
from tests.notebook.conftest import PASSWORD, settle, writes

MakeForm = Callable[..., BigSegmentStoreForm]
ROLE = "arn:aws:iam::123456789012:role/launchdarkly-big-segments"
LIVE = StoreKey("shop", "live", "redis")


def fill(form: BigSegmentStoreForm, **values: Any) -> None:
    """Type into the fields."""
    for option, value in values.items():
        if isinstance(value, Secret):
            form.fields.fields[option].control.set(value)
        else:
            form.fields.fields[option].control.value = value
    settle(form)


def press(form: BigSegmentStoreForm, button: w.Button) -> None:
    button.click()
    settle(form)


def opened(make_form: MakeForm, environment: str, store: str = "redis") -> BigSegmentStoreForm:
    form = make_form()
    form.show_store("shop", environment, store)
    settle(form)
    assert form.place == f"shop/{environment}", form.chooser.message
    return form


def apply_button(form: BigSegmentStoreForm) -> w.Button:
    """The button of the plan on screen."""
    (button,) = form.changes.actions.children
    return button


def apply(form: BigSegmentStoreForm, button: w.Button) -> None:
    """Press the button, and stop watching afterwards."""
    before = form.outcome
    button.click()
    until(lambda: form.outcome is not before)
    form.worker.put(form.chart.cancel)
    settle(form)


def until(condition: Callable[[], Any]) -> None:
    """Wait for something that happens on another thread."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_is_a_widget(make_form: MakeForm) -> None:
    form = make_form()
    assert isinstance(form, w.Widget)
    assert form in w.VBox([form]).children
    form.layout.width = "50%"
    assert form.state == "connected"


def test_parts_appear_when_they_can_be_used(make_form: MakeForm) -> None:
    form = make_form()
    assert [part.title for part in form.parts()] == ["Connect", "Choose the environment"]
    form.show_store("shop", "test")
    settle(form)
    assert len(form.parts()) == 9
    assert (form.connect.is_folded, form.chooser.is_folded) == (True, True)


def test_a_new_redis_store_from_the_first_click_to_the_playbook(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    assert form.fields.message == ("info", "To complete: Host.")
    fill(form, host="redis.example.com", port="6380", password=Secret("NEW-pa55"), tags="b, a ,b", enabled=True)
    assert form.fields.is_valid
    button = apply_button(form)
    assert button.description == "Create the integration in shop/test"
    assert writes(ld) == []
    apply(form, button)
    assert writes(ld) == ["POST"]
    (made,) = [i for i in ld.account.integrations if i.environment_key == "test"]
    assert made.on
    assert set(made.tags) == {"a", "b"}
    assert "Created the Redis integration in shop/test." in form.text()
    assert form.outcome is not None
    assert form.integration == form.outcome.integration
    task = form.export.export("ansible")
    assert "lookup('ansible.builtin.env', 'REDIS_PASSWORD', default=undef())" in task
    assert "NEW-pa55" not in form.text() + task + form.to_html() + repr(form.settings)


def test_a_new_dynamodb_store(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test", "dynamodb")
    external_id = form.fields.fields["external_id"]
    press(form, external_id.button)
    made_id = external_id.value
    assert made_id
    press(form, external_id.button)
    assert external_id.value == made_id
    fill(form, table_name="segments", region="eu-central-1", role_arn=ROLE)
    form.documents.which.value = "Trust policy"
    form.documents.principal.value = "123456789012"
    settle(form)
    assert made_id in form.documents.view.text
    apply(form, apply_button(form))
    assert [i.integration_key for i in ld.account.integrations if i.environment_key == "test"] == ["dynamodb"]


def test_an_external_id_outlives_a_look_at_another_store(make_form: MakeForm) -> None:
    form = opened(make_form, "test", "dynamodb")
    press(form, form.fields.fields["external_id"].button)
    made_id = form.fields.fields["external_id"].value
    for store in ("redis", "dynamodb"):
        form.show_store("shop", "test", store)
        settle(form)
    assert form.fields.fields["external_id"].value == made_id


def test_stored_settings_are_filled_in_and_make_no_change(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    assert form.fields.fields["host"].value == "redis.example.com"
    assert form.fields.fields["tags"].value == ("team-a",)
    assert form.changes.message == ("ok", "No changes: shop/live already matches.")
    assert form.changes.actions.children == ()
    assert writes(ld) == []


def test_the_plan_names_fields_by_their_labels_and_repeats_what_stays(make_form: MakeForm) -> None:
    form = opened(make_form, "live")
    fill(form, name="Ours")
    table = form.changes.view.html
    assert '<tr><td>Host</td><td>redis.example.com</td><td><span class="ldss-hint">redis.example.com' in table
    assert "redis.host" not in table
    assert "set, kept" in table


def test_secrets_are_words_in_the_plan(make_form: MakeForm) -> None:
    form = opened(make_form, "live")
    fill(form, password=Secret(PASSWORD))
    assert "same, as far as visible" in form.changes.view.html
    fill(form, password=Secret("quite another one"))
    assert "will change" in form.changes.view.html
    assert "another one" not in form.changes.view.html
    assert form.settings["redis"]["password"] == "set"


def test_a_change_that_needs_the_password_says_so_at_the_password(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    fill(form, port="6381")
    assert "Needed to change Port." in form.fields.fields["password"]._line.value
    # What would change is seen before the password is entered; there is no plan to apply.
    assert '<td><span class="ldss-after">6381</span></td>' in form.changes.view.html
    assert "needed: enter it" in form.changes.view.html
    assert form.plan is None
    press(form, apply_button(form))
    assert writes(ld) == []
    fill(form, password=Secret(PASSWORD))
    assert "Needed" not in form.fields.fields["password"]._line.value
    assert form.plan is not None


def test_findings_appear_as_one_types(make_form: MakeForm) -> None:
    form = opened(make_form, "test")
    host = form.fields.fields["host"]
    assert "ldss-hint" in host._line.value
    fill(form, host="redis://redis.example.com")
    assert "Is not a host name or address" in host._line.value
    fill(form, host="")
    assert "missing" in host._line.value
    fill(form, host="redis.example.com")
    assert host.findings == ()


def test_the_button_shows_every_missing_field(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test", "dynamodb")
    before = len(ld.requests)
    assert not any(field.findings for field in form.fields.fields.values())
    press(form, apply_button(form))
    assert all(form.fields.fields[o].findings for o in ("table_name", "region", "external_id", "role_arn"))
    assert form.fields.message[1].startswith("To complete: DynamoDB table name, AWS region")
    assert len(ld.requests) == before


def test_fields_are_on_screen_before_the_first_check(make_form: MakeForm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The validator's import may take seconds."""
    seen: list[Any] = []
    check = store_fields_module.__dict__["check_settings"]

    def slow(*arguments: Any, **options: Any) -> Any:
        seen.append((form._work.children != (), len(form.fields.body.children)))
        return check(*arguments, **options)

    form = make_form()
    monkeypatch.setattr(store_fields_module, "check_settings", slow)
    form.show_store("shop", "test")
    settle(form)
    assert seen[0] == (True, 8)


def test_a_change_that_the_click_overtook_stops_it(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="one.example.com")
    apply_button(form).click()
    form.fields.fields["host"].control.value = "two.example.com"  # arrives while the click's job waits
    settle(form)
    assert writes(ld) == []
    assert "older plan" in form.changes.message[1] or "settings changed" in form.changes.message[1]
    assert "two.example.com" in form.changes.view.html


def test_the_button_of_an_older_plan_does_nothing(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="one.example.com")
    old = apply_button(form)
    fill(form, host="two.example.com")
    press(form, old)
    assert writes(ld) == []
    assert "Nothing was sent." in form.changes.message[1]


def test_the_button_from_before_the_settings_were_complete_says_that_a_plan_is_there(
    make_form: MakeForm, ld: Emulator
) -> None:
    form = opened(make_form, "test")
    old = apply_button(form)
    fill(form, host="one.example.com")
    press(form, old)
    assert writes(ld) == []
    assert form.changes.message == (
        "warning",
        "This button belongs to an older plan. Nothing was sent. Review the plan.",
    )


def test_a_plan_that_stays_keeps_its_button(make_form: MakeForm) -> None:
    """The focus is on it, perhaps."""
    form = opened(make_form, "test")
    fill(form, host="one.example.com")
    button = apply_button(form)
    fill(form, host=" one.example.com ")
    assert apply_button(form) is button


def test_a_change_by_somebody_else_gives_a_new_plan(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    fill(form, name="Ours")
    button = apply_button(form)
    with Client(ld.access_token, ld.url) as other:
        other.update_integration(LIVE, "store-1", [{"op": "replace", "path": "/tags", "value": ["theirs"]}])
    ld.clear_requests()
    press(form, button)
    assert writes(ld) == []
    assert "changed after the plan was made" in form.changes._notice.value
    assert form.fields.fields["name"].value == "Ours"
    assert form.fields.fields["tags"].value == ("theirs",)
    apply(form, apply_button(form))
    assert writes(ld) == ["PATCH"]


def test_deleted_by_somebody_else_is_no_dead_end(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    fill(form, name="Ours", password=Secret(PASSWORD))
    button = apply_button(form)
    with Client(ld.access_token, ld.url) as other:
        other.delete_integration(LIVE, "store-1")
    press(form, button)
    assert "deleted by somebody else" in form.changes._notice.value
    (create,) = form.changes.actions.children
    assert create.description == "Create the integration in shop/live"
    apply(form, create)
    assert [(i.name, i.environment_key) for i in ld.account.integrations] == [("Ours", "live")]


def test_somebody_else_creates_it_first(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "test")
    fill(form, host="ours.example.com")
    button = apply_button(form)
    with Client(ld.access_token, ld.url) as other:
        key = StoreKey("shop", "test", "redis")
        other.create_integration(key, {"config": {"host": "theirs.example.com"}, "on": True})
    ld.clear_requests()
    press(form, button)
    assert writes(ld) == []
    assert "was created after the plan was made" in form.changes._notice.value
    assert apply_button(form).description.startswith("Update the integration of shop/test")


def test_a_conflict_gives_a_new_plan(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    fill(form, name="Ours")
    ld.faults.add(409, method="PATCH")
    press(form, apply_button(form))
    assert form.changes._notice.value != ""
    assert apply_button(form).description == "Update the integration of shop/live"


def test_deleting_asks_first(make_form: MakeForm, ld: Emulator) -> None:
    form = opened(make_form, "live")
    press(form, form.changes.remove_button)
    button, back = form.changes.actions.children
    assert (button.description, back.description) == ("Delete the integration from shop/live …", "Back")
    press(form, button)
    assert writes(ld) == []
    _, yes, no = form.changes.actions.children
    assert (yes.description, no.description) == ("Yes, delete shop/live", "No")
    press(form, no)
    assert writes(ld) == []
    press(form, form.changes.actions.children[0])
    press(form, form.changes.actions.children[1])
    assert writes(ld) == ["DELETE"]
    assert "Deleted the Redis integration from shop/live." in form.changes._notice.value
    assert form.integration is None


@pytest.mark.parametrize(
    ("values", "asks"),
    [
        ({"enabled": False}, True),
        ({"host": "two.example.com", "password": Secret(PASSWORD)}, True),
        ({"name": "x"}, False),
    ],
)
def test_a_loss_is_confirmed_first(make_form: MakeForm, ld: Emulator, values: dict[str, Any], asks: bool) -> None:
    form = opened(make_form, "live")
    fill(form, **values)
    assert apply_button(form).description.endswith("…") is asks


def test_names_are_text_not_markup(make_form: MakeForm) -> None:
    form = opened(make_form, "test")
    fill(form, host="<script>alert(1)</script>", name="<img src=x>", tags="<b>")
    fill(form, host="redis.example.com")
    everything = json.dumps([widget.value for widget in walk(form) if isinstance(widget, w.HTML)]) + form.to_html()
    assert "<script>" not in everything
    assert "<img" not in everything
    assert "<b>&lt;" not in everything


def test_a_client_of_ones_own(make_form: MakeForm, ld: Emulator) -> None:
    with Client(ld.access_token, ld.url) as client:
        form = make_form(client=client, access_token=None, api_host=None)
        form.show_store("shop", "live")
        settle(form)
        assert form.fields.fields["host"].value == "redis.example.com"


@pytest.mark.parametrize("keys", [("shop", "live", "mongo"), ("", "live", "redis"), ("shop", "a b", "redis")])
def test_impossible_keys_are_refused_at_once(make_form: MakeForm, keys: tuple[str, str, str]) -> None:
    form = make_form()
    with pytest.raises(InvalidSettings):
        form.show_store(*keys)


def test_observers_see_what_happens(make_form: MakeForm) -> None:
    form = make_form()
    seen: list[tuple[str, Any]] = []
    for name in ("place", "health", "settings"):
        form.observe(lambda change: seen.append((change.name, change.new)), name)
    form.show_store("shop", "live")
    settle(form)
    assert ("place", "shop/live") in seen
    assert ("health", "not available") in seen
    assert any(name == "settings" and value.get("redis", {}).get("host") == "redis.example.com" for name, value in seen)
