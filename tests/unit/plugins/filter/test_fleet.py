# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter fleet: what is handed on of each host's own side."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.filter.fleet import fleet


@pytest.mark.parametrize(
    ("result", "found"),
    [
        (None, None),
        ({"skipped": True, "changed": False}, None),
        (
            {"unreachable": True, "msg": "Failed to connect to the host via ssh. "},
            "Failed to connect to the host via ssh",
        ),
        ({"host": {"devices": []}, "missing": []}, {"devices": []}),
        ({"failed": True, "msg": "no python"}, None),
    ],
)
def test_what_was_read_of_a_host_is_handed_on(result: Any, found: Any) -> None:
    variables = {"bonding_host_found": result} if result is not None else {}
    (entry,) = fleet(["agg1"], {"agg1": variables})
    assert entry.get("found") == ({"unreachable": found} if isinstance(found, str) else found)
    assert entry["host_side"] is True


def test_the_hosts_side_is_on_unless_it_is_turned_off() -> None:
    hosts = {"agg1": {"bonding_host_side": False, "bonding_host_skip": ["settle"]}, "agg2": {}}
    one, two = fleet(list(hosts), hosts)
    assert (one["host_side"], one["host_skip"], two["host_side"], "host_skip" in two) == (
        False,
        ["settle"],
        True,
        False,
    )
