# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of gateways on their aggregators: a device belongs to one gateway. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable

from .gateway import Gateway
from .intent import Intent, Report
from .naming import (
    TAG_KEY,
    gateway_ip_key,
    gateway_key,
    nat_gateway_ip_key,
    nat_gateway_key,
    owned,
)
from .state import Cloud, Server, Thing

ETHERNET = "ethernet_interface"


def check_devices(gateways: Iterable[Gateway], server: Server, report: Report) -> None:
    """Refuse a device that is another's on the server, and another device for an interface that has one."""
    for gateway in gateways:
        things = [thing for thing in server.things.get(gateway.member.id, ()) if thing.kind.endswith("_interface")]
        for thing in things:
            if thing.key == gateway.device:
                _check_owner(gateway, thing, report)
            elif gateway.intent.interface and _has_its_address(gateway, thing):
                report.problem(
                    f"{gateway.label}: interface cannot be changed where the gateway exists (got {gateway.device}, "
                    f"expected {thing.key}, which has its address on the server). Say interface: {thing.key}; or "
                    "remove the gateway in one run, with bonding_prune: true, and add it with its new interface in the "
                    "next: everything of the space through it is interrupted in between."
                )


def _check_owner(gateway: Gateway, thing: Thing, report: Report) -> None:
    space = thing.data.get("space")
    if (thing.kind, space) == (ETHERNET, gateway.space) or _has_its_address(gateway, thing):
        return
    place = f"in space {space}" if space else "without a space"
    report.problem(
        f"{gateway.label}: interface {gateway.device} is in use on the server (got {thing.kind} {place}, expected a "
        "device of its own). A device belongs to one gateway until a run has removed that gateway: name the device "
        "that the new network interface gets, or leave interface out with bonding_host_side: true."
    )


def _has_its_address(gateway: Gateway, thing: Thing) -> bool:
    """Return True if an ethernet interface on the server has the address of the gateway's network interface."""
    own = gateway.interface.private_ip if gateway.interface else None
    addresses = [address.split("/")[0] for address in thing.data.get("addresses") or ()]
    return thing.kind == ETHERNET and own in addresses


def check_host_names(gateways: Iterable[Gateway], intent: Intent, cloud: Cloud, report: Report) -> None:
    """Refuse a gateway whose aggregator has, under another host name, a gateway of the same space already.

    The host's name is part of the keys of a gateway's objects: a renamed host would get a second gateway.
    """
    for gateway in gateways:
        instance = gateway.member.instance
        prefix = gateway_key(gateway.space, "")
        for interface in cloud.interfaces.values():
            key = interface.tags.get(TAG_KEY, "")
            known = owned(intent.network, key, [interface]) and key.startswith(prefix)
            if known and instance and interface.instance_id == instance.id and key != gateway.key:
                old = key.removeprefix(prefix)
                report.problem(
                    f"{gateway.label}: the instance {instance.id} has the gateway's network interface {interface.id} "
                    f"already, under another host name (got {gateway.member.host}, expected {old}). Name the host "
                    f"{old} again, or give its objects the new name first: {_commands(gateway, old, intent, cloud)}"
                )


def _commands(gateway: Gateway, old: str, intent: Intent, cloud: Cloud) -> str:
    """Return the commands that give the objects of a gateway the keys of its new host name."""
    commands = []
    for key_of, objects in (
        (gateway_key, [(one.id, one) for one in cloud.interfaces.values()]),
        (gateway_ip_key, [(one.allocation_id, one) for one in cloud.addresses]),
        (nat_gateway_key, [(one.id, one) for one in cloud.nat_gateways.values()]),
        (nat_gateway_ip_key, [(one.allocation_id, one) for one in cloud.addresses]),
    ):
        for number, one in objects:
            if owned(intent.network, key_of(gateway.space, old), [one]):
                new = key_of(gateway.space, gateway.member.host)
                commands.append(f"aws ec2 create-tags --resources {number} --tags Key={TAG_KEY},Value={new}")
    return "; ".join(commands)
