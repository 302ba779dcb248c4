# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan in lines for people."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.checks.kept_addresses import KeptAddress
from ansible_collections.bonded.internet.plugins.module_utils._design.checks.prices import MonthlyCost
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import (
    DeviationDrift,
    Drift,
    Relocation,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import WAITS_FOR_ADOPTION, PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.quotas import QuotaUsage
from ansible_collections.bonded.internet.plugins.module_utils._plan.role_inputs import Plan
from ansible_collections.bonded.internet.plugins.module_utils._plan.summary import (
    MOST_KEPT,
    WIDTH,
    counts_of,
    deviation_lines,
    left_of,
    lines_of,
    nothing_left,
    nothing_to_do,
    nothing_to_move,
)


def item(verb: Any, kind: str, key: str, phase: Any, part: str, **more: Any) -> PlannedChange:
    given = {"parent": "", "before": None, "after": None, "host": None, **more}
    return PlannedChange("aws", verb, kind, key=key, phase=phase, part=part, **given)


def plan(*items: PlannedChange, deferred: list[tuple[PlannedChange, str]] | None = None) -> Plan:
    return Plan(list(items), deferred or [])


NOTHING = "Nothing to do: AWS and the server are as the inventory says."
NEW = item("create", "elastic_ip", "cpe-nat/bond-17", "add", "cpe_nat")
GONE = item("delete", "vpc", "vpc/acme", "remove", "private_wan")


def test_nothing_to_do_is_a_sentence_and_nothing_else() -> None:
    limit = QuotaUsage("VPCs", "eu-central-1", 1, 0, 5, "AWS")
    assert lines_of(plan(), [limit], [], NOTHING) == [NOTHING]
    left = [(GONE, "no --tags gateways"), (NEW, "agg2 is not in the play"), (NEW, "agg2 is not in the play")]
    assert lines_of(plan(deferred=left), [], [], NOTHING) == [
        NOTHING,
        "Left for another run: 2 (agg2 is not in the play)",
        "Left for another run: 1 (no --tags gateways)",
    ]


def test_a_move_that_a_limit_leaves_out_is_no_nothing() -> None:
    given = Relocation(evacuate="agg1")
    assert nothing_to_move(given, is_limited=False).endswith("agg1 has no public address or gateway that can leave it.")
    assert "left for another run" in nothing_to_move(given, is_limited=True)


def test_the_aggregator_is_named_where_a_host_changes_objects_of_two() -> None:
    def changed(number: int, host: str) -> PlannedChange:
        return item("update", "filter", "f", "add", "private_wan", parent=f"aggregators/{number}", host=host)

    lines = lines_of(plan(changed(7, "agg3"), changed(1007, "agg3"), changed(12, "agg2")), [], [], NOTHING)
    assert lines[:3] == [
        "add     update filter f on agg2",
        "add     update filter f of aggregators/1007 on agg3",
        "add     update filter f of aggregators/7 on agg3",
    ]


def test_adoptions_come_first_and_have_a_row_and_a_count_only_where_there_are_any() -> None:
    more = {"host": "agg3", "parent": "eipalloc-1"}
    adopted = item("update", "ownership_tags", "cpe-nat/bond-20", "adopt", "cpe_nat", **more)
    lines = lines_of(plan(NEW, adopted), [], [], NOTHING)
    assert lines[0] == "adopt   update ownership_tags cpe-nat/bond-20 of eipalloc-1 on agg3"
    assert [line.split()[0] for line in lines[3:]] == ["phase", "adopt", "add", "switch", "remove"]
    assert counts_of([NEW, adopted]) == {"adopt": 1, "add": 1, "switch": 0, "remove": 0}
    assert [line.split()[0] for line in lines_of(plan(NEW), [], [], NOTHING)[2:]] == [
        "phase",
        "add",
        "switch",
        "remove",
    ]
    assert counts_of([NEW]) == {"add": 1, "switch": 0, "remove": 0}


def test_what_waits_for_an_adoption_is_listed_with_its_fields() -> None:
    change = item("update", "network_interface", "gateway/acme/agg1", "add", "gateways", after={"b": 1, "a": 2})
    left = [(change, WAITS_FOR_ADOPTION), (GONE, "no --tags gateways"), (NEW, WAITS_FOR_ADOPTION)]
    adopted = item("update", "ownership_tags", "cpe-nat/bond-20", "adopt", "cpe_nat")
    assert lines_of(plan(adopted, deferred=left), [], [], NOTHING)[-4:] == [
        "later   add     create elastic_ip cpe-nat/bond-17",
        "later   add     update network_interface gateway/acme/agg1: a, b",
        "Left for another run: 1 (no --tags gateways)",
        f"Left for another run: 2 ({WAITS_FOR_ADOPTION})",
    ]


@pytest.mark.parametrize(
    ("count", "lines"),
    [
        (0, []),
        (1, ["Left as found: 1 object differs from the inventory (bonding_deviations)."]),
        (3, ["Left as found: 3 objects differ from the inventory (bonding_deviations)."]),
    ],
)
def test_deviations_are_counted_and_other_drift_is_not(count: int, lines: list[str]) -> None:
    moved = Drift("bond_moved", 17, "agg1", "agg3", "bond-17", "")
    deviation = DeviationDrift("deviation", "agg1", "vxacme", None, ("mtu",), False, "")
    assert deviation_lines([moved, *([deviation] * count)]) == lines


def kept(*keys: str, adopted: bool = False, price: float = 3.65) -> list[KeptAddress]:
    numbered = enumerate(keys, 1)
    return [KeptAddress(f"198.51.100.{n}", f"eipalloc-{n}", key, adopted, price) for n, key in numbered]


def test_kept_addresses_are_listed_with_their_price_in_every_plan() -> None:
    addresses = [*kept("cpe-nat/bond-17"), *kept("cpe-nat/b", adopted=True), *kept("cpe-nat/c", price=0.0)]
    lines = [
        "kept    Elastic IP 198.51.100.1 of cpe-nat/bond-17: 3.65 USD a month",
        "kept    Elastic IP 198.51.100.1 of cpe-nat/b: 3.65 USD a month, the account had it before",
        "kept    Elastic IP 198.51.100.1 of cpe-nat/c: free of charge",
        "Kept and used by nothing: 3 Elastic IPs, 7.30 USD a month. bonding_prune_elastic_ips: true releases for ever "
        "those that the inventory does not name and the network has allocated itself.",
    ]
    assert lines_of(plan(), [], [], NOTHING, kept=addresses) == [NOTHING, *lines]
    assert lines_of(plan(NEW), [], [], NOTHING, kept=addresses)[-4:] == lines


def test_many_kept_addresses_are_counted() -> None:
    lines = lines_of(plan(), [], [], NOTHING, kept=kept(*(f"cpe-nat/{n}" for n in range(25))))
    assert len(lines) == 1 + MOST_KEPT + 2
    assert lines[-2] == "kept    ... and 5 more"
    assert lines[-1].startswith("Kept and used by nothing: 25 Elastic IPs, 91.25 USD a month.")


@pytest.mark.parametrize(
    ("aws", "asked", "unasked", "says"),
    [
        (True, [], ["agg1"], NOTHING),
        (False, [], ["agg1"], "Nothing to do: the server is as the inventory says."),
        (True, ["agg1"], [], "Nothing to do: AWS, the server and the aggregators are as the inventory says."),
        (
            True,
            ["agg3", "agg1"],
            ["agg2"],
            "Nothing to do: AWS, the server, agg1 and agg3 are as the inventory says. Not asked: agg2.",
        ),
    ],
)
def test_only_who_was_asked_is_as_the_inventory_says(
    aws: bool, asked: list[str], unasked: list[str], says: str
) -> None:
    assert nothing_to_do(aws, asked, unasked, 0, {}) == says


def test_a_teardown_names_what_it_keeps() -> None:
    assert nothing_left([]) == "Nothing of this network is left."
    kept = ["2 Elastic IPs (198.51.100.4, 198.51.100.17)", "the private WAN mode of acme"]
    assert nothing_left(kept) == (
        "Nothing of this network is left but what is kept: 2 Elastic IPs (198.51.100.4, 198.51.100.17), the private "
        "WAN mode of acme."
    )


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
    assert lines_of(plan(NEW, moved, route, GONE, mesh), [], [], NOTHING) == lines
    assert lines_of(plan(mesh, GONE, route, moved, NEW), [], [], NOTHING) == lines


def test_limits_and_costs_come_after_it() -> None:
    limits = [
        QuotaUsage("Elastic IPs", "eu-central-1", 1, 11, 20, "AWS"),
        QuotaUsage("routes", "rtb/acme", 0, 2, 50, "AWS's default"),
    ]
    costs = [
        MonthlyCost("public IPv4 addresses", 11, 40.15, ""),
        MonthlyCost("NAT gateways", -1, -32.85, "and 0.045 a gigabyte"),
    ]
    assert lines_of(plan(NEW), limits, costs, NOTHING)[6:] == [
        "limit        where         there  new  most  left  says",
        "Elastic IPs  eu-central-1      1   11    20     8  AWS",
        "routes       rtb/acme          0    2    50    48  AWS's default",
        "+11 public IPv4 addresses: +40.15 USD a month",
        "-1 NAT gateways: -32.85 USD a month and 0.045 a gigabyte",
        "(at AWS's list prices of us-east-1, 2024-02-01; other regions differ)",
    ]


def test_the_table_of_limits_has_a_hundred_columns_but_for_the_line_of_a_longer_place() -> None:
    place = "natgw-subnet/a-customer-with-a-long-name/eu-central-1a 10.103.255.240/28"
    limits = [
        QuotaUsage("network interfaces", "agg1 (c5.large)", 1, 2, 3, "instance type"),
        QuotaUsage("subnet addresses", place, 0, 1, 11, "subnet"),
    ]
    head, short, long = lines_of(plan(NEW), limits, [], NOTHING)[6:]
    assert (len(head), len(short)) == (WIDTH - len("instance type") + len("says"), WIDTH)
    assert long.startswith(f"subnet addresses    {place}  ")
    assert long.split()[-5:] == ["0", "1", "11", "10", "subnet"]


@pytest.mark.parametrize(
    ("deferred", "drift", "addresses", "says"),
    [
        (0, 0, 0, []),
        (1, 1, 1, ["1 change for another run", "1 difference that no run changes", "1 Elastic IP that nothing uses"]),
        (2, 0, 3, ["2 changes for another run", "3 Elastic IPs that nothing uses"]),
        (0, 2, 0, ["2 differences that no run changes"]),
    ],
)
def test_what_a_run_leaves_is_counted_by_kind(deferred: int, drift: int, addresses: int, says: list[str]) -> None:
    assert left_of(deferred, drift, kept(*(f"cpe-nat/{n}" for n in range(addresses)))) == says


def test_a_limit_is_shown_by_itself_where_it_is_nearly_reached() -> None:
    limits = [
        QuotaUsage("Elastic IPs", "eu-central-1", 5, 11, 20, "AWS"),
        QuotaUsage("VPCs", "eu-central-1", 1, 2, 5, "AWS"),
    ]
    shown = lines_of(plan(NEW), limits, [], NOTHING, all_limits=False)[6:]
    assert [line.split()[0] for line in shown] == ["limit", "Elastic"]
    assert lines_of(plan(NEW), limits[1:], [], NOTHING, all_limits=False)[6:] == []


@pytest.mark.parametrize(
    ("kept", "says"), [(1, "an object that it names no more"), (3, "3 objects that it names no more")]
)
def test_what_is_kept_is_not_as_the_inventory_says(kept: int, says: str) -> None:
    assert nothing_to_do(True, [], ["agg1"], kept, {}) == (
        f"Nothing to do: AWS and the server are as the inventory says, but for {says}: kept, see the warnings."
    )
