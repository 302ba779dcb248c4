# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return routes of an aggregator: the phase in which each of them changes, and the items of the plan.

A private address that moves inside its subnet has return routes by its old owner on all other aggregators, the new
owner among them. The new owner deletes its own one right before its move. With a return route on the old owner before
that, packets of bonds on either would go round between the two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..._model.phases import PHASES, Phase
from ..._model.plan import ALLOW, Change, Placement
from ..aggregators.leftovers import PRUNE
from ..context import Context
from ..cpe_nat.entries import is_retired
from ..cpe_nat.planner import own_addresses
from .changes import Part, changed_fields


@dataclass(frozen=True)
class Move:
    """Private address that stays the same, on its present owner and on its owner after the run; often they are one.

    :param left: host of the present owner; None if the address has lost its aggregator
    :param to: host of the owner after the run
    :param is_handed_on: the owner after the run sends what comes from the address to another one, as it was found
    """

    left: str | None
    to: str
    is_handed_on: bool


def private_address_moves(chosen: Mapping[str, str], context: Context) -> dict[str, Move]:
    """Return the moves of private addresses that stay the same, by address.

    :param chosen: the private address of each entry by key
    """
    desired, fleet = context.desired, context.fleet
    owners = {work.key: host for host, work in context.design.entries.values() if work.key and host}
    found: dict[str, Move] = {}
    for key, address in own_addresses(desired, context.cloud).items():
        before = fleet.by_interface(address.interface_id)
        left = before.host if before else None
        private_ip, to = chosen.get(key, address.private_ip), owners.get(key, left)
        is_same = address.interface_id is None or (before is not None and private_ip == address.private_ip)
        if private_ip and to and is_same and not is_retired(address):
            found[private_ip] = Move(left, to, private_ip in _installed_routes(to, context))
    return found


def _installed_routes(host: str, context: Context) -> Collection[str]:
    """Return the addresses of the return routes that were found on a host."""
    facts = next((one.found for one in context.desired.hosts if one.host == host), None) or {}
    return {way["address"] for way in (facts.get("installed") or {}).get("return_routes") or ()}


@dataclass(frozen=True)
class RouteChange:
    """Return route of a host as found and as wanted, and the phase in which it changes."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    phase: Phase


def return_route_changes(
    host: str, found: Part, wanted: Part, moves: Mapping[str, Move], at_once: bool
) -> dict[str, RouteChange]:
    """Return the return routes of a host by address, those that stay too.

    :param at_once: all of them change in the first phase, right after the addresses have moved
    """
    changes: dict[str, RouteChange] = {}
    for address in sorted(found.keys() | wanted.keys()):
        before, after = found.get(address), wanted.get(address)
        phase = "add" if at_once else _phase(host, before, after, moves.get(address))
        changes[address] = RouteChange(before, after, phase)
    return changes


def _phase(host: str, before: object, after: object, move: Move | None) -> Phase:
    if move and (move.left is None or move.left == move.to == host):
        return "add"  # the address is nowhere, or its owner hands on what ends there: nothing works
    if move is None or move.left == move.to:
        return "add" if before is None else "remove" if after is None else "switch"
    if host == move.left:
        return "remove"
    # By a new owner that hands on, a third host reaches the old owner before the move, and the new one after it.
    return "switch" if host == move.to or not move.is_handed_on else "add"


def return_routes_after(changes: Mapping[str, RouteChange], phase: Phase) -> Part:
    """Return the return routes of a host after a phase."""
    reached = PHASES[: PHASES.index(phase) + 1]
    routes = {address: one.after if one.phase in reached else one.before for address, one in changes.items()}
    return {address: dict(route) for address, route in routes.items() if route is not None}


def return_route_items(
    host: str, changes: Mapping[str, RouteChange], addresses: Collection[str], leaves: str | None, context: Context
) -> None:
    """Add the items of a host's return routes; a removal interrupts if the address is still one of `addresses`.

    :param leaves: the switch of a host that leaves, else None
    """
    design = context.design
    tables = {context.desired.vni_base + member.id for member in context.fleet.speakers}
    outside = not any(member.host == host for member in context.fleet.speakers)
    for address, one in changes.items():
        before, after, place = one.before, one.after, Placement(one.phase, "cpe_nat", host)
        if before == after:
            continue
        if before is None:
            design.host(Change("create", "return_route", "", address, after=dict(after or {})), place)
        elif after is None:
            is_used = address in addresses and one.phase != "add"
            used = f"what bonds on {host} answer under the public address of {address}" if is_used else ""
            left_out = outside or before.get("table") not in tables
            unnamed = PRUNE if context.desired.prune and left_out else ALLOW
            switch = context.leftovers.gone_addresses.get(address, unnamed) if leaves is None else leaves
            going = place.interrupting(used, switch)
            design.host(Change("delete", "return_route", "", address, dict(before)), going)
        else:
            design.host(Change("update", "return_route", "", address, *changed_fields(before, after)), place)
