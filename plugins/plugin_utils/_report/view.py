# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a page: tables of cells, pictures of shapes, and the sections that they are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["", "good", "warn", "bad", "unknown"]
MARKS: dict[str, str] = {"": "", "good": "●", "warn": "▲", "bad": "■", "unknown": "○"}
"""A sign of each status, so that no status is told by its colour alone."""
MOST_OPEN = 30
"""Rows up to which a table is shown in one piece."""
MOST_GROUPS, LEAST_ROWS = 24, 50
"""Groups that a table has about at most, and rows of a group that was joined to make them fewer."""


@dataclass(frozen=True)
class Cell:
    """A cell: a text with a second line below it."""

    text: str = ""
    href: str = ""
    status: Status = ""
    below: str = ""
    below_href: str = ""

    @property
    def mark(self) -> str:
        """Return the sign of the status."""
        return MARKS[self.status]


@dataclass(frozen=True)
class Row:
    """A row, with the anchor that others lead to."""

    cells: Sequence[Cell]
    anchor: str = ""

    @property
    def is_marked(self) -> bool:
        """Return True if a cell wants attention."""
        return any(cell.status in ("warn", "bad") for cell in self.cells)


@dataclass(frozen=True)
class Group:
    """Rows under one title, folded where there are many."""

    title: str
    rows: Sequence[Row]
    note: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Column:
    """The head of a column; numbers are set to the right, and sentences in lines of their own."""

    title: str
    is_number: bool = False
    is_prose: bool = False

    @property
    def style(self) -> str:
        """Return the class of the column's cells."""
        return "number" if self.is_number else "prose" if self.is_prose else ""


@dataclass(frozen=True)
class TableView:
    """A table in groups: with one group without a title it is a plain table."""

    columns: Sequence[Column]
    groups: Sequence[Group]
    empty: str = ""
    """The sentence in place of a table without rows."""

    @property
    def rows(self) -> int:
        """Return the number of all rows."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def style(self) -> str:
        """Return the class of the table: one of sentences is stacked where the window is narrow."""
        if not self.columns:
            return "facts"
        return "stacked" if any(column.is_prose for column in self.columns) else "plain"

    @property
    def styles(self) -> list[str]:
        """Return the class of each cell of a row; in a table without heads the second cell is prose."""
        return [column.style for column in self.columns] or ["", "prose"]

    @property
    def is_folded(self) -> bool:
        """Return True if each group is folded below its title."""
        return any(group.title for group in self.groups)


def grouped(columns: Sequence[Column], rows: Iterable[tuple[str, Row]], empty: str = "", opened: str = "") -> TableView:
    """Return a table whose rows are grouped by the title before each; a small one stays in one piece.

    Groups that follow each other are joined where there would be very many.

    :param opened: the title of the group that is not folded
    """
    titled = list(rows)
    if len(titled) <= MOST_OPEN:
        return TableView(columns, [Group("", [row for _title, row in titled])] if titled else [], empty)
    groups: dict[str, list[Row]] = {}
    for title, row in titled:
        groups.setdefault(title, []).append(row)
    many = len(groups) > MOST_GROUPS
    return TableView(columns, _joined(groups, len(titled)) if many else _folded(groups, opened), empty)


def _folded(groups: Mapping[str, Sequence[Row]], opened: str) -> list[Group]:
    return [Group(title, listed, _note(listed), title == opened) for title, listed in groups.items()]


def _note(rows: Sequence[Row]) -> str:
    """Return the number of rows, and of those that want attention, for the title of what is folded."""
    marked = sum(row.is_marked for row in rows)
    return f"{marked:,} of {len(rows):,} marked" if marked else counted(len(rows), "row")


def _joined(groups: Mapping[str, Sequence[Row]], total: int) -> list[Group]:
    """Return about as many groups as a table may have, of like sizes: "customer-1 to customer-9"."""
    share, joined = max(LEAST_ROWS, -(-total // MOST_GROUPS)), list[Group]()
    first, listed = "", list[Row]()
    for title, mine in groups.items():
        first = first or title
        listed += mine
        if len(listed) >= share:
            joined.append(_range(first, title, listed))
            first, listed = "", []
    if listed:
        joined.append(_range(first, title, listed))
    return joined


def _range(first: str, last: str, rows: Sequence[Row]) -> Group:
    return Group(first if first == last else f"{first} to {last}", rows, _note(rows))


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: "1 bond", "2 bonds"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


@dataclass(frozen=True)
class Shape:
    """A shape of a picture. What of the fields counts depends on the kind."""

    kind: Literal["box", "text", "path", "open", "close"]
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    style: str = ""
    text: str = ""
    anchor: Literal["start", "middle", "end"] = "start"
    href: str = ""
    """Of `open` the place that the shapes up to `close` lead to; its `text` is their title."""


@dataclass(frozen=True)
class Picture:
    """A picture at its natural size, with what it says in words."""

    width: int
    height: int
    title: str
    words: str
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class Figure:
    """Pictures side by side under a heading."""

    pictures: Sequence[Picture]
    title: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Block:
    """A part of a section: a sentence, pictures or a table, under a heading; folded if `fold` is the title."""

    title: str = ""
    text: str = ""
    figures: Sequence[Figure] = ()
    table: TableView | None = None
    blocks: Sequence[Block] = ()
    anchor: str = ""
    note: str = ""
    is_folded: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Section:
    """A section, which the page's index leads to by its label."""

    anchor: str
    label: str
    title: str
    intro: str = ""
    blocks: Sequence[Block] = ()


@dataclass(frozen=True)
class KeyFigure:
    """A number at the head of the page."""

    number: str
    label: str
    note: str = ""
    status: Status = ""
    href: str = ""

    @property
    def mark(self) -> str:
        """Return the sign of the status."""
        return MARKS[self.status]


@dataclass(frozen=True)
class Page:
    """The whole page."""

    title: str
    made: str
    lead: str
    figures: Sequence[KeyFigure]
    sections: Sequence[Section] = field(default_factory=tuple)
