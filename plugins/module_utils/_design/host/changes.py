# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of the host configuration as items of the plan, with what they interrupt."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from ..._model.phases import PHASES, Phase
from ..._model.plan import ALLOW, Change, Placement
from ..aggregators.leftovers import PRUNE, TEARDOWN
from ..context import Context
from ..gateway.port_forwards import narrowed_forwards, union_of_forwards

Part = dict[str, dict[str, Any]]
"""One kind of a host's entries by what tells them apart: the space, or the address."""
SOURCE = ("device", "subnet", "untranslated", "zone")
"""Fields of a masquerade entry that decide about the address that packets get."""
NO_ZONE = 0
"""The conntrack zone of rules while no route leads to them, which is everybody's: of new ones, and of a standby's.

In a zone of its own conntrack would know the connections that still go elsewhere, as such that are not translated, and
would never translate them. So the space's zone begins when the route is there: then they are new to conntrack.
"""


def natural_sort_key(name: str) -> list[Any]:
    """Return the key that sorts tun9 before tun10."""
    return [part.zfill(20) if place % 2 else part for place, part in enumerate(re.split("([0-9]+)", name))]


def masquerade_after(found: Part, wanted: Part, phase: Phase) -> Part:
    """Return the translations of a host after a phase: an existing one stays until the last phase."""
    if phase == "remove":
        return dict(wanted)
    both = {space: _between(found[space], wanted[space], phase) for space in found.keys() & wanted.keys()}
    return {**found, **wanted, **both}


def _between(before: Mapping[str, Any], after: Mapping[str, Any], phase: Phase) -> dict[str, Any]:
    """Return a space's entry after a phase: it grows in the first one, and gets its new source in the second."""
    if before == after or phase == "remove":
        return dict(after)
    there = before.get("incoming") or []
    new = [name for name in after["incoming"] if name not in there]
    source = {name: before[name] for name in SOURCE if name in before} if phase == "add" else {}
    if source.get("zone") == NO_ZONE:  # which a run that was killed has left
        source["zone"] = after["zone"]
    return {
        **after,
        **source,
        "ipv6": bool(before.get("ipv6") or after["ipv6"]),
        "incoming": sorted([*there, *new], key=natural_sort_key) if new else list(there),
        "port_forwards": union_of_forwards(before.get("port_forwards") or (), after["port_forwards"]),
    }


def masquerade_items(
    host: str, found: Part, wanted: Part, staying: Collection[str], leaves: str | None, context: Context
) -> None:
    """Add items of what a host translates.

    :param staying: the spaces of its gateways
    :param leaves: the switch of a host that leaves, else None
    """
    design, at_once = context.design, context.desired.relocation is not None
    for space in sorted(found.keys() | wanted.keys()):
        before, after = found.get(space), wanted.get(space)
        common = Placement("add", "gateways", host)
        if before == after:
            continue
        if before is None:
            design.host(Change("create", "masquerade", "", space, after=after), common)
        elif after is None:
            text = f"the connections of space {space} through {host}: its source address becomes another"
            switch = ALLOW if space in staying else context.leftovers.gone_gateways.get((space, host), leaves)
            switch = TEARDOWN if context.desired.absent else PRUNE if switch is None else switch
            going = common.in_phase("remove").interrupting(text, switch)
            design.host(Change("delete", "masquerade", "", space, before), going)
        else:
            last = before
            for phase in PHASES:
                now = dict(after) if at_once else _between(before, after, phase)
                was, becomes = changed_fields(last, now)
                # Rules that a move takes into use, or out of it, have no connections to interrupt.
                text = "" if at_once else _interrupts(space, host, last, now, phase, context)
                if becomes:
                    place = common.in_phase(phase).interrupting(text)
                    design.host(Change("update", "masquerade", "", space, was, becomes), place)
                last = now


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that change, as they are and as they become; both empty if none does."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _interrupts(
    space: str, host: str, before: Mapping[str, Any], after: Mapping[str, Any], phase: Phase, context: Context
) -> str:
    """Return the traffic that a change of the rules interrupts in a phase; a bond that left the space has none."""
    texts = []
    if phase == "remove":
        lost = set(before.get("incoming") or ()) - set(after["incoming"])
        forwards = narrowed_forwards(before.get("port_forwards") or (), after["port_forwards"])
        going = {obj.key for batch in context.design.batches["remove"] for obj in batch.gone}
        tunnel = re.compile(r"\d+".join(map(re.escape, context.desired.tunnel_device.split("{bond}"))))
        used = sorted(name for name in lost if name not in going and not tunnel.fullmatch(name))
        texts += [f"what comes in by {', '.join(used)} is not translated any more"] if used else []
        texts += [f"the port forward of {protocol} {port} changes" for protocol, port in sorted(forwards)]
        texts += ["no IPv6 any more"] if before.get("ipv6") and not after["ipv6"] else []
    # Without a route to the rules nothing is translated.
    if NO_ZONE in (before.get("zone"), after["zone"]):
        before = {**before, "zone": after["zone"]}
    texts += ["the source address becomes another"] if any(before.get(n, after[n]) != after[n] for n in SOURCE) else []
    return f"the connections of space {space} through {host}: {'; '.join(texts)}" if texts else ""
