# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ledger of the kernel's objects, so that a change of a state becomes the few commands that carry it out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from . import netns

LINK, UPPER, FORWARDING, ADDRESS, ROUTE, RULE, RULE6 = range(7)
"""The order of work: devices, devices upon them, bridge entries, addresses, routes, rules; back in the opposite one."""


@dataclass(frozen=True)
class Piece:
    """A few lines for `ip -batch` (`bridge -batch` at rank FORWARDING) that belong together.

    :param key: unique in the lab, the same as long as it is the same thing.
    :param up: makes it; `down` takes it away, and may fail (a deleted device has taken its addresses along).
    :param needs: the key of a piece without which this one cannot be: made again with it.
    :param over: `up` can be run over the old one (`replace`), so that there is always one.
    """

    key: str
    namespace: str
    rank: int
    up: tuple[str, ...]
    down: tuple[str, ...] = ()
    needs: str = ""
    over: bool = False


def route(key: str, namespace: str, text: str, needs: str = "", over: bool = False) -> Piece:
    """Return the piece of a route, in the words of `ip route`."""
    return Piece(key, namespace, ROUTE, (f"route replace {text}",), (f"route del {text}",), needs, over)


def rule(key: str, namespace: str, text: str, rank: int = RULE) -> Piece:
    """Return the piece of a policy rule, in the words of `ip rule`; of IPv6 with the rank RULE6."""
    return Piece(key, namespace, rank, (f"rule add {text}",), (f"rule del {text}",))


def veth(key: str, namespace: str, device: str, far: tuple[str, str], mtu: int) -> Piece:
    """Return the piece of a pair of devices; `far` is the other end's name and its namespace; it is not set up."""
    line = f"link add {device} mtu {mtu} type veth peer name {far[0]} netns {far[1]} mtu {mtu}"
    return Piece(key, namespace, LINK, (line, f"link set {device} up"), (f"link del {device}",))


def configured(key: str, namespace: str, needs: str, *lines: str) -> Piece:
    """Return the piece of addresses and the like that go with the device of the piece `needs`."""
    return Piece(key, namespace, ADDRESS, lines, (), needs)


def changes(old: dict[str, Piece], new: dict[str, Piece]) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces to delete (the last created first) and the pieces to create, both in order."""
    again: set[str] = set()
    for piece in sorted(new.values(), key=_order):
        before = old.get(piece.key)
        if piece.needs in again or (before is not None and before != piece and not _may_stay(before, piece)):
            again.add(piece.key)
    away = [piece for key, piece in old.items() if key not in new or key in again]
    made = [piece for key, piece in new.items() if key in again or old.get(key) != piece]
    return sorted(away, key=_order, reverse=True), sorted(made, key=_order)


def _may_stay(before: Piece, after: Piece) -> bool:
    return after.over and before.namespace == after.namespace


def _order(piece: Piece) -> tuple[int, str]:
    return piece.rank, piece.namespace


class Ledger:
    """The pieces that are in the kernel now."""

    def __init__(self) -> None:
        self.pieces: dict[str, Piece] = {}

    def apply_or_predict(self, wanted: Iterable[Piece]) -> int:
        """Make the kernel hold these pieces and no others of the ledger; returns how many were touched."""
        new: dict[str, Piece] = {}
        for piece in wanted:
            if piece.key in new:
                raise ValueError(f"two pieces are called {piece.key}: {new[piece.key].up} and {piece.up}")
            new[piece.key] = piece
        away, made = changes(self.pieces, new)
        for (rank, namespace), group in itertools.groupby(away, _order):
            netns.batch(_tool(rank), namespace, [line for piece in group for line in piece.down], force=True)
        for (rank, namespace), group in itertools.groupby(made, _order):
            netns.batch(_tool(rank), namespace, [line for piece in group for line in piece.up])
        self.pieces = new
        return len(away) + len(made)

    def forget(self, namespace: str) -> None:
        """The namespace is gone, and all that was in it."""
        self.pieces = {key: piece for key, piece in self.pieces.items() if piece.namespace != namespace}


def _tool(rank: int) -> str:
    # Only a rule does not say by its addresses which protocol it is of.
    return {FORWARDING: "bridge", RULE6: "ip -6"}.get(rank, "ip")
