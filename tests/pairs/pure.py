# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair in memory: from A's network to B's, and the rules of issue 14 judged by the state after every step."""

from __future__ import annotations

import random
import re
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from tests.pairs.applying import Refused, applied, steps
from tests.pairs.base import Base, base
from tests.pairs.comparing import difference
from tests.pairs.edits import edited
from tests.pairs.facts import Facts, facts
from tests.pairs.inventories import Json, Maker
from tests.pairs.judging import given_back, interruptions, lost, repeated
from tests.pairs.planning import ALL, Planned, plan
from tests.pairs.state import State

STOPS = 2
"""Steps of each pair after which the run is killed and the command repeated."""


@dataclass(frozen=True)
class Pair:
    """Two inventories on one base, and whether B takes everything away that it does not name."""

    seed: int
    base: Base
    a: Json
    b: Json
    related: bool
    prunes: bool


@dataclass
class Judged:
    """The result of a pair: refused for a reason, or the rules that were broken."""

    refused: str = ""
    broken: list[str] = field(default_factory=list)
    steps: int = 0
    asked: tuple[str, ...] = ()


def pair(seed: int) -> Pair:
    """Return the pair of a seed: every fourth one of twice the size, another fourth not related."""
    chance = random.Random(seed)
    world = base(2 if seed % 4 == 1 else 1, flat=seed % 3 == 0)
    maker = Maker(world, chance)
    first = maker.inventory()
    related = seed % 4 != 0
    second = edited(maker, first) if related else maker.inventory()
    if len(second["aggregators"]) < len(first["aggregators"]):  # leaving is said
        last = world.hosts[-1]
        second |= {"aggregators": [*second["aggregators"], last], "decommissioned": [last["host"]]}
    return Pair(seed, world, first, second, related, prunes=seed % 5 < 3)


def reason(problem: str) -> str:
    """Return a refusal without its names, to count it by."""
    text = re.sub(r"'[^']*'|\b(?:space|agg|named-|second-|bond-)[\w-]*\d+\b|\S*\d\S*", "_", problem)
    return re.sub(r"(_[ ,]*)+", "_ ", text)[:90].strip()


def judge(one: Pair, stops: int = STOPS) -> Judged:
    """Build A, change it to B, and judge."""
    found = Judged()
    built = _built(one.base.state, one.a, found)
    if built is None:
        return found
    asked = ALL if one.prunes else _asked(built, one.b)
    planned = plan(built, one.b, **asked)
    if planned.problems:
        found.refused = reason((planned.refusals or planned.problems)[0])
        return found
    found.asked = tuple(sorted(asked))
    _change(one, built, planned, asked, stops, found)
    return found


def _built(state: State, inventory: Json, found: Judged) -> State | None:
    planned = plan(state, inventory, **ALL)
    if planned.problems:
        found.refused = f"A: {reason(planned.problems[0])}"
        return None
    try:
        built = applied(state, planned)
    except Refused as error:
        found.broken.append(f"1: building A: {error}")
        return None
    again = plan(built, inventory)
    if again.items or again.problems:
        found.broken.append(f"1: A again: {_said(again)}")
        return None
    return built


def _asked(state: State, inventory: Json) -> Json:
    """Return the switches that a plan without any asks for, until it asks for none."""
    given: Json = {}
    while more := {name: True for name in plan(state, inventory, **given).asks if name not in given}:
        given |= more
    return given


def _said(planned: Planned) -> str:
    return "; ".join(planned.problems or [f"{i.phase} {i.verb} {i.kind} {i.parent} {i.key}" for i in planned.items])[
        :300
    ]


def _change(one: Pair, built: State, planned: Planned, asked: Json, stops: int, found: Judged) -> None:
    """Carry the plan out step by step, and judge each state and the last one."""
    found.broken += repeated(planned)
    way: list[tuple[Any, State]] = []
    try:
        way += steps(built, planned)
    except Refused as error:
        found.broken.append(f"4: {error}")
        return
    found.steps = len(way)
    end = way[-1][1]
    found.broken += _step_by_step(built, way, planned)
    again = plan(end, one.b, **asked)
    if again.items or again.problems:
        found.broken.append(f"1: B again: {_said(again)}")
        return
    if one.prunes:
        found.broken += _as_from_nothing(one, end, planned)
    found.broken += given_back(one.base.state, end)
    chance = random.Random(one.seed)
    for number in sorted(chance.sample(range(len(way)), min(stops, len(way)))):
        found.broken += _finished(one, way[number], end, asked)


def _step_by_step(built: State, way: list[tuple[Any, State]], planned: Planned) -> list[str]:
    before, after = facts(built), facts(way[-1][1])
    broken: list[str] = []
    said: list[Any] = []
    carried: Facts = before
    for number, (item, state) in enumerate(way):
        same = item is not None and state == (way[number - 1][1] if number else built)
        if same and item.kind != "address_association":  # which comes along with its private address
            broken.append(f"4: nothing changes by {item.phase} {item.verb} {item.kind} {item.parent} {item.key}")
        said += _disruptive(item, planned)
        now = facts(state)
        for fact in lost(carried, now, before, after):
            # what moved addresses answer is the whole move's to say, whichever host comes first
            if fact[0] in ("tunnel", "routing", "session") and planned.decommissioned & set(fact):
                continue  # no bond is on an aggregator that leaves, or the plan had refused
            if fact[0] == "route" and _space_of(before[fact]) in planned.auto:
                continue  # worked out of what the bonds have: nobody has what has no route any more
            asked = planned.items if fact[0] == "return route" else said
            if not interruptions(fact, [one for one in asked if one.disruptive], before, planned):
                name = f"{item.phase} {item.verb} {item.kind} {item.parent} {item.key}" if item else "the end"
                broken.append(f"3: {fact} is lost by {name}: {before[fact]} -> {now.get(fact)}")
        carried = now
    return list(dict.fromkeys(broken))


def _space_of(target: Any) -> str:
    """Return the space of the gateway that a route leads to."""
    return str(target).split("/")[1] if str(target).startswith("gateway/") else ""


def _disruptive(item: Any, planned: Planned) -> list[Any]:
    """Return what a step says that it interrupts; a host's rules are written whole, so with its other items."""
    if item is None:
        return []
    if item.system != "host":
        return [item] if item.disruptive else []
    same = [one for one in planned.items if (one.system, one.phase, one.host) == ("host", item.phase, item.host)]
    return [one for one in same if one.disruptive]


def _as_from_nothing(one: Pair, end: State, planned: Planned) -> list[str]:
    fresh = plan(_with_bonds_anywhere(one.base.state), pinned(one.b, end), **ALL)
    if fresh.problems:
        return [f"2: B is refused where nothing is there: {fresh.problems[0]}"]
    lines = difference(end, applied(one.base.state, fresh))
    left = _spaces_with_more(lines, end) & planned.auto
    return [f"2: {line}" for line in lines if not (said_to_stay(line, planned) or _is_of(line, left))]


def _with_bonds_anywhere(state: State) -> State:
    """Return a state in which no bond's place is known, since a new address where its bond cannot be is refused."""
    found = state.copy()
    bonds = {number: replace(bond, present=None) for number, bond in found.server.bonds.items()}
    found.server = replace(found.server, bonds=bonds)
    return found


def _spaces_with_more(lines: list[str], end: State) -> set[str]:
    """Return the spaces of bonds that keep a connected IP which nobody names any more (BY_OTHERS)."""
    bonds = {int(found[1]) for line in lines if (found := re.match(r". connected_ip bonds/(\d+) ", line))}
    return {end.server.bonds[number].space for number in bonds}


def _is_of(line: str, spaces: set[str]) -> bool:
    """Return True if a line shows what `networks: auto` makes of a bond's networks in one of these spaces."""
    found = any(re.search(rf"\b{space}\b", line) for space in spaces)
    return found and line[2:].startswith(("route_tables", "static_protocol"))


def said_to_stay(line: str, planned: Planned) -> bool:
    """Return True if the plan's warnings name what a line of a difference shows, or if others mend it (BY_OTHERS)."""
    if line[2:].startswith("connected_ip "):
        return True
    if mode := re.match(r'- space  {"key": "([^"]+)"', line):
        # a mode alone does not tell who has turned it on
        return mode[1] in planned.bare or any(f"space {mode[1]}: its private WAN" in text for text in planned.warnings)
    keeps = [m[1] for text in planned.warnings if (m := re.match(r"space ([^:,]+): .*has IPv6. The blocks", text))]
    if any(re.search(rf"\b{space}\b", line) and IPV6.match(line[2:]) for space in keeps):
        return True
    subnet = re.search(r'"id": "(subnet/[^"]+)"', line)
    return subnet is not None and any(
        text.startswith(f"The subnet {subnet[1]} (") and "has no gateway in bonding_spaces any more" in text
        for text in planned.warnings
    )


IPV6 = re.compile("vpcs|subnets|route_tables|interfaces|egress_only_gateways")
"""The objects that an IPv6 block which stays shows on."""


def pinned(inventory: Json, end: State) -> Json:
    """Return the inventory with each entry on the aggregator where its address is: what is built stays there."""
    found = deepcopy(inventory)
    for entry in found["cpe_nat_ips"]:
        text = entry["bond"]
        bonds = end.server.bonds.values()
        number = int(text) if text.isdigit() else next(bond.id for bond in bonds if bond.name == text)
        key = f"cpe-nat/{entry.get('name') or f'bond-{number}'}"
        owner = next((end.host_of(a.interface_id) for a in end.keyed("addresses", key) if a.interface_id), None)
        if owner:
            entry["aggregator"] = owner
    return found


def _finished(one: Pair, stop: tuple[Any, State], end: State, asked: Json) -> list[str]:
    """Plan B again from a state in the middle, carry that out, and compare."""
    item, state = stop
    name = f"{item.phase} {item.verb} {item.kind} {item.parent} {item.key}" if item else "the end"
    planned = plan(state, one.b, **asked)
    if planned.problems:
        return [f"6: stopped after {name}, it is refused: {planned.problems[0]}"]
    try:
        finished = applied(state, planned)
    except Refused as error:
        return [f"6: stopped after {name}, it fails: {error}"]
    again = plan(finished, one.b, **asked)
    if again.items:
        return [f"6: stopped after {name}, the run after the next: {_said(again)}"]
    lines = [line for line in difference(finished, end) if not said_to_be_left(line, finished, planned)]
    return [f"6: stopped after {name}: {line}" for line in lines]


def said_to_be_left(line: str, state: State, planned: Planned) -> bool:
    """Return True if a warning names, with what to do, what a killed run has left of a line of the state."""
    if interface := re.match(r'- vxlan_interface aggregators/(\d+) .*"name": "([^"]+)"', line):
        host = state.server.aggregators[int(interface[1])].name
        return any(f"{host}: the VXLAN interface {interface[2]} " in text for text in planned.warnings)
    group = re.match(r'- groups {"id": "([^"]+)"', line)
    return group is not None and any(f"The security group {group[1]} " in text for text in planned.warnings)
