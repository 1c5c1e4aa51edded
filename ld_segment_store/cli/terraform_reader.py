# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Big segment stores in Terraform files: HCL, whose literals and simple variables are evaluated, or `terraform show -json`.

Values can be secrets: no message holds one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..core.data_file import parse_data
from ..core.errors import InvalidSettings, MissingDependency
from ..exports.terraform import RESOURCE

# What only Terraform can evaluate.
UNKNOWN = object()
_VARIABLE = re.compile(r'"?\$\{var\.([\w-]+)\}"?')
_JSONENCODE = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)
_TEMPLATE = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
_ESCAPE = re.compile(r'\\(n|r|t|"|\\|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_REPEATED = ("count", "for_each")


class Resource(NamedTuple):
    """A resource with the attributes that are given, UNKNOWN for those that could not be evaluated."""

    address: str
    attributes: Mapping[str, Any]


def read_terraform(files: Mapping[str, str]) -> list[Resource]:
    """The big segment stores in the texts, by the names of their files. Raises InvalidSettings and MissingDependency."""
    documents = {name: text for name, text in files.items() if text.lstrip().startswith("{")}
    resources = [found for name, text in documents.items() for found in _read_json(name, text)]
    hcl = {name: text for name, text in files.items() if name not in documents}
    return [*resources, *_read_hcl(hcl)] if hcl else resources


def _read_json(name: str, text: str) -> Iterator[Resource]:
    """The resources of `terraform show -json`, of a state or a plan."""
    data = parse_data(text, name, as_json=True)
    try:
        modules = [(data.get("values") or data["planned_values"])["root_module"]]
        for module in modules:
            modules += module.get("child_modules", [])
            for resource in module.get("resources", []):
                if resource["type"] == RESOURCE and resource["mode"] == "managed":
                    yield Resource(str(resource["address"]), dict(resource["values"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        remedy = "give the output of `terraform show -json`"
        problem = "has no resources as `terraform show -json` prints them"
        raise InvalidSettings.for_field(name, problem, remedy) from None


def _read_hcl(files: Mapping[str, str]) -> Iterator[Resource]:
    documents = [_parse(text, name) for name, text in files.items()]
    variables: dict[str, Any] = {}
    for block in _blocks(documents, "variable"):
        for name, body in block.items():
            if not body.get("sensitive") and body.get("default") is not None:
                variables[_text(name)] = _value(body["default"], {})
    ids = {
        block.get("to", "").removeprefix("${").removesuffix("}"): _value(block.get("id"), variables)
        for block in _blocks(documents, "import")
    }
    for block in _blocks(documents, "resource"):
        for kind, resources in block.items():
            for label, body in resources.items() if _text(kind) == RESOURCE else ():
                address = f"{RESOURCE}.{_text(label)}"
                if any(name in body for name in _REPEATED):
                    problem = "has count or for_each, which only Terraform can evaluate"
                    raise InvalidSettings.for_field(address, problem, "give the output of `terraform show -json`")
                attributes = {name: _value(value, variables) for name, value in body.items()}
                yield Resource(address, {"id": ids.get(address), **attributes})


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        import hcl2
    except ImportError:
        raise MissingDependency("python-hcl2", "terraform") from None
    try:
        parsed: dict[str, Any] = hcl2.loads(text if text.endswith("\n") else f"{text}\n")
    except Exception:  # noqa: BLE001 - beside the parser's own, whatever its grammar raises; the texts quote the file
        raise InvalidSettings.for_field(name, "invalid HCL", "fix what `terraform validate` reports") from None
    return parsed


def _blocks(documents: Sequence[Mapping[str, Any]], kind: str) -> Iterator[Mapping[str, Any]]:
    """The blocks of a kind, without what the parser adds to each."""
    for document in documents:
        for block in document.get(kind, []):
            yield {name: value for name, value in block.items() if not name.startswith("__")}


def _value(node: Any, variables: Mapping[str, Any]) -> Any:
    """A node of the parser as data. It marks literals by quotes, and expressions by `${}`."""
    if isinstance(node, list):
        return [_value(item, variables) for item in node]
    if isinstance(node, dict):
        return {_text(name): _value(item, variables) for name, item in node.items() if not name.startswith("__")}
    if not isinstance(node, str):
        return node
    found = _VARIABLE.fullmatch(node)
    if found:
        return variables.get(found[1], UNKNOWN)
    encoded = _JSONENCODE.fullmatch(node)
    if encoded:
        return _value(_parse(f"x = {encoded[1]}", "jsonencode")["x"], variables)
    if not node.startswith('"') or node.startswith('"<<') or _TEMPLATE.search(node):
        return UNKNOWN
    return _text(node)


def _text(literal: str) -> str:
    """The text of a literal, or of a name, which may stand in quotes."""
    if not literal.startswith('"'):
        return literal
    text = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1]) or chr(int(found[1][1:], 16)), literal[1:-1])
    return text.replace("$${", "${").replace("%%{", "%{")


def decoded_config(config: Any) -> Any:
    """The `config` of a resource, which the provider takes as JSON; UNKNOWN where it is none."""
    if not isinstance(config, str):
        return config
    try:
        return json.loads(config)
    except ValueError:
        return UNKNOWN
