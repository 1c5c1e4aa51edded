# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Remove integrations that are not declared, where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import PurgeRefused
from ..findings import Finding
from ..model.form_variables import STORE_TYPES
from ..model.integration import Integration
from ..model.store_key import StoreKey
from .declaration import Declaration

DEFAULT_PURGE_MAXIMUM = 10


@dataclass(frozen=True)
class Purge:
    """Remove integrations that are not declared: those of `projects` (if given) that have one of `tags` (if given).

    One of the two must be given, and neither may be empty. Where there are more than `maximum`, PurgeRefused is raised and
    nothing is changed. With `report_only` they are reported instead, however many there are.
    """

    projects: Collection[str] | None = None
    tags: Collection[str] | None = None
    maximum: int = DEFAULT_PURGE_MAXIMUM
    report_only: bool = False

    def findings(self) -> list[Finding]:
        """What is wrong with it."""
        found = []
        if self.projects is None and self.tags is None:
            remedy = "give projects, tags or both, so that it is clear what may be removed"
            found.append(Finding("error", "purge", "has no scope", remedy))
        for name, given in (("projects", self.projects), ("tags", self.tags)):
            # An empty list may come of a variable that should have held something. It must not mean all of them.
            if given is not None and not given:
                remedy = "name at least one, or leave it out so that it limits nothing"
                found.append(Finding("error", f"purge.{name}", "is empty", remedy))
            # Within text, any part of it would be found: `shop` in `shop-test`.
            elif given is not None and not _is_list_of_text(given):
                remedy = "give a list with keys in quotes" if name == "projects" else "give a list with tags in quotes"
                found.append(Finding("error", f"purge.{name}", "must be a list of non-empty text", remedy))
        if isinstance(self.maximum, bool) or not isinstance(self.maximum, int) or self.maximum < 0:
            remedy = "give the maximum number of integrations to remove"
            found.append(Finding("error", "purge.maximum", "is not a whole number, 0 or more", remedy))
        return found

    def covers(self, integration: Integration) -> bool:
        """Whether it may be removed, if it is not declared."""
        tagged = self.tags is None or not set(self.tags).isdisjoint(integration.tags)
        return tagged and (self.projects is None or integration.project_key in self.projects)


def _is_list_of_text(given: object) -> bool:
    return isinstance(given, (list, tuple, set, frozenset)) and all(isinstance(text, str) and text for text in given)


def check_purge(purge: Purge | None, declarations: Sequence[Declaration]) -> list[Finding]:
    """What is wrong with a purge, or with purging what is not among these declarations."""
    if purge is None:
        return []
    empty = "is empty, and purge would remove every integration in its scope"
    remedy = "declare at least one store, or remove integrations with state: absent"
    return [*purge.findings(), *([] if declarations else [Finding("error", "stores", empty, remedy)])]


def find_undeclared(
    listed: Mapping[StoreKey, Sequence[Integration]],
    declarations: Sequence[Declaration],
    purge: Purge,
    warn: Callable[[str], None],
) -> list[Integration]:
    """The integrations in the scope that are not declared.

    `listed` has the current integrations by store. `warn` gets a sentence for each one that is skipped although it may be meant.
    Raises PurgeRefused.
    """
    declared: dict[StoreKey, set[str | None]] = {}
    for declaration in declarations:
        declared.setdefault(declaration.key, set()).add(declaration.integration_id)
    for text in _nowhere(listed, declarations, purge):
        warn(text)
    extra: list[Integration] = []
    for key, found in listed.items():
        covered = [one for one in found if not one.problem and purge.covers(one)]
        for one in found:
            if one.problem:
                warn(f"An integration is not purged, because it could not be read. {one.problem}")
        ids = declared.get(key, set())
        place = str(key)
        if covered and key.integration_key not in STORE_TYPES:
            warn(f"{place} is of a store type that this version does not know: it is not purged.")
        elif None not in ids:
            extra += [one for one in covered if one.id not in ids]
        elif covered and len(found) > 1:
            warn(f"{place} is there {len(found)} times and declared without integration_id: none of them is purged.")
    if len(extra) > purge.maximum and not purge.report_only:
        each = [f"{integration.key} ({integration.id})" for integration in extra]
        single = len(extra) == 1
        subject = "1 integration is" if single else f"{len(extra)} integrations are"
        message = f"{subject} not declared and would be removed, and purge.maximum is {purge.maximum}."
        these = "It is" if single else "They are"
        raise PurgeRefused(f"{message} Nothing was changed. {these}: {'; '.join(each[:20])}.", each)
    return extra


def _nowhere(
    listed: Mapping[StoreKey, Sequence[Integration]], declarations: Sequence[Declaration], purge: Purge
) -> Iterator[str]:
    """A sentence for each project and tag of the scope that nothing has: it may be misspelled."""
    existing = [integration for found in listed.values() for integration in found]
    settings = [declaration.settings for declaration in declarations if declaration.settings]
    projects = {integration.project_key for integration in existing}
    projects |= {declaration.key.project_key for declaration in declarations}
    tags = {tag for integration in existing for tag in integration.tags}
    tags |= {tag for wanted in settings for tag in wanted.tags or ()}
    for name, given, known in (("projects", purge.projects, projects), ("tags", purge.tags, tags)):
        for text in given or ():
            if text not in known:
                yield f"purge.{name} names {text!r}, which no integration has: look whether it is misspelled."
