# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""follow_bonds.yml and site.yml at once: one is held at a write, the other runs whole, the one goes on.

AWX keeps two jobs of one template apart, and no two of different ones.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.recording import doubled
from tests.playbooks.running import Json, Outcome, Site, demo_hosts

from .following import check_bonds, interfaces, must_pass, take

WRITES = "|".join(f"{verb}.*" for verb in ("Create", "Delete", "Assign", "Unassign", "Associate", "Allocate"))
PATIENCE = 300.0
SPARE = {
    "bond": "globex-paris",
    "interface": "eth2",
    "connected_ip": "192.168.99.1/24",
    "nat_ip": "192.168.99.10",
}
"""An entry that site.yml has to make."""
ENDS = {
    "bond-17": ("agg3", "agg1"),
    "bond-18": ("agg2", None),
    "bond-19": ("agg2", "agg1"),
}
"""Host of an address and its tag `followed_from`, whoever was first."""


def held(site: Site, first: str, second: str, number: int) -> tuple[Outcome, Outcome]:
    """Let the first run write so often, the second one run whole, and the first one go on."""
    site.cloud.faults([{"action": WRITES, "kind": "hold", "after": number}])
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(site.run, first)
        deadline = time.monotonic() + PATIENCE
        while not site.cloud.control("GET", "held"):
            assert not running.done(), running.result().output
            assert time.monotonic() < deadline
            time.sleep(0.05)
        site.cloud.control("DELETE", "faults")
        try:
            other = site.run(second)
        finally:
            site.cloud.control("POST", "release")
        return running.result(), other


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        ("follow_bonds", "site", 0),
        ("follow_bonds", "site", 2),
        ("site", "follow_bonds", 0),
        ("site", "follow_bonds", 2),
    ],
)
def test_both_orders_end_alike(network: Site, variables: Json, first: str, second: str, number: int) -> None:
    """Check that a run that loses a race says so, and that the next run finishes."""
    take(network, ("move", "17", "agg3"))
    entries = [*variables["bonding_cpe_nat_ips"], SPARE]
    site = network.write_inventory("beside", demo_hosts(), {**variables, "bonding_cpe_nat_ips": entries})
    for outcome in held(site, first, second, number):
        assert outcome.code == 0 or "Run again to finish." in outcome.problems, outcome.output
    must_pass(site.run("follow_bonds"))
    must_pass(site.run("site"))
    hosts, addresses = interfaces(site), site.ours("addresses")
    found = {key: addresses[f"cpe-nat/{key}"] for key in ENDS}
    assert {
        key: (hosts[one["network_interface_id"]], one["tags"].get("bonded.internet/followed_from"))
        for key, one in found.items()
    } == ENDS
    assert not [one for one in addresses.values() if "bonded.internet/moving_from" in one["tags"]]
    assert addresses["cpe-nat/bond-21"]["association_id"]
    check_bonds(site)
    assert doubled(site.server.state(), site.cloud.state()) == []
    again = site.run("site")
    assert (again.code, again.writes) == (0, []), again.output
