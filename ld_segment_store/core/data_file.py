# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The data of a YAML or JSON file, read strictly: what parsers accept silently and would lose is refused.

The parsers' own error texts are left out: they quote the line, which may hold a secret.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .errors import InvalidSettings, MissingDependency
from .text_file import read_text_file

# The first and the last line of an export in YAML. JSON that is cut off is never valid.
EXPORT_BEGIN = "# Exported by ld-segment-store."
EXPORT_END = "\n# End of the export."

MAX_BYTES = 64 << 20
# How much aliases and merge keys may add to a YAML file, in values. A file of a few lines could otherwise take hours.
MAX_EXPANSION = 1_000_000
# No setting has more. Python refuses to write numbers of thousands of digits, even into messages.
_MOST_DIGITS = 100
_DECIMAL = re.compile("[-+]?(0|[1-9][0-9]*)")
_TAG = "tag:yaml.org,2002:"
_SCALARS = {_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp")}


def load_yaml_library() -> Any:
    """PyYAML. Raises MissingDependency."""
    try:
        import yaml
    except ImportError:
        raise MissingDependency("PyYAML", "fleet") from None
    return yaml


def read_data_file(path: str, option: str = "path") -> Any:
    """The data of a file: JSON where its name ends in `.json`, else YAML. Raises InvalidSettings and MissingDependency.

    `option` names the path in messages where it is empty.
    """
    if not path:
        raise InvalidSettings.for_field(option, "is empty", "give the file's path")
    return parse_data(read_text_file(path, path, MAX_BYTES), path, as_json=path.endswith(".json"))


def parse_data(text: str, path: str, *, as_json: bool) -> Any:
    """The data of a text that `path` names in messages. Raises InvalidSettings and MissingDependency."""
    if text.startswith("$ANSIBLE_VAULT;"):
        remedy = "decrypt it first, such as with `ansible-vault view`"
        raise InvalidSettings.for_field(path, "is encrypted by Ansible Vault", remedy)
    # Most beginnings of an export are valid YAML.
    if text.startswith(EXPORT_BEGIN) and not text.rstrip().endswith(EXPORT_END):
        remedy = f"export it again; the last line of a complete export is `{EXPORT_END.strip()}`"
        raise InvalidSettings.for_field(path, "is an export that was cut off", remedy)
    return _read_json(text, path) if as_json else _read_yaml(text, path)


def _read_json(text: str, path: str) -> Any:
    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        if len(read) < len(pairs):
            key = next(key for key, times in Counter(key for key, _value in pairs).items() if times > 1)
            raise _twice(path, key)
        return read

    def whole_number(digits: str) -> int:
        if len(digits) > _MOST_DIGITS:
            raise ValueError
        return int(digits)

    try:
        return json.loads(text, object_pairs_hook=mapping, parse_int=whole_number)
    except (ValueError, RecursionError) as error:
        raise _invalid(path, "JSON", getattr(error, "lineno", None)) from None


def _read_yaml(text: str, path: str) -> Any:
    yaml = load_yaml_library()
    try:
        # libyaml where PyYAML has it: ten times as fast.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        documents = list(_Builder(yaml, loader, path).documents())
    except InvalidSettings:
        raise
    except Exception as error:  # noqa: BLE001  # beside its own, PyYAML lets through whatever int(), chr() and others raise
        mark = getattr(error, "problem_mark", None)
        # The end of the file may be a line after the last.
        raise _invalid(path, "YAML", min(mark.line, text.count("\n")) + 1 if mark else None) from None
    if len(documents) > 1:
        raise InvalidSettings.for_field(
            path, "holds several YAML documents", "keep one, without a line of --- after it"
        )
    return documents[0] if documents else None


class _Builder:
    """Makes data of PyYAML's events as its safe loader does, but in one pass, strict and bounded.

    libyaml's own composer recurses in C: a file of nothing but brackets would end the process.
    """

    def __init__(self, yaml: Any, loader: Any, path: str) -> None:
        self._yaml = yaml
        self._loader = loader
        self._path = path
        self._plain: dict[str, Any] = {}
        # What has an anchor, and how many values that is; None while it is being read.
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._count = 0
        self._expansion = 0

    def documents(self) -> Iterator[Any]:
        """The data of each document."""
        self._loader.get_event()  # the start of the stream
        while not self._loader.check_event(self._yaml.StreamEndEvent):
            self._loader.get_event()
            self._anchors.clear()
            yield self._build(self._loader.get_event())
            self._loader.get_event()

    def _build(self, event: Any) -> Any:
        self._count += 1
        if isinstance(event, self._yaml.AliasEvent):
            return self._alias(event)
        before = self._count
        if event.anchor:
            if event.anchor in self._anchors:
                raise self._invalid(event)
            self._anchors[event.anchor] = None
        if isinstance(event, self._yaml.ScalarEvent):
            built = self._scalar(event)
        elif isinstance(event, self._yaml.SequenceStartEvent):
            built = self._sequence(event)
        else:
            built = self._mapping(event)
        if event.anchor:
            self._anchors[event.anchor] = built, self._count - before
        return built

    def _alias(self, event: Any) -> Any:
        found = self._anchors.get(event.anchor)
        if found is None:
            raise self._invalid(event)  # there is no such anchor, or it is around this alias
        self._expand(found[1], event)
        return found[0]

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.tag in (None, "!"):
            if not event.implicit[0]:
                return text  # quoted
            if text not in self._plain:
                self._plain[text] = self._tagged(
                    self._loader.resolve(self._yaml.ScalarNode, text, event.implicit), event
                )
            return self._plain[text]
        return self._tagged(event.tag, event)

    def _tagged(self, tag: str, event: Any) -> Any:
        if tag in ("!vault", "!vault-encrypted"):
            problem = f"has a value encrypted by Ansible Vault{_near(event.start_mark.line + 1)}"
            raise InvalidSettings.for_field(self._path, problem, "give {env: NAME} or {file: PATH} instead")
        if tag not in _SCALARS or (tag == _TAG + "int" and len(event.value) > _MOST_DIGITS):
            raise self._invalid(event)
        built = self._loader.yaml_constructors[tag](self._loader, self._yaml.ScalarNode(tag, event.value))
        if tag == _TAG + "int" and not _DECIMAL.fullmatch(event.value):
            # Not shown: it may be a secret.
            problem = (
                f"has a number{_near(event.start_mark.line + 1)} that YAML reads as another, such as 0451 or 12:30"
            )
            raise InvalidSettings.for_field(self._path, problem, "put it in quotes")
        return built

    def _sequence(self, start: Any) -> list[Any]:
        if start.tag not in (None, "!", _TAG + "seq"):
            raise self._invalid(start)
        built = []
        while not isinstance(event := self._loader.get_event(), self._yaml.SequenceEndEvent):
            built.append(self._build(event))
        return built

    def _mapping(self, start: Any) -> dict[Any, Any]:
        if start.tag not in (None, "!", _TAG + "map"):
            raise self._invalid(start)
        own: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        while not isinstance(event := self._loader.get_event(), self._yaml.MappingEndEvent):
            if isinstance(event, self._yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
                self._merge(merged, self._loader.get_event())
                continue
            key = self._build(event)
            if isinstance(key, (dict, list)):
                raise self._invalid(event)
            if key in own:
                raise _twice(self._path, getattr(event, "value", str(key)), event.start_mark.line + 1)
            own[key] = self._build(self._loader.get_event())
        return {**merged, **own} if merged else own

    def _merge(self, merged: dict[Any, Any], event: Any) -> None:
        """Add what `<<` names, a mapping or several; of two values for one key the first counts."""
        found = self._build(event)
        for mapping in found if isinstance(found, list) else [found]:
            if not isinstance(mapping, dict):
                raise self._invalid(event)
            self._expand(len(mapping), event)
            for key, value in mapping.items():
                merged.setdefault(key, value)

    def _expand(self, values: int, event: Any) -> None:
        self._count += values
        self._expansion += values
        if self._expansion > MAX_EXPANSION:
            problem = f"aliases add more than {MAX_EXPANSION:,} values{_near(event.start_mark.line + 1)}"
            raise InvalidSettings.for_field(self._path, problem, "use fewer aliases")

    def _invalid(self, event: Any) -> InvalidSettings:
        return _invalid(self._path, "YAML", event.start_mark.line + 1)


def _invalid(path: str, language: str, line: int | None) -> InvalidSettings:
    return InvalidSettings.for_field(path, f"invalid {language}{_near(line)}", "fix the syntax")


def _twice(path: str, key: str, line: int | None = None) -> InvalidSettings:
    """Of two values parsers keep the last; half of what is declared would be gone."""
    return InvalidSettings.for_field(
        path, f"duplicate key `{key}` in one mapping{_near(line)}", "merge or remove one of them"
    )


def _near(line: int | None) -> str:
    return f" near line {line}" if line else ""
