# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Certificates that must not pass, each served by a real Redis."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import trustme

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.preflight.checks import Check
from ld_segment_store.preflight.redis.certificate import _judge_code, check_certificate
from ld_segment_store.preflight.redis.network import Endpoint
from tests.support.redis_preflight import NAMES, not_checked_after, reported, run_on
from tests.support.redis_server import RedisServer, ServerCertificate, free_port, make_certificate

_ONLY_CA_PATH = ", but only the given CA file vouches for it"


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def test_a_certificate_of_a_private_authority_is_fine_but_launchdarkly_may_not_know_it(secured: RedisServer) -> None:
    check = run_on(secured, "owner")["certificate"]
    assert reported(check)[0] == "warning"
    assert check.seen.startswith("the certificate is for 127.0.0.1, valid until ")
    assert check.seen.endswith(_ONLY_CA_PATH)
    assert "no field for a CA file" in check.remedy


def test_a_reader_may_have_a_private_authority(secured: RedisServer) -> None:
    check = run_on(secured, "owner", reader=True)["certificate"]
    assert reported(check)[0] == "pass"
    assert not check.seen.endswith(_ONLY_CA_PATH)


def test_a_certificate_that_the_machine_trusts_passes(secured: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(secured.ca_path))  # where OpenSSL takes its well-known authorities from
    checks = run_on(secured, "owner", ca_path=None)
    assert reported(checks["certificate"])[0] == "pass"
    assert reported(checks["authenticate"])[0] == "pass"


def test_an_unknown_authority(secured: RedisServer) -> None:
    checks = run_on(secured, "owner", ca_path=None)
    assert checks["certificate"].seen == "the certificate is signed by an authority that is not trusted here"
    assert "for a private authority give its certificate in a CA file" in checks["certificate"].remedy
    assert not_checked_after(checks, "certificate")


def test_another_authority_than_that_of_ca_path(secured: RedisServer, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    checks = run_on(secured, "owner", ca_path=str(tmp_path / "other.pem"))
    assert checks["certificate"].seen == "the certificate is signed by an authority that is not trusted here"
    assert "the CA file lacks its authority" in checks["certificate"].remedy
    assert not_checked_after(checks, "certificate")


def test_self_signed(tmp_path: Path) -> None:
    authority = trustme.CA()
    own = ServerCertificate(tmp_path / "own.pem", tmp_path / "key.pem", tmp_path / "own.pem")
    authority.cert_pem.write_to_path(str(own.chain))
    authority.private_key_pem.write_to_path(str(own.key))
    with RedisServer(tls=own) as server:
        checks = run_on(server, ca_path=None)
    assert checks["certificate"].seen == "the certificate is self-signed"
    assert not_checked_after(checks, "certificate")


def test_expired(tmp_path: Path) -> None:
    end = _utc_now() - timedelta(days=3)
    with RedisServer(tls=make_certificate(tmp_path, not_after=end)) as server:
        checks = run_on(server)
    assert checks["certificate"].seen == f"the certificate expired on {end:%Y-%m-%d}"
    assert checks["certificate"].remedy == "renew it and let Redis load the new one"
    assert not_checked_after(checks, "certificate")


def test_expires_soon(tmp_path: Path) -> None:
    end = _utc_now() + timedelta(days=10, hours=1)
    with RedisServer(tls=make_certificate(tmp_path, not_after=end)) as server:
        checks = run_on(server, password="")
        later = run_on(server, password="", now=lambda: time.time() + 11 * 86400)
    assert reported(checks["certificate"]) == (
        "warning",
        f"the certificate is for 127.0.0.1, valid until {end:%Y-%m-%d} (10 days){_ONLY_CA_PATH}",
    )
    assert "renew it before it expires" in checks["certificate"].remedy
    assert reported(checks["version"])[0] == "pass"
    assert reported(later["certificate"]) == ("failure", f"the certificate expired on {end:%Y-%m-%d}")


def test_not_valid_yet(tmp_path: Path) -> None:
    begin = _utc_now() + timedelta(days=2)
    with RedisServer(tls=make_certificate(tmp_path, not_before=begin)) as server:
        checks = run_on(server)
    assert checks["certificate"].seen == "the certificate is not valid yet"
    assert "clock" in checks["certificate"].remedy
    assert not_checked_after(checks, "certificate")


def test_for_another_name(tmp_path: Path) -> None:
    with RedisServer(tls=make_certificate(tmp_path, "redis.example.com", "*.cache.example.com")) as server:
        checks = run_on(server)
        by_name = run_on(server, config={"host": "localhost"})
    assert checks["certificate"].seen == (
        "the certificate is not for '127.0.0.1': it is for redis.example.com, *.cache.example.com"
    )
    assert not_checked_after(checks, "certificate")
    assert by_name["certificate"].seen.startswith("the certificate is not for 'localhost': it is for redis.example.com")


def test_a_common_name_alone(tmp_path: Path) -> None:
    with RedisServer(tls=make_certificate(tmp_path, common_name="localhost")) as server:
        check = run_on(server, config={"host": "localhost"})["certificate"]
    # Python 3.13 verifies strictly, and rejects the empty list of alternative names of this test's certificate first.
    assert reported(check) in (
        ("failure", "the certificate has only the common name 'localhost', which TLS clients ignore"),
        ("failure", "the certificate does not verify: Empty Subject Alternative Name extension"),
    )
    assert "subject alternative name 'localhost'" in check.remedy or sys.version_info >= (3, 13)


def test_an_expired_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trustme, "DEFAULT_EXPIRY", _utc_now() - timedelta(days=1))
    authority = trustme.CA()
    monkeypatch.undo()
    with RedisServer(tls=make_certificate(tmp_path, authority=authority)) as server:
        checks = run_on(server)
    assert checks["certificate"].seen == "a certificate above it in the chain has expired"
    assert not_checked_after(checks, "certificate")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "can't be read (No such file or directory)"),
        ("not a certificate", "names a file without a certificate"),
    ],
)
def test_a_ca_file_that_cannot_be_used(secured: RedisServer, tmp_path: Path, content: str | None, problem: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InvalidSettings) as caught:
        run_on(secured, "owner", ca_path=str(path))
    assert str(caught.value) == f"ca_path: {problem}. Give a PEM file of CA certificates."


def test_a_server_that_is_gone_when_its_certificate_is_looked_at() -> None:
    endpoint = Endpoint("127.0.0.1", free_port(), True, None, 1.0, address="127.0.0.1")
    verdict = check_certificate(endpoint, time.time)
    assert verdict.seen == "the connection broke during the TLS handshake"


def test_a_fault_without_a_sentence_of_its_own() -> None:
    """OpenSSL knows about a hundred; its own words then tell."""
    endpoint = Endpoint("127.0.0.1", 6379, True, None, 1.0)
    verdict = _judge_code(endpoint, 24, "invalid CA certificate", time.time())
    assert verdict.seen == "the certificate does not verify: invalid CA certificate"


def test_no_password_is_sent_where_the_certificate_is_not_trusted(tmp_path: Path) -> None:
    """An impostor with a certificate of its own sees no AUTH. Redis counts the calls of each command."""
    with RedisServer(tls=make_certificate(tmp_path)) as server, server.admin() as admin:
        checks: dict[str, Check] = run_on(server, "writer", ca_path=None)
        calls = admin.info("commandstats")
    assert set(checks) == set(NAMES)
    assert "cmdstat_auth" not in calls
    assert "cmdstat_ping" in calls
