# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Recorded exchanges, in the format of vcrpy's cassettes and without names and IDs.

vcrpy reads cassettes as YAML, of which JSON is a part. Of a response only known fields are kept as they are.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode

from ..core.api.client import STORES_PATH
from ..core.api.request import Request
from ..core.model.form_variables import STORE_TYPES
from .bench import MARK, Bench
from .names import HIDDEN

HOST = "https://launchdarkly.example"
RUN = f"{MARK}-00000000"
_PROJECT, _ENVIRONMENT = "project", "environment"
# Words and numbers that are the same for everybody.
_PLAIN = {"integrationKey", "type", "code", "op", "path"}
_NUMBERS = {"version", "statusCode", "lastSync", "lastError", "timestamp"}
_SECRETS = {variable.key for store in STORE_TYPES.values() for variable in store.variables if variable.secret}
_HEADERS = ("content-type", "retry-after", "date")


class Recording:
    """The exchanges of a run."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._keys = {bench.project: _PROJECT, bench.environment: _ENVIRONMENT}
        self._ids: dict[str, str] = {}
        self._interactions: list[dict[str, Any]] = []

    def add(self, request: Request, status: int, headers: Mapping[str, str], content: bytes) -> None:
        """Record an exchange."""
        sent = {"Accept": ["application/json"], "Authorization": [HIDDEN]}
        if request.beta:
            sent["LD-API-Version"] = ["beta"]
        for name, value in request.headers:
            sent.setdefault(name, []).append(value)
        self._interactions.append(
            {
                "request": {
                    "method": request.method,
                    "uri": self._uri(request),
                    "body": None if request.body is None else json.dumps(request.body, default=lambda _secret: HIDDEN),
                    "headers": sent,
                },
                "response": {
                    "status": {"code": status, "message": http.client.responses.get(status, "")},
                    "headers": {name: [value] for name, value in headers.items() if _is_plain(name)},
                    "body": {"string": self._content(content)},
                },
            }
        )

    def text(self) -> str:
        """The cassette: one exchange on each line."""
        lines = [json.dumps(each).replace(self._bench.run, RUN) for each in self._interactions]
        return '{"version": 1, "interactions": [\n' + ",\n".join(lines) + "\n]}\n"

    def _uri(self, request: Request) -> str:
        params = {name: str(value) for name, value in (request.params or {}).items()}
        return HOST + self._path(request.path) + (f"?{urlencode(params)}" if params else "")

    def _path(self, path: str) -> str:
        """A path with other keys and IDs; of an unknown route nothing is kept."""
        if path in (STORES_PATH, "/api/v2/projects", "/api/v2/caller-identity"):
            return path
        keys = path.removeprefix(STORES_PATH + "/").split("/")
        if not path.startswith(STORES_PATH + "/") or len(keys) not in (3, 4):
            return f"/{HIDDEN}"
        project, environment, store, *integration_id = map(unquote, keys)
        known = store if store in STORE_TYPES else HIDDEN
        shown = [self._key(project), self._key(environment), known, *map(self._id, integration_id)]
        return "/".join([STORES_PATH, *(quote(key, safe="") for key in shown)])

    def _content(self, content: bytes) -> str:
        try:
            return json.dumps(self._value("", json.loads(content)))
        except (ValueError, RecursionError):
            return HIDDEN if content else ""

    def _value(self, field: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            # An unknown field is LaunchDarkly's, unless its name looks like an ID.
            return {
                name if name.replace("_", "").isalpha() else HIDDEN: self._value(name, each)
                for name, each in value.items()
            }
        if isinstance(value, list):
            items = [item for item in value if self._is_shown(item)] if field == "items" else value
            return [self._value(field, item) for item in items]
        if value is None or isinstance(value, bool):
            return value
        if not isinstance(value, str):
            return value if field in _NUMBERS else 0
        return self._text(field, value)

    def _is_shown(self, item: Any) -> bool:
        """Whether an item of a list is the run's own integration, or its project or environment."""
        return self._bench.is_own(item) or (isinstance(item, Mapping) and item.get("key") in self._keys)

    def _text(self, field: str, text: str) -> str:
        if field in ("_id", "id"):
            return self._id(text)
        if field in ("key", "projectKey", "environmentKey"):
            return self._key(text)
        if field == "href":
            path, _, query = text.partition("?")
            return self._path(path) + (f"?{query}" if query and path == STORES_PATH else "")
        if field == "message":
            return self._bench.names.hide(text)
        plain = field in _PLAIN and text.replace("_", "").replace("/", "").isalpha()
        masked = field in _SECRETS and "*" in text
        # The rest is the run's own: a value that was sent, or a marked name.
        return text if plain or masked or not text or text in self._bench.sent or self._bench.run in text else HIDDEN

    def _key(self, key: str) -> str:
        return self._keys.get(key, HIDDEN)

    def _id(self, text: str) -> str:
        """Another ID, the same one for the same ID; that of zeros, which nothing has, stays."""
        return self._ids.setdefault(text, f"{len(self._ids) + 1:024x}") if text.strip("0") else text


def _is_plain(header: str) -> bool:
    return header.lower().startswith("x-ratelimit") or header.lower() in _HEADERS
