# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces put together: options of `network_plan`, and the variables of the inventory's files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .model import Host, Live, Piece

Options = dict[str, Any]
Deviations = dict[str, dict[str, dict[str, Any]]]
"""By host and the collection's name of an object: `name`, `keep` and `absent`, as `bonding_deviations` has them."""


def options_of(live: Live, pieces: Sequence[Piece], deviations: Deviations) -> Options:
    """Return the options of network_plan that describe the pieces."""
    reachable = reachable_hosts(live, pieces)
    options: Options = {
        "network": live.network,
        "aggregators": [_aggregator(host, host.name in reachable) for host in live.hosts],
        "spaces": _spaces(pieces),
        "cpe_nat_ips": [dict(piece.options) for piece in pieces if piece.kind == "entry"],
        "bgp": next((dict(piece.options) for piece in pieces if piece.kind == "bgp"), None),
    }
    if deviations:
        options["deviations"] = deviations
    return options


def reachable_hosts(live: Live, pieces: Iterable[Piece]) -> set[str]:
    """Return the hosts outside of the VPC of most members of a mesh: the mesh reaches them by private addresses."""
    vpcs = {host.name: host.instance.vpc_id for host in live.hosts if host.instance}
    found: set[str] = set()
    for piece in pieces:
        inside = {host: vpcs[host] for host in piece.members if host in vpcs}
        counts = Counter(inside.values())
        home = max(counts, key=lambda vpc: (counts[vpc], vpc), default="")
        found |= {host for host, vpc in inside.items() if vpc != home}
    return found


def _aggregator(host: Host, reachable: bool) -> Options:
    found: Options = {"host": host.name, "aggregator": host.reference, "region": host.region}
    if reachable:
        found["reachable"] = True
    if host.instance:
        found["instance_id"] = host.instance.id
    else:
        found["private_ip_address"] = host.private_ip
    return {name: value for name, value in found.items() if value is not None}


def _spaces(pieces: Iterable[Piece]) -> list[Options]:
    found: dict[str, Options] = {}
    for piece in pieces:
        if not piece.space:
            continue
        space = found.setdefault(piece.space, {"key": piece.space, "private_wan": piece.space_mode})
        if piece.kind == "mesh":
            space["vxlan"] = dict(piece.options)
        elif piece.kind == "gateway":
            ipv6 = piece.ipv6 and space.get("vpc", {}).get("ipv6", True)
            space["vpc"] = {"id": piece.vpc_id, "ipv6": ipv6}
            space.setdefault("gateways", []).append(dict(piece.options))
    return [found[key] for key in sorted(found)]


def hosts_variables(live: Live, pieces: Iterable[Piece], regions: Sequence[str]) -> dict[str, Options]:
    """Return the variables of each host; its region is one of them if there are several."""
    reachable = reachable_hosts(live, pieces)
    found: dict[str, Options] = {}
    for host in live.hosts:
        own: Options = {"ansible_host": host.ip} if host.ip else {}
        if host.instance:
            own["aws_instance_id"] = host.instance.id
        else:
            own["aws_private_ip_address"] = host.private_ip
        if len(regions) > 1 and host.region:
            own["aws_region"] = host.region
        if host.reference != host.name:
            own["bonding_aggregator"] = host.reference
        if host.name in reachable:
            own["bonding_reachable"] = True
        found[host.name] = own
    return found


def network_variables(options: Mapping[str, Any], regions: Sequence[str], api_url: str | None) -> Options:
    """Return the variables of the network, as `group_vars` has them."""
    found: Options = {"bonding_api_url": api_url} if api_url else {}
    if len(regions) == 1:
        found["aws_region"] = regions[0]
    found |= {"bonding_network": options["network"], "bonding_manage_hosts": False}
    for name in ("spaces", "cpe_nat_ips", "bgp", "deviations"):
        if options.get(name):
            found[f"bonding_{name}"] = options[name]
    return found
