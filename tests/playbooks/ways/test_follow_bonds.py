# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses that follow their bonds, and that leave an aggregator; test_follow_table.py has the other rows."""

from __future__ import annotations

import pytest

from tests.playbooks.running import Json, Site

from .follow_table import FIRST, ROWS
from .following import judge_row


@pytest.mark.parametrize("name", FIRST)
def test_row(network: Site, variables: Json, name: str) -> None:
    judge_row(ROWS[name], network, variables)
