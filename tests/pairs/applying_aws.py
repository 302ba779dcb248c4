# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of VPCs, routes, interfaces and security groups, as EC2 carries them out or refuses them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.addresses import choose_private_address
from ansible_collections.bonded.internet.plugins.module_utils._model.names import ANYWHERE, TAG_KEY
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import KNOWN_AFTER_APPLY, PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    EgressOnlyGateway,
    Interface,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    Vpc,
)
from tests.pairs.base import GIVEN_VPC
from tests.pairs.state import State, used_in


class Ec2Refused(Exception):
    """EC2 would refuse this."""


def number(state: State, kind: str) -> str:
    """Return a new id."""
    state.made += 1
    return f"{kind}-{state.made:08x}"


def one(state: State, kind: str, key: str) -> Any:
    """Return the one object with a key; a second one is an error, as is none."""
    found = state.keyed(kind, key)
    if len(found) != 1:
        raise Ec2Refused(f"{len(found)} of {kind} have the key {key}")
    return found[0]


def _new(state: State, kind: str, key: str) -> None:
    if state.keyed(kind, key):
        raise Ec2Refused(f"a second one of {kind} with the key {key}")


def vpc(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    if item.verb == "create":
        _new(state, "vpcs", item.key)
        after = item.after or {}
        name = number(state, "vpc")
        cloud.vpcs[name] = Vpc(name, (after["cidr"],), dict(after["tags"]), ipv6=after["ipv6"])
        main = number(state, "rtb")
        cloud.route_tables[main] = RouteTable(main, name, True)
        return
    found = one(state, "vpcs", item.key)
    if item.verb == "update":
        cloud.vpcs[found.id] = replace(found, ipv6=(item.after or {})["ipv6"])
        return
    kinds = ("subnets", "internet_gateways", "egress_only_gateways", "groups")
    inside = [o.id for kind in kinds for o in _in_vpc(state, kind, found.id)]
    inside += [t.id for t in cloud.route_tables.values() if t.vpc_id == found.id and not t.main]
    if inside:
        raise Ec2Refused(f"DependencyViolation: {', '.join(inside)}")
    del cloud.vpcs[found.id]
    cloud.route_tables = {n: t for n, t in cloud.route_tables.items() if t.vpc_id != found.id}


def _in_vpc(state: State, kind: str, vpc_id: str) -> list[Any]:
    return [o for o in getattr(state.cloud, kind).values() if o.vpc_id == vpc_id]


def internet_gateway(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    if item.verb == "create":
        _new(state, "internet_gateways", item.key)
        name = number(state, "igw")
        around = one(state, "vpcs", item.parent)
        cloud.internet_gateways[name] = InternetGateway(name, around.id, dict((item.after or {})["tags"]))
        return
    found = one(state, "internet_gateways", item.key)
    if item.verb == "update":
        cloud.internet_gateways[found.id] = replace(found, vpc_id=one(state, "vpcs", item.parent).id)
        return
    nets = {s.id for s in _in_vpc(state, "subnets", found.vpc_id)}
    mapped = [a.public_ip for a in cloud.addresses if _subnet_of(state, a.interface_id) in nets]
    if mapped:
        raise Ec2Refused(f"DependencyViolation: mapped public addresses {mapped}")
    del cloud.internet_gateways[found.id]


def egress_only_internet_gateway(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    if item.verb == "create":
        around = one(state, "vpcs", item.parent)
        if _in_vpc(state, "egress_only_gateways", around.id):
            raise Ec2Refused(f"InvalidParameterValue: {around.id} has an egress-only internet gateway")
        _new(state, "egress_only_gateways", item.key)
        name = number(state, "eigw")
        cloud.egress_only_gateways[name] = EgressOnlyGateway(name, around.id, dict((item.after or {})["tags"]))
        return
    found = one(state, "egress_only_gateways", item.key)
    leading = [t.id for t in cloud.route_tables.values() if found.id in {route.target for route in t.routes}]
    if leading and _in_vpc(state, "subnets", found.vpc_id):
        raise Ec2Refused(f"a black hole would be left in {leading}")
    del cloud.egress_only_gateways[found.id]


def _subnet_of(state: State, interface_id: str | None) -> str | None:
    cloud = state.cloud
    if interface_id in cloud.interfaces:
        return cloud.interfaces[interface_id].subnet_id
    return next((n.subnet_id for n in cloud.nat_gateways.values() if f"eni-{n.id}" == interface_id), None)


def subnet(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    if item.verb == "create":
        _new(state, "subnets", item.key)
        after, around = item.after or {}, one(state, "vpcs", item.parent)
        new = ipaddress.IPv4Network(after["cidr"])
        for other in _in_vpc(state, "subnets", around.id):
            if ipaddress.IPv4Network(other.cidr).overlaps(new):
                raise Ec2Refused(f"InvalidSubnet.Conflict: {new} with {other.cidr}")
        name = number(state, "subnet")
        ipv6 = bool(after.get("ipv6"))
        cloud.subnets[name] = Subnet(name, around.id, after["cidr"], after["zone"], dict(after["tags"]), ipv6=ipv6)
        return
    found = one(state, "subnets", item.key)
    if item.verb == "update":
        cloud.subnets[found.id] = replace(found, ipv6=(item.after or {})["ipv6"])
        return
    inside = [i.id for i in cloud.interfaces.values() if i.subnet_id == found.id]
    inside += [n.id for n in cloud.nat_gateways.values() if n.subnet_id == found.id]
    if inside:
        raise Ec2Refused(f"DependencyViolation: {', '.join(inside)}")
    del cloud.subnets[found.id]
    for name, other in cloud.route_tables.items():
        left = tuple(s for s in other.subnet_ids if s != found.id)
        cloud.route_tables[name] = replace(other, subnet_ids=left)


def route_table(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    if item.verb == "create":
        _new(state, "route_tables", item.key)
        name, around = number(state, "rtb"), one(state, "vpcs", item.parent)
        cloud.route_tables[name] = RouteTable(name, around.id, False, tags=dict((item.after or {})["tags"]))
    found = one(state, "route_tables", item.key)
    if item.verb == "delete":
        if any(s in cloud.subnets for s in found.subnet_ids):
            raise Ec2Refused("DependencyViolation: subnets are associated")
        del cloud.route_tables[found.id]
        return
    kind, _slash, place = item.key.partition("/")
    prefix = f"subnet/{place}/" if kind == "rtb" else f"natgw-subnet/{place}"
    members = tuple(n for n, s in cloud.subnets.items() if s.tags.get(TAG_KEY, "").startswith(prefix))
    cloud.route_tables[found.id] = replace(found, subnet_ids=tuple(dict.fromkeys([*found.subnet_ids, *members])))


def table_of(state: State, name: str, item: PlannedChange) -> RouteTable:
    """Return the table that an item names: by id, by key, or as the main one of a space's VPC."""
    tables = state.cloud.route_tables
    if name in tables:
        return tables[name]
    if not name.endswith("/main"):
        found: RouteTable = one(state, "route_tables", name)
        return found
    key = name.removesuffix("/main")
    if item.verb == "create":
        gateway = one(state, "interfaces", f"gateway/{key.partition('/')[2]}/{item.host}")
        return next(t for t in tables.values() if t.main and t.vpc_id == gateway.vpc_id)
    around = [*(v.id for v in state.keyed("vpcs", key)), GIVEN_VPC]
    old = (item.key, (item.before or {})["target"])
    mains = [t for t in tables.values() if t.main and t.vpc_id in around]
    return next(t for t in mains if old in [(r.destination, r.target) for r in t.routes])


def route(state: State, item: PlannedChange) -> None:
    cloud, table = state.cloud, table_of(state, item.parent, item)
    rest = tuple(r for r in table.routes if r.destination != item.key)
    there = len(rest) < len(table.routes)
    if there == (item.verb == "create"):
        raise Ec2Refused(f"the route is {'' if there else 'not '}there")
    if item.verb != "delete":
        target = (item.after or {})["target"]
        if target == KNOWN_AFTER_APPLY:
            target = _target(state, item, table)
        cloud.route_tables[table.id] = replace(table, routes=(*rest, Route(item.key, target)))
    else:
        cloud.route_tables[table.id] = replace(table, routes=rest)


def _target(state: State, item: PlannedChange, table: RouteTable) -> str:
    """Return what a route leads to that the plan could not know yet."""
    space = re.sub(r"^(?:vpc|rtb|natgw-rtb)/([^/]+).*", r"\1", item.parent)
    if space == item.parent:  # a given table
        mine = [o for o in state.cloud.interfaces.values() if o.tags.get(TAG_KEY, "").endswith(f"/{item.host}")]
        *_others, found = [o for o in mine if o.vpc_id == table.vpc_id]  # the one that was made last
        return str(found.id)
    if item.part == "gateways" and item.key == ANYWHERE:
        nats = state.keyed("nat_gateways", f"natgw/{space}/{item.host}")
        if nats and not (item.before or {}).get("target", "").startswith("nat-"):
            return str(nats[0].id)
        if nats and nats[0].id != (item.before or {})["target"]:
            return str(nats[0].id)
    if item.part == "gateways" and item.key not in (ANYWHERE, "::/0"):
        return str(one(state, "interfaces", f"gateway/{space}/{item.host}").id)
    outward = state.keyed("egress_only_gateways", f"eigw/{space}")
    if item.key == "::/0" and outward and (item.before or {}).get("target") != outward[0].id:
        return str(outward[0].id)
    return str(one(state, "internet_gateways", f"igw/{space}").id)


def network_interface(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    after = item.after or {}
    if item.verb == "create":
        _new(state, "interfaces", item.key)
        around = cloud.subnets.get(item.parent) or one(state, "subnets", item.parent)
        address = choose_private_address(item.key, around.cidr, used_in(around.id, state))
        if address is None:
            raise Ec2Refused("InsufficientFreeAddressesInSubnet")
        name = number(state, "eni")
        cloud.interfaces[name] = Interface(
            name,
            around.id,
            around.vpc_id,
            address,
            dict(after["tags"]),
            source_dest_check=after["source_dest_check"],
            groups=("default",),
            ipv6=f"2001:db8::{state.made:x}" if around.ipv6 else None,
        )
        return
    found = one(state, "interfaces", item.key)
    if item.verb == "update":
        cloud.interfaces[found.id] = replace(found, source_dest_check=after["source_dest_check"])
        return
    if found.instance_id:
        raise Ec2Refused("InvalidNetworkInterface.InUse")
    del cloud.interfaces[found.id]
    cloud.addresses = [
        replace(a, interface_id=None, private_ip=None) if a.interface_id == found.id else a for a in cloud.addresses
    ]
    for name, table in cloud.route_tables.items():
        routes = tuple(replace(r, state="blackhole") if r.target == found.id else r for r in table.routes)
        cloud.route_tables[name] = replace(table, routes=routes)


def attachment(state: State, item: PlannedChange) -> None:
    cloud, found = state.cloud, one(state, "interfaces", item.key)
    instance = cloud.instances[item.parent]
    if item.verb == "delete":
        cloud.interfaces[found.id] = replace(found, instance_id=None)
        cloud.instances[item.parent] = replace(instance, devices=instance.devices[:-1])
        return
    if found.instance_id:
        raise Ec2Refused(f"InvalidNetworkInterface.InUse: attached to {found.instance_id}")
    if cloud.subnets[found.subnet_id].zone != instance.zone:
        raise Ec2Refused("another zone")
    if len(instance.devices) >= cloud.limits[instance.type].interfaces:
        raise Ec2Refused("AttachmentLimitExceeded")
    cloud.interfaces[found.id] = replace(found, instance_id=instance.id)
    cloud.instances[item.parent] = replace(instance, devices=(*instance.devices, len(instance.devices)))


def ipv6_address(state: State, item: PlannedChange) -> None:
    found = one(state, "interfaces", item.parent)
    if not state.cloud.subnets[found.subnet_id].ipv6 or found.ipv6:
        raise Ec2Refused("no block, or an address already")
    state.made += 1
    state.cloud.interfaces[found.id] = replace(found, ipv6=f"2001:db8::{state.made:x}")


def nat_gateway(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    if item.verb == "delete":
        found = one(state, "nat_gateways", item.key)
        del cloud.nat_gateways[found.id]
        place = f"eni-{found.id}"
        cloud.addresses = [
            replace(a, interface_id=None, private_ip=None) if a.interface_id == place else a for a in cloud.addresses
        ]
        for name, table in cloud.route_tables.items():
            routes = tuple(replace(r, state="blackhole") if r.target == found.id else r for r in table.routes)
            cloud.route_tables[name] = replace(table, routes=routes)
        return
    _new(state, "nat_gateways", item.key)
    around = one(state, "subnets", item.parent)
    address = one(state, "addresses", item.key.replace("natgw/", "natgw-ip/"))
    if address.interface_id:
        raise Ec2Refused(f"Resource.AlreadyAssociated: {address.public_ip}")
    name, tags = number(state, "nat"), dict((item.after or {})["tags"])
    cloud.nat_gateways[name] = NatGateway(name, around.vpc_id, around.id, tags, address.allocation_id)
    cloud.addresses[cloud.addresses.index(address)] = replace(address, interface_id=f"eni-{name}", private_ip="nat")


def security_group(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    if item.verb == "create":
        _new(state, "groups", item.key)
        name = number(state, "sg")
        around = item.parent if item.parent in cloud.vpcs or item.parent.startswith("vpc-") else None
        vpc_id = around or one(state, "vpcs", item.parent).id
        cloud.groups[name] = SecurityGroup(name, vpc_id, dict((item.after or {})["tags"]))
        return
    found = one(state, "groups", item.key)
    carried = [o.id for o in cloud.instances.values() if found.id in o.groups]
    carried += [o.id for o in cloud.interfaces.values() if found.id in o.groups]
    if carried:
        raise Ec2Refused(f"DependencyViolation: {', '.join(carried)}")
    del cloud.groups[found.id]


def security_group_rule(state: State, item: PlannedChange) -> None:
    found = one(state, "groups", item.parent)
    given = (item.after if item.verb == "create" else item.before) or {}
    rule = Rule(given["protocol"], given["from_port"], given["to_port"], given["source"])
    if (rule in found.rules) == (item.verb == "create"):
        raise Ec2Refused("InvalidPermission.Duplicate or .NotFound")
    rules, own = (
        (found.rules | {rule}, found.own | {rule})
        if item.verb == "create"
        else (
            found.rules - {rule},
            found.own - {rule},
        )
    )
    state.cloud.groups[found.id] = replace(found, rules=rules, own=own)


def group_attachment(state: State, item: PlannedChange) -> None:
    cloud, group = state.cloud, one(state, "groups", item.key)
    owner = next((i for i in cloud.instances.values() if i.interface_id == item.parent), None)
    holder: Any = owner or cloud.interfaces.get(item.parent) or one(state, "interfaces", item.parent)
    place: Any = cloud.instances if owner else cloud.interfaces
    if holder.vpc_id != group.vpc_id:
        raise Ec2Refused(f"InvalidParameterValue: {group.id} is in {group.vpc_id}, {holder.id} in {holder.vpc_id}")
    if (group.id in holder.groups) == (item.verb == "create"):
        raise Ec2Refused("the group is there already, or not")
    rest = tuple(g for g in holder.groups if g != group.id)
    place[holder.id] = replace(holder, groups=(*rest, group.id) if item.verb == "create" else rest)


def ownership_tags(state: State, item: PlannedChange) -> None:
    cloud, given = state.cloud, (item.after or {})["tags"]
    if item.parent in cloud.interfaces:
        found = cloud.interfaces[item.parent]
        cloud.interfaces[item.parent] = replace(found, tags={**found.tags, **given})
        return
    address = next(one for one in cloud.addresses if one.allocation_id == item.parent)
    cloud.addresses[cloud.addresses.index(address)] = replace(address, tags={**address.tags, **given})


def source_dest_check(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    found = next(i for i in cloud.instances.values() if i.interface_id == item.key)
    on = (item.after or {})["source_dest_check"]
    cloud.instances[found.id] = replace(found, source_dest_check=on)
    marked = {item.key}
    cloud.checked_before = cloud.checked_before - marked if on else cloud.checked_before | marked


ACTIONS: dict[str, Callable[[State, PlannedChange], None]] = {
    action.__name__: action
    for action in (
        vpc,
        internet_gateway,
        egress_only_internet_gateway,
        subnet,
        route_table,
        route,
        network_interface,
        attachment,
        ipv6_address,
        nat_gateway,
        security_group,
        security_group_rule,
        group_attachment,
        source_dest_check,
        ownership_tags,
    )  # fmt: skip
}
