# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules 3 to 5 of issue 14 as questions to states and plans."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.names import TAG_RETIRED
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from tests.pairs.facts import OUT, Fact, Facts, admitted, covered_route
from tests.pairs.planning import Planned
from tests.pairs.state import State, is_ours


def repeated(planned: Planned) -> list[str]:
    """Return each step that a plan has twice."""
    names = Counter((i.phase, i.system, i.host, i.verb, i.kind, i.parent, i.key, str(i.after)) for i in planned.items)
    return [f"4: {count} times: {name}" for name, count in names.items() if count > 1]


def lost(carried: Facts, now: Facts, before: Facts, after: Facts) -> Iterator[Fact]:
    """Yield what A carries and a step takes away or leads elsewhere."""
    for fact, value in carried.items():
        if fact not in before or now.get(fact) == value or _is_replaced(fact, value, now):
            continue
        if fact in after and after[fact] == now.get(fact) and fact[0] in HARMLESS:
            continue
        if value == before[fact]:
            yield fact


HARMLESS = ("connected", "mode")
"""Facts whose change has no line of its own that could interrupt: what follows from it is another fact."""


def _is_replaced(fact: Fact, value: Any, now: Facts) -> bool:
    """Return True if something else carries the same, or nothing uses it."""
    kind, *rest = fact
    if kind == "admits":
        rule, source = value
        same = any(other.covers(rule) for other in admitted(now, rest[0]))
        return same and (rule.source != "self" or source == rest[1])
    if kind == "route":
        return covered_route(now, fact, value) or _leads_to_successor(value, now.get(fact), now)
    if kind == "return route":
        return not any(other[0] == "entry" and held[-1] == rest[1] for other, held in now.items())
    if kind in ("routing", "session"):  # another protocol of the space, another peer (a reflector)
        return any(other[: len(fact) - 1] == fact[:-1] for other in now if other != fact)
    return False


def _leads_to_successor(old: Any, new: Any, now: Facts) -> bool:
    """Return True if a route was replaced, in one request, by one to another gateway of the space that carries."""
    if not (str(old).startswith("gateway/") and str(new).startswith("gateway/")):
        return False
    first, second = tuple(str(old).split("/")[1:]), tuple(str(new).split("/")[1:])
    return first[0] == second[0] and ("gateway", *second) in now


def interruptions(fact: Fact, said: Iterable[PlannedChange], before: Facts, planned: Planned) -> list[PlannedChange]:
    """Return those of the items that say that they interrupt what the fact carries."""
    words = _words(fact, before)
    found = []
    for item in said:
        space = planned.spaces.get(f"{item.parent}:{item.key}", "")
        text = f"{item.kind} {item.parent} {item.key} {item.host} {item.interrupts} {space} {json.dumps(item.before)}"
        if any(all(word in text for word in group) for group in words):
            found.append(item)
    return found


def _words(fact: Fact, before: Facts) -> list[tuple[str, ...]]:
    """Return the words of which an item has to have one group."""
    kind, *rest = fact
    if kind == "route":
        table, destination = rest
        if table.startswith("natgw-rtb/") or (destination in OUT and table.startswith("rtb/")):
            # idle without the NAT gateway or gateway, which goes
            return [(table.split("/")[1],)]
        through = str(before[fact])  # a gateway that goes says so of all that is led to it
        led = [(through, "everything of space")] if through.startswith("gateway/") else []
        return [("route", table, destination), *([("route", destination)] if "given" in table else []), *led]
    if kind == "admits":
        return [(rest[1], rest[2]), ("group_attachment", rest[1]), ("security_group", rest[1]), (rest[0], "interface")]
    if kind == "entry":
        public, _host, bond, _nat, _private = before[fact]
        return [(rest[0],), (public,), ("cpe_nat_ip", bond)]
    if kind == "return route":
        entries = [key[1] for key, value in before.items() if key[0] == "entry" and value[-1] == rest[1]]
        return [("return_route", rest[0], rest[1]), *((key,) for key in entries)]
    if kind == "forwards":
        space, host, port, _source = rest
        return [(space, host, port), ("masquerade", space, host, "source address")]
    if kind == "translates from":
        return [tuple(rest), ("masquerade", rest[0], rest[1], "source address")]
    if kind == "session":
        return [(rest[1],)]
    if kind == "tunnel":
        return [(rest[0],), ("vxlan_interface", rest[3], rest[1]), ("vxlan_interface", rest[3], rest[2])]
    if kind == "routing":
        return [(rest[0], rest[1])]
    return [tuple(rest)]


def given_back(start: State, end: State) -> list[str]:
    """Return what the operator had before and has no more, or otherwise (rule 5)."""
    broken = [f"5: {public} was released" for public in end.released if public in _theirs(start)]
    there = {one.public_ip: one for one in end.cloud.addresses}
    for public in _theirs(start):
        if public not in there:
            broken.append(f"5: {public} is gone")
        elif is_ours(there[public]) and there[public].tags.get(TAG_RETIRED) == "true" and there[public].interface_id:
            broken.append(f"5: {public} was given up and is still associated")
    for kind in ("vpcs", "subnets"):
        for number, one in getattr(start.cloud, kind).items():
            if getattr(end.cloud, kind).get(number) != one:
                broken.append(f"5: {number} is another: {getattr(end.cloud, kind).get(number)}")
    for number, table in start.cloud.route_tables.items():
        routes = end.cloud.route_tables[number].routes
        broken += [f"5: the route {route} of {number} is gone" for route in table.routes if route not in routes]
    for identity, obj in start.objects.items():
        if obj.kind != "space" and end.objects.get(identity) != obj:
            broken.append(f"5: {identity} is another: {end.objects.get(identity)}")
    return broken


def _theirs(start: State) -> list[str]:
    return [one.public_ip for one in start.cloud.addresses]
