# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every block of code on every page works as it stands there."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.docs.markdown import NEED_COLLECTIONS, NEED_RULEBOOK, ROOT, RUN, blocks, commands, pages
from tests.docs.runner import PASSWORD, World
from tests.docs.shell import Shell
from tests.support.sync import available, create

WITH_CODE = [page for page in pages() if any(block.language in RUN and not block.reason for block in blocks(page))]
ROTATION = "docs/how-to/rotate-a-password.md"
HERE = [page for page in WITH_CODE if page not in (*NEED_COLLECTIONS, *NEED_RULEBOOK)]


@pytest.mark.slow
@pytest.mark.parametrize("page", HERE)
def test_page(world: World, page: str) -> None:
    if page == "docs/how-to/look-inside-a-store.md":
        synchronize(world)
    if page == "docs/how-to/monitor-with-prometheus.md":
        shutil.copy(ROOT / "monitoring/rules.yml", world.folder)
    if page == ROTATION:
        world.run("docs/how-to/first-redis-store.md")
    world.run(page)
    # The playbook made it, and the Python below it found it there.
    if page == "README.md":
        assert [integration.name for integration in world.ld.account.integrations] == ["Redis of shop/live"]
    if page == ROTATION:
        # A run that the rotation did not reach sends the old password back.
        with Shell(world.folder, world.environ) as shell:
            assert "changed=1" in shell.run("ansible-playbook store.yml --check")[0]


@pytest.mark.slow
def test_a_rotation_without_a_new_password_changes_nothing(world: World) -> None:
    """Also where a reader does not look at the errors."""
    python = world.folder / ".bin/python3"
    python.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    python.chmod(0o755)
    typed = [command.text for block in blocks(ROTATION) if block.language == "console" for command in commands(block)]
    typed = [world.addressed(text) for text in typed if "PASSWORD" in text]
    before = world.redis.admin().acl_getuser("launchdarkly")
    ended = subprocess.run(
        ["bash", "--norc", "--noprofile", "-i"],
        input="".join([*typed, 'echo "REDIS_PASSWORD is $REDIS_PASSWORD"\n']),
        cwd=world.folder,
        env=world.environ,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    assert ended.stdout == f"REDIS_PASSWORD is {PASSWORD}\n"
    assert ended.stderr.count("NEW_PASSWORD: parameter null or not set") == 3
    assert world.redis.admin().acl_getuser("launchdarkly") == before


def synchronize(world: World) -> None:
    """The store of shop/live, which the page takes as given, with one sync done."""
    config = {"host": "localhost", "port": str(world.redis.port), "username": "launchdarkly", "tlsEnabled": True}
    available(world.ld, create(world.ld, "redis", {**config, "password": PASSWORD}))
