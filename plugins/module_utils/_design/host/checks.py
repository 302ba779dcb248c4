# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals because of facts of the aggregators themselves.

The facts of a host are those of aggregator_host_info: {"devices": [{"name", "kind", "vni", "addresses", ...}],
"programs": {name: bool}, "managers": {name: bool}}, or {"unreachable": text}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._model.desired_network import MASQUERADE, Report
from ..._model.finding import Difference
from ..._model.state import Server
from ..aggregators.fleet import Member
from ..aggregators.unavailable import judge_unreachable
from ..context import Context
from ..gateway.gateways import Gateway
from ..mesh.meshes import Mesh
from . import paths as host_paths


def check_hosts(
    meshes: list[Mesh],
    chosen: Mapping[str, str],
    gateways: list[Gateway],
    context: Context,
) -> None:
    """Judge each host's answer by the meshes and the CPE NAT addresses (`chosen`: private address by key)."""
    desired, report, sides = context.desired, context.report, context.design.host_configs
    facts = {host.host: host.found for host in desired.hosts if host.manage_host and host.found is not None}
    answering = [host for host, found in facts.items() if not found.get("unreachable")]
    unjudged = {host.host for host in desired.hosts if "checks" in host.host_skip}
    unasked = {host.host for host in desired.hosts if "converge" in host.host_skip}
    translating = {
        gateway.host for space in desired.spaces for gateway in space.gateways if gateway.egress == MASQUERADE
    }
    for member in context.fleet.members:
        found = facts.get(member.host)
        if found is None:
            continue
        if found.get("unreachable"):
            judge_unreachable(member, found["unreachable"], answering, context)
            continue
        if member.host in unjudged:
            continue
        programs = found.get("programs") or {}
        if member.host in translating and not programs.get("nft"):
            report.problem(
                f"{member.host}: has no program nft, which egress: masquerade needs: install nftables there."
            )
        meshed = any(member in mesh.members for mesh in meshes)
        if meshed and programs.get("ping") is False and member.host not in unasked:
            report.problem(
                f"{member.host}: has no program ping, by which tunnel peers are asked after a change. Install "
                "iputils-ping there, or give bonding_host_skip: [converge]."
            )
        if member.host in sides:
            host_paths.judge(member, found, sides[member.host], gateways, desired, report)
        devices = list(found.get("devices") or ())
        _check_cpe_nat(member, devices, chosen, found.get("managers") or {}, report)
        for mesh in meshes:
            if member in mesh.members:
                _check_mesh(member, devices, mesh, context.server, report)


def _check_cpe_nat(
    member: Member,
    devices: list[dict[str, Any]],
    chosen: Mapping[str, str],
    managers: Mapping[str, bool],
    report: Report,
) -> None:
    keys = {address: key for key, address in chosen.items()}
    for device in devices:
        for text in device.get("addresses") or ():
            address = text.split("/")[0]
            if address not in keys:
                continue
            cause = (
                " cloud-init does that: say bonding_host_cloud_init: true, which sets apply_full_imds_network_config: "
                "false, and"
                if managers.get("cloud_init")
                else " Whoever did that has to stop it;"
            )
            report.problem(
                f"{member.host}: the private address {address} of CPE NAT entry {keys[address]} is configured on its "
                f"device {device['name']}, so the aggregator answers itself and the bond gets nothing.{cause} take it "
                f"away: ip address del {text} dev {device['name']}."
            )


def _check_mesh(member: Member, devices: list[dict[str, Any]], mesh: Mesh, server: Server, report: Report) -> None:
    shown = {obj.key for obj in server.objects.get(member.id, ())}
    tunnel = mesh.addresses.get(member.id)
    for device in devices:
        name = device["name"]
        if device.get("vni") == mesh.vni and name != mesh.interface and name not in shown:
            report.problem(
                f"{mesh.label}: {member.host} has a VXLAN device {name} with the VNI {mesh.vni}, which the server does "
                "not show: the kernel takes no second one. Give vxlan.vni (or another bonding_vni_base)."
            )
        elif name == mesh.interface and name not in shown:
            report.warn(
                f"{mesh.label}: {member.host} has a device {name} already, which the server does not show. Find the "
                "program that makes it, and take the device away.",
                Difference(
                    "device",
                    f"{member.host}/{name}",
                    "shown by the server",
                    "the server does not show it",
                    "warning",
                    "bystander",
                    host=member.host,
                    remedy="Find the program that makes it, and take the device away.",
                ),
            )
        if name == mesh.interface or name in shown:
            continue
        if tunnel in [text.split("/")[0] for text in device.get("addresses") or ()]:
            report.problem(
                f"{mesh.label}: the tunnel address {tunnel} of {member.host} is on its device {name}, which the server "
                "does not show: give vxlan.addresses or another subnet."
            )
