# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documented part of the vendor's input chain on every aggregator: what of AN-001 lives in it, what it lacks."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import jinja2

from lab.process import ROOT

from .. import netns, titles
from ..lab import Lab, until
from ..netns import KernelError
from ..report import Check, Failed, need
from . import cpe_nat, private_wan
from .neighbours import Pair, lacking, pairs, vxlan

CHAIN = pathlib.Path(__file__).parent.parent / "firewall.nft"
JOINED = 60.0
"""Seconds until pairs are neighbours whose packets are admitted."""
SILENT = 5.0
"""Seconds for which pairs are watched whose packets are not: each protocol says hello every second."""
AT_HOME, MOVED = 17, 19
"""Bonds with a CPE NAT IP: on the aggregator that owns it, and on another one."""

VXLAN, BABEL, BGP, OSPF = "VXLAN", "Babel", "BGP", "OSPF"
RULES = {
    VXLAN: "udp dport 4789 accept",
    BABEL: 'iifname "vx*" udp dport 6696 accept',
    BGP: 'iifname "vx*" tcp dport 179 accept',
    OSPF: 'iifname "vx*" meta l4proto 89 accept',
}
"""nftables rules for the tunnels and protocols that the vendor's chain does not accept by itself."""
COUNTERS = {VXLAN: "rejected_vxlan", BABEL: "rejected_babel", BGP: "rejected_bgp", OSPF: "rejected_ospf"}


def checks(lab: Lab) -> Iterator[Check]:
    """In order: the chain stays in all aggregators, and what it admits changes."""
    yield Check("the documented chain: no pair is joined, a bond at home has its address", lambda: _documented(lab))
    yield Check("... with VXLAN alone: tunnel peers answer, and no pair is joined", lambda: _answers(lab))
    yield Check("... with VXLAN, Babel, BGP and OSPF: all pairs are joined, all works", lambda: _whole(lab))
    yield Check("... with the file of role aggregator_host alone: all pairs are joined", lambda: _by_role(lab))
    for name in RULES:
        yield Check(f"... without {name}: just what rests on it", partial(_without, lab, name))


def admit(lab: Lab, names: Mapping[str, str] | tuple[str, ...]) -> None:
    """Let in these on every aggregator, and nothing else beside what is documented; nobody remembers anything."""
    rules = "".join(f"add rule inet filter included {RULES[name]}\n" for name in names)
    for device in lab.server.primary.values():
        try:
            netns.nft(device.holder, f"flush chain inet filter included\n{rules}")
        except KernelError:
            netns.nft(device.holder, CHAIN.read_text() + rules)
    lab.forget_routes()


def protocol(lab: Lab, pair: Pair) -> str:
    """Return the protocol that joins a pair."""
    space = pair[0]
    if space is None:
        return BGP
    kinds = {
        one["protocol"] for found in lab.server.aggregators() for one in found["protocols"] if one["space"] == space
    }
    return OSPF if "ospf" in kinds else BABEL


def rejected(lab: Lab, name: str) -> int:
    """Return how many packets of a protocol all chains have rejected."""
    return sum(netns.counters(one.holder).get(COUNTERS[name], 0) for one in lab.server.primary.values())


def dead(lab: Lab, which: list[Pair]) -> None:
    """Watch that none of these pairs is joined."""
    ends = time.monotonic() + SILENT
    while time.monotonic() < ends:
        joined = [titles.neighbours(*pair) for pair in which if not lacking(lab, pair)]
        need(not joined, f"joined all the same: {joined}")
        time.sleep(0.2)


def alive(lab: Lab, which: list[Pair]) -> float:
    """Wait until all of these pairs are joined; return the seconds."""
    after = until(lambda: all(not lacking(lab, pair) for pair in which), JOINED, 0.2)
    need(after is not None, "; ".join(filter(None, (lacking(lab, pair) for pair in which))))
    return after or 0


def _documented(lab: Lab) -> str:
    alive(lab, list(pairs(lab)))
    admit(lab, ())
    dead(lab, list(pairs(lab)))
    counted = rejected(lab, VXLAN)
    need(counted, "no pair is joined, but no chain has rejected a VXLAN packet")
    cpe_nat.both_ways(lab, lab.host(AT_HOME, cpe_nat=True), 10)
    moved = lab.host(MOVED, cpe_nat=True)
    need(not cpe_nat.reaches(moved, cpe_nat.public_of(lab, str(moved.cpe_nat_ip))), f"{moved.bond} is reached")
    return f"{len(list(pairs(lab)))} pairs dead, {counted} VXLAN packets rejected; {moved.bond}, which is away, is dead"


def _answers(lab: Lab) -> str:
    """ICMP is admitted from everywhere, also out of a tunnel; ARP is no matter of this chain."""
    admit(lab, (VXLAN,))
    which = list(pairs(lab))
    ends = {one["name"]: one for one in lab.server.aggregators()}
    for space, one, other in which:
        device, _own = vxlan(ends[one], space)
        _device, far = vxlan(ends[other], space)
        after = until(partial(_echo, lab, one, device, far), 10, 0.2)
        need(after is not None, f"{far} ({other}) does not answer {one} by {device}, though VXLAN is admitted")
    dead(lab, which)
    counts = {name: rejected(lab, name) for name in (BABEL, BGP, OSPF)}
    silent = [name for name, count in counts.items() if not count]
    need(not silent, f"no chain has rejected a packet of {silent}")
    return f"{len(which)} peers answer by their tunnels; rejected: {counts}"


def _echo(lab: Lab, aggregator: str, device: str, address: str) -> bool:
    """Return True if an echo comes back, or the peer answers to ARP: what role `settle` once asked for alone."""
    namespace = lab.server.namespace(aggregator)
    words = ("ping", "-n", "-q", "-c", "1", "-W", "1", "-I", device, address)
    if "1 received" in netns.inside(namespace, *words, check=False):
        return True
    shown = netns.inside(namespace, "ip", "-4", "neigh", "show", "to", address, "dev", device, "nud", "reachable")
    return bool(shown.strip())


def _whole(lab: Lab) -> str:
    admit(lab, RULES)
    after = alive(lab, list(pairs(lab)))
    moved, lans = lab.host(MOVED, cpe_nat=True), [lab.host(number) for number in (18, 20)]
    cpe_nat.both_ways(lab, moved, 15)
    private_wan.reached(lans[0], lans[1], 15)
    return f"joined after {after:.1f} s; {moved.bond}'s address and a LAN of another aggregator are reached"


def _entries(lab: Lab, name: str) -> list[dict[str, Any]]:
    """Return what an aggregator has to let in, as the role takes it, from what both stand-ins hold."""
    ends = {one["name"]: one for one in lab.server.aggregators()}
    first = lab.device(name)
    peers = [lab.device(other).addresses[0] for other in ends if other != name]
    entries: list[dict[str, Any]] = [
        {"device": first.name, "protocol": "udp", "port": 4789, "ipv6": False, "sources": peers}
    ]
    for pair in pairs(lab):
        if name in pair[1:]:
            device, _own = vxlan(ends[name], pair[0])
            _device, far = vxlan(ends[pair[2] if pair[1] == name else pair[1]], pair[0])
            protocol_, port = {BABEL: ("udp", 6696), BGP: ("tcp", 179), OSPF: ("ospf", 0)}[protocol(lab, pair)]
            ipv6 = port == 6696
            sources = [] if ipv6 else [far]
            entries.append({"device": device, "protocol": protocol_, "port": port, "ipv6": ipv6, "sources": sources})
    return entries


def _by_role(lab: Lab) -> str:
    """The rules are those of the role's template; nothing but what they name is let in."""
    loader = jinja2.FileSystemLoader(ROOT / "roles" / "aggregator_host" / "templates")
    template = jinja2.Environment(loader=loader, trim_blocks=True).get_template("input.nft.j2")
    count = 0
    for name, device in lab.server.primary.items():
        entries = _entries(lab, name)
        given = {"__aggregator_host_checked": {"firewall": entries}, "__aggregator_host_mark": "bonded.internet demo"}
        text = template.render(given)
        netns.nft(
            device.holder,
            f"flush chain inet filter included\ntable inet filter {{\nchain included {{\n{text}\n}}\n}}\n",
        )
        count += len(entries)
    lab.forget_routes()
    after = alive(lab, list(pairs(lab)))
    moved = lab.host(MOVED, cpe_nat=True)
    cpe_nat.both_ways(lab, moved, 15)
    return (
        f"{count} rules on {len(lab.server.primary)} aggregators; joined after {after:.1f} s, {moved.bond} is reached"
    )


def _without(lab: Lab, name: str) -> str:
    """Check that exactly the pairs that need the rule are dead without it. The others are the positive control."""
    admit(lab, tuple(one for one in RULES if one != name))
    which = list(pairs(lab))
    gone = [pair for pair in which if name in (VXLAN, protocol(lab, pair))]
    if not gone:
        raise Failed(f"no pair rests on {name}")
    alive(lab, [pair for pair in which if pair not in gone])
    dead(lab, gone)
    need(rejected(lab, name), f"{len(gone)} pairs are dead, but no chain has rejected a packet of {name}")
    return f"dead: {len(gone)} of {len(which)} pairs, {rejected(lab, name)} packets rejected so far"
