# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Foreign text in messages."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._printable import printable, printable_all


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zürich, 東京, café 🙂", "Zürich, 東京, café 🙂"),
        ("\x1b[2J\x1b]0;pwned\x07", r"\x1b[2J\x1b]0;pwned\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\nlocalhost : ok=1\r\tb\u2028c\u2029d\x85e\u00a0f", "a localhost : ok=1  b c d e f"),
        ("\u202ecod.exe\u2066", r"\u202ecod.exe\u2066"),
        ("a\u200bb\ufeff\ud800\U000e0041", r"a\u200bb\ufeff\ud800\U000e0041"),
        (5, "5"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(printable(text)) == shown


def test_no_character_that_a_terminal_acts_on_is_left() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert printable(everything).isprintable()


def test_nested_values() -> None:
    value = {"a\x1b": ["\n", ("b\x07",)], "n": 5, "t": True, "z": None}
    assert printable_all(value) == {r"a\x1b": [" ", [r"b\x07"]], "n": 5, "t": True, "z": None}
