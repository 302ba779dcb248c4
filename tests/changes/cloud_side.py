# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS in memory: the state that follows when an item of the plan is carried out, be it a creation, update or deletion.

Only what the plan's lines say is done: an object that no line names stays as it was. What EC2 does by itself is done
too: a route whose target is deleted becomes a blackhole, and a deleted interface loses its Elastic IP.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.names import (
    ANYWHERE,
    TAG_CHECK,
    TAG_KEY,
    TAG_NETWORK,
    TAG_RETIRED,
    all_owned,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import KNOWN_AFTER_APPLY, PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    AMAZONS_POOL,
    Cloud,
    EgressOnlyGateway,
    ElasticIp,
    Instance,
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

NETWORK = "prod"


class CloudSide:
    """The AWS side; `apply_or_predict` lets it follow an item."""

    def __init__(self, cloud: Cloud, others: list[ElasticIp], interfaces: Mapping[str, Interface]) -> None:
        self.cloud, self.others, self.interfaces = cloud, others, dict(interfaces)
        self.adopted: dict[str, str] = {}
        """VPCs of others that spaces have, by id: what their own VPC's key would be."""
        self._number = 0
        self._devices: dict[str, int] = {}
        self._do: dict[str, Callable[[PlannedChange], None]] = {
            "key_tag": self._key_tag,
            "object_tags": self._key_tag,
            "ownership_tags": self._ownership_tags,
            "vpc": self._vpc,
            "internet_gateway": self._internet_gateway,
            "egress_only_internet_gateway": self._egress_only_gateway,
            "subnet": self._subnet,
            "route_table": self._route_table,
            "route": self._route,
            "nat_gateway": self._nat_gateway,
            "elastic_ip": self._elastic_ip,
            "address_association": self._address_association,
            "private_address": self._private_address,
            "network_interface": self._network_interface,
            "attachment": self._attachment,
            "ipv6_address": self._ipv6_address,
            "security_group": self._security_group,
            "security_group_rule": self._security_group_rule,
            "group_attachment": self._group_attachment,
            "source_dest_check": self._source_dest_check,
        }

    def apply_or_predict(self, item: PlannedChange) -> None:
        """Let the state follow one item."""
        self._do[item.kind](item)

    def look(self, named: set[str], reads_names: bool) -> None:
        """Show what a plan reads besides: what the inventory names, names of addresses, and who carries which group."""
        self.cloud.named = [one for one in self.others if one.public_ip in named]
        self.cloud.named_interfaces = {number: one for number, one in self.interfaces.items() if number in named}
        for one in list(self.cloud.addresses) if reads_names else ():
            self._put(one, replace(one, reverse_dns=one.reverse_dns or ""))
        places = [(one.interface_id, one.groups) for one in self.cloud.instances.values()]
        places += [(one.id, one.groups) for one in self.cloud.interfaces.values()]
        groups = self.cloud.groups
        self.cloud.carriers = {g: tuple(place for place, carried in places if g in carried) for g in groups}

    def interface(self, key: str) -> Interface:
        """Return the network interface with this key."""
        found: Interface = self._one(key, self.cloud.interfaces.values())
        return found

    def table_name(self, table: RouteTable) -> str:
        """Return the plan's name of a route table."""
        vpc = self.cloud.vpcs.get(table.vpc_id)
        own = vpc.tags.get(TAG_KEY) if vpc else None
        key = self.adopted.get(table.vpc_id, None if own in self.adopted.values() else own)
        return table.tags.get(TAG_KEY, f"{key}/main" if table.main and key else table.id)

    def _new(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}-{self._number:017x}"

    @staticmethod
    def _one(key: str, objects: Any) -> Any:
        found = all_owned(NETWORK, key, objects)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} objects have the key {key}, expected one")
        return found[0]

    def _gone(self, target: str) -> None:
        """EC2 itself: a route to what is deleted becomes a blackhole."""
        for number, table in self.cloud.route_tables.items():
            routes = tuple(replace(r, state="blackhole") if r.target == target else r for r in table.routes)
            self.cloud.route_tables[number] = replace(table, routes=routes)

    def _key_tag(self, item: PlannedChange) -> None:
        """A renamed object, by its id."""
        for listed in (getattr(self.cloud, one.name) for one in fields(Cloud)):
            if isinstance(listed, dict) and hasattr(listed.get(item.parent), "tags"):
                found = listed[item.parent]
                listed[item.parent] = replace(found, tags={**found.tags, **(item.after or {})})
        for found in [one for one in self.cloud.addresses if one.allocation_id == item.parent]:
            self._put(found, replace(found, tags={**found.tags, **(item.after or {})}))

    def _ownership_tags(self, item: PlannedChange) -> None:
        """An object that is adopted, or given back, by its id."""
        given = (item.after or {})["tags"]
        if found := self.interfaces.pop(item.parent, None) or self.cloud.interfaces.get(item.parent):
            self.cloud.interfaces[item.parent] = replace(found, tags={**found.tags, **given})
        for one in [one for one in self.others if one.allocation_id == item.parent]:
            self.others.remove(one)
            self.cloud.addresses.append(replace(one, tags={**one.tags, **given}))

    def _vpc(self, item: PlannedChange) -> None:
        after = item.after or {}
        if item.verb == "create":
            number, main = self._new("vpc"), self._new("rtb")
            self.cloud.vpcs[number] = Vpc(number, (after["cidr"],), after["tags"], ipv6=after["ipv6"])
            self.cloud.route_tables[main] = RouteTable(main, number, True)
            return
        found = self._one(item.key, self.cloud.vpcs.values())
        if item.verb == "update":
            self.cloud.vpcs[found.id] = replace(found, **after)
            return
        del self.cloud.vpcs[found.id]
        inside: list[Any] = [*self.cloud.subnets.values(), *self.cloud.groups.values()]
        inside += self.cloud.route_tables.values()
        left = [one.id for one in inside if one.vpc_id == found.id and not getattr(one, "main", False)]
        if left:
            raise AssertionError(f"EC2 keeps the VPC {item.key}: {left} are in it")
        for table in [t for t in self.cloud.route_tables.values() if t.vpc_id == found.id]:
            del self.cloud.route_tables[table.id]

    def _internet_gateway(self, item: PlannedChange) -> None:
        vpc = self._one(item.parent, self.cloud.vpcs.values()).id
        if item.verb == "create":
            number = self._new("igw")
            self.cloud.internet_gateways[number] = InternetGateway(number, vpc, (item.after or {})["tags"])
            return
        found = self._one(item.key, self.cloud.internet_gateways.values())
        if item.verb == "update":
            self.cloud.internet_gateways[found.id] = replace(found, vpc_id=vpc)
        else:
            del self.cloud.internet_gateways[found.id]
            self._gone(found.id)

    def _egress_only_gateway(self, item: PlannedChange) -> None:
        if item.verb == "create":
            vpc, number = self._one(item.parent, self.cloud.vpcs.values()).id, self._new("eigw")
            self.cloud.egress_only_gateways[number] = EgressOnlyGateway(number, vpc, (item.after or {})["tags"])
            return
        found = self._one(item.key, self.cloud.egress_only_gateways.values())
        del self.cloud.egress_only_gateways[found.id]
        self._gone(found.id)

    def _subnet(self, item: PlannedChange) -> None:
        after = item.after or {}
        if item.verb == "create":
            vpc, number = self._one(item.parent, self.cloud.vpcs.values()).id, self._new("subnet")
            made = Subnet(number, vpc, after["cidr"], after["zone"], after["tags"], ipv6=after.get("ipv6", False))
            self.cloud.subnets[number] = made
            return
        found = self._one(item.key, self.cloud.subnets.values())
        if item.verb == "update":
            self.cloud.subnets[found.id] = replace(found, **after)
            return
        inside = [one.id for one in self.cloud.interfaces.values() if one.subnet_id == found.id]
        inside += [one.id for one in self.cloud.nat_gateways.values() if one.subnet_id == found.id]
        if inside:
            raise AssertionError(f"EC2 keeps the subnet {item.key}: {inside} are in it")
        del self.cloud.subnets[found.id]
        for number, table in self.cloud.route_tables.items():
            kept = tuple(subnet for subnet in table.subnet_ids if subnet != found.id)
            self.cloud.route_tables[number] = replace(table, subnet_ids=kept)

    def _route_table(self, item: PlannedChange) -> None:
        if item.verb == "create":
            vpc, number = self._one(item.parent, self.cloud.vpcs.values()).id, self._new("rtb")
            self.cloud.route_tables[number] = RouteTable(number, vpc, False, tags=(item.after or {})["tags"])
        found = self._one(item.key, self.cloud.route_tables.values())
        if item.verb == "delete":
            del self.cloud.route_tables[found.id]
            return
        # rtb/SPACE has subnet/SPACE/ZONE, natgw-rtb/SPACE/ZONE has natgw-subnet/SPACE/ZONE
        prefix = item.key.replace("rtb", "subnet", 1)
        mine = [one for one in self.cloud.subnets.values() if one.tags.get(TAG_NETWORK) == NETWORK]
        ids = [s.id for s in mine if s.tags[TAG_KEY] == prefix or s.tags[TAG_KEY].startswith(f"{prefix}/")]
        self.cloud.route_tables[found.id] = replace(found, subnet_ids=tuple(ids))

    def _route(self, item: PlannedChange) -> None:
        tables = self.cloud.route_tables.values()
        (table,) = [t for t in tables if item.parent in (t.id, self.table_name(t))]
        others = tuple(route for route in table.routes if route.destination != item.key)
        before = len(table.routes) - len(others)
        if before != (item.verb != "create"):
            raise AssertionError(f"{item.verb} route {item.key} of {item.parent}: {before} such routes are there")
        if item.verb != "delete":
            others = (*others, Route(item.key, self._target(item, table)))
        self.cloud.route_tables[table.id] = replace(table, routes=others)

    def _target(self, item: PlannedChange, table: RouteTable) -> str:
        """Return what a route leads to; what this run has made is found by its key."""
        given: str = (item.after or {})["target"]
        if given != KNOWN_AFTER_APPLY:
            return given
        vpc = self.cloud.vpcs[table.vpc_id]
        space = self.adopted.get(vpc.id, vpc.tags.get(TAG_KEY, "")).removeprefix("vpc/")
        if item.part == "gateways" and item.key != ANYWHERE:
            return self.interface(f"gateway/{space}/{item.host}").id
        nats = all_owned(NETWORK, f"natgw/{space}/{item.host}", self.cloud.nat_gateways.values())
        if item.part == "gateways" and nats:
            return str(nats[0].id)
        outward = all_owned(NETWORK, f"eigw/{space}", self.cloud.egress_only_gateways.values())
        if item.key == "::/0" and outward and (item.before or {}).get("target") != outward[0].id:
            return str(outward[0].id)
        return str(self._one(f"igw/{space}", self.cloud.internet_gateways.values()).id)

    def _nat_gateway(self, item: PlannedChange) -> None:
        if item.verb == "delete":
            found = self._one(item.key, self.cloud.nat_gateways.values())
            del self.cloud.nat_gateways[found.id]
            self._gone(found.id)
            for address in [a for a in self.cloud.addresses if a.allocation_id == found.allocation_id]:
                self._put(address, replace(address, interface_id=None, private_ip=None))
            return
        subnet = self._one(item.parent, self.cloud.subnets.values())
        address = self._one(item.key.replace("natgw", "natgw-ip", 1), self.cloud.addresses)
        number, private_ip = self._new("nat"), self._free(subnet)
        tags = (item.after or {})["tags"]
        self.cloud.nat_gateways[number] = NatGateway(number, subnet.vpc_id, subnet.id, tags, address.allocation_id)
        self._put(address, replace(address, interface_id=f"eni-of-{number}", private_ip=private_ip))

    def _free(self, subnet: Subnet) -> str:
        """Return the next address of a subnet: no address of a test's short life is used twice."""
        self._number += 1
        return str(ipaddress.IPv4Network(subnet.cidr)[3 + self._number % 9])

    def _put(self, old: ElasticIp, new: ElasticIp) -> None:
        self.cloud.addresses[self.cloud.addresses.index(old)] = new
        for number, one in self.cloud.instances.items():
            publics = {private: public for private, public in one.publics.items() if public != old.public_ip}
            here = new.interface_id == one.interface_id and new.private_ip
            publics |= {str(new.private_ip): new.public_ip} if here else {}
            self.cloud.instances[number] = replace(one, publics=publics)

    def _address(self, key: str) -> ElasticIp:
        """Return the Elastic IP of a key; one that waits, retired, comes last."""
        found = all_owned(NETWORK, key, self.cloud.addresses)
        chosen: ElasticIp = sorted(found, key=lambda one: TAG_RETIRED in one.tags)[0]
        return chosen

    def _elastic_ip(self, item: PlannedChange) -> None:
        after = item.after or {}
        if item.verb == "delete":
            self.cloud.addresses.remove(self._address(item.key))
            return
        if item.verb == "create":
            number = self._new("eipalloc")
            given = {"reverse_dns": after.get("reverse_dns"), "pool": after.get("pool", AMAZONS_POOL)}
            made = ElasticIp(number, f"198.51.100.{self._number}", after["tags"], **given)
            self.cloud.addresses.append(made)
            return
        if "public_ip" in after:  # it is taken over
            found = next(one for one in [*self.others, *self.cloud.addresses] if one.public_ip == after["public_ip"])
            if found in self.others:
                self.others.remove(found)
                self.cloud.addresses.append(found)
        else:
            found = self._address(item.key)
        if "reverse_dns" in after:
            found, old = replace(found, reverse_dns=after["reverse_dns"] or None), found
            self._put(old, found)
        was = {**(item.before or {}).get("tags", {}), **(found.tags if "public_ip" in after else {})}
        comes_back = TAG_RETIRED in was and TAG_RETIRED not in after.get("tags", {})
        tags = {**found.tags, **after.get("tags", {}), **({TAG_RETIRED: None} if comes_back else {})}
        self._put(found, replace(found, tags={name: value for name, value in tags.items() if value is not None}))

    def _address_association(self, item: PlannedChange) -> None:
        after, found = item.after or {}, self._address(item.key)
        if item.verb == "delete":
            self._put(found, replace(found, interface_id=None, private_ip=None))
            return
        place, private_ip = after["interface_id"], after["private_ip"]
        if place == KNOWN_AFTER_APPLY:
            made = self.interface(item.parent)
            place, private_ip = made.id, made.private_ip
        for one in [a for a in self.cloud.addresses if (a.interface_id, a.private_ip) == (place, private_ip)]:
            if one != found:
                raise AssertionError(f"{private_ip} carries {one.public_ip} already")
        self._put(found, replace(found, interface_id=place, private_ip=private_ip))

    def _instance(self, interface_id: str) -> Instance:
        return next(one for one in self.cloud.instances.values() if one.interface_id == interface_id)

    def _private_address(self, item: PlannedChange) -> None:
        one = self._instance(item.parent)
        addresses = tuple(a for a in one.addresses if a != item.key) + ((item.key,) if item.verb == "create" else ())
        self.cloud.instances[one.id] = replace(one, addresses=addresses)

    def _network_interface(self, item: PlannedChange) -> None:
        after = item.after or {}
        if item.verb == "create":
            given = self.cloud.subnets.get(item.parent)
            subnet: Subnet = given or self._one(item.parent, self.cloud.subnets.values())
            number = self._new("eni")
            ipv6 = f"2001:db8::{self._number:x}" if subnet.ipv6 else None
            made = Interface(number, subnet.id, subnet.vpc_id, self._free(subnet), after["tags"], ipv6=ipv6)
            self.cloud.interfaces[number] = replace(made, source_dest_check=after["source_dest_check"])
            return
        found = self.interface(item.key)
        if item.verb == "update":
            self.cloud.interfaces[found.id] = replace(found, **after)
            return
        if found.instance_id:
            raise AssertionError(f"EC2 keeps the interface {item.key}: it is attached")
        del self.cloud.interfaces[found.id]
        self._gone(found.id)
        for address in [a for a in self.cloud.addresses if a.interface_id == found.id]:
            self._put(address, replace(address, interface_id=None, private_ip=None))

    def _attachment(self, item: PlannedChange) -> None:
        found, one = self.interface(item.key), self.cloud.instances[item.parent]
        if item.verb == "create":
            if found.instance_id:
                raise AssertionError(f"EC2 refuses to attach {item.key}: it is attached to {found.instance_id}")
            self._devices[found.id] = next(n for n in range(1, 16) if n not in one.devices)
            devices = (*one.devices, self._devices[found.id])
        else:
            devices = tuple(n for n in one.devices if n != self._devices[found.id])
        self.cloud.instances[one.id] = replace(one, devices=devices)
        attached = one.id if item.verb == "create" else None
        self.cloud.interfaces[found.id] = replace(found, instance_id=attached)

    def _ipv6_address(self, item: PlannedChange) -> None:
        found = self.interface(item.parent)
        self._number += 1
        self.cloud.interfaces[found.id] = replace(found, ipv6=f"2001:db8::{self._number:x}")

    def _security_group(self, item: PlannedChange) -> None:
        if item.verb == "delete":
            found = self._one(item.key, self.cloud.groups.values())
            everybody: list[Any] = [*self.cloud.instances.values(), *self.cloud.interfaces.values()]
            if [one.id for one in everybody if found.id in one.groups]:
                raise AssertionError(f"EC2 keeps the security group {item.key}: it is carried")
            del self.cloud.groups[found.id]
            return
        made = item.parent in self.cloud.vpcs or not item.parent.startswith("vpc/")
        vpc = item.parent if made else self._one(item.parent, self.cloud.vpcs.values()).id
        number = self._new("sg")
        self.cloud.groups[number] = SecurityGroup(number, vpc, (item.after or {})["tags"])

    def _security_group_rule(self, item: PlannedChange) -> None:
        found = self._one(item.parent, self.cloud.groups.values())
        rule = {Rule(*(item.after or item.before or {}).values())}
        own, rules = (found.own | rule, found.rules | rule) if item.after else (found.own - rule, found.rules - rule)
        self.cloud.groups[found.id] = replace(found, own=own, rules=rules)

    def _group_attachment(self, item: PlannedChange) -> None:
        number = self._one(item.key, self.cloud.groups.values()).id
        instance = next((one for one in self.cloud.instances.values() if one.interface_id == item.parent), None)
        one: Any = instance or self.cloud.interfaces.get(item.parent) or self.interface(item.parent)
        groups = tuple(g for g in one.groups if g != number) + ((number,) if item.verb == "create" else ())
        place: dict[str, Any] = self.cloud.instances if instance else self.cloud.interfaces
        place[one.id] = replace(one, groups=groups)

    def _source_dest_check(self, item: PlannedChange) -> None:
        after, one = item.after or {}, self._instance(item.key)
        self.cloud.instances[one.id] = replace(one, source_dest_check=after["source_dest_check"])
        tagged = bool(after["tags"][TAG_CHECK])
        checked = self.cloud.checked_before - {item.key}
        self.cloud.checked_before = checked | {item.key} if tagged else checked
