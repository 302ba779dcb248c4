# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan in lines for people."""

from __future__ import annotations

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.items import Item
from ansible_collections.bonded.internet.plugins.module_utils._design.limits import Line
from ansible_collections.bonded.internet.plugins.module_utils._plan.text import lines_of
from ansible_collections.bonded.internet.plugins.module_utils._plan.work import Plan


def item(verb: Any, kind: str, key: str, phase: Any, part: str, **more: Any) -> Item:
    given = {"parent": "", "before": None, "after": None, "host": None, **more}
    return Item("aws", verb, kind, key=key, phase=phase, part=part, **given)


def plan(*items: Item, deferred: list[tuple[Item, str]] | None = None) -> Plan:
    return Plan(list(items), deferred or [], {})


NEW = item("create", "elastic_ip", "cpe-nat/bond-17", "add", "cpe_nat")
GONE = item("delete", "vpc", "vpc/acme", "remove", "private_wan")


def test_nothing_to_do_is_a_sentence_and_nothing_else() -> None:
    limit = Line("VPCs", "eu-central-1", 1, 0, 5, "AWS")
    says = "Nothing to do: AWS and the server are as the inventory says."
    assert lines_of(plan(), [limit], [], absent=False) == [says]
    assert lines_of(plan(), [], [], absent=True) == ["Nothing of this network is left."]
    left = [(GONE, "no --tags gateways"), (NEW, "agg2 is not in the play"), (NEW, "agg2 is not in the play")]
    assert lines_of(plan(deferred=left), [], [], absent=False) == [
        says,
        "Left for another run: 2 (agg2 is not in the play)",
        "Left for another run: 1 (no --tags gateways)",
    ]


def test_each_change_is_a_line_with_what_it_interrupts() -> None:
    words: dict[str, Any] = {"disruptive": True, "interrupts": "inbound connections to 198.51.100.1"}
    moved = item("update", "address_association", "cpe-nat/bond-17", "switch", "cpe_nat", host="agg2", **words)
    route = item("update", "route", "0.0.0.0/0", "switch", "gateways", **{**words, "parent": "rtb/acme"})
    mesh = item("create", "vxlan_interface", "vx11", "add", "private_wan", host="agg1", parent="aggregators/7")
    lines = [
        "add     create elastic_ip cpe-nat/bond-17",
        "add     create vxlan_interface vx11 on agg1",
        "switch  update address_association cpe-nat/bond-17 on agg2, INTERRUPTS inbound connections to 198.51.100.1",
        "switch  update route 0.0.0.0/0 of rtb/acme, INTERRUPTS inbound connections to 198.51.100.1",
        "remove  delete vpc vpc/acme",
        "",
        "phase         cpe_nat  private_wan     gateways     together",
        "add                 1            1            0            2",
        "switch              1            0            1            2",
        "remove              0            1            0            1",
    ]
    assert lines_of(plan(NEW, moved, route, GONE, mesh), [], [], absent=False) == lines
    assert lines_of(plan(mesh, GONE, route, moved, NEW), [], [], absent=False) == lines


def test_limits_and_costs_come_after_it() -> None:
    limits = [
        Line("Elastic IPs", "eu-central-1", 1, 11, 20, "AWS"),
        Line("routes", "rtb/acme", 0, 2, 50, "AWS's default"),
    ]
    costs = [
        {"things": "public IPv4 addresses", "change": 11, "usd_per_month": 40.15, "without": ""},
        {"things": "NAT gateways", "change": -1, "usd_per_month": -32.85, "without": "and 0.045 a gigabyte"},
    ]
    assert lines_of(plan(NEW), limits, costs, absent=False)[6:] == [
        "limit              where                                             there   new  most  left  says",
        "Elastic IPs        eu-central-1                                          1    11    20     8  AWS",
        "routes             rtb/acme                                              0     2    50    48  AWS's default",
        "+11 public IPv4 addresses: +40.15 USD a month",
        "-1 NAT gateways: -32.85 USD a month and 0.045 a gigabyte",
        "(at AWS's list prices of us-east-1, 2024-02-01; other regions differ)",
    ]


def test_a_limit_is_shown_by_itself_where_it_is_nearly_reached() -> None:
    limits = [Line("Elastic IPs", "eu-central-1", 5, 11, 20, "AWS"), Line("VPCs", "eu-central-1", 1, 2, 5, "AWS")]
    shown = lines_of(plan(NEW), limits, [], absent=False, all_limits=False)[6:]
    assert [line.split()[0] for line in shown] == ["limit", "Elastic"]
    assert lines_of(plan(NEW), limits[1:], [], absent=False, all_limits=False)[6:] == []
