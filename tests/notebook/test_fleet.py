# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import ipywidgets as w
import pytest

from ld_segment_store.core.model.integration import Integration, Status
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
    ld.faults.add(403)
    fleet.reload_button.click()
    assert fleet.worker.wait(20)
    assert fleet.connect.message[0] == "error"
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
