# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bond with a CPE NAT IP moves to another aggregator; its address stays where it is on AWS."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..aws_topology import INTERNET, INTERNET_HOST
from ..bonders import LanHost
from ..lab import Lab, until
from ..probes import Path, Probes
from ..report import Check, Failed, need
from .cpe_nat import both_ways, public_of, reaches

BOND, HOME, OTHER_ZONE, SAME_SUBNET = 17, "agg1", "agg2", "agg3"
ALLOWED = 1.0
"""Seconds of silence beyond the tunnel's own swap."""
DEAD = 2.0
"""Seconds for which nothing may come through, where nothing may."""


def checks(lab: Lab) -> Iterator[Check]:
    """In order: each leaves the network as it was."""
    yield Check(
        "a bond moves to the other zone, transit BGP: traffic goes on",
        lambda: moved(lab, OTHER_ZONE, SAME_SUBNET, HOME),
    )
    yield Check("... and on a fabric that overlooks the next hop's MAC address", lambda: _moves_by_address(lab))
    yield Check("... without the way back by the owner: dead, source check drops", lambda: _no_return_route(lab))
    yield Check("the owner of the address hangs: dead until the address moves", lambda: owner_hangs(lab))
    yield Check("no BGP: a moved bond is dead until its address has moved", lambda: _without_bgp(lab))


def _host(lab: Lab) -> LanHost:
    return lab.host(BOND, cpe_nat=True)


@contextlib.contextmanager
def at_home(lab: Lab) -> Iterator[None]:
    """Move the bond and its addresses back home afterwards, whatever happens inside, and wait for answers."""
    kept = {address: lab.device(owner) for address, owner in lab.server.owners().items()}
    both_ways(lab, _host(lab), 10)
    down = list[str]()
    need(until(lambda: not bgp_down(lab, down), 15, 0.2) is not None, f"sessions of BGP that are not up: {down}")
    try:
        yield
    finally:
        now = lab.server.owners()
        for address, device in kept.items():
            if lab.device(now[address]).interface_id != device.interface_id:
                lab.hands.take_address(device.interface_id, address)
        lab.move(BOND, HOME)
        both_ways(lab, _host(lab), 15)


def bgp_down(lab: Lab, found: list[str]) -> list[str]:
    """The sessions of BGP that are not established, as BIRD shows them; `found` is made to hold them, too."""
    found.clear()
    for aggregator in lab.server.aggregators():
        lines = lab.birdc(lab.server.namespace(aggregator["name"]), "show", "protocols").splitlines()
        found += [line for line in lines if " BGP " in line and not line.rstrip().endswith("Established")]
    return found


def silent(lab: Lab, host: LanHost, seconds: float) -> None:
    """Raises Failed if the Internet reaches the host within that time."""
    public = public_of(lab, str(host.cpe_nat_ip))
    answered = until(lambda: reaches(host, public), seconds)
    need(answered is None, f"{public} answers after {answered or 0:.2f} s, though it cannot")


def _measured(lab: Lab, to: str) -> tuple[float, float]:
    """Move the bond under traffic; seconds of silence, and of the swap."""
    public = public_of(lab, str(_host(lab).cpe_nat_ip))
    with Probes([Path("inward", INTERNET, public)], interval=0.01) as probes:
        probes.go_on(0.3)
        swap = lab.move(BOND, to)
        probes.go_on(ALLOWED + 0.3)
    traffic = probes.traffic[0]
    need(traffic.back and max(traffic.back) >= len(traffic.sent) - 20, f"nothing came back after the move to {to}")
    return traffic.gap(), swap


def moved(lab: Lab, *targets: str) -> str:
    """The bond moves to each of these aggregators under traffic, and the traffic goes on."""
    texts = []
    with at_home(lab):
        for aggregator in targets:
            gap, swap = _measured(lab, aggregator)
            need(gap <= swap + ALLOWED, f"silent for {gap:.2f} s, of which {swap:.2f} s were the swap to {aggregator}")
            both_ways(lab, _host(lab), 2)
            texts.append(f"to {aggregator} {gap * 1000:.0f} ms (swap {swap * 1000:.0f})")
    return "silent " + ", ".join(texts)


def _moves_by_address(lab: Lab) -> str:
    lab.by_address(True)
    try:
        return moved(lab, OTHER_ZONE)
    finally:
        lab.by_address(False)


def _no_return_route(lab: Lab) -> str:
    device = lab.device(OTHER_ZONE)
    with at_home(lab):
        try:
            lab.returns = False
            lab.move(BOND, OTHER_ZONE)
            before = lab.counter(device.vpc, "src_drop")
            silent(lab, _host(lab), DEAD)
            dropped = lab.counter(device.vpc, "src_drop") - before
            need(dropped > 0, "it is dead, but the source check dropped nothing")
        finally:
            lab.returns = True
            lab.sync()
        back = both_ways(lab, _host(lab), 10)
    return f"src_drop +{dropped}; with it back after {back:.2f} s"


def owner_hangs(lab: Lab) -> str:
    """A moved bond is dead as soon as the aggregator hangs that has its address, until that has moved."""
    host, device = _host(lab), lab.device(HOME)
    address = str(host.cpe_nat_ip)
    with at_home(lab):
        lab.move(BOND, SAME_SUBNET)
        both_ways(lab, host, 5)
        lab.hang(HOME, True)
        try:
            before = lab.counter(device.vpc, "dead_drop")
            silent(lab, host, DEAD)
            dropped = lab.counter(device.vpc, "dead_drop") - before
            need(dropped > 0, "it is dead, but not for the instance that hangs")
            lab.hands.take_address(lab.device(SAME_SUBNET).interface_id, address)
            lab.sync()
            back = both_ways(lab, host, 10)
        finally:
            lab.hang(HOME, False)
    return f"dead_drop +{dropped}; address moved: back after {back:.2f} s"


def _without_bgp(lab: Lab) -> str:
    host = _host(lab)
    switched = [
        f"aggregators/{one['id']}/bgp_protocols/{protocol['id']}"
        for one in lab.server.aggregators()
        for protocol in one["protocols"]
        if protocol["protocol"] == "bgp" and protocol["enabled"]
    ]
    if not switched:
        raise Failed("there is no BGP that could be switched off")
    with at_home(lab):
        try:
            for path in switched:
                lab.hands.patch(path, enabled=False)
            lab.sync()
            both_ways(lab, host, 5)
            lab.move(BOND, SAME_SUBNET)
            device = lab.device(HOME)
            way = lab.way(device.holder, str(host.cpe_nat_ip), INTERNET_HOST, device.name)
            need(way == device.name, f"{HOME} still sends {host.cpe_nat_ip} to {way}")
            silent(lab, host, DEAD)
            lab.hands.take_address(lab.device(SAME_SUBNET).interface_id, str(host.cpe_nat_ip))
            lab.sync()
            back = both_ways(lab, host, 10)
        finally:
            for path in switched:
                lab.hands.patch(path, enabled=True)
            lab.sync()
    return f"{HOME} sends it back to {device.name}, where it came from; address moved: back after {back:.2f} s"
