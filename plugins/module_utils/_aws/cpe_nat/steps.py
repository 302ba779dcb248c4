# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that make wanted CPE NAT entries true, or take them away. Pure, no call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .reader import ElasticIp, Found, Place
from .request import CpeNatError, Entry, Request

ASSIGN_NEW = "new"
ASSIGN_MOVE = "move"


@dataclass
class Step:
    """Changes for one entry. The engine fills in what only AWS knows (the allocation, another free address).

    action: create | update | move | retire | release | none.
    assign: "new", "move" (the address comes along from another interface, with its Elastic IP) or "".
    moving_from: what the tag of that name says while the step runs; () removes a tag that is there.
    vacate: private addresses of ours that go, once the Elastic IP has left them.
    """

    key: str
    action: str
    eip: ElasticIp | None = None
    entry: Entry | None = None
    target: Place | None = None
    write_tags: bool = False
    unretire: bool = False
    assign: str = ""
    associate: bool = False
    reassociate: bool = False
    moving_from: tuple[Place, ...] = ()
    vacate: tuple[Place, ...] = ()
    reverse_dns: str | None = None
    before: dict[str, Any] | None = None

    @property
    def removal(self) -> bool:
        """Return True if the step removes an entry."""
        return self.action in ("retire", "release")

    @property
    def fixed(self) -> bool:
        """Return True if the operator gave the private address, so that no other one may be chosen."""
        return self.entry is not None and self.entry.private_ip is not None

    def after(self) -> dict[str, Any] | None:
        """Return the entry's state when the step is done, None for one that is gone; unknown fields are None."""
        if self.removal:
            return {**shape(self.eip, None), "retired": True} if self.action == "retire" else None
        return {**shape(self.eip, self.target), "retired": False}


@dataclass
class Decision:
    """All steps of a call, in the order of the entries, removals by prune last."""

    steps: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    choosing: set[str] = field(default_factory=set)
    """The subnets in which a private address was chosen."""


def shape(address: ElasticIp | None, place: Place | None) -> dict[str, Any]:
    """Return an entry's state as results and diffs show it; what is not known yet is None."""
    return {
        "interface_id": place.interface_id if place else None,
        "private_ip": place.private_ip if place else None,
        "public_ip": address.public_ip if address else None,
        "allocation_id": address.allocation_id if address else None,
    }


def of_key(found: Found, key: str) -> list[ElasticIp]:
    """Return the Elastic IPs of one entry, live ones first, in a stable order."""
    return sorted(
        (address for address in found.addresses if address.key == key),
        key=lambda address: (address.retired, address.allocation_id),
    )


def holder_text(place: Place, found: Found) -> str:
    """Return the public address on a private one, for error texts."""
    holder = found.holder(place)
    return holder.public_ip if holder else "another address"


def free_for(place: Place, address: ElasticIp | None, found: Found) -> bool:
    """Return True if the place carries no public address, or that of `address`."""
    holder = found.holder(place)
    return holder is None or (address is not None and holder.allocation_id == address.allocation_id)


def decide_absent(request: Request, found: Found) -> Decision:
    """Return the steps that take the listed entries away. Raises CpeNatError if they are more than max_deletions."""
    decision = Decision()
    for entry in request.entries:
        own = of_key(found, entry.key)
        gone = [step for address in own for step in removal(address, request, found, decision.warnings)]
        decision.steps += gone or [Step(entry.key, "none", own[0] if own else None)]
    check_deletions(request, decision.steps, "state absent")
    return decision


def decide_prune(request: Request, found: Found, warnings: list[str]) -> list[Step]:
    """Return the steps that remove what is ours and not listed. Raises CpeNatError beyond max_deletions."""
    listed = {entry.key for entry in request.entries}
    keys = sorted({address.key for address in found.addresses if address.key is not None} - listed)
    steps = [
        step for key in keys for address in of_key(found, key) for step in removal(address, request, found, warnings)
    ]
    check_deletions(request, steps, "prune")
    return steps


def removal(address: ElasticIp, request: Request, found: Found, warnings: list[str]) -> list[Step]:
    """Return the step that retires or releases the Elastic IP; nothing if it is already retired and shall be kept.

    One that the account had before is never released: the operator has it back when it is retired.
    """
    theirs = address.adopted or any(entry.public_ip == address.public_ip for entry in request.entries)
    release = request.release and not theirs
    if address.retired and not release:
        return []
    present = [place for place in address.named if found.on(place)]
    for place in present:
        if not free_for(place, address, found):
            warnings.append(
                f"entry {address.key}: {place} carries {holder_text(place, found)}, which is not its Elastic IP"
                f" {address}; that private address is left as it is"
            )
    here = address.place or (None if address.retired else address.tagged)
    return [
        Step(
            key=address.key or "",
            action="release" if release else "retire",
            eip=address,
            vacate=tuple(place for place in present if free_for(place, address, found)),
            before={**shape(address, here), "retired": address.retired},
        )
    ]


def check_deletions(request: Request, steps: list[Step], why: str) -> None:
    """Refuse to remove more than the user allowed."""
    gone = [step.key for step in steps if step.removal]
    if request.max_deletions is not None and len(gone) > request.max_deletions:
        raise CpeNatError(
            [f"{why} would remove {len(gone)} entries ({', '.join(gone)}), max_deletions is {request.max_deletions}"]
        )
