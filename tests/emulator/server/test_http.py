# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The server as HTTP: bodies that can't be, requests that make no sense, connections, threads."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from ld_segment_store.emulator import CannotListen, Emulator
from ld_segment_store.emulator.server.http import MAX_BODY
from tests.emulator.server.contract import REDIS, STORES, Caller, place

IDENTITY = b"GET /api/v2/caller-identity HTTP/1.1\r\nHost: localhost\r\nAuthorization: api-emulator\r\n"


@pytest.fixture
def connection(ld: Emulator) -> Iterator[socket.socket]:
    port = urlsplit(ld.url).port
    assert port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        yield opened


def answer(connection: socket.socket, request: bytes, method: str = "GET") -> tuple[int, bytes]:
    connection.sendall(request)
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return response.status, response.read()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"config": }', b"nope"])
def test_invalid_json(call: Caller, body: bytes) -> None:
    created = call.create()

    for method, path in (("POST", REDIS), ("PATCH", place(created)), ("POST", "/_emulator/faults")):
        response = call(method, path, data=body)
        assert response.status_code == 400
        assert "not valid JSON" in response.json()["message"]


def test_a_number_of_very_many_digits(call: Caller) -> None:
    assert call("POST", REDIS, data=b'{"config": ' + b"9" * 10_000 + b"}").status_code == 400


@pytest.mark.parametrize("size", [MAX_BODY + 1, 4 * MAX_BODY])
def test_a_body_that_is_too_large(call: Caller, size: int) -> None:
    response = call("POST", REDIS, data=b" " * size)

    assert response.status_code == 400
    assert "larger than" in response.json()["message"]
    assert response.headers["Connection"] == "close"
    assert call("GET", STORES).status_code == 200


def test_the_largest_body_is_read(call: Caller) -> None:
    body = json.dumps({"config": {"host": "redis.example.com"}}).encode()

    assert call("POST", REDIS, data=body + b" " * (MAX_BODY - len(body))).status_code == 201


@pytest.mark.parametrize("length", [b"x", b"-1", b"1.5", b"\xb2"])
def test_a_content_length_that_is_none(connection: socket.socket, length: bytes) -> None:
    status, body = answer(connection, IDENTITY + b"Content-Length: " + length + b"\r\n\r\n")

    assert status == 400
    assert json.loads(body)["code"] == "invalid_request"


def test_chunks_are_refused(connection: socket.socket) -> None:
    status, body = answer(connection, IDENTITY + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")

    assert status == 400
    assert b"Content-Length" in body


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"GET / HTTP/x\r\n\r\n", 400),
        (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
    ],
)
def test_requests_that_make_no_sense_get_json(connection: socket.socket, request_: bytes, status: int) -> None:
    got, body = answer(connection, request_)

    assert got == status
    assert set(json.loads(body)) == {"code", "message", "id"}


def test_head_has_no_body(connection: socket.socket) -> None:
    for _ in range(2):
        status, body = answer(connection, IDENTITY.replace(b"GET", b"HEAD") + b"\r\n", "HEAD")
        assert (status, body) == (405, b"")


def test_expect_continue_is_answered_at_once(connection: socket.socket) -> None:
    body = b'{"config":{"host":"redis.example.com"}}'
    head = IDENTITY.replace(b"GET /api/v2/caller-identity", b"POST " + REDIS.encode())
    head += b"LD-API-Version: beta\r\nContent-Type: application/json\r\n"
    connection.sendall(head + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body))

    assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer(connection, body)[0] == 201


def test_a_client_that_leaves_in_the_middle(
    ld: Emulator, call: Caller, connection: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    connection.sendall(IDENTITY + b"Content-Length: 100\r\n\r\nhalf")
    connection.close()

    assert call("GET", STORES).status_code == 200
    ld.stop()
    assert [record.path for record in ld.requests] == [STORES]
    assert capfd.readouterr().err == ""


def test_http_1_0(connection: socket.socket) -> None:
    assert answer(connection, IDENTITY.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n")[0] == 200
    assert connection.recv(1) == b""


def test_connections_are_kept(connection: socket.socket) -> None:
    for _ in range(5):
        assert answer(connection, IDENTITY + b"\r\n")[0] == 200


def test_stopping_ends_connections_and_frees_the_port() -> None:
    with Emulator() as ld:
        call = Caller(ld)
        call("GET", STORES)
        port = urlsplit(ld.url).port
        assert port
        threads = threading.active_count()
        assert threads >= 3
    assert threading.active_count() <= threads - 2
    with pytest.raises(requests.ConnectionError):
        call.session.get(f"http://127.0.0.1:{port}{STORES}", timeout=5)
    with Emulator(port=port) as again:
        assert urlsplit(again.url).port == port


def test_it_can_be_started_again_with_its_account() -> None:
    ld = Emulator()
    with ld:
        created = Caller(ld).create()
    with ld:
        assert Caller(ld)("GET", place(created)).json() == created


def test_a_port_that_is_taken(ld: Emulator) -> None:
    port = urlsplit(ld.url).port
    assert port

    with pytest.raises(CannotListen, match=f"port {port}: Address already in use"):
        Emulator(port=port).start()


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no such host", 0), ("127.0.0.1", 70_000)])
def test_an_address_that_can_not_be_listened_on(host: str, port: int) -> None:
    with pytest.raises(CannotListen, match="Can't listen on"):
        Emulator(host=host, port=port).start()


def test_url_of_one_that_does_not_run() -> None:
    ld = Emulator()

    with pytest.raises(RuntimeError, match="not running"):
        ld.url  # noqa: B018
    assert repr(ld) == "Emulator(not running)"
    ld.stop()


def test_many_clients_at_once(ld: Emulator) -> None:
    failures: list[object] = []

    def work(number: int) -> None:
        call = Caller(ld)
        try:
            for _ in range(5):
                created = call.create(name=f"client {number}")
                answer = call.patch(created, {"op": "replace", "path": "/on", "value": True}).json()
                assert (answer["name"], answer["version"]) == (f"client {number}", 2)
                if number % 2:
                    assert call("DELETE", place(created)).status_code == 204
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)
        call.session.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(ld.account.integrations) == 20
    assert [record.number for record in ld.requests] == list(range(1, len(ld.requests) + 1))


def test_concurrent_patches_lose_nothing(ld: Emulator) -> None:
    created = Caller(ld).create()

    def work() -> None:
        call = Caller(ld)
        for _ in range(10):
            call.patch(created, {"op": "add", "path": "/tags/-", "value": "x"})
        call.session.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    integration = ld.account.integration(created["_id"])
    assert (len(integration.tags), integration.version) == (40, 41)


def test_a_failure_of_the_emulator_itself(
    ld: Emulator, call: Caller, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    marker = "-".join(("planted", str(id(ld))))  # so that the line of code, which is shown, does not have it

    def fail(*_: object, **__: object) -> None:
        raise ValueError(marker)

    monkeypatch.setattr(ld.account, "create", fail)

    response = call("POST", REDIS, json={"config": {"host": "redis.example.com"}})

    assert response.status_code == 500
    written = capfd.readouterr().err
    assert "ValueError" in written
    assert marker not in written + response.text
    assert call("GET", STORES).status_code == 200


def test_ipv6() -> None:
    try:
        ld = Emulator(host="::1")
        ld.start()
    except CannotListen:
        pytest.skip("this machine has no IPv6")
    with Caller(ld).session as session:
        assert ld.url.startswith("http://[::1]:")
        assert session.get(ld.url + STORES, timeout=5).status_code == 200
    ld.stop()
