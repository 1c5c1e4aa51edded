# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Sources of AWS credentials that fail, each with words of its own, and an MFA code typed on a real terminal."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import select
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.preflight.checks import Check, Outcome, worst
from ld_segment_store.preflight.dynamodb.store import preflight_dynamodb
from tests.support.aws_server import ACCOUNT, ALLOW_ALL
from tests.support.dynamodb_preflight import PREFIX, Store, instead, seen


class Profile:
    """An AWS config file whose default profile has these lines."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store.make()
        self.folder = folder

    def write(self, text: str) -> None:
        (self.folder / "config").write_text(text)

    def check(self, **options: Any) -> Check:
        start = time.monotonic()
        checks = preflight_dynamodb(self.store.config, prefix=PREFIX, endpoint_url=self.store.aws.url, **options)
        assert time.monotonic() - start < 5
        assert {check.outcome for check in checks[1:]} == {Outcome.SKIPPED}
        assert worst(checks) is Outcome.FAILURE
        return checks[0]


@pytest.fixture
def profile(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return Profile(store, tmp_path)


@pytest.fixture
def silent() -> Iterator[str]:
    """A listener that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_process_that_hangs(profile: Profile) -> None:
    profile.write(f"[default]\ncredential_process = {sys.executable} -c 'import time; time.sleep(8)'\n")
    check = profile.check(timeout=0.1)
    assert seen(check) == ("failure", "the profile's credential_process did not finish within 0.5 s")


def test_a_process_that_fails(profile: Profile) -> None:
    profile.write("[default]\ncredential_process = /bin/false\n")
    assert seen(profile.check()) == (
        "failure",
        "the AWS credentials are not usable: the source of the credentials failed (CredentialRetrievalError)",
    )


def test_a_metadata_service_that_is_silent(profile: Profile, silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", silent)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    assert seen(profile.check()) == (
        "failure",
        "no AWS credentials were found here, and the instance metadata service did not respond",
    )


def test_a_token_file_that_is_missing(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token")
    monkeypatch.setenv("AWS_ROLE_ARN", f"arn:aws:iam::{ACCOUNT}:role/any")
    check = profile.check()
    assert seen(check) == (
        "failure",
        "the AWS credentials are not usable: a file that they need does not exist (FileNotFoundError)",
    )
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in check.remedy


SSO = """[default]
sso_session = work
sso_account_id = 123456789012
sso_role_name = any
[sso-session work]
sso_start_url = https://sso.example.com/start
sso_region = eu-west-1
"""


def test_no_sso_login(profile: Profile) -> None:
    profile.write(SSO)
    check = profile.check()
    assert check.seen.startswith("the AWS credentials are not usable: ")
    assert "SSO login" in check.seen
    assert "aws sso login" in check.remedy


def test_an_sso_login_that_has_expired(profile: Profile) -> None:
    profile.write(SSO)
    cache = profile.folder / ".aws/sso/cache"
    cache.mkdir(parents=True)
    name = hashlib.sha1(b"work", usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(
        json.dumps({"accessToken": "MARKER", "expiresAt": "2020-01-01T00:00:00Z", "region": "eu-west-1"})
    )
    # In a process of its own: the SDK looks for its folder when it is imported.
    command = [
        sys.executable,
        "-m",
        "ld_segment_store",
        "preflight",
        "dynamodb",
        "--table-name",
        "t-1",
        "--region",
        "eu-west-1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the AWS credentials are not usable: the SSO login has expired (TokenRetrievalError)" in done.stdout
    assert "MARKER" not in done.stdout + done.stderr


MFA = f"""[profile base]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = MARKER-secret
[default]
role_arn = arn:aws:iam::{ACCOUNT}:role/launchdarkly
source_profile = base
mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/me
region = eu-west-1
"""


def test_an_mfa_code_that_cannot_be_typed(profile: Profile) -> None:
    profile.write(MFA)
    check = profile.check()
    assert seen(check) == ("failure", "the AWS profile needs an MFA code, which cannot be typed here")
    assert "export-credentials" in check.remedy


@pytest.mark.parametrize("interrupted", [False, True])
def test_an_mfa_code_typed_on_a_terminal(profile: Profile, interrupted: bool) -> None:
    """The prompt has time, the terminal echoes again afterwards, and Ctrl-C ends it."""
    profile.write(MFA)
    arguments = ["preflight", "dynamodb", "--table-name", "segments", "--region", "eu-west-1", "--store-timeout", "1"]
    process, terminal = pty.fork()
    if process == 0:
        environ = {**os.environ, "AWS_ENDPOINT_URL": profile.store.aws.url}
        os.execve(sys.executable, [sys.executable, "-m", "ld_segment_store", *arguments], environ)
    shown = _read_until(terminal, b"MFA code")
    assert not _echoes(terminal)
    time.sleep(0.3 if interrupted else 6)  # longer than any bound
    os.write(terminal, b"\x03" if interrupted else b"123456\n")
    shown += _read_until(terminal, None)
    _pid, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == (130 if interrupted else 1)
    assert _echoes(terminal)
    os.close(terminal)
    assert b"MARKER" not in shown
    if not interrupted:
        assert b"AWS credentials" in shown  # moto knows neither the key nor the code


def _echoes(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def _read_until(terminal: int, text: bytes | None) -> bytes:
    shown = b""
    deadline = time.monotonic() + 30
    while text is None or text not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                data = os.read(terminal, 4096)
            except OSError:  # the other end is closed
                data = b""
            if not data:
                break
            shown += data
    return shown


def test_a_region_that_is_not_enabled(store: Store) -> None:
    """AWS then knows no credentials there, but in another region it does."""
    session = store.make().aws.user("far", ALLOW_ALL)

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        answer.calls += 1  # type: ignore[attr-defined]
        if answer.calls == 1:  # type: ignore[attr-defined]
            return {"Error": {"Code": "InvalidClientTokenId", "Message": ""}}
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/far"}

    answer.calls = 0  # type: ignore[attr-defined]
    instead(session, "sts.GetCallerIdentity", answer)
    checks = store.preflight(session)
    assert seen(checks["credentials"]) == ("failure", "the region eu-west-1 is not enabled in this AWS account")
    assert checks["table"].outcome is Outcome.SKIPPED


@pytest.mark.parametrize("url", ["localhost:8000", "http://", "http://host:x", "ftp://host", ""])
def test_an_endpoint_that_is_no_url(store: Store, url: str) -> None:
    store.make()
    with pytest.raises(InvalidSettings, match="aws_endpoint"):
        store.preflight(endpoint_url=url)


def test_an_endpoint_of_the_environment_that_is_no_url(store: Store) -> None:
    store.make()
    code = (
        "from ld_segment_store.preflight.dynamodb.store import preflight_dynamodb as p\n"
        "from ld_segment_store.preflight.checks import render\n"
        "print(render(p({'table_name': 'segments', 'region': 'eu-west-1'}, prefix=None)))"
    )
    environ = {
        **os.environ,
        "AWS_ENDPOINT_URL": "no url",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "any",
    }
    shown = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True).stdout
    assert "the endpoint of dynamodb is not a URL" in shown
    assert "correct AWS_ENDPOINT_URL" in shown
    assert "bug in" not in shown
