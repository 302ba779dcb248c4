# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Status checks of instances and their scheduled events, as a test gives them; private to the stand-in.

EC2 checks a running instance and the hardware below it each minute. A stop and a start bring the instance to other
hardware, so that both checks pass again and what was scheduled for the old hardware is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.ec2.models.instances import Instance

from lab.kit.messages import ControlError

STATUSES = ("ok", "impaired", "insufficient-data", "initializing")
CODES = ("instance-reboot", "system-reboot", "system-maintenance", "instance-retirement", "instance-stop")


class BadChecks(ControlError):
    """Checks that no instance can have; the text says what would do."""


@dataclass(frozen=True)
class Checks:
    """Results of both checks of an instance, and its scheduled events."""

    instance: str = "ok"
    system: str = "ok"
    events: tuple[Mapping[str, Any], ...] = ()


class CheckedInstance(Instance):
    """An instance with the checks that a test has given it; else both have passed."""

    @property
    def checks(self) -> Checks:
        return self.__dict__.get("given_checks") or Checks()

    @checks.setter
    def checks(self, given: Checks) -> None:
        self.__dict__["given_checks"] = given

    @property
    def instance_status(self) -> dict[str, Any]:
        return _shown(self.checks.instance, self.state == "running")

    @property
    def system_status(self) -> dict[str, Any]:
        return _shown(self.checks.system, self.state == "running")

    @property
    def events(self) -> list[Mapping[str, Any]]:
        return list(self.checks.events)

    def start(self) -> Any:
        if self.state != "running":
            self.checks = Checks()
        return super().start()


def _shown(status: str, is_running: bool) -> dict[str, Any]:
    """Return a check as DescribeInstanceStatus shows it."""
    if not is_running:
        return {"Status": "not-applicable"}
    details = {"ok": "passed", "impaired": "failed"}.get(status, status)
    return {"Details": [{"Name": "reachability", "Status": details}], "Status": status}


def change_checks(instances: Iterable[Any], given: object) -> None:
    """Give instances their checks; of the others, and of what is left out, nothing changes.

    :raises BadChecks: before anything has changed
    """
    if not isinstance(given, Mapping):
        raise BadChecks('checks: an object is wanted, such as {"i-0a000001": {"system": "impaired"}}')
    known = {one.id: one for one in instances}
    if unknown := sorted(set(given) - set(known)):
        raise BadChecks(f"checks: there is no instance '{unknown[0]}'")
    made = {number: _checks_of(number, one) for number, one in given.items()}
    for number, checks in made.items():
        known[number].checks = checks


def _checks_of(number: str, given: Any) -> Checks:
    if not isinstance(given, Mapping) or set(given) - {"instance", "system", "events"}:
        raise BadChecks(f"checks: {number}: expected some of instance, system and events (got {given!r})")
    for name in ("instance", "system"):
        if given.get(name, "ok") not in STATUSES:
            raise BadChecks(f"checks: {number}: {name}: {given[name]!r} is none of {', '.join(STATUSES)}")
    events = tuple(_event(number, one) for one in given.get("events", ()))
    return Checks(given.get("instance", "ok"), given.get("system", "ok"), events)


def _event(number: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping) or given.get("code") not in CODES:
        raise BadChecks(f"checks: {number}: events: a code is wanted, one of {', '.join(CODES)} (got {given!r})")
    try:
        begins = datetime.fromisoformat(given["not_before"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadChecks(
            f"checks: {number}: events: not_before is no time, such as 2026-12-01T00:00:00+00:00"
        ) from error
    return {
        "InstanceEventId": f"instance-event-{number.removeprefix('i-')}",
        "Code": given["code"],
        "Description": str(given.get("description", "")),
        "NotBefore": begins,
    }
