# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Secrets that never show, and how a secret compares with the mask that LaunchDarkly shows for it."""

from __future__ import annotations

import enum
import hmac
import re
from typing import Any

# A reference that something else was meant to replace: ${NAME}, ${NAME:-...}, $(...) and $LONG_NAME of shells and Compose,
# {{ ... }} of Ansible and Helm, ${{ ... }} of GitHub, text that Ansible's vault still encrypts, and the text that Ansible makes
# of a dictionary, such as a reference copied from a stores file.
_REFERENCE = r"\$\{.+\}|\$\(.+\)|\$[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|\{\{.*\}\}|\$ANSIBLE_VAULT;.*|\{['\"]?\w+['\"]?: .*\}"
# A masked value: words of this package, of Ansible, Terraform and logs, and masks of stars or of a form's dots. Eight stars are
# Ansible's mask. LaunchDarkly's were seen with eight and with four stars between ends of three characters.
_MASKED = (
    r"set|not set|set \(new value\)|Secret\((set|empty)\)|VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    r"|\(sensitive value\)|[<\[(](?i:redacted|masked|hidden|sensitive)[>\])]"
    r"|[^*\u2022\u25cf]{0,4}[*\u2022\u25cf]{2,}[^*\u2022\u25cf]{0,4}|.*\*{8}.*"
)

# Tokens used as passwords: of AWS's IAM for ElastiCache and MemoryDB, which are signed requests, and JSON Web Tokens.
_EXPIRING = r".*[?&]X-Amz-Signature=.*|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*"


class Secret:
    """An access token or a password.

    Its text leaves only by `reveal()`, which is called where a request is written and nowhere else. `repr`, `str`,
    formatting and JSON do not show it. A pickled secret arrives without its text, and `reveal()` raises RuntimeError.

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
        """Whether the text is a reference that was not replaced by a secret.

        >>> Secret("${REDIS_PASSWORD}").is_reference()
        True
        """
        return re.fullmatch(_REFERENCE, self._text.strip(), re.DOTALL) is not None

    def is_masked(self) -> bool:
        """Whether the text is a masked value, as LaunchDarkly, Ansible and this package show it.

        >>> Secret("sup********123").is_masked()
        True
        """
        return re.fullmatch(_MASKED, self._text.strip(), re.DOTALL) is not None

    def expires(self) -> bool:
        """Whether the text is a token that expires within minutes or hours.

        >>> Secret("my-cache/?Action=connect&User=ld&X-Amz-Expires=900&X-Amz-Signature=0a1b").expires()
        True
        """
        return re.fullmatch(_EXPIRING, self._text.strip(), re.DOTALL) is not None

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

    def __reduce__(self) -> tuple[Any, ...]:
        return _not_copied, ()


class _NotCopied(Secret):
    """A secret that was pickled: its text stayed behind."""

    __slots__ = ()

    def reveal(self) -> str:
        raise RuntimeError("a secret is never pickled or sent to another process: read it again where it is needed")

    def __repr__(self) -> str:
        return "Secret(not copied)"

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def _not_copied() -> Secret:
    return _NotCopied("")


class SecretMatch(enum.Enum):
    """How a given secret compares with the mask that LaunchDarkly shows for the stored one."""

    DIFFERENT = "different"
    SAME = "no visible difference"
    UNKNOWN = "unknown"


def compare_with_mask(secret: Secret, mask: str) -> SecretMatch:
    """Compare a secret with a mask such as `sup********123`.

    Only the visible ends are used. Whether the number of stars tells the length, and how short secrets are masked,
    is not documented. That the ends are visible was observed on the live API, not promised.

    >>> compare_with_mask(Secret("supersecret123"), "sup********123")
    <SecretMatch.SAME: 'no visible difference'>
    >>> compare_with_mask(Secret("another"), "sup********123")
    <SecretMatch.DIFFERENT: 'different'>
    >>> compare_with_mask(Secret("anything"), "********")
    <SecretMatch.UNKNOWN: 'unknown'>
    """
    text = secret.reveal()
    if not text or not mask:
        return SecretMatch.SAME if text == mask else SecretMatch.DIFFERENT
    stars = [position for position, char in enumerate(mask) if char in "*\u2022\u25cf"]
    if not stars:
        return SecretMatch.SAME if text == mask else SecretMatch.DIFFERENT
    start, end = mask[: stars[0]], mask[stars[-1] + 1 :]
    if not start and not end:
        return SecretMatch.UNKNOWN
    fits = len(text) >= len(start) + len(end) and text.startswith(start) and text.endswith(end)
    return SecretMatch.SAME if fits else SecretMatch.DIFFERENT
