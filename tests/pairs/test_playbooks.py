# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One short pair by site.yml; `make changes` has sixty whole ones, each killed at one write."""

from __future__ import annotations

import pathlib

from tests.pairs.playbooks import judge_whole, whole_pair
from tests.playbooks.running import started

SHORT = 3


def test_a_short_pair_by_whole_playbooks(tmp_path: pathlib.Path) -> None:
    with started(tmp_path) as site:
        judged = judge_whole(whole_pair(SHORT, short=True), site, killed=False)
    assert (judged.refused, judged.broken) == ("", [])
    assert judged.steps > 3
