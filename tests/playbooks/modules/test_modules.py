# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules for one object and those for information, in a playbook, judged by the server's state and log."""

from __future__ import annotations

import pathlib
from typing import Any

from tests.playbooks.running import Outcome, Site

PLAYBOOK = pathlib.Path(__file__).parent / "modules.yml"


def run(empty: Site, wanted: str, *options: str) -> Outcome:
    outcome = empty.run(PLAYBOOK, *options, extra={"wanted": wanted})
    assert outcome.code == 0, outcome.output
    return outcome


def state(empty: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    return empty.aggregator("agg1"), empty.bond(23)


def test_present_unchanged_and_absent(empty: Site) -> None:
    before = state(empty)
    run(empty, "present", "--check")
    assert empty.writes() == []
    made = run(empty, "present")
    assert made.changed == 7
    aggregator, bond = state(empty)
    (vxlan,) = [item for item in aggregator["interfaces"] if item["name"] == "vxmine"]
    assert (vxlan["space"], vxlan["vni"], vxlan["addresses"]) == ("acme", 4242, ["192.0.2.1/29"])
    assert vxlan["endpoints"] == [{"ip": "10.1.1.12", "vni": 4242}]
    (ethernet,) = [item for item in aggregator["interfaces"] if item["name"] == "ens8"]
    assert (ethernet["type"], ethernet["addresses"]) == ("ethernet", ["192.0.2.17/29"])
    (protocol,) = aggregator["protocols"]
    assert (protocol["name"], protocol["protocol"], protocol["active"]) == ("mine", "babel", True)
    assert protocol["export_ipv4"] == {"mode": "filter", "filter": "mine"}
    assert [item["name"] for item in aggregator["filters"]] == ["mine"]
    (nat,) = bond["cpe_nat_ips"]
    assert (nat["ip"], nat["nat_ip"]) == ("10.1.1.77", "192.168.23.10")
    assert {item["ip"] for item in bond["connected_ips"]} >= {"192.168.23.1/24"}
    assert run(empty, "present").changed == 0
    assert empty.writes() == []
    run(empty, "absent", "--check")
    assert empty.writes() == []
    run(empty, "absent")
    assert state(empty) == before
    assert run(empty, "absent").changed == 0
    assert empty.writes() == []
