# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random damage to a network, as years of work by hand leave it."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from tests.pairs.state import State

MOST = 6
"""Pieces of damage to one network."""


class Spoiler:
    """Damages a state by one source of chance."""

    def __init__(self, state: State, chance: random.Random) -> None:
        self.state, self.chance = state, chance

    def spoil(self) -> list[str]:
        """Do some damage; return the names of what was done."""
        ways: list[Callable[[], None]] = [
            self.lose_an_object,
            self.lose_an_entry_of_a_list,
            self.change_a_number,
            self.unset_a_field,
            self.disable_an_object,
            self.export_everything,
            self.rename_an_object,
            self.disassociate_an_address,
            self.lose_an_elastic_ip,
            self.detach_an_interface,
            self.turn_a_check,
            self.lose_a_route,
            self.copy_a_route,
            self.turn_a_private_wan_off,
            self.copy_a_cpe_nat_ip,
        ]
        chosen = [self.chance.choice(ways) for _number in range(self.chance.randint(1, MOST))]
        for way in chosen:
            way()
        return [way.__name__ for way in chosen]

    def _objects(self, *endings: str) -> list[Object]:
        found = self.state.objects.values()
        return [obj for obj in found if obj.parent and (not endings or obj.kind.endswith(endings))]

    def _one(self, *endings: str) -> Object | None:
        found = self._objects(*endings)
        return self.chance.choice(found) if found else None

    def _put(self, obj: Object, **fields: Any) -> None:
        data = {**deepcopy(obj.data), **fields}
        self.state.objects.pop(obj.identity, None)
        made = replace(obj, key=str(data.get("name", obj.key)), data=data)
        self.state.objects[made.identity] = made

    def lose_an_object(self) -> None:
        """Delete an object of the management server that no protocol needs as its filter."""
        obj = self._one("_interface", "_protocol", "cpe_nat_ip", "connected_ip")
        if obj:
            del self.state.objects[obj.identity]

    def lose_an_entry_of_a_list(self) -> None:
        """Take an endpoint, an address, a pattern or a route out."""
        obj = self._one("vxlan_interface", "babel_protocol", "static_protocol")
        if obj is None:
            return
        names = [name for name in ("endpoints", "addresses", "interfaces", "routes") if obj.data.get(name)]
        if names:
            name = self.chance.choice(names)
            values = list(obj.data[name])
            values.pop(self.chance.randrange(len(values)))
            self._put(obj, **{name: values})

    def change_a_number(self) -> None:
        """Give an interface another VNI, or a session another AS number."""
        obj = self._one("vxlan_interface", "bgp_protocol")
        if obj:
            self._put(obj, **({"vni": 77} if obj.kind == "vxlan_interface" else {"neighbor_as": 64600}))

    def unset_a_field(self) -> None:
        """Unset an MTU."""
        obj = self._one("vxlan_interface", "ethernet_interface")
        if obj:
            self._put(obj, mtu=None)

    def disable_an_object(self) -> None:
        """Disable an interface, a protocol or a CPE NAT IP."""
        obj = self._one("_interface", "_protocol", "cpe_nat_ip")
        if obj:
            self._put(obj, enabled=False)

    def export_everything(self) -> None:
        """Let a protocol hand everything on."""
        obj = self._one("babel_protocol", "ospf_protocol", "bgp_protocol")
        if obj:
            self._put(obj, export_ipv4={"mode": "all", "filter": None})

    def rename_an_object(self) -> None:
        """Give a protocol or a device a name of its own."""
        obj = self._one("_protocol", "vxlan_interface", "ethernet_interface")
        if obj:
            self._put(obj, name=f"odd{self.chance.randrange(1000)}")

    def disassociate_an_address(self) -> None:
        """Take an Elastic IP off."""
        addresses = self.state.cloud.addresses
        if addresses:
            number = self.chance.randrange(len(addresses))
            addresses[number] = replace(addresses[number], interface_id=None, private_ip=None)

    def lose_an_elastic_ip(self) -> None:
        """Release an Elastic IP."""
        addresses = self.state.cloud.addresses
        if addresses:
            addresses.pop(self.chance.randrange(len(addresses)))

    def detach_an_interface(self) -> None:
        """Detach a gateway's network interface."""
        interfaces = self.state.cloud.interfaces
        if interfaces:
            number = self.chance.choice(sorted(interfaces))
            interfaces[number] = replace(interfaces[number], instance_id=None)

    def turn_a_check(self) -> None:
        """Turn the source/destination check of a network interface."""
        interfaces = self.state.cloud.interfaces
        if interfaces:
            number = self.chance.choice(sorted(interfaces))
            found = interfaces[number]
            interfaces[number] = replace(found, source_dest_check=not found.source_dest_check)

    def lose_a_route(self) -> None:
        """Delete a route."""
        tables = self.state.cloud.route_tables
        number = self.chance.choice(sorted(tables))
        routes = list(tables[number].routes)
        if routes:
            routes.pop(self.chance.randrange(len(routes)))
            tables[number] = replace(tables[number], routes=tuple(routes))

    def copy_a_route(self) -> None:
        """Add the route of a table to another one of the same VPC."""
        tables = self.state.cloud.route_tables
        source = tables[self.chance.choice(sorted(tables))]
        others = [one for one in tables.values() if one.vpc_id == source.vpc_id and one is not source]
        if others and source.routes:
            target, route = self.chance.choice(others), self.chance.choice(source.routes)
            if route.destination not in {one.destination for one in target.routes}:
                tables[target.id] = replace(target, routes=(*target.routes, route))

    def turn_a_private_wan_off(self) -> None:
        """Turn the private WAN of a space off."""
        spaces = self.state.server.spaces
        key = self.chance.choice(sorted(spaces))
        spaces[key] = replace(spaces[key], enabled=False)
        space = self.state.objects["space", "", key]
        self.state.objects["space", "", key] = replace(space, data={**space.data, "private_wan_enabled": False})

    def copy_a_cpe_nat_ip(self) -> None:
        """Give another bond the CPE NAT IP of a bond, enabled or not."""
        obj = self._one("cpe_nat_ip")
        if obj:
            bond = self.chance.choice(sorted(self.state.server.bonds))
            data = {**obj.data, "enabled": self.chance.random() < 0.5}
            copied = replace(obj, parent=f"bonds/{bond}", data=data)
            self.state.objects.setdefault(copied.identity, copied)
