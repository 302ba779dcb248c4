# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dozen changes that an operator makes most often, and what each of them may cost, written by hand.

An expectation is what the plan has to say (INTERRUPTS), which paths may lose something for it and how much, and which
paths end. Every other path may lose nothing, and where nothing is to be interrupted the plan may not say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..live_changes import FOURTH
from ..live_changes.everyday import NETWORKS, ONLY_HOST, Network, inbound

ALLOWED = {"bonding_allow_disruption": True}
PRUNED = {**ALLOWED, "bonding_prune": True}
ONE_EACH = 20
"""Milliseconds for one datagram of each connection that an aggregator translates: where such a connection leaves by
another device, netfilter drops the first packet, and translates the next one anew.
"""
OPEN = 30_000
"""Milliseconds for a connection that was open before, of a LAN on the very aggregator to which a gateway moves: from
the gateway's route until role aggregator_host has given the space its conntrack zone. New connections lose nothing.
"""
ON_THE_WAY = 400
"""Milliseconds for answers that are on their way when the space gets its zone: a round trip, here of a busy machine."""
ASSOCIATED = 1500
"""Milliseconds for the time from the association of an Elastic IP on another aggregator until the bond has the new
private address: two requests of one task after the other.
"""


@dataclass(frozen=True)
class Change:
    """One change of the inventory, and what it may cost.

    :param name: by which it is chosen.
    :param make: changes the intent; returns the variables that the operator gives to this run alone.
    :param says: what is in the INTERRUPTS lines of the plan; without one the plan may have no such line.
    :param costs: the names of paths that may lose so many milliseconds for it.
    :param ends: how the names of paths begin that end with the change.
    :param needs: the change that has to come before it.
    """

    name: str
    title: str
    make: Callable[[Network], Mapping[str, Any]]
    says: tuple[str, ...] = ()
    costs: Mapping[str, int] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    needs: str = ""

    def most(self, path: str) -> int:
        """Return the milliseconds that a path may lose."""
        return self.costs.get(path, 0)

    def ends_with(self, path: str) -> bool:
        """Return True if a path ends with the change."""
        return path.startswith(self.ends)


def _on(aggregator: str) -> Callable[[Network], Mapping[str, Any]]:
    """Return what moves acme's gateway to an aggregator."""

    def make(network: Network) -> Mapping[str, Any]:
        network.gateway("acme")["aggregator"] = aggregator
        return PRUNED

    return make


def _swap(network: Network) -> Mapping[str, Any]:
    one, two = network.gateway("acme"), network.gateway("globex")
    one["aggregator"], two["aggregator"] = two["aggregator"], one["aggregator"]
    return PRUNED


def _networks(*networks: str) -> Callable[[Network], Mapping[str, Any]]:
    """Return what gives acme's gateway these networks."""

    def make(network: Network) -> Mapping[str, Any]:
        network.gateway("acme")["networks"] = list(networks)
        return ALLOWED

    return make


def _entry(network: Network) -> Mapping[str, Any]:
    """The bond has failed over, to stay there; its address follows."""
    network.fails_over(21, "agg1")
    network.entry(21)["aggregator"] = "agg1"
    return ALLOWED


def _join(network: Network) -> Mapping[str, Any]:
    network.hosts.append(FOURTH)
    return {}


def _leave(network: Network) -> Mapping[str, Any]:
    network.hosts.remove(FOURTH)
    return {"bonding_decommissioned": [FOURTH]}


def _without(network: Network) -> Mapping[str, Any]:
    network.variables["bonding_spaces"].remove(network.space("initech"))
    return {"bonding_prune": True}


def _narrow(network: Network) -> Mapping[str, Any]:
    network.variables["bonding_cpe_nat_inbound"] = inbound(ONLY_HOST)
    return ALLOWED


def _egress(egress: str) -> Callable[[Network], Mapping[str, Any]]:
    """Return what gives acme's gateway another way out."""

    def make(network: Network) -> Mapping[str, Any]:
        network.gateway("acme")["egress"] = egress
        return ALLOWED

    return make


_ACME_OUT = {"acme: acme-berlin to the Internet": ONE_EACH, "acme: acme-hamburg to the Internet": ONE_EACH}
_GLOBEX_OUT = {"globex: globex-paris to the Internet": ONE_EACH, "globex: globex-lyon to the Internet": ONE_EACH}
_MOVED = "the connections of space acme to the Internet: they get another public address"

CHANGES = (
    Change("moved", "a gateway moved to another aggregator of its zone", _on("agg3"), (_MOVED,), _ACME_OUT),
    Change(
        "zone",
        "a gateway moved to an aggregator of another zone, with a bond of its space",
        _on("agg2"),
        (_MOVED,),
        {
            **_ACME_OUT,
            "acme: acme-hamburg to the Internet": OPEN,
            "acme: acme-hamburg to the Internet, anew": ON_THE_WAY,
        },
    ),
    Change(
        "swapped",
        "two gateways swapped",
        _swap,
        (_MOVED, _MOVED.replace("acme", "globex")),
        {
            **_ACME_OUT,
            **_GLOBEX_OUT,
            "globex: globex-paris to the Internet": OPEN,
            "globex: globex-paris to the Internet, anew": ON_THE_WAY,
        },
    ),
    Change(
        "split",
        "a gateway's network split, what no bond has given up",
        _networks("172.16.0.0/23", "172.16.2.0/23"),
        ("what the VPC of space acme has for 172.16.0.0/12",),
    ),
    Change("joined", "its networks joined", _networks(*NETWORKS), needs="split"),
    Change(
        "entry",
        "a CPE NAT entry moved with its bond",
        _entry,
        ("inbound connections to ",),
        {"globex-paris's address": ASSOCIATED, "stranger to globex-paris's address": ASSOCIATED},
    ),
    Change("joins", "an aggregator joins", _join),
    Change(
        "leaves", "an aggregator leaves", _leave, ("what sg/aggregators/vpc-0c000001 lets in by it",), needs="joins"
    ),
    Change(
        "space",
        "a space taken out",
        _without,
        ("everything over this interface of agg1", "the routes that live_babel_13 brings to agg1"),
        ends=("initech: ",),
    ),
    Change(
        "narrowed",
        "inbound rules narrowed",
        _narrow,
        ("what sg/cpe-nat/vpc-0c000001 lets in by it",),
        ends=("stranger to ",),
    ),
    Change(
        "nat_gateway",
        "egress from masquerade to nat_gateway",
        _egress("nat_gateway"),
        ("the connections through the internet gateway: they get another public address",),
        _ACME_OUT,
    ),
    Change(
        "masquerade",
        "egress back to masquerade",
        _egress("masquerade"),
        ("they get another public address",),
        _ACME_OUT,
        needs="nat_gateway",
    ),
)
