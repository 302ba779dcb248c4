# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM rights that the plan's items need: the actions of the calls that carry them out.

The resources and condition keys of each action are those of AWS's Service Authorization Reference, "Actions, resources,
and condition keys for Amazon EC2". An object with the network's tag, or created with it, is named without id, as EC2
itself names an object that a call creates (`vpc/*`). All other objects are named by id, so that a policy may name them
too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..._model.names import TAG_CHECK, TAG_KEY, TAG_MOVING_FROM, TAG_NETWORK, TAG_RETIRED, cpe_nat_key, owned
from ..._model.plan import PlannedChange
from ..._model.state import Cloud


@dataclass(frozen=True)
class Need:
    """One action on one resource.

    :ivar action: without its service, such as ``CreateVpc``.
    :ivar resource: the last part of its ARN, such as ``vpc/*``; ``*`` where EC2 knows none.
    :ivar owned: whether it carries the network's tag by then.
    :ivar given: the keys of the tags that the call gives it or takes off it.
    :ivar maker: for CreateTags the call that makes the resource with these tags.
    :ivar values: tags of the operator's own among them, which conditions may ask for.
    """

    action: str
    resource: str
    owned: bool = False
    given: tuple[str, ...] = ()
    maker: str = ""
    values: tuple[tuple[str, str], ...] = ()


Place = tuple[str, bool]
"""A resource, and whether it carries the network's tag."""


RESOURCES = {
    "eigw": "egress-only-internet-gateway",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "subnet": "subnet",
    "vpc": "vpc",
}
"""The resource of an object, by the beginning of its id."""


def needed(items: Iterable[PlannedChange], network: str, cloud: Cloud) -> list[Need]:
    """Each right once, in the order in which the items want them."""
    table = _Table(network, cloud)
    found: dict[Need, None] = {}
    for item in items:
        if item.system == "aws":
            found |= dict.fromkeys(table.of(item))
    return list(found)


def _on(place: Place, *actions: str, given: tuple[str, ...] = ()) -> Iterator[Need]:
    resource, owned = place
    return (Need(action, resource, owned, given) for action in actions)


def _ours(kind: str) -> Place:
    return f"{kind}/*", True


def _made(kind: str, action: str, *using: Place, more_tags: Iterable[str] = ("Name",)) -> Iterator[Need]:
    """Yield the rights to create an object with its tags, in or from other objects."""
    given = tuple(sorted({TAG_NETWORK, TAG_KEY, *more_tags}))
    yield Need(action, f"{kind}/*", given=given)
    yield Need("CreateTags", f"{kind}/*", given=given, maker=action)
    for place in using:
        yield from _on(place, action)


def _further(item: PlannedChange) -> tuple[tuple[str, str], ...]:
    """Return the operator's own tags of an object that is made."""
    given: dict[str, str] = (item.after or {}).get("tags") or {}
    own = ((key, value) for key, value in given.items() if not key.startswith("bonded.internet/"))
    return tuple(sorted(own)) if item.verb == "create" else ()


class _Table:
    """The rights of an item, by its kind."""

    def __init__(self, network: str, cloud: Cloud) -> None:
        self._network, self._cloud = network, cloud

    def of(self, item: PlannedChange) -> Iterator[Need]:
        """The rights of one item. A kind that is not here is a defect of this table."""
        kind: dict[str, Any] = {
            "elastic_ip": self._elastic_ip,
            "private_address": self._private_address,
            "ipv6_address": lambda _item: _on(_ours("network-interface"), "AssignIpv6Addresses"),
            "address_association": self._association,
            "vpc": self._vpc,
            "internet_gateway": self._internet_gateway,
            "egress_only_internet_gateway": self._egress_only_gateway,
            "subnet": self._subnet,
            "route_table": self._route_table,
            "route": self._route,
            "network_interface": self._interface,
            "attachment": self._attachment,
            "nat_gateway": self._nat_gateway,
            "security_group": self._group,
            "security_group_rule": self._rule,
            "group_attachment": self._group_attachment,
            "source_dest_check": self._check,
            "key_tag": self._key_tag,
            "object_tags": self._key_tag,
        }
        found: Iterator[Need] = kind[item.kind](item)
        further = _further(item)
        return (
            replace(need, given=tuple(sorted({*need.given, *dict(further)})), values=further)
            if need.given and TAG_KEY in need.given
            else need
            for need in found
        )

    def _place(self, kind: str, name: str, objects: dict[str, Any]) -> Place:
        """An object by its id; by its key it is ours, there or yet to be made."""
        prefix = {"route-table": "rtb-", "network-interface": "eni-"}.get(kind, f"{kind}-")
        if not name.startswith(prefix):
            return _ours(kind)
        found = objects.get(name)
        owned = found is not None and found.tags.get(TAG_NETWORK) == self._network
        return _ours(kind) if owned else (f"{kind}/{name}", False)

    def _vpc_place(self, name: str) -> Place:
        return self._place("vpc", name, self._cloud.vpcs)

    def _interface_place(self, name: str) -> Place:
        return self._place("network-interface", name, self._cloud.interfaces)

    def _elastic_ip(self, item: PlannedChange) -> Iterator[Need]:
        before, after = item.before or {}, item.after or {}
        place = _ours("elastic-ip")
        if item.verb == "delete":
            yield from _on(place, "ReleaseAddress")
            address = owned(self._network, item.key, self._cloud.addresses)
            if address and address.reverse_dns:  # EC2 keeps an address that has a name
                yield from _on(place, "ResetAddressAttribute")
            return
        old, new = before.get("tags") or {}, after.get("tags") or {}
        if item.verb == "create":
            own = tuple(new) if item.key.startswith(cpe_nat_key("")) else ("Name",)
            pool = [(f"ipv4pool-ec2/{after['pool']}", False)] if after.get("pool") else []
            yield from _made("elastic-ip", "AllocateAddress", *pool, more_tags=own)
        else:
            taken = not before  # without an owner tag so far
            set_now = tuple(sorted(key for key, value in new.items() if value is not None and old.get(key) != value))
            if set_now:
                yield from _on(("elastic-ip/*", not taken), "CreateTags", given=set_now)
            if old.get(TAG_RETIRED) and not new.get(TAG_RETIRED):
                yield from _on(place, "DeleteTags", given=(TAG_RETIRED,))
        if "reverse_dns" in after:
            yield from _on(place, "ModifyAddressAttribute" if after["reverse_dns"] else "ResetAddressAttribute")

    def _private_address(self, item: PlannedChange) -> Iterator[Need]:
        action = "UnassignPrivateIpAddresses" if item.verb == "delete" else "AssignPrivateIpAddresses"
        return _on(self._interface_place(item.parent), action)

    def _association(self, item: PlannedChange) -> Iterator[Need]:
        action = "DisassociateAddress" if item.verb == "delete" else "AssociateAddress"
        yield from _on(_ours("elastic-ip"), action)
        yield from _on(self._interface_place(item.parent), action)
        before, after = item.before or {}, item.after or {}
        if item.verb == "update":  # a move: where it was is in a tag meanwhile
            yield from _on(_ours("elastic-ip"), "CreateTags", "DeleteTags", given=(TAG_MOVING_FROM,))
            if before.get("private_ip") != after.get("private_ip"):  # else it went along, inside its subnet
                yield from _on(self._interface_place(str(before.get("interface_id"))), "UnassignPrivateIpAddresses")

    def _vpc(self, item: PlannedChange) -> Iterator[Need]:
        place = _ours("vpc")
        yield from _on(place, "DescribeVpcAttribute")
        if item.verb == "delete":
            yield from _on(place, "DeleteVpc")
            return
        yield Need("DescribeTags", "*")
        if item.verb == "create":
            yield from _made("vpc", "CreateVpc")
            yield from _on(place, "ModifyVpcAttribute")
        else:
            yield from _on(place, "AssociateVpcCidrBlock")

    def _internet_gateway(self, item: PlannedChange) -> Iterator[Need]:
        place, vpc = _ours("internet-gateway"), self._vpc_place(item.parent)
        if item.verb == "create":
            yield from _made("internet-gateway", "CreateInternetGateway")
        action = "DetachInternetGateway" if item.verb == "delete" else "AttachInternetGateway"
        yield from _on(place, action)
        yield from _on(vpc, action)
        if item.verb == "delete":
            yield from _on(place, "DeleteInternetGateway")

    def _egress_only_gateway(self, item: PlannedChange) -> Iterator[Need]:
        kind = "egress-only-internet-gateway"
        if item.verb == "delete":
            return _on(_ours(kind), "DeleteEgressOnlyInternetGateway")
        return _made(kind, "CreateEgressOnlyInternetGateway", self._vpc_place(item.parent))

    def _subnet(self, item: PlannedChange) -> Iterator[Need]:
        place = _ours("subnet")
        if item.verb == "delete":
            yield from _on(place, "DeleteSubnet")
            return
        if item.verb == "create":
            yield from _made("subnet", "CreateSubnet", self._vpc_place(item.parent))
        if item.verb == "update":
            yield from _on(place, "AssociateSubnetCidrBlock")
        if (item.after or {}).get("ipv6"):
            yield from _on(place, "ModifySubnetAttribute")

    def _route_table(self, item: PlannedChange) -> Iterator[Need]:
        place = _ours("route-table")
        if item.verb == "delete":
            yield from _on(place, "DeleteRouteTable")
            return
        if item.verb == "create":
            yield from _made("route-table", "CreateRouteTable", self._vpc_place(item.parent))
        yield from _on(place, "AssociateRouteTable")
        yield from _on(_ours("subnet"), "AssociateRouteTable")

    def _route(self, item: PlannedChange) -> Iterator[Need]:
        action = {"create": "CreateRoute", "update": "ReplaceRoute", "delete": "DeleteRoute"}[item.verb]
        space, _slash, main = item.parent.rpartition("/")
        if main != "main":
            return _on(self._place("route-table", item.parent, self._cloud.route_tables), action)
        # EC2 makes a VPC's main table by itself, without tags
        vpcs = [v.id for v in self._cloud.vpcs.values() if v.tags.get(TAG_KEY) == space]
        number = next((t.id for t in self._cloud.route_tables.values() if t.main and t.vpc_id in vpcs), "*")
        return _on((f"route-table/{number}", False), action)

    def _interface(self, item: PlannedChange) -> Iterator[Need]:
        place = _ours("network-interface")
        if item.verb == "delete":
            yield from _on(place, "DeleteNetworkInterface")
        elif item.verb == "update":
            yield from _on(place, "ModifyNetworkInterfaceAttribute")
        else:
            subnet = self._place("subnet", item.parent, self._cloud.subnets)
            group = ("security-group/*", False)  # none is named, and EC2 takes the VPC's default one
            yield from _made("network-interface", "CreateNetworkInterface", subnet, group)
            if not (item.after or {}).get("source_dest_check"):
                yield from _on(place, "ModifyNetworkInterfaceAttribute")

    def _attachment(self, item: PlannedChange) -> Iterator[Need]:
        action = "DetachNetworkInterface" if item.verb == "delete" else "AttachNetworkInterface"
        yield from _on(_ours("network-interface"), action)
        yield from _on((f"instance/{item.parent}", False), action)

    def _nat_gateway(self, item: PlannedChange) -> Iterator[Need]:
        if item.verb == "delete":
            yield Need("DescribeTags", "*")
            yield from _on(_ours("natgateway"), "DeleteNatGateway")
            return
        yield from _made("natgateway", "CreateNatGateway", _ours("subnet"), _ours("elastic-ip"))

    def _group(self, item: PlannedChange) -> Iterator[Need]:
        if item.verb == "delete":
            yield from _on(_ours("security-group"), "DeleteSecurityGroup")
            return
        yield from _made("security-group", "CreateSecurityGroup", self._vpc_place(item.parent))

    def _rule(self, item: PlannedChange) -> Iterator[Need]:
        action = "RevokeSecurityGroupIngress" if item.verb == "delete" else "AuthorizeSecurityGroupIngress"
        return _on(_ours("security-group"), action)

    def _group_attachment(self, item: PlannedChange) -> Iterator[Need]:
        """The call names all groups that the interface carries then: those of others too."""
        action = "ModifyNetworkInterfaceAttribute"
        yield from _on(self._interface_place(item.parent), action)
        yield from _on(_ours("security-group"), action)
        carried = {one.interface_id: one.groups for one in self._cloud.instances.values()}
        carried |= {one.id: one.groups for one in self._cloud.interfaces.values()}
        for number in carried.get(item.parent, ()):
            if number not in self._cloud.groups:
                yield Need(action, f"security-group/{number}")

    def _key_tag(self, item: PlannedChange) -> Iterator[Need]:
        """The tags of an object that is ours under another name."""
        prefix = item.parent.partition("-")[0]
        yield Need("DescribeTags", "*")
        yield from _on(_ours(RESOURCES[prefix]), "CreateTags", given=tuple(sorted(item.after or ())))

    def _check(self, item: PlannedChange) -> Iterator[Need]:
        place = self._interface_place(item.key)
        tags = (item.after or {}).get("tags") or {}
        action = "CreateTags" if tags.get(TAG_CHECK) else "DeleteTags"
        yield from _on(place, action, given=(TAG_CHECK,))
        yield from _on(place, "ModifyNetworkInterfaceAttribute")
