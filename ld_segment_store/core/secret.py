# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Secrets that don't show themselves, and what can be learned from the mask LaunchDarkly shows in their place."""

from __future__ import annotations

import enum
import hmac
import re
from typing import Any, NoReturn

# What stands for a secret where somebody else puts it in: ${NAME}, ${NAME:-...}, $(...) and $LONG_NAME of shells and Compose,
# {{ ... }} of Ansible and Helm, ${{ ... }} of GitHub, what is still encrypted by Ansible's vault, and the text that Ansible
# makes of a dictionary, such as a reference copied from a file of stores.
_REFERENCE = re.compile(
    r"\$\{.+\}|\$\(.+\)|\$[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|\{\{.*\}\}|\$ANSIBLE_VAULT;.*|\{['\"]?\w+['\"]?: .*\}", re.DOTALL
)
# What is shown in place of a secret: words of this package, Ansible's word, and masks. Eight stars are Ansible's mask, and
# LaunchDarkly's have that many at the least, unless the secret is short.
_SHOWN = re.compile(
    r"set|not set|set \(new value\)|Secret\((set|empty)\)|VALUE_SPECIFIED_IN_NO_LOG_PARAMETER|[*\u2022]{3,}|.*\*{8}.*",
    re.DOTALL,
)


class Secret:
    """An access token or a password.

    Its text leaves only by `reveal()`, which is called where a request is written and nowhere else. `repr`, `str`,
    formatting, JSON and pickle don't show it.

    >>> Secret("hunter2")
    Secret(set)
    >>> f"{Secret('')}"
    'Secret(empty)'
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            # The value is left out of the message: it may be the secret.
            raise TypeError(f"a secret must be a string, not {type(text).__name__}")
        self._text = text

    def reveal(self) -> str:
        """The secret itself."""
        return self._text

    def is_reference(self) -> bool:
        """Whether it is no secret but what somebody should have replaced by one.

        >>> Secret("${REDIS_PASSWORD}").is_reference()
        True
        """
        return _REFERENCE.fullmatch(self._text.strip()) is not None

    def is_stand_in(self) -> bool:
        """Whether it is no secret but what is shown in place of one.

        >>> Secret("sup********123").is_stand_in()
        True
        """
        return _SHOWN.fullmatch(self._text.strip()) is not None

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret(empty)"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # "surrogatepass": `os.environ` gives such characters for bytes that aren't UTF-8.
        ours, theirs = (secret.reveal().encode("utf-8", "surrogatepass") for secret in (self, other))
        return hmac.compare_digest(ours, theirs)

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret can't be pickled or copied to another process")


class SecretMatch(enum.Enum):
    """How a secret at hand compares with the mask that LaunchDarkly shows for the stored one."""

    DIFFERENT = "different"
    SAME = "same as far as can be told"
    UNKNOWN = "unknown"


def compare_with_mask(secret: Secret, mask: str) -> SecretMatch:
    """Compare a secret with a mask such as `sup********123`.

    Only the visible ends are used. Whether the number of stars tells the length, and how short secrets are masked,
    isn't documented. That the ends are visible was observed on the live API, not promised.

    >>> compare_with_mask(Secret("supersecret123"), "sup********123")
    <SecretMatch.SAME: 'same as far as can be told'>
    >>> compare_with_mask(Secret("another"), "sup********123")
    <SecretMatch.DIFFERENT: 'different'>
    >>> compare_with_mask(Secret("anything"), "********")
    <SecretMatch.UNKNOWN: 'unknown'>
    """
    text = secret.reveal()
    if not text or not mask:
        return SecretMatch.SAME if text == mask else SecretMatch.DIFFERENT
    if "*" not in mask:
        return SecretMatch.SAME if text == mask else SecretMatch.DIFFERENT
    start, end = mask[: mask.index("*")], mask[mask.rindex("*") + 1 :]
    if not start and not end:
        return SecretMatch.UNKNOWN
    fits = len(text) >= len(start) + len(end) and text.startswith(start) and text.endswith(end)
    return SecretMatch.SAME if fits else SecretMatch.DIFFERENT
