# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Create, list, get and delete; who may; masks."""

from __future__ import annotations

from typing import Any

import pytest

from ld_segment_store.emulator import Behaviour, Emulator
from tests.emulator.server.contract import REDIS, STORES, Caller, place

DYNAMODB = {
    "tableName": "big-segments",
    "region": "eu-west-1",
    "roleArn": "arn:aws:iam::123456789012:role/big-segments",
    "externalId": "3f2c0c76-1a63-4e0f-9f8e-6d1f2a7c9b10",
}


def test_create_answers_with_the_whole_integration(call: Caller) -> None:
    config = {"host": "redis.example.com", "port": "6380", "tlsEnabled": True, "password": "supersecret123"}

    created = call.create(config=config, name="Main", on=True, tags=["a", "b"])

    assert created["config"] == {**config, "password": "sup********123"}
    assert (created["name"], created["on"], created["tags"], created["version"]) == ("Main", True, ["a", "b"], 1)
    assert (created["projectKey"], created["environmentKey"], created["integrationKey"]) == ("default", "test", "redis")
    assert created["_status"]["available"] is False
    assert call("GET", place(created)).json() == created


def test_create_with_config_alone(call: Caller) -> None:
    created = call.create()

    assert (created["name"], created["on"], created["tags"]) == ("", False, [])


def test_dynamodb(call: Caller) -> None:
    created = call.create(STORES + "/default/test/dynamodb", config=DYNAMODB)

    assert created["config"] == DYNAMODB
    assert created["integrationKey"] == "dynamodb"


def test_a_region_that_the_list_lacks_is_taken(call: Caller) -> None:
    created = call.create(STORES + "/default/test/dynamodb", config={**DYNAMODB, "region": "mx-central-1"})

    assert created["config"]["region"] == "mx-central-1"


def test_creating_twice_makes_two(call: Caller) -> None:
    first, second = call.create(), call.create()

    assert first["_id"] != second["_id"]
    listed = call("GET", STORES).json()["items"]
    assert [item["_id"] for item in listed] == [first["_id"], second["_id"]]


def test_list_items_have_no_config(call: Caller) -> None:
    created = call.create()

    (item,) = call("GET", STORES).json()["items"]

    del created["config"]
    assert item == created


def test_list_items_with_an_empty_config_as_a_setting() -> None:
    with Emulator(behaviour=Behaviour(list_config="empty")) as ld:
        call = Caller(ld)
        call.create()
        assert call("GET", STORES).json()["items"][0]["config"] == {}


def test_config_defaults_as_a_setting() -> None:
    with Emulator(behaviour=Behaviour(config_defaults="filled")) as ld:
        assert Caller(ld).create()["config"] == {
            "host": "redis.example.com",
            "port": "6379",
            "username": "",
            "password": "",
            "tlsEnabled": False,
        }


def test_delete(call: Caller) -> None:
    created = call.create()

    assert call("DELETE", place(created)).status_code == 204
    assert call("GET", place(created)).status_code == 404
    assert call("DELETE", place(created)).status_code == 404
    assert call("GET", STORES).json()["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/default/production/redis/{}",
        "/default/test/dynamodb/{}",
        "/other/test/redis/{}",
        "/default/Test/redis/{}",
        "/default/test/redis/{}0",
    ],
)
def test_an_integration_is_found_in_its_place_only(call: Caller, path: str) -> None:
    created = call.create()

    for method in ("GET", "DELETE"):
        assert call(method, STORES + path.format(created["_id"])).status_code == 404
    assert call("PATCH", STORES + path.format(created["_id"]), json=[]).status_code == 404


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "config.host"),
        ({"host": ""}, "config.host"),
        ({"host": "redis://redis.example.com"}, "config.host"),
        ({"host": "redis.example.com", "port": 6379}, "config.port"),
        ({"host": "redis.example.com", "port": "65536"}, "config.port"),
        ({"host": "redis.example.com", "tlsEnabled": "true"}, "config.tlsEnabled"),
        ({"host": "redis.example.com", "tls_enabled": True}, "Did you mean `tlsEnabled`?"),
        ({"host": "redis.example.com", "password": None}, "config.password"),
        (None, "config"),
        ([], "config"),
    ],
)
def test_a_wrong_config_is_refused_with_its_field(call: Caller, config: object, field: str) -> None:
    response = call("POST", REDIS, json={"config": config})

    assert response.status_code == 400
    assert field in response.json()["message"]
    assert call("GET", STORES).json()["items"] == []


def test_all_that_is_wrong_is_told_at_once(call: Caller) -> None:
    message = call("POST", REDIS, json={"config": {"port": 1}, "on": "yes", "colour": "red"}).json()["message"]

    assert all(field in message for field in ("config.host", "config.port", "on: ", "colour"))


@pytest.mark.parametrize("body", [[], "text", 7, None, {}])
def test_a_body_of_the_wrong_shape(call: Caller, body: object) -> None:
    assert call("POST", REDIS, json=body).status_code == 400


def test_an_unknown_store_type(call: Caller) -> None:
    response = call("POST", STORES + "/default/test/memcached", json={"config": {}})

    assert response.status_code == 400
    assert "dynamodb or redis" in response.json()["message"]


def test_keys_are_decoded_one_by_one() -> None:
    seed: dict[str, Any] = {"projects": {"a/b c": {"environments": {"é%2F": {}}}}}
    with Emulator(seed=seed) as ld:
        call = Caller(ld)

        created = call.create(STORES + "/a%2Fb%20c/%C3%A9%252F/redis")

        assert (created["projectKey"], created["environmentKey"]) == ("a/b c", "é%2F")
        assert created["_links"]["self"]["href"].startswith(STORES + "/a%2Fb%20c/%C3%A9%252F/redis/")
        assert call("GET", place(created)).json() == created


@pytest.mark.parametrize(
    "token", ["", "api-emulato", "api-emulator2", "Bearer api-emulator", "sdk-emulator-default-test"]
)
def test_a_token_that_is_not_the_account_s(call: Caller, token: str) -> None:
    response = call("GET", STORES, headers={"Authorization": token})

    assert response.status_code == 401
    assert response.json()["message"] == "Invalid access token"


def test_several_tokens() -> None:
    with Emulator(access_tokens=["api-one", "api-two"]) as ld:
        call = Caller(ld)
        identities = [
            call("GET", "/api/v2/caller-identity", headers={"Authorization": token}).json()["tokenId"]
            for token in ("api-one", "api-two")
        ]
        assert len(set(identities)) == 2
        assert call("GET", STORES, headers={"Authorization": "api-emulator"}).status_code == 401


def test_an_empty_token_opens_nothing() -> None:
    with Emulator(access_tokens=["api-one", ""]) as ld:
        call = Caller(ld)
        for token in ("", None):
            assert call("GET", STORES, headers={"Authorization": token}).status_code == 401


def test_the_beta_header_is_asked_for_by_name(call: Caller) -> None:
    for value in (None, "20240415", "Beta"):
        response = call("GET", STORES, headers={"LD-API-Version": value})
        assert response.status_code == 403
        assert "LD-API-Version: beta" in response.json()["message"]


@pytest.mark.parametrize(
    "path", ["/api/v2/projects", "/api/v2/projects/default/environments", "/api/v2/caller-identity"]
)
def test_other_routes_need_no_beta_header(call: Caller, path: str) -> None:
    assert call("GET", path, headers={"LD-API-Version": None}).status_code == 200


@pytest.mark.parametrize(
    ("password", "mask"),
    [
        ("", ""),
        ("x", "*"),
        ("seven77", "*******"),
        ("eight888", "eig**888"),
        ("supersecret123", "sup********123"),
        ("a" * 20, "aaa" + "*" * 14 + "aaa"),
    ],
)
def test_masks(call: Caller, password: str, mask: str) -> None:
    created = call.create(config={"host": "redis.example.com", "password": password})

    assert created["config"]["password"] == mask


@pytest.mark.parametrize(
    ("behaviour", "password", "mask"),
    [
        (Behaviour(mask_stars="eight"), "seven77", "********"),
        (Behaviour(mask_stars="eight"), "a" * 20, "aaa********aaa"),
        (Behaviour(mask_stars="eight"), "", ""),
        (Behaviour(mask_starred_below=12), "elevenchars", "*" * 11),
        (Behaviour(mask_starred_below=7), "seven77", "sev*n77"),
        (Behaviour(mask_stars="four"), "dumb-secret-million", "dum****ion"),
        (Behaviour(mask_stars="four"), "x", "****"),
        (Behaviour(mask_stars="four", mask_shown="4"), "supersecret123", "supe****t123"),
        (Behaviour(mask_shown="4"), "eight888", "********"),
        (Behaviour(mask_shown="4"), "ninechars", "nine*hars"),
    ],
)
def test_masks_by_settings(behaviour: Behaviour, password: str, mask: str) -> None:
    with Emulator(behaviour=behaviour) as ld:
        created = Caller(ld).create(config={"host": "redis.example.com", "password": password})
        assert created["config"]["password"] == mask
