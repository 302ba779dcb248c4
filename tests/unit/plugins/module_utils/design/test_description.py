# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a network as it is, and what in it nothing could take the place of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.description.network import describe_network
from ansible_collections.bonded.internet.plugins.module_utils._design.description.protection import find_unprotected
from ansible_collections.bonded.internet.plugins.module_utils._design.description.state import region_of_zone
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    AddressDescription,
    Cost,
    Description,
    GatewayDescription,
    Unread,
    Usage,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Account, Interface
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .built_world import GATEWAY, LANS, MASQUERADING, PRIVATE, PUBLIC, Built, behind_nat, masquerading, tags
from .world import initech


def described(built: Built, **changed: Any) -> Description:
    """Return the description of what a run with these arguments instead would read."""
    built.run(**changed)
    world = built.world
    given = {"network": "prod", "spaces": [], "cpe_nat_ips": [], **built._given({**built.params, **changed})}
    return describe_network(read_desired_network(given, Report()), world.server, world.cloud, world.report.drift)


@pytest.fixture
def built() -> Built:
    return masquerading()


def test_an_aggregator_is_its_host_its_aggregator_and_its_instance(built: Built) -> None:
    one = described(built).aggregators[0]
    assert (one.host, one.id, one.name, one.version) == ("agg1", 7, "agg1", "6.6.1")
    assert (one.region, one.zone, one.instance_id) == ("eu-central-1", "eu-central-1a", "i-agg1")
    assert (one.network_interfaces, one.private_addresses, one.bonds) == (2, 2, 2)


def test_a_host_that_the_server_does_not_know_is_described_without_an_aggregator(built: Built) -> None:
    del built.world.server.aggregators[1007], built.world.server.objects[1007]
    one = described(built).aggregators[2]
    assert (one.host, one.id, one.instance_id, one.bonds) == ("agg3", None, "i-agg3", 0)


def test_a_mesh_has_its_members_and_names_what_it_lacks(built: Built) -> None:
    mesh = described(built).spaces[0].mesh
    assert mesh is not None
    assert (mesh.vni, mesh.interface, mesh.subnet, mesh.protocol) == (10000011, "vx10000011", "10.254.0.0/20", "babel")
    assert mesh.members == {"agg1": "10.254.0.7", "agg2": "10.254.0.12", "agg3": "10.254.3.239"}
    assert (mesh.missing, mesh.incomplete) == ((), {})
    objects = built.world.server.objects
    objects[1007] = [obj for obj in objects[1007] if obj.key != "vx10000011"]
    (own,) = [obj for obj in objects[12] if obj.key == "vx10000011"]
    objects[12].remove(own)
    objects[12].append(Object(own.kind, own.parent, own.key, {**own.data, "endpoints": []}))
    mesh = described(built).spaces[0].mesh
    assert mesh is not None
    assert (mesh.missing, mesh.incomplete) == (("agg3",), {"agg2": 1})


def test_bgp_has_its_sessions_and_its_transit(built: Built) -> None:
    bgp = described(built).bgp
    assert bgp is not None
    assert (bgp.asn, bgp.mode, bgp.sessions, bgp.speakers) == (64512, "transit", 6, ("agg1", "agg2", "agg3"))
    assert bgp.mesh is not None
    assert len(bgp.mesh.members) == 3
    assert described(built, bgp=None).bgp is None


def test_a_gateway_that_translates_leaves_by_its_own_elastic_ip(built: Built) -> None:
    (gateway,) = described(built).spaces[0].gateways
    assert gateway == GatewayDescription(
        space="acme",
        host="agg1",
        egress="masquerade",
        role="alone",
        interface_id="eni-gw",
        private_ip="10.101.0.4",
        device="gw11",
        public_ip="198.51.100.4",
        allocation_id="eipalloc-gw",
        networks=(LANS,),
        port_forwards=("tcp 8080 to 172.16.2.10:80",),
        region="eu-central-1",
    )


def test_a_gateway_behind_a_nat_gateway_leaves_by_that_ones_elastic_ip() -> None:
    world = behind_nat()
    (gateway,) = described(world).spaces[0].gateways
    (nat,) = world.world.cloud.nat_gateways.values()
    address = next(one for one in world.world.cloud.addresses if one.allocation_id == nat.allocation_id)
    assert (gateway.nat_gateway_id, gateway.public_ip) == (nat.id, address.public_ip)


def test_the_vpc_says_which_destinations_lead_to_which_gateway(built: Built) -> None:
    vpc = described(built).spaces[0].vpc
    assert vpc is not None
    assert (vpc.id, vpc.cidrs, vpc.internet_gateway, vpc.ipv6) == ("vpc-9", ("10.101.0.0/16",), "igw-9", True)
    assert [(one.id, one.is_main, one.routes, one.destinations) for one in vpc.route_tables] == [
        ("rtb-main", True, 1, {LANS: "agg1"}),
        ("rtb-gw", False, 2, {LANS: "agg1"}),
    ]


def test_an_address_is_with_its_bond_and_can_follow_it(built: Built) -> None:
    assert described(built).addresses == (
        AddressDescription(
            key="bond-17",
            bond=17,
            bond_name="acme-berlin",
            space="acme",
            state="with_bond",
            owner="agg1",
            bond_is_on="agg1",
            spare="agg2",
            public_ip=PUBLIC,
            allocation_id="eipalloc-17",
            private_ip=PRIVATE,
            nat_ip="192.168.17.10",
            connected_ip="192.168.17.1/24",
            on_bond="enabled",
            region="eu-central-1",
        ),
    )


def _present(built: Built, number: int | None) -> None:
    bonds = built.world.server.bonds
    bonds[17] = replace(bonds[17], present=number)


def _interface(built: Built, interface_id: str | None) -> None:
    found = built.world.cloud.addresses
    found[:] = [replace(one, interface_id=interface_id) if one.public_ip == PUBLIC else one for one in found]


def _retired(built: Built) -> None:
    found = built.world.cloud.addresses
    found[:] = [
        replace(one, interface_id=None, tags={**one.tags, "bonded.internet/retired": "true"})
        if one.public_ip == PUBLIC
        else one
        for one in found
    ]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda built: _present(built, 12), "away"),
        (lambda built: _present(built, None), "unknown"),
        (lambda built: _interface(built, None), "unassociated"),
        (lambda built: _interface(built, "eni-of-others"), "foreign"),
        (_retired, "retired"),
        (lambda built: built.world.cloud.addresses.clear(), "absent"),
    ],
)
def test_an_address_has_one_state(built: Built, change: Any, state: str) -> None:
    change(built)
    assert described(built).addresses[0].state == state


def test_drift_is_the_plans(built: Built) -> None:
    _present(built, 12)
    assert [one.text for one in described(built).drift] == [
        "bond 17 (acme-berlin) is on agg2, its address (bond-17) on agg1"
    ]


def unprotected(description: Description) -> list[tuple[str, str, str]]:
    return [(one.kind, one.object, one.host) for one in description.unprotected]


def test_what_dies_with_its_aggregator_is_named(built: Built) -> None:
    assert unprotected(described(built)) == [
        ("gateway", "gateway of acme", "agg1"),
        ("bond", "bond 9 (acme-bonn)", "agg1"),
        ("bond", "bond 21 (initech-paris)", "agg2"),
    ]
    bonds = built.world.server.bonds
    bonds[17] = replace(bonds[17], secondary=None)
    assert ("address", f"{PUBLIC} (bond-17)", "agg1") in unprotected(described(built))


def test_an_automatic_public_address_goes_with_a_stop(built: Built) -> None:
    instances = built.world.cloud.instances
    instances["i-agg2"] = replace(instances["i-agg2"], public_ip="203.0.113.12", automatic_ip="203.0.113.12")
    found = described(built)
    assert ("aggregator", "203.0.113.12 of agg2", "agg2") in unprotected(found)
    assert Cost("automatic public addresses of aggregators", 1, 3.65) in found.costs


def test_a_standby_protects_its_gateway_when_it_is_built(built: Built) -> None:
    spaces = [{**MASQUERADING, "gateways": [{**GATEWAY, "standby": "agg3"}]}, initech()]
    gateways = described(built, spaces=spaces).spaces[0].gateways
    assert [(one.host, one.role, one.peer, one.spare) for one in gateways] == [
        ("agg1", "active", "agg3", ""),
        ("agg3", "standby", "agg1", ""),
    ]
    cloud = built.world.cloud
    cloud.interfaces["eni-2"] = Interface(
        "eni-2", "subnet-gw", "vpc-9", "10.101.0.5", tags("gateway/acme/agg3"), "i-agg3"
    )
    found = described(built, spaces=spaces)
    assert found.spaces[0].gateways[0].spare == "agg3"
    assert not [one for one in found.unprotected if one.kind == "gateway"]
    cloud.addresses[:] = [
        replace(one, interface_id="eni-2") if one.interface_id == "eni-gw" else one for one in cloud.addresses
    ]
    gateways = described(built, spaces=spaces).spaces[0].gateways
    assert [(one.host, one.role, one.spare, one.public_ip) for one in gateways] == [
        ("agg1", "standby", "", ""),
        ("agg3", "active", "agg1", "198.51.100.4"),
    ]


def test_a_standby_that_does_not_run_or_is_not_attached_protects_nothing(built: Built) -> None:
    """As `evacuate` sees it, which moves no gateway there."""
    spaces = [{**MASQUERADING, "gateways": [{**GATEWAY, "standby": "agg3"}]}, initech()]
    cloud, found = built.world.cloud, tags("gateway/acme/agg3")
    cloud.interfaces["eni-2"] = Interface("eni-2", "subnet-gw", "vpc-9", "10.101.0.5", found, None)
    assert ("gateway", "gateway of acme", "agg1") in unprotected(described(built, spaces=spaces))
    cloud.interfaces["eni-2"] = replace(cloud.interfaces["eni-2"], instance_id="i-agg3")
    cloud.instances["i-agg3"] = replace(cloud.instances["i-agg3"], state="stopped")
    (one,) = [one for one in described(built, spaces=spaces).unprotected if one.kind == "gateway"]
    assert one.reason == "its standby on agg3 is not built, or has no instance that runs"


def test_an_address_cannot_follow_to_an_aggregator_that_does_not_run(built: Built) -> None:
    cloud = built.world.cloud
    cloud.instances["i-agg2"] = replace(cloud.instances["i-agg2"], state="stopped")
    assert described(built).addresses[0].spare == ""


def test_limits_say_what_is_used_and_who_says_so(built: Built) -> None:
    limits = described(built).limits
    assert Usage("Elastic IPs of the network", "eu-central-1", 2, 5, "AWS's default") in limits
    assert Usage("network interfaces", "agg1 (c5.large)", 2, 3, "instance type") in limits
    assert Usage("routes", "rtb/acme", 2, 50, "AWS's default") in limits
    built.world.cloud.limits.clear()
    built.world.cloud.accounts["eu-central-1"] = Account("eu-central-1", {"elastic_ips": 20})
    limits = described(built, quotas={"routes_per_table": 60}).limits
    assert Usage("network interfaces", "agg1 (c5.large)", 2) in limits
    assert Usage("Elastic IPs of the network", "eu-central-1", 2, 20, "AWS") in limits
    assert Usage("routes", "rtb/acme", 2, 60, "bonding_quotas") in limits


def test_a_quota_of_another_region_is_not_taken_and_a_default_that_is_exceeded_is_none(built: Built) -> None:
    built.world.cloud.accounts["eu-west-1"] = Account("eu-west-1", {"elastic_ips": 20})
    built.world.cloud.addresses += [
        replace(one, allocation_id=f"{one.allocation_id}-{number}")
        for number in range(2)
        for one in list(built.world.cloud.addresses)
    ]
    limits = described(built).limits
    assert Usage("Elastic IPs of the network", "eu-central-1", 6, None, "above AWS's default of 5") in limits


def test_a_standby_that_was_not_read_is_not_called_unbuilt() -> None:
    gateway = GatewayDescription("acme", "agg1", "masquerade", "active", "agg2", region="eu-central-1")
    for unread in (Unread(True), Unread(False, ("eu-central-1",)), Unread(False, ("",))):
        assert find_unprotected((), (gateway,), (), (), unread) == ()
    assert len(find_unprotected((), (gateway,), (), (), Unread(False, ("eu-west-1",)))) == 1


def test_costs_count_what_is_there() -> None:
    assert described(masquerading()).costs == (Cost("Elastic IPs", 2, 7.3),)
    assert Cost("NAT gateways", 1, 32.85, "and 0.045 a gigabyte") in described(behind_nat()).costs


def test_a_kept_address_is_named_with_its_price(built: Built) -> None:
    _retired(built)
    (kept,) = described(built).kept
    assert (kept.public_ip, kept.key, kept.usd_per_month) == (PUBLIC, "cpe-nat/bond-17", 3.65)


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("eu-central-1a", "eu-central-1"),
        ("us-gov-west-1b", "us-gov-west-1"),
        ("us-west-2-lax-1a", "us-west-2"),
        ("", ""),
    ],
)
def test_a_zone_names_its_region(zone: str, region: str) -> None:
    assert region_of_zone(zone) == region
