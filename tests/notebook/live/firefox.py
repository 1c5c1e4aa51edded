# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Debian's Firefox for Playwright.

Playwright drives an unmodified Firefox through WebDriver BiDi, but sends one command that Firefox 153 does not know. Run as a
program, this module starts Firefox, and answers that command in its stead.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

UNKNOWN = "emulation.setMediaFeaturesOverride"
_NAME = "firefox-esr"
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


@contextmanager
def firefox(playwright: Playwright, folder: Path) -> Iterator[Any]:
    """Debian's Firefox, headless."""
    assert shutil.which(_NAME), "Firefox is not installed: run tools/system-packages"
    program = folder / "firefox"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    launched = playwright.firefox.launch(channel="moz-firefox", executable_path=program)
    yield launched
    launched.close()


async def _run(arguments: list[str]) -> None:
    """Run Firefox; what it prints names the relay instead of its own address."""
    process = await asyncio.create_subprocess_exec(_NAME, *arguments, stderr=asyncio.subprocess.PIPE)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, process.terminate)
    assert process.stderr is not None
    async for raw in process.stderr:
        line = raw.decode(errors="replace")
        found = _LISTENING.search(line)
        if found:
            line = line.replace(found.group(1), await _relay_to(found.group(1)))
        sys.stderr.write(line)
        sys.stderr.flush()
    await process.wait()


async def _relay_to(address: str) -> str:
    """Start a relay to Firefox, and return its address."""

    async def relay(client: ServerConnection) -> None:
        assert client.request is not None
        async with connect(address + client.request.path, max_size=None) as browser:

            async def answer() -> None:
                async for message in browser:
                    await client.send(message)
                await client.close()

            answering = asyncio.create_task(answer())
            async for message in client:
                command = json.loads(message)
                if command["method"] == UNKNOWN:
                    await client.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
                else:
                    await browser.send(message)
            answering.cancel()

    server = await serve(relay, "127.0.0.1", 0, max_size=None)
    return f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1:]))
