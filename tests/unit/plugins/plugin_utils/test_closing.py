# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._closing import WIDTH, closing_lines, wrapped

STARTED = "2026-11-29T07:26:43Z"
BEGAN = datetime(2026, 11, 29, 7, 26, 43, tzinfo=UTC)
COUNTS = {"add": 120, "switch": 0, "remove": 9}


def closing(counts: dict[str, int], *left: str, seconds: float = 41, made: bool = True) -> list[str]:
    return closing_lines("demo", counts, left, STARTED, BEGAN + timedelta(seconds=seconds), made=made)


def test_a_run_says_what_it_made_what_it_left_and_how_long_it_took() -> None:
    assert closing(COUNTS, "2 changes for another run", "1 difference that no run changes") == [
        "Made 129 changes of the network demo: add 120, remove 9.",
        "Left: 2 changes for another run, 1 difference that no run changes.",
        "Took 41 s, from 07:26:43 to 07:27:24 UTC.",
    ]


@pytest.mark.parametrize(
    ("counts", "made", "says"),
    [
        (COUNTS, False, "Planned 129 changes of the network demo, and made none: add 120, remove 9."),
        ({"add": 1, "remove": 0}, True, "Made 1 change of the network demo: add 1."),
        ({"add": 0, "remove": 0}, True, "Nothing to change in the network demo."),
        ({"add": 0, "remove": 0}, False, "Nothing to change in the network demo."),
    ],
)
def test_a_run_that_made_nothing_does_not_say_so(counts: dict[str, int], made: bool, says: str) -> None:
    assert closing(counts, made=made)[:2] == [says, "Left: nothing."]


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (0.2, "Took 0 s, from 07:26:43 to 07:26:43 UTC."),
        (59.4, "Took 59 s, from 07:26:43 to 07:27:42 UTC."),
        (200, "Took 3 min 20 s, from 07:26:43 to 07:30:03 UTC."),
        (-3600, "Took 0 s, from 07:26:43 to 06:26:43 UTC."),
    ],
)
def test_times_are_in_seconds_and_minutes(seconds: float, says: str) -> None:
    assert closing(COUNTS, seconds=seconds)[2] == says


def test_long_lines_are_broken_between_words_and_indented() -> None:
    line = "switch  update route 0.0.0.0/0 of rtb/acme on agg1, INTERRUPTS " + "the connections of the gateway " * 3
    pieces = list(wrapped([line.rstrip(), "", "add     create vpc vpc/acme"]))
    assert pieces[-2:] == ["", "add     create vpc vpc/acme"]
    assert all(len(piece) <= WIDTH for piece in pieces)
    assert pieces[1].startswith(" " * 8)
    assert " ".join(piece.strip() for piece in pieces[:2]) == line.rstrip()


def test_a_word_that_is_longer_than_a_line_stays_whole() -> None:
    digest = "x" * (WIDTH + 20)
    assert [piece.strip() for piece in wrapped([f"digest {digest}"])] == ["digest", digest]
