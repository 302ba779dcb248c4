# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BGP between the aggregators' private addresses (``bonding_bgp.mode: direct``), in one subnet, as it has to be.

It rests on a fabric that gives a packet to the interface whose MAC address it was sent to. Whether AWS is one for an
address that another interface has is not known: on one that is not, it does not work, and that is shown as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import netns
from ..aws_topology import INTERNET
from ..lab import Lab
from ..probes import Path, sent_for
from ..report import Check, need
from .bond_failover import BOND, DEAD, HOME, SAME_SUBNET, at_home, moved, owner_hangs, silent
from .cpe_nat import both_ways, public_of

CIRCLES = 10
"""Times that a packet comes back to the owner of its address at least, until its TTL has ended."""


def checks(lab: Lab) -> Iterator[Check]:
    """In order: each leaves the network as it was."""
    yield Check("direct BGP: a bond moves inside the subnet: traffic goes on", lambda: moved(lab, SAME_SUBNET, HOME))
    yield Check("... the owner of the address hangs: dead until the address moves", lambda: owner_hangs(lab))
    yield Check("... DOES NOT WORK where the next hop's MAC address is overlooked", lambda: _by_address(lab))


def _by_address(lab: Lab) -> str:
    host, owner = lab.host(BOND, cpe_nat=True), lab.device(HOME)
    public = public_of(lab, str(host.cpe_nat_ip))
    with at_home(lab):
        lab.move(BOND, SAME_SUBNET)
        both_ways(lab, host, 5)
        lab.by_address(True)
        try:
            silent(lab, host, DEAD)
            before = netns.received(owner.holder, owner.name)
            traffic = sent_for(Path("inward", INTERNET, public), 0.5)
            came = netns.received(owner.holder, owner.name) - before
            need(not traffic.back, f"{public} answers, though the fabric overlooks MAC addresses")
            need(came > CIRCLES * len(traffic.sent), f"{len(traffic.sent)} packets came to {HOME} only {came} times")
        finally:
            lab.by_address(False)
        back = both_ways(lab, host, 10)
    return (
        f"dead, {len(traffic.sent)} packets came to {HOME} {came} times; with the MAC address heeded after {back:.1f} s"
    )
