# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The inventory plugin `environments`: what is in the inventory, asked for by Ansible's own commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import COLLECTION, DYNAMODB, MARKER, PASSWORD, REDIS, TOKEN, Playbooks, store

PLUGIN = COLLECTION + ".environments"
FILE = "account.launchdarkly.yml"
SEED: dict[str, Any] = {
    "projects": {
        "shop": {
            "name": "{{ 1 + 1 }}",
            "tags": ["web"],
            "environments": {
                "live": {
                    "client_side_id": "64c0ffee64c0ffee64c0ffee",
                    "tags": ["europe", "critical"],
                    "integrations": [
                        {"id": "r1", "name": "main", "enabled": True, "redis": {**REDIS, "password": PASSWORD}},
                        {"id": "d1", "tags": ["b", "a"], "dynamodb": DYNAMODB},
                    ],
                },
                "test": {"tags": ["europe"]},
            },
        },
        "a.b": {"environments": {"c": {}}},
        "a": {"environments": {"b.c": {}}},
    }
}
REQUESTS = ["/api/v2/integration-capabilities/big-segment-store", "/api/v2/projects"]


@pytest.fixture
def ld() -> Iterator[Emulator]:
    with Emulator(seed=SEED, access_tokens=[TOKEN]) as emulator:
        yield emulator


class Inventories:
    """Runs `ansible-inventory` on a configuration of the plugin. Nothing printed may hold a secret or a key of an SDK."""

    def __init__(self, playbooks: Playbooks, ld: Emulator) -> None:
        self.playbooks = playbooks
        self.ld = ld

    def write(self, name: str = FILE, **options: Any) -> str:
        file = self.playbooks.folder / name
        file.write_text(yaml.safe_dump({"plugin": PLUGIN, **options}), encoding="utf-8")
        return str(file)

    def listed(self, *arguments: str, **environ: str) -> dict[str, Any]:
        """What `ansible-inventory --list` gives, and whatever it warned of as `warnings`."""
        output = self.playbooks.folder / "listed.json"
        file = str(self.playbooks.folder / FILE)
        connection = {"LAUNCHDARKLY_API_HOST": self.ld.url, "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN}
        printed = self.playbooks.command(
            "ansible-inventory", "-i", file, "--list", "--output", str(output), *arguments, **{**connection, **environ}
        )
        text = output.read_text(encoding="utf-8")
        for secret in (MARKER, "sdk-", "mob-", TOKEN, "Traceback", "DEPRECATION"):
            assert secret not in printed + text, printed + text
        listed: dict[str, Any] = json.loads(text, object_hook=lambda data: data.get("__ansible_unsafe", data))
        return {**listed, "warnings": " ".join(printed.split())}

    def hosts(self, *arguments: str, **environ: str) -> list[str]:
        return sorted(self.listed(*arguments, **environ)["_meta"]["hostvars"])


@pytest.fixture
def inventories(playbooks: Playbooks, ld: Emulator) -> Inventories:
    return Inventories(playbooks, ld)


def members(listed: dict[str, Any]) -> dict[str, list[str]]:
    return {name: group["hosts"] for name, group in listed.items() if name not in ("_meta", "all", "warnings")}


def paths(ld: Emulator) -> list[str]:
    return [request.path for request in ld.requests]


def test_hosts_groups_and_variables(inventories: Inventories, ld: Emulator) -> None:
    inventories.write()
    listed = inventories.listed()
    assert listed["warnings"] == ""
    assert members(listed) == {
        "launchdarkly": ["live@shop", "test@shop", "c@a.b", "b.c@a"],
        "project_shop": ["live@shop", "test@shop"],
        "project_a_b": ["c@a.b"],
        "project_a": ["b.c@a"],
        "tag_europe": ["live@shop", "test@shop"],
        "tag_critical": ["live@shop"],
        "store_redis": ["live@shop"],
        "store_dynamodb": ["live@shop"],
        "store_none": ["test@shop", "c@a.b", "b.c@a"],
    }
    variables = listed["_meta"]["hostvars"]["live@shop"]
    redis, dynamodb = variables.pop("ld_stores")
    status = redis.pop("status")
    assert variables == {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "ld_project_key": "shop",
        "ld_project_name": "{{ 1 + 1 }}",
        "ld_project_tags": ["web"],
        "ld_environment_key": "live",
        "ld_environment_name": "live",
        "ld_environment_tags": ["critical", "europe"],
        "ld_client_side_id": "64c0ffee64c0ffee64c0ffee",
    }
    assert redis == {"id": "r1", "integration_key": "redis", "name": "main", "tags": [], "enabled": True}
    assert (dynamodb["id"], dynamodb["tags"], dynamodb["enabled"]) == ("d1", ["a", "b"], False)
    assert set(status) == {"available", "potentially_stale", "last_sync", "last_error", "errors"}
    assert listed["_meta"]["hostvars"]["test@shop"]["ld_stores"] == []
    # The projects bring their environments along.
    assert paths(ld) == REQUESTS


def test_many_environments_are_listed_page_by_page(inventories: Inventories) -> None:
    projects: dict[str, Any] = {
        "many": {"environments": {f"env-{number}": {} for number in range(130)}},
        **{f"p-{number}": {"environments": {"live": {}}} for number in range(109)},
    }
    with Emulator(seed={"projects": projects}, access_tokens=[TOKEN]) as ld:
        inventories.ld = ld
        inventories.write()
        assert len(inventories.hosts()) == 130 + 109
        of_many = ["/api/v2/projects/many/environments"] * 2
        assert paths(ld) == [REQUESTS[0], *[REQUESTS[1]] * 2, *of_many]
        ld.clear_requests()
        inventories.write(projects=["p-7", "many"])
        assert len(inventories.hosts()) == 131


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("live@shop", ["live@shop"]),
        ("*@shop,!test@*", ["live@shop"]),
        ("launchdarkly:!project_shop:!b.c@a", ["c@a.b"]),
    ],
)
def test_names_in_patterns(inventories: Inventories, pattern: str, expected: list[str]) -> None:
    inventories.write()
    assert inventories.hosts("--limit", pattern) == expected


def test_a_play(playbooks: Playbooks, inventories: Inventories, ld: Emulator) -> None:
    """The modules run where Ansible does; names are files' names; other people's text is no template."""
    file = inventories.write()
    folder = playbooks.folder / "host_vars"
    folder.mkdir()
    (folder / "test@shop.yml").write_text("redis_host: other.example.com\n", encoding="utf-8")
    options = {"host": "{{ redis_host | default('redis.example.com') }}", "password": PASSWORD}
    place = {"project_key": "{{ ld_project_key }}", "environment_key": "{{ ld_environment_key }}"}
    known = "{{ (ld_stores | selectattr('integration_key', 'eq', 'redis') | first | default({})).id | default(omit) }}"
    tasks = {
        "store": store(**place, integration_id=known, redis=options, enabled=True, tags=["{{ ld_client_side_id }}"]),
        "remember": {"ansible.builtin.set_fact": {"title": "{{ ld_project_name }}", "cacheable": True}},
        "interpreter": {
            "ansible.builtin.command": {
                "argv": ["{{ ansible_python_interpreter }}", "-c", "import requests, jsonschema"]
            }
        },
    }
    facts = playbooks.folder / "facts"
    run = playbooks.run(
        tasks,
        ld=ld,
        arguments=["-i", file, "--limit", "launchdarkly"],
        environ={
            "LAUNCHDARKLY_API_HOST": ld.url,
            "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN,
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(facts),
        },
    )
    hosts = ["live@shop", "test@shop", "c@a.b", "b.c@a"]
    assert [run.at("store", host)["action"] for host in hosts] == ["update", "create", "create", "create"]
    configs = {(made.project_key, made.environment_key): made.config["host"] for made in ld.account.integrations[2:]}
    assert configs == {
        ("shop", "test"): "other.example.com",
        ("a.b", "c"): "redis.example.com",
        ("a", "b.c"): "redis.example.com",
    }
    (live, *_others) = ld.account.integrations
    assert (live.id, live.tags) == ("r1", ("64c0ffee64c0ffee64c0ffee",))
    assert sorted(entry.name.removeprefix("s1_") for entry in facts.iterdir() if entry.is_file()) == sorted(hosts)
    assert run.at("remember", "live@shop")["ansible_facts"]["title"] == "{{ 1 + 1 }}"


def test_groups_that_two_would_share_are_left_out(inventories: Inventories) -> None:
    projects = {key: {"environments": {"live": {"tags": tags}}} for key, tags in (("a-b", ["x y"]), ("a_b", ["x-y"]))}
    with Emulator(seed={"projects": projects}, access_tokens=[TOKEN]) as ld:
        inventories.ld = ld
        inventories.write(keyed_groups=[{"key": "ld_project_tags", "prefix": "team"}])
        listed = inventories.listed()
    hosts = ["live@a-b", "live@a_b"]
    assert members(listed) == {"launchdarkly": hosts, "store_none": hosts}
    for shared in (
        "projects 'a-b', 'a_b' would share the group project_a_b",
        "tags 'x y', 'x-y' would share the group",
    ):
        assert shared in listed["warnings"]


def test_names_that_differ_only_in_case_cause_a_warning(inventories: Inventories) -> None:
    projects: dict[str, Any] = {key: {"environments": {"live": {}}} for key in ("shop", "Shop", "blog")}
    with Emulator(seed={"projects": projects}, access_tokens=[TOKEN]) as ld:
        inventories.ld = ld
        inventories.write()
        listed = inventories.listed()
    assert len(listed["_meta"]["hostvars"]) == 3
    assert "The hosts 'live@shop', 'live@Shop' differ only in case. On a file system" in listed["warnings"]


def test_cache(inventories: Inventories, ld: Emulator) -> None:
    folder = inventories.playbooks.folder / "cache"
    cache: dict[str, Any] = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder)}
    book = inventories.playbooks.folder / "book.yml"
    book.write_text(yaml.safe_dump([{"hosts": "launchdarkly"}]), encoding="utf-8")

    def asks(**options: Any) -> int:
        before = len(ld.requests)
        inventories.write(**cache, **options)
        listed = inventories.listed()
        assert listed["_meta"]["hostvars"]["live@shop"]["ld_project_name"] == "{{ 1 + 1 }}"
        return len(ld.requests) - before

    assert [asks(), asks(), asks(projects=["shop"]), asks(projects=["shop"])] == [2, 0, 2, 0]
    environ = {"LAUNCHDARKLY_API_HOST": ld.url, "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN}
    file = str(inventories.playbooks.folder / FILE)
    inventories.playbooks.command("ansible-playbook", "-i", file, "--flush-cache", "--list-hosts", str(book), **environ)
    assert len(ld.requests) == 6
    assert asks(projects=["shop"]) == 0
    texts = [entry.read_text(encoding="utf-8") for entry in folder.rglob("*") if entry.is_file()]
    assert "64c0ffee64c0ffee64c0ffee" in "".join(texts)
    for secret in (MARKER, "sdk-", "mob-", "redis.example.com", "role/"):
        assert secret not in "".join(texts)


def test_the_examples(inventories: Inventories, ld: Emulator) -> None:
    text = json.loads(inventories.playbooks.command("ansible-doc", "-t", "inventory", "--json", PLUGIN))
    smallest, larger = yaml.safe_load_all(text[PLUGIN]["examples"])
    inventories.write(**smallest)
    assert len(inventories.hosts()) == 4
    with Emulator(seed={"projects": {**SEED["projects"], "blog": {"environments": {"live": {}}}}}) as other:
        inventories.ld = other
        inventories.write(**larger)
        listed = inventories.listed(LAUNCHDARKLY_ACCESS_TOKEN=other.access_token)
        groups = members(listed)
        assert groups["launchdarkly"] == ["live@shop", "test@shop", "live@blog"]
        assert groups["unhealthy"] == ["live@shop"]
        assert groups["environment_live"] == ["live@shop", "live@blog"]
        assert listed["_meta"]["hostvars"]["live@blog"]["redis_host"] == "redis-blog.example.com"
        assert len(inventories.hosts(LAUNCHDARKLY_ACCESS_TOKEN=other.access_token)) == 3
        assert len(other.requests) == 2  # the second time from the cache


WRONG: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "no token": (
        {},
        {"LAUNCHDARKLY_ACCESS_TOKEN": ""},
        "access_token: is missing. Give it, or set LAUNCHDARKLY_ACCESS_",
    ),
    "wrong token": ({"access_token": "api-MARKER-of-nobody"}, {}, "LaunchDarkly responded 401 to GET"),
    "a list as token": ({"access_token": [TOKEN]}, {}, "access_token: is not text. Give the token itself, or"),
    "a mapping as token": ({"access_token": {"value": TOKEN}}, {}, "access_token: is not text. "),
    "an SDK key": ({"access_token": "sdk" + "-MARKER"}, {}, "access_token: is an SDK key. "),
    "no host": ({"api_host": "https://user:MARKER@a.example"}, {}, "api_host: has more than scheme and host"),
    "project": (
        {"projects": ["shop", "shoop"]},
        {},
        "projects: has projects that the access token cannot read: 'shoop'. Check the keys",
    ),
    "option": ({"keyed_groups": [{"key": "nothing"}], "strict": True}, {}, "nothing"),
    "library": ({}, {"PYTHONPATH": "shim"}, "The Python package 'requests' is missing or too old. Install it with"),
}


@pytest.mark.parametrize(("options", "environ", "told"), WRONG.values(), ids=list(WRONG))
def test_what_goes_wrong_is_a_sentence(
    inventories: Inventories, options: dict[str, Any], environ: dict[str, str], told: str
) -> None:
    shim = inventories.playbooks.folder / "shim"
    shim.mkdir()
    (shim / "requests.py").write_text("raise ImportError('not here')\n")
    environ = {name: str(shim) if name == "PYTHONPATH" else value for name, value in environ.items()}
    inventories.write(**options)
    listed = inventories.listed("-vvvv", **environ)
    assert told in listed["warnings"]
    assert members(listed) == {}


def test_a_key_that_cannot_be_a_hosts_name(inventories: Inventories) -> None:
    with Emulator(seed={"projects": {"a@b": {"environments": {"live": {}}}}}, access_tokens=[TOKEN]) as ld:
        inventories.ld = ld
        inventories.write()
        assert (
            "projects: the key 'a@b' cannot be part of a host name. Select other projects."
            in inventories.listed()["warnings"]
        )


def test_retries_are_reported(inventories: Inventories, ld: Emulator) -> None:
    ld.faults.add(429, retry_after=0.3)
    ld.faults.add(503)
    inventories.write()
    listed = inventories.listed()
    assert len(listed["_meta"]["hostvars"]) == 4
    assert "Rate limited; retrying" in listed["warnings"]
    assert "Server error 503; retrying" in listed["warnings"]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("launchdarkly.yml", True),
        ("eu.launchdarkly.yaml", True),
        ("notlaunchdarkly.yml", False),
    ],
)
def test_names_of_files(inventories: Inventories, name: str, ours: bool) -> None:
    """Of others, the plugin leaves the work to those that know them."""
    file = inventories.write(name)
    environ = {"LAUNCHDARKLY_API_HOST": inventories.ld.url, "LAUNCHDARKLY_ACCESS_TOKEN": TOKEN}
    printed = inventories.playbooks.command("ansible-inventory", "-i", file, "--graph", **environ)
    assert ("live@shop" in printed) is ours


def test_options_are_those_of_the_modules(playbooks: Playbooks) -> None:
    def options(kind: str, name: str) -> dict[str, Any]:
        shown = json.loads(playbooks.command("ansible-doc", "-t", kind, "--json", name))
        found: dict[str, Any] = shown[name]["doc"]["options"]
        return found

    module, ours = options("module", COLLECTION + ".ld_big_segment_store_info"), options("inventory", PLUGIN)
    for name in ("access_token", "api_host", "validate_certs", "ca_path", "timeout"):
        entry = {key: value for key, value in ours[name].items() if key != "env"}
        assert entry == {key: value for key, value in module[name].items() if key != "version_added"}
    assert [variable["name"] for variable in ours["access_token"]["env"]] == ["LAUNCHDARKLY_ACCESS_TOKEN"]
    assert [variable["name"] for variable in ours["api_host"]["env"]] == ["LAUNCHDARKLY_API_HOST"]
    assert [variable["name"] for variable in ours["ca_path"]["env"]] == ["LAUNCHDARKLY_CA_PATH"]
    assert [variable["name"] for variable in ours["validate_certs"]["env"]] == ["LAUNCHDARKLY_VALIDATE_CERTS"]


def test_templates_as_host_and_token(inventories: Inventories, ld: Emulator) -> None:
    where = {name: f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}" for name in ("OUR_HOST", "OUR_TOKEN")}
    inventories.write(api_host=where["OUR_HOST"], access_token=where["OUR_TOKEN"])
    elsewhere = {"LAUNCHDARKLY_API_HOST": "http://127.0.0.1:9", "LAUNCHDARKLY_ACCESS_TOKEN": "api-of-nobody"}
    assert "live@shop" in inventories.hosts(**elsewhere, OUR_HOST=ld.url, OUR_TOKEN=TOKEN)


def test_templates_as_other_options(inventories: Inventories, ld: Emulator) -> None:
    inventories.write(
        projects='{{ ["a", "a.b"] }}', timeout="{{ 5 }}", validate_certs="{{ false }}", ca_path="/nowhere.pem"
    )
    assert inventories.hosts() == ["b.c@a", "c@a.b"]
    inventories.write(validate_certs="{{ 'yes' }}", ca_path="{{ '/nowhere' }}.pem")
    assert "ca_path: names a file that does not exist" in inventories.listed()["warnings"]
    inventories.write(access_token="{{ ['api-MARKER'] }}")
    assert "access_token: is not text." in inventories.listed("-vvvv")["warnings"]


def test_booleans_that_are_neither_true_nor_false(inventories: Inventories, ld: Emulator) -> None:
    variable, problem = "LAUNCHDARKLY_VALIDATE_CERTS", "is neither true nor false. Give true or false. "
    for option in ({"validate_certs": "ture"}, {"validate_certs": ""}, {"strict": "ture"}):
        inventories.write(**option)
        assert f" {next(iter(option))}: {problem}" in inventories.listed(**{variable: "yes"})["warnings"]
    inventories.write(ca_path="/nowhere.pem")
    for value in ("ture", ""):
        assert f" {variable}: {problem}" in inventories.listed(**{variable: value})["warnings"]
    assert ld.requests == []
    assert len(inventories.hosts(**{variable: "No"})) == 4
    inventories.write(validate_certs=False, ca_path="/nowhere.pem")
    assert len(inventories.hosts(**{variable: "ture"})) == 4  # an option takes precedence


def test_two_accounts_do_not_become_one_host(inventories: Inventories) -> None:
    """Projects and environments are called alike in many accounts."""
    inventories.write()
    with Emulator(seed={"projects": {"shop": {"environments": {"live": {}}}}}, access_tokens=[TOKEN]) as other:
        file = inventories.write("other.launchdarkly.yml", api_host=other.url)
        listed = inventories.listed("-i", file)
    assert (
        "The host live@shop exists already, from another account. No host of this file was added" in listed["warnings"]
    )
    assert listed["_meta"]["hostvars"]["live@shop"]["ld_client_side_id"] == "64c0ffee64c0ffee64c0ffee"
    again = inventories.listed("-i", inventories.write("again.launchdarkly.yml"))
    assert "exists already" not in again["warnings"]
