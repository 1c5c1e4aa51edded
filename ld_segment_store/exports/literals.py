# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Values as literals of YAML, Python, HCL and jq. Any text survives the round trip, and none is run as a template."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

# Words of letters that YAML 1.1, which Ansible and PyYAML read, does not take for text.
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# Begins with a letter and ends without a space: no number, date, tag, comment or reserved character can begin so.
_YAML_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
# Has nothing that Ansible could read as a template: neither braces, nor a `#jinja2:` header, nor a line break. Other texts become
# `!unsafe`, in which ansible-core 2.21 reads `~` as null and `<<` not at all, though they are in quotes.
_NO_TEMPLATE = re.compile(r"[A-Za-z0-9_./:@+=~<, -]*")


class Reference(str):
    """The environment variable that holds a secret, such as `REDIS_PASSWORD`."""

    __slots__ = ()


def quoted(text: str) -> str:
    """A string literal that YAML, Python and HCL read alike."""
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"{}"'.format("".join(short.get(char) or (char if char.isprintable() else _escape(char)) for char in text))


def _escape(char: str) -> str:
    number = ord(char)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def yaml_scalar(value: Any) -> str:
    """A text, a boolean, None or a list of them, on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(map(yaml_scalar, value)))
    return value if _YAML_PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS else quoted(value)


def ansible_scalar(value: Any) -> str:
    """A value of a task: secrets as lookups that fail where the variable is not set, other texts never as templates."""
    if isinstance(value, Reference):
        return f"\"{{{{ lookup('ansible.builtin.env', '{value}', default=undef()) }}}}\""
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(map(ansible_scalar, value)))
    unsafe = isinstance(value, str) and not _NO_TEMPLATE.fullmatch(value)
    return f"!unsafe {quoted(value)}" if unsafe else yaml_scalar(value)


def yaml_lines(value: Any, scalar: Callable[[Any], str] = yaml_scalar) -> list[str]:
    """Lines of YAML: mappings and lists of mappings in block style, everything else by `scalar`."""
    if isinstance(value, Mapping) and value:
        return [line for key, item in value.items() for line in _entry(key, item, scalar)]
    if _in_block(value):
        return [line for item in value for line in _indented("- ", yaml_lines(item, scalar))]
    return ["{}"] if isinstance(value, Mapping) else [scalar(value)]


def _entry(key: str, item: Any, scalar: Callable[[Any], str]) -> list[str]:
    lines = yaml_lines(item, scalar)
    return [f"{key}:", *(f"  {line}" for line in lines)] if _in_block(item) else [f"{key}: {lines[0]}"]


def _in_block(value: Any) -> bool:
    return bool(value) and (isinstance(value, Mapping) or (isinstance(value, list) and isinstance(value[0], Mapping)))


def _indented(first: str, lines: list[str]) -> list[str]:
    return [(" " * len(first) if number else first) + line for number, line in enumerate(lines)]


def python(value: Any) -> str:
    """A Python expression. A secret is a call of the function `secret`, which the script defines."""
    if isinstance(value, Reference):
        return f'secret("{value}")'
    if isinstance(value, (list, tuple)):
        return "({}{})".format(", ".join(map(python, value)), "," if len(value) == 1 else "")
    return quoted(value) if isinstance(value, str) else repr(value)


def hcl(value: Any) -> str:
    """A Terraform expression. A secret is an input variable, such as `var.redis_password`."""
    if isinstance(value, Reference):
        return f"var.{value.lower()}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(map(hcl, value)))
    # `${` and `%{` begin a template; twice the sign stands for one.
    return re.sub(r"([$%])\{", r"\1\1{", quoted(value))


def jq(value: Any) -> str:
    """A jq program that makes the value. jq reads secrets from its environment."""
    if isinstance(value, Reference):
        return f"env.{value}"
    if isinstance(value, Mapping):
        return "{{{}}}".format(", ".join(f"{json.dumps(key)}: {jq(item)}" for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(map(jq, value)))
    return json.dumps(value)
