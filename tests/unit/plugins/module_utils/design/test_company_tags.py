# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's own tags: in every creation, compared on what is there, and never ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import needed
from ansible_collections.bonded.internet.plugins.module_utils._design.tags import TAGGED
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import SecurityGroupInput

from .egress_world import nat_world, plain_world, retired, space
from .world import World, entry, small_world

TAGS = {"CostCenter": "4711"}
GROUPS: dict[str, Any] = {"security_groups": True, "managed_mesh_ports": ["udp/51820"]}


def made(items: list[PlannedChange]) -> dict[str, Any]:
    return {i.key: (i.after or {}).get("tags") for i in items if i.verb == "create" and i.kind in TAGGED}


def retagged(items: list[PlannedChange]) -> dict[str, Any]:
    return {item.key: item.after for item in items if item.kind == "object_tags"}


def labelled(world: World, **tags: str) -> None:
    """Give every object of the network these tags."""
    cloud = world.cloud
    for name in ("vpcs", "internet_gateways", "subnets", "route_tables", "interfaces", "nat_gateways"):
        listed = getattr(cloud, name)
        for key, one in listed.items():
            listed[key] = replace(one, tags={**one.tags, **tags}) if one.tags else one
    cloud.addresses[:] = [replace(one, tags={**one.tags, **tags}) for one in cloud.addresses]


def test_everything_is_made_with_them() -> None:
    world = small_world()
    found = made(world.plan(tags=TAGS, spaces=space(), cpe_nat_ips=[entry()], **GROUPS))
    assert {key.partition("/")[0] for key in found} == {
        *("vpc", "igw", "rtb", "subnet", "natgw-subnet", "natgw-rtb", "gateway", "natgw", "natgw-ip"),
        *("cpe-nat", "sg"),
    }
    assert [key for key, tags in found.items() if tags.get("CostCenter") != "4711"] == []
    assert [key for key, tags in found.items() if tags.get("bonded.internet/key") != key] == []
    design = world.design
    works: list[Any] = [*design.vpcs["add"], *(w for _h, w in (*design.gateways["add"], *design.cpe_nat["add"]))]
    works += [work.entry for work in design.security["add"] if isinstance(work.entry, SecurityGroupInput)]
    assert len(works) > 3 and [work for work in works if work.tags != TAGS] == []


def test_a_space_has_its_own_over_them() -> None:
    world = small_world()
    given = [{**space()[0], "tags": {"CostCenter": "9", "Owner": "acme"}}]
    found = made(world.plan(tags=TAGS, spaces=given, cpe_nat_ips=[entry()], **GROUPS))
    both = {"CostCenter": "9", "Owner": "acme"}
    for key in ("vpc/acme", "gateway/acme/agg1", "sg/gateway/acme", "cpe-nat/bond-17"):  # bond 17 is of this space
        assert both.items() <= found[key].items(), key
    assert found["sg/aggregators/vpc-1"]["CostCenter"] == "4711" and "Owner" not in found["sg/aggregators/vpc-1"]


def test_what_is_there_gets_what_differs_and_keeps_what_it_has() -> None:
    world = nat_world()
    assert world.plan(spaces=space()) == []
    items = world.plan(tags=TAGS, spaces=space())
    assert {i.kind for i in items} == {"object_tags"} and {i.phase for i in items} == {"add"}
    assert not [i for i in items if i.disruptive]
    assert set(map(str, retagged(items).values())) == {str(TAGS)}
    assert {"vpc/acme", "igw/acme", "rtb/acme", "natgw/acme/agg1", "natgw-ip/acme/agg1"} <= set(retagged(items))
    assert sorted(work.id for _part, work in world.design.retags) == sorted(i.parent for i in items)
    labelled(world, CostCenter="4711", Theirs="yes")
    assert world.plan(tags=TAGS, spaces=space()) == []
    labelled(world, CostCenter="old")
    items = world.plan(tags=TAGS, spaces=space())
    assert {str(i.before) for i in items} == {"{'CostCenter': 'old'}"}
    wants = {(need.action, need.given) for need in needed(items, "prod", world.cloud)}
    assert wants == {("DescribeTags", ()), ("CreateTags", ("CostCenter",))}


def test_without_them_nothing_is_compared_and_what_was_set_stays() -> None:
    world = nat_world()
    labelled(world, CostCenter="4711")
    assert world.plan(spaces=space()) == []
    assert world.plan(tags={}, spaces=space()) == []


def test_kept_and_unnamed_objects_are_left_alone() -> None:
    world = plain_world()
    world.cloud.addresses[:] = [replace(one, tags=retired("cpe-nat/bond-17")) for one in world.cloud.addresses]
    items = world.plan(tags=TAGS, spaces=[])
    assert retagged(items) == {}
    assert retagged(nat_world().plan(tags=TAGS, spaces=space(), state="absent")) == {}


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"bonded.internet/network": "x"}, "the key 'bonded.internet/network' is not for the operator"),
        ({"Bonded.Internet/x": "x"}, "is not for the operator"),
        ({"aws:cloudformation:stack": "x"}, "is not for the operator"),
        ({"AWS:x": "x"}, "is not for the operator"),
        ({"Name": "x"}, "the key 'Name' is not for the operator"),
        ({"": "x"}, "has 0 characters"),
        ({"k" * 128: "x"}, "has 128 characters, expected 1 to 127"),
        ({"a\tb": "x"}, "that can be printed"),
        ({"CostCenter": "v" * 257}, "CostCenter: the value has 257 characters"),
        ({"CostCenter": True}, "bonding_tags.CostCenter: got True, expected a text"),
        ({"CostCenter": None}, "bonding_tags.CostCenter: got None, expected a text"),
        ({"CostCenter": ["x"]}, "bonding_tags.CostCenter: got ['x'], expected a text"),
        ({f"k{n}": "x" for n in range(41)}, "has 41 tags, expected at most 40"),
    ],
)
def test_what_no_tag_can_be_is_refused(tags: dict[str, Any], words: str) -> None:
    world = small_world()
    world.plan(tags=tags)
    assert [text for text in world.report.problems if words in text] != [], world.report.problems
    given = [{**space()[0], "tags": tags}]
    world.plan(spaces=given)
    assert [text for text in world.report.problems if "space acme, tags" in text] != []


def test_a_number_is_its_text_and_an_empty_value_is_one() -> None:
    found = made(small_world().plan(tags={"CostCenter": 4711, "Empty": ""}, spaces=space()))
    assert found["vpc/acme"]["CostCenter"] == "4711" and found["vpc/acme"]["Empty"] == ""


def test_rights_know_them() -> None:
    world = small_world()
    items = world.plan(tags=TAGS, spaces=space(), cpe_nat_ips=[entry()], **GROUPS)
    makers = [need for need in needed(items, "prod", world.cloud) if need.maker]
    assert makers and [need for need in makers if need.values != (("CostCenter", "4711"),)] == []
    assert [need for need in makers if "CostCenter" not in need.given] == []
