# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Compare LaunchDarkly's published OpenAPI document with the one that the emulator follows.

Operations, required parameters, response codes, fields, types, required fields and enumerated values are compared; words are not.
Our document has a part of LaunchDarkly's: for projects, environments and the caller only what it has is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ..core.api.client import STORES_PATH
from ..core.data_file import MAX_BYTES, parse_data, read_data_file
from ..core.errors import InvalidSettings

PUBLISHED = "https://app.launchdarkly.com/api/v2/openapi.json"
_METHODS = ("get", "post", "put", "patch", "delete")
# What our document has beyond LaunchDarkly's. Codes of the emulator: of unusual requests, of pages in the list, of web pages.
_OWN_CODES = {"*": {"415", "5XX"}, "getBigSegmentStoreIntegrations": {"400"}, "getCallerIdentity": {"403"}}
# Links are written differently, and an error's ID is sent without being documented.
_NOT_COMPARED = ("_links", "id")
_SECONDS = 30
# Schemas may refer to themselves.
_DEPTH = 8


class Difference(NamedTuple):
    """One difference: where, and a phrase about the published document."""

    where: str
    what: str

    @property
    def text(self) -> str:
        """One sentence."""
        return f"{self.where}: {self.what}."


def read_document(source: str) -> Any:
    """An OpenAPI document from a file or an `https://` address. Raises InvalidSettings and MissingDependency."""
    if not source.startswith(("https://", "http://")):
        return read_data_file(source)
    if source.startswith("http://"):
        raise InvalidSettings.for_field(source, "is not encrypted", "give an https:// address, or a file")
    import requests
    from urllib3.exceptions import HTTPError

    try:
        with requests.get(source, timeout=_SECONDS, stream=True) as response:
            if response.status_code != requests.codes.ok:
                problem = f"responded {response.status_code}"
                raise InvalidSettings.for_field(source, problem, f"check the address, such as {PUBLISHED}")
            content = response.raw.read(MAX_BYTES + 1, decode_content=True)
    except (OSError, HTTPError) as error:
        raise InvalidSettings.for_field(
            source, f"cannot be read ({type(error).__name__})", "check the address and the network"
        ) from None
    if len(content) > MAX_BYTES:
        raise InvalidSettings.for_field(source, "is too large", "give the address of an OpenAPI document")
    text = content.decode("utf-8", "replace")
    return parse_data(text, source, as_json=text.lstrip().startswith("{"))


def compare_documents(ours: Mapping[str, Any], published: Any, name: str) -> list[Difference]:
    """What differs in LaunchDarkly's document from ours. `name` is its file or address, for errors. Raises InvalidSettings."""
    if not isinstance(published, Mapping) or not isinstance(published.get("paths"), Mapping):
        raise InvalidSettings.for_field(name, "is not an OpenAPI document", f"give a file or address like {PUBLISHED}")
    return list(dict.fromkeys(_compare(_Document(ours), _Document(published))))


def _compare(ours: _Document, theirs: _Document) -> Iterator[Difference]:
    for name, (own_place, own) in ours.operations.items():
        if " /api/" not in own_place:
            continue  # the emulator's own
        if name not in theirs.operations:
            yield Difference(name, "is missing")
            continue
        place, operation = theirs.operations[name]
        beta = STORES_PATH in own_place
        if place != own_place:
            yield Difference(name, f"is {place} instead of {own_place}")
        if beta and not any("beta" in str(tag).lower() for tag in operation.get("tags", ())):
            yield Difference(name, "is no longer marked as beta")
        yield from _compare_codes(name, own, operation)
        known = ours.parameters(own_place, own)
        for parameter in sorted(theirs.required_parameters(place, operation) - known):
            yield Difference(name, f"requires the parameter `{parameter}`")
        yield from _Schemas(ours, theirs, new_fields=beta).compare_operation(name, own, operation)
    for name, (place, _operation) in theirs.operations.items():
        if STORES_PATH in place and name not in ours.operations:
            yield Difference(name, f"is new: {place}")


def _compare_codes(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    own, published = set(ours.get("responses", ())), set(map(str, theirs.get("responses", ())))
    for code in sorted(published - own):
        yield Difference(name, f"has the new response code {code}")
    for code in sorted(own - published):
        if code not in _OWN_CODES["*"] | _OWN_CODES.get(name, set()):
            yield Difference(name, f"no longer has the response code {code}")


class _Document:
    """An OpenAPI document."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    @cached_property
    def operations(self) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """Method and path, and the operation, by its ID."""
        return {
            str(operation.get("operationId")): (f"{method.upper()} {path}", operation)
            for path, item in self._data["paths"].items()
            if isinstance(item, Mapping)
            for method, operation in item.items()
            if method in _METHODS and isinstance(operation, Mapping)
        }

    def parameters(self, place: str, operation: Mapping[str, Any]) -> set[str]:
        """The names of the parameters of an operation and of its path."""
        return {parameter["name"] for parameter in self._parameters(place, operation)}

    def required_parameters(self, place: str, operation: Mapping[str, Any]) -> set[str]:
        """The names of those that are required."""
        return {parameter["name"] for parameter in self._parameters(place, operation) if parameter.get("required")}

    def _parameters(self, place: str, operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        shared = self._data["paths"][place.partition(" ")[2]].get("parameters", ())
        found = [self.resolve(each) for each in (*shared, *operation.get("parameters", ()))]
        return [each for each in found if isinstance(each.get("name"), str)]

    def resolve(self, node: Any) -> Mapping[str, Any]:
        """The node, or that which its `$ref` points to; empty where it leads nowhere."""
        for _hop in range(_DEPTH):
            if not isinstance(node, Mapping):
                return {}
            if "$ref" not in node:
                return self._merged(node)
            target: Any = self._data
            for part in str(node["$ref"]).split("/")[1:]:
                target = target.get(part, {}) if isinstance(target, Mapping) else {}
            node = target
        return {}

    def _merged(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """A schema with the parts of its `allOf`, or the first of its alternatives."""
        for name in ("anyOf", "oneOf"):
            if node.get(name):
                return self.resolve(node[name][0])
        merged = dict(node)
        for part in map(self.resolve, node.get("allOf", ())):
            merged["properties"] = {**part.get("properties", {}), **merged.get("properties", {})}
            merged["required"] = [*part.get("required", ()), *merged.get("required", ())]
        return merged


class _Schemas:
    """Compares the bodies of one operation. With `new_fields`, fields that only the published document has count."""

    def __init__(self, ours: _Document, theirs: _Document, *, new_fields: bool) -> None:
        self._ours = ours
        self._theirs = theirs
        self._new_fields = new_fields

    def compare_operation(self, name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
        bodies = [("request", ours.get("requestBody"), theirs.get("requestBody"))]
        both = [code for code in ours.get("responses", ()) if code in theirs.get("responses", ())]
        bodies += [(f"response {code}", ours["responses"][code], theirs["responses"][code]) for code in both]
        for body, own, published in bodies:
            yield from self._compare(f"{name}, {body}", _content(self._ours, own), _content(self._theirs, published), 0)

    def _compare(self, where: str, ours: Any, theirs: Any, depth: int) -> Iterator[Difference]:
        own, published = self._ours.resolve(ours), self._theirs.resolve(theirs)
        if not own or not published or depth > _DEPTH:
            return
        types = _types(own), _types(published)
        if all(types) and types[0].isdisjoint(types[1]):
            yield Difference(where, f"is of type {'/'.join(sorted(types[1]))} instead of {'/'.join(sorted(types[0]))}")
            return
        yield from _compare_values(where, own, published)
        if own.get("items") and published.get("items"):
            yield from self._compare(where + "[]", own["items"], published["items"], depth + 1)
        yield from self._compare_fields(where, own, published, depth)

    def _compare_fields(
        self, where: str, own: Mapping[str, Any], published: Mapping[str, Any], depth: int
    ) -> Iterator[Difference]:
        ours, theirs = _fields(own), _fields(published)
        if not ours or not theirs:
            return
        for field in theirs if self._new_fields else ():
            if field not in ours:
                yield Difference(where, f"has the new field `{field}`")
        for field in ours:
            if field not in theirs:
                yield Difference(where, f"no longer has the field `{field}`")
                continue
            yield from self._compare(f"{where}.{field}", ours[field], theirs[field], depth + 1)
        request = ", request" in where
        required = set(own.get("required", ())), set(published.get("required", ()))
        for field in sorted(required[1] - required[0]):
            if request and field in ours:
                yield Difference(f"{where}.{field}", "is required")
        for field in sorted(required[0] - required[1]):
            if field in ours and field in theirs:
                yield Difference(f"{where}.{field}", "is no longer required" if request else "may be missing")


def _content(document: _Document, body: Any) -> Any:
    """The schema of a body of JSON."""
    content = document.resolve(body).get("content", {})
    return content.get("application/json", {}).get("schema") if isinstance(content, Mapping) else None


def _fields(schema: Mapping[str, Any]) -> dict[str, Any]:
    fields = schema.get("properties")
    return {name: fields[name] for name in fields if name not in _NOT_COMPARED} if isinstance(fields, Mapping) else {}


def _types(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type")
    kinds = {str(each) for each in kind} if isinstance(kind, list) else {str(kind)} if kind else set()
    return kinds - {"null"}


def _compare_values(where: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    if not isinstance(ours.get("enum"), list) or not isinstance(theirs.get("enum"), list):
        return
    own, published = set(map(str, ours["enum"])), set(map(str, theirs["enum"]))
    for value in sorted(published - own):
        yield Difference(where, f"has the new value `{value}`")
    for value in sorted(own - published):
        yield Difference(where, f"no longer has the value `{value}`")
