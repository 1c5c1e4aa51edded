# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Passwords of Redis users: a file, or else an environment variable. No option: other users could see the processes' options."""

from __future__ import annotations

import os

from ..core.errors import InvalidSettings, require_no_errors
from ..core.model.settings import check_settings
from ..core.secret import Secret
from ..core.text_file import read_secret_file

PASSWORD_VARIABLE = "REDIS_PASSWORD"


def redis_password(
    path: str | None, *, option: str = "--password-file", variable: str = PASSWORD_VARIABLE
) -> Secret | None:
    """The password in the file, or else in the variable; None without both. Raises InvalidSettings, about where it is from."""
    if path is not None:
        source, secret, remedy = option, read_secret_file(option, path), "Write the password into the file"
    elif variable in os.environ:
        source, secret, remedy = variable, Secret(os.environ[variable]), "Set it"
    else:
        return None
    if not secret:
        raise InvalidSettings.for_field(source, "is empty", f"{remedy}, or leave it out if there is no password")
    findings = check_settings("any-project", "any-environment", "redis", {"password": secret})
    require_no_errors([finding._replace(field=source) for finding in findings])
    return secret
