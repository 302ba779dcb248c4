# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks that must be there, from what ought to be and not from what the lab was built of. Pure.

`of_inventory` reads what an operator has written: each entry, aggregator, pair of a mesh and gateway of it has its
checks. `of_states` has no inventory to ask, and takes what each stand-in says must exist on the other one. A check that
is named here and did not run fails the run, and so does one of these parts that ran and is not named.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import titles
from .report import Result

State = Mapping[str, Any]
Wanted = dict[str, dict[str, str]]
"""Title of a part -> name of a check -> who says that it must be there."""

COUNTS = {
    "Bonds that move": 5,
    "Customers apart": 6,
    "Runs under traffic": 2,
    "The aggregators' own side": 10,
    "Changes under traffic": 8,
    "Egress under traffic": 7,
    "Bonds that move, direct BGP": 3,
    "IPv6 beside a NAT gateway": 3,
    "The vendor's firewall": 8,
    "One rule broken at a time": 12,
}
"""Number of checks in each part whose checks do not depend on the network."""


def of_inventory(hosts: Iterable[str], variables: State, bonds: Sequence[State]) -> Wanted:
    """Return the checks of a network by its inventory.

    :param bonds: the server's bonds with their LANs, as they are before the first run.
    """
    names, by = list(hosts), "the inventory names it"
    wanted: Wanted = {title: {} for title in (titles.ADDRESSES, titles.NEIGHBOURS, titles.WAN, titles.GATEWAYS)}
    for entry in variables.get("bonding_cpe_nat_ips", ()):
        bond = next(one["name"] for one in bonds if entry["bond"] in (one["id"], one["name"]))
        wanted[titles.ADDRESSES][titles.cpe_nat(bond, entry["nat_ip"])] = by
    wanted[titles.ADDRESSES] |= {titles.own(name): by for name in names}
    if variables.get("bonding_bgp", {}).get("mode") == "transit":
        wanted[titles.NEIGHBOURS] |= _pairs(None, names, by)
    for space in variables.get("bonding_spaces", ()):
        if "vxlan" in space:
            members = space["vxlan"].get("aggregators", names)
            wanted[titles.NEIGHBOURS] |= _pairs(space["key"], members, by)
            wanted[titles.WAN] |= dict.fromkeys(titles.private_wan(space["key"]), by)
        for one in space.get("gateways", ()):
            beside = one["aggregator"] in _lans(bonds, space["key"])
            given = space["key"], one["aggregator"], one.get("egress") == "nat_gateway", beside
            wanted[titles.GATEWAYS] |= dict.fromkeys(titles.gateway(*given), by)
    return wanted


def of_states(server: State, aws: State) -> Wanted:
    """Return the checks of a network by what each side says must exist on the other one."""
    return {
        titles.ADDRESSES: dict(_addresses(server, aws)),
        titles.NEIGHBOURS: dict(_meshes(server, aws)),
        titles.WAN: dict(_spaces(server)),
        titles.GATEWAYS: dict(_gateways(server, aws)),
    }


def judged(title: str, results: Sequence[Result], wanted: Wanted) -> list[Result]:
    """Return a failed result for each check of a part that did not run though it must, or that nothing names."""
    ran = [result.name for result in results]
    if title in COUNTS:
        if len(ran) == COUNTS[title]:
            return []
        return [_failed(f"{title}: all of its checks", f"{len(ran)} ran, {COUNTS[title]} must be there")]
    named = wanted.get(title, {})
    missing = [_failed(name, f"nothing was asked: {why}") for name, why in named.items() if name not in ran]
    strange = [_failed(name, "it ran, but nothing says that it must be there") for name in ran if name not in named]
    twice = [_failed(name, "it ran twice") for name in sorted(set(ran)) if ran.count(name) > 1]
    return [*missing, *strange, *twice]


def _failed(name: str, why: str) -> Result:
    return Result(name, False, why, 0.0)


def _pairs(space: str | None, members: Iterable[str], why: str) -> dict[str, str]:
    return {titles.neighbours(space, *pair): why for pair in itertools.combinations(members, 2)}


def _lans(bonds: Sequence[State], space: str) -> list[str]:
    """The aggregators on which the bonds are that have a LAN of the space's private WAN."""
    return [
        bond.get("current_aggregator") or bond["aggregator"]
        for bond in bonds
        if bond["space"] == space and any(one.get("include_private_wan") for one in bond.get("connected_ips", ()))
    ]


def _primary(aws: State) -> Iterator[tuple[State, State]]:
    """Each running instance and its first network interface."""
    for instance in aws["instances"]:
        for interface in aws["network_interfaces"]:
            attachment = interface["attachment"] or {}
            if (attachment.get("instance_id"), attachment.get("device_index")) == (instance["id"], 0):
                yield instance, interface


def _by_address(server: State, aws: State) -> dict[str, str]:
    """Primary private address of an instance -> the name that the server, or else AWS, gives to its aggregator."""
    names = {one["ip"]: one["name"] for one in server["aggregators"]}
    return {
        interface["addresses"][0]["private_ip"]: names[instance["public_ip"]]
        for instance, interface in _primary(aws)
        if instance["public_ip"] in names
    }


def _addresses(server: State, aws: State) -> Iterator[tuple[str, str]]:
    on_server = [(bond["name"], nat) for bond in server["bonds"] for nat in bond["cpe_nat_ips"]]
    for bond, nat in on_server:
        why = f"the server has the CPE NAT IP {nat['ip']}, which must be a private address of an aggregator"
        yield titles.cpe_nat(bond, nat["nat_ip"]), why
    for one in server["aggregators"]:
        yield titles.own(one["name"]), f"the server has the aggregator at {one['ip']}, which must be an instance's"
    known = {nat["ip"] for _bond, nat in on_server}
    members = set(_by_address(server, aws))
    for _instance, interface in _primary(aws):
        first, *others = interface["addresses"]
        for one in others if first["private_ip"] in members else ():
            if one["association"] and one["private_ip"] not in known:
                public = one["association"]["public_ip"]
                yield f"the bond of {one['private_ip']}", f"AWS has {public} on it, and no bond has the CPE NAT IP"


def _meshes(server: State, aws: State) -> Iterator[tuple[str, str]]:
    """All pairs of those that have a VXLAN of a space, or that are an endpoint of one."""
    names = _by_address(server, aws)
    for space in [None, *(one["key"] for one in server["spaces"])]:
        members: set[str] = set()
        for aggregator in server["aggregators"]:
            for one in aggregator["interfaces"]:
                if (one["type"], one["space"]) == ("vxlan", space):
                    members.add(aggregator["name"])
                    members |= {names.get(far["ip"], f"the aggregator at {far['ip']}") for far in one["endpoints"]}
        yield from _pairs(space, sorted(members), "the server has a VXLAN or an endpoint of it").items()


def _spaces(server: State) -> Iterator[tuple[str, str]]:
    """Yield the checks of each space that has a VXLAN on any aggregator, or LANs of two bonds."""
    meshed = {one["space"] for aggregator in server["aggregators"] for one in aggregator["interfaces"]}
    for space in server["spaces"]:
        key = space["key"]
        if key in meshed or len(_lans(server["bonds"], key)) > 1:
            yield from dict.fromkeys(titles.private_wan(key), "the server has a mesh, or LANs, of the space").items()


def _gateways(server: State, aws: State) -> Iterator[tuple[str, str]]:
    """The server's ethernet interfaces of spaces, and AWS's further interfaces of aggregators' instances."""
    names = _by_address(server, aws)
    natted = {one["vpc_id"] for one in aws["nat_gateways"] if one["state"] == "available"}
    on_server = {
        (aggregator["name"], one["name"]): one["space"]
        for aggregator in server["aggregators"]
        for one in aggregator["interfaces"]
        if one["type"] == "ethernet" and one["space"] is not None
    }
    on_aws: dict[tuple[str, str], str] = {}
    for instance, first in _primary(aws):
        name = names.get(first["addresses"][0]["private_ip"])
        for interface in aws["network_interfaces"]:
            attachment = interface["attachment"] or {}
            if name and attachment.get("instance_id") == instance["id"] and attachment["device_index"]:
                # As an instance of the Nitro system calls it.
                on_aws[name, f"ens{5 + attachment['device_index']}"] = interface["vpc_id"]
    for (aggregator, device), space in on_server.items():
        why = f"the server has {device} of {aggregator} in the space, which must be a network interface"
        beside = aggregator in _lans(server["bonds"], space)
        by_nat = on_aws.get((aggregator, device)) in natted
        yield from dict.fromkeys(titles.gateway(space, aggregator, by_nat, beside), why).items()
    for aggregator, device in sorted(set(on_aws) - set(on_server)):
        why = "AWS has the network interface, and the server has none of a space by this name"
        yield f"the space of {device} on {aggregator}", why
