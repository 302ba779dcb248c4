# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a path's traffic says about losses and silence."""

from __future__ import annotations

from lab.packets.probes import Path, Traffic

PATH = Path("any", "inet", "192.0.2.1")


def test_losses_and_the_longest_silence() -> None:
    traffic = Traffic(PATH, sent=[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], back={0, 1, 4, 5})
    assert traffic.lost() == [2, 3]
    assert traffic.gap() == 3.0


def test_silence_until_the_end_counts() -> None:
    assert Traffic(PATH, sent=[0.0, 1.0, 2.0, 5.0], back={0, 1}).gap() == 4.0


def test_nothing_came_back() -> None:
    traffic = Traffic(PATH, sent=[1.0, 2.0, 4.0])
    assert (traffic.lost(), traffic.gap()) == ([0, 1, 2], 3.0)
