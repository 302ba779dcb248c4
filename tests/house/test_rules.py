# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house are kept by the checkout itself."""

from __future__ import annotations

import pytest

from tools.fresh_copy import ROOT
from tools.house import RULES
from tools.house.files import EXCUSED


@pytest.mark.parametrize("title", RULES)
def test_rule_is_kept(title: str) -> None:
    assert RULES[title](ROOT) == []


def test_only_the_event_source_is_excused_from_the_length_limit() -> None:
    assert list(EXCUSED) == ["extensions/eda/plugins/event_source/bonds.py"]
