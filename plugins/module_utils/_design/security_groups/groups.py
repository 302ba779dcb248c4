# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups of the network, which interfaces carry beside the groups of others.

A group matches the interfaces that carry it, never addresses that are routed through them: so a reference to itself
admits the mesh, but neither the managed mesh, which hairpins through public addresses, nor forwarded clients.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import TAG_KEY, group_key, owned, tags, vpc_key
from ..._model.plan import ALLOW, Placement, SecurityWork
from ..._model.role_inputs import AbsentGroupInput, SecurityGroupInput, SecurityInterfaceInput
from ..._model.state import Rule, SecurityGroup
from ..._objects import Change
from ..aggregators.fleet import Fleet, Member
from ..aggregators.leftovers import DECOMMISSIONED, RELEASE, Leftovers, keeps_gateways
from ..aggregators.public_addresses import taken_addresses
from ..aggregators.source_dest_checks import design_source_dest_checks
from ..context import Context
from ..gateway.gateways import Gateway
from ..gateway.port_forwards import port_forwards_of
from ..vpc.vpcs import VpcDesign
from .removal import carriers_of, group_switch, is_idle, keeps_direct, kind_of, rule_switch
from .rules import FORWARDED, aggregator_rules, check_inbound, check_ports, inbound_rules, rule_input


def design_security(gateways: list[Gateway], owners: Iterable[str], context: Context) -> None:
    """Items and work; `owners` are the hosts that own CPE NAT addresses which the inventory names.

    What belongs to what is kept (`leftovers`) is kept with it.
    """
    desired, cloud, leftovers, report = context.desired, context.cloud, context.leftovers, context.report
    _check_options(desired, report)
    plan = _Plan(context)
    kept_direct = keeps_direct(cloud, leftovers)
    direct = desired.bgp is not None and desired.bgp.mode == "direct" and not desired.absent
    if desired.security_groups and not desired.absent:
        _aggregators(plan, direct or kept_direct, context)
        _cpe_nat(plan, desired, context.fleet, set(owners), direct or kept_direct, leftovers)
        _gateways(plan, gateways)
        _warn(desired, direct, report)
    elif direct:
        report.warn(
            "bonding_bgp: mode: direct without bonding_security_groups: the aggregators' own security groups have to "
            "admit TCP 179 from each other, and any source for the addresses of bonds that have moved."
        )
    if cloud.groups:
        plan.finish()
    design_source_dest_checks(direct, kept_direct, context)


def attach_cpe_nat_groups(owners: Iterable[str], context: Context) -> None:
    """Attach the group that admits CPE NAT traffic to hosts that get addresses; a VPC without the group gets it."""
    desired, rules = context.desired, inbound_rules(context.desired)
    if not (desired.security_groups and rules):
        return
    plan, hosts = _Plan(context), set(owners)
    for vpc, members in _by_vpc(context.fleet.members).items():
        key, getting = group_key("cpe-nat", vpc), [member for member in members if member.host in hosts]
        if getting and not plan.exists(key):
            plan.group(key, "cpe_nat", vpc, f"CPE NAT addresses of {desired.network}", rules)
        for member in getting:
            plan.attach(member, key, "cpe_nat")


def _check_options(desired: DesiredNetwork, report: Report) -> None:
    for name, given in (
        ("cpe_nat_inbound", desired.cpe_nat_inbound),
        ("managed_mesh_ports", desired.managed_mesh_ports),
    ):
        if given and not desired.security_groups:
            report.problem(
                f"bonding_{name}: is given, but bonding_security_groups is not true: no security group is ours that "
                f"could admit it. Set bonding_security_groups: true, or leave bonding_{name} out."
            )
    check_ports(desired.managed_mesh_ports, report)
    check_inbound(desired.cpe_nat_inbound, report)


def _warn(desired: DesiredNetwork, direct: bool, report: Report) -> None:
    if not desired.managed_mesh_ports and any(space.private_wan == "managed_mesh" for space in desired.spaces):
        report.warn(
            "bonding_managed_mesh_ports: none are given. The managed mesh goes through the public addresses, which no "
            "group's reference to itself matches: unless other groups of the aggregators admit it, that way is closed."
        )
    if direct:
        report.warn(
            "bonding_bgp: mode: direct: what comes for a moved bond is forwarded between the aggregators with the "
            "client's address, so the security group cpe-nat admits any source on all of them, their own addresses "
            "included. mode: transit needs no such thing."
        )
    elif desired.cpe_nat_inbound:
        report.warn(
            "bonding_cpe_nat_inbound: a security group belongs to an interface, not to an address: what it admits is "
            "open on the aggregators' own addresses too."
        )


def _aggregators(plan: _Plan, direct: bool, context: Context) -> None:
    """Design the groups that admit the meshes between the aggregators, one in each of their VPCs."""
    desired, fleet = context.desired, context.fleet
    part = "private_wan" if any(space.vxlan for space in desired.spaces) else "cpe_nat"
    for vpc, members in _by_vpc(fleet.members).items():
        key = group_key("aggregators", vpc)
        others = [member for member in fleet.members if member not in members]
        publics = [context.server.aggregators[m.id].ip for m in fleet.members if m.id in context.server.aggregators]
        # One that takes its place in this run, or has taken it, is admitted before the server is told.
        publics += [address for address in taken_addresses(desired, context.cloud, fleet) if address not in publics]
        here = direct and _speaks(members, desired, fleet)
        rules = aggregator_rules(desired, here, [m.private_ip for m in others if m.private_ip], publics)
        plan.group(key, part, vpc, f"meshes between the aggregators of {desired.network}", rules)
        for member in members:
            plan.attach(member, key, part)


def _cpe_nat(
    plan: _Plan, desired: DesiredNetwork, fleet: Fleet, owners: set[str], direct: bool, leftovers: Leftovers
) -> None:
    """Plan the group that admits CPE NAT traffic: on the addresses' owners; where direct BGP runs, from anywhere."""
    for vpc, members in _by_vpc(fleet.members).items():
        here = direct and _speaks(members, desired, fleet)
        rules = [FORWARDED] if here else inbound_rules(desired)
        if not rules:
            continue
        key = group_key("cpe-nat", vpc)
        owning = owners | {m.host for m in members if m.host in leftovers.kept_owners and plan.carries(m, key)}
        if not inbound_rules(desired):
            owning = set()
        inside = [m for m in members if m.host in owning or (here and _speaks([m], desired, fleet))]
        if inside:
            plan.group(key, "cpe_nat", vpc, f"CPE NAT addresses of {desired.network}", rules)
            for member in inside:
                plan.attach(member, key, "cpe_nat")


def _gateways(plan: _Plan, gateways: list[Gateway]) -> None:
    """Design the groups of gateways, which admit the networks of the space's VPC and the ports that are forwarded."""
    for space in sorted({gateway.space for gateway in gateways}):
        mine = [gateway for gateway in gateways if gateway.space == space]
        key, vpc = group_key("gateway", space), mine[0].vpc
        cidrs = vpc.found.cidrs if vpc.found else (vpc.cidr,) if vpc.cidr else ()
        rules = [Rule("-1", None, None, cidr) for cidr in cidrs]
        for forward in (forward for gateway in mine for forward in port_forwards_of(gateway.desired)):
            rules += [Rule(forward["protocol"], forward["port"], forward["port"], source) for source in forward["from"]]
        around = dict.fromkeys(plan.vpc_of(gateway) for gateway in mine)
        if len(around) > 1:
            plan.refuse_several_vpcs(space, around)
        number = next(iter(around))
        plan.group(key, "gateways", number, f"gateways of {space}", list(dict.fromkeys(rules)), vpc)
        for gateway in mine:
            plan.attach_gateway(gateway, key)


def _speaks(members: Iterable[Member], desired: DesiredNetwork, fleet: Fleet) -> bool:
    """Return True if BGP, or one that is kept without being in the inventory, runs on one of the members."""
    return desired.bgp is None or any(member in fleet.speakers for member in members)


def _by_vpc(members: Iterable[Member]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for member in members:
        if member.instance:
            found.setdefault(member.instance.vpc_id, []).append(member)
    return found


@dataclass(frozen=True)
class Carrier:
    """A network interface that carries security groups: by its id, or where it is not created yet, by its key."""

    interface_id: str | None
    interface_key: str | None = None


class _Plan:
    """Groups and where they are carried: wanted against found."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desired, self._server, self._cloud = context.desired, context.server, context.cloud
        self._fleet, self._leftovers = context.fleet, context.leftovers
        self._design, self._report = context.design, context.report
        self._wanted: set[str] = set()
        self._names: dict[tuple[str, str], str] = {}
        self._carried: set[tuple[str, str]] = set()

    def _found(self, key: str) -> SecurityGroup | None:
        found: SecurityGroup | None = owned(self._desired.network, key, self._cloud.groups.values())
        return found

    def vpc_of(self, gateway: Gateway) -> str | None:
        """Return the VPC of a gateway's network interface, None of one that is not created yet."""
        subnet = self._cloud.subnets.get(gateway.desired.subnet_id or "")
        if subnet:
            return subnet.vpc_id
        return gateway.vpc.found.id if gateway.vpc.found else None

    def refuse_several_vpcs(self, space: str, vpcs: Iterable[str | None]) -> None:
        """Say that a space's gateways cannot share a security group."""
        names = ", ".join(number or vpc_key(space) for number in vpcs)
        self._report.problem(
            f"space {space}: its gateways lie in several VPCs ({names}), and a security group belongs to one. Give "
            "them subnets of one VPC, or leave bonding_security_groups out."
        )

    def _check_case(self, vpc: str, key: str) -> None:
        """Refuse two groups of one VPC whose names EC2 takes for the same."""
        other = self._names.setdefault((vpc, key.lower()), key)
        if other != key:
            self._report.problem(
                f"The security groups {other} and {key} would have the same name in the VPC {vpc}, since EC2 does not "
                "tell small letters from capital ones. Give one of the gateways a subnet in another VPC, or leave "
                "bonding_security_groups out."
            )

    def group(
        self, key: str, part: str, vpc_id: str | None, what: str, rules: list[Rule], vpc: VpcDesign | None = None
    ) -> None:
        """Design a group with these rules; rules of others in it are left, and unwanted ones of ours go last.

        Those of a gateway that is kept are not told from the others of its space: so all of them stay.
        """
        self._wanted.add(key)
        rules = list(dict.fromkeys(rules))  # EC2 refuses a request that names a rule twice
        found = self._found(key)
        common = Placement("add", part)
        parent = vpc_id or (vpc_key(vpc.space) if vpc else "")
        self._check_case(parent, key)
        if found is None:
            after = {"tags": tags(self._desired.network, key)}
            self._design.aws(Change("create", "security_group", parent, key, after=after), common)
        elif vpc is not None and found.vpc_id != vpc_id:
            self._report.problem(
                f"The security group {key} ({found.id}) is in the VPC {found.vpc_id}, wanted is {parent}, and EC2 "
                f"cannot move a group. Take the gateways of space {kind_of(key)[1]} out of bonding_spaces, run with "
                "bonding_prune: true, and put them in again."
            )
        new = [rule for rule in rules if found is None or rule not in found.rules]
        kind, place = kind_of(key)
        keeps = kind == "gateway" and keeps_gateways(place, self._leftovers)
        old = sorted(found.own - set(rules), key=lambda rule: rule.label) if found and not keeps else []
        stays = {*rules, *(found.rules - found.own if found else ())}
        for rule in new:
            self._design.aws(Change("create", "security_group_rule", key, rule.label, after=rule_input(rule)), common)
        for rule in old:
            missed = not is_idle(key, rule, stays, self._server, self._fleet)
            text, switch = f"what {key} lets in by it" if missed else "", rule_switch(key, rule, self._context)
            self._design.aws(
                Change("delete", "security_group_rule", key, rule.label, rule_input(rule)),
                common.in_phase("remove").interrupting(text, switch),
            )
        entry = SecurityGroupInput(key=key, vpc_id=vpc_id, vpc_key=None if vpc_id else parent, description=what)
        if found is None or new:
            work = replace(entry, rules=[rule_input(rule) for rule in rules])
            self._design.security["add"].append(SecurityWork(part, work, after_gateways=part == "gateways"))
        if old:
            gone = [rule_input(rule) for rule in old]
            self._design.security["remove"].append(SecurityWork(part, replace(entry, absent_rules=gone)))

    def exists(self, key: str) -> bool:
        """Return True if the account has the group."""
        return self._found(key) is not None

    def carries(self, member: Member, key: str) -> bool:
        """Return True if the member's primary interface carries the group already."""
        found = self._found(key)
        return found is not None and member.instance is not None and found.id in member.instance.groups

    def attach(self, member: Member, key: str, part: str) -> None:
        """Add the group to those of the member's primary interface, if the interface is known."""
        if member.instance is None:
            return
        found = self._found(key)
        self._carried.add((member.instance.interface_id, key))
        if found is None or found.id not in member.instance.groups:
            place = Placement("add", part, member.host)
            self._attachment(Carrier(member.instance.interface_id), key, place)

    def attach_gateway(self, gateway: Gateway, key: str) -> None:
        """Attach the group to a gateway's interface."""
        found, interface = self._found(key), gateway.interface
        if interface:
            self._carried.add((interface.id, key))
        if interface is None or found is None or found.id not in interface.groups:
            carrier = Carrier(interface.id) if interface else Carrier(None, gateway.key)
            self._attachment(carrier, key, Placement("add", "gateways", gateway.member.host))

    def _attachment(self, carrier: Carrier, key: str, place: Placement) -> None:
        """Attach a group to an interface, or detach the group in the last phase."""
        parent = carrier.interface_id or carrier.interface_key or ""
        if place.phase == "add":
            entry = SecurityInterfaceInput(
                interface_id=carrier.interface_id, interface_key=carrier.interface_key, groups=[key]
            )
            self._design.aws(Change("create", "group_attachment", parent, key, after={"group": key}), place)
        else:
            entry = SecurityInterfaceInput(
                interface_id=carrier.interface_id, interface_key=carrier.interface_key, absent_groups=[key]
            )
            self._design.aws(Change("delete", "group_attachment", parent, key, {"group": key}), place)
        late = place.phase == "add" and place.part == "gateways"
        self._design.security[place.phase].append(SecurityWork(place.part, entry, place.host, late))

    def finish(self) -> None:
        """Detach and delete unwanted groups, or keep them with the objects that they belong to."""
        fleet, leftovers = self._fleet, self._leftovers
        decommissioned = {member.instance.interface_id for member in fleet.decommissioned if member.instance}
        for group in sorted(self._cloud.groups.values(), key=lambda g: g.tags.get(TAG_KEY, "")):
            key, part = group.tags.get(TAG_KEY, ""), _part_of(group.tags.get(TAG_KEY, ""))
            wanted = key in self._wanted
            carriers = list(carriers_of(group, self._cloud, fleet, leftovers))
            switch = ALLOW if wanted else group_switch(group, bool(carriers), self._desired, fleet, leftovers)
            if switch is None:
                self._keep(group, key)
                continue
            for place, host in carriers:
                if (place, key) in self._carried or (wanted and not host):
                    continue
                theirs = DECOMMISSIONED if switch and place in decommissioned else switch
                if wanted and theirs == ALLOW and kind_of(key)[0] == "cpe-nat" and host in leftovers.gone_owners:
                    theirs = RELEASE
                text = f"what the security group {key} lets in to {host or place}"
                going = Placement("remove", part, host or None).interrupting(text, theirs)
                self._attachment(Carrier(place), key, going)
            if not wanted:
                self._design.aws(
                    Change("delete", "security_group", group.vpc_id, key, before={"id": group.id}),
                    Placement("remove", part, None, interrupts=f"what the security group {key} lets in", switch=switch),
                )
                self._design.security["remove"].append(SecurityWork(part, AbsentGroupInput(key)))

    def _keep(self, group: SecurityGroup, key: str) -> None:
        kind, place = kind_of(key)
        reason = "belongs to nothing in the inventory any more"
        if not self._desired.security_groups:
            reason = "is there, but bonding_security_groups is not true any more"
        elif kind == "gateway" and keeps_gateways(place, self._leftovers):
            return  # its gateway has been named
        self._report.keep(
            f"The security group {key} ({group.id}) {reason}. It is kept; bonding_prune: true removes it."
        )


def _part_of(key: str) -> str:
    return {"cpe-nat": "cpe_nat", "gateway": "gateways"}.get(kind_of(key)[0], "private_wan")
