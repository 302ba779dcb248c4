# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the public addresses: on the left their owners, on the right the aggregators with their bonds.

A bond that is where its address is makes a level line; one that is elsewhere makes a line across, which shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.bonded.internet.plugins.module_utils._model.description import AddressDescription

from ..view import Picture, Shape, counted
from .drawing import curve, label, linked

LEFT, GAP, RIGHT = 250, 96, 250
WIDTH = LEFT + GAP + RIGHT
ROW, HEAD, SPACE, TOP = 20, 26, 12, 22
MOST_ROWS = 60
"""Addresses that one picture draws."""
NOWHERE = "no aggregator"


@dataclass(frozen=True)
class PlacesPicture:
    """The picture, and the number of the addresses that it leaves out."""

    picture: Picture | None
    level: int
    """Addresses that are where their bonds are, and left out of a picture of many."""
    more: int
    """Others that are left out, since the picture would be too long."""


def places_picture(addresses: Sequence[AddressDescription], anchors: Mapping[str, str]) -> PlacesPicture:
    """Return the picture of the built addresses; of many only those that are not where their bonds are.

    :param anchors: the place of each address in the page, by the key of its entry
    """
    built = [one for one in addresses if one.state not in ("absent", "retired")]
    apart = [one for one in built if one.state != "with_bond"]
    drawn = built if len(built) <= MOST_ROWS else apart[:MOST_ROWS]
    if not drawn:
        return PlacesPicture(None, len(built), 0)
    level = 0 if drawn is built else len(built) - len(apart)
    more = 0 if drawn is built else len(apart) - len(drawn)
    return PlacesPicture(_draw(drawn, anchors), level, more)


def _draw(addresses: Sequence[AddressDescription], anchors: Mapping[str, str]) -> Picture:
    columns = _in_bands(addresses) if any(one.state == "with_bond" for one in addresses) else _packed(addresses)
    shapes: list[Shape] = [
        label(0, 13, "public address is on", "small muted"),
        label(LEFT + GAP, 13, "bond is on", "small muted"),
    ]
    rows: list[dict[str, float]] = []
    bottom = 0.0
    for x, width, boxes in ((0, LEFT, columns[0]), (LEFT + GAP, RIGHT, columns[1])):
        rows.append({})
        for box in boxes:
            style = "frame none" if box.host == NOWHERE else "frame"
            shapes.append(Shape("box", x + 0.5, box.y + 0.5, width - 1, box.height - 1, style))
            shapes.append(label(x + 10, box.y + 18, box.host, "strong", width - 20))
            rows[-1] |= {key: box.y + HEAD + number * ROW + 10 for number, key in enumerate(box.keys)}
            bottom = max(bottom, box.y + box.height)
    for one in sorted(addresses, key=lambda one: one.state != "with_bond"):
        shapes += _line(one, rows[0][one.key], rows[1][one.key], anchors.get(one.key, ""))
    words = "; ".join(
        f"{one.public_ip} on {one.owner or NOWHERE}, bond {one.bond} on {one.bond_is_on or NOWHERE}"
        for one in addresses
    )
    title = f"Places of {counted(len(addresses), 'public address', 'public addresses')}"
    return Picture(WIDTH, int(bottom + 1), title, words, tuple(shapes))


@dataclass(frozen=True)
class _Box:
    """A host on one side, with the keys of the entries in it."""

    host: str
    y: float
    keys: list[str]

    @property
    def height(self) -> float:
        """Return the height of the box."""
        return HEAD + len(self.keys) * ROW + 6


def _sides(addresses: Sequence[AddressDescription]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the keys of the entries by the owners of the addresses, and by the places of the bonds."""
    owners: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for one in addresses:
        owners.setdefault(one.owner or NOWHERE, []).append(one.key)
        places.setdefault(one.bond_is_on or NOWHERE, []).append(one.key)
    return owners, places


def _in_bands(addresses: Sequence[AddressDescription]) -> tuple[list[_Box], list[_Box]]:
    """Return the boxes of both sides, those of one host beside each other."""
    owners, places = _sides(addresses)
    left: list[_Box] = []
    right: list[_Box] = []
    y = float(TOP)
    for host in sorted({*owners, *places}, key=lambda host: (host == NOWHERE, host)):
        mine = owners.get(host, [])
        # Those of its own addresses first, in the same order: their lines are level.
        there = sorted(places.get(host, []), key=lambda key: mine.index(key) if key in mine else len(mine))
        boxes = [_Box(host, y, keys) for keys in (mine, there)]
        left += boxes[:1] if mine else []
        right += boxes[1:] if there else []
        y += max(box.height for box in boxes) + SPACE
    return left, right


def _packed(addresses: Sequence[AddressDescription]) -> tuple[list[_Box], list[_Box]]:
    """Return the boxes of both sides without room between them, in the order of the addresses on the left."""
    owners, places = _sides(sorted(addresses, key=lambda one: (one.owner == "", one.owner, one.bond_is_on)))
    return _stacked(owners), _stacked(places)


def _stacked(hosts: Mapping[str, list[str]]) -> list[_Box]:
    boxes: list[_Box] = []
    for host, keys in hosts.items():
        boxes.append(_Box(host, boxes[-1].y + boxes[-1].height + SPACE if boxes else TOP, keys))
    return boxes


def _line(one: AddressDescription, y: float, to_y: float, anchor: str) -> tuple[Shape, ...]:
    apart = one.state != "with_bond"
    style = "line apart" if apart else "line"
    bond = f"bond {one.bond} ({one.bond_name}) on {one.bond_is_on or NOWHERE}"
    title = f"{one.public_ip} is on {one.owner or NOWHERE}, {bond}"
    text = "strong accent" if apart else ""
    return linked(
        f"#{anchor}",
        title,
        curve(LEFT, y, LEFT + GAP, to_y, style),
        label(10, y + 4, one.public_ip, text, 118),
        label(130, y + 4, one.key, "small muted", LEFT - 138),
        label(LEFT + GAP + 10, to_y + 4, f"bond {one.bond} {one.bond_name}", text, RIGHT - 20),
    )
