# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One rule of the design is broken at a time, and what rests on it fails: it, and nothing else."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .. import netns
from ..lab import Lab, until
from ..provisioning import AGGREGATORS
from ..report import Check, need
from . import cpe_nat, gateways, private_wan

DEADLINE = 20.0
RECOVERY = 60.0
"""Seconds in which all is as before: more than OSPF's dead interval."""
SETTLED = 1.0
"""Seconds for which what must not fail is watched."""


def claims(lab: Lab) -> dict[str, Callable[[], bool]]:
    """Return the claims that are probed repeatedly, each of which another check has proved."""

    def public(bond: int) -> bool:
        host = lab.host(bond, cpe_nat=True)
        mapped = {key: value for found in lab.fabric.gateways().values() for key, value in found.items()}
        address = mapped.get(str(host.cpe_nat_ip), "")
        return bool(address) and cpe_nat.reaches(host, address) and cpe_nat.goes_out_as(host, address)

    def mesh() -> bool:
        hosts = [host for host in lab.bonders.hosts if host.space == "initech" and host.private_wan]
        return all(private_wan.reaches(*pair) for pair in itertools.permutations(hosts, 2))

    return {
        "public address": lambda: public(17),
        "public address of a moved bond": lambda: public(19),
        "private WAN": mesh,
        "Internet by the gateway": lambda: cpe_nat.goes_out(lab.host(27)) != "",
    }


@dataclass(frozen=True)
class Mutant:
    """A broken rule, and the claims that rest on it."""

    name: str
    change: Callable[[Lab], None]
    fails: tuple[str, ...]
    undo: Callable[[Lab], None] | None = None
    wavers: tuple[str, ...] = ()
    """Claims that may fail for a while, and hold again by themselves while the rule is still broken."""


CPE, MOVED, WAN, OUT = "public address", "public address of a moved bond", "private WAN", "Internet by the gateway"


def mutants() -> list[Mutant]:
    """All of them."""
    return [
        Mutant("no Elastic IP on the private address", _no_elastic_ip, (CPE,)),
        Mutant("the bond's CPE NAT IP is the public address", _public_on_the_bond, (CPE,)),
        Mutant("the aggregator's own system has the address", _own_address, (CPE,), _no_own_address),
        Mutant("an aggregator announces nothing by BGP", _no_export, (MOVED,)),
        Mutant("no way back by the owner of the address", lambda lab: _returns(lab, False), (MOVED,), _returns_again),
        Mutant("two aggregators are no endpoints of each other", _no_endpoint, (WAN, OUT)),
        # If OSPF's designated router was there, the others are without one until its dead interval is over.
        Mutant("no pattern matches the VXLAN on one aggregator", _no_pattern, (WAN,), wavers=(OUT,)),
        Mutant("the group does not admit VXLAN", _no_vxlan, (WAN, OUT, MOVED)),
        Mutant("no static default route at the gateway", _no_default, (OUT,)),
        Mutant("the check is on at the gateway's interface", _check_on, (OUT,)),
        Mutant("the NAT gateway's table has no route back", _no_vpc_route, (OUT,)),
        Mutant("the gateway's subnet goes to the internet gateway", _past_the_nat_gateway, (OUT,)),
    ]


def checks(lab: Lab) -> Iterator[Check]:
    """Each begins and ends with all claims holding."""
    lab.save()
    for mutant in mutants():
        yield Check(mutant.name, partial(_judge, lab, mutant))


def _judge(lab: Lab, mutant: Mutant) -> str:
    asked = claims(lab)
    _all_hold(asked, "before")
    try:
        mutant.change(lab)
        lab.sync()
        failed = until(lambda: not any(asked[name]() for name in mutant.fails), DEADLINE)
        need(
            failed is not None, f"after {DEADLINE:g} s still there: {[name for name in mutant.fails if asked[name]()]}"
        )
        settled = until(lambda: all(asked[name]() for name in mutant.wavers), RECOVERY)
        need(settled is not None, f"after {RECOVERY:g} s not back: {[n for n in mutant.wavers if not asked[n]()]}")
        ends = time.monotonic() + SETTLED
        while True:
            risen = [name for name in mutant.fails if asked[name]()]
            need(not risen, f"came back by itself: {risen}")
            # Asked again before it counts: a page that takes half a second once may be a pause of this machine.
            fallen = [n for n, claim in asked.items() if n not in mutant.fails and not (claim() or claim())]
            need(not fallen, f"fails too: {fallen}")
            if time.monotonic() > ends:
                break
    finally:
        if mutant.undo is not None:
            mutant.undo(lab)
        lab.restore()
    back = _all_hold(asked, "afterwards")
    return f"{' and '.join(mutant.fails)} fail after {failed or 0:.1f} s, back after {back:.1f} s"


def _all_hold(asked: Mapping[str, Callable[[], bool]], when: str) -> float:
    found = until(lambda: all(claim() for claim in asked.values()), RECOVERY)
    need(found is not None, f"{when} not all is as it was: {[name for name, claim in asked.items() if not claim()]}")
    return found or 0


# What is changed, on the stand-ins wherever they can


def _aggregator(lab: Lab, name: str) -> Mapping[str, Any]:
    return next(one for one in lab.server.aggregators() if one["name"] == name)


def _protocol(lab: Lab, name: str, kind: str, space: str | None) -> tuple[str, Mapping[str, Any]]:
    aggregator = _aggregator(lab, name)
    found = next(one for one in aggregator["protocols"] if (one["protocol"], one["space"]) == (kind, space))
    return f"aggregators/{aggregator['id']}/{kind}_protocols/{found['id']}", found


def _nat(lab: Lab) -> tuple[str, str, str]:
    """initech's NAT gateway: ids of the table of its subnet, of that of the gateway's subnet, and of the gateway."""
    gateway = next(one for one in gateways.gateways(lab) if one.space == "initech")
    nat = next(one for one in lab.fabric.state["nat_gateways"] if one["state"] == "available")
    tables = {subnet: table for table in lab.fabric.state["route_tables"] for subnet in table["subnet_ids"]}
    return tables[nat["subnet_id"]]["id"], tables[gateway.device.subnet_id]["id"], gateway.device.interface_id


def _no_elastic_ip(lab: Lab) -> None:
    address = lab.host(17, cpe_nat=True).cpe_nat_ip
    found = next(one for one in lab.fabric.state["addresses"] if one["private_ip"] == address)
    lab.hands.ec2.disassociate_address(AssociationId=found["association_id"])


def _public_on_the_bond(lab: Lab) -> None:
    private = str(lab.host(17, cpe_nat=True).cpe_nat_ip)
    bond = next(one for one in lab.server.state["bonds"] if one["id"] == 17)
    nat = next(one for one in bond["cpe_nat_ips"] if one["ip"] == private)
    lab.hands.patch(f"bonds/17/cpe_nat_ips/{nat['id']}", ip=cpe_nat.public_of(lab, private))


def _own_address(lab: Lab) -> None:
    device = lab.device("agg1")
    netns.batch("ip", device.holder, [f"addr add {lab.host(17, cpe_nat=True).cpe_nat_ip}/32 dev {device.name}"])


def _no_own_address(lab: Lab) -> None:
    device = lab.device("agg1")
    lines = [f"addr del {address}/32 dev {device.name}" for address in lab.server.owners()]
    netns.batch("ip", device.holder, lines, force=True)


def _no_export(lab: Lab) -> None:
    aggregator = _aggregator(lab, "agg2")
    for one in aggregator["protocols"]:
        if one["protocol"] == "bgp":
            path = f"aggregators/{aggregator['id']}/bgp_protocols/{one['id']}"
            lab.hands.patch(path, export_ipv4={"mode": "none", "filter": None})


def _returns(lab: Lab, wanted: bool) -> None:
    lab.returns = wanted


def _returns_again(lab: Lab) -> None:
    _returns(lab, True)


def _no_endpoint(lab: Lab) -> None:
    """On one side only it would not be noticed: the device learns the other's address from what comes in."""
    pair = ("agg1", "agg3")
    names = []
    for near, far in (pair, pair[::-1]):
        aggregator, away = _aggregator(lab, near), lab.device(far).addresses[0]
        names.append(private_wan.vxlan_of(aggregator, "initech"))
        found = next(one for one in aggregator["interfaces"] if one["name"] == names[-1])
        kept = [endpoint for endpoint in found["endpoints"] if endpoint["ip"] != away]
        lab.hands.patch(f"aggregators/{aggregator['id']}/vxlan_interfaces/{found['id']}", endpoints=kept)
    lab.sync()
    for name, device in zip(pair, names, strict=True):
        netns.forget_learned(lab.server.namespace(name), device)


def _no_pattern(lab: Lab) -> None:
    path, found = _protocol(lab, "agg2", "ospf", "initech")
    areas = [
        {**area, "interfaces": [{**block, "patterns": ["none*"]} for block in area["interfaces"]]}
        for area in found["areas"]
    ]
    lab.hands.patch(path, areas=areas)


def _no_vxlan(lab: Lab) -> None:
    rule: dict[str, Any] = {"IpProtocol": "udp", "FromPort": 4789, "ToPort": 4789}
    lab.hands.admit(AGGREGATORS, False, **rule, UserIdGroupPairs=[{"GroupId": AGGREGATORS}])


def _no_default(lab: Lab) -> None:
    lab.hands.delete(_protocol(lab, "agg3", "static", "initech")[0])


def _check_on(lab: Lab) -> None:
    lab.hands.check(_nat(lab)[2], True)


def _no_vpc_route(lab: Lab) -> None:
    lab.hands.ec2.delete_route(RouteTableId=_nat(lab)[0], DestinationCidrBlock="172.20.0.0/15")


def _past_the_nat_gateway(lab: Lab) -> None:
    gateway = next(one for one in gateways.gateways(lab) if one.space == "initech")
    owner = gateway.device.interface_id
    vpc_id = next(one["vpc_id"] for one in lab.fabric.state["network_interfaces"] if one["id"] == owner)
    internet = next(one["id"] for one in lab.fabric.state["internet_gateways"] if one["vpc_id"] == vpc_id)
    lab.hands.ec2.replace_route(RouteTableId=_nat(lab)[1], DestinationCidrBlock="0.0.0.0/0", GatewayId=internet)
