# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Secrets in settings: what is wrapped, what is refused, and what never shows."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from ld_segment_store.core.flow.plan import SECRET_NEW
from ld_segment_store.core.model.form_variables import STORE_TYPES
from ld_segment_store.core.model.integration import redact_config
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.core.secret import Secret
from tests.core.model.test_settings import check, redis, texts
from tests.support.scripted import PASSWORD


@pytest.mark.parametrize("given", [PASSWORD, Secret(PASSWORD)])
def test_a_password_is_wrapped(given: Any) -> None:
    settings = redis({"password": given})
    assert settings.api_config["password"] == settings.request()["config"]["password"] == Secret(PASSWORD)
    assert settings.warnings == ()


@pytest.mark.parametrize("password", [12345, 0, 1.5, True, [PASSWORD], {"x": PASSWORD}, PASSWORD.encode()])
def test_a_password_that_is_no_text_is_refused(password: Any) -> None:
    """A number among them: YAML makes 668 of 01234."""
    (text,) = texts({"password": password})
    assert text == (
        "redis.password: must be a string. Give a string on one line, without a line break at its end, or leave it out."
    )


@pytest.mark.parametrize("password", [PASSWORD + "\n", Secret(PASSWORD + "\r\n"), "a\n" + PASSWORD])
def test_a_password_with_a_line_break_is_refused(password: Any) -> None:
    (text,) = texts({"password": password})
    assert text.startswith("redis.password: is not a password. ")
    assert PASSWORD not in text


@pytest.mark.parametrize(
    "password",
    [
        *("${PASSWORD}", "${VAR:-}", "${VAR:?err}", "${{ secrets.X }}", "$(cat /run/secrets/redis)", "$REDIS_PASSWORD"),
        *("{{ password }}", " {{ password }} ", "{'env': 'PASSWORD'}", '{"vault": "x"}', "{env: X}"),
        "$ANSIBLE_VAULT;1.1;AES256 6331",
    ],
)
def test_a_reference_that_nobody_replaced_is_no_password(password: str) -> None:
    (finding,) = check({"password": password})
    assert (finding.level, finding.field) == ("error", "redis.password")
    assert finding.problem == "is a reference or template that was not replaced"


@pytest.mark.parametrize("password", ["{{\n  password\n}}\n", "$ANSIBLE_VAULT;1.1;AES256\n6331\n6332\n"])
def test_a_reference_of_several_lines(password: str) -> None:
    problems = [finding.problem for finding in check({"password": password})]
    assert problems == ["is a reference or template that was not replaced", "is not a password"]


SHOWN = redact_config("redis", {"password": "x"}), redact_config("redis", {"password": ""})
STAND_INS = [
    *(*(config["password"] for config in SHOWN), SECRET_NEW, repr(Secret("x")), repr(Secret(""))),
    *("********", "mar********ret", "sup***********123", "***", "\u2022\u2022\u2022\u2022\u2022\u2022", " set "),
    *("dum****ion", "abc****hij", "abcd**hijk", "ab****ba", "**", "ab*****"),
    *("\u25cf\u25cf\u25cf\u25cf", "a*********z", "(sensitive value)", "[REDACTED]", "<masked>"),
    "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
]


@pytest.mark.parametrize("password", STAND_INS, ids=ascii)
def test_what_is_shown_in_place_of_a_secret_is_no_password(password: str) -> None:
    """Somebody gives back what the info module, a diff or LaunchDarkly has shown."""
    remedy = "Give the secret itself, or leave it out to keep the stored one"
    assert texts({"password": password}) == [
        f"redis.password: is a masked value, not the secret. {remedy}.",
    ]


@pytest.mark.parametrize("password", [" " + PASSWORD, PASSWORD + " ", "\t" + PASSWORD, PASSWORD + "\u00a0", " "])
def test_a_blank_at_an_end_is_a_warning(password: str) -> None:
    """Redis takes such a password, so it may be meant."""
    (finding,) = check({"password": password})
    assert (finding.level, finding.field, finding.problem) == (
        "warning",
        "redis.password",
        "has leading or trailing whitespace",
    )
    assert PASSWORD not in finding.text


@pytest.mark.parametrize(
    "password",
    [
        "cache-1/?Action=connect&User=ld&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&X-Amz-Signature=0a1b",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJNQVJLRVIifQ.c2ln",
    ],
    ids=["ElastiCache", "JSON Web Token"],
)
def test_a_token_that_expires_is_a_warning(password: str) -> None:
    assert texts({"password": password}) == [
        (
            "redis.password: is a token that expires: LaunchDarkly logs in with it until you change it. Give a password or an"
            " access key."
        )
    ]


def test_a_blank_is_told_after_what_is_wrong() -> None:
    findings = check({"password": " x", "port": 0})
    assert [finding.level for finding in findings] == ["error", "warning"]


@pytest.mark.parametrize(
    "password",
    [
        *("$PASSWORD", "$abc", "$2b$10$abcDEF", "$A_b", "{}", "${", "{a}b", "p{{x}}", "{a:b}", "%{X}", "$()x"),
        *("eyJ", "eyJ.x.y", "X-Amz-Signature=", "a.b.c"),
        *("*", "sets", "Set", "abcde**fghij", "a*b", "with*star-in-it", "not  set", "a b"),
    ],
)
def test_passwords_that_look_odd_are_taken(password: str) -> None:
    assert check({"password": password}) == []


@pytest.mark.parametrize("field", ["host", "port", "username", "tls_enabled"])
def test_a_secret_where_none_belongs_is_refused(field: str) -> None:
    """It would be compared as "Secret(set)" and be sent in each run."""
    (finding,) = check({field: Secret("6379")})
    assert finding.field == f"redis.{field}"
    assert finding.problem in {variable.problem for variable in STORE_TYPES["redis"].variables}


def test_pickling_leaves_secrets_behind() -> None:
    pickled = pickle.dumps(redis({"password": PASSWORD}, name="new"))
    assert PASSWORD.encode() not in pickled
    copied: Any = pickle.loads(pickled)
    assert (copied.key, copied.name) == (StoreKey("shop", "live", "redis"), "new")
    assert copied != redis({"password": PASSWORD}, name="new")
    with pytest.raises(RuntimeError, match="never pickled"):
        copied.config["password"].reveal()


@pytest.mark.parametrize("password", ["", Secret("")])
def test_an_empty_secret_is_an_unset_variable(password: Any) -> None:
    (finding,) = check({"password": password})
    assert (finding.level, finding.field) == ("error", "redis.password")
    assert "set the variable that it comes from" in finding.remedy
    assert check({"password": password}, clear_secrets=True) == []
    assert redis({"password": password}, clear_secrets=True).api_config["password"] == Secret("")
