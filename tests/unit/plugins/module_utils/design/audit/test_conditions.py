# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions around a network that no plan looks at."""

from __future__ import annotations

from ansible_collections.bonded.internet.plugins.module_utils._design.audit.conditions import (
    find_certificate,
    find_conditions,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredHost, DesiredNetwork
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    SELF,
    Cloud,
    Instance,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.surroundings import (
    InstanceStatus,
    ScheduledEvent,
    Surroundings,
)

HOSTS = (DesiredHost("agg1", "7", instance_id="i-1"), DesiredHost("agg2", "12", instance_id="i-2"))
NETWORK = DesiredNetwork("demo", HOSTS)
ENDPOINTS = {"agg1": ["10.1.0.12"]}
EGRESS = Route("0.0.0.0/0", "igw-1")


def instance(number: int, carried: str) -> Instance:
    place = ("c5.large", "eu-central-1a", "vpc-1", "subnet-1")
    private, public = f"10.1.0.1{number}", f"203.0.113.1{number}"
    publics = {private: public}
    return Instance(f"i-{number}", *place, f"eni-{number}", private, (), public, groups=(carried,), publics=publics)


def cloud(others: str = "sg-2") -> Cloud:
    return Cloud(instances={"i-1": instance(1, "sg-1"), "i-2": instance(2, others)})


def around(*rules: Rule, routes: tuple[Route, ...] = (EGRESS,)) -> Surroundings:
    tables = Cloud(route_tables={"rtb-1": RouteTable("rtb-1", "vpc-1", True, routes)})
    return Surroundings(tables, {"sg-1": SecurityGroup("sg-1", "vpc-1", rules=frozenset(rules))})


def kinds(found: Cloud, surroundings: Surroundings) -> set[tuple[str, str]]:
    return {(one.kind, one.object) for one in find_conditions(NETWORK, found, surroundings, ENDPOINTS)}


def test_a_group_admits_a_peer_by_its_address_by_a_network_or_by_a_group_that_it_carries() -> None:
    shut = {("aggregator_security_group", "agg1")}
    assert kinds(cloud(), around()) == shut
    assert kinds(cloud(), around(Rule("udp", 4789, 4789, "10.1.0.12/32"))) == set()
    assert kinds(cloud(), around(Rule("-1", None, None, "10.1.0.0/16"))) == set()
    assert kinds(cloud(), around(Rule("udp", 4789, 4789, "10.2.0.0/16"))) == shut
    assert kinds(cloud(), around(Rule("tcp", 4789, 4789, "10.1.0.12/32"))) == shut
    assert kinds(cloud(), around(Rule("udp", 4789, 4789, "sg-2"))) == set()
    assert kinds(cloud(), around(Rule("udp", 4789, 4789, SELF))) == shut
    assert kinds(cloud("sg-1"), around(Rule("udp", 4789, 4789, SELF))) == set()


def test_a_group_with_a_prefix_list_is_not_judged() -> None:
    unclear = around()
    unclear.unclear_groups.add("sg-1")
    assert kinds(cloud(), unclear) == set()


def test_a_default_route_has_to_be_there_and_active() -> None:
    admitting = Rule("-1", None, None, "10.1.0.0/16")
    lost = {("aggregator_route", "agg1"), ("aggregator_route", "agg2")}
    assert kinds(cloud(), around(admitting, routes=())) == lost
    assert kinds(cloud(), around(admitting, routes=(Route("0.0.0.0/0", "nat-1", "blackhole"),))) == lost
    own = around(admitting, routes=())
    own.tables.route_tables["rtb-2"] = RouteTable("rtb-2", "vpc-1", False, (EGRESS,), ("subnet-1",))
    assert kinds(cloud(), own) == set()


def test_a_certificate_that_ends_soon_is_a_warning_and_at_last_an_error() -> None:
    assert [one.severity for days in (None, 90.0, 21.5) for one in find_certificate(days)] == []
    assert [one.severity for days in (20.9, 6.5) for one in find_certificate(days)] == ["warning", "error"]


def test_a_failed_check_is_an_error_and_an_event_to_come_a_warning() -> None:
    own = around(Rule("-1", None, None, "10.1.0.0/16"))
    own.statuses["i-1"] = InstanceStatus("initializing", "ok")
    own.statuses["i-2"] = InstanceStatus("impaired", "impaired", (ScheduledEvent("instance-stop", "2026-12-24"),))
    found = {one.object: one for one in find_conditions(NETWORK, cloud(), own, ENDPOINTS)}
    assert {name: one.severity for name, one in found.items()} == {"agg2": "error", "agg2/instance-stop": "warning"}
    assert found["agg2"].found == "system and instance status check impaired (i-2)"
    assert found["agg2/instance-stop"].found == "instance-stop, not before 2026-12-24 (i-2)"
    assert "stop and start the instance" in found["agg2"].remedy
    own.statuses["i-2"] = InstanceStatus("impaired", "ok", (ScheduledEvent("system-reboot", "2026-12-24"),))
    assert "Reboot" in {one.kind: one for one in find_conditions(NETWORK, cloud(), own, {})}["instance_status"].remedy
