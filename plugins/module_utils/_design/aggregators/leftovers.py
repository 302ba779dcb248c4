# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that the inventory names no more: which are kept, and which go by which switch.

What belongs to an object (its security group, masquerading, return routes, a check that is off for it) follows it:
it is kept with what is kept, and goes with what goes, by the same switch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..._model.desired_network import DesiredNetwork
from ..._model.ownership import is_own_object
from ..._model.plan import ADOPTION, ALLOW
from ..._model.state import Server
from .fleet import Fleet, Member

PRUNE = "bonding_prune"
RELEASE = "bonding_prune_elastic_ips"
DECOMMISSIONED = "bonding_decommissioned"
TEARDOWN = ""
"""A teardown is confirmed as a whole, and wants no switch for each of its items."""


def releases(desired: DesiredNetwork) -> bool:
    """Return True if a public address that is given up is released, and never comes back."""
    return desired.release_addresses if desired.absent else desired.prune_addresses


def decommissioned(name: object) -> str:
    """Return the line of the inventory that lets an aggregator, or its old address, leave the network."""
    return f"{DECOMMISSIONED}: [{name}]"


def removal_switch(desired: DesiredNetwork, fleet: Fleet, member: Member | None = None) -> str | None:
    """Return the switch by which an object (of `member`) that no inventory names goes, None if it is kept."""
    if desired.absent:
        return TEARDOWN
    if member is not None and member in fleet.decommissioned:
        return DECOMMISSIONED
    return PRUNE if desired.prune else None


@dataclass
class Leftovers:
    """Objects that the inventory no longer names, shared between the parts of the design."""

    kept_gateways: set[tuple[str, str]] = field(default_factory=set)
    """(space, host) of gateways that are kept."""
    gone_gateways: dict[tuple[str, str], str] = field(default_factory=dict)
    """(space, host) of gateways that go -> the switch."""
    kept_owners: set[str] = field(default_factory=set)
    """Hosts whose interfaces carry a CPE NAT address that is kept."""
    gone_owners: set[str] = field(default_factory=set)
    """Hosts from whose interfaces a CPE NAT address is taken."""
    gone_addresses: dict[str, str] = field(default_factory=dict)
    """Private addresses of CPE NAT entries that go -> the switch."""
    keeps_bgp: bool = False
    """True if BGP between the aggregators is kept, though the inventory has no `bonding_bgp` any more."""


def find_leftovers(desired: DesiredNetwork, server: Server, fleet: Fleet) -> Leftovers:
    """Return the facts that are known before the parts are designed: whether BGP is kept."""
    going = {member.id for member in fleet.decommissioned}
    # A session with an aggregator that leaves goes with it.
    named = (
        own[0] == "bgp" and own[1] not in going
        for member in fleet.members
        for obj in server.objects.get(member.id, ())
        if "protocol" in obj.kind and (own := is_own_object(desired.network, obj))
    )
    return Leftovers(keeps_bgp=desired.bgp is None and not (desired.absent or desired.prune) and any(named))


def keeps_gateways(space: str, leftovers: Leftovers) -> bool:
    """Return True if a gateway of the space is kept: what the space's gateways share stays with it."""
    return any(kept == space for kept, _host in leftovers.kept_gateways)


def given_switches(desired: DesiredNetwork) -> dict[str, bool]:
    """Return each switch, and True if the operator has given it."""
    return {
        ALLOW: desired.allow_disruption or desired.relocation is not None,
        PRUNE: desired.prune,
        RELEASE: desired.prune_addresses,
        DECOMMISSIONED: bool(desired.decommissioned),
        ADOPTION: desired.adopt,
    }
