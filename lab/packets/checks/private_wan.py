# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The private WAN: who reaches whom in a space, by which way, and that nobody reaches another space."""

from __future__ import annotations

import ipaddress
import itertools
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from lab.demo.playbook import run_playbook

from .. import bird, managed_mesh, netns, titles
from ..aggregators import tunnel_addresses
from ..bonders import LanHost
from ..echo_servers import Page, fetch
from ..lab import Lab, until
from ..probes import Path, Probes, sent_for
from ..report import Check, need

CONVERGED = 20.0
"""Seconds until everything must be known, or forgotten, everywhere."""
BURST = 200
MOVED = 3.0
"""Seconds of silence that a bond's move inside its space may cost."""


def checks(lab: Lab) -> Iterator[Check]:
    """Three for each space that has more than one LAN."""
    for space in lab.server.state["spaces"]:
        if len(_hosts(lab, space["key"])) > 1:
            key = space["key"]
            proofs = (partial(_told, lab, key), partial(_all_pairs, lab, key), partial(_direct, lab, space))
            for name, proof in zip(titles.private_wan(key), proofs, strict=True):
                yield Check(name, proof)


def customers(lab: Lab) -> Iterator[Check]:
    """On the demonstration's own spaces, in order: each leaves the network as it was."""
    yield Check("acme and globex: same networks, each its own hosts", lambda: _same_networks(lab))
    yield Check("acme never reaches a network that only globex has", lambda: _apart(lab))
    yield Check("a bond moves inside acme: back within 3 s", lambda: _moves(lab))
    yield Check("acme: a bonder says no more: its LAN is gone until it does", lambda: _quiet(lab))
    yield Check("a VNI is used twice: two customers meet, and the preflight names it", lambda: _doubled(lab))
    yield Check("globex: a LAN is withdrawn, nobody keeps a route, nothing loops", lambda: _withdrawn(lab))


def _hosts(lab: Lab, space: str) -> list[LanHost]:
    return [host for host in lab.bonders.hosts if host.space == space and host.private_wan]


def reaches(source: LanHost, target: LanHost) -> bool:
    """Return True if `source` gets the page of `target`, which sees its untranslated address."""
    page = fetch(source.namespace, target.address, timeout=0.5)
    return page is not None and (page.host, page.client) == (target.namespace, source.address)


def reached(source: LanHost, target: LanHost, seconds: float = CONVERGED) -> float:
    """Return the seconds until `source` reaches `target`. Raises Failed if it does not."""
    after = until(partial(reaches, source, target), seconds)
    need(after is not None, f"{source.bond} does not reach {target.bond} ({target.address}) after {seconds:g} s")
    return after or 0


def _route(host: LanHost) -> str:
    """The route that its aggregator has to a host's network, as `ip route` shows it."""
    network = ipaddress.ip_interface(f"{host.gateway}/{host.length}").network
    return f"{network} via {tunnel_addresses(host.bond_id)[1]} dev tun{host.bond_id} proto bird"


def _known(lab: Lab, host: LanHost, aggregator: str) -> bool:
    return _route(host) in lab.routes(aggregator, host.space)


def _told(lab: Lab, space: str) -> str:
    hosts = _hosts(lab, space)
    for host in hosts:
        at = lab.server.aggregator_of(host.bond_id)
        known = until(partial(_known, lab, host, at), CONVERGED)
        need(known is not None, f"{at} has no route '{_route(host)}'")
    return f"{len(hosts)} routes from BIRD by tunnels"


def _all_pairs(lab: Lab, space: str) -> str:
    pairs = list(itertools.permutations(_hosts(lab, space), 2))
    began = time.monotonic()
    for source, target in pairs:
        reached(source, target, max(CONVERGED - (time.monotonic() - began), 1))
    return f"{len(pairs)} ways"


def vxlan_of(aggregator: Mapping[str, Any], space: str) -> str:
    """The name of an aggregator's VXLAN of a space."""
    return next(one["name"] for one in aggregator["interfaces"] if (one["type"], one["space"]) == ("vxlan", space))


def _on_two_aggregators(lab: Lab, space: str) -> Iterator[tuple[LanHost, LanHost, str]]:
    """Pairs of hosts whose bonds are on different aggregators, with the second one's."""
    for source, target in itertools.permutations(_hosts(lab, space), 2):
        near, far = (lab.server.aggregator_of(one.bond_id) for one in (source, target))
        if near != far:
            yield source, target, far


def _direct(lab: Lab, space: Mapping[str, Any]) -> str:
    """Packets of a burst are all counted on the direct device; those of the server's own mesh see none of them."""
    aggregators = {one["name"]: one for one in lab.server.aggregators()}
    counted: list[list[int]] = []
    for source, target, far in list(_on_two_aggregators(lab, space["key"]))[:2]:
        direct = vxlan_of(aggregators[far], space["key"])
        devices = [direct, *([managed_mesh.device(space)] if far in managed_mesh.members(lab.server, space) else [])]
        began = time.monotonic()
        while True:
            seen = _burst(source, target, lab.server.namespace(far), devices)
            # Beside the burst only what the routing protocols say.
            if seen[0] >= BURST and all(one < BURST / 5 for one in seen[1:]):
                break
            need(time.monotonic() - began < CONVERGED, f"{source.bond} to {target.bond}: {seen} on {devices}")
        counted.append(seen)
    shown = "; ".join(", ".join(map(str, seen)) for seen in counted)
    names = "direct" + (", managed mesh" if len(counted[0]) > 1 else "")
    return f"bursts of {BURST}: packets received by {names}: {shown}"


def _burst(source: LanHost, target: LanHost, namespace: str, devices: list[str]) -> list[int]:
    """Return how many packets each device of the target's aggregator receives during BURST datagrams to the target."""
    before = [netns.received(namespace, one) for one in devices]
    with Probes([Path("burst", source.namespace, target.address)], interval=0.001) as probes:
        until(lambda: len(probes.traffic[0].sent) >= BURST, 5, 0.001)
    return [netns.received(namespace, one) - was for one, was in zip(devices, before, strict=True)]


def _same_networks(lab: Lab) -> str:
    pairs = [
        (acme, globex)
        for acme in _hosts(lab, "acme")
        for globex in _hosts(lab, "globex")
        if acme.address == globex.address
    ]
    need(pairs, "acme and globex have no network in common")
    asked = 0
    for twins in pairs:
        for space, twin in zip(("acme", "globex"), twins, strict=True):
            for source in _hosts(lab, space):
                if source != twin:
                    pages: list[Page] = []
                    found = until(partial(_fetched, source, twin.address, pages), CONVERGED)
                    need(found is not None, f"{source.bond} does not reach {twin.address}")
                    got = pages[0].host
                    need(got == twin.namespace, f"{source.bond} asked for {twin.address} and got {got}'s page")
                    asked += 1
    return f"{len(pairs)} addresses that both have, {asked} pages, each of the own space"


def _fetched(source: LanHost, address: str, pages: list[Page]) -> bool:
    page = fetch(source.namespace, address)
    if page is not None:
        pages.append(page)
    return page is not None


def _apart(lab: Lab) -> str:
    own = {host.address for host in _hosts(lab, "acme")}
    foreign = next(host for host in _hosts(lab, "globex") if host.address not in own)
    friend = next(host for host in _hosts(lab, "globex") if host.bond_id != foreign.bond_id)
    source = next(host for host in _hosts(lab, "acme") if host.address == friend.address)
    reached(friend, foreign, 5)
    before = netns.received(foreign.namespace, "eth0")
    traffic = sent_for(Path("foreign", source.namespace, foreign.address), 1)
    need(not traffic.back, f"{source.bond} reaches {foreign.bond}")
    arrived = netns.received(foreign.namespace, "eth0") - before
    need(arrived <= 2, f"{arrived} packets arrived at {foreign.bond}")
    return f"{foreign.address}: globex reaches it, of acme's {len(traffic.sent)} packets {arrived} arrive"


def _moves(lab: Lab) -> str:
    hosts = {host.bond_id: host for host in _hosts(lab, "acme")}
    source, target = hosts[20], hosts[18]
    texts = []
    for aggregator in ("agg1", "agg2"):
        reached(source, target)
        with Probes([Path("inside", source.namespace, target.address)]) as probes:
            probes.go_on(0.3)
            swap = lab.move(target.bond_id, aggregator)
            probes.go_on(MOVED + 0.3)
        gap = probes.traffic[0].gap()
        need(gap <= swap + MOVED, f"silent for {gap:.2f} s after the move to {aggregator}")
        texts.append(f"to {aggregator} {gap:.2f} s")
    return "silent " + ", ".join(texts)


def _quiet(lab: Lab) -> str:
    """Check that an aggregator learns a LAN from the session over the tunnel, not from the tunnel itself."""
    hosts = {host.bond_id: host for host in _hosts(lab, "acme")}
    source, target = hosts[17], hosts[20]
    at = lab.server.aggregator_of(target.bond_id)
    reached(source, target)
    bonder = f"bond-{target.bond_id}"
    lab.birdc(bonder, "disable", bird.BONDER)
    try:
        gone = until(lambda: not _known(lab, target, at), CONVERGED)
        need(gone is not None, f"{at} still has '{_route(target)}'")
        need(not reaches(source, target), f"{source.bond} reaches {target.bond} though nobody tells of its LAN")
    finally:
        lab.birdc(bonder, "enable", bird.BONDER)
    back = reached(source, target)
    return f"gone from {at} after {gone:.2f} s, reached again after {back:.1f} s"


def _doubled(lab: Lab) -> str:
    """On agg3, globex's VXLAN gets acme's VNI by hand (and acme's another, since the kernel knows each but once)."""
    acme = next(host for host in _hosts(lab, "acme") if host.bond_id == 17)
    nantes = next(host for host in _hosts(lab, "globex") if host.bond_id == 25)
    aggregator = next(one for one in lab.server.aggregators() if one["name"] == "agg3")
    found = {one["space"]: one for one in aggregator["interfaces"] if one["type"] == "vxlan"}
    vni = found["acme"]["vni"]
    lab.save()
    try:
        for space, wanted in (("acme", 99), ("globex", vni)):
            endpoints = [{"ip": far["ip"], "vni": wanted} for far in found[space]["endpoints"]]
            path = f"aggregators/{aggregator['id']}/vxlan_interfaces/{found[space]['id']}"
            lab.hands.patch(path, vni=wanted, endpoints=endpoints)
        lab.sync()
        met = reached(acme, nantes)
        began = time.monotonic()
        outcome = run_playbook("site.yml", extra=lab.urls(), options=["--check"])
        said = " ".join(outcome.failures)
        need(outcome.rc and "agg3" in said and str(vni) in said, f"site.yml does not refuse it: {said or outcome.rc}")
    finally:
        lab.restore()
    until(lambda: not reaches(acme, nantes), CONVERGED)
    need(not reaches(acme, nantes), f"{acme.bond} still reaches {nantes.bond}, though all is as it was")
    seconds = time.monotonic() - began
    return (
        f"{acme.bond} got {nantes.bond}'s page after {met:.1f} s; site.yml refuses VNI {vni} on agg3 ({seconds:.0f} s)"
    )


def _withdrawn(lab: Lab) -> str:
    """Check that packets without a route of their own go to the gateway's aggregator, across a mesh only once."""
    source, target = (next(host for host in _hosts(lab, "globex") if host.bond_id == number) for number in (21, 25))
    bond = next(bond for bond in lab.server.state["bonds"] if bond["id"] == target.bond_id)
    network = next(one for one in bond["connected_ips"] if one["id"] == target.connected_id)
    path = f"bonds/{bond['id']}/connected_ips/{network['id']}"
    reached(source, target)
    prefix = target.address.rpartition(".")[0] + ".0/24"
    lab.hands.patch(path, include_private_wan=False)
    try:
        lab.sync()
        names = [one["name"] for one in lab.server.aggregators()]
        gone = until(lambda: not any(f"{prefix} via" in lab.routes(name, "globex") for name in names), CONVERGED, 0.1)
        need(gone is not None, f"{prefix} is still routed after {CONVERGED:g} s")
        # What was on its way when the last route went is not to be counted, and nothing tells when it has come.
        time.sleep(1)
        before = _received_in(lab, "globex")
        sent = len(sent_for(Path("withdrawn", source.namespace, target.address), 2).sent)
        crossed = _received_in(lab, "globex") - before
        # What is left is the routing protocols' own, a few packets a second on each of six devices.
        need(crossed < 2 * sent, f"{sent} packets for nobody crossed the meshes {crossed} times")
    finally:
        lab.hands.patch(path, include_private_wan=True)
        lab.sync()
    back = reached(source, target)
    return (
        f"gone everywhere after {gone:.1f} s; {sent} packets for it, {crossed} crossed a mesh; back after {back:.1f} s"
    )


def _received_in(lab: Lab, space: str) -> int:
    """Packets received on all VXLAN devices of a space."""
    found = next(one for one in lab.server.state["spaces"] if one["key"] == space)
    total = 0
    for aggregator in lab.server.aggregators():
        devices = [vxlan_of(aggregator, space)]
        if aggregator["name"] in managed_mesh.members(lab.server, found):
            devices.append(managed_mesh.device(found))
        total += sum(netns.received(lab.server.namespace(aggregator["name"]), one) for one in devices)
    return total
