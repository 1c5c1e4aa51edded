# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A form on the emulator, without a browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from ld_segment_store.notebook import BigSegmentStoreForm

# The environments for other Pythons have no Jupyter servers: what drives them is the working environment's.
LIVE = importlib.util.find_spec("playwright") is not None
collect_ignore = [] if LIVE else ["live"]

PASSWORD = "PLANTED-5ecret-of-redis"
SEED = {
    "projects": {
        "shop": {
            "name": "The shop",
            "environments": {
                "live": {
                    "name": "Live",
                    "client_side_id": "64c0ffee64c0ffee64c0ffee",
                    "integrations": [
                        {
                            "id": "store-1",
                            "name": "Main store",
                            "enabled": True,
                            "tags": ["team-a"],
                            "redis": {"host": "redis.example.com", "port": "6380", "password": PASSWORD},
                        }
                    ],
                },
                "test": {"name": "Test"},
            },
        },
        "blog": {"name": "Blog <b>&</b> news", "environments": {"main": {}}},
    }
}


def pytest_report_header() -> str:
    return (
        "notebook: with a real browser" if LIVE else "notebook: WITHOUT the tests in live/, playwright is not installed"
    )


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=SEED) as emulator:
        yield emulator


@pytest.fixture
def make_form(ld: Emulator) -> Iterator[Callable[..., BigSegmentStoreForm]]:
    """Makes forms that connect to the emulator, and closes them."""
    made: list[BigSegmentStoreForm] = []

    def make(**arguments: Any) -> BigSegmentStoreForm:
        given = {"access_token": ld.access_token, "api_host": ld.url, **arguments}
        made.append(BigSegmentStoreForm(**given))
        settle(made[-1])
        return made[-1]

    yield make
    for form in made:
        form.close()


def writes(ld: Emulator) -> list[str]:
    """The requests that changed something, or tried to."""
    return [record.method for record in ld.requests if record.method != "GET"]


def settle(form: BigSegmentStoreForm) -> None:
    """Wait until the form has nothing left to do, and see that no handler failed."""
    assert form.worker.wait(20), form.text()
    assert form._fault.children == ()
