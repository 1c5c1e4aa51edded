# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Changes and clicks overtake each other in real kernels: what was typed is previewed, what was shown is applied."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ld_segment_store.emulator import Emulator
from tests.notebook.live.conftest import TOKEN
from tests.notebook.live.form_page import FormPage
from tests.notebook.live.jupyter import ROOT, JupyterServer

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
form""".replace("TOKEN", repr(TOKEN))
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


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Kernels with one version of ipykernel each, beside what is installed; the Jupyter path that holds them."""
    folder = tmp_path_factory.mktemp("jupyter")

    def make(version: str) -> Path:
        packages = ROOT / ".cache" / f"ipykernel-{version}"
        if not (packages / "ipykernel").exists():
            wanted = ["--target", str(packages), "--no-deps", f"ipykernel=={version}.*"]
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=True)
        spec = folder / "kernels" / f"ipykernel-{version}" / "kernel.json"
        spec.parent.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        path = f"{packages}:{ROOT}"
        kernel = {"argv": command, "display_name": version, "language": "python", "env": {"PYTHONPATH": path}}
        spec.write_text(json.dumps(kernel))
        return folder

    return make


@pytest.fixture(params=["6", "7"])
def shown(
    request: pytest.FixtureRequest,
    kernels: Callable[[str], Path],
    tmp_path: Path,
    show_form: Callable[..., Path],
) -> Iterator[str]:
    version: str = request.param
    with JupyterServer("lab", tmp_path, environ={"JUPYTER_PATH": str(kernels(version))}) as server:
        show_form(server, SLOW, kernel=f"ipykernel-{version}")
        yield version


def test_every_click_means_what_was_typed_before_it(shown: str, page: Page, ld: Emulator) -> None:
    form = FormPage(page)
    form.sees(f"This is ipykernel {shown}.")
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
