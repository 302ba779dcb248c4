# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the zones: a tile for each aggregator, coarse where a zone has many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..network import NOT_READ
from ..view import MARKS, Figure, Picture, Shape, Status, counted
from .drawing import SMALL, fitted, label, linked

WIDTH, PADDING, HEAD = 344, 10, 34
MOST_LARGE = 12
"""Aggregators of a zone up to which each has a large tile."""


@dataclass(frozen=True)
class Tile:
    """An aggregator in the picture of its zone."""

    host: str
    region: str
    zone: str
    status: Status
    words: str
    """State in words: "up", "stopped"."""
    addresses: int | None
    gateways: int | None
    bonds: int | None
    """Numbers, None where they were not read."""
    anchor: str

    @property
    def title(self) -> str:
        """Return the tile in words."""
        counts = (
            counted(self.bonds, "bond") if self.bonds is not None else "",
            counted(self.addresses, "address", "addresses") if self.addresses is not None else "",
            counted(self.gateways, "gateway") if self.gateways is not None else "",
        )
        return "; ".join(filter(None, (f"{self.host}: {self.words}", ", ".join(filter(None, counts)))))


def zone_figures(tiles: Iterable[Tile]) -> list[Figure]:
    """Return a figure for each region, with a picture for each zone, both by their names."""
    regions: dict[str, dict[str, list[Tile]]] = {}
    for tile in tiles:
        regions.setdefault(tile.region, {}).setdefault(tile.zone, []).append(tile)
    return [
        Figure(
            [_picture(zone or "no zone known", listed) for zone, listed in sorted(zones.items())],
            region or "not on AWS, or region not known",
            f"{counted(sum(map(len, zones.values())), 'aggregator')} in {counted(len(zones), 'zone')}",
        )
        for region, zones in sorted(regions.items(), key=lambda one: (one[0] == "", one[0]))
    ]


def _picture(zone: str, tiles: Sequence[Tile]) -> Picture:
    large = len(tiles) <= MOST_LARGE
    columns, height, gap = (2, 54, 8) if large else (4, 26, 5)
    width = (WIDTH - 2 * PADDING - (columns - 1) * gap) / columns
    shapes: list[Shape] = []
    for number, tile in enumerate(tiles):
        x = PADDING + number % columns * (width + gap)
        y = HEAD + number // columns * (height + gap)
        draw = _large if large else _small
        shapes += linked(f"#{tile.anchor}", tile.title, *draw(tile, x, y, width, height))
    rows = -(-len(tiles) // columns)
    total = HEAD + rows * (height + gap) - gap + PADDING
    unread = sum((tile.status, tile.words) == NOT_READ for tile in tiles)
    down = sum(tile.status != "good" for tile in tiles) - unread
    head = counted(len(tiles), "aggregator") + (f", {down} not up" if down else "")
    head += f", {unread} {NOT_READ[1]}" if unread else ""
    frame = (
        Shape("box", 0.5, 0.5, WIDTH - 1, total - 1, "frame"),
        label(PADDING, 22, zone, "strong", WIDTH / 2 - PADDING),
        Shape("text", WIDTH - PADDING, 22, style="small muted", text=head, anchor="end"),
    )
    words = f"Aggregators in {zone}: " + "; ".join(tile.title for tile in tiles if large) if large else head
    return Picture(WIDTH, int(total), zone, words, (*frame, *shapes))


def _large(tile: Tile, x: float, y: float, width: float, height: float) -> tuple[Shape, ...]:
    counts = [counted(tile.addresses, "address", "addresses")] if tile.addresses else []
    counts += [counted(tile.gateways, "gateway")] if tile.gateways else []
    none = [f"no {noun}" for noun, count in (("address", tile.addresses), ("gateway", tile.gateways)) if count == 0]
    bonds = "" if tile.bonds is None else f" · {counted(tile.bonds, 'bond')}"
    return (
        Shape("box", x, y, width, height, f"tile {tile.status}"),
        label(x + 9, y + 18, f"{MARKS[tile.status]}", f"mark {tile.status}"),
        label(x + 24, y + 18, tile.host, "strong", width - 32),
        label(x + 9, y + 33, f"{tile.words}{bonds}", "small", width - 16),
        label(x + 9, y + 47, " · ".join(counts) or ", ".join(none), "small muted", width - 16),
    )


def _small(tile: Tile, x: float, y: float, width: float, height: float) -> tuple[Shape, ...]:
    return (
        Shape("box", x, y, width, height, f"tile {tile.status}"),
        label(x + 5, y + 17, MARKS[tile.status], f"small mark {tile.status}"),
        Shape("text", x + 17, y + 17, style="small", text=fitted(tile.host, width - 21, SMALL)),
    )
