# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The same by playbook: preflight, set up, wait until it works; then the SDK reads what LaunchDarkly's emulator wrote."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.emulator import Emulator
from tests.acceptance.test_sdk import READER_MAY
from tests.collection.conftest import installed  # noqa: F401 - a fixture
from tests.collection.playbooks import COLLECTION, MARKER, TOKEN, Playbooks, Run, Task, checked
from tests.support.aws_server import REGION
from tests.support.redis_server import RedisServer
from tests.support.sdk import WORKS, dynamodb_store, evaluate, redis_store
from tests.support.sync import PREFIX, READER, WRITER, acl_lines, options, seed, wait_until
from tests.support.sync_dynamodb import TABLE, Store

pytestmark = pytest.mark.slow

PREFLIGHT = COLLECTION + ".ld_big_segment_store_preflight"
PASSWORD = f"writer-{MARKER}-5ecret"
READER_PASSWORD = "reader-5ecret"
LIVE = {"project_key": "shop", "environment_key": "live", "enabled": True}
WAIT = {"wait": True, "wait_timeout": 20, "wait_interval": 0.1}


@pytest.fixture
def playbooks(installed: Path, tmp_path: Path) -> Playbooks:  # noqa: F811 - a fixture
    return Playbooks(installed, tmp_path)


@pytest.fixture(scope="module")
def secure() -> Iterator[RedisServer]:
    """A Redis with TLS, and the two ACL users that the generated documents define."""
    with RedisServer(tls=True, acl=acl_lines(PASSWORD, READER_PASSWORD)) as server:
        yield server


def preflight(**given: Any) -> Task:
    return {PREFLIGHT: given}


def run(playbooks: Playbooks, tasks: dict[str, Task], ld: Emulator | None = None, **how: Any) -> Run:
    """Run on this Python, which has redis and boto3 for the preflight."""
    return playbooks.run(tasks, ld=ld, variables={"ansible_python_interpreter": sys.executable}, **how)


def redis_options(server: RedisServer, **others: Any) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port,
        "username": WRITER,
        "password": PASSWORD,
        "tls_enabled": True,
        **others,
    }


def test_redis(playbooks: Playbooks, secure: RedisServer) -> None:
    redis = redis_options(secure)
    setup = store_task(redis, **WAIT)
    tasks = {
        "check": preflight(redis=redis, redis_ca_path=secure.ca_path, client_side_id=PREFIX),
        "plan": checked(setup),
        "set up": setup,
        "again": setup,
    }
    with Emulator(seed=seed(), access_tokens=[TOKEN], sync=options(0.5, redis_ca_file=secure.ca_path)) as ld:
        ran = run(playbooks, tasks, ld)
        assert evaluate(redis_store(secure, PREFIX, READER, READER_PASSWORD), "user-1", "user-4") == WORKS
    outcomes = {check["name"]: check["outcome"] for check in ran["check"]["checks"]}
    assert {outcomes[name] for name in ("connect", "tls", "authenticate", "writes")} == {"pass"}
    assert outcomes["certificate"] == "warning"  # LaunchDarkly may not trust an authority of one's own
    assert ran["plan"]["changed"]
    assert ran["plan"]["integration"]["status"] is None
    assert ran["set up"]["changed"]
    assert ran["set up"]["integration"]["status"]["available"] is True
    assert not ran["again"]["changed"]


def test_dynamodb(playbooks: Playbooks, store: Store) -> None:
    dynamodb = {
        "table_name": TABLE,
        "region": REGION,
        "external_id": store.external_id,
        "role_arn": store.role_arn,
    }
    setup: Task = {COLLECTION + ".ld_big_segment_store": {**LIVE, "dynamodb": dynamodb, **WAIT}}
    with Emulator(seed=seed(), access_tokens=[TOKEN], sync=options(0.5, aws_endpoint=store.aws.url)) as ld:
        ran = run(playbooks, {"set up": setup}, ld)
        assert ran["set up"]["integration"]["status"]["available"] is True
        reader = store.aws.user("sdk", READER_MAY)
        assert evaluate(dynamodb_store(store.aws, reader, TABLE, PREFIX), "user-1", "user-4") == WORKS


def test_preflight_stops_what_cannot_work(playbooks: Playbooks, secure: RedisServer) -> None:
    ran = run(
        playbooks,
        {
            "wrong password": preflight(
                redis=redis_options(secure, password=f"wrong-{MARKER}"),
                redis_ca_path=secure.ca_path,
                client_side_id=PREFIX,
            ),
            "bad port": preflight(redis=redis_options(secure, port=70000)),
            "neither": preflight(),
        },
        may_fail=True,
    )
    wrong = ran["wrong password"]
    assert wrong.failed
    assert wrong["outcome"] == "failure"
    assert wrong["failure"]["code"] == "preflight_failed"
    assert "User and password: " in wrong["msg"]
    assert [check["outcome"] for check in wrong["checks"] if check["name"] == "authenticate"] == ["failure"]
    assert ran["bad port"]["failure"]["code"] == "invalid_settings"
    assert ran["neither"].failed


def test_waiting_tells_why_it_failed(playbooks: Playbooks) -> None:
    server = RedisServer()
    server.start()
    server.stop()
    redis = {"host": server.host, "port": server.port}
    soon = {**WAIT, "wait_timeout": 2}
    with Emulator(seed=seed(), access_tokens=[TOKEN], sync=options(0.5)) as ld:
        ran = run(
            playbooks,
            {
                "set up": store_task(redis, **soon),
                "switched off": store_task(redis, **soon, enabled=False),
                "no time": store_task(redis, wait=True, wait_timeout=0),
            },
            ld,
            may_fail=True,
        )
    failed = ran["set up"]
    assert failed.failed
    assert (failed["changed"], failed["action"]) == (True, "create")
    assert failed["failure"]["code"] == "not_available"
    assert "did not become available within 2 s" in failed["msg"]
    assert "refused" in failed["failure"]["details"][0]
    assert not ran["switched off"].failed
    assert ran["no time"]["failure"]["code"] == "invalid_settings"


def test_a_store_that_is_killed_and_comes_back_while_waiting(playbooks: Playbooks) -> None:
    server = RedisServer()
    server.start()
    with Emulator(seed=seed(), access_tokens=[TOKEN], sync=options(0.5)) as ld:
        ld.account.create("shop", "live", "redis", {"host": server.host, "port": str(server.port)}, on=True)

        def status() -> Any:
            return ld.account.integrations[0].status

        wait_until(lambda: status()["available"], status)
        server.stop()
        wait_until(lambda: not status()["available"], status)

        def bring_back() -> None:
            # The task has looked at least twice, and found it down.
            wait_until(lambda: len(ld.requests) >= 4, lambda: ld.requests)
            server.start()

        back = threading.Thread(target=bring_back)
        back.start()
        ran = run(playbooks, {"wait": store_task({"host": server.host, "port": server.port}, **WAIT)}, ld)
        back.join()
        server.stop()
    assert not ran["wait"]["changed"]
    assert ran["wait"]["integration"]["status"]["available"] is True
    assert ran["wait"]["integration"]["status"]["errors"]


def store_task(redis: dict[str, Any], **others: Any) -> Task:
    return {COLLECTION + ".ld_big_segment_store": {**LIVE, "redis": redis, **others}}
