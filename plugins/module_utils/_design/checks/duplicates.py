# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two objects of AWS with one key of the network: a plan would have to guess which one is meant, so it is refused.

A run does not leave any (docs/design.md, "Two runs at once"); an operator who copies tags does. Private to the
collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import TAG_KEY, TAG_NETWORK, cpe_nat_key
from ..._model.state import Cloud, ElasticIp
from ..cpe_nat.entries import is_retired


@dataclass(frozen=True)
class Kind:
    """A kind of AWS objects: what one is called, which there are, what uses one, and how one is deleted by hand."""

    name: str
    objects: Callable[[Cloud], Iterable[Any]]
    used_by: Callable[[Any, Cloud], Iterable[str | None]]
    delete: str
    """The command of the AWS CLI, to be followed by the id."""


def _id(found: Any) -> str:
    return str(found.allocation_id if isinstance(found, ElasticIp) else found.id)


def _in_vpc(vpc: Any, cloud: Cloud) -> Iterable[str]:
    inside: list[Any] = [*cloud.subnets.values(), *cloud.internet_gateways.values(), *cloud.groups.values()]
    return (one.id for one in inside if one.vpc_id == vpc.id)


def _in_subnet(subnet: Any, cloud: Cloud) -> Iterable[str]:
    inside: list[Any] = [*cloud.interfaces.values(), *cloud.nat_gateways.values(), *cloud.instances.values()]
    return (one.id for one in inside if one.subnet_id == subnet.id)


def _of_table(table: Any, _cloud: Cloud) -> Iterable[str]:
    return (*table.subnet_ids, *(f"its route to {route.destination}" for route in table.routes))


def _of_address(address: Any, cloud: Cloud) -> Iterable[str | None]:
    nats = (nat.id for nat in cloud.nat_gateways.values() if nat.allocation_id == address.allocation_id)
    return (address.interface_id, *nats)


def _led_to(gateway: Any, cloud: Cloud) -> Iterable[str]:
    """Return the route tables with a route to a NAT gateway or an egress-only internet gateway."""
    return (table.id for table in cloud.route_tables.values() if gateway.id in {one.target for one in table.routes})


def _of_group(group: Any, cloud: Cloud) -> Iterable[str]:
    primary = (one.interface_id for one in cloud.instances.values() if group.id in one.groups)
    return (*primary, *(one.id for one in cloud.interfaces.values() if group.id in one.groups))


KINDS = (
    Kind("VPCs", lambda cloud: cloud.vpcs.values(), _in_vpc, "aws ec2 delete-vpc --vpc-id"),
    Kind(
        "internet gateways",
        lambda cloud: cloud.internet_gateways.values(),
        lambda gateway, _cloud: (gateway.vpc_id,),
        "aws ec2 delete-internet-gateway --internet-gateway-id",
    ),
    Kind(
        "egress-only internet gateways",
        lambda cloud: cloud.egress_only_gateways.values(),
        _led_to,
        "aws ec2 delete-egress-only-internet-gateway --egress-only-internet-gateway-id",
    ),
    Kind("subnets", lambda cloud: cloud.subnets.values(), _in_subnet, "aws ec2 delete-subnet --subnet-id"),
    Kind(
        "route tables",
        lambda cloud: cloud.route_tables.values(),
        _of_table,
        "aws ec2 delete-route-table --route-table-id",
    ),
    Kind(
        "network interfaces",
        lambda cloud: cloud.interfaces.values(),
        lambda interface, _cloud: (interface.instance_id,),
        "aws ec2 delete-network-interface --network-interface-id",
    ),
    Kind(
        "NAT gateways",
        lambda cloud: cloud.nat_gateways.values(),
        _led_to,
        "aws ec2 delete-nat-gateway --nat-gateway-id",
    ),
    Kind("Elastic IPs", lambda cloud: cloud.addresses, _of_address, "aws ec2 release-address --allocation-id"),
    Kind(
        "security groups",
        lambda cloud: cloud.groups.values(),
        _of_group,
        "aws ec2 delete-security-group --group-id",
    ),
)


def check_duplicates(desired: DesiredNetwork, cloud: Cloud, report: Report) -> None:
    """Report each key that several objects of a kind carry, with their ids, what uses them, and what to type."""
    for kind in KINDS:
        for key, objects in sorted(_by_key(kind, desired.network, cloud).items()):
            if len(objects) > 1:
                used = {_id(one): sorted(filter(None, kind.used_by(one, cloud))) for one in objects}
                report.problem(_sentence(kind, key, used, desired.network))


def _by_key(kind: Kind, network: str, cloud: Cloud) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in kind.objects(cloud):
        key = one.tags.get(TAG_KEY, "")
        # an entry that has adopted another address has its old one beside it, kept
        kept = isinstance(one, ElasticIp) and key.startswith(cpe_nat_key("")) and is_retired(one)
        if key and one.tags.get(TAG_NETWORK) == network and not kept:
            found.setdefault(key, []).append(one)
    return found


def _sentence(kind: Kind, key: str, used: Mapping[str, list[str]], network: str) -> str:
    ids = sorted(used, key=lambda one: (not used[one], one))
    uses = {one: f"in use by {', '.join(by)}" if by else "not in use" for one, by in used.items()}
    listing = "; ".join(f"{one}, {uses[one]}" for one in ids)
    spare = [one for one in ids[1:] if not used[one]]
    taken = [one for one in ids[1:] if used[one]]
    advice = []
    if spare:
        advice.append(f"Delete what is not in use: {'; '.join(f'{kind.delete} {one}' for one in spare)}.")
    if taken:
        tags = f"aws ec2 delete-tags --resources {' '.join(taken)} --tags Key={TAG_KEY} Key={TAG_NETWORK}"
        advice.append(f"Of those in use keep one ({ids[0]}, say), and take the tags off the others: {tags}.")
    return (
        f"{key}: AWS has {len(used)} {kind.name} with this key of network {network} (got {listing}; expected one). "
        f"{' '.join(advice)}"
    )
