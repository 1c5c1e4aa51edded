# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`/_emulator/`: the emulator's own routes, for tests and demos. They need no token, and faults do not apply to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Callable, Protocol

from ..core.errors import SegmentStoreError
from ..core.version import __version__
from .account.account import Account, UnknownKey
from .account.segments import dump_segments
from .account.status import INITIAL_STATUS
from .behaviour import Behaviour
from .faults import Faults
from .server.messages import Problem, Request, Response, json_response
from .server.representation import environment_whole, integration_whole, project_whole

PREFIX = "/_emulator/"
# Segments may have any number of members.
SEGMENTS = PREFIX + "segments"


class Administered(Protocol):
    """The part of an emulator that these routes use; `Emulator` documents each name."""

    behaviour: Behaviour
    faults: Faults
    account: Account

    @property
    def requests(self) -> Sequence[Any]:
        """The recorded requests, as data classes."""

    def clear_requests(self) -> None:
        """Remove the recorded requests."""

    def reset(self) -> None:
        """Return to the seed."""

    def set_status(self, integration_id: str, status: Mapping[str, Any]) -> None:
        """Set the status of an integration."""

    def set_segments(self, project_key: str, environment_key: str, segments: Mapping[str, Any]) -> None:
        """Set all big segments of an environment."""


def answer(emulator: Administered, request: Request) -> Response:
    """The response to a request below `/_emulator/`."""
    try:
        methods = _ROUTES.get(request.path[len(PREFIX) :])
        if methods is None:
            known = ", ".join(_ROUTES)
            raise Problem(404, "not_found", f"Unknown path. {PREFIX} has {known}.")
        handler = methods.get(request.method)
        if handler is None:
            allow = ", ".join(methods)
            raise Problem(405, "method_not_allowed", f"Method not allowed. Use {allow}.", {"Allow": allow})
        return handler(emulator, request)
    except Problem as problem:
        return problem.response()
    except UnknownKey as unknown:
        return Problem(404, "not_found", unknown.args[0]).response()
    except SegmentStoreError as error:
        return Problem(400, "invalid_request", error.message).response()


def _health(_emulator: Administered, _request: Request) -> Response:
    return json_response(200, {"status": "ok", "version": __version__})


def _openapi(_emulator: Administered, _request: Request) -> Response:
    # Imported here: the emulator starts 4 ms sooner.
    from importlib.resources import files

    document = files(__package__).joinpath("server/openapi.yaml").read_bytes()
    return Response(200, document, content_type="application/yaml")


def _requests(emulator: Administered, _request: Request) -> Response:
    return json_response(200, {"items": [asdict(record) for record in emulator.requests]})


def _clear_requests(emulator: Administered, _request: Request) -> Response:
    emulator.clear_requests()
    return Response(204)


def _state(emulator: Administered, _request: Request) -> Response:
    contents = emulator.account.contents
    projects = [
        {
            **project_whole(project),
            "environments": [environment_whole(project, each) for each in project.environments.values()],
        }
        for project in contents.projects
    ]
    integrations = [integration_whole(integration, emulator.behaviour) for integration in contents.integrations]
    return json_response(
        200, {"behaviour": asdict(emulator.behaviour), "projects": projects, "integrations": integrations}
    )


def _reset(emulator: Administered, _request: Request) -> Response:
    emulator.reset()
    return Response(204)


def _faults(emulator: Administered, _request: Request) -> Response:
    return json_response(200, emulator.faults.shown())


def _add_faults(emulator: Administered, request: Request) -> Response:
    emulator.faults.load(request.json())
    return json_response(201, emulator.faults.shown())


def _clear_faults(emulator: Administered, _request: Request) -> Response:
    emulator.faults.clear()
    return Response(204)


def _set_status(emulator: Administered, request: Request) -> Response:
    body = request.json()
    if not isinstance(body, dict) or not isinstance(body.get("integrationId"), str) or "status" not in body:
        message = "Give integrationId (a string) and status (an object, or null for that of a new integration)."
        raise Problem(400, "invalid_request", message)
    status = INITIAL_STATUS if body["status"] is None else body["status"]
    emulator.set_status(body["integrationId"], status)
    return json_response(200, dict(status))


def _set_segments(emulator: Administered, request: Request) -> Response:
    body = request.json()
    keys = ("projectKey", "environmentKey")
    if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in keys) or "segments" not in body:
        message = "Give projectKey and environmentKey (strings) and segments (an object, as in a seed)."
        raise Problem(400, "invalid_request", message)
    emulator.set_segments(body["projectKey"], body["environmentKey"], body["segments"])
    segments = emulator.account.environment(body["projectKey"], body["environmentKey"]).segments
    return json_response(200, dump_segments(segments))


_Handler = Callable[[Administered, Request], Response]
_ROUTES: dict[str, dict[str, _Handler]] = {
    "health": {"GET": _health},
    "openapi.yaml": {"GET": _openapi},
    "requests": {"GET": _requests, "DELETE": _clear_requests},
    "state": {"GET": _state},
    "reset": {"POST": _reset},
    "faults": {"GET": _faults, "POST": _add_faults, "DELETE": _clear_faults},
    "status": {"POST": _set_status},
    "segments": {"POST": _set_segments},
}
