# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the table, judged by the plan: what does not hold, in sentences."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator
from typing import Any

from tools.change_table import Patch, Row, marks_of, read_networks

from .network import Inventories, Network, Planned, allowed, read
from .surroundings import surroundings

TEARDOWN, EVERYTHING_GOES = "bonding_confirm_teardown", "everything"
EVERYTHING = {"bonding_allow_disruption": True, "bonding_prune": True, "bonding_prune_elastic_ips": True}


def patched(given: Inventories, patch: Patch, at: str = "") -> Inventories:
    """Return an inventory with the values at the patch's paths; null takes out, an index behind the last one adds."""
    found: Inventories = copy.deepcopy(given)
    for path, value in patch.items():
        words = path.removeprefix("/").split("/") if path.startswith("/") else [*filter(None, at.split("/")), path]
        words = [word for part in words for word in part.split("/")]
        place: Any = found if words[0] == "hosts" else found["group"]
        for word in words[:-1]:
            place = place[int(word)] if isinstance(place, list) else place.setdefault(word, {})
        last: Any = int(words[-1]) if isinstance(place, list) else words[-1]
        if value is None:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(copy.deepcopy(value))
        else:
            place[last] = copy.deepcopy(value)
    return found


@functools.cache
def _built(name: str, patch: str, at: str) -> tuple[Inventories, Network]:
    """The network before the change, carried out from nothing; the plan of a second run with it is empty."""
    given = patched(read_networks()[name], json.loads(patch), at)
    network = surroundings()
    planned = network.plan(allowed(given, {"bonding_allow_disruption": True}))
    if planned.problems:
        raise AssertionError(f"The network before the change cannot be built: {planned.problems}")
    network.apply(planned)
    again = network.plan(given)
    if again.items or again.problems:
        raise AssertionError(f"The network before the change is not settled: {again.items} {again.problems}")
    return given, network


def built(row: Row) -> tuple[Inventories, Network]:
    """Return the inventory and the network before the change: its own copies."""
    given, network = _built(row.network, json.dumps(row.before), row.at)
    return given, copy.deepcopy(network)


def judge(row: Row) -> list[str]:
    """Return a sentence for each thing that does not hold; what raises an exception is one of them."""
    try:
        return _judge(row)
    except Exception as error:
        return [f"a traceback: {error!r}"]


def _judge(row: Row) -> list[str]:
    before, network = built(row)
    after = patched(before, row.after, row.at)
    for old, new in row.renames.items():
        network.rename_space(old, new)
    if row.expect == "how":
        return list(_only_the_run(row, before, after, network))
    plain = network.plan(after)
    if row.expect == "refused":
        return list(_refused(row, before, after, network, plain))
    # A leaving is its own switch; module network_plan asks for a teardown's before anything is planned.
    found = [] if row.key in row.switches or TEARDOWN in row.switches else list(_plain(row, plain))
    if row.switches or row.expect == "live":
        planned = network.plan(allowed(after, row.switches))
        found += _switched(row, planned)
        found += _carried_out(row, network, planned, after)
    return found


def _only_the_run(row: Row, before: Inventories, after: Inventories, network: Network) -> Iterator[str]:
    """The plan's arguments are the same; or the plan is, which has nothing to do."""
    first, second = read(before), read(after)
    same = all(first[name] == second[name] for name in ("network", "plan", "aggregators"))
    if same:
        if first == second:
            yield "nothing that a run takes from the inventory changes"
        return
    planned = network.plan(after)
    yield from (f"problem: {text}" for text in planned.problems)
    yield from (f"the plan has {item.verb} {item.kind} {item.key}" for item in planned.items)


def _refused(row: Row, before: Inventories, after: Inventories, network: Network, plain: Planned) -> Iterator[str]:
    if not plain.problems:
        yield f"accepted with {len(plain.items)} changes"
    own = [text for text in plain.problems if " interrupts: " not in text]  # which is said besides
    known = (*row.refused, *row.also)
    yield from (f"problem: {text}" for text in own if not any(words in text for words in known))
    yield from (
        f"no problem says: {words}" for words in row.refused if not any(words in text for text in plain.problems)
    )
    if not row.way:
        return
    given = before
    for step in row.way:
        given = patched(before, step, row.at) if step else after
        planned = network.plan(allowed(given, EVERYTHING))
        yield from (f"on the way: {text}" for text in planned.problems)
        if planned.problems:
            return
        network.apply(planned)
    yield from _settled(network, given)


def _plain(row: Row, plain: Planned) -> Iterator[str]:
    """Judge a run without any switch: a live change is made, an interruption is refused, what goes is kept."""
    interrupting = [text for text in plain.problems if " interrupts: " in text]
    yield from (f"problem: {text}" for text in plain.problems if text not in interrupting)
    if row.expect != "interrupts":
        yield from (f"interrupts: {text}" for text in interrupting)
    elif not interrupting:
        yield f"accepted with {len(plain.items)} changes, and nothing is refused"
    if row.expect == "kept":
        yield from (f"the plan has {item.verb} {item.kind} {item.key}" for item in plain.items)
        if row.kept and not any(row.kept in text for text in plain.warnings):
            yield f"no warning says: {row.kept}"
    if row.expect == "live" and not plain.items and not plain.problems:
        yield "nothing to do: the change is ignored"


def _switched(row: Row, planned: Planned) -> Iterator[str]:
    """Judge the marked lines, and the switch of each."""
    yield from (f"with the switches, problem: {text}" for text in planned.problems)
    wanted = {(line, text) for line, words in marks_of(row) for text in words}
    found = {(f"{item.verb} {item.kind}", item.interrupts) for item in planned.marked()}
    yield from (f"marked: {line}: {words}" for line, words in sorted(found - wanted))
    yield from (f"not marked: {line}: {words}" for line, words in sorted(wanted - found) if not planned.problems)
    switches = {item.switch for item in planned.marked()}
    yield from (f"the plan wants {name}" for name in sorted(switches - row.switches.keys()))
    needed = {name for name, value in row.switches.items() if value is True}
    if row.marks:
        yield from (f"no line wants {name}" for name in sorted(needed - switches) if not planned.problems)


def _carried_out(row: Row, network: Network, planned: Planned, after: Inventories) -> Iterator[str]:
    """Nothing is lost but what is marked, or what the row names; and the next run has nothing to do."""
    if planned.problems:
        return
    found = network.apply(planned)
    unsaid = found.objects
    yield from (f"gone before the last phase: {text}" for text in sorted(found.early))
    if row.goes == (EVERYTHING_GOES,):
        left = network.facts_of_network() - {"space"}  # whose modes a teardown leaves
        unsaid = {f"{EVERYTHING_GOES}{f' but {sorted(left)}' if left else ''}"}
    yield from (f"lost without a mark: {text}" for text in sorted(unsaid - set(row.goes)))
    yield from (f"not lost: {text}" for text in sorted(set(row.goes) - unsaid))
    if not row.again:
        yield from _settled(network, patched(after, {name: v for name, v in row.switches.items() if v is not True}))


def _settled(network: Network, given: Inventories) -> Iterator[str]:
    again = network.plan(given)
    yield from (f"second plan: problem: {text}" for text in again.problems)
    yield from (f"second plan: {item.verb} {item.kind} {item.key}" for item in again.items)
