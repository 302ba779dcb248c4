# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Control requests of the simulator, in addition to those of ``lab.kit``; docs/lab-bondingadmin.md lists them all."""

from __future__ import annotations

from typing import Any

from lab.kit.control import Actions, Control
from lab.kit.messages import ControlError

from . import database, models, state
from .api import Api
from .renaming import Renaming
from .seed import one_of, permit
from .urls import RESOURCES


def control_of(api: Api, content: dict[str, Any]) -> Control:
    """Return the control API; `content` is the seed's."""

    def rename(given: Any) -> None:
        api.renaming = Renaming(given, list(RESOURCES))

    def reset() -> None:
        api.faults.clear()
        rename({})
        database.reset(content)

    own: Actions = {
        "GET state": lambda _: state.everything(),
        "POST reset": lambda _: reset(),
        "POST save": lambda request: database.save(request.copy),
        "POST load": lambda request: database.load(request.copy),
        "GET renaming": lambda _: api.renaming.shown,
        "POST renaming": lambda request: rename(request.body),
        "POST move": lambda request: move(request.body),
        "POST status": lambda request: set_status(request.body),
        "POST permissions": lambda request: permit_all(request.body),
    }
    return Control(api.log, api.faults, api.history, own, done={"ok": True})


def move(given: Any) -> None:
    """Set the aggregator that a bond is on at the moment."""
    if not isinstance(given, dict) or set(given) != {"bond", "aggregator"}:
        raise ControlError("a move is {bond, aggregator}")
    try:
        bond, aggregator = one_of(models.Bond, given["bond"]), one_of(models.Aggregator, given["aggregator"])
    except ValueError as error:
        raise ControlError(str(error)) from error
    bond.current_aggregator = aggregator
    bond.save()


def set_status(given: Any) -> None:
    """Set the status that the server shows of an aggregator."""
    if not isinstance(given, dict) or set(given) != {"aggregator", "status"}:
        raise ControlError("a status is {aggregator, status}")
    try:
        aggregator = one_of(models.Aggregator, given["aggregator"])
    except ValueError as error:
        raise ControlError(str(error)) from error
    aggregator.status = str(given["status"])
    aggregator.save()


def permit_all(given: Any) -> None:
    """Give each user of these just these permissions."""
    if not isinstance(given, dict) or not all(isinstance(names, list) for names in given.values()):
        raise ControlError("permissions are {email: [name or pattern]}")
    for email, names in given.items():
        user = models.User.objects.filter(email=email).first()
        if user is None:
            raise ControlError(f"there is no user {email}")
        permit(user, names)
