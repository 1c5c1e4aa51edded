# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""redis_store on a real Redis: in check mode, done, done again, repaired."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ld_segment_store.core.documents import PASSWORD_PLACEHOLDER, redis_acl_line
from ld_segment_store.emulator import Emulator
from tests.collection.playbooks import COLLECTION, MARKER, ROOT, TOKEN, Playbooks, forking
from tests.roles.application import Applied, apply
from tests.roles.redis_store import (
    ADMIN,
    ADMIN_PASSWORD,
    ALLOW_SHORT,
    CHECK,
    COMPARE,
    COMPLETE,
    PASSWORD,
    REMOVE_INTEGRATION,
    REMOVE_USER,
    SET,
    TELL,
    USER,
    hashes,
    secured,
    settings,
    sha256,
    user,
)
from tests.support.redis_preflight import almost_redis
from tests.support.redis_server import RedisServer
from tests.support.sync import PREFIX, options, redis_config, seed

PREFIXES = {"live": PREFIX, "test": PREFIX[::-1]}
TWO_ENVIRONMENTS = {
    "projects": {"shop": {"environments": {key: {"client_side_id": prefix} for key, prefix in PREFIXES.items()}}}
}


def test_recipe(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    def go(check: bool = False, **others: Any) -> Applied:
        # What redis-cli would log in with.
        theirs = f"another-{MARKER}-pass"
        return apply(playbooks, "redis_store", secured(server, **others), ld, check=check, REDISCLI_AUTH=theirs)

    planned = go(check=True)
    assert planned.changed == [COMPARE, TELL]
    assert planned[TELL]["action"] == "create"
    assert user(server) is None
    assert not ld.account.integrations

    done = go()
    assert done.changed == [SET, TELL]
    outcomes = {check["name"]: check["outcome"] for check in done[CHECK]["checks"]}
    assert outcomes["permissions"] == outcomes["eviction"] == outcomes["memory"] == "pass"
    assert done[TELL]["integration"]["status"]["available"] is True
    assert f"user {USER} on" in Path(server.directory / "users.acl").read_text()

    assert go().changed == []


def test_booleans_from_the_command_line(playbooks: Playbooks, ld: Emulator) -> None:
    """They are text there, and "false" is no empty one."""
    names = ("tls_enabled", "save", "preflight", "enabled", "wait")
    texts = {f"redis_store_{name}": "false" for name in names}
    with RedisServer() as plain:
        short = settings(plain, password="short-" + MARKER)
        refused = apply(playbooks, "redis_store", short, ld, may_fail=True, texts={ALLOW_SHORT: "false"}).failed
        assert "redis_store_password: is shorter than 16 characters." in refused["Check the variables"]
        done = apply(playbooks, "redis_store", short, ld, texts={**texts, ALLOW_SHORT: "true"})
        assert done.changed == [SET, TELL]
        assert done[CHECK].outcome == "skipped"
        rotated = apply(playbooks, "redis_store", settings(plain), ld, texts=texts)
        assert rotated.changed == [SET, TELL, COMPLETE]
        assert hashes(plain) == sha256(PASSWORD)
    (integration,) = ld.account.integrations
    assert integration.on is False


def test_a_client_side_id_that_launchdarkly_does_not_show(playbooks: Playbooks, server: RedisServer) -> None:
    """As for a token that may manage integrations, but not read the project."""
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        ld.faults.add(403, operation="getEnvironmentsByProject")
        quick = secured(server, client_side_id=PREFIX, wait=False, preflight=False)
        assert SET in apply(playbooks, "redis_store", quick, ld).changed
    with server.admin() as admin:
        assert admin.acl_getuser(USER)["keys"] == [f"~{PREFIX}:*"]


def test_drift_of_the_user_is_repaired(playbooks: Playbooks, server: RedisServer) -> None:
    with Emulator(seed=seed(), access_tokens=[TOKEN]) as ld:
        quick = secured(server, wait=False, preflight=False)
        apply(playbooks, "redis_store", quick, ld)
        wanted = user(server)
        with server.admin() as admin:
            admin.execute_command("ACL SETUSER", USER, "+flushall", ">another")
        drifted = user(server)
        assert COMPARE in apply(playbooks, "redis_store", quick, ld, check=True).changed
        assert user(server) == drifted
        assert SET in apply(playbooks, "redis_store", quick, ld).changed
        assert user(server) == wanted


def test_absent_removes_what_the_role_made(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    apply(playbooks, "redis_store", secured(server, wait=False), ld)
    gone = secured(server, state="absent", password=None)
    planned = apply(playbooks, "redis_store", gone, ld, check=True)
    assert planned.changed == [COMPARE, REMOVE_INTEGRATION]
    assert user(server)
    assert ld.account.integrations
    done = apply(playbooks, "redis_store", gone, ld)
    assert done.changed == [REMOVE_INTEGRATION, REMOVE_USER]
    assert user(server) is None
    assert user(server, ADMIN)
    assert f"user {USER} " not in Path(server.directory / "users.acl").read_text()
    assert not ld.account.integrations
    assert apply(playbooks, "redis_store", gone, ld).changed == []


def test_environments_need_a_user_each(playbooks: Playbooks, server: RedisServer) -> None:
    """The user of another environment stays as it is, and the role stops before it changes anything."""
    with Emulator(seed=TWO_ENVIRONMENTS, access_tokens=[TOKEN]) as ld:

        def go(check: bool = False, **others: Any) -> Applied:
            quick = secured(server, **{"environment_key": "test", "wait": False, "preflight": False, **others})
            return apply(playbooks, "redis_store", quick, ld, check=check, may_fail=True)

        assert go(environment_key="live").changed == [SET, TELL]
        first = user(server)
        ld.account.create("shop", "test", "redis", redis_config(server), on=True)
        before = [(each.environment_key, each.version) for each in ld.account.integrations]
        for check, state in ((True, "present"), (False, "present"), (False, "absent")):
            refused = go(check=check, state=state)
            (said,) = refused.failed.values()
            assert f"redis_store_username: the ACL user {USER} has the key patterns ~{PREFIX}:* instead of only" in said
            assert "Give each environment on one Redis its own redis_store_username" in said
            assert refused.changed == []
        assert user(server) == first
        assert [(each.environment_key, each.version) for each in ld.account.integrations] == before
        assert go(username="launchdarkly-" + PREFIXES["test"]).changed == [SET, TELL]
        assert go(username="nobody", state="absent").changed == [REMOVE_INTEGRATION]
        assert [each.environment_key for each in ld.account.integrations] == ["live"]
        assert user(server) == first


def test_hosts_with_an_environment_each_need_a_user_each(playbooks: Playbooks, server: RedisServer) -> None:
    """No host finds the user when the run begins. One keeps it, and the other one stops."""
    with Emulator(seed=TWO_ENVIRONMENTS, access_tokens=[TOKEN]) as ld:
        hosts = {name: {"ansible_python_interpreter": forking(sys.executable), "key": name} for name in PREFIXES}
        variables = secured(server, environment_key="{{ key }}", wait=False, preflight=False)
        role = {"name": "Apply", "include_role": {"name": f"{COLLECTION}.redis_store"}, "vars": variables}
        task = {"block": [role], "ignore_errors": False, "rescue": [{"name": "Failed", "meta": "noop"}]}
        defaults = {"api_host": ld.url, "access_token": TOKEN}
        run = playbooks.run({"Role": task}, hosts=hosts, defaults=defaults, may_fail=True)
        ((loser, said),) = [(host, str(result.values)) for (_, host), result in run.results.items() if result.failed]
        (winner,) = PREFIXES.keys() - {loser}
        assert f"{USER} has the key patterns ~{PREFIXES[winner]}:* instead of only ~{PREFIXES[loser]}:*" in said
        assert user(server)["keys"] == [f"~{PREFIXES[winner]}:*"]
        assert [each.environment_key for each in ld.account.integrations] == [winner]


def test_passwords_that_ansible_vault_has_encrypted(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    """ansible-core 2.18 has a type of its own for them."""
    key = playbooks.folder / "vault-password"
    key.write_text("vault-key")
    passwords = {"redis_store_password": PASSWORD, "redis_store_admin_password": ADMIN_PASSWORD}
    encrypt = ("ansible-vault", "encrypt_string", "--vault-password-file", str(key), "--name")
    encrypted = [playbooks.command(*encrypt, name, password) for name, password in passwords.items()]
    variables = playbooks.folder / "group_vars/all.yml"
    variables.parent.mkdir()
    # The rest is on standard error.
    variables.write_text("\n".join(encrypted).replace("Encryption successful", ""))

    def go(**others: Any) -> Applied:
        given = secured(server, password=None, admin_password=None, **others)
        return apply(playbooks, "redis_store", given, ld, may_fail=True, ANSIBLE_VAULT_PASSWORD_FILE=str(key))

    assert "cannot be converted to a float" in str(go(wait_timeout="soon").failed)
    assert go().changed == [SET, TELL]
    assert hashes(server) == sha256(PASSWORD)


def test_every_drift_and_every_other_use_of_the_user_is_seen(playbooks: Playbooks, server: RedisServer) -> None:
    """By the lines that Redis gives for it; "%" stands for no change. Keys of others are not repaired."""
    drifts = ("%", "off", "+flushall", "-exec", "+@transaction", ">another", "nopass", "(+get)", f"(~{PREFIX}:* +get)")
    broken = ("resetkeys", f"resetkeys ~{PREFIX}:big*")
    shared = ("~*", "~other:*", "%R~other:*", "resetkeys ~other:*", f"resetkeys ~{PREFIX}2:*", "(~other:* +get)")
    line = redis_acl_line(USER, PREFIX)
    lines = {}
    with server.admin() as admin:
        for drift in (*drifts, *broken, *shared):
            admin.execute_command(*line.replace(PASSWORD_PLACEHOLDER, PASSWORD).split())
            if drift != "%":
                admin.execute_command("ACL SETUSER", USER, *([drift] if drift[0] == "(" else drift.split()))
            lines[drift] = admin.execute_command("ACL LIST")
    found = ["{{ redis_store_drift + redis_store_previous }}", "{{ redis_store_conflict }}"]
    tasks = {
        f"{state} {drift}": {
            "ansible.builtin.debug": {"msg": found},
            "vars": {"redis_store_users": {"stdout_lines": given}, "redis_store_state": state},
        }
        for drift, given in lines.items()
        for state in ("present", "absent")
    }
    known = {
        "redis_store_acl_line": line,
        "redis_store_password": PASSWORD,
        "redis_store_username": USER,
        "redis_store_environment": {"client_side_id": PREFIX},
    }
    role_vars = ROOT / "roles/redis_store/vars/main.yml"
    ran = playbooks.run(tasks, variables=known, vars_files=[str(role_vars)])

    def drifts_with(state: str, index: int) -> list[str]:
        return [drift for drift in lines if ran[f"{state} {drift}"]["msg"][index]]

    # Allowing all of a category that is allowed anyway is no change.
    assert [drift for drift in lines if drift not in drifts_with("present", 0)] == ["%", "+@transaction"]
    assert drifts_with("present", 1) == list(shared)
    # What was broken may be anybody's, so it is repaired, but not removed.
    assert drifts_with("absent", 1) == [*broken, *shared]


def test_without_an_acl_file_the_configuration_file_keeps_the_user(playbooks: Playbooks) -> None:
    with RedisServer() as server, Emulator(seed=seed(), access_tokens=[TOKEN], sync=options(0.5)) as ld:
        done = apply(playbooks, "redis_store", settings(server), ld)
        assert done.changed == [SET, "Save the configuration file, where there is no ACL file: set it", TELL]
        server.stop()
        server.start()
        assert apply(playbooks, "redis_store", settings(server), ld).changed == []


def test_a_user_that_can_not_be_saved(playbooks: Playbooks, server: RedisServer, ld: Emulator) -> None:
    """Each run tries again."""

    def go(**others: Any) -> Applied:
        return apply(playbooks, "redis_store", secured(server, **others), ld, may_fail=True)

    def allow(save: bool) -> None:
        with server.admin() as admin:
            admin.acl_setuser(ADMIN, enabled=True, commands=["+acl|save" if save else "-acl|save"])

    def saved() -> bool:
        return f"user {USER} " in Path(server.directory / "users.acl").read_text()

    allow(False)
    for _ in range(2):
        (said,) = go().failed.values()
        assert "Redis did not change the ACL user launchdarkly, or did not save it: NOPERM" in said
        assert not ld.account.integrations
    assert go(save=False).changed == [TELL]
    assert not saved()
    allow(True)
    assert go().changed == []
    assert saved()
    allow(False)
    assert list(go(state="absent").failed) == ["Stop if Redis did not change and save the ACL user: remove it"]
    allow(True)
    assert go(state="absent").changed == []
    assert not saved()


@pytest.mark.parametrize(
    ("others", "message"),
    [
        (
            {"admin_password": "wrong-" + MARKER},
            "Redis does not show its ACL users: WRONGPASS invalid username-password pair",
        ),
        (
            {"port": 1},
            "Redis does not show its ACL users: Could not connect to Redis at 127.0.0.1:1: Connection refused",
        ),
        ({"tls_enabled": False}, "Redis does not show its ACL users: "),
        ({"username": "default"}, "redis_store_username: default is also the administrator."),
        ({"username": ADMIN}, "redis_store_username: boss is also the administrator."),
        ({"password": ""}, "redis_store_password: is empty."),
        ({"password": None}, "redis_store_password: is empty."),
        ({"password": "short-" + MARKER}, "redis_store_password: is shorter than 16 characters."),
        (
            {"client_side_id": "sdk-" + MARKER},
            f"redis_store_client_side_id: is not that of shop/live, which is {PREFIX}.",
        ),
        ({"environment_key": "Live"}, "LaunchDarkly shows no environment Live in project shop to this access token."),
        ({"host": None}, "missing required arguments: redis_store_host"),
        ({"password": PASSWORD + "\n"}, "redis_store_password: has a line break."),
        ({"password": f"{{{{ '{{{{' }}}} {MARKER}_password }}}}"}, "redis.password: is a reference or template"),
        ({"wait_timeout": -1}, "wait_timeout: "),
    ],
    ids=[
        "password",
        "port",
        "plain",
        "default",
        "administrator",
        "empty",
        "unset",
        "short",
        "sdk-key",
        "environment",
        "missing",
        "line-break",
        "template",
        "wait",
    ],
)
def test_what_goes_wrong_is_told(
    playbooks: Playbooks, server: RedisServer, ld: Emulator, others: dict[str, Any], message: str
) -> None:
    failed = apply(playbooks, "redis_store", secured(server, **others), ld, may_fail=True).failed
    assert [text for text in failed.values() if message in text], failed
    assert user(server) is None
    assert not ld.account.integrations


def test_a_server_that_repeats_what_it_does_not_know(playbooks: Playbooks, ld: Emulator) -> None:
    refusal = "-ERR unknown command 'AUTH', with args beginning with: {0}"
    with almost_redis({"AUTH": refusal, "ACL": refusal}) as (config, received):
        given = {"redis_store_" + name: value for name, value in config.items()}
        plain = {key: value for key, value in settings_without_server().items() if key not in given}
        failed = apply(playbooks, "redis_store", {**plain, **given}, ld, may_fail=True).failed
    assert ["AUTH", ADMIN, ADMIN_PASSWORD] in received
    (said,) = failed.values()
    assert "with args beginning with: boss ***" in said


def settings_without_server() -> dict[str, Any]:
    named = {
        "project_key": "shop",
        "environment_key": "live",
        "client_side_id": PREFIX,
        "password": PASSWORD,
        "admin_username": ADMIN,
        "admin_password": ADMIN_PASSWORD,
    }
    return {"redis_store_" + name: value for name, value in named.items()}
