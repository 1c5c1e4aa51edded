# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Injected faults: scripted one by one, or at a seeded rate."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Union

from ..core.errors import SegmentStoreError
from .damage import DAMAGES
from .server.messages import Problem, Response
from .server.routes import METHODS, OPERATIONS

Kind = Union[int, str]
# DAMAGES change the response to a request that is carried out; with the others it is not.
KINDS = ("html", "close_before", *(kind for kind in DAMAGES if isinstance(kind, str)))
_CODES = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "optimistic_locking_error",
    429: "rate_limited",
}
_HTML = b"<!DOCTYPE html>\n<title>Sign in</title>\n<p>This page is not the API.</p>\n"


class InvalidFault(SegmentStoreError):
    """An invalid fault. The text says why."""

    failure = "invalid_fault"


@dataclass(frozen=True)
class Fault:
    """One fault.

    `kind` is one of these. Instead of carrying the request out: a status from 400 to 599, `html` (status 200), `close_before`
    (no answer). After it: `close_after` (no answer), `delay` (after `seconds`), `twice` (carried out twice, as by a proxy that
    sends it again), and a damaged answer: `truncated` (half of it), 101 or 103 (that informational status; 101 is all there is),
    `two_lengths`, `negative_chunk`, `bad_location` (a redirect to no URL), `gzip_bomb` (256 MiB), `item_without` and
    `item_with_null` (the first item of a list lacks `field`, or has null there).

    `operation` is an operation ID or `*`, `method` an HTTP method or `*`. `seconds` is waited first, whatever the kind.
    `retry_after` (seconds, the header Retry-After), `reset_in` (seconds from now, negative for the past, the header
    X-Ratelimit-Reset) and `code` go with a status. The fault happens `times` times.
    """

    kind: Kind
    operation: str = "*"
    method: str = "*"
    seconds: float = 0
    retry_after: float | None = None
    reset_in: float | None = None
    code: str | None = None
    field: str = ""
    times: int = 1

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise InvalidFault("Fault: " + problem)

    @classmethod
    def from_json(cls, data: Any) -> Fault:
        """A fault from JSON with the same names. Raises InvalidFault."""
        known = list(cls.__dataclass_fields__)
        if not isinstance(data, Mapping) or "kind" not in data or not set(data) <= set(known):
            raise InvalidFault("A fault is an object with kind, and maybe {}.".format(", ".join(known[1:])))
        return cls(**data)

    def matches(self, operation: str, method: str) -> bool:
        """Whether the fault applies to such a request."""
        return self.operation in ("*", operation) and self.method in ("*", method)

    def response(self, now: float) -> Response | None:
        """The response instead of the real one, or None for another kind of fault."""
        if self.kind == "html":
            return Response(200, _HTML, content_type="text/html; charset=utf-8")
        if isinstance(self.kind, str) or self.kind in DAMAGES:
            return None
        headers = {}
        if self.retry_after is not None:
            headers["Retry-After"] = f"{self.retry_after:g}"
        if self.reset_in is not None:
            headers["X-Ratelimit-Reset"] = str(round((now + self.reset_in) * 1000))
            headers["X-Ratelimit-Route-Remaining"] = "0"
        code = self.code or _CODES.get(self.kind, "internal_error" if self.kind >= 500 else "invalid_request")
        return Problem(self.kind, code, f"An injected fault, status {self.kind}.", headers).response()

    def damage(self, response: Response) -> Response | None:
        """The damaged response, or None to close the connection without one."""
        return DAMAGES[self.kind](response, self.field)


class Faults:
    """Pending faults. A request uses up the first scripted fault that matches it; without one, the rates apply."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripted: list[Fault] = []
        self._rates: list[_Rate] = []

    def add(self, *faults: Kind | Fault, **settings: Any) -> None:
        """Script faults in order, such as `add(503, 503)` or `add(429, retry_after=1, method="POST")`.

        Raises InvalidFault.
        """
        made = [_fault(fault, settings) for fault in faults]
        with self._lock:
            self._scripted.extend(made)

    def rate(self, rate: float, faults: Iterable[Kind | Fault], *, seed: int = 0, **settings: Any) -> None:
        """Inject one of `faults` into this share of the matching requests, the same ones for the same seed."""
        made = tuple(_fault(fault, settings) for fault in faults)
        if not made or not 0 <= rate <= 1:
            raise InvalidFault("A rate of faults is a number from 0 to 1, with at least one fault.")
        with self._lock:
            self._rates.append(_Rate(rate, made, seed))

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._scripted.clear()
            self._rates.clear()

    def take(self, operation: str, method: str) -> Fault | None:
        """The fault for a request, or None."""
        with self._lock:
            for place, fault in enumerate(self._scripted):
                if fault.matches(operation, method):
                    self._scripted[place : place + 1] = (
                        [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    )
                    return fault
            drawn = (rate.draw(operation, method) for rate in self._rates)
            return next((fault for fault in drawn if fault), None)

    def load(self, data: Any) -> None:
        """Add faults from JSON: `{"faults": [...]}`, with `rate` and `seed` for random ones."""
        known = {"faults", "rate", "seed"}
        if not isinstance(data, Mapping) or not isinstance(data.get("faults"), list) or not set(data) <= known:
            raise InvalidFault('Give {"faults": [{"kind": 503}]}, and "rate" with "seed" to have them at random.')
        faults = [Fault.from_json(entry) for entry in data["faults"]]
        rate, seed = data.get("rate"), data.get("seed", 0)
        if rate is None:
            self.add(*faults)
        elif not _is_number(rate) or type(seed) is not int:
            raise InvalidFault("rate must be a number from 0 to 1, seed a whole number.")
        else:
            self.rate(rate, faults, seed=seed)

    def shown(self) -> dict[str, Any]:
        """The pending faults, as JSON."""
        with self._lock:
            scripted = [asdict(fault) for fault in self._scripted]
            rates = [
                {"rate": rate.rate, "seed": rate.seed, "faults": [asdict(fault) for fault in rate.faults]}
                for rate in self._rates
            ]
        return {"scripted": scripted, "rates": rates}


class _Rate:
    def __init__(self, rate: float, faults: tuple[Fault, ...], seed: int) -> None:
        self.rate = rate
        self.faults = faults
        self.seed = seed
        self._random = random.Random(seed)  # noqa: S311 - the same faults for the same seed

    def draw(self, operation: str, method: str) -> Fault | None:
        fitting = [fault for fault in self.faults if fault.matches(operation, method)]
        if not fitting or self._random.random() >= self.rate:
            return None
        return self._random.choice(fitting)


def _fault(fault: Kind | Fault, settings: Mapping[str, Any]) -> Fault:
    return replace(fault, **settings) if isinstance(fault, Fault) else Fault(fault, **settings)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _problems(fault: Fault) -> Iterable[str]:
    is_status = type(fault.kind) is int and 400 <= fault.kind <= 599
    if not is_status and fault.kind not in (101, 103, *KINDS):
        yield "kind must be 101, 103, a status from 400 to 599 or one of {}.".format(", ".join(KINDS))
    for name, known in (("operation", OPERATIONS), ("method", METHODS)):
        if getattr(fault, name) not in ("*", *known):
            yield "{} must be * or one of {}.".format(name, ", ".join(known))
    if not _is_number(fault.seconds) or not 0 <= fault.seconds <= 600:
        yield "seconds must be a number from 0 to 600."
    if fault.kind == "delay" and not fault.seconds:
        yield "kind delay needs seconds."
    if type(fault.times) is not int or fault.times < 1:
        yield "times must be a whole number from 1."
    if not isinstance(fault.field, str) or bool(fault.field) != (fault.kind in ("item_without", "item_with_null")):
        yield "field must be a field's name, and goes with item_without and item_with_null."
    yield from _problems_of_a_status(fault, is_status)


def _problems_of_a_status(fault: Fault, is_status: bool) -> Iterable[str]:
    for name in ("retry_after", "reset_in"):
        value = getattr(fault, name)
        if value is not None and not (_is_number(value) and is_status):
            yield f"{name} must be a number and goes with a status."
    if fault.code is not None and not (isinstance(fault.code, str) and fault.code and is_status):
        yield "code must be text and goes with a status."
