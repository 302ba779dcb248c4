# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals and warnings about gateways: their egress, places, devices and addresses.

An address is judged by the same rules as that of a CPE NAT entry: `_cpe_nat_rules`, `cpe_nat.entries`.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Sequence

from ..._model.desired_network import MASQUERADE, NAT, DesiredGateway, DesiredNetwork, DesiredSpace, Report
from ..._model.finding import Difference
from ..._model.names import ANYWHERE, TAG_KEY, TAG_NETWORK, nat_gateway_key, object_name, owned, subnet_key
from ..._model.state import Cloud, ElasticIp
from ..._objects import Object, title_of
from ..context import Context
from ..cpe_nat.entries import adopted_address, is_retired
from .adopted_nat import check_adopted_options
from .gateways import Gateway
from .port_forwards import check_masquerade
from .routes import tables_of


def check_egress(space: DesiredSpace, wanted: DesiredGateway, report: Report) -> None:
    """Reject options that the egress cannot satisfy, judged by the desired network alone."""
    what, egress = f"space {space.key}, gateway on {wanted.host}", wanted.egress
    if egress == MASQUERADE:
        check_masquerade(wanted, what, report)
        return
    if wanted.port_forwards:
        reason = "a NAT gateway lets nothing in" if egress == NAT else "nothing is translated, and nothing comes in"
        report.problem(
            f"{what}: port_forwards: {len(wanted.port_forwards)} given with egress: {egress}: {reason}. Give none; a "
            "host behind a bond gets a public address by bonding_cpe_nat_ips."
        )
    if not wanted.vpc_routes:
        report.problem(
            f"{what}: vpc_routes: false with egress: {egress}: without the VPC's routes no route leads back to "
            "addresses that are not translated. Leave it true."
        )
    if egress == NAT:
        _check_nat(space, wanted, what, report)


def _check_nat(space: DesiredSpace, wanted: DesiredGateway, what: str, report: Report) -> None:
    if space.vpc and space.vpc.id:  # the NAT gateway is the operator's, as all else in the VPC: `adopted_nat`
        check_adopted_options(space, wanted, what, report)
    elif wanted.subnet_id:
        report.problem(
            f"{what}: egress: nat_gateway with subnet_id: {wanted.subnet_id}: the default route of the subnet's table "
            "has to lead to the NAT gateway, and that table is not ours. Leave subnet_id out: a subnet is made."
        )
    if not wanted.networks and not wanted.auto:  # of the latter the reason has been said
        report.problem(
            f"{what}: egress: nat_gateway without networks: no answer would be routed back to the private WAN. Give "
            "the supernets of the bonds' networks."
        )
    if ANYWHERE in wanted.networks:
        report.problem(
            f"{what}: networks: {ANYWHERE} with egress: nat_gateway: this is the NAT gateway's own default route. "
            "Give the supernets of the bonds' networks."
        )


def warn_egress_none(gateways: list[Gateway], report: Report) -> None:
    """Warn once of all gateways without translation, and name what will not work."""
    names = "; ".join(gateway.label for gateway in gateways if gateway.desired.egress == "none")
    if names:
        report.warn(
            f"egress: none ({names}): hosts in the VPC are reached, hosts on the Internet are not: AWS's internet "
            "gateway drops packets whose source has no public mapping. egress: masquerade and nat_gateway reach them."
        )


def check_places(gateways: list[Gateway], desired: DesiredNetwork, cloud: Cloud, report: Report) -> None:
    """Refuse another subnet or instance for a network interface that exists: EC2 moves none."""
    for gateway in gateways:
        found, instance = gateway.interface, gateway.instance
        if found is None:
            continue
        key = subnet_key(gateway.space, gateway.zone)
        made = owned(desired.network, key, cloud.subnets.values())
        wanted = gateway.desired.subnet_id or (made.id if made else key)
        if found.subnet_id != wanted:
            report.problem(
                f"{gateway.label}: the gateway cannot be moved to another subnet or VPC (got {wanted}, expected "
                f"{found.subnet_id}, where its network interface {found.id} is). Take the old subnet, or remove the "
                "gateway in one run, with bonding_prune: true, and add it in the next: everything of the space through "
                "it is interrupted in between."
            )
        elif found.instance_id not in (None, instance.id):
            report.problem(
                f"{gateway.label}: its network interface {found.id} is attached to {found.instance_id} (got "
                f"{instance.id}, expected {found.instance_id}). Detach it, which interrupts everything of the space "
                f"through it until this run has attached it: aws ec2 detach-network-interface --attachment-id $(aws "
                f"ec2 describe-network-interfaces --network-interface-ids {found.id} --query "
                "NetworkInterfaces[0].Attachment.AttachmentId --output text)"
            )


def check_standbys(gateways: list[Gateway], report: Report) -> None:
    """Refuse a standby in another zone than the NAT gateway of both: a dead zone takes that one along."""
    zones = {(gateway.space, gateway.member.host): gateway.zone for gateway in gateways}
    for gateway in gateways:
        first = gateway.desired.standby_of
        zone = zones.get((gateway.space, first)) if first else None
        if gateway.wants_nat and zone not in (None, gateway.zone):
            report.problem(
                f"{gateway.label}: a standby with egress: nat_gateway is in the gateway's own zone (got "
                f"{gateway.zone}, expected {zone}, that of {first} and of the NAT gateway). Name an aggregator there, "
                "or take egress: masquerade."
            )


def check_gateways(gateways: list[Gateway], desired: DesiredNetwork, cloud: Cloud, report: Report) -> None:
    """Reject conflicts between gateways: one device or one route for two of them."""
    check_places(gateways, desired, cloud, report)
    check_standbys(gateways, report)
    devices: dict[tuple[str, str], Gateway] = {}
    routes: dict[tuple[str, str], Gateway] = {}
    for gateway in gateways:
        place = (gateway.member.host, gateway.device)
        if place in devices:
            text = f"{gateway.label}: interface {place[1]!r} is also that of {devices[place].label}."
            report.problem(f"{text} Give one of them another.")
        devices.setdefault(place, gateway)
        for name, _table in tables_of(gateway, desired, cloud, report) if gateway.is_active else ():
            for network in gateway.desired.networks:
                if (name, network) in routes:
                    other = routes[name, network].label
                    text = f"{gateway.label}: the route of {network} in {name} is also that of {other}."
                    report.problem(f"{text} Take {network} out of the networks of one of them.")
                routes.setdefault((name, network), gateway)
    _check_default_routes(gateways, desired, cloud, report)


def _check_default_routes(gateways: list[Gateway], desired: DesiredNetwork, cloud: Cloud, report: Report) -> None:
    """Refuse two users of one default route: a table has one NAT gateway, for one gateway, of one space."""
    first: dict[str, Gateway] = {}
    for gateway in gateways:
        table = _shared_table(gateway, desired, cloud)
        if table is None or not gateway.is_active:
            continue
        other = first.setdefault(table, gateway)
        if other.space == gateway.space and other is not gateway and (other.wants_nat or gateway.wants_nat):
            report.problem(
                f"{gateway.label}: the default route of {table} cannot lead to the Internet for it (egress: "
                f"{gateway.desired.egress}) and for {other.label} (egress: {other.desired.egress}): one gateway with a "
                "NAT gateway is all that a space's route table can serve."
            )
    active = [gateway for gateway in gateways if gateway.is_active]
    nats: dict[str | None, Gateway] = {g.own_table: g for g in active if g.wants_nat and g.own_table}
    for gateway in gateways:
        table = _shared_table(gateway, desired, cloud)
        user = nats.get(table)
        if user and user.space != gateway.space:
            report.problem(
                f"{gateway.label}: its subnet {gateway.desired.subnet_id} is led to the Internet by the NAT gateway "
                f"{nat_gateway_key(user.space, user.member.host)} of {user.label}: a NAT gateway serves one space, "
                "since its return route knows one owner of a network. Choose another subnet."
            )


def _shared_table(gateway: Gateway, desired: DesiredNetwork, cloud: Cloud) -> str | None:
    """Return the table of ours that the gateway's subnet is associated with, by its name in the plan."""
    if gateway.own_table:
        return gateway.own_table
    number = gateway.desired.subnet_id or ""
    tables = [t for t in cloud.route_tables.values() if number in t.subnet_ids]
    mine = [t.tags[TAG_KEY] for t in tables if t.tags.get(TAG_NETWORK) == desired.network and TAG_KEY in t.tags]
    return mine[0] if mine else None


def check_devices(gateways: Iterable[Gateway], context: Context) -> None:
    """Refuse a device that is another's on the server, and another device for an interface that has one.

    `check_gateways` refuses a device that two gateways want.
    """
    gateways, report = list(gateways), context.report
    wanted = Counter((gateway.member.id, gateway.device) for gateway in gateways)
    for gateway in gateways:
        found = context.server.objects.get(gateway.member.id, ())
        static = object_name(context.desired.network, "gateway", gateway.number)
        is_built = any((obj.kind, obj.key) == ("static_protocol", static) for obj in found)
        for obj in (obj for obj in found if obj.kind.endswith("_interface")):
            if obj.key == gateway.device:
                if wanted[gateway.member.id, gateway.device] == 1:
                    _check_owner(gateway, obj, is_built, report)
            elif gateway.desired.interface and _has_its_address(gateway, obj):
                report.problem(
                    f"{gateway.label}: interface cannot be changed where the gateway exists (got {gateway.device}, "
                    f"expected {obj.key}, which has its address on the server). Say interface: {obj.key}; or "
                    "remove the gateway in one run, with bonding_prune: true, and add it with its new interface in the "
                    "next: everything of the space through it is interrupted in between."
                )


def _check_owner(gateway: Gateway, obj: Object, is_built: bool, report: Report) -> None:
    """Refuse a device of others: in another space, or of the space and made by hand.

    The device of a gateway that a run has built has its static protocol beside it, or an address of its subnet: that of
    a network interface that is deleted by now, or that a killed run has left.
    """
    space, addresses = obj.data.get("space"), obj.data.get("addresses") or ()
    if _has_its_address(gateway, obj):
        return
    if (obj.kind, space) == ("ethernet_interface", gateway.space):
        subnet = ipaddress.IPv4Network(gateway.subnet)
        if is_built or any(ipaddress.ip_interface(text).ip in subnet for text in addresses):
            return
        host, title = gateway.member.host, title_of(obj.kind)
        listed = f"with {', '.join(addresses)}" if addresses else "without an address"
        found = f"{title} in space {space} {listed}"
        expected = f"none, or one with an address of the gateway's subnet {subnet}"
        remedy = "Delete it there, or give the gateway's device another name (interface)."
        report.problem(
            f"{gateway.label}: interface {gateway.device} is in use on the server (got {found}, expected {expected}). "
            f"{remedy}",
            Difference(
                "foreign_object",
                f"{host}/{gateway.device}",
                expected,
                found,
                source="bystander",
                host=host,
                space=gateway.space,
                remedy=remedy,
            ),
        )
        return
    place = f"in space {space}" if space else "without a space"
    report.problem(
        f"{gateway.label}: interface {gateway.device} is in use on the server (got {obj.kind} {place}, expected a "
        "device of its own). A device belongs to one gateway until a run has removed that gateway: name the device "
        "that the new network interface gets, or leave interface out with bonding_manage_hosts: true."
    )


def _has_its_address(gateway: Gateway, obj: Object) -> bool:
    """Return True if an ethernet interface on the server has the address of the gateway's network interface."""
    own = gateway.interface.private_ip if gateway.interface else None
    addresses = [address.split("/")[0] for address in obj.data.get("addresses") or ()]
    return obj.kind == "ethernet_interface" and own in addresses


def check_gateway_addresses(gateways: Sequence[Gateway], context: Context) -> None:
    """Refuse an address that cannot be adopted, another one than a gateway has, and one that two would have."""
    report = context.report
    holders = {entry.public_ip: entry.label for entry in context.desired.cpe_nat_ips if entry.public_ip}
    for gateway in gateways:
        if not gateway.is_active or (gateway.wants_nat and not gateway.makes_nat):
            continue
        address = gateway.nat_address if gateway.wants_nat else gateway.address
        wanted = gateway.desired.public_ip
        if wanted is not None:
            other = holders.setdefault(wanted, gateway.label)
            if other != gateway.label:
                report.problem(f"{gateway.label}: public_ip {wanted} is also that of {other}. Leave one of them out.")
            elif address is None:
                address = adopted_address(wanted, gateway.label, gateway.member, context)
            elif address.public_ip != wanted:
                report.problem(
                    f"{gateway.label}: public_ip cannot be changed while the gateway has an address (got {wanted}, "
                    f"expected {address.public_ip}, its {_kept(address)} {address.allocation_id}). Leave public_ip "
                    f"out, or {_give_up(address)}"
                )
        pool = gateway.desired.pool
        if pool is not None and address is not None and address.pool not in (None, pool):
            report.problem(
                f"{gateway.label}: pool is not that of its address (got {pool}, expected {address.pool}, the pool of "
                f"its {_kept(address)} {address.public_ip} ({address.allocation_id})). Leave pool out, or "
                f"{_give_up(address)}"
            )


def _kept(address: ElasticIp) -> str:
    return "kept Elastic IP" if is_retired(address) else "Elastic IP"


def _give_up(address: ElasticIp) -> str:
    if is_retired(address):
        return f"give the kept one up: aws ec2 release-address --allocation-id {address.allocation_id}."
    return (
        "take the gateway out for one run with bonding_prune: true and bonding_prune_elastic_ips: true, which releases "
        f"{address.public_ip} for ever unless the account had it before, and add it again. The gateway's traffic is "
        "interrupted in between."
    )
