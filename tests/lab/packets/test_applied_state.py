# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is in the kernel and what is wanted to what is done, and in which order."""

from __future__ import annotations

from lab.packets.applied_state import ADDRESS, LINK, ROUTE, Piece, changes


def pieces(*given: Piece) -> dict[str, Piece]:
    return {piece.key: piece for piece in given}


DEVICE = Piece("device", "a", LINK, ("link add x",), ("link del x",))
ADDRESSED = Piece("address", "a", ADDRESS, ("addr add 192.0.2.1 dev x",), (), "device")
ROUTED = Piece("route", "a", ROUTE, ("route replace default dev x",), ("route del default",), over=True)


def test_made_in_order_and_taken_away_in_the_opposite_one() -> None:
    everything = pieces(ROUTED, ADDRESSED, DEVICE)
    assert changes({}, everything) == ([], [DEVICE, ADDRESSED, ROUTED])
    assert changes(everything, {}) == ([ROUTED, ADDRESSED, DEVICE], [])


def test_nothing_to_do() -> None:
    everything = pieces(DEVICE, ADDRESSED, ROUTED)
    assert changes(everything, dict(everything)) == ([], [])


def test_what_stands_on_a_changed_piece_is_made_again() -> None:
    moved = Piece("device", "b", LINK, ("link add x",), ("link del x",))
    away, made = changes(pieces(DEVICE, ADDRESSED, ROUTED), pieces(moved, ADDRESSED, ROUTED))
    assert away == [ADDRESSED, DEVICE]
    assert made == [moved, ADDRESSED]


def test_a_route_is_replaced_and_never_missing() -> None:
    other = Piece("route", "a", ROUTE, ("route replace default dev y",), ("route del default",), over=True)
    assert changes(pieces(ROUTED), pieces(other)) == ([], [other])


def test_but_not_across_namespaces() -> None:
    other = Piece("route", "b", ROUTE, ("route replace default dev x",), ("route del default",), over=True)
    assert changes(pieces(ROUTED), pieces(other)) == ([ROUTED], [other])
