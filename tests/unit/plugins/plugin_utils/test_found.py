# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a host that are passed on to network_plan."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._found import found_of


@pytest.mark.parametrize(
    ("result", "found"),
    [
        (None, None),
        ({"skipped": True, "changed": False}, None),
        ({"unreachable": True, "msg": "Failed to connect. "}, {"unreachable": "Failed to connect"}),
        ({"unreachable": True, "msg": "no\x1b[2J\nok=1"}, {"unreachable": r"no\x1b[2J ok=1"}),
        ({"host": {"devices": []}, "missing": []}, {"devices": []}),
        ({"failed": True, "msg": "no python"}, {"unreachable": "no python"}),
    ],
)
def test_what_was_read_of_a_host_is_handed_on(result: Any, found: Any) -> None:
    assert found_of(result) == found
