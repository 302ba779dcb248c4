# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two matrices, the server's and EC2's, as cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults import cloud_side, expected, server_side
from tests.faults.cells import Cell
from tests.faults.matrix import Broken, Fault, Kind, Seen, meets, run
from tests.faults.world import World


@dataclass(frozen=True)
class Side:
    """A side's kinds of requests and faults; `name` is that of its file of expectations."""

    name: str
    kinds: Sequence[Kind]
    faults: Sequence[Fault]

    def pairs(self) -> list[tuple[Kind, Fault]]:
        """Return each kind with each fault that is put into it."""
        return [(kind, fault) for kind in self.kinds for fault in self.faults if meets(kind, fault)]

    def cells(self) -> list[Cell]:
        """Return all cells."""
        return [self.cell(kind, fault) for kind, fault in self.pairs()]

    def one_of_each_fault(self) -> list[Cell]:
        """Return a cell of each fault, of another kind each time."""
        chosen = []
        for number, fault in enumerate(self.faults):
            kinds = [kind for kind in self.kinds if meets(kind, fault)]
            chosen.append(self.cell(kinds[number % len(kinds)], fault))
        return chosen

    def cell(self, kind: Kind, fault: Fault) -> Cell:
        """Return the cell of a kind and a fault."""

        def check(world: World) -> None:
            compare(self.name, kind, fault, run(world, kind, fault))

        return Cell(f"{kind.name}: {fault.name}", check)


def compare(side: str, kind: Kind, fault: Fault, seen: Seen) -> None:
    """Compare what was seen with the committed expectation."""
    wanted = {"waits": [], "words": "", **expected.read(side).get(kind.name, {}).get(fault.name, {})}
    if seen.as_dict() != wanted:
        raise Broken(f"expected {wanted}, seen {seen.as_dict()}; if that is right: python -m tests.faults --rewrite")


SERVER = Side("server", server_side.KINDS, server_side.FAULTS)
CLOUD = Side("cloud", cloud_side.KINDS, cloud_side.FAULTS)
SIDES = (SERVER, CLOUD)
