# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's NAT gateway and the Elastic IPs of a gateway: made, and given up.

A packet leaves by the gateway's interface, the default route of its subnet, the NAT gateway, the internet gateway; the
answer comes back to the NAT gateway, whose own subnet's route table has to send it to the gateway's interface.
"""

from __future__ import annotations

from typing import Any

from ..._model.desired_network import NAT, DesiredGateway, DesiredNetwork
from ..._model.names import (
    TAG_ADOPTED,
    TAG_KEY,
    TAG_RETIRED,
    all_owned,
    nat_gateway_ip_key,
    nat_gateway_key,
    public_subnet_key,
    tags,
)
from ..._model.phases import Phase
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement
from ..._model.state import Cloud, ElasticIp, NatGateway
from ..._objects import Change
from ..aggregators.leftovers import RELEASE, TEARDOWN, releases
from ..context import Context
from ..cpe_nat.entries import is_adopted
from .gateways import PART, Gateway


def elastic_ip_items(
    address: ElasticIp | None, key: str, host: str, given: DesiredGateway, desired: DesiredNetwork, design: Design
) -> None:
    """Create the Elastic IP, or adopt the one that the gateway names; reactivate a kept one."""
    common = Placement("add", PART, host)
    if address is None:
        adopted = {TAG_ADOPTED: "true"} if given.public_ip else {}
        after: dict[str, Any] = {
            "public_ip": given.public_ip or KNOWN_AFTER_APPLY,
            "tags": tags(desired.network, key) | adopted,
        }
        if given.pool:
            after["pool"] = given.pool
        design.aws(Change("update" if given.public_ip else "create", "elastic_ip", "", key, after=after), common)
    elif address.tags.get(TAG_RETIRED) == "true":
        retired, used = {"tags": {TAG_RETIRED: "true"}}, {"tags": {TAG_RETIRED: None}}
        design.aws(Change("update", "elastic_ip", "", key, retired, used), common)


def nat_items(gateway: Gateway, context: Context) -> None:
    """Add items for the missing parts of the gateway's NAT gateway."""
    desired, design = context.desired, context.design
    host, nat = gateway.member.host, gateway.nat
    place = (gateway.space, gateway.desired.first)
    key, ip_key = nat_gateway_key(*place), nat_gateway_ip_key(*place)
    parent = public_subnet_key(gateway.space, gateway.zone)
    for one in failed_nats(place, "add", host, desired, context.cloud, design):
        context.report.warn(
            f"{gateway.label}: NAT gateway {one.id} ({key}) has failed (EC2 says {one.failure}). The run deletes it"
            f"{'' if nat else ', and creates another one with the same Elastic IP'}."
        )
    if nat is None:
        elastic_ip_items(gateway.nat_address, ip_key, host, gateway.desired, desired, design)
        address = gateway.nat_address.allocation_id if gateway.nat_address else KNOWN_AFTER_APPLY
        after = {"allocation_id": address, "tags": tags(desired.network, key)}
        design.aws(Change("create", NAT, parent, key, after=after), Placement("add", PART, host))
        return
    if gateway.nat_address and gateway.nat_address.tags.get(TAG_RETIRED) == "true":
        elastic_ip_items(gateway.nat_address, ip_key, host, gateway.desired, desired, design)
    subnet = context.cloud.subnets.get(nat.subnet_id)
    if subnet is None or subnet.tags.get(TAG_KEY) != parent:
        context.report.problem(
            f"{gateway.label}: its NAT gateway {key} ({nat.id}) lies in subnet {nat.subnet_id} of {nat.vpc_id}, wanted "
            f"is {parent}. Take the tag bonded.internet/key off it, or delete it."
        )


def failed_nats(
    place: tuple[str, str], phase: Phase, host: str | None, desired: DesiredNetwork, cloud: Cloud, design: Design
) -> list[NatGateway]:
    """Delete the NAT gateways of `place`, (space, host) of their tags, that have failed; return them."""
    key = nat_gateway_key(*place)
    failed: list[NatGateway] = all_owned(desired.network, key, cloud.failed_nat_gateways)
    for one in failed:
        before = {"id": one.id, "failure": one.failure}
        design.aws(Change("delete", NAT, _place(one, cloud), key, before), Placement(phase, PART, host))
    return failed


def _place(nat: NatGateway, cloud: Cloud) -> str:
    """Return the key of the NAT gateway's subnet, or the subnet's id."""
    subnet = cloud.subnets.get(nat.subnet_id)
    return subnet.tags.get(TAG_KEY, subnet.id) if subnet else nat.subnet_id


def remove_gateway_address(
    address: ElasticIp | None,
    key: str,
    host: str | None,
    desired: DesiredNetwork,
    design: Design,
    managed: bool = False,
) -> None:
    """Take an Elastic IP off its interface, and release or keep it; one that the account had before is kept.

    `managed`: its NAT gateway takes it off.
    """
    common = Placement("remove", PART, host)
    if address is None:
        return
    if address.interface_id and not managed:
        before: dict[str, Any] = {"interface_id": address.interface_id, "private_ip": address.private_ip}
        design.aws(Change("delete", "address_association", address.interface_id, key, before), common)
    if releases(desired) and not is_adopted(address):
        text = f"the public address {address.public_ip}: it is released, and never comes back"
        going = common.interrupting(text, TEARDOWN if desired.absent else RELEASE)
        design.aws(Change("delete", "elastic_ip", "", key, {"public_ip": address.public_ip}), going)
    elif address.tags.get(TAG_RETIRED) != "true":
        before = {"tags": {TAG_RETIRED: address.tags.get(TAG_RETIRED)}}
        design.aws(
            Change("update", "elastic_ip", "", key, before=before, after={"tags": {TAG_RETIRED: "true"}}), common
        )


def remove_nat_gateway(
    nat: NatGateway | None, address: ElasticIp | None, place: tuple[str, str], host: str | None, context: Context
) -> None:
    """Delete a NAT gateway, and then its Elastic IP; `place` is (space, host) of their tags."""
    key = nat_gateway_key(*place)
    if nat:
        before = {"id": nat.id, "allocation_id": nat.allocation_id}
        context.design.aws(
            Change("delete", NAT, _place(nat, context.cloud), key, before), Placement("remove", PART, host)
        )
    remove_gateway_address(address, nat_gateway_ip_key(*place), host, context.desired, context.design, managed=True)
