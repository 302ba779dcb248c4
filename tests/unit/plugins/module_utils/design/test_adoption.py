# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects on AWS that serve the network already: they get its tags, are used, and are given back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.adoption import refuse_adoptions
from ansible_collections.bonded.internet.plugins.module_utils._design.aggregators.fleet import Fleet
from ansible_collections.bonded.internet.plugins.module_utils._design.aggregators.leftovers import Leftovers
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._design.security_groups.removal import carriers_of
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import (
    PARTS,
    DesiredNetwork,
    Report,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange, Scope
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    ElasticIp,
    Interface,
    SecurityGroup,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import _scope
from ansible_collections.bonded.internet.plugins.module_utils._plan.role_inputs import make_role_inputs

from .built_world import FACTS
from .egress_world import gateway, plain_world, space, tags
from .world import HOSTS, World, acme, entry, host, instance, small_world

THEIRS, ON = "203.0.113.77", "10.1.0.77"
TAKEN = entry(public_ip=THEIRS, private_ip=ON)
ADOPTED = {"bonded.internet/adopted": "true"}
NO_GATEWAY = [{**one, "gateways": []} for one in space()]
RETIRED = "bonded.internet/retired"


@pytest.fixture
def world() -> World:
    """An Elastic IP of others on a secondary address of agg1, which is CPE NAT IP of bond 17."""
    world = small_world()
    found = instance("agg1", "10.1.0.11", "a", addresses=("10.1.0.11", ON), publics={ON: THEIRS})
    world.cloud.instances["i-agg1"] = found
    world.cloud.named.append(ElasticIp("eipalloc-77", THEIRS, {"Name": "theirs"}, "eni-agg1", ON))
    world.add_thing("connected_ip", "bonds/17", {"interface": "eth1", "ip": "192.168.17.1/24"})
    world.add_thing("cpe_nat_ip", "bonds/17", {"ip": ON, "nat_ip": "192.168.17.10"})
    return world


@pytest.fixture
def clicked() -> World:
    """The gateway of acme on agg1 as it is built, without the network's tags on AWS."""
    world = plain_world()
    one = next(iter(world.cloud.interfaces.values()))
    world.cloud.named_interfaces[one.id] = replace(one, tags={"Name": "by hand"})
    world.cloud.interfaces.clear()
    (address,) = world.cloud.addresses
    world.cloud.named.append(replace(address, tags={}))
    world.cloud.addresses.clear()
    publics = {str(address.private_ip): address.public_ip}
    world.cloud.instances["i-agg1"] = replace(world.cloud.instances["i-agg1"], publics=publics)
    return world


def taken(world: World, **more: Any) -> list[dict[str, Any]]:
    """Return the spaces with the gateway that takes over what `clicked` has."""
    (interface,), (address,) = world.cloud.named_interfaces.values(), world.cloud.named
    given = {"interface_id": interface.id, "public_ip": address.public_ip, "subnet_id": interface.subnet_id}
    return space(gateway(**{"egress": "none", **given, **more}))


def lines(items: Iterable[PlannedChange]) -> list[str]:
    return [f"{item.phase} {item.verb} {item.kind} {item.key}" for item in items]


def problem(world: World, **params: Any) -> str:
    world.plan(**params)
    (text,) = world.report.problems
    return text


def test_an_address_on_its_private_address_is_adopted_by_its_tags_alone(world: World) -> None:
    (item,) = world.plan(cpe_nat_ips=[TAKEN])
    assert world.report.problems == []
    assert lines([item]) == ["adopt update ownership_tags cpe-nat/bond-17"]
    assert (item.parent, item.host, item.switch, item.disruptive) == ("eipalloc-77", "agg1", "bonding_adopt", False)
    wanted = {**tags("cpe-nat/bond-17"), **ADOPTED, "bonded.internet/interface": "eni-agg1"}
    assert item.after == {"tags": {**wanted, "bonded.internet/private_ip": ON}}


def test_what_is_adopted_needs_nothing_more(world: World) -> None:
    (item,) = world.plan(cpe_nat_ips=[TAKEN])
    (found,) = world.cloud.named
    world.cloud.named.clear()
    world.cloud.addresses.append(replace(found, tags={**found.tags, **(item.after or {})["tags"]}))
    assert world.plan(cpe_nat_ips=[TAKEN]) == []


def test_the_operators_own_tags_come_with_the_networks(world: World) -> None:
    (item,) = world.plan(cpe_nat_ips=[TAKEN], tags={"CostCenter": "4711"})
    assert (item.after or {})["tags"]["CostCenter"] == "4711"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"private_ip": None}, "(eipalloc-77) is associated, at 10.1.0.77 on eni-agg1 of agg1; disassociate"),
        ({"private_ip": "10.1.0.78"}, "(eipalloc-77) is associated, at 10.1.0.77 on eni-agg1 of agg1; disassociate"),
        ({"aggregator": "agg3"}, "(eipalloc-77) is associated, at 10.1.0.77 on eni-agg1 of agg1; disassociate"),
    ],
)
def test_an_address_that_is_elsewhere_is_refused_by_the_plan(world: World, given: Any, words: str) -> None:
    world.plan(cpe_nat_ips=[entry(public_ip=THEIRS, **{"private_ip": ON, **given})])
    assert any(words in text for text in world.report.problems)
    assert not any(item.phase == "adopt" for item in world.design.items)


def test_the_address_of_another_bond_is_refused(world: World) -> None:
    world.objects = {name: one for name, one in world.objects.items() if one.kind != "cpe_nat_ip"}
    world._follow(world.objects.values())
    world.plan(cpe_nat_ips=[TAKEN])
    text = next(text for text in world.report.problems if "has no such CPE NAT IP" in text)
    assert text.startswith("CPE NAT entry of bond 17: public_ip 203.0.113.77 is on private_ip 10.1.0.77 already, and ")
    assert "bond 17 has no such CPE NAT IP (expected the bond that this address serves)" in text


def test_the_aggregators_own_address_is_never_adopted(world: World) -> None:
    world.cloud.named[0] = replace(world.cloud.named[0], private_ip="10.1.0.11")
    world.add_thing("cpe_nat_ip", "bonds/17", {"ip": "10.1.0.11", "nat_ip": "192.168.17.11"})
    world.plan(cpe_nat_ips=[entry(public_ip=THEIRS, private_ip="10.1.0.11")])
    assert any("private_ip 10.1.0.11 is the primary address of agg1" in text for text in world.report.problems)
    assert not any(item.phase == "adopt" for item in world.design.items)


def test_the_address_of_another_network_is_never_adopted(world: World) -> None:
    world.cloud.named[0] = replace(world.cloud.named[0], tags={"bonded.internet/network": "other"})
    world.plan(cpe_nat_ips=[TAKEN])
    assert any("belongs to the network 'other'" in text for text in world.report.problems)
    assert not any(item.phase == "adopt" for item in world.design.items)


@pytest.mark.parametrize("state", ["absent", "followed"])
def test_a_teardown_and_a_move_adopt_nothing(world: World, state: str) -> None:
    world.plan(cpe_nat_ips=[TAKEN], state=state)
    assert not any(item.phase == "adopt" for item in world.design.items)


def test_a_gateways_interface_and_address_are_adopted(clicked: World) -> None:
    items = clicked.plan(spaces=taken(clicked))
    assert clicked.report.problems == []
    assert lines(items) == [
        "adopt update ownership_tags gateway/acme/agg1",
        "adopt update ownership_tags gateway-ip/acme/agg1",
    ]
    assert (items[0].after or {})["tags"] == {**tags("gateway/acme/agg1"), **ADOPTED}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"public_ip": None}, "has the Elastic IP 198.51.100.4 (got public_ip none, expected 198.51.100.4)."),
        ({"interface_id": "eni-nowhere"}, "interface_id eni-nowhere: AWS has no such network interface in"),
        ({"interface_id": "eni-agg1"}, "interface_id eni-agg1 is the primary interface of agg1: a gateway has one of "),
        ({"subnet_id": None}, "needs subnet_id (expected "),
    ],
)
def test_an_interface_that_cannot_be_a_gateways_is_refused(clicked: World, given: Any, words: str) -> None:
    (own,) = clicked.cloud.named_interfaces.values()
    clicked.cloud.named_interfaces["eni-agg1"] = replace(own, id="eni-agg1", private_ip="10.1.0.11")
    spaces = space(gateway(egress="none", **{**_names(clicked, own), **given}))
    clicked.plan(spaces=spaces)
    assert any(words in text for text in clicked.report.problems), clicked.report.problems


def _names(world: World, own: Interface) -> dict[str, Any]:
    (address,) = world.cloud.named
    return {"interface_id": own.id, "public_ip": address.public_ip, "subnet_id": own.subnet_id}


def test_the_interface_of_another_network_is_refused(clicked: World) -> None:
    spaces = taken(clicked)
    (own,) = clicked.cloud.named_interfaces.values()
    clicked.cloud.named_interfaces[own.id] = replace(own, tags={"bonded.internet/network": "other"})
    clicked.plan(spaces=spaces)
    assert any("belongs to the network 'other'" in text for text in clicked.report.problems)


def test_another_interface_than_the_gateway_has_is_refused() -> None:
    world = plain_world()
    text = problem(world, spaces=space(gateway(egress="none", interface_id="eni-other")))
    assert "interface_id cannot be changed while the gateway has a network interface (got eni-other, expected " in text


def test_an_adopted_interface_is_given_back_and_never_deleted() -> None:
    world = plain_world()
    own = next(iter(world.cloud.interfaces.values()))
    world.cloud.interfaces[own.id] = replace(own, tags={**own.tags, **ADOPTED})
    items = [item for item in world.plan(spaces=NO_GATEWAY, prune=True) if item.system == "aws"]
    done = {(item.verb, item.kind) for item in items}
    assert ("update", "ownership_tags") in done
    assert not {("delete", "network_interface"), ("delete", "attachment")} & done
    (given,) = [item for item in items if item.kind == "ownership_tags"]
    assert (given.phase, given.parent, given.after) == ("remove", own.id, {"tags": {RETIRED: "true"}})
    world.cloud.interfaces[own.id] = replace(own, tags={**own.tags, **ADOPTED, RETIRED: "true"})
    world.cloud.addresses.clear()
    for table, found in world.cloud.route_tables.items():
        left = tuple(route for route in found.routes if route.target != own.id)
        world.cloud.route_tables[table] = replace(found, routes=left)
    kinds = {"ethernet_interface", "static_protocol", "filter"}
    for name in [name for name, one in world.objects.items() if one.kind in kinds]:
        del world.objects[name]
    world._follow(world.objects.values())
    assert [item for item in world.plan(spaces=NO_GATEWAY, prune=True) if item.part == "gateways"] == []
    world.plan(spaces=NO_GATEWAY)
    assert [text for text in world.report.warnings if "gateway/acme/agg1" in text] == []


@pytest.mark.parametrize(("own", "carried"), [({}, []), (ADOPTED, [("eni-gw", "")])])
def test_a_security_group_is_taken_off_an_adopted_interface(own: dict[str, str], carried: list[Any]) -> None:
    """Other interfaces are deleted with their gateway, and need it not."""
    world = plain_world()
    group = SecurityGroup("sg-1", "vpc-9", tags("sg/gateway/acme"))
    found = next(iter(world.cloud.interfaces.values()))
    world.cloud.interfaces[found.id] = replace(found, tags={**found.tags, **own}, groups=("sg-1",))
    leftovers = Leftovers(gone_gateways={("acme", "agg1"): "bonding_prune"})
    assert list(carriers_of(group, world.cloud, Fleet(), leftovers)) == carried


def test_a_gateway_that_comes_back_takes_its_interface_again() -> None:
    world = plain_world()
    own = next(iter(world.cloud.interfaces.values()))
    world.cloud.interfaces[own.id] = replace(own, tags={**own.tags, **ADOPTED, RETIRED: "true"})
    items = world.plan(spaces=space(gateway(egress="none")))
    (item,) = [one for one in items if one.phase == "adopt"]
    assert (item.parent, item.after) == (own.id, {"tags": {RETIRED: "false"}})


@pytest.mark.parametrize(("adopt", "count"), [(False, 1), (True, 0)])
def test_adoptions_want_the_operators_word(world: World, adopt: bool, count: int) -> None:
    items, report = world.plan(cpe_nat_ips=[TAKEN]), Report()
    refuse_adoptions(items, DesiredNetwork(network="prod", hosts=(), adopt=adopt), report)
    assert len(report.problems) == count
    if count:
        assert report.problems == [
            "The plan adopts 1 object on AWS, which gets the tags of this network: cpe-nat/bond-17 (eipalloc-77). Say "
            "bonding_adopt: true to let it; such a run changes nothing else."
        ]


def test_a_run_that_adopts_leaves_everything_else_for_the_next_one(world: World) -> None:
    """The work of all roles is empty, even of the space that is new."""
    steps = world.steps(cpe_nat_ips=[TAKEN], spaces=[{"key": "acme", "private_wan": "managed_mesh"}])
    scope = Scope(hosts=["agg1"], parts=PARTS, limited=False, absent=False, adopts=True)
    plan = make_role_inputs(world.design, steps, {7: {}, 12: {}, 1007: {}}, scope, "agg1")
    assert lines(plan.items) == ["adopt update ownership_tags cpe-nat/bond-17"]
    assert [item.kind for item, _reason in plan.deferred] == ["space"]
    assert plan.work.steps == ["adopt"]
    assert [tagged.id for tagged in plan.work.adoptions] == ["eipalloc-77"]
    assert plan.work.hosts == {}


@pytest.mark.parametrize(
    ("given", "adopts"), [({}, True), ({"hosts": ["agg3"]}, False), ({"parts": ["gateways"]}, False)]
)
def test_a_run_without_what_is_adopted_does_its_own_work(world: World, given: Any, adopts: bool) -> None:
    world.plan(cpe_nat_ips=[TAKEN])
    params = {"network": "prod", "aggregators": [host(name) for name in HOSTS], **given}
    assert _scope(params, read_desired_network(params, Report()), world.design).adopts is adopts


def test_one_interface_for_two_gateways_is_refused(clicked: World) -> None:
    (first,) = taken(clicked)[0]["gateways"]
    second = {**first, "aggregator": "agg3", "networks": ["10.99.0.0/16"]}
    del second["public_ip"]
    clicked.plan(spaces=space(first, second))
    own = f"interface_id {first['interface_id']} is another gateway's of this network. Name one of its own"
    assert any(own in text for text in clicked.report.problems), clicked.report.problems


def test_a_gateway_without_an_instance_adopts_nothing(clicked: World) -> None:
    spaces = taken(clicked)
    clicked.plan(
        spaces=spaces, aggregators=[host("agg1", instance_id=None, private_ip_address="10.1.0.11"), host("agg2")]
    )
    assert not any(item.phase == "adopt" for item in clicked.design.items)


def test_a_run_that_adopts_configures_no_host(world: World) -> None:
    hosts = [host(name, manage_host=True, found=FACTS) for name in HOSTS]
    steps = world.steps(cpe_nat_ips=[TAKEN], spaces=[acme()], aggregators=hosts)
    scope = Scope(hosts=list(HOSTS), parts=PARTS, limited=False, absent=False)
    listed: dict[int, Any] = {7: {}, 12: {}, 1007: {}}
    assert make_role_inputs(world.design, steps, listed, scope, "agg1").work.host_config
    plan = make_role_inputs(world.design, steps, listed, replace(scope, adopts=True), "agg1")
    assert (plan.work.host_config, plan.work.last_steps) == ({}, [])
