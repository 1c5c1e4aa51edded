# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Changes and clicks overtake each other in real kernels: what was typed is previewed, what was shown is applied."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ld_segment_store.emulator import Emulator
from tests.notebook.live.conftest import CELL_TOKEN, IPYKERNELS, ShowForm

pytestmark = pytest.mark.slow

ROUNDS = 12
# Each look at the settings takes three times as long as a click waits.
SLOW = """import time, ipykernel
import ld_segment_store.notebook.store_fields as store_fields
from ld_segment_store.notebook import BigSegmentStoreForm
quick = store_fields.check_settings
def slow(*arguments, **options):
    time.sleep(0.15)
    return quick(*arguments, **options)
store_fields.check_settings = slow
print("This is ipykernel", ipykernel.__version__)
form = BigSegmentStoreForm(access_token=TOKEN, api_host={api_host!r}, watch_interval=1)
form.show_store("shop", "test")
form""".replace("TOKEN", repr(CELL_TOKEN))
# Typing and clicking in one go, quicker than any hand.
TYPE_AND_CLICK = """([labels, values, button]) => {
  const byLabel = (text) => {
    const label = [...document.querySelectorAll("label")].find((found) => found.textContent.trim() === text);
    return document.getElementById(label.htmlFor) || label.parentElement.querySelector("input");
  };
  labels.forEach((label, number) => {
    const input = byLabel(label);
    input.value = values[number];
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const buttons = [...document.querySelectorAll("button")];
  buttons.forEach((old) => { old.dataset.old = "yes"; });
  buttons.find((found) => found.textContent.trim() === button).click();
}"""


@pytest.mark.parametrize("version", IPYKERNELS)
def test_every_click_means_what_was_typed_before_it(version: str, show_form: ShowForm, ld: Emulator) -> None:
    form = show_form(SLOW, kernel=f"ipykernel-{version}")
    page = form.page
    form.sees(f"This is ipykernel {version}.")
    expect(form.field("Host *")).to_be_visible()
    table = page.get_by_role("table").filter(has_text="Create the Redis integration")
    create = "Create the integration in shop/test"
    newest = page.locator("button:not([data-old])", has_text=create)
    expect(newest).to_be_visible()
    for number in range(ROUNDS):
        host, port = f"h{number}.example.com", str(7000 + number)
        # The button is that of an older plan: it may not apply what was typed just before, nor the older plan.
        page.evaluate(TYPE_AND_CLICK, [["Host *", "Port"], [host, port], create])
        expect(table).to_contain_text(host)
        expect(table).to_contain_text(port)
        assert [record.method for record in ld.requests if record.method != "GET"] == [], number
        expect(newest).to_be_visible()
    form.button(create).click()
    form.sees("Created the")
    (made,) = [i for i in ld.account.integrations if i.environment_key == "test"]
    last = ROUNDS - 1
    assert (made.config["host"], made.config["port"]) == (f"h{last}.example.com", str(7000 + last))
