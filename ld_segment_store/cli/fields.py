# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Errors that name options as the user typed them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..core.errors import InvalidSettings


@contextmanager
def fields_as_options(names: Mapping[str, str]) -> Iterator[None]:
    """Raise InvalidSettings with fields as options: `table_name` as `--table-name`. `names` has those with another name."""
    try:
        yield
    except InvalidSettings as error:
        raise InvalidSettings([item._replace(field=_option(item.field, names)) for item in error.findings]) from None


def _option(field: str, names: Mapping[str, str]) -> str:
    """The option of a field. Anything else stays, such as the name of an environment variable."""
    if not re.fullmatch(r"[a-z_]+", field):
        return field
    return "--" + names.get(field, field.replace("_", "-"))
