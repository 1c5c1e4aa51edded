# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import ipywidgets as w
import pytest

from ld_segment_store.core.api.client import Client
from ld_segment_store.core.fleet.stores_file import read_stores_file
from ld_segment_store.core.model.integration import Integration, Status
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import FleetView
from ld_segment_store.notebook.fleet_picture import picture
from ld_segment_store.notebook.health import health_word


@pytest.fixture
def fleet(ld: Emulator) -> Iterator[FleetView]:
    view = FleetView(access_token=ld.access_token, api_host=ld.url)
    assert view.worker.wait(20)
    yield view
    view.close()


def integration(**values: object) -> Integration:
    given = {
        "id": "1",
        "integration_key": "redis",
        "project_key": "shop",
        "environment_key": "live",
        "name": "n",
        "enabled": True,
        "tags": (),
        "version": 1,
        **values,
    }
    return Integration(**given)  # type: ignore[arg-type]


def test_one_request_for_all(fleet: FleetView, ld: Emulator) -> None:
    assert [row[:4] for row in fleet.table.rows] == [["shop", "live", "redis", "Main store"]]
    assert [record.path for record in ld.requests if "capabilities" in record.path] == [
        "/api/v2/integration-capabilities/big-segment-store"
    ]
    assert fleet.connect.message[1].startswith("1 integration in 1 environment")


def test_a_click_opens_the_form_there(fleet: FleetView) -> None:
    fleet.table._handle_msg({"content": {"data": {"method": "custom", "content": {"open": "store-1"}}}, "buffers": []})
    assert fleet.worker.wait()
    assert fleet.form is not None
    assert fleet.form.worker.wait(20)
    assert fleet.form.fields.fields["host"].value == "redis.example.com"
    # The form of a click lists like any other.
    assert len(fleet.form.chooser.project.options) == 2
    assert fleet.table.current == "store-1"
    assert fleet.selected is not None


def test_what_is_not_understood_is_dropped(fleet: FleetView) -> None:
    for content in ("text", {"open": 5}, {"open": "no such"}, {}):
        fleet._message(content)
    assert fleet.form is None


def test_reading_again_keeps_what_is_there(fleet: FleetView, ld: Emulator) -> None:
    ld.faults.add(401)
    fleet.reload_button.click()
    assert fleet.worker.wait(20)
    assert fleet.connect.message[0] == "error"
    # The connection is folded to one line by now; the error stands under it, with the button Change beside.
    assert fleet.connect.is_folded
    assert [part.layout.display for part in (fleet.connect._message, fleet.connect._change)] == ["", ""]
    assert len(fleet.table.rows) == 1


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"enabled": False}, "off"),
        ({"status": Status()}, "unknown"),
        ({"status": Status(available=False)}, "not available"),
        ({"status": Status(available=True, potentially_stale=True)}, "stale"),
        ({"status": Status(available=True)}, "available"),
    ],
)
def test_health_in_a_word(values: dict[str, object], word: str) -> None:
    assert health_word(integration(**values)) == word


def test_the_picture_is_svg_and_escaped(fleet: FleetView) -> None:
    text = picture([integration(project_key="<b>"), integration(id="2", project_key="<b>", environment_key="test")])
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["<b>/live, redis: unknown", "<b>/test, redis: unknown"]
    assert fleet.picture().startswith("<svg")
    assert fleet.connect.account is not None
    assert fleet.connect.account.host in fleet.picture()


def test_it_is_a_widget_with_html_for_pages_without_a_kernel(fleet: FleetView) -> None:
    assert isinstance(fleet, w.VBox)
    page = fleet.to_html()
    assert "Main store" in page
    assert "<script" not in page
    # The same as the widget for a browser that can't load anywidget.
    assert "Main store" in fleet._fallback.value


def test_thousands_are_ready(fleet: FleetView) -> None:
    many = [integration(id=str(n), project_key=f"p{n // 20}", environment_key=f"e{n % 20}") for n in range(2000)]
    fleet.show(many)
    assert len(fleet.table.rows) == 2000
    assert fleet.text().count("\n") == 2000


@pytest.fixture
def several(ld: Emulator, fleet: FleetView) -> FleetView:
    """A view of three stores."""
    with Client(ld.access_token, ld.url) as client:
        for host in ("b.example.com", "c.example.com"):
            config = {"host": host, "password": "PLANTED-" + host}
            client.create_integration(StoreKey("shop", "test", "redis"), {"config": config, "name": host})
    fleet.reload()
    assert fleet.worker.wait(20)
    return fleet


def send(view: FleetView, **content: object) -> None:
    """What the browser sends when a button of the table is pressed."""
    view.table._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
    assert view.worker.wait(20)


def test_the_selection_is_a_trait(several: FleetView) -> None:
    several.table.chosen = ["store-1", "unknown"]
    assert several.worker.wait(20)
    assert [integration.name for integration in several.selection] == ["Main store"]


def test_only_the_selected_are_read_again(several: FleetView, ld: Emulator) -> None:
    ld.set_status("store-1", {"available": True, "lastSync": 1_790_000_000_000})
    before = len(ld.requests)
    send(several, read=["store-1"])
    assert len(ld.requests) - before == 2
    assert health_word(next(i for i in several.integrations if i.id == "store-1")) == "available"
    assert len(several.integrations) == 3
    assert several.connect.message == ("ok", "Read 1 integration again.")


def test_what_was_deleted_leaves_the_view(several: FleetView, ld: Emulator) -> None:
    with Client(ld.access_token, ld.url) as client:
        client.delete_integration(StoreKey("shop", "live", "redis"), "store-1")
    send(several, read=[integration.id for integration in several.integrations])
    assert len(several.integrations) == 2
    assert several.connect.message == ("warning", "Read 2 integrations again; 1 no longer exist.")


def test_a_stores_file_of_the_selection(several: FleetView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(several.table, "send", sent.append)
    send(several, file=["store-1", several.integrations[-1].id])
    (file,) = sent
    assert file["name"] == "stores.yml"
    assert "PLANTED" not in file["save"]
    text = several.connect.message[1]
    assert text.startswith("Saved 2 integrations as stores.yml. Set before you use it: REDIS_PASSWORD_")
    for name in text.rstrip(".").split("it: ")[1].split(", "):
        monkeypatch.setenv(name, "PLANTED-5ecret-of-redis")
    path = tmp_path / "stores.yml"
    path.write_text(file["save"])
    declared = read_stores_file(str(path), os.environ)
    assert [str(one.key) for one in declared] == ["shop/live redis", "shop/test redis"]


@pytest.mark.parametrize("content", [{"read": "store-1"}, {"read": []}, {"file": [7, None]}, {"read": ["unknown"]}])
def test_an_odd_message_changes_nothing(several: FleetView, content: dict[str, object]) -> None:
    send(several, **content)
    assert len(several.integrations) == 3


def test_no_stores_yet() -> None:
    with Emulator(seed={"projects": {"shop": {"environments": {"live": {}}}}}) as bare:
        view = FleetView(access_token=bare.access_token, api_host=bare.url)
        assert view.worker.wait(20)
        assert view.connect.message[1].startswith("No store is set up yet")
        assert view._table_box.children == (view.reload_button,)
        view.close()
