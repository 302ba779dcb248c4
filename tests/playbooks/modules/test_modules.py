# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules for one object and those for information, in a playbook, judged by the server's state and log."""

from __future__ import annotations

import pathlib
from typing import Any

from lab.demo.playbook import Outcome
from tests.playbooks.conftest import Lab

PLAYBOOK = pathlib.Path(__file__).parent / "modules.yml"


def run(lab: Lab, wanted: str, *options: str) -> Outcome:
    outcome = lab.run_playbook(PLAYBOOK, *options, extra={"wanted": wanted})
    assert outcome.rc == 0, outcome.stdout
    return outcome


def state(lab: Lab) -> tuple[dict[str, Any], dict[str, Any]]:
    return lab.aggregator("agg1"), lab.bond(23)


def test_present_unchanged_and_absent(lab: Lab) -> None:
    before = state(lab)
    run(lab, "present", "--check")
    assert lab.writes() == []
    made = run(lab, "present")
    assert made.changed == 7
    aggregator, bond = state(lab)
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
    assert run(lab, "present").changed == 0
    assert lab.writes() == []
    run(lab, "absent", "--check")
    assert lab.writes() == []
    run(lab, "absent")
    assert state(lab) == before
    assert run(lab, "absent").changed == 0
    assert lab.writes() == []
