# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What is sent, what is refused before, and which error each answer becomes."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import Client
from ld_segment_store.core.api.connection_checks import (
    check_access_token,
    check_api_host,
    check_ca_path,
    check_timeout,
)
from ld_segment_store.core.api.request import Request
from ld_segment_store.core.secret import Secret
from ld_segment_store.core.version import __version__
from tests.support.scripted import HOST, PASSWORD, TOKEN, FakeClock, Script, answer, error

GET = Request("GET", "/api/v2/x")
BETA = Request("GET", "/api/v2/x", beta=True)
WRITES = [Request(method, "/api/v2/x", body={"a": 1}, beta=True) for method in ("POST", "PATCH", "DELETE")]


def send(client: Client, request: Request = BETA) -> Any:
    return client._transport.send(request, client.deadline())


def failure(client: Client, request: Request = BETA) -> errors.ApiError:
    with pytest.raises(errors.ApiError) as caught:
        send(client, request)
    shown = "".join(traceback.format_exception(None, caught.value, caught.tb))
    assert TOKEN not in shown
    assert PASSWORD not in shown
    return caught.value


def test_the_headers_of_a_beta_route(client: Client, script: Script) -> None:
    script.answers = [answer(200, {})]
    send(client)
    headers = dict(script.sent[0].headers)
    assert headers == {
        "Authorization": TOKEN,  # no "Bearer"
        "User-Agent": f"ld-segment-store/{__version__}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "LD-API-Version": "beta",
    }
    assert script.sent[0].url == f"{HOST}/api/v2/x"


def test_other_routes_get_no_beta_header(client: Client, script: Script) -> None:
    script.answers = [answer(200, {})]
    send(client, GET)
    assert "LD-API-Version" not in script.sent[0].headers


def test_more_headers_of_one_name(client: Client) -> None:
    more = [("LD-API-Version", "beta"), ("LD-API-Version", "20240415")]
    headers = client._transport._headers(GET._replace(headers=more))
    assert [header for header in headers.items() if header[0] == "LD-API-Version"] == more
    assert headers["Authorization"] == TOKEN


def test_each_response_is_reported(script: Script) -> None:
    """Also one that is an error, or is not JSON."""
    seen: list[tuple[Request, int, str, bytes]] = []
    client = Client(
        TOKEN,
        HOST,
        clock=FakeClock(),
        on_response=lambda request, status, headers, content: seen.append((request, status, headers["A"], content)),
    )
    script.mount(client)
    script.answers = [answer(503, "busy", {"A": "1"}), answer(200, {}, {"A": "2"})]
    assert client.send(BETA) == {}
    assert seen == [(BETA, 503, "1", b"busy"), (BETA, 200, "2", b"{}")]


def test_a_body_is_json_with_secrets_revealed(client: Client, script: Script) -> None:
    script.answers = [answer(201, {})]
    send(client, Request("POST", "/p", body={"config": {"password": Secret('a"ü'), "tlsEnabled": True, "port": "1"}}))
    assert script.sent[0].headers["Content-Type"] == "application/json"
    assert script.body(0) == {"config": {"password": 'a"ü', "tlsEnabled": True, "port": "1"}}


def test_a_request_without_a_body(client: Client, script: Script) -> None:
    script.answers = [answer(204)]
    assert send(client, Request("DELETE", "/p")) is None
    assert script.sent[0].body is None
    assert "Content-Type" not in script.sent[0].headers


def test_the_time_out_is_passed_on(script: Script) -> None:
    script.answers = [answer(200, {})]
    with Client(TOKEN, HOST, timeout=7.5) as client:
        script.mount(client)
        send(client)
    assert script.sent[0].timeout == 7.5


@pytest.mark.parametrize("content", [None, [], "text", 5, "<html></html>", '{"a": ', ""])
@pytest.mark.parametrize("request_", WRITES, ids=lambda request: request.method)
def test_a_write_answered_with_nonsense_may_have_worked(
    client: Client, script: Script, request_: Request, content: Any
) -> None:
    script.answers = [answer(200, content)]
    caught = failure(client, request_)
    assert type(caught) is errors.OutcomeUnknown
    assert caught.may_arrive_late  # it may have worked, and not be in the list yet
    assert len(script.sent) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_no_content_is_an_answer_to_delete_alone(client: Client, script: Script, method: str) -> None:
    script.answers = [answer(204)] * 4
    caught = failure(client, Request(method, "/x", body=None if method == "GET" else {}))
    assert type(caught) is (errors.UnexpectedResponse if method == "GET" else errors.OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [
        (400, errors.BadRequest, "bad_request"),
        (401, errors.Unauthorized, "unauthorized"),
        (403, errors.Forbidden, "forbidden"),
        (404, errors.NotFound, "not_found"),
        (405, errors.BadRequest, "bad_request"),
        (409, errors.Conflict, "conflict"),
        (418, errors.BadRequest, "bad_request"),
        (422, errors.BadRequest, "bad_request"),
    ],
)
@pytest.mark.parametrize("request_", [BETA, *WRITES], ids=lambda request: request.method)
def test_each_status_is_an_error_of_its_own(
    client: Client, script: Script, request_: Request, status: int, kind: type[errors.ApiError], word: str
) -> None:
    script.answers = [error(status, "the_code", "The message.", id="request-7")]
    caught = failure(client, request_)
    assert type(caught) is kind
    assert (caught.failure, caught.status, caught.code, caught.api_message, caught.request_id) == (
        *(word, status, "the_code", "The message.", "request-7"),
    )
    assert caught.request == f"{request_.method} /api/v2/x"
    assert caught.problem == f"LaunchDarkly responded {status} to {request_.method} /api/v2/x: The message."
    assert caught.message == str(caught) == f"{caught.problem} {kind.hint}"
    assert caught.hint == kind.hint
    assert len(script.sent) == 1


def test_a_missing_beta_header(client: Client, script: Script) -> None:
    message = "Beta API: set the header LD-API-Version to beta"
    script.answers = [error(403, "forbidden", message), error(403, "forbidden", message)]
    assert type(failure(client)) is errors.BetaHeaderMissing
    assert type(failure(client, GET)) is errors.Forbidden  # it was not sent, so it can't be missing


@pytest.mark.parametrize("status", [404, 409])
@pytest.mark.parametrize(
    "body", ["<html>Not here</html>", "", "[]", "{}", '{"error": "x"}', '{"code": 5, "message": null}']
)
def test_a_page_of_somebody_else_is_not_the_apis_word(client: Client, script: Script, status: int, body: str) -> None:
    script.answers = [answer(status, body)]
    caught = failure(client)
    assert type(caught) is errors.UnexpectedResponse
    assert caught.status == status
    assert "Not here" not in str(caught)


@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
def test_no_page_is_quoted(client: Client, script: Script, status: int) -> None:
    script.answers = [answer(status, "<html>MARKER</html>")] * 4
    caught = failure(client)
    assert caught.problem == f"LaunchDarkly responded {status} to GET /api/v2/x."


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("request_", [BETA, *WRITES], ids=lambda request: request.method)
def test_a_redirect_is_not_followed(client: Client, script: Script, request_: Request, status: int) -> None:
    script.answers = [answer(status, None, {"Location": "https://elsewhere.example.com/x?token=MARKER"})]
    caught = failure(client, request_)
    assert type(caught) is errors.UnexpectedResponse
    assert "Redirects are not followed" in caught.hint
    assert "MARKER" not in str(caught)
    assert len(script.sent) == 1


def test_what_the_api_echoes_is_scrubbed(client: Client, script: Script) -> None:
    echo = f"Bad {PASSWORD} and {TOKEN}, again {PASSWORD}"
    script.answers = [error(400, f"code-{PASSWORD}", echo, id=TOKEN)]
    body = [{"op": "replace", "path": "/config", "value": {"password": Secret(PASSWORD), "host": "h"}}]
    caught = failure(client, Request("PATCH", "/x", body=body))
    assert caught.api_message == "Bad ******** and ********, again ********"
    assert (caught.code, caught.request_id) == ("code-********", "********")


def test_a_secret_that_begins_with_another_is_scrubbed_whole(client: Client, script: Script) -> None:
    script.answers = [error(400, "x", f"Bad {TOKEN}-and-more")]
    assert (
        failure(client, Request("POST", "/x", body={"password": Secret(f"{TOKEN}-and-more")})).api_message
        == "Bad ********"
    )


def test_an_empty_secret_scrubs_nothing(client: Client, script: Script) -> None:
    script.answers = [error(400, "x", "As it is")]
    assert failure(client, Request("POST", "/x", body={"password": Secret("")})).api_message == "As it is"


def test_long_messages_and_line_breaks_are_cut(client: Client, script: Script) -> None:
    script.answers = [error(400, "x", "a\r\nb\tc" + "x" * 10_000)]
    caught = failure(client)
    assert caught.api_message.startswith("a b cxxx")
    assert len(caught.api_message) == 500


def test_codes_that_are_no_text_are_left_out(client: Client, script: Script) -> None:
    script.answers = [answer(400, {"code": 7, "message": ["x"], "id": None})]
    caught = failure(client)
    assert (caught.code, caught.api_message, caught.request_id) == ("", "", "")


@pytest.mark.parametrize(
    "host",
    ["https://app.launchdarkly.com/", "HTTPS://app.launchdarkly.com", "https://a.example:8443", "https://[::1]:1"],
)
def test_good_hosts(host: str) -> None:
    assert check_api_host(host, allow_http=False) == []


@pytest.mark.parametrize(
    "host",
    ["http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:1", "http://127.9.9.9", "HTTP://LOCALHOST"],
)
def test_http_to_loopback_is_fine(host: str) -> None:
    assert check_api_host(host, allow_http=False) == []


@pytest.mark.parametrize(
    "host",
    ["http://a.example", "http://10.0.0.1", "http://localhost.a.example", "http://127.0.0.1.a.example", "http://0.0.0.0", "http://2130706433"],
)  # fmt: skip
def test_http_to_others_only_if_insisted(host: str) -> None:
    (finding,) = check_api_host(host, allow_http=False)
    assert finding.text == "api_host: would send the access token unencrypted. Give an https URL."
    assert check_api_host(host, allow_http=True) == []


@pytest.mark.parametrize(
    "host",
    [
        *(
            "",
            "app.launchdarkly.com",
            "//app.launchdarkly.com",
            "https://",
            "https:///x",
            "ftp://a.example",
            "https:a.example",
        ),
        *(
            "https://a.example/api/v2",
            "https://a.example//",
            "https://a.example?",
            "https://a.example#",
            "https://a.example/#x",
        ),
        *(
            "https://u:MARKER@a.example",
            "https://MARKER@a.example",
            "https://@a.example",
            "https://a.example\\@localhost",
        ),
        *(
            "https://a.example\n",
            "\nhttps://a.example",
            " https://a.example",
            "https://a.example ",
            "https://a b.example",
        ),
        *(
            "https://a.example\t",
            "https://a.example\0",
            "https://a.example:99999",
            "https://a.example:x",
            "https://[::1",
            "https://a\\b",
        ),
    ],
)
def test_bad_hosts(host: str) -> None:
    (finding,) = check_api_host(host, allow_http=True)
    assert (finding.level, finding.field) == ("error", "api_host")
    assert finding.remedy == "give scheme and host, such as https://app.launchdarkly.com"
    assert "MARKER" not in finding.text


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("sdk-MARKER", "is an SDK key"),
        ("mob-MARKER", "is a mobile key"),
        ("Bearer api-MARKER", "is prefixed with 'Bearer '"),
        ("api-MARKER\n", "holds a space, a line break or a non-ASCII character"),
        ("api-MARKER\r\nX-Evil: 1", "holds a space, a line break or a non-ASCII character"),
        (" api-MARKER", "holds a space, a line break or a non-ASCII character"),
        ("api-MARKER\u00e4", "holds a space, a line break or a non-ASCII character"),
        ("api-MARKER\0", "holds a space, a line break or a non-ASCII character"),
    ],
)
def test_tokens_that_cannot_work_are_refused_at_once(token: str, problem: str) -> None:
    with pytest.raises(errors.InvalidSettings) as caught:
        Client(token, HOST)
    assert str(caught.value) == (
        f"access_token: {problem}. Give a LaunchDarkly API access token, which starts with 'api-'."
    )
    assert "MARKER" not in "".join(traceback.format_exception(None, caught.value, caught.tb))


@pytest.mark.parametrize("token", ["api-x", "api-12345678-0000-4000-8000-000000000000", "anything"])
def test_other_tokens_are_left_to_the_api(token: str) -> None:
    assert check_access_token(Secret(token)) == []


@pytest.mark.parametrize("seconds", [0, -1, -0.5, float("nan"), float("-inf")])
def test_times_that_are_none(seconds: float) -> None:
    (finding,) = check_timeout(seconds)
    assert finding.field == "timeout"
    assert check_timeout(0.001) == []


@pytest.mark.parametrize(
    "content", [None, b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nMARKER\n-----END CERTIFICATE-----\n"]
)
def test_a_ca_file_that_holds_none_is_a_finding(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    (finding,) = check_ca_path(str(file))
    assert finding.field == "ca_path"
    assert finding.problem == (
        "names a file that does not exist" if content is None else "names a file that cannot be used"
    )


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_an_empty_ca_path_does_not_switch_verification_off(path: str) -> None:
    """Requests takes an empty string for False."""
    (finding,) = check_ca_path(path)
    assert finding.field == "ca_path"


def test_a_folder_is_no_ca_file(tmp_path: Path) -> None:
    assert [finding.problem for finding in check_ca_path(str(tmp_path))] == ["names a file that cannot be used"]


def test_everything_wrong_with_a_client_at_once() -> None:
    with pytest.raises(errors.InvalidSettings) as caught:
        Client("", "ftp://x", timeout=0, verify="/does/not/exist")
    assert [finding.field for finding in caught.value.findings] == ["api_host", "access_token", "timeout", "ca_path"]


def test_missing_requests_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(
        errors.MissingDependency, match=r"^The Python package 'requests' is missing or too old. Install it with"
    ):
        Client(TOKEN, HOST)


def test_no_repr_shows_the_token(client: Client) -> None:
    shown = repr(client) + repr(client._transport) + repr(Request("POST", "/x", body={"p": Secret(PASSWORD)}))
    assert TOKEN not in shown
    assert PASSWORD not in shown
    assert repr(client) == f"Client('{HOST}')"


def test_closing_closes_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    with Client(TOKEN, HOST) as client:
        monkeypatch.setattr(client._transport._connections, "close", lambda: closed.append("closed"))
        assert not closed
    assert closed == ["closed"]
