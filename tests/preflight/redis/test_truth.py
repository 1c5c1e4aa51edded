# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Verdicts held against what LaunchDarkly's SDK and the emulator's writer then do: readers, stunnel, other versions of Redis."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ld_segment_store.emulator import Emulator
from tests.support.pypi import redis_program
from tests.support.redis_preflight import PASSWORD, PREFIX, reported, run_on, wait_until, write_by_emulator
from tests.support.redis_server import RedisServer, ServerCertificate, free_port, make_certificate
from tests.support.redis_truth import assert_right, red
from tests.support.sdk import WORKS, evaluate, redis_store
from tests.support.sync import READER, WRITER, acl_lines, available, create, options, redis_config, seed

_READERS = {
    "application": (f"%R~{PREFIX}:* +ping +get +smembers", "pass"),
    "no-smembers": (f"~{PREFIX}:* +ping +get", "failure"),
    "elsewhere": ("~other:* +ping +get +smembers", "failure"),
    # A key pattern is missing: the sets of excluded contexts.
    "no-exclude": (f"~{PREFIX}:big_segments_* ~{PREFIX}:big_segment_include:* +ping +get +smembers", "failure"),
}


@pytest.fixture(scope="module")
def readers() -> Iterator[RedisServer]:
    """A synced Redis with good and bad readers."""
    acl = [f"user {name} on >{PASSWORD} resetchannels {rules}" for name, (rules, _) in _READERS.items()]
    with RedisServer(acl=[*acl, *acl_lines(PASSWORD)]) as server:
        write_by_emulator(server, username=WRITER, password=PASSWORD)
        yield server


@pytest.mark.parametrize("name", _READERS)
def test_a_reader_and_what_the_sdk_then_says(readers: RedisServer, name: str) -> None:
    checks = run_on(readers, name, reader=True)
    said = evaluate(redis_store(readers, PREFIX, name, PASSWORD), "user-1", "user-9")
    assert reported(checks["permissions"])[0] == _READERS[name][1]
    assert (said == WORKS) is not red(checks)
    if red(checks):
        assert (said.member, said.member_health) == (False, "STORE_ERROR")


@pytest.mark.parametrize("proxy_header", [False, True])
def test_stunnel(guarded: RedisServer, tmp_path: Path, proxy_header: bool) -> None:
    """TLS ends at stunnel, and Redis behind it speaks plain text."""
    certificate = make_certificate(tmp_path)
    with stunnel(tmp_path, certificate, guarded.port, proxy_header) as port:
        checks = run_on(guarded, config={"port": port, "tls_enabled": True}, ca_path=str(certificate.ca))
        if not proxy_header:
            config = redis_config(guarded, port=str(port), tlsEnabled=True, password=PASSWORD)
            with Emulator(seed=seed(), sync=options(redis_ca_file=certificate.ca)) as ld:
                available(ld, create(ld, "redis", config))
    assert red(checks) is proxy_header
    if proxy_header:
        assert reported(checks["tls"]) == (
            "failure",
            "a proxy sends Redis the PROXY protocol header, which Redis does not understand",
        )


@contextlib.contextmanager
def stunnel(folder: Path, certificate: ServerCertificate, port: int, proxy_header: bool) -> Iterator[int]:
    """A port with TLS in front of `port`."""
    accept = free_port()
    settings = ["foreground = yes", "pid =", f"output = {folder / 'stunnel.log'}", "[redis]"]
    settings += [f"accept = 127.0.0.1:{accept}", f"connect = 127.0.0.1:{port}"]
    settings += [f"cert = {certificate.chain}", f"key = {certificate.key}", *(["protocol = proxy"] * proxy_header)]
    (folder / "stunnel.conf").write_text("\n".join(settings) + "\n")
    process = subprocess.Popen(["stunnel", str(folder / "stunnel.conf")])
    try:
        log = folder / "stunnel.log"
        wait_until(lambda: log.exists() and "Configuration successful" in log.read_text())
        yield accept
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("version", ["6.2.14", "8.2.3"])
def test_a_version_of_redis(version: str) -> None:
    with RedisServer(program=redis_program(version), acl=acl_lines(PASSWORD, PASSWORD)) as server:
        assert_right(server, f"Redis {version}", WRITER, READER)


@pytest.mark.slow
@pytest.mark.nightly
def test_redis_5() -> None:
    with RedisServer(program=redis_program("5.0.6"), password=PASSWORD) as server:
        named = run_on(server, WRITER)
        assert_right(server, "Redis 5.0.6", protocol=2)  # redis-py 8 begins with HELLO, which Redis 5 does not know
    assert reported(named["authenticate"]) == (
        "failure",
        f"this Redis is older than version 6 and has no user names: it rejects AUTH with the name {WRITER!r}",
    )
