# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Checks every answer of the emulator against `openapi.yaml`."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import requests
import yaml
from jsonschema import Draft202012Validator

import ld_segment_store.emulator
from ld_segment_store.emulator import Emulator

STORES = "/api/v2/integration-capabilities/big-segment-store"
PROJECTS = "/api/v2/projects"
REDIS = STORES + "/default/test/redis"
METHODS = ("get", "post", "patch", "delete")


@functools.cache
def document() -> dict[str, Any]:
    path = Path(ld_segment_store.emulator.__file__).with_name("server") / "openapi.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """`node`, or what its `$ref` points to."""
    if "$ref" not in node:
        return node
    target: Any = document()
    for part in node["$ref"].split("/")[1:]:
        target = target[part]
    return resolved(target)


def documented() -> list[tuple[str, str]]:
    """Every operation ID with every status that the document gives it."""
    return [
        (operation["operationId"], status)
        for item in document()["paths"].values()
        for method, operation in item.items()
        if method in METHODS
        for status in operation["responses"]
    ]


def check(method: str, path: str, response: requests.Response) -> None:
    """Fails unless the document has this answer for this request."""
    expected = resolved(_documented_response(method.lower(), path, response.status_code))
    content = expected.get("content")
    if content is None:
        assert response.content == b""
        return
    media_type = response.headers["Content-Type"].partition(";")[0]
    assert media_type in content
    if media_type == "application/json":
        schema = {**content[media_type]["schema"], "components": document()["components"]}
        Draft202012Validator(schema).validate(response.json())
    if response.status_code == 405:
        assert response.headers["Allow"]


def _documented_response(method: str, path: str, status: int) -> dict[str, Any]:
    item = _path_item(path.partition("?")[0])
    shared = document()["components"]["responses"]
    if item is None:
        assert status == 404, f"a path that is not in the document was answered with {status}"
        return dict(shared["NotFound"])
    if method not in item:
        assert status == 405, f"a method that is not in the document was answered with {status}"
        return dict(shared["MethodNotAllowed"])
    responses = item[method]["responses"]
    key = str(status) if str(status) in responses else f"{status // 100}XX"
    assert key in responses, "{} is not documented for {}".format(status, item[method]["operationId"])
    return dict(responses[key])


def _path_item(path: str) -> dict[str, Any] | None:
    for template, item in document()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            return dict(item)
    return None


class Caller:
    """An HTTP client of an emulator, with token and beta header, that checks every answer."""

    def __init__(self, ld: Emulator) -> None:
        self.ld = ld
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(
            {"Authorization": ld.access_token, "LD-API-Version": "beta", "Content-Type": "application/json"}
        )

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self.raw(method, path, **options)
        check(method, path, response)
        return response

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        """Without the check, for answers that are wrong on purpose."""
        return self.session.request(method, self.ld.url + path, timeout=10, **options)

    def create(self, path: str = REDIS, **body: Any) -> dict[str, Any]:
        """A new integration, as answered."""
        response = self("POST", path, json={"config": {"host": "redis.example.com"}, **body})
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    def patch(self, integration: dict[str, Any], *operations: dict[str, Any]) -> requests.Response:
        return self("PATCH", place(integration), json=list(operations))


def place(integration: dict[str, Any]) -> str:
    """The path of an integration, as it says itself."""
    href: str = integration["_links"]["self"]["href"]
    return href
