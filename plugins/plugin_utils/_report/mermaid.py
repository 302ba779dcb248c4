# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a Mermaid graph, which GitHub and GitLab draw in a README.

A large network is drawn by its zones, since both refuse a long text and many edges.
"""

from __future__ import annotations

from collections import Counter

from ansible_collections.bonded.internet.plugins.module_utils._model.description import Description

from .network import Network
from .view import counted

MOST_EDGES, MOST_LETTERS = 500, 50_000
"""Limits of Mermaid (maxEdges, maxTextSize) unless a site has raised them."""
MOST_NODES = 90
"""Aggregators, spaces and public addresses up to which each has a node of its own."""


def mermaid_of(network: Network) -> str:
    """Return the text of the graph."""
    described = network.description
    nodes = len(described.aggregators) + len(described.spaces) + len(described.addresses)
    lines = _whole(network) if nodes <= MOST_NODES else _by_zone(network)
    return "\n".join(["flowchart LR", *(f"  {line}" for line in lines)]) + "\n"


def quoted(text: str) -> str:
    """Return a text as the label of a node: Mermaid takes none of these letters for more than a letter."""
    safe = "".join(letter if letter.isalnum() or letter in " .,:-_/()+@" else f"#{ord(letter)};" for letter in text)
    return f'"{safe}"'


def _whole(network: Network) -> list[str]:
    described = network.description
    nodes = {one.host: f"a{number}" for number, one in enumerate(described.aggregators, 1)}
    lines, is_read = _zones(network, nodes), network.is_server_read
    lines.append('internet(("Internet"))')
    for number, space in enumerate(described.spaces, 1):
        bonds = counted(len(network.bonds_of.get(space.key, [])), "bond") if is_read else "bonds not read"
        vpc = f", VPC {', '.join(space.vpc.cidrs)}" if space.vpc and space.vpc.cidrs else ""
        lines.append(f"s{number}[{quoted(f'space {space.key}: {bonds}{vpc}')}]")
        for gateway in space.gateways:
            if gateway.host not in nodes:
                continue
            arrow = "-.->" if gateway.role == "standby" else "-->"
            role = "standby" if gateway.role == "standby" else f"gateway {gateway.egress} {gateway.public_ip}".rstrip()
            lines.append(f"s{number} {arrow}|{quoted(role)}| {nodes[gateway.host]}")
    lines += [f"{node} --- internet" for host, node in nodes.items() if network.gateways_on[host]]
    for number, one in enumerate(described.addresses, 1):
        if not one.public_ip:
            continue
        lines.append(f"p{number}([{quoted(f'{one.public_ip} bond {one.bond} {one.bond_name}')}])")
        if one.owner in nodes:
            lines.append(f"{nodes[one.owner]} --- p{number}")
        if one.state == "away" and one.bond_is_on in nodes:
            lines.append(f'p{number} -.->|"bond is on"| {nodes[one.bond_is_on]}')
    return lines


def _zones(network: Network, nodes: dict[str, str]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for one in network.description.aggregators:
        text = f"{one.host} {one.status or one.instance_state}".rstrip()
        groups.setdefault(network.place(one), []).append(f"{nodes[one.host]}[{quoted(text)}]")
    lines = []
    for number, (title, listed) in enumerate(sorted(groups.items()), 1):
        lines += [f"subgraph z{number}[{quoted(title)}]", *(f"  {line}" for line in listed), "end"]
    return lines


def _by_zone(network: Network) -> list[str]:
    described = network.description
    zone_of = {one.host: network.place(one) for one in described.aggregators}
    titles = sorted(set(zone_of.values()))
    aggregators, addresses, gateways, away = Counter(zone_of.values()), Counter[str](), Counter[str](), _away(described)
    for host, number in network.addresses_on.items():
        addresses[zone_of.get(host, "")] += number
    for host, number in network.gateways_on.items():
        gateways[zone_of.get(host, "")] += number
    lines = []
    for number, title in enumerate(titles, 1):
        counts = ", ".join(
            (
                counted(aggregators[title], "aggregator"),
                counted(addresses[title], "public address", "public addresses"),
                counted(gateways[title], "gateway"),
            )
        )
        lines.append(f"z{number}[{quoted(f'{title}: {counts}')}]")
    numbers = {title: number for number, title in enumerate(titles, 1)}
    crossing = Counter((zone_of.get(owner, ""), zone_of.get(place, "")) for owner, place in away)
    for (start, end), count in sorted(crossing.items()):
        if start in numbers and end in numbers:
            text = quoted(counted(count, "bond away", "bonds away"))
            lines.append(f"z{numbers[start]} -.->|{text}| z{numbers[end]}")
    spaces = f"{counted(len(described.spaces), 'space')}, {counted(len(described.bonds), 'bond')}"
    lines.append(f"spaces[{quoted(spaces)}]")
    lines += [f"spaces --- z{number}" for number in numbers.values()]
    return lines


def _away(described: Description) -> list[tuple[str, str]]:
    return [(one.owner, one.bond_is_on) for one in described.addresses if one.state == "away"]
