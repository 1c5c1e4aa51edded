# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The event source in a loop of its own, loaded as ansible-rulebook loads it. tests/rulebook runs it with ansible-rulebook."""

from __future__ import annotations

import asyncio
import logging
import runpy
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from tests.support.exporter import TOKEN, add, bad, good

ROOT = Path(__file__).resolve().parents[2]
SOURCE = runpy.run_path(str(ROOT / "extensions/eda/plugins/event_source/store_health.py"))
Next = Callable[[], Awaitable[dict[str, Any]]]


def watch(ld: Emulator, check: Callable[[Next], Coroutine[Any, Any, None]], **args: Any) -> None:
    """Run the source, and `check` with what gives the next event."""

    async def run() -> None:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        options = {"access_token": TOKEN, "api_host": ld.url, "interval": 0.05, **args}
        source = asyncio.create_task(SOURCE["main"](queue, options))
        try:
            await check(lambda: asyncio.wait_for(queue.get(), 15))
            await asyncio.sleep(0.3)
            assert queue.empty(), queue.get_nowait()
        finally:
            source.cancel()
        assert "MARKER" not in str(source)

    asyncio.run(run())


def test_health(ld: Emulator) -> None:
    """A healthy store and one that is off are no events; each change is one."""
    integration_id = add(ld, "live", good())
    add(ld, "test", bad(), on=False)

    async def check(event: Next) -> None:
        await asyncio.sleep(0.2)
        for status, kind in (
            ({**good(), "potentiallyStale": True}, "became_stale"),
            (bad(), "became_unavailable"),
            (good(), "recovered"),
        ):
            ld.set_status(integration_id, status)
            found = await event()
            assert found["type"] == kind
            assert found["message"].startswith("The store is ")
        ld.account.delete(integration_id)
        assert await event() == {
            "type": "deleted",
            "project_key": "shop",
            "environment_key": "live",
            "integration_key": "redis",
            "integration_id": integration_id,
            "message": "The integration no longer exists.",
        }

    watch(ld, check)
    assert {request.method for request in ld.requests} == {"GET"}


def test_a_store_that_is_unavailable_at_the_start_is_an_event(ld: Emulator) -> None:
    add(ld, "live", bad())

    async def check(event: Next) -> None:
        found = await event()
        assert found["type"] == "became_unavailable"
        assert 'refused "MARKER' in found["message"]  # what LaunchDarkly reports, in one line
        assert "\n" not in found["message"]

    watch(ld, check)


def test_drift(ld: Emulator, stores_file: Path) -> None:
    """Missing at first, then created, then changed by somebody."""

    async def check(event: Next) -> None:
        found = await event()
        assert (found["type"], found["action"], found["integration_id"]) == ("drifted", "create", None)
        integration_id = add(ld, "live", good(), tags=["a"])
        ld.account.update(integration_id, tags=("oops",))  # perhaps before the source sees the repair
        found = await event()
        assert (found["type"], found["action"], found["integration_id"]) == ("drifted", "update", integration_id)

    watch(ld, check, stores_file=str(stores_file))


def test_drift_that_stays_is_an_event_again(ld: Emulator, stores_file: Path) -> None:
    """A repair may have failed."""

    async def check(event: Next) -> None:
        for _repeated in range(3):
            assert (await event())["type"] == "drifted"
        add(ld, "live", good(), tags=["a"])
        with suppress(asyncio.TimeoutError):
            while True:
                await asyncio.wait_for(event(), 0.5)

    watch(ld, check, stores_file=str(stores_file), repeat=0.1)


def test_an_api_that_fails_is_no_event(ld: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a deletion nor a change; one warning, and the source goes on."""
    integration_id = add(ld, "live", good())

    async def check(event: Next) -> None:
        await asyncio.sleep(0.2)
        ld.faults.rate(1.0, [401])
        await asyncio.sleep(0.5)
        ld.faults.clear()
        ld.set_status(integration_id, bad())
        assert (await event())["type"] == "became_unavailable"

    with caplog.at_level(logging.WARNING):
        watch(ld, check)
    (record,) = caplog.records
    assert record.getMessage().startswith("store_health: LaunchDarkly responded 401")
    assert "MARKER" not in caplog.text


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"access_token": ""}, "access_token: is missing"),
        ({"access_token_file": "/missing"}, "access_token_file: can't be read from /missing"),
        ({"interval": "often"}, "interval: is not a positive number of seconds"),
        ({"token": "MARKER"}, "token: is unknown"),
        ({"stores_file": ""}, "stores_file: is empty. Give the file's path."),
        ({"stores_file": "/missing.json"}, "/missing.json: can't be read"),
        ({"api_host": "http://example.com"}, "api_host: "),
    ],
)
def test_wrong_options(ld: Emulator, args: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LAUNCHDARKLY_ACCESS_TOKEN", "LAUNCHDARKLY_ACCESS_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)

    async def start() -> None:  # in Python 3.9 a queue needs a running loop
        await SOURCE["main"](asyncio.Queue(), {"access_token": TOKEN, "api_host": ld.url, **args})

    with pytest.raises(ValueError, match=message) as caught:
        asyncio.run(start())
    assert "MARKER" not in str(caught.value)


def test_the_token_may_come_from_a_file_that_the_environment_names(
    ld: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ld, "live", bad())
    (tmp_path / "token").write_text(TOKEN + "\n")
    monkeypatch.delenv("LAUNCHDARKLY_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN_FILE", str(tmp_path / "token"))

    async def check(event: Next) -> None:
        assert (await event())["type"] == "became_unavailable"

    watch(ld, check, access_token="")
