# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The data of a YAML or JSON file, read strictly: what parsers take without a word, and would lose, is refused.

What the parsers say of an error is left out: it quotes the line, which may hold a secret.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..errors import InvalidSettings, MissingDependency
from ..text_file import read_text_file

_MERGE, _NUMBER = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:int"
# No setting has more. Python refuses to write numbers of thousands of digits, even into messages.
_MOST_DIGITS = 100


def load_yaml_library() -> Any:
    """PyYAML. Raises MissingDependency."""
    try:
        import yaml
    except ImportError:
        raise MissingDependency("PyYAML", "fleet") from None
    return yaml


def read_data_file(path: str) -> Any:
    """The data of a file: JSON where its name ends in `.json`, else YAML. Raises InvalidSettings and MissingDependency."""
    if not path:
        raise InvalidSettings.for_field("the path of the file", "is empty", "give the file's path")
    text = read_text_file(path, path)
    return _read_json(text, path) if path.endswith(".json") else _read_yaml(text, path)


def _read_json(text: str, path: str) -> Any:
    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key in _repeated(key for key, _value in pairs):
            raise _twice(path, key)
        return dict(pairs)

    def whole_number(digits: str) -> int:
        if len(digits) > _MOST_DIGITS:
            raise ValueError
        return int(digits)

    try:
        return json.loads(text, object_pairs_hook=mapping, parse_int=whole_number)
    except (ValueError, RecursionError) as error:
        where = _near(getattr(error, "lineno", None))
        raise InvalidSettings.for_field(path, f"is not valid JSON{where}", "mend it") from None


def _read_yaml(text: str, path: str) -> Any:
    yaml = load_yaml_library()
    documents = []
    try:
        loader = yaml.SafeLoader(text)
        while loader.check_node():
            node = loader.get_node()
            _check_nodes(node, path)
            documents.append(loader.construct_document(node))
    except InvalidSettings:
        raise
    except Exception as error:  # noqa: BLE001  # beside its own, PyYAML lets through whatever int(), chr() and others raise
        mark = getattr(error, "problem_mark", None)
        where = _near(mark.line + 1 if mark else None)
        raise InvalidSettings.for_field(path, f"is not valid YAML{where}", "mend it") from None
    if len(documents) > 1:
        raise InvalidSettings.for_field(path, "holds several YAML documents", "leave one, and no line of --- after it")
    return documents[0] if documents else None


def _check_nodes(root: Any, path: str) -> None:
    """Refuse a key that is written twice, and endless numbers. Merging is still to come: it may well bring a key again."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue  # an alias
        seen.add(id(node))
        if node.id == "mapping":
            keys = [key for key, _value in node.value if key.id == "scalar" and key.tag != _MERGE]
            for name in _repeated((key.tag, key.value) for key in keys):
                last = [key for key in keys if (key.tag, key.value) == name][-1]
                raise _twice(path, last.value, last.start_mark.line + 1)
            waiting.extend(part for pair in node.value for part in pair)
        elif node.id == "sequence":
            waiting.extend(node.value)
        elif node.tag == _NUMBER and len(node.value) > _MOST_DIGITS:
            raise InvalidSettings.for_field(path, f"is not valid YAML{_near(node.start_mark.line + 1)}", "mend it")


def _repeated(names: Iterable[Any]) -> list[Any]:
    return [name for name, times in Counter(names).items() if times > 1]


def _twice(path: str, key: str, line: int | None = None) -> InvalidSettings:
    """Of two values parsers keep the last; half of what is declared would be gone."""
    return InvalidSettings.for_field(
        path, f"has the key `{key}` twice in one mapping{_near(line)}", "put both together, or remove one"
    )


def _near(line: int | None) -> str:
    return f", near line {line}" if line else ""
