# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Projects, environments, the owner of the access token, and addresses as LaunchDarkly returns them, read tolerantly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .integration import Reader, read_tags


class Environment(NamedTuple):
    """An environment. `client_side_id` is the key prefix that LaunchDarkly and the SDKs use in the store."""

    key: str
    name: str
    client_side_id: str
    tags: tuple[str, ...]


class Project(NamedTuple):
    """A project: `key` is its project key. `environments` is None where the response has only some of them."""

    key: str
    name: str
    tags: tuple[str, ...]
    environments: tuple[Environment, ...] | None = None


class CallerIdentity(NamedTuple):
    """The owner of the access token. Every field may be empty."""

    token_name: str
    token_kind: str
    account_id: str
    member_id: str
    service_token: bool


class PublicAddresses(NamedTuple):
    """LaunchDarkly's addresses as CIDR blocks: those that serve requests, and those that LaunchDarkly connects from."""

    inbound: tuple[str, ...]
    outbound: tuple[str, ...]


def read_public_addresses(item: Any, request: str) -> PublicAddresses:
    """Read the response to `GET /api/v2/public-ip-list`."""
    reader = Reader(item, "the list of addresses", request)
    lists = [reader.need(name, list) for name in ("addresses", "outboundAddresses")]
    return PublicAddresses(*(tuple(map(str, addresses)) for addresses in lists))


def read_project(item: Any, request: str) -> Project:
    """Read one project of the response to `request`."""
    reader = Reader(item, "the project", request)
    key, name = reader.need("key", str), reader.need("name", str)
    return Project(key, name, read_tags(item.get("tags")), _all_environments(item.get("environments"), request))


def _all_environments(page: Any, request: str) -> tuple[Environment, ...] | None:
    """Those of a project in a list of projects: its first page of them, which may be all."""
    if not isinstance(page, Mapping) or not isinstance(page.get("items"), list):
        return None
    items, links = page["items"], page.get("_links")
    more = isinstance(links, Mapping) and "next" in links
    if more or page.get("totalCount") != len(items):
        return None
    return tuple(read_environment(item, request) for item in items)


def read_environment(item: Any, request: str) -> Environment:
    """Read one environment. Its `_id` is the client-side ID."""
    reader = Reader(item, "the environment", request)
    return Environment(
        reader.need("key", str), reader.need("name", str), reader.need("_id", str), read_tags(item.get("tags"))
    )


def read_caller_identity(item: Any) -> CallerIdentity:
    """Read the response to `GET /api/v2/caller-identity`, of which no field is required."""
    text = {key: value for key, value in item.items() if isinstance(value, str)}
    return CallerIdentity(
        token_name=text.get("tokenName", ""),
        token_kind=text.get("tokenKind", ""),
        account_id=text.get("accountId", ""),
        member_id=text.get("memberId", ""),
        service_token=item.get("serviceToken") is True,
    )
