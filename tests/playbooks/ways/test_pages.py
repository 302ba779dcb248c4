# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large account: EC2 gives every listing in small pages, and lists no interfaces unpaged by tags."""

from __future__ import annotations

from tests.playbooks.running import Site, demo_variables


def test_the_demonstration_in_pages_of_two(empty: Site) -> None:
    # No listing of the demonstration has more than five objects.
    empty.cloud.control("POST", "pages", {"pages": 2, "refuse_unpaged": True})
    first = empty.run("site")
    assert first.code == 0, first.output
    assert any("NextToken" in entry["params"] for entry in first.aws)
    again = empty.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output
    gone = empty.run("teardown", extra={"bonding_confirm_teardown": demo_variables()["bonding_network"]})
    assert gone.code == 0, gone.output
    assert empty.ours("network_interfaces") == {} == empty.ours("vpcs")
