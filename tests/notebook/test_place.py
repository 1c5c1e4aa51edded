# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The environment on screen is the one that is written, and what is listed is true."""

from __future__ import annotations

import time
from collections.abc import Callable

import ipywidgets as w
import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.core.secret import Secret
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import Account, BigSegmentStoreForm, EnvironmentChooser
from ld_segment_store.notebook.part import walk
from tests.notebook.conftest import PASSWORD, settle, writes

MakeForm = Callable[..., BigSegmentStoreForm]


@pytest.fixture
def form(make_form: MakeForm) -> BigSegmentStoreForm:
    """A form with `shop/live` open and a change ready to apply."""
    form = make_form()
    form.show_store("shop", "live")
    settle(form)
    form.fields.fields["name"].control.value = "Ours"
    settle(form)
    return form


def choose(form: BigSegmentStoreForm, environment: str) -> None:
    form.chooser.unfold()
    form.chooser.environment.value = environment
    settle(form)


def buttons(form: BigSegmentStoreForm) -> dict[str, w.Button]:
    return {widget.description: widget for widget in walk(form) if isinstance(widget, w.Button)}


def test_everything_names_the_environment(form: BigSegmentStoreForm) -> None:
    headings = [part._heading.value for part in form.parts()[2:]]
    assert all("shop/live" in heading for heading in headings), headings
    assert "Update the integration of shop/live" in buttons(form)


def test_another_choice_disables_everything_that_writes(form: BigSegmentStoreForm, ld: Emulator) -> None:
    update = buttons(form)["Update the integration of shop/live"]
    choose(form, "test")
    below = [widget for widget in walk(form._work) if widget.has_trait("disabled")]
    assert len(below) > 10
    assert all(widget.disabled for widget in below)
    update.click()  # a click that was on its way
    settle(form)
    assert writes(ld) == []
    assert "shop/test is chosen" in form.changes.message[1]
    assert {"Switch to shop/test", "Keep shop/live"} <= set(buttons(form))


def test_a_click_before_the_choice_arrives_sends_nothing(form: BigSegmentStoreForm, ld: Emulator) -> None:
    form.chooser.unfold()
    buttons(form)["Update the integration of shop/live"].click()
    form.chooser.environment.value = "test"  # arrives while the click's job waits
    settle(form)
    assert writes(ld) == []


def test_letters_that_arrive_after_the_click_are_read_again(make_form: MakeForm, ld: Emulator) -> None:
    form = make_form()
    form.chooser.project.value, form.chooser.environment.value = "shop", "t"
    settle(form)
    ld.faults.add("delay", seconds=1)
    form.chooser.open_button.click()
    time.sleep(0.3)  # the click's job has read the fields
    form.chooser.environment.value = "test"
    settle(form)
    assert form.place == "shop/test", form.chooser.message


def test_keep_goes_back(form: BigSegmentStoreForm, ld: Emulator) -> None:
    choose(form, "test")
    buttons(form)["Keep shop/live"].click()
    settle(form)
    assert form.chooser.environment.value.startswith("live")
    assert form.fields.fields["name"].control.disabled is False
    assert form.fields.fields["name"].value == "Ours"
    assert "Keep shop/live" not in buttons(form)


def test_a_button_that_appears_meanwhile_works_afterwards(form: BigSegmentStoreForm) -> None:
    choose(form, "test")
    form.changes.preview_removal()  # a call that ended while everything is disabled
    form.worker.put(form._check_place)
    settle(form)
    assert buttons(form)["Delete the integration from shop/live …"].disabled is True
    buttons(form)["Keep shop/live"].click()
    settle(form)
    assert buttons(form)["Delete the integration from shop/live …"].disabled is False


def test_switch_opens_the_other(form: BigSegmentStoreForm) -> None:
    choose(form, "test")
    buttons(form)["Switch to shop/test"].click()
    settle(form)
    assert form.place == "shop/test"
    assert form.fields.fields["name"].value == ""
    assert form.fields.fields["name"].control.disabled is False


def test_changing_the_connection_disables_too(form: BigSegmentStoreForm, ld: Emulator) -> None:
    update = buttons(form)["Update the integration of shop/live"]
    form.connect.unfold()
    settle(form)
    assert form.fields.fields["host"].control.disabled is True
    update.click()
    settle(form)
    assert writes(ld) == []
    buttons(form)["Keep shop/live"].click()
    settle(form)
    assert form.fields.fields["host"].control.disabled is False


def test_another_account_opens_the_same_place_again(form: BigSegmentStoreForm) -> None:
    with Emulator(seed={"projects": {"shop": {"environments": {"live": {}}}}}) as other:
        form.connect.unfold()
        form.connect._given = other.access_token
        form.connect.host.value = other.url
        form.connect.connect_button.click()
        settle(form)
        assert form.place == "shop/live"
        assert form.integration is None
        assert form.fields.fields["host"].value == ""
        assert [len(i) for i in (form.chooser.integrations, other.account.integrations)] == [0, 0]


def test_a_place_opened_from_python_lists_like_any_other(make_form: MakeForm, ld: Emulator) -> None:
    form = BigSegmentStoreForm(access_token=ld.access_token, api_host=ld.url)
    form.show_store("shop", "live")  # before it is connected
    settle(form)
    assert form.place == "shop/live"
    assert len(form.chooser.project.options) == 2
    assert [row[3] for row in form.chooser.overview.rows] == ["Main store"]
    form.chooser.unfold()  # the other environments are listed when they can be chosen
    settle(form)
    assert len(form.chooser.environment.options) == 2
    form.close()


def test_opening_reads_one_environment_of_many() -> None:
    with Emulator(seed={"projects": {"many": {"environments": {f"env{n}": {} for n in range(400)}}}}) as big:
        form = BigSegmentStoreForm(access_token=big.access_token, api_host=big.url)
        settle(form)
        before = len(big.requests)
        form.show_store("many", "env399")
        settle(form)
        assert form.place == "many/env399"
        assert len(big.requests) - before == 2
        form.chooser._change.click()
        settle(form)
        assert len(form.chooser.environment.options) == 400
        assert form.chooser.message == ("info", "400 environments in many.")
        form.close()


def test_the_overview_follows_what_happens(form: BigSegmentStoreForm, ld: Emulator) -> None:
    def names() -> list[str]:
        return [row[3] for row in form.chooser.overview.rows]

    buttons(form)["Update the integration of shop/live"].click()
    settle_watching(form)
    assert names() == ["Ours"]
    with Client(ld.access_token, ld.url) as other:
        patch = [{"op": "replace", "path": "/name", "value": "Theirs"}]
        other.update_integration(StoreKey("shop", "live", "redis"), "store-1", patch)
    form.chart.watch_button.click()
    settle_watching(form)
    assert names() == ["Theirs"]
    buttons(form)["Read again"].click()
    settle(form)
    form.changes.preview_removal()
    form.changes.apply(form.plan)  # type: ignore[arg-type]
    settle(form)
    assert names() == []


def settle_watching(form: BigSegmentStoreForm) -> None:
    """Let the running call end, and stop watching after its first read."""
    while not form.worker.wait(0.1):
        if form.chart.message[1].endswith("Watching."):
            form.worker.put(form.chart.cancel)
    settle(form)


def test_a_row_of_the_overview_opens(make_form: MakeForm) -> None:
    form = make_form()
    assert len(form.chooser.overview.rows) == 1
    form.chooser.worker.put(form.chooser._clicked, {"open": "store-1"})
    settle(form)
    assert form.place == "shop/live"


@pytest.fixture
def many(ld: Emulator) -> None:
    with Client(ld.access_token, ld.url) as client:
        for number in (2, 3):
            config = {"host": f"number{number}.example.com"}
            client.create_integration(StoreKey("shop", "live", "redis"), {"config": config, "name": f"Store {number}"})


def test_several_stores_of_a_kind_are_asked_for(many: None, make_form: MakeForm) -> None:
    form = make_form()
    form.show_store("shop", "live")
    settle(form)
    assert form.place == ""
    assert "several" in form.chooser.message[1]
    form.chooser.which.value = form.chooser.which.options[1][1]
    form.chooser.open_button.click()
    settle(form)
    assert form.fields.fields["host"].value == "number2.example.com"
    form.fields.fields["password"].control.set(Secret(PASSWORD))
    settle(form)


def test_the_chooser_works_alone(ld: Emulator) -> None:
    chooser = EnvironmentChooser(Account.of(access_token=ld.access_token, api_host=ld.url))
    chooser.show("shop", "live")
    assert chooser.worker.wait(20)
    assert chooser.choice is not None
    assert chooser.choice.place == "shop/live"
    chooser.close()


def test_a_store_shown_at_the_moment_of_connecting_opens(ld: Emulator) -> None:
    chooser = EnvironmentChooser()

    def connect() -> None:
        chooser.show("shop", "live")  # comes before the lists of the account, which are enqueued now
        chooser.account = Account(ld.url, Secret(ld.access_token))

    chooser.worker.put(connect)
    assert chooser.worker.wait()
    assert chooser.choice
    assert chooser.choice.place == "shop/live"
    chooser.close()
