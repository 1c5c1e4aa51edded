# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Over real sockets: TLS, proxies, redirects, connections that break. Waits pass at once."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from urllib3.exceptions import InsecureRequestWarning

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.request import Request
from ld_segment_store.core.api.retry import RetryPolicy
from tests.support.raw_server import RawServer, http
from tests.support.scripted import HOST, TOKEN, FakeClock, Script, answer

GET = Request("GET", "/x")
POST = Request("POST", "/x", body={"a": 1})
OK = http(200, '{"ok": true}')
PROXY_PASSWORD = "MARKER-pr0xy"


@contextmanager
def connected(url: str, **options: Any) -> Iterator[Client]:
    options.setdefault("clock", FakeClock())
    options.setdefault("timeout", 5)
    with Client(TOKEN, url, **options) as client:
        yield client


def send(client: Client, request: Request = GET) -> Any:
    return client._transport.send(request, client.deadline())


def failure(client: Client, request: Request = GET) -> errors.ApiError:
    with pytest.raises(errors.ApiError) as caught:
        send(client, request)
    shown = "".join(traceback.format_exception(None, caught.value, caught.tb)) + str(vars(caught.value))
    assert TOKEN not in shown
    assert PROXY_PASSWORD not in shown
    return caught.value


def test_a_request_and_its_answer() -> None:
    with RawServer(OK) as server, connected(server.url) as client:
        assert send(client, POST) == {"ok": True}
    (got,) = server.got
    assert got.startswith(b"POST /x HTTP/1.1\r\n")
    assert f"\r\nAuthorization: {TOKEN}\r\n".encode() in got
    assert got.endswith(b'\r\n\r\n{"a": 1}')


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_a_redirect_takes_the_token_nowhere(request_: Request, status: int) -> None:
    with RawServer(OK) as other, RawServer(http(status, "", f"Location: {other.url}/x")) as server:
        with connected(server.url) as client:
            assert type(failure(client, request_)) is errors.UnexpectedResponse
        assert len(server.got) == 1
    assert other.got == []


@pytest.mark.parametrize("location", ["http://[bad", "//", "\x00", "http://%zz:99999"])
def test_a_redirect_to_nonsense_is_an_error_like_others(location: str) -> None:
    with RawServer(http(302, "", f"Location: {location}")) as server, connected(server.url) as client:
        failure(client)


def test_a_netrc_file_does_not_replace_the_token(
    client: Client, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ld.example.com login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    script.answers = [answer(200, {})]
    send(client)
    assert script.sent[0].headers["Authorization"] == TOKEN


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_sees_what_goes_to_loopback(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(OK) as proxy, RawServer(OK) as server, connected(server.url) as client:
        monkeypatch.setenv(variable, proxy.url)
        assert send(client) == {"ok": True}
        assert len(server.got) == 1
    assert proxy.got == []


@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_a_proxy_is_used_for_other_hosts_and_gets_no_token(request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses to lead any further, so nothing was sent, and a write may be tried again."""
    with RawServer(b"HTTP/1.1 407 Who are you\r\n\r\n") as proxy, connected(HOST) as client:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", f"//user:{PROXY_PASSWORD}@"))
        caught = failure(client, request_)
    assert type(caught) is errors.NetworkError
    assert caught.problem == f"The proxy could not be used for {request_.method} /x."
    assert [got.split(b"\r\n")[0] for got in proxy.got] == [b"CONNECT ld.example.com:443 HTTP/1.0"] * 4 or [
        got.split(b"\r\n")[0] for got in proxy.got
    ] == [b"CONNECT ld.example.com:443 HTTP/1.1"] * 4
    assert TOKEN.encode() not in b"".join(proxy.got)


@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_a_proxy_that_is_not_there(request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent, so a write may be tried again."""
    clock = FakeClock()
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PROXY_PASSWORD}@127.0.0.1:{closed_port()}")
    with connected(HOST, clock=clock) as client:
        caught = failure(client, request_)
    assert type(caught) is errors.NetworkError
    assert caught.problem == f"The proxy could not be used for {request_.method} /x."
    assert len(clock.slept) == 3


@pytest.mark.parametrize(
    "proxy",
    [
        f"http://user:{PROXY_PASSWORD}@127.0.0.1:port",
        f"http://us er:{PROXY_PASSWORD}@127.0.0.1:99999",  # requests' error has it all
        f"socks9://user:{PROXY_PASSWORD}@127.0.0.1:1",
    ],
)
@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_a_proxy_that_is_no_url(request_: Request, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with connected(HOST, clock=clock) as client:
        caught = failure(client, request_)
    assert type(caught) is errors.NetworkError
    assert "PySocks" in caught.hint if proxy.startswith("socks") else "HTTPS_PROXY" in caught.hint
    assert clock.slept == []


def test_a_ca_bundle_of_the_environment_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/does/not/exist")
    with connected(HOST) as client:
        caught = failure(client)
    assert type(caught) is errors.NetworkError
    assert "REQUESTS_CA_BUNDLE" in caught.hint


@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_nobody_listens(request_: Request) -> None:
    clock = FakeClock()
    with connected(f"http://127.0.0.1:{closed_port()}", clock=clock) as client:
        caught = failure(client, request_)
    assert type(caught) is errors.NetworkError
    assert caught.problem == f"api_host could not be reached for {request_.method} /x."
    assert len(clock.slept) == 3


BROKEN = {
    "closed": b"",
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-",
    "half a body": OK[:-4],
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{}",
    "not gzip": http(200, "{}", "Content-Encoding: gzip"),
    "truncated JSON": http(200, '{"ok": tr'),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_answer_to_a_read_is_asked_for_again(broken: bytes) -> None:
    with RawServer(broken, broken, broken, OK) as server, connected(server.url) as client:
        assert send(client) == {"ok": True}
        assert len(server.got) == 4


@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_answer_to_a_write_leaves_its_outcome_unknown(broken: bytes) -> None:
    with RawServer(broken) as server, connected(server.url) as client:
        caught = failure(client, POST)
        assert type(caught) is errors.OutcomeUnknown
        assert caught.may_arrive_late
        assert len(server.got) == 1


def test_no_answer_in_time() -> None:
    released = threading.Event()

    def slow(_request: bytes) -> bytes:
        released.wait(5)
        return OK

    with RawServer(slow) as server, connected(server.url, timeout=0.1) as client:
        caught = failure(client, POST)
        released.set()
        assert type(caught) is errors.OutcomeUnknown
        assert caught.may_arrive_late
        assert caught.problem == "LaunchDarkly did not respond within 0.1 s for POST /x."


def test_the_deadline_bounds_a_single_request() -> None:
    released = threading.Event()

    def slow(_request: bytes) -> bytes:
        released.wait(5)
        return OK

    retry = RetryPolicy(deadline=0.15)
    with RawServer(slow) as server, connected(server.url, timeout=5, retry=retry, clock=time) as client:
        started = time.monotonic()
        assert type(failure(client)) is errors.NetworkError
        assert time.monotonic() - started < 3
        released.set()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_path(authority: trustme.CA, tmp_path: Path) -> str:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


def server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
    return context


def test_an_authority_of_ones_own(authority: trustme.CA, ca_path: str) -> None:
    with RawServer(OK, tls=server_context(authority)) as server, connected(server.url, verify=ca_path) as client:
        assert send(client, POST) == {"ok": True}


@pytest.mark.parametrize("request_", [GET, POST], ids=lambda request: request.method)
def test_an_unknown_authority(authority: trustme.CA, request_: Request) -> None:
    clock = FakeClock()
    with RawServer(OK, tls=server_context(authority)) as server, connected(server.url, clock=clock) as client:
        caught = failure(client, request_)
    assert type(caught) is errors.NetworkError
    assert caught.problem.startswith(
        f"The TLS connection to api_host failed for {request_.method} /x: its certificate could"
    )
    assert "ca_path" in caught.hint
    assert clock.slept == []  # it won't be known the next time
    assert server.got == []


def test_a_certificate_of_another_host(authority: trustme.CA, ca_path: str) -> None:
    tls = server_context(authority, "other.example.com")
    with RawServer(OK, tls=tls) as server, connected(server.url, verify=ca_path) as client:
        caught = failure(client)
    assert type(caught) is errors.NetworkError
    assert caught.problem.startswith(
        "The TLS connection to api_host failed for GET /x: "
    )  # why is not to be had of urllib3 1
    assert b"".join(server.got) == b""  # old urllib3 looks at the name when the connection stands


def test_the_authority_of_another(authority: trustme.CA, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    verify = str(tmp_path / "other.pem")
    with RawServer(OK, tls=server_context(authority)) as server, connected(server.url, verify=verify) as client:
        assert "could not be verified" in failure(client).problem
    assert server.got == []


def test_without_verification(authority: trustme.CA) -> None:
    with (
        RawServer(OK, tls=server_context(authority)) as server,
        connected(server.url, verify=False) as client,
        pytest.warns(InsecureRequestWarning),
    ):
        assert send(client) == {"ok": True}


def test_a_ca_file_that_is_gone_after_the_start(authority: trustme.CA, ca_path: str) -> None:
    with RawServer(OK, tls=server_context(authority)) as server, connected(server.url, verify=ca_path) as client:
        Path(ca_path).unlink()
        assert type(failure(client)) is errors.NetworkError


def test_https_to_a_port_that_speaks_http() -> None:
    with RawServer(b"HTTP/1.1 400 Bad\r\n\r\n") as server, connected(f"https://127.0.0.1:{server.port}") as client:
        caught = failure(client)
    assert type(caught) is errors.NetworkError
    assert "TLS" in caught.problem


def test_tls_that_breaks_after_a_write_was_sent(authority: trustme.CA, ca_path: str) -> None:
    """It may have worked: a TLS error doesn't mean that nothing was sent."""
    with RawServer(b"", tls=server_context(authority)) as server, connected(server.url, verify=ca_path) as client:
        assert type(failure(client, POST)) is errors.OutcomeUnknown
        assert len(server.got) == 1


def closed_port() -> int:
    """One on which nobody listens: it was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
