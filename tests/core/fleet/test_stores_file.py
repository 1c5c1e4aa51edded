# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The file of a fleet: nothing in it is lost silently, and what is wrong is a sentence that quotes no value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.core.fleet.declaration import Declaration
from ld_segment_store.core.fleet.stores_file import check_stores_file, read_stores_file, read_stores_text, secrets_of
from ld_segment_store.core.model.form_variables import REDIS
from ld_segment_store.core.secret import Secret
from tests.core.fleet.fleets import config_of

SECRET = "MARKER-5ecret"
STORE = {"project_key": "shop", "environment_key": "live"}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(text: str | bytes, name: str = "stores.yml", **environment: str) -> list[Declaration]:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_stores_file(name, environment)


def refused(text: str | bytes, name: str = "stores.yml", **environment: str) -> str:
    with pytest.raises(InvalidSettings) as caught:
        read(text, name, **environment)
    assert "MARKER" not in caught.value.message
    return caught.value.message


def password(reference: Any, environment: Mapping[str, str] | None = None, *, clear_secrets: bool = False) -> Any:
    """What a reference in a file leads to."""
    entry = {**STORE, "redis": {"host": "h", "password": reference}, "clear_secrets": clear_secrets}
    text = json.dumps({"stores": [entry]})
    (declaration,) = read(text, "stores.json", **(environment or {}))
    return config_of(declaration)["password"]


def refused_password(reference: Any, **environment: str) -> str:
    with pytest.raises(InvalidSettings) as caught:
        password(reference, environment)
    assert "MARKER" not in caught.value.message
    return caught.value.message.removeprefix("stores[0].redis.password: ")


TWICE = {
    "sections": ("stores: [{environment_key: MARKER}]\nstores: []\n", "stores", 2),
    "options": ("stores:\n- redis: {host: h1,\n    host: MARKER}\n", "host", 3),
    "quoted": ("stores:\n- redis:\n    host: h1\n    port: 1\n    'host': h1\n", "host", 5),
    "beside a merge": ("defaults: &a {name: n}\nstores:\n- {<<: *a, name: m, name: m}\n", "name", 3),
}


@pytest.mark.parametrize(("text", "key", "line"), TWICE.values(), ids=list(TWICE))
def test_a_key_that_is_there_twice(text: str, key: str, line: int) -> None:
    """Parsers keep the last value. The stores of a lost section would be purged as not declared."""
    expected = f"stores.yml: duplicate key `{key}` in one mapping near line {line}. Merge or remove one of them."
    assert refused(text) == expected


def test_a_key_that_is_there_twice_in_json() -> None:
    text = '{"stores": [{"redis": {"host": "MARKER", "host": "MARKER"}}]}'
    expected = "a.json: duplicate key `host` in one mapping. Merge or remove one of them."
    assert refused(text, "a.json") == expected


def test_a_merge_may_bring_a_key_again() -> None:
    """And again by way of another, which is merged before it is constructed itself."""
    text = """
defaults: {project_key: shop, redis: &first {host: h, port: 1}}
stores:
- {environment_key: a, redis: &second {<<: *first, port: 2}}
- {environment_key: b, redis: {<<: *second, port: 3}}
- {environment_key: c, redis: *second}
"""
    assert [config_of(store)["port"] for store in read(text)] == ["2", "3", "2"]


NOT_VALID = {
    "date": "stores: !!timestamp MARKER",
    "boolean": "stores: !!bool MARKER",
    "no digits": 'stores: !!int ""',
    "no tag that is known": "stores: !other MARKER",
    "no character": 'stores: "\\UFFFFFFFF"',
    "depth": "[" * 9999,
    "version": "%YAML " + "9" * 5000 + ".1\n---\nstores: []",
    "long number": "stores: [{redis: {port: 0x" + "f" * 5000 + "}}]",
    "long key": "stores: []\n? 0x" + "f" * 5000 + "\n: MARKER",
}


@pytest.mark.parametrize("text", NOT_VALID.values(), ids=list(NOT_VALID))
def test_whatever_keeps_yaml_from_being_read(text: str) -> None:
    """PyYAML lets through errors of others, some with the value."""
    assert refused(text).startswith("stores.yml: invalid YAML")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.yml", "stores:\n- MARKER: {", "a.yml: invalid YAML near line 2. Fix the syntax."),
        ("a.yml", 'stores:\n\n- "\x01MARKER"', "a.yml: invalid YAML. Fix the syntax."),
        ("a.json", '{"stores":\n[{"MARKER" 1}]}', "a.json: invalid JSON near line 2. Fix the syntax."),
        ("a.json", '{"stores": []}\n{"stores": []}', "a.json: invalid JSON near line 2. Fix the syntax."),
        ("a.json", "[" * 99999, "a.json: invalid JSON. Fix the syntax."),
        ("a.json", '{"stores": [{"name": ' + "9" * 5000 + "}]}", "a.json: invalid JSON. Fix the syntax."),
        ("a.yml", "stores: []\n---\nstores: []\n",
         "a.yml: holds several YAML documents. Keep one, without a line of --- after it."),
    ],
)  # fmt: skip
def test_where_it_is_not_valid(name: str, text: str, told: str) -> None:
    assert refused(text, name) == told


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    for name in ("a.json", "a.yml"):
        assert read(b'\xef\xbb\xbf{"stores": []}', name) == []
    Path("secret").write_bytes(b"\xef\xbb\xbf" + SECRET.encode() + b"\n")
    assert password({"file": "secret"}) == Secret(SECRET)


NOT_STORES = "Give a mapping with `stores`, a list, and maybe `defaults`."
KNOWN = "Leave it out; known are defaults, stores."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", f"stores.yml: does not declare `stores`. {NOT_STORES}"),
        ("# nothing yet", f"stores.yml: does not declare `stores`. {NOT_STORES}"),
        ("{}", f"stores.yml: does not declare `stores`. {NOT_STORES}"),
        ("[]", f"stores.yml: is not a mapping. {NOT_STORES}"),
        ("MARKER", f"stores.yml: is not a mapping. {NOT_STORES}"),
        ("{version: 1, stores: []}", f"stores.yml: has the unknown key `version`. {KNOWN}"),
    ],
)  # fmt: skip
def test_a_file_that_declares_no_stores(text: str, told: str) -> None:
    assert refused(text) == told


def test_a_misspelled_key_of_a_file() -> None:
    assert refused("{store: [], stores: []}") == "stores.yml: has the unknown key `store`. Did you mean `stores`?"


def test_all_that_is_wrong_with_a_file_is_told() -> None:
    told = [f"stores.yml: has the unknown key `{key}`. {KNOWN}" for key in ("when", True)]
    assert refused("{when: [], on: 1}") == " ".join([*told, f"stores.yml: does not declare `stores`. {NOT_STORES}"])


def test_files_that_cannot_be_read() -> None:
    remedy = "Give a text file that exists and that you may read."
    for path, told in {
        "": "stores_file: is empty. Give the file's path.",
        "-": f"-: can't be read (No such file or directory). {remedy}",
        ".": f".: can't be read (Is a directory). {remedy}",
        "a\0b": f"a\0b: can't be read. {remedy}",
    }.items():
        with pytest.raises(InvalidSettings) as caught:
            read_stores_file(path, {})
        assert caught.value.message == told
    for name in ("a.json", "a.yml"):
        assert refused('{"stores": []}'.encode("utf-16"), name) == f"{name}: is not UTF-8 text. Save the file as UTF-8."


def test_a_reference_that_leads_to_nothing_clears_nothing() -> None:
    clear = "or clear the stored one with password: '' and clear_secrets: true."
    env = refused_password({"env": "REDIS_PASSWORD"}, REDIS_PASSWORD="")
    assert env == f"refers to the environment variable REDIS_PASSWORD, which is empty. Set it, {clear}"
    Path("empty").write_text("\n", encoding="utf-8")
    file = refused_password({"file": "empty"})
    assert file == f"refers to a file, which is empty. Write the secret into it, {clear}"
    assert refused_password("").startswith("is empty, which would clear the stored secret. Set the variable")
    assert password("", clear_secrets=True) == Secret("")


@pytest.mark.parametrize("name", ["REDIS_PASSWORD_SHOP_LIVE", "A_1", "R2_D2"])
def test_a_variable_is_named(name: str) -> None:
    assert refused_password({"env": name}) == f"refers to the environment variable {name}, which is not set. Set it."


@pytest.mark.parametrize("name", [SECRET, "MARKER", "JBSWY3DPMARKERK3PXP", "MARKER_5ecret", "_MARKER", "", "\ud800"])
def test_what_may_be_the_secret_itself_is_not_shown(name: str) -> None:
    assert refused_password({"env": name}) == "refers to an environment variable, which is not set. Set it."


@pytest.mark.parametrize("path", ["/nowhere/at/all", "./redis-secret", "../no/redis.txt", "~/secret"])
def test_the_path_of_a_missing_secret_is_named(path: str) -> None:
    assert refused_password({"file": path}).startswith(f"can't be read from {path} (No such file or directory). Give")


@pytest.mark.parametrize("path", [SECRET, "MARKER/b+c==", "/MARKER+c==", "MARKER/5ecret"])
def test_what_may_be_the_secret_in_place_of_a_path_is_not_shown(path: str) -> None:
    assert refused_password({"file": path}).startswith("can't be read (No such file or directory). Give")


def test_keys_that_yaml_takes_for_something_else() -> None:
    text = "stores: [{project_key: 123, environment_key: no, redis: {host: h, port: yes}}]"
    quotes = (
        "is not text. Put it in quotes; without them YAML reads 123 as a number, no as false and 2026-01-31 as a date."
    )
    with pytest.raises(InvalidSettings) as caught:
        read(text)
    remedy = REDIS.variables[1].remedy
    assert list(caught.value.details) == [
        f"stores[0].project_key: {quotes}",
        f"stores[0].environment_key: {quotes}",
        f"stores[0].redis.port: is not a port. {remedy[0].upper()}{remedy[1:]}.",
    ]


def test_no_local_variable_of_a_traceback_shows_a_secret(tmp_path: Path) -> None:
    """As error trackers collect them."""
    file = tmp_path / "stores.yml"
    file.write_text(
        "stores: [{project_key: shop, environment_key: live, redis: {host: h, password: MARKER-inline}},"
        " {project_key: shop, environment_key: a b, redis: {host: h, password: {env: SECRET}}}]",
        encoding="utf-8",
    )
    with pytest.raises(InvalidSettings) as caught:
        read_stores_file(str(file), {"SECRET": "MARKER-variable", "OTHER": "MARKER-other"})
    frames = [entry.frame for entry in caught.traceback if "ld_segment_store" in str(entry.path)]
    assert len(frames) > 2
    for frame in frames:
        shown = {name: repr(value) for name, value in frame.f_locals.items() if name != "environment"}
        assert "MARKER" not in str(shown), frame.code.name


def test_text_from_elsewhere_is_yaml_or_json() -> None:
    """JSON may have tabs, which YAML does not allow."""
    stores = [{**STORE, "redis": {"host": "h", "password": {"env": "MY_PASSWORD"}}}]
    for text in (json.dumps({"stores": stores}, indent="\t"), json.dumps({"stores": stores})[1:-1]):
        (declaration,) = read_stores_text(text.encode(), "standard input", {"MY_PASSWORD": SECRET})
        assert config_of(declaration)["password"] == Secret(SECRET)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"stores: [", "standard input: invalid YAML near line 1. Fix the syntax."),
        (b"{}", "standard input: does not declare `stores`. Give a mapping with `stores`, a list, and maybe `defaults`."),
        (b'{"stores": 1, "stores": 2}',
         "standard input: duplicate key `stores` in one mapping. Merge or remove one of them."),
    ],
)  # fmt: skip
def test_text_from_elsewhere_that_is_wrong(content: bytes, told: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read_stores_text(content, "standard input", {})
    assert caught.value.message == told


def test_json_that_is_too_deep() -> None:
    with pytest.raises(InvalidSettings, match=r"^standard input: invalid YAML"):
        read_stores_text(b"[" * 2000, "standard input", {})


def test_secrets_that_are_declared() -> None:
    stores = [
        {**STORE, "redis": {"host": "h", "password": SECRET}},
        {**STORE, "environment_key": "test", "redis": {"host": "h"}},
        {**STORE, "environment_key": "old", "state": "absent", "redis": {}},
    ]
    assert secrets_of(read(json.dumps({"stores": stores}), "stores.json")) == [Secret(SECRET)]


DYNAMODB = {
    "table_name": "segments",
    "region": "mx-central-1",
    "external_id": "6f8c3d2e-0f5a-4c3b-9a57-0d2f1f6f1a11",
    "role_arn": "arn:aws:iam::123456789012:role/segments",
}


def checked(*stores: Any, **more: Any) -> tuple[list[Declaration], list[str]]:
    """What a check without the secrets finds."""
    Path("stores.json").write_text(json.dumps({"stores": stores, **more}))
    declarations, findings = check_stores_file("stores.json")
    return declarations, [finding.text for finding in findings]


def test_a_check_of_no_file() -> None:
    (finding,) = check_stores_file("")[1]
    assert finding.text.startswith("stores_file: is empty")


def test_a_check_needs_no_secret() -> None:
    for reference in ({"env": "NOT_SET"}, {"file": "no/such/file"}):
        (declaration,), findings = checked({**STORE, "redis": {"host": "h", "password": reference}})
        assert config_of(declaration)["password"] == Secret("stand-in")
        assert findings == []


NEITHER = "is neither text nor a reference. Give {env: NAME} or {file: PATH}."
EMPTY_FILE = (
    "refers to a file, which is empty. Write the secret into it, or clear the stored one with password: '' and"
    " clear_secrets: true."
)


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ({"env": ""}, "refers to an environment variable, which is not set. Set it."),
        ({"file": ""}, EMPTY_FILE),
        ({"env": 1}, NEITHER),
        ({"env": "A", "file": "b"}, NEITHER),
        ({}, NEITHER),
    ],
)
def test_a_check_of_a_reference(reference: Any, told: str) -> None:
    redis = {"host": "h", "password": reference}
    assert checked({**STORE, "redis": redis}) == ([], [f"stores[0].redis.password: {told}"])
    assert checked(STORE, defaults={"redis": redis}) == ([], [f"defaults.redis.password: {told}"])


def test_a_check_of_the_shape() -> None:
    Path("stores.json").write_text("[]")
    (finding,) = check_stores_file("stores.json")[1]
    assert finding.text == "stores.json: is not a mapping. Give a mapping with `stores`, a list, and maybe `defaults`."


def test_a_number_is_no_secret() -> None:
    """YAML may have changed it: 01234 is 668."""
    (found,) = checked({**STORE, "redis": {"host": "h", "password": 668}})[1]
    assert found.startswith("stores[0].redis.password: must be a string.")


def test_a_check_finds_errors_before_warnings() -> None:
    declarations, findings = checked({**STORE, "dynamodb": DYNAMODB}, {**STORE, "dynamodb": DYNAMODB})
    assert [declaration.label for declaration in declarations] == ["stores[0]", "stores[1]"]
    assert [text.partition(":")[0] for text in findings] == [
        *("stores[1]", "stores[0].dynamodb.region", "stores[1].dynamodb.region"),
    ]


def test_text_that_is_not_utf_8() -> None:
    with pytest.raises(InvalidSettings, match=r"^standard input: "):
        read_stores_text(b"\xff\xfe\xfa", "standard input", {})


def test_references_in_defaults() -> None:
    text = json.dumps(
        {"defaults": {"redis": {"password": {"env": "MY_PASSWORD"}}}, "stores": [{**STORE, "redis": {"host": "h"}}]}
    )
    (declaration,) = read_stores_text(text.encode(), "standard input", {"MY_PASSWORD": SECRET})
    assert config_of(declaration)["password"] == Secret(SECRET)
