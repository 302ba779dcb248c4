# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The BGP session over each bond's tunnel: by it the bonder tells of its LANs of the private WAN. Pure.

The vendor documents that there is such a session, and in an example that its routes get the preference 500. Made up are
the numbers of the autonomous systems and the timers, which are short: a session begins a second after its tunnel is
there, and ends nine seconds after the last sign of life, or at once with the tunnel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .aggregators import PREFERENCE, Server, private_networks, tunnel_addresses

AGGREGATOR_AS, BONDER_AS = 64511, 64496
BONDER = "aggregator"
"""BIRD's name of the session at the bonder's end."""
_TIMERS = "hold time 9; keepalive time 3; connect retry time 1; connect delay time 1; error wait time 1,2;"


def protocols(server: Server, aggregator: str) -> Iterator[str]:
    """The aggregator's ends, one for each of its bonds that has a LAN in its space's private WAN."""
    for bond in server.bonds(aggregator):
        if server.announces(bond):
            here, there = tunnel_addresses(bond["id"])
            yield f"protocol bgp {name(bond)} {{"
            yield f"  ipv4 {{ table space_{bond['space']};"
            yield f"    import filter {{ preference = {PREFERENCE}; accept; }};"
            yield "    export none;"
            yield "  };"
            yield f"  local {here} as {AGGREGATOR_AS}; neighbor {there} as {BONDER_AS};"
            yield f"  direct; passive; {_TIMERS}"
            yield "}"


def name(bond: Mapping[str, Any]) -> str:
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
