# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The nine routes, without sockets. Codes and shapes are those of `openapi.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Callable

from ...core.model.form_variables import STORE_TYPES
from ...core.model.validation import check_request
from ...core.secret import Secret
from ..account.account import (
    Account,
    Config,
    Environment,
    Integration,
    Project,
    SecondIntegration,
    UnknownKey,
    seal,
    unseal,
)
from ..behaviour import Behaviour
from ..limits import RateLimit
from .listing import LateList, page, page_of
from .messages import Problem, Request, Response, json_response
from .patching import apply_patch, operations_of
from .redaction import mask
from .representation import (
    PROJECTS,
    STORES,
    environment_whole,
    integration_item,
    integration_whole,
    link,
    project_whole,
)
from .routes import Route, routes_at
from .tokens import Tokens

# Of the blocks for documentation (RFC 5737), so that no firewall opens for a real host.
_ADDRESSES = {"addresses": ["192.0.2.0/24"], "outboundAddresses": ["198.51.100.1/32", "198.51.100.2/32"]}


class Api:
    """Responds to requests to LaunchDarkly's routes from an account."""

    def __init__(
        self,
        account: Account,
        tokens: Tokens,
        behaviour: Behaviour,
        rate_limit: RateLimit | None,
        clock: Callable[[], float],
    ) -> None:
        self._account = account
        self._tokens = tokens
        self._behaviour = behaviour
        self._rate_limit = rate_limit
        self._late_list = LateList(behaviour.list_delay, clock)

    def answer(self, request: Request) -> Response:
        """The response to any request, an error response to an invalid one."""
        headers: Mapping[str, str] = {}
        try:
            route = self._route(request)
            token = self._tokens.number(request)
            if token is None:
                raise Problem(401, "unauthorized", "Invalid access token")
            if route.beta and self._api_version(request) != "beta":
                raise Problem(403, "forbidden", "This route is in beta: send the header 'LD-API-Version: beta'.")
            if route.method != "GET" and self._tokens.read_only(token):
                raise self._no_permission()
            headers = self._rate_limit.take(route.operation) if self._rate_limit else {}
            handler: Callable[..., Response] = getattr(self, "_" + route.handler)
            response = handler(request, *(route.keys(request.segments) or ()))
        except Problem as problem:
            response = problem.response()
        except UnknownKey as unknown:
            response = Problem(404, "not_found", unknown.args[0]).response()
        except SecondIntegration as second:
            response = Problem(409, self._behaviour.second_integration, second.args[0]).response()
        return replace(response, headers={**headers, **response.headers})

    def _api_version(self, request: Request) -> str:
        versions = [version.strip() for version in request.header("LD-API-Version").split(",")]
        return versions[0 if self._behaviour.repeated_version_header == "first" else -1]

    def _no_permission(self) -> Problem:
        if self._behaviour.missing_permission == "401":
            return Problem(401, "unauthorized", "The access token does not have permission for this API call.")
        return Problem(403, "forbidden", "The access token does not have permission for this API call.")

    def _route(self, request: Request) -> Route:
        found = routes_at(request.segments)
        if not found:
            raise Problem(404, "not_found", "Invalid resource identifier: unknown path.")
        for route in found:
            if route.method == request.method:
                return route
        allow = ", ".join(route.method for route in found)
        raise Problem(405, "method_not_allowed", f"Method not allowed. Use {allow}.", {"Allow": allow})

    # -- big segment store integrations

    def _list_integrations(self, request: Request) -> Response:
        listed = self._late_list.show(self._account.integrations)
        links: dict[str, Any] = {"self": link(STORES)}
        if self._behaviour.list_page_size:
            listed, links = page_of(listed, request.query, STORES, self._behaviour.list_page_size)
        items = [integration_item(integration, self._behaviour) for integration in listed]
        return json_response(200, {"_links": links, "items": items})

    def _create_integration(self, request: Request, project_key: str, environment_key: str, key: str) -> Response:
        self._account.environment(project_key, environment_key)
        body = self._with_text_port(request.json())
        _check(key, body)
        if "name" not in body and self._behaviour.missing_name == "refused":
            raise Problem(400, "invalid_request", "The field name is required.")
        self._check_types_on(project_key, environment_key, key, on=body.get("on", False))
        config = self._with_empty_fields(body.pop("config"))
        name = body.pop("name", f"{key} integration" if self._behaviour.missing_name == "assigned" else "")
        integration = self._account.create(
            project_key,
            environment_key,
            key,
            config,
            **body,
            name=name,
            alone=self._behaviour.second_integration != "allowed",
        )
        self._late_list.changed(integration.id, None)
        return self._written(201, integration)

    def _check_types_on(self, project_key: str, environment_key: str, key: str, *, on: bool) -> None:
        """Raises Problem (400) where `second_type_on` forbids that this integration is on."""
        if on and self._behaviour.second_type_on == "refused":
            for other in self._account.integrations:
                place = (other.project_key, other.environment_key)
                if other.on and place == (project_key, environment_key) and other.integration_key != key:
                    message = f"An integration of type {other.integration_key} is on in this environment."
                    raise Problem(400, "invalid_request", message)

    def _with_empty_fields(self, config: dict[str, Any]) -> dict[str, Any]:
        """`config` as `empty_field` stores it. Raises Problem (400) where it refuses an empty one."""
        filled = {key: value for key, value in config.items() if value != ""}
        if len(filled) < len(config) and self._behaviour.empty_field == "refused":
            raise Problem(400, "invalid_request", "A field of config is empty.")
        return filled if self._behaviour.empty_field == "omitted" else config

    def _with_text_port(self, body: Any) -> Any:
        """`body` with its port as text, if the setting `port_number` accepts a number."""
        config = body.get("config") if isinstance(body, dict) else None
        if (
            self._behaviour.port_number == "refused"
            or not isinstance(config, dict)
            or type(config.get("port")) is not int
        ):
            return body
        return {**body, "config": {**config, "port": str(config["port"])}}

    def _get_integration(self, _request: Request, *keys: str) -> Response:
        return self._whole(200, self._find(*keys))

    def _patch_integration(self, request: Request, *keys: str) -> Response:
        found = self._find(*keys)
        operations = operations_of(request.json(), self._behaviour)
        changed = self._account.edit(found.id, lambda integration: self._patched(integration, operations))
        self._late_list.changed(found.id, found)
        return self._written(200, changed)

    def _delete_integration(self, _request: Request, *keys: str) -> Response:
        found = self._find(*keys)
        self._account.delete(found.id)
        self._late_list.changed(found.id, found)
        return Response(204)

    def _find(self, project_key: str, environment_key: str, integration_key: str, integration_id: str) -> Integration:
        self._account.environment(project_key, environment_key)
        integration = self._account.integration(integration_id)
        place = (integration.project_key, integration.environment_key, integration.integration_key)
        if place != (project_key, environment_key, integration_key):
            raise UnknownKey(f"Unknown integration ID {integration_id!r} in that place.")
        return integration

    def _patched(self, integration: Integration, operations: list[Any]) -> Integration:
        before = {
            "name": integration.name,
            "on": integration.on,
            "tags": list(integration.tags),
            "config": unseal(integration.config),
            "version": integration.version,
        }
        after = self._with_text_port(apply_patch(before, operations, self._behaviour))
        del after["version"]
        _check(integration.integration_key, after)
        config = integration.config
        if after["config"] != before["config"]:
            sealed = seal(integration.integration_key, self._with_empty_fields(after["config"]))
            config = self._with_old_secrets(config, sealed)
        if not integration.on:
            place = (integration.project_key, integration.environment_key, integration.integration_key)
            self._check_types_on(*place, on=after.get("on", False))
        return replace(
            integration,
            config=config,
            name=after.get("name", ""),
            on=after.get("on", False),
            tags=tuple(after.get("tags", ())),
        )

    def _with_old_secrets(self, old: Config, new: Config) -> Config:
        """`new`, with those old secrets that `mask_sent_back` and `omitted_secret` keep."""
        kept = {}
        for key, secret in old.items():
            if isinstance(secret, Secret):
                sent = new.get(key)
                masked = Secret(mask(secret.reveal(), self._behaviour))
                recognised = self._behaviour.mask_sent_back == "recognised" and sent == masked
                if recognised or (self._behaviour.omitted_secret == "kept" and key not in new):
                    kept[key] = secret
        return {**new, **kept}

    def _whole(self, status: int, integration: Integration) -> Response:
        return json_response(status, integration_whole(integration, self._behaviour))

    def _written(self, status: int, integration: Integration) -> Response:
        show = integration_whole if self._behaviour.written_config == "present" else integration_item
        return json_response(status, show(integration, self._behaviour))

    # -- projects, environments, caller

    def _list_projects(self, request: Request) -> Response:
        query = request.query
        expanded = query.get("expand", "").split(",")

        def show(project: Project) -> dict[str, Any]:
            shown = project_whole(project)
            return {**shown, "environments": self._environments(project, {})} if "environments" in expanded else shown

        filters, sorts = ("query", "tags", "keys"), ("name", "createdOn")
        listed = page(self._account.projects, query, PROJECTS, show, filters=filters, sorts=sorts)
        return json_response(200, listed)

    def _list_environments(self, request: Request, project_key: str) -> Response:
        return json_response(200, self._environments(self._account.project(project_key), request.query))

    def _environments(self, project: Project, query: Mapping[str, str]) -> dict[str, Any]:
        def show(environment: Environment) -> dict[str, Any]:
            return environment_whole(project, environment)

        path = link(PROJECTS, project.key, "environments")["href"]
        environments = list(project.environments.values())
        filters, sorts = ("query", "tags"), ("createdOn", "critical", "name")
        return page(environments, query, path, show, filters=filters, sorts=sorts)

    def _caller_identity(self, request: Request) -> Response:
        number = self._tokens.number(request)
        identity = {
            "accountId": "emulator-account",
            "memberId": "emulator-member",
            "authKind": "token",
            "tokenKind": "auth",
            "tokenName": f"Emulator token {number}",
            "tokenId": f"emulator-token-{number}",
            "serviceToken": False,
        }
        return json_response(200, identity)

    def _public_addresses(self, _request: Request) -> Response:
        return json_response(200, _ADDRESSES)


def _check(integration_key: str, body: Any) -> None:
    """Raises Problem (400) with every finding of the core that is an error."""
    if integration_key not in STORE_TYPES:
        known = " or ".join(sorted(STORE_TYPES))
        raise Problem(400, "invalid_request", f"The integration key in the path must be {known}.")
    errors = [finding.text for finding in check_request(integration_key, body) if finding.level == "error"]
    if errors:
        raise Problem(400, "invalid_request", " ".join(errors))
