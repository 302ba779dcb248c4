# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everyday changes of an inventory, at random: add, take out, change, move, swap, empty, put in another order."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.pairs.inventories import MASQUERADE, NAT, NONE, Json, Maker

Edit = Callable[[Maker, Json], None]


def edited(maker: Maker, inventory: Json) -> Json:
    """Return the inventory after a handful of edits."""
    found = deepcopy(inventory)
    for _number in range(maker.chance.randint(1, 4)):
        maker.chance.choice(EDITS)(maker, found)
    return found


def _some(maker: Maker, values: list[Any]) -> Any:
    return maker.chance.choice(values) if values else None


def _gateways(inventory: Json) -> list[tuple[Json, Json]]:
    return [(space, one) for space in inventory["spaces"] for one in space["gateways"]]


def add_space(maker: Maker, found: Json) -> None:
    missing = [key for key in maker.base.spaces if key not in {one["key"] for one in found["spaces"]}]
    if missing:
        found["spaces"].append(maker.space(maker.chance.choice(missing), found))


def take_space_out(maker: Maker, found: Json) -> None:
    if space := _some(maker, found["spaces"]):
        found["spaces"].remove(space)


def change_space(maker: Maker, found: Json) -> None:
    if space := _some(maker, found["spaces"]):
        what = maker.one_of("mode", "protocol", "mesh", "ipv6", "subnet")
        if what == "mode" and "vxlan" in space:
            space["private_wan"] = maker.one_of("managed_mesh", "unmanaged")
        elif what == "protocol" and "vxlan" in space:
            space["vxlan"]["protocol"] = maker.one_of("babel", "ospf")
        elif what == "mesh" and space["private_wan"] == "managed_mesh":
            place = maker.base.spaces.index(space["key"])
            if space.pop("vxlan", None) is None:
                subnet = f"10.254.{place * 16}.0/20"
                space["vxlan"] = {"subnet": subnet, "protocol": "babel", "aggregators": ["all"]}
        elif what == "subnet" and "vxlan" in space:
            place = maker.base.spaces.index(space["key"])
            space["vxlan"]["subnet"] = f"10.{maker.one_of(252, 254)}.{place * 16}.0/20"
        elif what == "ipv6" and space.get("vpc", {}).get("cidr") and not _has_nat(space):
            space["vpc"]["ipv6"] = not space["vpc"]["ipv6"]


def _has_nat(space: Json) -> bool:
    return any(one["egress"] == NAT for one in space["gateways"])


def new_vpc(maker: Maker, found: Json) -> None:
    if space := _some(maker, [one for one in found["spaces"] if "vpc" not in one]):
        space["vpc"] = maker.vpc(space["key"], found)


def vpc_out(maker: Maker, found: Json) -> None:
    if space := _some(maker, [one for one in found["spaces"] if "vpc" in one]):
        del space["vpc"]
        space["gateways"] = []


def add_gateway(maker: Maker, found: Json) -> None:
    if space := _some(maker, [one for one in found["spaces"] if "vpc" in one and len(one["gateways"]) < 2]):
        used = {network for one in space["gateways"] for network in one["networks"]}
        first = not any(network.startswith(("172.16", "auto")) for network in used)
        gateway = maker.gateway(space, 0 if first else 1, found)
        if gateway:
            space["gateways"].append(gateway)


def take_gateway_out(maker: Maker, found: Json) -> None:
    if pair := _some(maker, _gateways(found)):
        pair[0]["gateways"].remove(pair[1])


def move_gateway(maker: Maker, found: Json) -> None:
    if pair := _some(maker, _gateways(found)):
        space, gateway = pair
        free = [host for host in maker.with_room(found) if host not in {g["aggregator"] for g in space["gateways"]}]
        if free:
            gateway["aggregator"] = maker.chance.choice(free)
            _in_its_zone(maker, gateway)


def _in_its_zone(maker: Maker, gateway: Json) -> None:
    if "subnet_id" in gateway:
        gateway["subnet_id"] = f"subnet-given-{maker.base.zones[gateway['aggregator']][-1]}"


def swap_gateways(maker: Maker, found: Json) -> None:
    pairs = _gateways(found)
    if len(pairs) >= 2:
        (_one, first), (_other, second) = maker.chance.sample(pairs, 2)
        first["aggregator"], second["aggregator"] = second["aggregator"], first["aggregator"]
        for one in (first, second):
            _in_its_zone(maker, one)


def change_egress(maker: Maker, found: Json) -> None:
    if pair := _some(maker, _gateways(found)):
        space, gateway = pair
        choices = [MASQUERADE, NONE]
        alone = len(space["gateways"]) == 1 and space["vpc"].get("cidr") and not space["vpc"].get("ipv6")
        if alone and gateway["networks"]:
            choices.append(NAT)
        gateway["egress"] = maker.chance.choice(choices)
        if gateway["egress"] != MASQUERADE:
            gateway.pop("port_forwards", None)
            gateway.pop("vpc_routes", None)
            gateway.pop("incoming", None)


def change_forwards(maker: Maker, found: Json) -> None:
    pairs = [pair for pair in _gateways(found) if pair[1]["egress"] == MASQUERADE and pair[1]["networks"] != ["auto"]]
    if pair := _some(maker, pairs):
        if maker.likely(0.4):
            pair[1].pop("port_forwards", None)
        else:
            pair[1]["port_forwards"] = maker.forwards(pair[1]["networks"])


def change_networks(maker: Maker, found: Json) -> None:
    pairs = [pair for pair in _gateways(found) if pair[1].get("vpc_routes", True)]
    if pair := _some(maker, pairs):
        number = pair[0]["gateways"].index(pair[1])
        networks = maker.networks(pair[0], number)
        if networks or pair[1]["egress"] != NAT:
            pair[1]["networks"] = networks
            if pair[1].pop("port_forwards", None) and networks != ["auto"]:
                pair[1]["port_forwards"] = maker.forwards(networks)


def split_networks(maker: Maker, found: Json) -> None:
    """Give a part of one gateway's network to a second one of the space."""
    space = _some(maker, [s for s in found["spaces"] if len(s["gateways"]) == 2])
    if space and all(one["egress"] != NAT for one in space["gateways"]):
        space["gateways"][0]["networks"] = ["172.16.0.0/15"]
        space["gateways"][1]["networks"] = ["172.16.128.0/17"]
        for one in space["gateways"]:
            one.pop("vpc_routes", None)
            one.pop("port_forwards", None)


def add_entry(maker: Maker, found: Json) -> None:
    numbers = {_bond_of(maker, one) for one in found["cpe_nat_ips"]}
    free = [number for number in maker.base.bonds if number not in numbers]
    if free:
        found["cpe_nat_ips"].append(maker.entry(maker.chance.choice(free), found))


def _bond_of(maker: Maker, entry: Json) -> int:
    text = entry["bond"]
    return int(text) if text.isdigit() else next(b.id for b in maker.base.bonds.values() if b.name == text)


def take_entry_out(maker: Maker, found: Json) -> None:
    if entry := _some(maker, found["cpe_nat_ips"]):
        found["cpe_nat_ips"].remove(entry)


def empty_a_list(maker: Maker, found: Json) -> None:
    name = maker.one_of("cpe_nat_ips", "spaces", "cpe_nat_inbound", "managed_mesh_ports", "gateways")
    if name != "gateways":
        found[name] = []
    elif space := _some(maker, found["spaces"]):
        space["gateways"] = []


def move_entry(maker: Maker, found: Json) -> None:
    if entry := _some(maker, found["cpe_nat_ips"]):
        entry["aggregator"] = maker.host(found)


def change_entry(maker: Maker, found: Json) -> None:
    if entry := _some(maker, found["cpe_nat_ips"]):
        what = maker.one_of("nat_ip", "reverse_dns", "include_private_wan", "interface", "aggregator")
        if what == "nat_ip":
            entry["nat_ip"] = f"{entry['nat_ip'].rpartition('.')[0]}.{maker.one_of(10, 11, 12)}"
        elif what == "reverse_dns":
            entry["reverse_dns"] = maker.one_of("mail.example.com", "www.example.com", "")
        elif what == "include_private_wan":
            entry["include_private_wan"] = maker.one_of(True, False)
        elif what == "interface":
            entry["interface"] = maker.one_of("eth0", "eth2")
        else:
            entry.pop("aggregator", None)


def swap_entries(maker: Maker, found: Json) -> None:
    if len(found["cpe_nat_ips"]) >= 2:
        one, other = maker.chance.sample(found["cpe_nat_ips"], 2)
        one["aggregator"], other["aggregator"] = other.get("aggregator"), one.get("aggregator")
        for entry in (one, other):
            if entry["aggregator"] is None:
                del entry["aggregator"]


def reorder(maker: Maker, found: Json) -> None:
    for name in ("cpe_nat_ips", "spaces", "cpe_nat_inbound", "managed_mesh_ports"):
        maker.chance.shuffle(found[name])


def change_bgp(maker: Maker, found: Json) -> None:
    found["bgp"] = maker.bgp(found)


def change_groups(maker: Maker, found: Json) -> None:
    """Change what the groups let in; from on to off and back is one in four."""
    if maker.likely(0.25):
        found |= maker.groups()
    elif found["security_groups"]:
        new = maker.groups()
        if new["security_groups"]:
            found |= new


def join(maker: Maker, found: Json) -> None:
    found["decommissioned"] = []
    if len(found["aggregators"]) < len(maker.base.hosts):
        found["aggregators"].append(maker.base.hosts[-1])


def leave(maker: Maker, found: Json) -> None:
    """Let the last aggregator leave, with what it carries moved or taken out."""
    last = str(maker.base.hosts[-1]["host"])
    if last not in maker.hosts(found):
        return
    found["decommissioned"] = [last]
    for space, gateway in [pair for pair in _gateways(found) if pair[1]["aggregator"] == last]:
        free = [host for host in maker.with_room(found) if host not in {g["aggregator"] for g in space["gateways"]}]
        if free and maker.likely(0.7):
            gateway["aggregator"] = maker.chance.choice(free)
            _in_its_zone(maker, gateway)
        else:
            space["gateways"].remove(gateway)
    for entry in found["cpe_nat_ips"]:
        if entry.get("aggregator") == last:
            entry["aggregator"] = maker.host(found)
    if found["bgp"] and found["bgp"].get("route_reflectors") == [last]:
        found["bgp"]["route_reflectors"] = []


def change_members(maker: Maker, found: Json) -> None:
    """Change who is in the mesh of a space, or in BGP."""
    if found["bgp"] and maker.likely(0.5):
        found["bgp"]["aggregators"] = maker.one_of(["all"], ["involved"])
    elif space := _some(maker, [one for one in found["spaces"] if "vxlan" in one]):
        space["vxlan"]["aggregators"] = maker.one_of(["all"], ["involved"])


def change_incoming(maker: Maker, found: Json) -> None:
    if pair := _some(maker, [one for one in _gateways(found) if one[1]["egress"] == MASQUERADE]):
        pair[1]["incoming"] = maker.one_of([], ["wg0"], ["wg0", "wg1"], ["wg1"])


EDITS: tuple[Edit, ...] = (
    add_space, take_space_out, change_space, new_vpc, vpc_out, add_gateway, take_gateway_out, move_gateway,
    move_gateway, swap_gateways, change_egress, change_forwards, change_networks, split_networks, add_entry,
    take_entry_out, empty_a_list, move_entry, change_entry, swap_entries, reorder, change_bgp, change_groups,
    join, leave, change_members, change_incoming,
)  # fmt: skip
