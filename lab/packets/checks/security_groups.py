# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`bonding_security_groups`: our three groups are beside the operator's, then alone; each lets in what it is for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from lab.demo.assertions import TAG_NETWORK

from .. import filters, netns
from ..aws_topology import INTERNET, INTERNET_HOST
from ..echo_servers import ECHO_PORT, PAGE_PORT, fetch
from ..lab import Lab, until
from ..live_changes import Intent
from ..probes import Path
from ..report import Check, need
from . import egress
from .cpe_nat import public_of
from .egress import DEVICE, FORWARDED, HOST, way_out
from .non_disruptive_changes import first, unharmed
from .traffic import DEADLINE, all_answer, answers, paths, space_path

VXLAN = 4789
OURS = "bonded.internet"
"""The description by which a rule is the network's."""
DEAD = 1.5
"""Seconds for which nothing may come through, where nothing may."""


def ways_out(lab: Lab) -> Iterator[Check]:
    """A gateway, our security groups, another way out: on a network of its own, so that both go side by side."""
    intent = Intent(lab)
    yield Check("the same network once more", lambda: first(intent))
    yield from egress.gateway(intent)
    yield from checks(intent)
    yield from egress.egress(intent)


def checks(intent: Intent) -> Iterator[Check]:
    """In order: each goes on from what the one before has left."""
    lab = intent.lab
    yield Check("our security groups come beside the operator's: nothing is lost", lambda: _beside(intent))
    both = {device.interface_id: list(device.groups) for device in lab.server.primary.values()}
    yield Check("... and alone they let in what they are for, and nothing else", lambda: _alone(lab))
    yield Check("... broken: no VXLAN from the group itself", lambda: _no_vxlan(lab))
    yield Check("... broken: nothing may come in to CPE NAT IPs", lambda: _no_inbound(lab))
    _carry(lab, both)


def _beside(intent: Intent) -> str:
    inbound = [{"protocol": "tcp", "ports": str(PAGE_PORT)}, {"protocol": "udp", "ports": str(ECHO_PORT)}]
    intent.variables.update(
        bonding_security_groups=True,
        bonding_cpe_nat_inbound=[{**one, "from": ["0.0.0.0/0"]} for one in inbound],
        bonding_managed_mesh_ports=[f"udp/{VXLAN}"],
    )
    every = [*paths(intent.lab), way_out(intent.lab)]
    return unharmed(intent, lambda: intent.run(bonding_manage_hosts=False), every)[1]


def _groups(lab: Lab) -> dict[str, Mapping[str, Any]]:
    """Ours, by what they are for."""
    found = [one for one in lab.fabric.state["security_groups"] if one["tags"].get(TAG_NETWORK)]
    return {one["tags"]["bonded.internet/key"].split("/")[1]: one for one in found}


def _rule(group: Mapping[str, Any], port: int, own: bool = False) -> Mapping[str, Any]:
    """The group's rule for a port; with `own` the one that names the group itself."""
    return next(one for one in group["ingress"] if one["from_port"] == port and (one["peer"] == group["id"] or not own))


def _passed(lab: Lab, group: Mapping[str, Any], rule: Mapping[str, Any]) -> int:
    """Return the number of packets that a rule of a security group has accepted."""
    vpc = next(name for name in lab.fabric.vpcs() if group in lab.fabric.groups(name))
    return lab.counter(vpc, filters.counter_name("ingress", group["id"], rule))


def forget_flows(lab: Lab) -> None:
    """Every flow has to be let in anew."""
    for vpc in lab.fabric.vpcs():
        netns.nft(vpc, filters.forget_flows())


def _carry(lab: Lab, groups: Mapping[str, list[str]]) -> None:
    """Interfaces carry these groups, and no others."""
    for interface_id, carried in groups.items():
        lab.hands.ec2.modify_network_interface_attribute(NetworkInterfaceId=interface_id, Groups=carried)
    lab.sync()


def _forwarded(lab: Lab) -> bool:
    device = lab.fabric.device(*DEVICE)
    page = fetch(INTERNET, public_of(lab, device.addresses[0]), port=FORWARDED, timeout=0.5)
    return page is not None and (page.host, page.client) == (lab.host(HOST).namespace, INTERNET_HOST)


def _alone(lab: Lab) -> str:
    """An aggregator that owns no CPE NAT IP answers nobody any more, since that is the operator's to admit."""
    ours = {group["id"] for group in _groups(lab).values()}
    alone = {one.interface_id: [group for group in one.groups if group in ours] for one in lab.server.primary.values()}
    _carry(lab, {interface: groups for interface, groups in alone.items() if groups})
    forget_flows(lab)
    groups = _groups(lab)
    rules = {
        "VXLAN": (groups["aggregators"], _rule(groups["aggregators"], VXLAN, own=True)),
        "CPE NAT": (groups["cpe-nat"], _rule(groups["cpe-nat"], PAGE_PORT)),
        "forwarded": (groups["gateway"], _rule(groups["gateway"], FORWARDED)),
    }
    before = {name: _passed(lab, *rule) for name, rule in rules.items()}
    owners = {f"{name}'s own" for name in lab.server.owners().values()}
    every = [one for one in paths(lab) if not one.name.endswith("'s own") or one.name in owners]
    all_answer([*every, way_out(lab)], "with our groups alone these do not work")
    need(until(partial(_forwarded, lab), DEADLINE) is not None, f"the forwarded port {FORWARDED} does not lead in")
    counted = {name: _passed(lab, *rule) - before[name] for name, rule in rules.items()}
    need(all(counted.values()), f"not all rules have let something in: {counted}")
    closed = next(one for one in paths(lab) if one.name in {"agg2's own", "agg3's own"} - owners)
    return f"{len(every) + 2} ways, rules {counted}; {closed.name} address: {_dropped(lab, closed)}"


def _dropped(lab: Lab, path: Path) -> str:
    """Raises Failed unless the path is dead, and the groups have dropped it."""
    vpc, before = lab.device("agg1").vpc, lab.counter(lab.device("agg1").vpc, "group_in_drop")
    answered = until(partial(answers, path), DEAD)
    need(answered is None, f"{path.name} works, though no group lets it in")
    dropped = lab.counter(vpc, "group_in_drop") - before
    need(dropped > 0, f"{path.name} is dead, but the groups dropped nothing")
    return f"group_in_drop +{dropped}"


@contextlib.contextmanager
def _closed(lab: Lab, key: str, *rules: Mapping[str, Any]) -> Iterator[None]:
    """Inside, one of our groups lacks these rules."""
    group = _groups(lab)[key]["id"]
    for rule in rules:
        lab.hands.admit(group, False, **rule)
    try:
        lab.sync()
        forget_flows(lab)
        yield
    finally:
        for rule in rules:
            lab.hands.admit(group, True, **rule)
        lab.sync()


def _no_vxlan(lab: Lab) -> str:
    """globex has the direct mesh alone; acme goes on by its managed one, which has rules of its own."""
    group = _groups(lab)["aggregators"]["id"]
    source = {"GroupId": group, "Description": OURS}
    rule = {"IpProtocol": "udp", "FromPort": VXLAN, "ToPort": VXLAN, "UserIdGroupPairs": [source]}
    dead = space_path(lab, "globex")
    # Bonds' addresses may come by the transit VXLAN; an owner's own does not.
    alive = next(one for one in paths(lab) if one.name in {f"{name}'s own" for name in lab.server.owners().values()})
    need(until(partial(answers, dead), DEADLINE) is not None, f"{dead.name} does not work even with the rule")
    with _closed(lab, "aggregators", rule):
        told = _dropped(lab, dead)
        need(until(partial(answers, alive), DEADLINE) is not None, f"{alive.name} is dead too")
    seconds = until(partial(answers, dead), DEADLINE)
    need(seconds is not None, f"{dead.name} does not come back")
    return f"{dead.name}: {told}; {alive.name} answers; back after {seconds:.1f} s"


def _public(lab: Lab, bond: int) -> Path:
    host = lab.host(bond, cpe_nat=True)
    return Path(f"{host.bond}'s {host.cpe_nat_ip}", INTERNET, public_of(lab, str(host.cpe_nat_ip)))


def _no_inbound(lab: Lab) -> str:
    source = {"CidrIp": "0.0.0.0/0", "Description": OURS}
    rules = [
        {"IpProtocol": kind, "FromPort": port, "ToPort": port, "IpRanges": [source]}
        for kind, port in (("tcp", PAGE_PORT), ("udp", ECHO_PORT))
    ]
    dead, alive = _public(lab, 17), space_path(lab, "globex")
    need(until(partial(answers, dead), DEADLINE) is not None, f"{dead.name} does not answer even with the rules")
    with _closed(lab, "cpe-nat", *rules):
        told = _dropped(lab, dead)
        need(until(partial(answers, alive), DEADLINE) is not None, f"{alive.name} is dead too")
    need(until(partial(answers, dead), DEADLINE) is not None, f"{dead.name} does not come back")
    return f"{dead.name}: {told}; {alive.name} works"
