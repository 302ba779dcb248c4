# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that items want: each with its resource, whose it is, and the tags of the call.

That they are what runs ask for is proven by tests/playbooks/right_by_right.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import Need, needed
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Cloud, ElasticIp, Vpc
from tests.unit.plugins.module_utils.design.egress_world import gateway, plain_world, retired, space, tags
from tests.unit.plugins.module_utils.design.world import World, entry, small_world

MADE = ("Name", "bonded.internet/key", "bonded.internet/network")


def wanted(world: World, **more: Any) -> list[Need]:
    items = world.plan(**more)
    assert world.report.problems == []
    return needed(items, "prod", world.cloud)


def item(verb: Any, kind: str, parent: str, key: str, **more: Any) -> PlannedChange:
    given = {"before": None, "after": None, "phase": "add", "host": None, "part": "gateways", **more}
    return PlannedChange("aws", verb, kind, parent, key, **given)


def test_what_is_made_carries_its_tags_and_what_holds_it_the_networks() -> None:
    found = wanted(small_world(), spaces=space(gateway(egress="none")))
    assert [need for need in found if need.action in ("CreateSubnet", "CreateTags") and "subnet" in need.resource] == [
        Need("CreateSubnet", "subnet/*", given=MADE),
        Need("CreateTags", "subnet/*", given=MADE, maker="CreateSubnet"),
    ]
    assert Need("CreateSubnet", "vpc/*", owned=True) in found
    assert Need("AttachNetworkInterface", "instance/i-agg1") in found
    assert Need("AttachNetworkInterface", "network-interface/*", owned=True) in found
    assert Need("CreateNetworkInterface", "security-group/*") in found
    assert Need("CreateRoute", "route-table/*", owned=True) in found
    assert Need("CreateRoute", "route-table/*") in found  # the main table, which EC2 will make
    assert len(found) == len(set(found))


def test_the_address_of_a_bond_is_bound_to_an_interface_that_is_not_ours() -> None:
    found = wanted(small_world(), cpe_nat_ips=[entry()], spaces=[])
    place = "network-interface/eni-agg1"
    given = (
        "bonded.internet/connected_ip",
        "bonded.internet/interface",
        "bonded.internet/key",
        "bonded.internet/network",
        "bonded.internet/private_ip",
    )
    assert found == [
        Need("AllocateAddress", "elastic-ip/*", given=given),
        Need("CreateTags", "elastic-ip/*", given=given, maker="AllocateAddress"),
        Need("AssignPrivateIpAddresses", place),
        Need("AssociateAddress", "elastic-ip/*", owned=True),
        Need("AssociateAddress", place),
    ]


def test_an_adoption_tags_an_object_that_is_not_ours_and_names_it() -> None:
    given = {**tags("gateway/acme/agg1"), "bonded.internet/adopted": "true"}
    adopted = item("update", "ownership_tags", "eni-1", "gateway/acme/agg1", after={"tags": given}, phase="adopt")
    assert needed([adopted], "prod", Cloud()) == [
        Need("DescribeTags", "*"),
        Need("CreateTags", "network-interface/eni-1", given=tuple(sorted(given))),
    ]


def test_a_pool_an_address_of_the_account_and_its_name() -> None:
    pool = {"pool": "ipv4pool-ec2-1", "reverse_dns": "mail.example.com"}
    made = needed([item("create", "elastic_ip", "", "cpe-nat/bond-17", after=pool)], "prod", Cloud())
    assert Need("AllocateAddress", "ipv4pool-ec2/ipv4pool-ec2-1") in made
    assert made[-1] == Need("ModifyAddressAttribute", "elastic-ip/*", owned=True)
    unnamed = item(
        "update", "elastic_ip", "", "cpe-nat/bond-17", before={"reverse_dns": "a"}, after={"reverse_dns": ""}
    )
    assert needed([unnamed], "prod", Cloud()) == [Need("ResetAddressAttribute", "elastic-ip/*", owned=True)]
    taken = item("update", "elastic_ip", "", "cpe-nat/bond-17", after={"tags": {"bonded.internet/network": "prod"}})
    assert needed([taken], "prod", Cloud()) == [
        Need("CreateTags", "elastic-ip/*", given=("bonded.internet/network",))  # not ours so far
    ]


def test_a_kept_address_loses_its_tag_and_one_that_is_kept_gets_it() -> None:
    world = plain_world()
    world.cloud.addresses[:] = [replace(world.cloud.addresses[0], tags=retired("gateway-ip/acme/agg1"))]
    assert wanted(world, spaces=space(gateway(egress="none"))) == [
        Need("DeleteTags", "elastic-ip/*", owned=True, given=("bonded.internet/retired",))
    ]
    gone = wanted(plain_world(), spaces=space(gateway(egress="none")), state="absent")
    assert Need("CreateTags", "elastic-ip/*", owned=True, given=("bonded.internet/retired",)) in gone
    assert "ReleaseAddress" not in {need.action for need in gone}


def test_a_move_writes_down_where_it_was_and_gives_it_up() -> None:
    moved = item(
        "update",
        "address_association",
        "eni-agg2",
        "cpe-nat/bond-17",
        before={"interface_id": "eni-agg1", "private_ip": "10.1.0.20"},
        after={"interface_id": "eni-agg2", "private_ip": "10.1.1.20"},
    )
    found = needed([moved], "prod", Cloud())
    assert Need("AssociateAddress", "network-interface/eni-agg2") in found
    assert Need("UnassignPrivateIpAddresses", "network-interface/eni-agg1") in found
    assert Need("DeleteTags", "elastic-ip/*", owned=True, given=("bonded.internet/moving_from",)) in found
    along = replace(moved, after={"interface_id": "eni-agg2", "private_ip": "10.1.0.20"})
    assert "UnassignPrivateIpAddresses" not in {need.action for need in needed([along], "prod", Cloud())}


def test_an_adopted_vpc_is_named_by_its_id() -> None:
    cloud = Cloud(vpcs={"vpc-7": Vpc("vpc-7", ("10.9.0.0/16",), {}, False)})
    group = item("create", "security_group", "vpc-7", "sg/gateway/acme")
    assert Need("CreateSecurityGroup", "vpc/vpc-7") in needed([group], "prod", cloud)
    interface = item("create", "network_interface", "subnet-7", "gateway/acme/agg1", after={"source_dest_check": True})
    found = needed([interface], "prod", cloud)
    assert Need("CreateNetworkInterface", "subnet/subnet-7") in found
    assert "ModifyNetworkInterfaceAttribute" not in {need.action for need in found}


def test_a_group_is_carried_beside_those_of_others() -> None:
    world = small_world()
    world.cloud.instances["i-agg1"] = replace(world.cloud.instances["i-agg1"], groups=("sg-theirs",))
    carried = item("create", "group_attachment", "eni-agg1", "sg/aggregators/vpc-1")
    assert needed([carried], "prod", world.cloud) == [
        Need("ModifyNetworkInterfaceAttribute", "network-interface/eni-agg1"),
        Need("ModifyNetworkInterfaceAttribute", "security-group/*", owned=True),
        Need("ModifyNetworkInterfaceAttribute", "security-group/sg-theirs"),
    ]


def test_a_check_is_remembered_in_a_tag_that_goes_with_it() -> None:
    place = "network-interface/eni-agg1"
    off = item(
        "update", "source_dest_check", "", "eni-agg1", after={"tags": {"bonded.internet/source_dest_check": "x"}}
    )
    on = item(
        "update", "source_dest_check", "", "eni-agg1", after={"tags": {"bonded.internet/source_dest_check": None}}
    )
    for one, action in ((off, "CreateTags"), (on, "DeleteTags")):
        assert needed([one], "prod", Cloud()) == [
            Need(action, place, given=("bonded.internet/source_dest_check",)),
            Need("ModifyNetworkInterfaceAttribute", place),
        ]


def test_nothing_of_the_server_is_asked_of_aws() -> None:
    world = small_world()
    items = [one for one in world.plan(cpe_nat_ips=[entry()], spaces=[]) if one.system == "server"]
    assert items
    assert needed(items, "prod", world.cloud) == []


def test_an_address_with_a_name_loses_it_before_it_is_released() -> None:
    release = item("delete", "elastic_ip", "", "cpe-nat/bond-17", before={})
    for name, more in ((None, []), ("", []), ("mail.example.com", ["ResetAddressAttribute"])):
        address = ElasticIp("eipalloc-1", "198.51.100.1", tags("cpe-nat/bond-17"), reverse_dns=name)
        assert needed([release], "prod", Cloud(addresses=[address])) == [
            Need(action, "elastic-ip/*", owned=True) for action in ("ReleaseAddress", *more)
        ]
