# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Every operation with every status that the document has, for real where a request can cause it, else by a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import yaml
from jsonschema import Draft202012Validator, ValidationError

from ld_segment_store.emulator import Emulator
from ld_segment_store.emulator.server import routes
from tests.emulator.server import contract
from tests.emulator.server.contract import PROJECTS, REDIS, STORES, Caller, check, document, documented, place

BAD = {"config": {"host": "redis://redis.example.com"}}

# operation: method, path and body that succeed; `{}` stands for the ID of an integration that is there.
TEST = {"projectKey": "default", "environmentKey": "test"}
GOOD: dict[str, tuple[str, str, Any]] = {
    "getBigSegmentStoreIntegrations": ("GET", STORES, None),
    "createBigSegmentStoreIntegration": ("POST", REDIS, {"config": {"host": "redis.example.com"}}),
    "getBigSegmentStoreIntegration": ("GET", REDIS + "/{}", None),
    "patchBigSegmentStoreIntegration": ("PATCH", REDIS + "/{}", [{"op": "replace", "path": "/on", "value": True}]),
    "deleteBigSegmentStoreIntegration": ("DELETE", REDIS + "/{}", None),
    "getProjects": ("GET", PROJECTS, None),
    "getEnvironmentsByProject": ("GET", PROJECTS + "/default/environments", None),
    "getCallerIdentity": ("GET", "/api/v2/caller-identity", None),
    "getIps": ("GET", "/api/v2/public-ip-list", None),
    "emulatorHealth": ("GET", "/_emulator/health", None),
    "emulatorDocument": ("GET", "/_emulator/openapi.yaml", None),
    "emulatorRequests": ("GET", "/_emulator/requests", None),
    "emulatorForgetRequests": ("DELETE", "/_emulator/requests", None),
    "emulatorState": ("GET", "/_emulator/state", None),
    "emulatorReset": ("POST", "/_emulator/reset", None),
    "emulatorFaults": ("GET", "/_emulator/faults", None),
    "emulatorAddFaults": ("POST", "/_emulator/faults", {"faults": [{"kind": 503}]}),
    "emulatorForgetFaults": ("DELETE", "/_emulator/faults", None),
    "emulatorSetStatus": ("POST", "/_emulator/status", {"integrationId": "{}", "status": {"available": True}}),
    "emulatorSetSegments": ("POST", "/_emulator/segments", {**TEST, "segments": {"a": {"included": ["user-1"]}}}),
}
# What makes it fail for real: another path or body. All else is a fault on purpose.
FAILING: dict[tuple[str, str], tuple[str, Any]] = {
    ("createBigSegmentStoreIntegration", "400"): (REDIS, BAD),
    ("createBigSegmentStoreIntegration", "404"): (STORES + "/default/nowhere/redis", {"config": {}}),
    ("getBigSegmentStoreIntegration", "404"): (REDIS + "/nothing", None),
    ("patchBigSegmentStoreIntegration", "400"): (REDIS + "/{}", [{"op": "replace", "path": "/config", "value": {}}]),
    ("patchBigSegmentStoreIntegration", "404"): (REDIS + "/nothing", []),
    ("patchBigSegmentStoreIntegration", "409"): (REDIS + "/{}", [{"op": "test", "path": "/version", "value": 7}]),
    ("deleteBigSegmentStoreIntegration", "404"): (REDIS + "/nothing", None),
    ("getProjects", "400"): (PROJECTS + "?limit=many", None),
    ("getEnvironmentsByProject", "400"): (PROJECTS + "/default/environments?sort=colour", None),
    ("getEnvironmentsByProject", "404"): (PROJECTS + "/nothing/environments", None),
    ("emulatorAddFaults", "400"): ("/_emulator/faults", {"faults": [{"kind": "fire"}]}),
    ("emulatorSetStatus", "400"): ("/_emulator/status", {"integrationId": "{}", "status": {"available": "yes"}}),
    ("emulatorSetStatus", "404"): ("/_emulator/status", {"integrationId": "nothing", "status": None}),
    ("emulatorSetSegments", "400"): ("/_emulator/segments", {**TEST, "segments": {"a": []}}),
    ("emulatorSetSegments", "404"): ("/_emulator/segments", {**TEST, "environmentKey": "nowhere", "segments": {}}),
}


def _is_beta(operation: str) -> bool:
    return any(route.operation == operation and route.beta for route in routes.ROUTES)


def _provoke(call: Caller, operation: str, status: str) -> requests.Response:
    integration_id = call.create()["_id"]
    method, path, body = GOOD[operation]
    options: dict[str, Any] = {}
    if (operation, status) in FAILING:
        path, body = FAILING[operation, status]
    elif status == "401":
        options["headers"] = {"Authorization": "api-unknown"}
    elif status == "403" and _is_beta(operation):
        options["headers"] = {"LD-API-Version": None}
    elif status == "403" and operation.startswith("emulator"):
        options["headers"] = {"Origin": "null"}
    elif status == "415":
        options["headers"] = {"Content-Type": "text/plain"}
    elif status == "405":
        method = "PUT"
    elif not status.startswith("2"):
        call.ld.faults.add(503 if status == "5XX" else int(status), operation=operation)
    if body is not None:
        options["json"] = json.loads(json.dumps(body).replace("{}", integration_id)) if "Id" in str(body) else body
    return call(method, path.replace("{}", integration_id), **options)


@pytest.mark.parametrize(("operation", "status"), documented())
def test_every_documented_answer(call: Caller, operation: str, status: str) -> None:
    response = _provoke(call, operation, status)

    assert str(response.status_code) == status.replace("XX", "03")


def test_the_document_has_the_nine_routes_and_no_other() -> None:
    own = {
        (operation["operationId"], method.upper())
        for path, item in document()["paths"].items()
        if path.startswith("/api/")
        for method, operation in item.items()
        if method in contract.METHODS
    }
    assert own == {(route.operation, route.method) for route in routes.ROUTES}
    assert len(own) == 9


def test_the_documents_schemas_are_valid() -> None:
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_document_is_served(call: Caller) -> None:
    served = call("GET", "/_emulator/openapi.yaml")

    assert yaml.safe_load(served.text) == document()


@pytest.mark.parametrize(
    "path", ["/", "/api/v2", STORES + "/default", STORES + "/", "/api/v2/flags", "/_emulator/", "/_emulator/x"]
)
def test_unknown_path(call: Caller, path: str) -> None:
    assert call("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", STORES, "GET"),
        ("GET", REDIS, "POST"),
        ("PUT", REDIS + "/x", "GET, PATCH, DELETE"),
        ("OPTIONS", PROJECTS, "GET"),
        ("TRACE", PROJECTS, "GET"),
        ("QUERY", REDIS, "POST"),
        ("POST", "/_emulator/health", "GET"),
        ("PATCH", "/_emulator/faults", "GET, POST, DELETE"),
    ],
)
def test_wrong_method(call: Caller, method: str, path: str, allow: str) -> None:
    response = call(method, path)

    assert response.status_code == 405
    assert response.headers["Allow"] == allow


def test_the_check_finds_a_wrong_answer(ld: Emulator, call: Caller) -> None:
    response = call.raw("GET", "/api/v2/caller-identity")
    response._content = b'{"accountId": 7}'

    with pytest.raises(ValidationError):
        check("GET", "/api/v2/caller-identity", response)
    with pytest.raises(AssertionError, match="answered with 200"):
        check("GET", "/api/v2/flags", response)
    response.status_code = 400
    with pytest.raises(AssertionError, match="not documented for getCallerIdentity"):
        check("GET", "/api/v2/caller-identity", response)


def test_errors_have_an_id_of_their_own(call: Caller) -> None:
    ids = {call("GET", "/api/v2/flags").json()["id"] for _ in range(3)}

    assert len(ids) == 3


def test_links_lead_where_they_say(call: Caller) -> None:
    created = call.create()

    assert call("GET", place(created)).json() == created
    assert call("GET", created["_links"]["parent"]["href"]).json()["items"][0]["_id"] == created["_id"]
