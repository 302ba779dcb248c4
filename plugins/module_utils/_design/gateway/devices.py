# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of gateways on their aggregators: a device belongs to one gateway."""

from __future__ import annotations

from collections.abc import Iterable

from ..._model.desired_network import Report
from ..._model.state import Server
from ..._objects import Object
from .gateways import Gateway

ETHERNET = "ethernet_interface"


def check_devices(gateways: Iterable[Gateway], server: Server, report: Report) -> None:
    """Refuse a device that is another's on the server, and another device for an interface that has one."""
    for gateway in gateways:
        objects = [obj for obj in server.objects.get(gateway.member.id, ()) if obj.kind.endswith("_interface")]
        for obj in objects:
            if obj.key == gateway.device:
                _check_owner(gateway, obj, report)
            elif gateway.desired.interface and _has_its_address(gateway, obj):
                report.problem(
                    f"{gateway.label}: interface cannot be changed where the gateway exists (got {gateway.device}, "
                    f"expected {obj.key}, which has its address on the server). Say interface: {obj.key}; or "
                    "remove the gateway in one run, with bonding_prune: true, and add it with its new interface in the "
                    "next: everything of the space through it is interrupted in between."
                )


def _check_owner(gateway: Gateway, obj: Object, report: Report) -> None:
    space = obj.data.get("space")
    if (obj.kind, space) == (ETHERNET, gateway.space) or _has_its_address(gateway, obj):
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
    return obj.kind == ETHERNET and own in addresses
