# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every block of code on every page works as it stands there."""

from __future__ import annotations

import shutil

import pytest

from tests.docs.markdown import NEED_COLLECTIONS, NEED_RULEBOOK, ROOT, RUN, blocks, pages
from tests.docs.runner import PASSWORD, World
from tests.support.sync import available, create

WITH_CODE = [page for page in pages() if any(block.language in RUN and not block.reason for block in blocks(page))]
HERE = [page for page in WITH_CODE if page not in (*NEED_COLLECTIONS, *NEED_RULEBOOK)]


@pytest.mark.slow
@pytest.mark.parametrize("page", HERE)
def test_page(world: World, page: str) -> None:
    if page == "docs/how-to/look-inside-a-store.md":
        synchronize(world)
    if page == "docs/how-to/monitor-with-prometheus.md":
        shutil.copy(ROOT / "monitoring/rules.yml", world.folder)
    world.run(page)
    # The playbook made it, and the Python below it found it there.
    if page == "README.md":
        assert [integration.name for integration in world.ld.account.integrations] == ["Redis of shop/live"]


def synchronize(world: World) -> None:
    """The store of shop/live, which the page takes as given, with one sync done."""
    config = {"host": "localhost", "port": str(world.redis.port), "username": "launchdarkly", "tlsEnabled": True}
    available(world.ld, create(world.ld, "redis", {**config, "password": PASSWORD}))
