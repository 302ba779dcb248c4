# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts and lines inside a picture: estimated widths, texts cut to fit, curves."""

from __future__ import annotations

import unicodedata

from ..view import Shape

SIZE, SMALL = 13, 11
"""Font sizes of a picture in pixels."""
_NARROW, _WIDE = "iljtfrI.,:;'|!()[]/ -", "mwMW@%&"


def width_of(text: str, size: float = SIZE) -> float:
    """Return the estimated width of a text in pixels: fonts differ, so a little more than most need."""
    return sum(map(_em, text)) * size


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in _NARROW:
        return 0.34
    if letter in _WIDE:
        return 0.92
    return 0.68 if letter.isupper() else 0.57


def fitted(text: str, width: float, size: float = SIZE) -> str:
    """Return a text that is no wider than this, cut at its end with an ellipsis."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def label(x: float, y: float, text: str, style: str = "", width: float | None = None) -> Shape:
    """Return a text that begins at x, on the base line y, cut to a width."""
    size = SMALL if "small" in style.split() else SIZE
    return Shape("text", x, y, style=style, text=text if width is None else fitted(text, width, size))


def curve(x: float, y: float, to_x: float, to_y: float, style: str) -> Shape:
    """Return a line between two points that leaves and arrives level."""
    if y == to_y:
        return Shape("path", style=style, text=f"M{x:g} {y:g}H{to_x:g}")
    middle = (x + to_x) / 2
    return Shape("path", style=style, text=f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}")


def linked(href: str, title: str, *shapes: Shape) -> tuple[Shape, ...]:
    """Return shapes that lead to a place when they are clicked; a pointer over them shows the title."""
    return (Shape("open", href=href, text=title), *shapes, Shape("close"))
