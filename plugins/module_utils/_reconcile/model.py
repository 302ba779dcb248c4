# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects, changes and outcomes: what the engine works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._client import ClientError
from .._objects import Change, Object, Verb, place, title
from .._resources import RESOURCES

CREATE: Verb = "create"
UPDATE: Verb = "update"
DELETE: Verb = "delete"
ON_CREATE, ALWAYS = "on_create", "always"
NONE, UNCLEAR, CHANGED = "none", "unclear", "changed"
"""Effect of a failed write on the server."""
UNCHANGED = "Nothing was changed."


class ReconcileError(Exception):
    """Failure of a change as a whole or in part; ``str(error)`` is for an operator.

    :ivar outcomes: what was done, where something was
    :ivar cause: the refusal of the server behind it, if there is one
    :ivar effect: what the write that failed has changed
    """

    def __init__(
        self,
        message: str,
        outcomes: list[Outcome] | None = None,
        cause: ClientError | None = None,
        effect: str = NONE,
    ) -> None:
        super().__init__(message)
        self.outcomes = outcomes or []
        self.cause = cause
        self.effect = effect

    @property
    def changed(self) -> bool:
        """Return True if something was changed, or may have been."""
        return any(outcome.changed for outcome in self.outcomes)

    def sentence(self) -> str:
        """Return the error for an operator, who reads in any case whether something was changed."""
        text = str(self)
        return text if self.outcomes or UNCHANGED in text else f"{text} {UNCHANGED}"


@dataclass(frozen=True)
class Outcome:
    """Outcome of a change.

    :param status: "done", "failed", or "not tried"
    :param object: the object as the server has it now; None where it is deleted, or nothing was done
    :param effect: of one that failed: whether the server was changed nevertheless
    """

    change: Change
    status: str
    object: Object | None = None
    error: ClientError | ReconcileError | None = None
    effect: str = NONE

    @property
    def changed(self) -> bool:
        """Return True if the server was changed, or may have been."""
        return self.status == "done" or self.effect != NONE


def wanted(kind: str, parent: str, data: dict[str, Any], is_there: bool = False) -> Object:
    """Return a wanted object of friendly data; brings the data into canonical form.

    :param is_there: True if the server has an object of this name, which the rules for a new one do not judge
    :raises ReconcileError: naming object and field, if a value is not acceptable or a field is none of this kind
    """
    resource = RESOURCES[kind]
    name = data.get(resource.key)
    unknown = resource.unknown(data)
    if unknown:
        fields = ", ".join(field.name for field in resource.fields)
        raise ReconcileError(
            f"{title(kind, parent, str(name))}: {', '.join(unknown)} is not a field of its kind, {resource.title} "
            f"({fields}). Nothing was changed."
        )
    try:
        judged = {field: value for field, value in data.items() if not (is_there and field == resource.key)}
        canonical = ({resource.key: name} if is_there else {}) | resource.canonical(judged)
    except ValueError as error:
        raise ReconcileError(f"{title(kind, parent, str(name))}: {error}. Nothing was changed.") from error
    if canonical.get(resource.key) in (None, ""):
        raise ReconcileError(
            f"{resource.title}{place(parent)}: {resource.key} is missing or empty. Nothing was changed."
        )
    return Object(kind, parent, str(canonical[resource.key]), canonical)


def named(kind: str, parent: str, data: dict[str, Any]) -> Object:
    """Return an object to delete: only its key counts, which may be one that the rules for a new object reject."""
    resource = RESOURCES[kind]
    try:
        key = resource.canonical({resource.key: data[resource.key]})[resource.key]
    except ValueError:
        key = data[resource.key]
    return Object(kind, parent, str(key), {})
