# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Create an integration once, however many runs want to at the same time.

LaunchDarkly accepts no key that would identify a repeated POST, and whether it rejects a second integration of a store type
is not known. So there are two layers: a lock on the host of the run (`HostLock`), and after each creation a look at a list that
is newer than the creation. Where that shows a duplicate, a run deletes only the integration that it created itself:

- at once where another one has a smaller ID, because that one stays;
- after `_GRACE` where its own is the smallest: the others had that time to go, so their runs have ended, or are no runs of ours.

Whichever run looks last sees all, and a run that has deleted its own looks again and creates where none is left. So any number of
runs ends with one integration.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Sequence

from ..api.client import Client
from ..api.retry import Deadline
from ..errors import ApiError, NotFound
from ..model.integration import Integration
from ..model.store_key import StoreKey

# Lists the account: all integrations, by a request that was sent after this monotonic time.
Fresh = Callable[[float], Sequence[Integration]]

# Seconds between looks for an integration that the list does not show yet. How long that takes is not known.
LOOKS = (0.5, 1.0, 2.0, 4.0)
# Seconds between looks where the run's own integration is the smallest: others delete theirs within a few requests.
_GRACE = (1.0, 2.0)


class Settled(enum.Enum):
    """What became of an integration that was just created.

    `KEPT`: it is the only one. `WITHDRAWN`: it was a duplicate and is deleted. `GONE`: somebody else deleted it.
    `UNKNOWN`: the list could not be read, or does not show it.
    """

    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    UNKNOWN = "unknown"


class Looks:
    """The looks at lists of the account for one integration that was just created, until it is decided what becomes of it.

    `gone` are IDs of deleted integrations, which the list may still show.
    """

    def __init__(self, created: Integration, gone: Collection[str]) -> None:
        self.created = created
        self._gone = gone
        self._looks, self._grace = iter(LOOKS), iter(_GRACE)
        self._others: list[str] = []
        self._listed = False

    @property
    def alone(self) -> bool:
        """Whether the last look showed it as the only one."""
        return self._listed and not self._others

    def pause_after(self, integrations: Sequence[Integration]) -> float | None:
        """Take one look. Seconds to wait until the next one, or None where `finish` can follow."""
        ids = [each.id for each in integrations if each.key == self.created.key and each.id not in self._gone]
        self._others, self._listed = [other for other in ids if other != self.created.id], self.created.id in ids
        if not self._others:
            return None if self._listed else next(self._looks, None)
        # The smallest of several: wait for the others to go.
        return None if min(self._others) < self.created.id else next(self._grace, None)

    def finish(self, client: Client, deadline: Deadline) -> Settled:
        """Do what the last look makes necessary: delete the integration where it is a duplicate."""
        try:
            if self._others:
                stays = self.created.id < min(self._others)
                if stays and not any(_exists(client, self.created.key, other, deadline) for other in self._others):
                    return Settled.KEPT
                return _withdraw(client, self.created, deadline)
            if self.alone:
                return Settled.KEPT
            client.get_integration(self.created.key, self.created.id, deadline)
            return Settled.UNKNOWN  # it exists, and the list does not show it
        except NotFound:
            return Settled.GONE
        except ApiError:
            return Settled.UNKNOWN


def settle(client: Client, looks: Looks, fresh: Fresh, since: float, deadline: Deadline) -> Settled:
    """Look until it is decided, and delete the integration where it is a duplicate.

    `since` is the monotonic time at which the creation was known.
    """
    while True:
        try:
            pause = looks.pause_after(fresh(since))
        except ApiError:
            return Settled.UNKNOWN
        if pause is None:
            return looks.finish(client, deadline)
        if pause >= deadline.left():
            return Settled.UNKNOWN
        client.sleep(pause)
        since = client.clock.monotonic()


def notes(settled: Settled, created: Integration) -> list[str]:
    """Warnings for the user."""
    if settled is Settled.WITHDRAWN:
        deleted = f"This run deleted its own duplicate {created.id} and uses the other."
        return ["Another run created this integration at the same time. " + deleted]
    if settled is Settled.UNKNOWN:
        return [
            "It is unknown whether another run created this integration at the same time. Check the list of integrations."
        ]
    return []


def _exists(client: Client, key: StoreKey, integration_id: str, deadline: Deadline) -> bool:
    """Whether a listed integration still exists."""
    try:
        client.get_integration(key, integration_id, deadline)
    except NotFound:
        return False
    return True


def _withdraw(client: Client, created: Integration, deadline: Deadline) -> Settled:
    """Delete the run's own integration."""
    try:
        client.delete_integration(created.key, created.id, deadline)
    except NotFound:
        pass  # gone already, which is what was wanted
    except ApiError:
        # A DELETE can be repeated.
        client.delete_integration(created.key, created.id, deadline)
    return Settled.WITHDRAWN
