# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The protocols of an aggregator and of a bonder as BIRD's configuration. Pure.

By the BGP session over its tunnel a bonder tells of its LANs of the private WAN. The vendor documents such a session,
and in an example that its routes get the preference 500. Made up are the numbers of the autonomous systems and the
timers, which are short: a session begins a second after its tunnel is there, and ends nine seconds after the last sign
of life, or at once with the tunnel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import managed_mesh
from .aggregators import LEARNED, PREFERENCE, Server, private_networks, tunnel_addresses

AGGREGATOR_AS, BONDER_AS = 64511, 64496
BONDER = "aggregator"
"""BIRD's name of the session at the bonder's end."""
_TIMERS = "hold time 9; keepalive time 3; connect retry time 1; connect delay time 1; error wait time 1,2;"


def configuration(server: Server, aggregator: Mapping[str, Any]) -> str:
    """The whole file of one aggregator."""
    spaces = server.spaces(aggregator)
    names = {one["name"] for one in server.interfaces(aggregator)}
    lines = [
        f"router id {server.primary[aggregator['name']].addresses[0]};",
        "log stderr { info, warning, error, fatal, bug };",
        "protocol device { scan time 10; }",
        *_kernel("main", "master4", 254),
    ]
    for space in spaces:
        table = f"space_{space}"
        lines += [f"ipv4 table {table};", *_kernel(table, table, server.tables[space])]
    for found in aggregator["filters"]:
        if found["family"] == "ipv4":
            lines += [f"filter {found['name']} {{", *(f"  {line}" for line in found["body"].splitlines()), "}"]
    for protocol in aggregator["protocols"]:
        runs = protocol["enabled"] and protocol["active"]
        if runs and (protocol["space"] is None or protocol["space"] in spaces):
            lines += _protocol(protocol, names)
    lines += managed_mesh.protocols(server, aggregator["name"])
    lines += bond_sessions(server, aggregator["name"])
    return "".join(f"{line}\n" for line in lines)


def _kernel(name: str, table: str, number: int) -> Iterator[str]:
    yield f"protocol kernel kernel_{name} {{"
    yield f"  kernel table {number}; learn yes; scan time 10;"
    yield f"  ipv4 {{ table {table};"
    yield f"    import filter {{ if krt_source = {LEARNED} then {{ preference = {PREFERENCE}; accept; }} reject; }};"
    yield "    export filter { if source ~ [ RTS_INHERIT, RTS_DEVICE ] then reject; accept; };"
    yield "  };"
    yield "}"


def _slot(slot: Mapping[str, Any]) -> str:
    return f"filter {slot['filter']}" if slot["mode"] == "filter" else str(slot["mode"])


def _protocol(protocol: Mapping[str, Any], devices: set[str]) -> list[str]:
    table = "master4" if protocol["space"] is None else f"space_{protocol['space']}"
    channel = f"table {table}; import {_slot(protocol['import_ipv4'])}; export {_slot(protocol['export_ipv4'])};"
    kind, name = protocol["protocol"], protocol["name"]
    body = {"babel": _babel, "ospf": _ospf, "bgp": _bgp, "static": _static}[kind](protocol, devices)
    if kind == "bgp" and protocol["next_hop_self"]:
        channel += " next hop self;"
    head = f"protocol {'ospf v2' if kind == 'ospf' else kind} {name} {{"
    return [head, f"  ipv4 {{ {channel} }};", *(f"  {line}" for line in body), "}"]


def _babel(protocol: Mapping[str, Any], _devices: set[str]) -> Iterator[str]:
    for block in protocol["interfaces"]:
        options = _type(block)
        options += [
            f"{word} {block[field]}{unit};"
            for field, word, unit in (
                ("rxcost", "rxcost", ""),
                ("hello_interval", "hello interval", " s"),
                ("update_interval", "update interval", " s"),
            )
            if block.get(field) is not None
        ]
        yield f"interface {_patterns(block)} {{ {' '.join(options)} }};"


def _ospf(protocol: Mapping[str, Any], _devices: set[str]) -> Iterator[str]:
    for area in protocol["areas"]:
        yield f"area {area['area_id']} {{"
        for block in area["interfaces"]:
            options = _type(block)
            options += [f"{word} {block[word]};" for word in ("cost", "hello", "dead") if block.get(word) is not None]
            yield f"  interface {_patterns(block)} {{ {' '.join(options)} }};"
        yield "};"


def _bgp(protocol: Mapping[str, Any], _devices: set[str]) -> Iterator[str]:
    yield f"local {protocol['local_address']} as {protocol['local_as']};"
    yield f"neighbor {protocol['neighbor_address']} as {protocol['neighbor_as']};"
    yield f"multihop {protocol['multihop']};" if protocol["multihop"] else "direct;"
    for field, word in (("hold_time", "hold time"), ("keepalive_time", "keepalive time")):
        if protocol[field] is not None:
            yield f"{word} {protocol[field]};"
    if protocol["password"]:
        yield f'password "{protocol["password"]}";'
    if protocol["rr_client"]:
        yield "rr client;"
    # BIRD's own pauses are of minutes; the server's are not known.
    yield "connect retry time 1; connect delay time 1; error wait time 1,3;"


def _static(protocol: Mapping[str, Any], devices: set[str]) -> Iterator[str]:
    for route in protocol["routes"]:
        if ":" in route["network"]:
            continue
        if route["destination"] == "gateway":
            yield f"route {route['network']} via {route['address']};"
        elif route["destination"] == "interface":
            if route["interface"] in devices:
                yield f'route {route["network"]} via "{route["interface"]}";'
        else:
            yield f"route {route['network']} {route['destination']};"


def _type(block: Mapping[str, Any]) -> list[str]:
    return [] if block["type"] == "auto" else [f"type {block['type']};"]


def _patterns(block: Mapping[str, Any]) -> str:
    return ", ".join(f'"{pattern}"' for pattern in block["patterns"])


def bond_sessions(server: Server, aggregator: str) -> Iterator[str]:
    """The aggregator's ends, one for each of its bonds that has a LAN in its space's private WAN."""
    for bond in server.bonds(aggregator):
        if server.announces(bond):
            here, there = tunnel_addresses(bond["id"])
            yield f"protocol bgp {session_name(bond)} {{"
            yield f"  ipv4 {{ table space_{bond['space']};"
            yield f"    import filter {{ preference = {PREFERENCE}; accept; }};"
            yield "    export none;"
            yield "  };"
            yield f"  local {here} as {AGGREGATOR_AS}; neighbor {there} as {BONDER_AS};"
            yield f"  direct; passive; {_TIMERS}"
            yield "}"


def session_name(bond: Mapping[str, Any]) -> str:
    """Return BIRD's name of the session at the aggregator's end."""
    return f"bond_{bond['id']}"


def bonder(bond: Mapping[str, Any]) -> str:
    """The whole configuration of a bonder's BIRD. It keeps its address wherever the tunnel leads."""
    far, near = tunnel_addresses(bond["id"])
    routes = "".join(f"  route {network} blackhole;\n" for network in private_networks(bond))
    return (
        f"router id {near};\n"
        "log stderr { info, warning, error, fatal, bug };\n"
        "protocol device { scan time 10; }\n"
        f"protocol static lans {{\n  ipv4;\n{routes}}}\n"
        f"protocol bgp {BONDER} {{\n"
        '  ipv4 { import none; export where proto = "lans"; next hop self; };\n'
        f"  local {near} as {BONDER_AS}; neighbor {far} as {AGGREGATOR_AS};\n"
        f"  direct; {_TIMERS}\n"
        "}\n"
    )
