# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The loop behind `ensure_present` and `ensure_absent`: read, plan, write; after a conflict or a lost response again.

`check` skips the write and nothing else. Only `write` writes, and `settle`, which deletes a duplicate of this run's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..api.client import Client
from ..api.retry import Deadline, Wait
from ..errors import (
    AmbiguousIntegration,
    ApiError,
    Conflict,
    InvalidSettings,
    KeyExists,
    NotFound,
    OutcomeUnknown,
    Outdated,
    SegmentStoreError,
)
from ..model.integration import Integration
from ..slots import SLOTS
from .host_lock import HostLock, lock_name, lock_store
from .lookup import Target, look_up, narrow
from .plan import Action, Plan

# How often one call reads and plans again after a conflict or a lost response.
_ROUNDS = 5
# Seconds to wait, one after the other, before looking for a write that may still take effect. How long that can take is not
# known: these decide how often a lost response is overcome, and never whether a POST is repeated.
_LATE_ARRIVAL_WAITS = (1.0, 2.0, 4.0)
# A guess: a server that has responded, however badly, has done its work or will not do it any more.
_LOST_RESPONSE_WAITS = (0.5,)
_NOT_REPEATED = (
    "The integration was not found afterwards. The request was not retried, because a late success would create a duplicate."
    " Run again in a minute: the current state is read first."
)
# Seconds after which what was read is too old to be replaced. LaunchDarkly replaces a config as a whole, so an update that waited
# for the rate limit would undo what somebody else changed meanwhile.
_FRESH = 2.0
# Seconds between looks where several integrations match: longer than runs that create at the same time need to leave one.
_AMBIGUITY_WAITS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, **SLOTS)
class Outcome:
    """The result of a reconciliation; in check mode, the result it would have.

    `plan` is the plan that was applied, `changed` whether anything changed, `integration` the current integration (None after
    a deletion, in check mode the one before), `warnings` one sentence each, `last_sync` the last synchronization by the time that
    the change was known (epoch ms).
    """

    plan: Plan
    changed: bool
    integration: Integration | None
    warnings: tuple[str, ...] = ()
    check: bool = False
    last_sync: int | None = None

    def after(self) -> dict[str, Any] | None:
        """The integration afterwards, redacted and in snake_case; in check mode as planned. None where none exists.

        In check mode `id`, `version` and `status` of a new integration are None.
        """
        if self.plan.action is Action.DELETE:
            return None
        if not self.check or self.plan.action is Action.NOTHING:
            return self.integration.redacted() if self.integration else None
        before = self.integration.redacted() if self.integration else {"id": None, "version": None, "status": None}
        return {**before, **self.plan.key._asdict(), **self.plan.after}

    def as_dict(self) -> dict[str, Any]:
        """Plain data in snake_case, redacted."""
        return {
            "action": self.plan.action.value,
            "changed": self.changed,
            "integration": self.after(),
            "drift": [drift.as_dict() for drift in self.plan.drift],
        }

    def last_sync_before(self) -> int | None:
        """The last synchronization that may be older than the change of the config (epoch ms); None where it was not changed.

        0 before the first synchronization, so that any later one counts.
        """
        replaced = any("." in drift.field for drift in self.plan.drift)
        if not self.changed or self.check or self.plan.target is None or not replaced:
            return None
        return max(self.plan.target.status.last_sync or 0, self.last_sync or 0)


def write(client: Client, plan: Plan, deadline: Deadline) -> Integration | None:
    """Send the one write of a plan; return the integration afterwards, None after a deletion."""
    if plan.action is Action.CREATE:
        return client.create_integration(plan.key, plan.request, deadline)
    if plan.action is Action.NOTHING or plan.target is None:
        return plan.target
    if plan.action is Action.UPDATE:
        not_after = client.clock.monotonic() + _FRESH
        return client.update_integration(plan.key, plan.target.id, plan.request, deadline, not_after=not_after)
    client.delete_integration(plan.key, plan.target.id, deadline)
    return None


class Reconciliation:
    """One call of `ensure_present` or `ensure_absent`: reads, plans and applies until nothing is left to do."""

    def __init__(
        self,
        client: Client,
        target: Target,
        make_plan: Callable[[Integration | None], Plan],
        *,
        check: bool,
        listed: Sequence[Integration] | None,
        lock: HostLock | None = None,
        settles: bool = True,
    ) -> None:
        """`lock` is taken while an integration may be created. Without `settles` the caller looks for duplicates."""
        self.deadline = client.deadline()
        self._client = client
        self._target = target
        self._make_plan = make_plan
        self._check = check
        self._listed = listed
        self._lock = lock
        self._settles = settles
        self._notes: list[str] = []
        self._gone: set[str] = set()  # listed, and deleted
        self._lost: list[Plan] = []  # sent, and their responses lost

    def converge(self) -> Outcome:
        """Reconcile. Raises OutcomeUnknown where a write was sent and nobody knows what it did."""
        try:
            return self._rounds()
        except OutcomeUnknown:
            raise
        except SegmentStoreError as error:
            if not self._lost:
                raise
            text = error.message.removesuffix(" Nothing was changed.")
            lost = "A change was sent, its response was lost, and then: "
            if not isinstance(error, ApiError):
                raise OutcomeUnknown(lost + text) from None
            raise OutcomeUnknown(
                lost + error.problem,
                request=error.request,
                status=error.status,
                code=error.code,
                request_id=error.request_id,
            ) from None

    def _rounds(self) -> Outcome:
        round_number = 0
        while round_number < _ROUNDS:
            round_number += 1
            observed = self._observe()
            plan = self._make_plan(observed)
            if plan.action is Action.NOTHING and self._lost:
                # The write with the lost response took effect.
                return self._outcome(replace(self._lost[0], warnings=self._warnings(plan)), observed)
            if self._check or plan.action is Action.NOTHING:
                return self._outcome(plan, observed)
            try:
                outcome = self._apply(plan)
                if outcome:
                    return outcome
            except Outdated:
                round_number -= 1  # nothing was sent; the deadline ends this
                self._listed = [plan.target] if plan.target else None
            except OutcomeUnknown as error:
                self._lost.append(plan)
                if round_number == _ROUNDS or not self._wait_for_arrival(plan, error):
                    raise
            except (Conflict, NotFound) as error:
                if not self._waits_after(error, plan, round_number):
                    raise
        raise OutcomeUnknown(f"{self._target.key}: other runs change this integration all the time.")

    def _waits_after(self, error: ApiError, plan: Plan, round_number: int) -> bool:
        """Wait after a write that was refused, because the integration was changed, deleted or created since it was read.

        False where reading again cannot help.
        """
        if plan.action is Action.CREATE and isinstance(error, NotFound):
            return False  # about the project or the environment
        if plan.action is Action.CREATE and isinstance(error, KeyExists):
            from .creation import LOOKS

            return any(self._pause(error, seconds) and self._has_arrived() for seconds in LOOKS)
        return round_number < _ROUNDS and self._pause(error, self._client.backoff(round_number))

    def _outcome(self, plan: Plan, integration: Integration | None) -> Outcome:
        changed = plan.action is not Action.NOTHING
        last_sync = integration.status.last_sync if integration else None
        return Outcome(plan, changed, integration, tuple(self._notes), self._check, last_sync)

    def _apply(self, plan: Plan) -> Outcome | None:
        """Send the write; None where a new look is needed."""
        after = write(self._client, plan, self.deadline)
        if plan.action is Action.CREATE and after and self._settles:
            from .creation import Looks, Settled, notes, settle

            since = self._client.clock.monotonic()
            settled = settle(self._client, Looks(after, self._gone), self._list, since, self.deadline)
            self._notes += notes(settled, after)
            if settled in (Settled.WITHDRAWN, Settled.GONE):
                return None
        return self._outcome(self._joined(plan), self._with_config(after))

    def _list(self, _since: float) -> list[Integration]:
        return self._client.list_integrations(self.deadline)

    def _observe(self) -> Integration | None:
        """`observe` under the lock of the store, which is kept where nothing exists, because that may be created now."""
        listed, self._listed = self._listed, None  # counts for the first look only
        name = lock_name(self._client, self._target.key)
        if self._lock and not self._check and not listed and not self._lock.holds(name):
            lock_store(self._lock, self._client, self._target.key, self.deadline)
            listed = None  # older than the lock
        found = self._looked(listed)
        if self._lock and found is not None:
            self._lock.release(name)
        return found

    def _looked(self, listed: Sequence[Integration] | None) -> Integration | None:
        waits = iter(() if self._check else _AMBIGUITY_WAITS)
        while True:
            try:
                found, self._gone = look_up(self._client, self._target, self.deadline, listed)
                return found
            except AmbiguousIntegration as error:
                # Runs that create at the same time leave one integration, a few seconds later.
                seconds = next(waits, None)
                if seconds is None or not self._pause(error, seconds):
                    raise
                listed = None
            except NotFound:
                # Without an ID the list was not found, which says nothing about any integration.
                if self._target.integration_id is None or not self._wants_nothing():
                    raise
                return None

    def _wants_nothing(self) -> bool:
        try:
            return self._make_plan(None).action is Action.NOTHING
        except InvalidSettings:
            return False  # too little to create one, which nobody asked for

    def _with_config(self, after: Integration | None) -> Integration | None:
        """The integration read again where the response to the write left out its `config`, as the OpenAPI allows."""
        if after is None or after.config:
            return after
        try:
            return self._client.get_integration(after.key, after.id, self.deadline)
        except ApiError:
            return after  # the write succeeded, and that is what counts

    def _wait_for_arrival(self, plan: Plan, error: OutcomeUnknown) -> bool:
        """Give a write with a lost response the time to take effect; False when the deadline comes first.

        Only a second POST would create a duplicate; the other writes can be repeated. LaunchDarkly accepts no key that would
        identify a repeated POST, so one that may still arrive is not repeated, however long ago it was: OutcomeUnknown.
        """
        waits = _LATE_ARRIVAL_WAITS if error.may_arrive_late else _LOST_RESPONSE_WAITS
        for seconds in waits:
            if not self._pause(error, seconds):
                return False
            if plan.action is not Action.CREATE or self._has_arrived():
                return True
        if error.may_arrive_late:
            raise OutcomeUnknown(
                error.problem,
                request=error.request,
                status=error.status,
                request_id=error.request_id,
                hint=_NOT_REPEATED,
            ) from None
        return True

    def _has_arrived(self) -> bool:
        try:
            listed = self._client.list_integrations(self.deadline)
            return narrow([each for each in listed if each.id not in self._gone], self._target) is not None
        except AmbiguousIntegration:
            return True  # and another run's: the next look waits until one is left
        except ApiError:
            return False  # no sign of it

    def _pause(self, error: SegmentStoreError, seconds: float) -> bool:
        reason = error.problem if isinstance(error, ApiError) else error.message
        return self._client.pause(Wait(seconds, reason, "the integration again", "reading"), self.deadline)

    def _joined(self, plan: Plan) -> Plan:
        """The whole change, where an earlier write of this call may have been a part of it."""
        if not self._lost:
            return plan
        first = self._lost[0]
        return replace(plan, action=first.action, before=first.before, drift=first.drift, warnings=self._warnings(plan))

    def _warnings(self, plan: Plan) -> tuple[str, ...]:
        """The warnings of the first lost plan and this one, each once."""
        return tuple(dict.fromkeys((*self._lost[0].warnings, *plan.warnings)))
