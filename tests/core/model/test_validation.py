# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Each form variable of each store: what passes, what doesn't, and what the sentence says."""

from __future__ import annotations

import importlib.util
import itertools
import re
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ld_segment_store.core.errors import InvalidSettings, MissingDependency
from ld_segment_store.core.findings import Finding
from ld_segment_store.core.model import validation
from ld_segment_store.core.model.form_variables import API_NAMES, OPTION_NAMES, STORE_TYPES, FormVariable, StoreType
from ld_segment_store.core.model.schema import conforms, request_schema
from ld_segment_store.core.model.validation import check_request

MARKER = "MARKER-5ecret"
GOOD: dict[str, dict[str, Any]] = {
    "redis": {"host": "redis.example.com"},
    "dynamodb": {
        "tableName": "segments",
        "region": "eu-west-1",
        "externalId": "0a1b2c3d-0000-4000-8000-000000000000",
        "roleArn": "arn:aws:iam::123456789012:role/segments",
    },
}
ARN = "arn:aws:iam::123456789012:role/"
Table = dict[str, dict[str, list[Any]]]  # store, field, values
PASS: Table = {
    "redis": {
        "host": ["a", "10.0.0.1", "::1", "[::1]", "2001:db8::7", "redis_1.example.com", "x" * 253],
        "port": ["1", "80", "6379", "9999", "10000", "65535", ""],
        "username": ["default", "", "with space", "ü"],
        "password": ["x", "", " ", "pass word", "*", "ü", "a\tb"],
        "tlsEnabled": [True, False],
    },
    "dynamodb": {
        "tableName": ["abc", "A_b-c.d", "x" * 255],
        "region": ["us-east-1", "sa-east-1"],
        "externalId": ["0A1B2C3D-0000-4000-8000-000000000000"],
        "roleArn": [
            ARN + "x",
            ARN + "path/x+=,.@-_",
            ARN.replace("aws", "aws-cn") + "x",
            ARN.replace("aws", "aws-us-gov") + "x",
        ],
    },
}
FAIL: Table = {
    "redis": {
        "host": [
            *("*.example.com", "<host>", "a|b", "$REDIS_HOST", "a\\b"),
            *("", " ", "redis://h", "https://h", "h:6379", "h/0", "u@h", "h h", "h\n", "\nh", "h?x", "h#x", "h\u00a0"),
            *("[::1]:6379", "['h']", "{'a': 1}"),
        ],
        "port": ["0", "00", "080", "65536", "65540", "66000", "70000", "100000", "-1", "+1", "6379\n", " 6379", "x", "6.5", "٣"],
        "username": ["a\n", "\n", "a\r", "a\nb"],
        "password": ["a\n", "\n", "a\r\n", "a\nb"],
        "tlsEnabled": ["", "true", "yes", 0, 1],
    },
    "dynamodb": {
        "tableName": ["", "ab", "x" * 256, "a b c", "a/b/c", "abc\n", "täble"],
        "region": ["", "us", "us-east", "US-EAST-1", "us-east-1\n", " us-east-1", "us_east_1", "useast1"],
        "externalId": ["", "x", "0a1b2c3d00004000800000000000000", "{0a1b2c3d-0000-4000-8000-000000000000}",
                       "0a1b2c3d-0000-4000-8000-000000000000\n", "ga1b2c3d-0000-4000-8000-000000000000"],
        "roleArn": ["", ARN, "role/x", ARN.replace("role", "user") + "x", ARN.replace("12", "") + "x", ARN + "x\n", ARN + "x y",
                    "arn:aws:sts::123456789012:assumed-role/x/y", "arn:aws:iam:us-east-1:123456789012:role/x"],
    },
}  # fmt: skip


def check(key: str, names: str = API_NAMES, /, **config: Any) -> list[Finding]:
    return check_request(key, {"config": {**GOOD[key], **config}}, names)


def said(findings: list[Finding]) -> list[str]:
    """The findings as lines of text, with their levels."""
    return [f"{finding.level} {finding.text}" for finding in findings]


@pytest.mark.parametrize(
    ("tag", "warns"), [("a b", True), ("x" * 65, True), ("é", True), ("a-b_c.D1", False), ("x" * 64, False)]
)
def test_tags_that_launchdarkly_may_reject(tag: str, warns: bool) -> None:
    text = "tags[1]: may be rejected by LaunchDarkly. Use 1 to 64 letters, digits, '_', '.' and '-'."
    assert said(check_request("redis", {"config": GOOD["redis"], "tags": ["a", tag]})) == ["warning " + text] * warns


def cases(table: Table) -> list[Any]:
    return [
        pytest.param(store, field, value, id=f"{store}.{field}={ascii(value)[:30]}")
        for store, fields in table.items()
        for field, values in fields.items()
        for value in values
    ]


def variables() -> list[Any]:
    return [pytest.param(s, v, id=f"{s.integration_key}.{v.key}") for s in STORE_TYPES.values() for v in s.variables]


def test_the_tables_cover_every_variable() -> None:
    every = {key: [variable.key for variable in store.variables] for key, store in STORE_TYPES.items()}
    assert {key: sorted(PASS[key]) for key in PASS} == {key: sorted(names) for key, names in every.items()}
    assert {key: sorted(FAIL[key]) for key in FAIL} == {key: sorted(names) for key, names in every.items()}


@pytest.mark.parametrize(("store", "field", "value"), cases(PASS))
def test_good_values_pass(store: str, field: str, value: Any) -> None:
    assert check(store, **{field: value}) == []


@pytest.mark.parametrize(("store", "field", "value"), cases(FAIL))
def test_bad_values_are_one_error(store: str, field: str, value: Any) -> None:
    variable = STORE_TYPES[store].by_key(field)
    assert variable
    (finding,) = check(store, **{field: value})
    assert (finding.level, finding.field, finding.key) == ("error", f"config.{field}", field)
    assert finding.remedy == variable.remedy
    assert (finding.problem == "is empty") is (value == "" and not variable.optional)
    assert finding.problem in (variable.problem, "is empty", "must be true or false")
    assert finding.text == f"config.{field}: {finding.problem}. {variable.remedy[0].upper()}{variable.remedy[1:]}."


@pytest.mark.parametrize("value", [6379, 6379.0, True, None, ["6379"], {"a": "b"}])
def test_a_port_must_be_text(value: Any) -> None:
    assert [f.text for f in check("redis", port=value)] == [
        "config.port: must be a string. Give a whole number from 1 to 65535, such as 6379; the API takes it as a string."
    ]


@pytest.mark.parametrize(("store", "variable"), variables())
def test_as_an_option_only_a_secret_must_be_text(store: StoreType, variable: FormVariable) -> None:
    """A port may be a number there, and the problem says what it is not; YAML changes a secret that looks like a number."""
    wrong: Any = []
    (finding,) = check(store.integration_key, "option", **{variable.key: wrong})
    assert finding.problem == ("must be a string" if variable.secret else variable.problem)


def test_required_and_empty_says_so() -> None:
    (finding,) = check("redis", host="")
    assert finding.problem == "is empty"


@pytest.mark.parametrize("key", sorted(GOOD))
def test_what_is_missing_is_named_once_each(key: str) -> None:
    required = [variable.key for variable in STORE_TYPES[key].variables if not variable.optional]
    findings = check_request(key, {"config": {}})
    assert [(finding.field, finding.problem) for finding in findings] == [
        (f"config.{name}", "is missing") for name in required
    ]
    assert required


def test_missing_config() -> None:
    assert said(check_request("redis", {})) == [
        "error config: is missing. Give it, with host, port, username, password, tlsEnabled."
    ]


@pytest.mark.parametrize(
    ("key", "names", "wrong", "meant"),
    [
        ("redis", "api", "tls_enabled", "tlsEnabled"),
        ("redis", "api", "tlsenabled", "tlsEnabled"),
        ("redis", "api", "TLS-Enabled", "tlsEnabled"),
        ("redis", "api", "tls", "tlsEnabled"),
        ("redis", "api", "pasword", "password"),
        ("redis", "api", "passwd", "password"),
        ("redis", "api", "Host", "host"),
        ("redis", "api", "hostname", "host"),
        ("redis", "api", "prot", "port"),
        ("redis", "api", "user", "username"),
        ("redis", "option", "tlsEnable", "tls_enabled"),
        ("dynamodb", "api", "table_name", "tableName"),
        ("dynamodb", "api", "table", "tableName"),
        ("dynamodb", "api", "external_id", "externalId"),
        ("dynamodb", "api", "rolearn", "roleArn"),
        ("dynamodb", "option", "regoin", "region"),
    ],
)
def test_did_you_mean(key: str, names: str, wrong: str, meant: str) -> None:
    (finding,) = check(key, names, **{wrong: MARKER})
    group = "config" if names == "api" else key
    assert finding.text == f"{group}.{wrong}: is not a field. Did you mean `{meant}`?"


@pytest.mark.parametrize("separator", ["_", "-", " ", ""])
@pytest.mark.parametrize(("store", "variable"), variables())
def test_a_field_of_the_other_store(store: StoreType, variable: FormVariable, separator: str) -> None:
    (other,) = (other for other in STORE_TYPES.values() if other is not store)
    for names, name in (("api", variable.key), ("option", variable.option.replace("_", separator))):
        (finding,) = check(other.integration_key, names, **{name: MARKER})
        assert finding.remedy.startswith(f"it belongs to {store.label}; {other.label} takes ")


@pytest.mark.parametrize("name", ["zzz", "us", ""])
def test_a_field_of_nobody(name: str) -> None:
    """Two letters are too few to guess the rest."""
    assert said(check("redis", **{name: MARKER})) == [
        f"error config.{name}: is not a field. Leave it out; Redis takes host, port, username, password, tlsEnabled."
    ]


@pytest.mark.parametrize("name", [5, None, True])
def test_names_that_are_not_text(name: Any) -> None:
    """YAML knows such keys."""
    (finding,) = check_request("redis", {"config": {"host": "h", name: MARKER}})
    assert finding.field == f"config.{name}"


@pytest.mark.parametrize("name", ["host", "tlsEnabled", "tls_enabled"])
def test_a_field_at_the_wrong_level(name: str) -> None:
    assert said(check_request("redis", {"config": {"host": "h"}, name: MARKER})) == [
        f"error {name}: is not a field at this level. Put it into `config`."
    ]


def test_an_unknown_field_beside_config() -> None:
    (finding,) = check_request("redis", {"config": {"host": "h"}, "enabled": True})
    assert finding.text == "enabled: is not a field. Leave it out; known are on, name, tags, config."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([], "the request: is not an object. Send a JSON object."),
        ("MARKER-5ecret", "the request: is not an object. Send a JSON object."),
        ({"config": "MARKER-5ecret"}, "config: has the wrong type. Give an object."),
        ({"config": {"host": "h"}, "on": "yes"}, "on: has the wrong type. Give true or false."),
        ({"config": {"host": "h"}, "name": 5}, "name: has the wrong type. Give a string."),
        ({"config": {"host": "h"}, "tags": "a"}, "tags: has the wrong type. Give a list."),
        ({"config": {"host": "h"}, "tags": ["a", 5]}, "tags[1]: has the wrong type. Give a string."),
        ({"config": {"host": "h"}, "tags": [""]}, "tags[0]: is empty. Give a string that is not empty."),
    ],
)
def test_the_fields_beside_the_store(body: Any, text: str) -> None:
    assert said(check_request("redis", body)) == [f"error {text}"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            {"config": {"host": "", "port": "x", "tlsEnabled": 1}, "on": "yes"},
            ["redis.host", "redis.port", "redis.tls_enabled", "enabled"],
        ),
        ({"config": "h", "name": 1, "tags": [1]}, ["name", "redis", "tags[0]"]),
        ({}, ["redis"]),
    ],
)
def test_in_the_words_of_options(body: Any, fields: list[str]) -> None:
    assert [finding.field for finding in check_request("redis", body, OPTION_NAMES)] == fields


def test_everything_wrong_at_once() -> None:
    config = {"host": "redis://h", "port": 0, "password": "a\n", "tlsEnabled": "yes", "usrname": "x", "region": "y"}
    fields = [finding.field for finding in check_request("redis", {"config": config, "tags": "a", "On": True})]
    assert sorted(fields) == sorted([*(f"config.{name}" for name in config), "tags", "On"])
    assert fields[:4] == ["config.host", "config.port", "config.password", "config.tlsEnabled"]  # as in the form


def test_a_region_outside_the_list_is_a_warning() -> None:
    findings = check("dynamodb", region="mx-central-1")
    assert said(findings) == [
        (
            "warning config.region: is not in LaunchDarkly's published list. Check its spelling; if it is newer than the"
            " list, ignore this."
        )
    ]
    assert findings[0].key == "region"
    assert check("dynamodb", OPTION_NAMES, region="us-gov-west-1")[0].field == "dynamodb.region"


def test_errors_come_before_warnings() -> None:
    findings = check("dynamodb", region="mx-central-1", roleArn="x", zzz=1)
    assert [finding.level for finding in findings] == ["error", "error", "warning"]


def test_a_malformed_region_is_no_warning_too() -> None:
    assert [finding.level for finding in check("dynamodb", region="mx central 1")] == ["error"]


def test_an_unknown_store_type() -> None:
    (finding,) = check_request("mongodb", {"config": {"password": MARKER}})
    assert finding.text == "integration_key: is not a store type. Give dynamodb or redis."


WRONG_VALUES = [
    f"{MARKER}\n", f"redis://u:{MARKER}@h/", f"{MARKER} {MARKER}", 5_318_008, 53.18008, [MARKER], {"x": MARKER}, (MARKER,), None,
    {"a": {"b": [MARKER]}}, True,
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG_VALUES, ids=[ascii(value)[:20] for value in WRONG_VALUES])
@pytest.mark.parametrize(("store", "variable"), variables())
def test_no_finding_holds_a_value(store: StoreType, variable: FormVariable, value: Any) -> None:
    key = store.integration_key
    good = {**GOOD[key], variable.key: value}
    bodies = [
        {"config": good},
        {"config": {variable.key: value}},
        {"config": GOOD[key], variable.key: value},
        {"config": value},
    ]
    bodies += [
        {"config": {**good, variable.key + "x": value}},
        {"config": GOOD[key], "tags": [value], "name": value, "on": value},
    ]
    for body, names in itertools.product(bodies, ("api", "option")):
        findings = check_request(key, body, names)
        for shown in (*(repr(finding) + finding.text for finding in findings), str(InvalidSettings(findings))):
            assert "MARKER" not in shown
            assert "5318008" not in shown.replace(".", "")


@pytest.mark.parametrize(("store", "variable"), variables())
def test_every_finding_has_field_problem_and_remedy(store: StoreType, variable: FormVariable) -> None:
    wrong: list[Any] = [[], "\n", {}]
    for value in wrong:
        for finding in check(store.integration_key, **{variable.key: value}):
            assert re.fullmatch(r"config\.\w+: (is|must) [^:.]+\. [A-Z].+[^.]\.", finding.text)


@pytest.mark.parametrize("port", [5, "6380"])
@pytest.mark.parametrize("found", ["nothing", "jsonschema 3"])
def test_missing_jsonschema_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found: str, port: Any
) -> None:
    """The same for right and wrong settings: otherwise a misspelled option would ask for a package."""
    (tmp_path / "validators.py").write_text("class Draft7Validator: ...")
    spec = ModuleSpec("jsonschema", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None if found == "nothing" else spec)
    validation._jsonschema_installed.cache_clear()
    try:
        with pytest.raises(MissingDependency) as caught:
            check("redis", port=port)
    finally:
        validation._jsonschema_installed.cache_clear()
    assert str(caught.value) == (
        "The Python package 'jsonschema' is missing or too old. Install it with:"
        " python -m pip install --upgrade jsonschema"
    )
    assert caught.value.library == "jsonschema"
    assert caught.value.failure == "missing_dependency"


def test_jsonschema_is_not_imported_where_nothing_is_wrong() -> None:
    code = (
        "import sys; from ld_segment_store.core.model.validation import check_request;"
        "assert check_request('redis', {'config': {'host': 'h'}}) == []; assert 'jsonschema' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


ANY_FIELD = st.sampled_from(["host", "port", "password", "tlsEnabled", "tableName", "region", "x", 5, "MARKER"])
ANY_VALUE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["", "a", "6379", "a\n", "us-east-1", "abc"]), st.text()
)  # fmt: skip
ANY_JSON = ANY_VALUE | st.lists(ANY_VALUE, max_size=2) | st.dictionaries(st.text(max_size=3), ANY_VALUE, max_size=2)
ANY_BODY = ANY_JSON | st.fixed_dictionaries(
    {},
    optional={
        "config": st.dictionaries(ANY_FIELD, ANY_JSON, max_size=4) | ANY_JSON,
        "on": ANY_JSON,
        "tags": ANY_JSON,
        "name": ANY_JSON,
        "x": ANY_JSON,
    },
)


@given(st.sampled_from(sorted(STORE_TYPES)), ANY_BODY)
def test_the_short_cut_decides_as_jsonschema_does(key: str, body: Any) -> None:
    """`conforms` knows only the keywords in use: a new one in a schema would turn this red."""
    schema = request_schema(STORE_TYPES[key])
    assert conforms(body, schema) is Draft202012Validator(schema).is_valid(body)


@given(st.sampled_from(sorted(STORE_TYPES)), st.sampled_from(["api", "option"]), ANY_BODY)
def test_whatever_is_given_ends_in_findings(key: str, names: str, body: Any) -> None:
    findings = check_request(key, body, names)
    assert len(findings) == len(set(findings))
    valid = Draft202012Validator(request_schema(STORE_TYPES[key])).is_valid(body)
    assert valid is not any(finding.level == "error" for finding in findings)
