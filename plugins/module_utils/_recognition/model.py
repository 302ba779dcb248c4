# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live network as recognition reads it, and the results of recognition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .._model.state import Cloud, Instance, Server
from .._objects import Object
from .._parents import AGGREGATOR, BOND, parent_of

Claim = tuple[str, str, str]
"""An object that a piece takes: the identity of one of the management server, or (kind, "", id) of one of AWS."""
Names = Mapping[str, Mapping[str, str]]
"""By host: the name that the collection gives an object -> the name that the object has."""
PieceKind = Literal["private_wan", "mesh", "bgp", "gateway", "entry"]

TITLES = {"private_wan": "private WAN of space", "mesh": "mesh of space", "bgp": "BGP", "entry": "CPE NAT entry"}


@dataclass(frozen=True)
class Host:
    """An aggregator with its instance, as it becomes a host of the inventory."""

    name: str
    aggregator: int
    reference: str
    """The name or id by which the inventory names the aggregator."""
    instance: Instance | None = None
    region: str | None = None
    private_ip: str | None = None
    """The private address of the primary network interface, or of an aggregator without an instance the one that the
    endpoints of the others name."""
    ip: str = ""
    """The aggregator's address on the management server."""
    reason: str = ""

    @property
    def parent(self) -> str:
        """Return the name by which objects belong to the aggregator: "aggregators/7"."""
        return parent_of(AGGREGATOR, self.aggregator)


@dataclass(frozen=True)
class Live:
    """Both sides as they are, of which nothing carries the network's tags."""

    network: str
    hosts: tuple[Host, ...]
    server: Server
    cloud: Cloud
    """All that the account has in the regions that were read."""

    def by_id(self, number: int | None) -> Host | None:
        """Return the host that is this aggregator."""
        return next((host for host in self.hosts if host.aggregator == number), None)

    def by_private_ip(self, address: str | None) -> list[Host]:
        """Return the hosts with this private address: those of two VPCs may have the same one."""
        return [host for host in self.hosts if address is not None and host.private_ip == address]

    def objects_of(self, host: Host, *kinds: str) -> list[Object]:
        """Return a host's objects of these kinds on the management server."""
        return [obj for obj in self.server.objects.get(host.aggregator, ()) if obj.kind in kinds]

    def on_bonds(self, kind: str) -> Iterator[tuple[int, Object]]:
        """Yield (bond id, object) of all objects of a kind that bonds have."""
        for number, objects in sorted(self.server.bond_objects.items()):
            yield from ((number, obj) for obj in objects if obj.kind == kind)

    def title_of_bond(self, number: int) -> str:
        """Return a bond's name in a sentence."""
        bond = self.server.bonds.get(number)
        return f"{parent_of(BOND, number).replace('s/', ' ')}{f' ({bond.name})' if bond else ''}"


@dataclass(frozen=True)
class Placed:
    """An object of the live network with its place in the inventory, and the reason."""

    object: str
    place: str
    reason: str


@dataclass(frozen=True)
class NotPlaced:
    """An object that the inventory does not name, and the reason."""

    object: str
    reason: str


@dataclass(frozen=True)
class Difference:
    """A difference between an object and what the collection would make of it; the object stays as it is."""

    object: str
    text: str


@dataclass(frozen=True)
class Piece:
    """A part of the inventory that is accepted or left out as a whole."""

    kind: PieceKind
    key: str
    """The space, the host of a gateway in it after a slash, or the name of an entry; empty of BGP."""
    options: Mapping[str, Any]
    placed: tuple[Placed, ...] = ()
    names: Names = field(default_factory=dict)
    claims: frozenset[Claim] = frozenset()
    members: tuple[str, ...] = ()
    """Hosts that reach each other by their private addresses."""
    space_mode: str = ""
    """The private WAN's mode of the piece's space."""
    vpc_id: str = ""
    ipv6: bool = False
    """True of a gateway that carries IPv6: AWS and the management server give it the same address."""

    @property
    def space(self) -> str:
        """Return the key of the piece's space; empty of BGP and entries."""
        return self.key.partition("/")[0] if self.kind in ("private_wan", "mesh", "gateway") else ""

    @property
    def title(self) -> str:
        """Return the piece's name in a sentence."""
        if self.kind == "gateway":
            return f"gateway of space {self.space} on {self.key.partition('/')[2]}"
        return f"{TITLES[self.kind]} {self.key}".rstrip()


@dataclass
class Findings:
    """Collector of the results of recognition."""

    pieces: list[Piece] = field(default_factory=list)
    not_placed: list[NotPlaced] = field(default_factory=list)
    explained: set[Claim] = field(default_factory=set)
    """Objects of which `not_placed` says the reason already."""

    def leave(self, subject: str, reason: str, *claims: Claim) -> None:
        """Note an object that cannot be placed."""
        self.not_placed.append(NotPlaced(subject, reason))
        self.explained.update(claims)

    @property
    def claimed(self) -> set[Claim]:
        """Return every object that is placed, or whose reason is known."""
        return self.explained.union(*(piece.claims for piece in self.pieces))


def aws_claim(kind: str, number: str) -> Claim:
    """Return the claim of an object of AWS."""
    return (kind, "", number)


def some_of(names: Iterator[str] | list[str] | tuple[str, ...], most: int = 12) -> str:
    """Return names as a sentence lists them, up to a bound."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
