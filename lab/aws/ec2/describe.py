# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Common parts of all Describe actions: ids, hidden objects, filters, pages; private to the stand-in.

Objects are hidden on demand, as eventual consistency does it: what has just been made is not visible everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult

from .errors import not_found
from .filters import Path, matching, values_at
from .pages import page

PREFIXES = {
    "AllocationIds": "eipalloc",
    "EgressOnlyInternetGatewayIds": "eigw",
    "GroupIds": "sg",
    "InstanceIds": "i",
    "InternetGatewayIds": "igw",
    "NatGatewayIds": "nat",
    "NetworkInterfaceIds": "eni",
    "RouteTableIds": "rtb",
    "SecurityGroupRuleIds": "sgr",
    "SubnetIds": "subnet",
    "VpcIds": "vpc",
}
"""The beginning of an id, by the parameter that lists ids."""


@dataclass
class HiddenObject:
    """Until when an object stays hidden: this many more requests that would show it, or until this moment.

    :ivar asked: whether the request that is being answered would have shown it.
    """

    calls: int
    until: float
    asked: bool = False


class HiddenObjects:
    """The objects of a region that are hidden, by id."""

    def __init__(self) -> None:
        self._veils: dict[str, HiddenObject] = {}

    def hide(self, ids: Iterable[str], calls: int, seconds: float) -> None:
        """From now on these look as if they did not exist yet."""
        for one in ids:
            self._veils[one] = HiddenObject(calls, time.monotonic() + seconds)

    def hides(self, resource_id: str) -> bool:
        """Return True if the request must not see the object. A veil ends after its calls and its time."""
        veil = self._veils.get(resource_id)
        if veil is None:
            return False
        if veil.calls <= 0 and time.monotonic() >= veil.until:
            del self._veils[resource_id]
            return False
        veil.asked = True
        return True

    def named(self, values: Iterable[str]) -> str | None:
        """The first hidden id among a request's values."""
        return next((value for value in values if self.hides(value)), None)

    def answered(self) -> None:
        """A request is done: what it did not see is one request closer to being seen."""
        for veil in self._veils.values():
            veil.calls -= veil.asked
            veil.asked = False

    def clear(self) -> None:
        """Everything is visible."""
        self._veils.clear()


@dataclass(frozen=True)
class DescribeSpec:
    """A Describe action.

    :ivar result: the answer's member that holds the list.
    :ivar id: where an object's id is, and
    :ivar ids: the request's parameter that lists ids.
    :ivar filters: the filters that it knows.
    :ivar tags: where an object's tags are.
    """

    action: str
    result: str
    id: str
    ids: str | None = None
    filters: Mapping[str, Path] = field(default_factory=dict)
    tags: str | None = "Tags"


def _id(found: Any, kind: DescribeSpec) -> str:
    return str(values_at(found, kind.id)[0])


def chosen(response: Any, kind: DescribeSpec, objects: Iterable[Any]) -> list[Any]:
    """Return the objects that the request asks for, as far as they are visible already."""
    visible = [found for found in objects if not response.ec2_backend.hidden.hides(_id(found, kind))]
    if kind.ids and (ids := response._get_param(kind.ids, [])):
        by_id = {_id(found, kind): found for found in visible}
        for wanted in ids:
            if wanted not in by_id:
                not_found(wanted, PREFIXES.get(kind.ids))
        visible = [found for found in visible if _id(found, kind) in ids]
    return matching(kind.action, visible, response._filters_from_querystring(), kind.filters, kind.tags)


def describe(response: Any, kind: DescribeSpec, objects: Iterable[Any]) -> ActionResult:
    """The whole answer of a Describe action."""
    found, token = page(response, chosen(response, kind, objects))
    return ActionResult({kind.result: found, "NextToken": token})
