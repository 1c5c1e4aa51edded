# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The nine routes of LaunchDarkly's API that are emulated."""

from __future__ import annotations

from dataclasses import dataclass

from .representation import PROJECTS, STORES

_KEY = "*"


@dataclass(frozen=True)
class Route:
    """A method on a path. In the path `*` stands for a key; `handler` is the Api's method, without its underscore."""

    operation: str
    method: str
    path: str
    handler: str
    beta: bool = False

    def keys(self, segments: tuple[str, ...]) -> list[str] | None:
        """The keys in a path that fits this route, else None."""
        expected = self.path.split("/")[1:]
        pairs = list(zip(expected, segments))
        if len(expected) != len(segments) or not all(part in (_KEY, segment) and segment for part, segment in pairs):
            return None
        return [segment for part, segment in pairs if part == _KEY]


_ONE_STORE = STORES + "/*/*/*/*"
ROUTES = (
    Route("getBigSegmentStoreIntegrations", "GET", STORES, "list_integrations", beta=True),
    Route("createBigSegmentStoreIntegration", "POST", STORES + "/*/*/*", "create_integration", beta=True),
    Route("getBigSegmentStoreIntegration", "GET", _ONE_STORE, "get_integration", beta=True),
    Route("patchBigSegmentStoreIntegration", "PATCH", _ONE_STORE, "patch_integration", beta=True),
    Route("deleteBigSegmentStoreIntegration", "DELETE", _ONE_STORE, "delete_integration", beta=True),
    Route("getProjects", "GET", PROJECTS, "list_projects"),
    Route("getEnvironmentsByProject", "GET", PROJECTS + "/*/environments", "list_environments"),
    Route("getCallerIdentity", "GET", "/api/v2/caller-identity", "caller_identity"),
    Route("getIps", "GET", "/api/v2/public-ip-list", "public_addresses"),
)
OPERATIONS = tuple(route.operation for route in ROUTES)
METHODS = tuple(sorted({route.method for route in ROUTES}))


def routes_at(segments: tuple[str, ...]) -> list[Route]:
    """The routes with this path, whatever their method."""
    return [route for route in ROUTES if route.keys(segments) is not None]


def operation_of(method: str, segments: tuple[str, ...]) -> str:
    """The operation ID of a request, or "" where there is none."""
    return next((route.operation for route in routes_at(segments) if route.method == method), "")
