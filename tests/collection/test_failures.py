# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Everything that LaunchDarkly or the way to it may answer, on each kind of request.

Each case is a host with an emulated account of its own, so that all of them are one run and their waits pass side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ld_segment_store.emulator import Emulator, Fault
from ld_segment_store.emulator.faults import Kind
from tests.collection.playbooks import PASSWORD, REDIS, SHOP, TOKEN, Playbooks, Result, store

# The write of each action, and how many reads come before it.
WRITES = {"POST": "create", "PATCH": "update", "DELETE": "delete"}
CODES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict"}
NOT_JSON = ("html", "truncated")
CLOSED = ("close_before", "close_after")
# The task's time-out, where the answer comes later than that. Else it is as users have it.
TIMEOUT = 0.6
DELAY = Fault("delay", seconds=2 * TIMEOUT)
# A reading request is tried as often as this.
ATTEMPTS = 4
# And a write whose outcome is not known is planned again as often as this.
ROUNDS = 5


@dataclass(frozen=True)
class Case:
    """A fault on one method, and the failure it must end in: its code and status, or None where the task must succeed."""

    method: str
    fault: Fault
    code: str | None = None
    status: int | None = None

    @property
    def host(self) -> str:
        times = "" if self.fault.times == 1 else "-always"
        wait = "" if self.fault.retry_after is None else f"-wait{self.fault.retry_after:.0f}"
        past = "" if self.fault.reset_in is None else "-reset"
        return f"{self.method}-{self.fault.kind}{times}{wait}{past}".replace("_", "-")

    @property
    def writes(self) -> str:
        """The write that the task comes to: that of creation where the fault is on reading."""
        return self.method if self.method in WRITES else "POST"


def _fault(kind: Kind | Fault, method: str, **settings: Any) -> Fault:
    made = kind if isinstance(kind, Fault) else Fault(kind)
    return Fault(**{**made.__dict__, "method": method, **settings})


def _refused() -> Iterator[Case]:
    """Errors that are reported without a retry."""
    for method in ("GET", *WRITES):
        for status in (400, 401, 403):
            yield Case(method, _fault(status, method), CODES[status], status)
        yield Case(method, _fault(429, method, retry_after=9999), "rate_limited", 429)
    for method, status in (("GET", 404), ("POST", 404), ("GET", 409)):
        yield Case(method, _fault(status, method), CODES[status], status)


def _overcome() -> Iterator[Case]:
    """What passes, is waited for and repeated, or is found to have been done."""
    passing: tuple[Kind | Fault, ...] = (500, 503, *NOT_JSON, *CLOSED, DELAY)
    for method in ("GET", *WRITES):
        for kind in passing:
            # A deletion is answered without a body, so there is nothing to truncate. A creation may still be carried out, or have
            # been, unless the API itself answers that it failed: it is not sent again.
            if (method, kind) not in (("DELETE", "truncated"), ("POST", "close_before"), ("POST", "html")):
                yield Case(method, _fault(kind, method))
        yield Case(method, _fault(429, method, retry_after=0.2))
        yield Case(method, _fault(429, method, reset_in=-60))
        if method != "GET":
            yield Case(method, _fault(409, method))
    # Removed by somebody since it was read, as far as the answer tells; it is there when it is read again.
    yield Case("PATCH", _fault(404, "PATCH"))
    yield Case("DELETE", _fault(404, "DELETE"))


def _persistent() -> Iterator[Case]:
    """What does not pass."""
    for status in (500, 503):
        yield Case("GET", _fault(status, "GET", times=ATTEMPTS), "server_error", status)
    for kind in NOT_JSON:
        yield Case("GET", _fault(kind, "GET", times=ATTEMPTS), "unexpected_response", 200)
    for closed in ("close_before", DELAY):
        yield Case("GET", _fault(closed, "GET", times=ATTEMPTS), "network_error")
    yield Case("POST", _fault(409, "POST", times=ROUNDS), "conflict", 409)
    yield Case("POST", _fault("close_before", "POST"), "outcome_unknown")
    yield Case("POST", _fault("html", "POST"), "outcome_unknown", 200)
    yield Case("POST", _fault(504, "POST"), "outcome_unknown", 504)
    yield Case("POST", _fault(500, "POST", times=ROUNDS), "outcome_unknown", 500)


def _run(playbooks: Playbooks, cases: list[Case]) -> list[tuple[Case, Result, Emulator]]:
    """Each case's task, its result and its account, in which there may be an integration to begin with."""
    with ExitStack() as stack:
        lds, hosts = [], {}
        for case in cases:
            ld = stack.enter_context(Emulator(seed=SHOP, access_tokens=[TOKEN]))
            if case.writes != "POST":
                ld.account.create("shop", "live", "redis", {"host": "old.example.com", "password": PASSWORD})
            ld.faults.add(case.fault)
            lds.append(ld)
            state = "absent" if case.writes == "DELETE" else "present"
            timeout = TIMEOUT if case.fault.seconds else 30
            hosts[case.host] = {"api_host": ld.url, "state": state, "seconds": timeout}
        task = store(
            project_key="shop",
            environment_key="live",
            state="{{ state }}",
            redis={**REDIS, "password": PASSWORD},
            enabled=False,
        )
        defaults = {"api_host": "{{ api_host }}", "access_token": TOKEN, "timeout": "{{ seconds }}"}
        run = playbooks.run({"task": task}, hosts=hosts, defaults=defaults, strategy="free", may_fail=True)
        return [(case, run.at("task", case.host), ld) for case, ld in zip(cases, lds)]


def _hosts(ld: Emulator) -> list[Any]:
    return [integration.config["host"] for integration in ld.account.integrations]


def _writes(ld: Emulator) -> list[str]:
    return [request.method for request in ld.requests if request.method != "GET"]


def test_refused(playbooks: Playbooks) -> None:
    for case, result, ld in _run(playbooks, list(_refused())):
        _check_failure(case, result)
        assert result["changed"] is False, case
        assert result["failure"]["request_id"], case
        assert result["failure"]["details"][1] == f"An injected fault, status {case.status}.", case
        assert _hosts(ld) == ([] if case.writes == "POST" else ["old.example.com"]), case
        # It is said at once: nothing is sent again.
        assert ld.requests[-1].fault == case.status, case
        assert len([request for request in ld.requests if request.fault]) == 1, case


def test_persistent(playbooks: Playbooks) -> None:
    for case, result, ld in _run(playbooks, list(_persistent())):
        _check_failure(case, result)
        # A write whose answer was lost may have changed something.
        assert result["changed"] is (case.code == "outcome_unknown"), case
        assert result.warnings[-1].startswith("Waited "), case
        assert _hosts(ld) == [], case
        assert ld.faults.shown()["scripted"] == [], case


def _check_failure(case: Case, result: Result) -> None:
    assert result.failed, case
    failure = result["failure"]
    assert set(failure) == {"code", "status", "details", "request_id"}
    assert (failure["code"], failure["status"]) == (case.code, case.status), case
    message = result["msg"]
    assert re.fullmatch(r"[A-Z][^\n{}<>]{30,500}\.", message), message
    assert f"{case.method} /api/v2" in message, message
    assert case.status in (None, 200) or str(case.status) in message, message


def test_overcome(playbooks: Playbooks) -> None:
    for case, result, ld in _run(playbooks, list(_overcome())):
        assert not result.failed, (case, result.values)
        assert (result["changed"], result["action"]) == (True, WRITES[case.writes]), (case, result.values)
        assert _hosts(ld) == ([] if case.writes == "DELETE" else [REDIS["host"]]), case
        assert ld.faults.shown()["scripted"] == [], case
        (warning,) = result.warnings
        assert re.match(r"Waited [0-9.]+ s in total for", warning), (case, warning)
        if case.method in WRITES:
            done = case.fault.kind in ("truncated", "close_after", "delay")
            assert _writes(ld) == [case.method] * (1 if done else 2), (case, _writes(ld))


def test_nobody_listens(playbooks: Playbooks) -> None:
    with Emulator() as ld:
        url = ld.url
    task = store(project_key="shop", environment_key="live", redis=REDIS, state="absent")
    defaults = {"api_host": url, "access_token": TOKEN}
    result = playbooks.run({"task": task}, defaults=defaults, may_fail=True)["task"]
    assert result["failure"]["code"] == "network_error"
    assert result["changed"] is False
    assert result["msg"].startswith("api_host could not be reached for GET /api/v2/")
