# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Paths, pages, and answers read tolerantly."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ld_segment_store.core import errors
from ld_segment_store.core.api.client import DEFAULT_API_HOST, DEFAULT_TIMEOUT, Client
from ld_segment_store.core.api.request import Request
from ld_segment_store.core.model.account import CallerIdentity, Environment, Project, PublicAddresses
from ld_segment_store.core.model.integration import Status, StatusError
from ld_segment_store.core.model.store_key import StoreKey
from ld_segment_store.core.secret import Secret
from tests.support.scripted import HOST, STORES, TOKEN, Script, answer, dynamodb_item, redis_item

KEY = StoreKey("shop", "live", "redis")
REQUIRED = {"_id": str, "integrationKey": str, "projectKey": str, "environmentKey": str, "name": str, "on": bool,
            "tags": list, "version": int}  # fmt: skip


def query(script: Script, number: int = -1) -> dict[str, list[str]]:
    return parse_qs(urlsplit(script.sent[number].path_url).query)


def test_method_and_path_of_each_route(client: Client, script: Script) -> None:
    script.answers = [
        answer(200, {"items": []}), answer(200, redis_item()), answer(201, redis_item()), answer(200, redis_item()), answer(204)
    ]  # fmt: skip
    client.list_integrations()
    client.get_integration(KEY, "id-1")
    client.create_integration(KEY, {"config": {}})
    client.update_integration(KEY, "id-1", [{"op": "replace", "path": "/on", "value": True}])
    client.delete_integration(KEY, "id-1")
    assert [(sent.method, sent.path_url) for sent in script.sent] == [
        ("GET", STORES),
        ("GET", f"{STORES}/shop/live/redis/id-1"),
        ("POST", f"{STORES}/shop/live/redis"),
        ("PATCH", f"{STORES}/shop/live/redis/id-1"),
        ("DELETE", f"{STORES}/shop/live/redis/id-1"),
    ]
    assert all(sent.headers["LD-API-Version"] == "beta" for sent in script.sent)
    assert script.body(2) == {"config": {}}
    assert script.body(3) == [{"op": "replace", "path": "/on", "value": True}]


@pytest.mark.parametrize(
    ("key", "quoted"),
    [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("a?b#c", "a%3Fb%23c"),
        ("a%2Fb", "a%252Fb"),
        ("ü", "%C3%BC"),
        ("a.b-c_d~", "a.b-c_d~"),
    ],
)
def test_odd_keys_are_quoted(client: Client, script: Script, key: str, quoted: str) -> None:
    script.answers = [answer(200, redis_item()), answer(200, {"items": []})]
    client.get_integration(StoreKey(key, key, "redis"), key)
    assert script.sent[0].path_url == f"{STORES}/{quoted}/{quoted}/redis/{quoted}"
    client.list_environments(key)
    assert urlsplit(script.sent[1].path_url).path == f"/api/v2/projects/{quoted}/environments"


def test_reading_an_integration(client: Client, script: Script) -> None:
    status = {
        "available": False,
        "potentiallyStale": True,
        "lastSync": 1_700_000_000_000,
        "lastError": 1_700_000_000_001,
        "errors": [{"statusCode": 400, "message": "refused", "timestamp": 1_700_000_000_001, "new": 1}, "nonsense", {}],
    }
    script.answers = [answer(200, redis_item(_status=status, tags=["b", "a"], new_field={"a": 1}, _access={}))]
    read = client.get_integration(KEY, "id-1")
    assert (read.id, read.integration_key, read.project_key, read.environment_key) == ("id-1", "redis", "shop", "live")
    assert (read.name, read.enabled, read.tags, read.version) == ("main", True, ("b", "a"), 1)
    assert read.config == redis_item()["config"]
    told = StatusError(400, "refused", 1_700_000_000_001)
    assert read.status == Status(False, True, 1_700_000_000_000, 1_700_000_000_001, (told, StatusError(None, "", None)))
    assert read.redacted() == {
        "id": "id-1",
        "project_key": "shop",
        "environment_key": "live",
        "integration_key": "redis",
        "name": "main",
        "enabled": True,
        "tags": ["a", "b"],
        "version": 1,
        "config": {
            "host": "redis.example.com", "port": "6379", "username": "", "password": "set", "tls_enabled": False
        },
        "status": {
            "available": False,
            "potentially_stale": True,
            "last_sync": 1_700_000_000_000,
            "last_error": 1_700_000_000_001,
            "errors": [
                {"status_code": 400, "message": "refused", "timestamp": 1_700_000_000_001},
                {"status_code": None, "message": "", "timestamp": None},
            ],
        },
    }  # fmt: skip
    assert "sup****" not in repr(read)


@pytest.mark.parametrize("status", [None, {}, [], "x", {"available": "yes", "lastSync": "x", "errors": 5}])
def test_a_status_that_cannot_be_read_is_none(client: Client, script: Script, status: Any) -> None:
    script.answers = [answer(200, redis_item(_status=status))]
    assert client.get_integration(KEY, "id-1").status == Status()


def test_list_items_may_lack_config_and_status(client: Client, script: Script) -> None:
    without = redis_item()
    del without["config"], without["_status"]
    script.answers = [
        answer(200, {"items": [without, redis_item(config={}), redis_item(config=None), dynamodb_item()], "x": 1})
    ]
    listed = client.list_integrations()
    assert [item.config for item in listed] == [None, {}, None, dynamodb_item()["config"]]
    assert listed[0].status == Status()


@pytest.mark.parametrize("field", sorted(REQUIRED))
@pytest.mark.parametrize("value", ["missing", None, 1.5, {}])
def test_a_required_field_that_cannot_be_read_is_named(client: Client, script: Script, field: str, value: Any) -> None:
    if field == "name" and value in ("missing", None):
        value = {}  # an integration without a name is read as one with an empty name
    item = redis_item(**{field: value})
    if value == "missing":
        del item[field]
    script.answers = [answer(200, item), answer(200, {"items": [redis_item(), item]})]
    with pytest.raises(errors.UnexpectedResponse) as caught:
        client.get_integration(KEY, "id-1")
    path = f"GET {STORES}/shop/live/redis/id-1"
    assert caught.value.problem == f"The response to {path} has no usable `{field}` in the integration."
    assert caught.value.request == path
    good, odd = client.list_integrations()
    assert (good.problem, odd.problem) == (
        "",
        f"The response to GET {STORES} has no usable `{field}` in the integration.",
    )


@pytest.mark.parametrize("config", [None, {}])
def test_one_integration_must_have_its_config(client: Client, script: Script, config: Any) -> None:
    """An empty one too: planning from it would replace the stored config, password and all."""
    script.answers = [answer(200, redis_item(config=config))]
    with pytest.raises(errors.UnexpectedResponse, match="has no `config`"):
        client.get_integration(KEY, "id-1")


@pytest.mark.parametrize("config", [[], "MARKER", 5])
def test_a_config_of_another_shape(client: Client, script: Script, config: Any) -> None:
    script.answers = [answer(200, redis_item(config=config))]
    with pytest.raises(errors.UnexpectedResponse, match="no usable `config`") as caught:
        client.get_integration(KEY, "id-1")
    assert "MARKER" not in str(caught.value)


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": {}}, {"totalCount": 0}])
def test_a_list_without_items(client: Client, script: Script, body: Any) -> None:
    script.answers = [answer(200, body)]
    with pytest.raises(errors.UnexpectedResponse, match=f"The response to GET {STORES} has no list `items`."):
        client.list_integrations()


@pytest.mark.parametrize("item", [None, 5, "MARKER", []])
def test_a_list_of_something_else(client: Client, script: Script, item: Any) -> None:
    script.answers = [answer(200, {"items": [item]})]
    (odd,) = client.list_integrations()
    assert odd.problem == f"The response to GET {STORES} has something else than the integration."
    assert "MARKER" not in repr(odd)


@pytest.mark.parametrize("body", [{}, {"_id": "id-1"}, {**redis_item(), "version": "1"}])
def test_a_write_whose_answer_lacks_something_may_have_worked(client: Client, script: Script, body: Any) -> None:
    script.answers = [answer(201, body), answer(200, body)]
    with pytest.raises(errors.OutcomeUnknown, match="has no usable") as caught:
        client.create_integration(KEY, {})
    assert caught.value.request == f"POST {STORES}/shop/live/redis"
    with pytest.raises(errors.OutcomeUnknown, match="has no usable"):
        client.update_integration(KEY, "id-1", [])


def page(*keys: str, next_: Any = "missing") -> Any:
    links = {"self": {"href": "x"}}
    if next_ != "missing":
        links["next"] = next_
    return answer(
        200, {"items": [{"key": key, "name": key.upper(), "tags": ["t"], "x": 1} for key in keys], "_links": links}
    )


def test_projects_page_by_page(client: Client, script: Script) -> None:
    script.answers = [page("a", "b", next_={"href": "/elsewhere"}), page("c", next_={"href": "x"}), page("d")]
    assert client.list_projects() == [Project(key, key.upper(), ("t",)) for key in "abcd"]
    assert [query(script, number) for number in range(3)] == [
        {"limit": ["100"], "offset": ["0"]},
        {"limit": ["100"], "offset": ["2"]},
        {"limit": ["100"], "offset": ["3"]},
    ]
    assert {urlsplit(sent.path_url).path for sent in script.sent} == {"/api/v2/projects"}
    assert "LD-API-Version" not in script.sent[0].headers


def test_an_empty_page_is_the_last(client: Client, script: Script) -> None:
    script.answers = [page("a", next_={"href": "x"}), page(next_={"href": "x"})]
    assert [project.key for project in client.list_projects()] == ["a"]


def test_pages_share_one_deadline(client: Client, script: Script) -> None:
    def slow(_request: Any) -> Any:
        client.clock.sleep(25)
        return page("a", next_={"href": "x"})

    script.answers = [slow] * 9
    with pytest.raises(errors.NetworkError, match="No time was left"):
        client.list_projects()
    assert len(script.sent) == 3


def test_a_filter(client: Client, script: Script) -> None:
    script.answers = [page("a", next_={}), page("b")]
    client.list_projects("shop & co")
    assert [query(script, number)["filter"] for number in (0, 1)] == [["query:shop & co"]] * 2


def test_the_list_of_integrations_is_followed(client: Client, script: Script) -> None:
    first = {"items": [redis_item()], "_links": {"next": {"href": f"{STORES}?limit=1&cursor=a%2Bb"}}}
    second = {"items": [redis_item(_id="id-2")], "_links": {"next": {"href": "https://other.example/x?cursor=c"}}}
    script.answers = [answer(200, first), answer(200, second), answer(200, {"items": [redis_item(_id="id-3")]})]
    assert [integration.id for integration in client.list_integrations()] == ["id-1", "id-2", "id-3"]
    assert [sent.url.split("/api")[0] for sent in script.sent if sent.url] == [HOST] * 3
    assert query(script, 0) == {}
    assert query(script, 1)["cursor"] == ["a+b"]
    assert query(script, 2)["cursor"] == ["c"]


def test_links_of_integrations_are_dropped_and_those_of_pages_are_kept(client: Client, script: Script) -> None:
    item = redis_item(_links={"self": {"href": "x"}})
    page_with_id = {"_id": "page-1", "items": [item], "_links": {"next": {"href": "x"}}}
    script.answers = [answer(200, page_with_id)]
    response = client.send(Request("GET", STORES, beta=True))
    assert response == {**page_with_id, "items": [{key: item[key] for key in item if key != "_links"}]}


def test_a_list_that_does_not_end(client: Client, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ld_segment_store.core.api.client._MAX_PAGES", 3)
    script.answers = [page("a", next_={"href": "/x?offset=0"})] * 4
    with pytest.raises(errors.UnexpectedResponse, match="does not end"):
        client.list_projects()


def test_environments(client: Client, script: Script) -> None:
    item = {
        "key": "live",
        "name": "Live",
        "_id": "64c0",
        "color": "f00",
        "apiKey": "sdk-MARKER",
        "mobileKey": "mob-MARKER",
    }
    script.answers = [answer(200, {"items": [item]})]
    (environment,) = client.list_environments("shop", "live")
    assert environment == Environment("live", "Live", "64c0", ())
    assert "MARKER" not in repr(environment)
    assert query(script) == {"limit": ["100"], "offset": ["0"], "filter": ["query:live"]}


LIVE = {"key": "live", "name": "Live", "_id": "64c0", "apiKey": "sdk-MARKER"}


@pytest.mark.parametrize(
    ("environments", "complete"),
    [
        ({"items": [LIVE], "totalCount": 1, "_links": {}}, True),
        ({"items": [], "totalCount": 0}, True),
        ({"items": [LIVE], "totalCount": 2}, False),
        ({"items": [LIVE], "totalCount": 1, "_links": {"next": {}}}, False),
        ({"items": [LIVE]}, False),
        ({"items": None, "totalCount": 0}, False),
        (None, False),
    ],
)
def test_projects_with_their_environments(client: Client, script: Script, environments: Any, complete: bool) -> None:
    """Where it is not certain that an answer has all of them, it counts as having none."""
    project = {"key": "shop", "name": "Shop", "environments": environments}
    script.answers = [answer(200, {"items": [project]})]
    (shop,) = client.list_projects(environments=True)
    assert query(script) == {"limit": ["100"], "offset": ["0"], "expand": ["environments"]}
    assert (shop.environments is not None) is complete
    if shop.environments:
        assert shop.environments == (Environment("live", "Live", "64c0", ()),)
    assert "MARKER" not in repr(shop)


@pytest.mark.parametrize("tags", [None, "text", 5, {"a": 1}])
def test_tags_nobody_needs_are_left_out_where_they_are_none(client: Client, script: Script, tags: Any) -> None:
    item = {"key": "live", "name": "Live", "_id": "64c0", "tags": tags}
    script.answers = [answer(200, {"items": [item]}), answer(200, {"items": [item]})]
    assert client.list_environments("shop")[0].tags == client.list_projects()[0].tags == ()


@pytest.mark.parametrize("field", ["key", "name", "_id"])
def test_what_an_environment_needs(client: Client, script: Script, field: str) -> None:
    item = {"key": "live", "name": "Live", "_id": "64c0", field: None}
    script.answers = [answer(200, {"items": [item]})]
    with pytest.raises(errors.UnexpectedResponse, match=f"no usable `{field}` in the environment"):
        client.list_environments("shop")


def test_caller_identity(client: Client, script: Script) -> None:
    full = {
        "tokenName": "ci",
        "tokenKind": "auth",
        "accountId": "a1",
        "memberId": "m1",
        "serviceToken": True,
        "scopes": [],
    }
    script.answers = [answer(200, full), answer(200, {}), answer(200, {"tokenName": None, "serviceToken": "yes"})]
    assert client.get_caller_identity() == CallerIdentity("ci", "auth", "a1", "m1", True)
    assert client.get_caller_identity() == client.get_caller_identity() == CallerIdentity("", "", "", "", False)
    assert {sent.path_url for sent in script.sent} == {"/api/v2/caller-identity"}
    assert "LD-API-Version" not in script.sent[0].headers


def test_public_addresses(client: Client, script: Script) -> None:
    lists = {"addresses": ["104.156.80.0/20"], "outboundAddresses": ["52.0.0.1/32", "52.0.0.2/32"]}
    script.answers = [answer(200, lists), answer(200, {"addresses": []})]
    assert client.get_public_addresses() == PublicAddresses(("104.156.80.0/20",), ("52.0.0.1/32", "52.0.0.2/32"))
    with pytest.raises(errors.UnexpectedResponse, match="has no usable `outboundAddresses` in the list of addresses"):
        client.get_public_addresses()
    assert {sent.path_url for sent in script.sent} == {"/api/v2/public-ip-list"}
    assert "LD-API-Version" not in script.sent[0].headers


def test_defaults() -> None:
    assert DEFAULT_API_HOST == "https://app.launchdarkly.com"
    with Client(TOKEN) as client:
        assert client.api_host == DEFAULT_API_HOST
        assert client._transport._timeout == DEFAULT_TIMEOUT == 30
        assert client._transport._connections._verify is True
        assert client._transport._connections._session.trust_env is True


@pytest.mark.parametrize("token", [TOKEN, Secret(TOKEN)])
def test_the_token_may_be_text_or_a_secret(script: Script, token: Any) -> None:
    script.answers = [answer(200, {})]
    with Client(token, HOST + "/") as client:
        script.mount(client)
        client.get_caller_identity()
    assert script.sent[0].headers["Authorization"] == TOKEN
    assert script.sent[0].url == f"{HOST}/api/v2/caller-identity"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"access_token": None}, "access_token: is not text. Give a LaunchDarkly API access token"),
        ({"timeout": "5"}, "timeout: must be a positive number of seconds."),
        ({"verify": 5}, "ca_path: is not a path."),
    ],
)
def test_arguments_of_another_type(options: Any, message: str) -> None:
    with pytest.raises(errors.InvalidSettings) as raised:
        Client(**{"access_token": TOKEN, "api_host": HOST, **options})
    assert raised.value.message.startswith(message)
