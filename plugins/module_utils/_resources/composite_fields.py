# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds of fields whose values are lists or dictionaries: addresses, areas, routes, filter slots."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from .fields import (
    Choice,
    HostAddress,
    InterfaceAddress,
    Kind,
    ListOf,
    Names,
    Network,
    Part,
    Record,
    Reference,
    shape_error,
)

_ADDRESS_ENTRY = Record({"address": Part(InterfaceAddress())})


class Addresses(ListOf):
    """["10.254.0.7/20"] for users, [{"address": "10.254.0.7/20"}] on the wire."""

    def __init__(self) -> None:
        super().__init__(InterfaceAddress())

    @property
    def entry(self) -> Kind:
        """Return the kind of an entry as the server has it."""
        return _ADDRESS_ENTRY

    def wire(self, value: Any, names: Names, parent: str) -> list[Any]:
        return [{"address": item} for item in value]

    def from_wire(self, value: Any, names: Names, parent: str) -> Any:
        if not isinstance(value, list):
            raise shape_error("a list", value)
        plain = [item.get("address") if isinstance(item, Mapping) else item for item in value]
        return super().from_wire(plain, names, parent)


class Slot(Record):
    """One of a protocol's four filter slots: which routes pass between the protocol and the routing table."""

    def __init__(self) -> None:
        super().__init__(
            {"mode": Part(Choice(("all", "none", "filter"))), "filter": Part(Reference("filter"), default=None)}
        )

    def canonical(self, value: Any) -> dict[str, Any]:
        slot = super().canonical(value)
        if slot["mode"] == "filter" and slot["filter"] is None:
            raise ValueError("mode filter wants the name of a filter")
        if slot["mode"] != "filter" and slot["filter"] is not None:
            raise ValueError(f"a filter is given ({slot['filter']}), but mode is {slot['mode']}, not filter")
        return slot


class Route(Record):
    """One route of a static protocol."""

    def __init__(self) -> None:
        super().__init__(
            {
                "network": Part(Network()),
                "destination": Part(Choice(("gateway", "interface", "blackhole", "unreachable", "prohibit"))),
                "address": Part(HostAddress(), default=None),
                "interface": Part(Reference("interface"), default=None),
            }
        )

    def canonical(self, value: Any) -> dict[str, Any]:
        route = super().canonical(value)
        wants = {"gateway": "address", "interface": "interface"}.get(route["destination"])
        if wants and route[wants] is None:
            raise ValueError(f"the route to {route['network']} has destination {route['destination']}, but no {wants}")
        extra = [name for name in ("address", "interface") if name != wants and route[name] is not None]
        if extra and (wants is None or wants == "interface"):
            raise ValueError(
                f"the route to {route['network']} has destination {route['destination']}, which takes no {extra[0]}"
            )
        if route["address"] and _version(route["address"]) != _version(route["network"]):
            raise ValueError(
                f"the route to {route['network']} has the router {route['address']}, of the other IP version"
            )
        return route


class Area(Kind):
    """An OSPF area: a number or the same as a dotted quad, which is what the canonical form is."""

    title = "an area"

    def canonical(self, value: Any) -> str:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        try:
            return str(ipaddress.IPv4Address(number))
        except ValueError as error:
            raise ValueError(f"{value!r} is neither a number nor a dotted quad") from error


def _version(text: str) -> int:
    return ipaddress.ip_interface(text).version
