# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An entry, a space or a host under another name keeps all that it has: tags change, and nothing is made twice."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.check import dry_runs
from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import Need, needed
from ansible_collections.bonded.internet.plugins.module_utils._design.renames import Names, shown_name
from ansible_collections.bonded.internet.plugins.module_utils._model.names import OWN_KEY
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import TagsInput
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp, Interface
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .built_world import BEHIND_NAT, FACTS, MASQUERADING, PUBLIC, Built, addresses_alone, behind_nat, masquerading, tags
from .world import HOSTS, entry, host, initech

KEY = "bonded.internet/key"


def hosts(built: Built, **more: Any) -> list[dict[str, Any]]:
    """The hosts, agg1 under the name edge1."""
    found = [host(n, manage_host=True, found={**FACTS, "installed": built.installed.get(n, {})}) for n in HOSTS]
    found[0] |= {"host": "edge1", **more}
    return found


def on(name: str, space: dict[str, Any] | None = None, **more: Any) -> list[dict[str, Any]]:
    """The spaces, the gateway of acme (MASQUERADING if not given) on a host of this name."""
    space = space or MASQUERADING
    gateway = {**deepcopy(space["gateways"][0]), "aggregator": name}
    return [{**deepcopy(space), "gateways": [gateway], **more}, initech()]


def rename_on_server(built: Built, old: str = "acme", new: str = "acme-2026") -> None:
    """The management server has the space under another key, in everything that names it."""
    server, world = built.world.server, built.world
    server.spaces[new] = replace(server.spaces.pop(old), key=new)
    for number, bond in server.bonds.items():
        server.bonds[number] = replace(bond, space=new if bond.space == old else bond.space)
    for identity, one in list(world.objects.items()):
        data = {**one.data, **({"space": new} if one.data.get("space") == old else {})}
        if one.kind == "space" and one.key == old:
            del world.objects[identity]
            one = replace(one, key=new)
            data["key"] = new
        world.objects[one.identity] = replace(one, data=data)
    world._follow(world.objects.values())


def renames(items: list[PlannedChange]) -> dict[str, tuple[str, str]]:
    """Return the renamed objects, id -> (old key, new key); any other item is a failure."""
    assert [(i.phase, i.verb, i.kind) for i in items if i.system != "host"] == [
        ("add", "update", "key_tag") for i in items if i.system != "host"
    ]
    assert not any(item.disruptive for item in items)
    return {i.parent: ((i.before or {})[KEY], (i.after or {})[KEY]) for i in items if i.kind == "key_tag"}


def apply_or_predict(built: Built) -> None:
    """Write the tags, as the first step of the run does."""
    cloud = built.world.cloud
    maps: list[dict[str, Any]] = [cloud.vpcs, cloud.subnets, cloud.interfaces, cloud.internet_gateways]
    maps += [cloud.route_tables, cloud.nat_gateways, cloud.groups]
    for work in built.world.design.renames:
        for listed in maps:
            if work.id in listed:
                listed[work.id] = replace(listed[work.id], tags={**listed[work.id].tags, **work.tags})
        for place, one in enumerate(cloud.addresses):
            if one.allocation_id == work.id:
                cloud.addresses[place] = replace(one, tags={**one.tags, **work.tags})


class TestEntries:
    """The key of an entry is its name, or that of its bond."""

    def test_an_entry_gets_a_name(self) -> None:
        built = addresses_alone()
        given = {"cpe_nat_ips": [entry(aggregator="agg1", name="web", renamed_from="bond-17")]}
        items, problems = built.run(**given)
        assert problems == []
        assert renames(items) == {"eipalloc-17": ("cpe-nat/bond-17", "cpe-nat/web")}
        assert built.world.design.renames == [TagsInput("eipalloc-17", {KEY: "cpe-nat/web"}, None)]
        assert not any("is named by no CPE NAT entry" in text for text in built.world.report.warnings)
        apply_or_predict(built)
        assert built.run(**given) == ([], [])

    def test_it_keeps_its_address_with_pruning_too(self) -> None:
        built = addresses_alone()
        given = [entry(aggregator="agg1", name="web", renamed_from="bond-17")]
        items, problems = built.run(cpe_nat_ips=given, prune_addresses=True, prune=True)
        assert problems == []
        assert len(renames(items)) == 1

    def test_without_a_word_it_is_refused(self) -> None:
        built = addresses_alone()
        _items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", name="web")])
        (text,) = problems
        assert text.startswith("CPE NAT entry 'web': looks like the entry bond-17 by another name, whose address ")
        assert f"{PUBLIC} leads to nat_ip 192.168.17.10 of bond 17 (got web, expected bond-17)" in text
        assert "Say renamed_from: bond-17" in text

    def test_another_host_behind_the_bond_is_another_entry(self) -> None:
        built = addresses_alone()
        more = {**entry(aggregator="agg1", name="mail"), "nat_ip": "192.168.17.25"}
        _items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1"), more])
        assert problems == []

    def test_an_address_of_others_for_the_same_host(self) -> None:
        built = addresses_alone()
        built.world.cloud.addresses.clear()
        _items, problems = built.run()
        (text,) = problems
        assert "nat_ip 192.168.17.10 of bond 17 has the CPE NAT IP 10.1.0.44 already" in text
        assert "delete that CPE NAT IP on the server" in text

    def test_a_kept_address_of_the_new_name_stays_beside(self) -> None:
        built = addresses_alone()
        kept = {**tags("cpe-nat/web"), "bonded.internet/retired": "true"}
        built.world.cloud.addresses.append(ElasticIp("eipalloc-99", "198.51.100.99", kept))
        given = [entry(aggregator="agg1", name="web", renamed_from="bond-17")]
        items, problems = built.run(cpe_nat_ips=given)
        assert problems == []
        assert list(renames(items)) == ["eipalloc-17"]

    def test_names_that_change_places(self) -> None:
        built = addresses_alone()
        more = {**entry(aggregator="agg1", name="bond-17"), "nat_ip": "192.168.17.25"}
        _items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", name="web", renamed_from="bond-17"), more])
        assert problems[0].startswith("bonding_cpe_nat_ips, entry web: renamed_from is a name of today (got bond-17")

    def test_one_old_name_for_two(self) -> None:
        built = addresses_alone()
        more = {**entry(aggregator="agg1", name="mail", renamed_from="bond-17"), "nat_ip": "192.168.17.25"}
        _items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", name="web", renamed_from="bond-17"), more])
        assert "renamed_from is given twice (got bond-17, which web has too" in problems[0]

    def test_an_address_and_its_move_in_one_run(self) -> None:
        built = addresses_alone()
        given = [entry(aggregator="agg3", name="web", renamed_from="bond-17")]
        items, problems = built.run(cpe_nat_ips=given, allow_disruption=True)
        assert problems == []
        moved = [item for item in items if item.kind == "address_association"]
        assert [(item.verb, item.phase, item.key) for item in moved] == [("update", "switch", "cpe-nat/web")]
        assert len([item for item in items if item.kind == "key_tag"]) == 1


class TestHosts:
    """The name of a host is in the keys of its gateways."""

    @pytest.mark.parametrize(("build", "space"), [(masquerading, MASQUERADING), (behind_nat, BEHIND_NAT)])
    def test_a_host_gets_another_name(self, build: Any, space: dict[str, Any]) -> None:
        built = build()
        given = {
            "aggregators": hosts(built, renamed_from="agg1"),
            "spaces": on("edge1", space),
            "cpe_nat_ips": [entry(aggregator="edge1")],
        }
        items, problems = built.run(**given)
        assert problems == []
        found = renames(items)
        assert {old.rpartition("/")[0] for old, _new in found.values()} <= {
            "gateway/acme",
            "gateway-ip/acme",
            "natgw/acme",
            "natgw-ip/acme",
        }
        assert {new for _old, new in found.values()} >= {"gateway/acme/edge1"}
        apply_or_predict(built)
        assert [item for item in built.run(**given)[0] if item.system != "host"] == []

    def test_without_a_word_it_is_refused(self) -> None:
        built = masquerading()
        given = {"aggregators": hosts(built), "spaces": on("edge1"), "cpe_nat_ips": [entry(aggregator="edge1")]}
        _items, problems = built.run(**given)
        assert problems[0] == (
            "space acme, gateway on edge1: the instance i-agg1 has the gateway's network interface eni-gw already, "
            "under another host name (got edge1, expected agg1). Say bonding_renamed_from: agg1 on the host to keep "
            "what it has, or name the host agg1 again."
        )

    def test_the_old_name_of_a_host_that_is_another_one_now(self) -> None:
        built = masquerading()
        _items, problems = built.run(
            aggregators=[*hosts(built, renamed_from="agg2")],
            spaces=on("edge1"),
            cpe_nat_ips=[entry(aggregator="edge1")],
        )
        assert problems[0].startswith("host edge1: renamed_from is a name of today (got agg2")


class TestSpaces:
    """The key of a space is in the keys of its VPC, and of all that is in it."""

    def test_a_space_gets_another_key(self) -> None:
        built = masquerading()
        rename_on_server(built)
        given = {"spaces": on("agg1", key="acme-2026", renamed_from="acme")}
        items, problems = built.run(**given)
        assert problems == []
        assert renames(items) == {
            "vpc-9": ("vpc/acme", "vpc/acme-2026"),
            "igw-9": ("igw/acme", "igw/acme-2026"),
            "rtb-gw": ("rtb/acme", "rtb/acme-2026"),
            "subnet-gw": ("subnet/acme/eu-central-1a", "subnet/acme-2026/eu-central-1a"),
            "eni-gw": ("gateway/acme/agg1", "gateway/acme-2026/agg1"),
            "eipalloc-gw": ("gateway-ip/acme/agg1", "gateway-ip/acme-2026/agg1"),
            "sg-sg/gateway/acme": ("sg/gateway/acme", "sg/gateway/acme-2026"),
        }
        rules = [item for item in items if item.system == "host"]
        assert [(item.verb, item.kind, item.before, item.after) for item in rules] == [
            ("update", "masquerade", {"space": "acme"}, {"space": "acme-2026"})
        ]
        apply_or_predict(built)
        assert [item for item in built.run(**given)[0] if item.system != "host"] == []

    def test_without_a_word_it_is_refused(self) -> None:
        built = masquerading()
        rename_on_server(built)
        _items, problems = built.run(spaces=on("agg1", key="acme-2026"))
        named = [text for text in problems if "looks like the space acme by another key" in text]
        assert "whose VPC vpc-9 has its network (got acme-2026, expected acme" in named[0]
        assert "Say renamed_from: acme in the space" in named[0]

    def test_a_gateway_in_a_vpc_of_others(self) -> None:
        built = masquerading()
        rename_on_server(built)
        built.world.cloud.vpcs["vpc-9"] = replace(built.world.cloud.vpcs["vpc-9"], tags={})
        spaces = on("agg1", key="acme-2026", vpc={"id": "vpc-9"})
        spaces[0]["gateways"][0]["subnet_id"] = "subnet-gw"
        _items, problems = built.run(spaces=spaces)
        assert any("looks like the space acme by another key, whose gateway eni-gw is on agg1" in p for p in problems)

    def test_a_vpc_of_a_space_that_the_server_has_is_no_rename(self) -> None:
        built = masquerading()
        _items, problems = built.run(spaces=[initech(), {**initech(), "key": "acme"}])
        assert not any("looks like" in text for text in problems)


class TestTags:
    """A rename writes the key, and the name that EC2's console shows if it is still ours."""

    def test_the_shown_name_follows(self) -> None:
        built = masquerading()
        vpcs = built.world.cloud.vpcs
        vpcs["vpc-9"] = replace(vpcs["vpc-9"], tags={**vpcs["vpc-9"].tags, "Name": "prod-acme"})
        subnets = built.world.cloud.subnets
        subnets["subnet-gw"] = replace(subnets["subnet-gw"], tags={**subnets["subnet-gw"].tags, "Name": "by hand"})
        rename_on_server(built)
        built.run(spaces=on("agg1", key="acme-2026", renamed_from="acme"))
        written = {work.id: work.tags for work in built.world.design.renames}
        assert written["vpc-9"] == {KEY: "vpc/acme-2026", "Name": "prod-acme-2026"}
        assert written["subnet-gw"] == {KEY: "subnet/acme-2026/eu-central-1a"}

    @pytest.mark.parametrize(
        ("key", "name"),
        [
            ("vpc/acme", "prod-acme"),
            ("rtb/acme", "prod-acme"),
            ("subnet/acme/z", "prod-acme-z"),
            ("natgw-subnet/acme/z", "prod-acme-public-z"),
            ("natgw-rtb/acme/z", "prod-acme-public-z"),
            ("gateway/acme/agg1", "prod-gateway/acme/agg1"),
            ("gateway-ip/acme/agg1", "prod-gateway/acme/agg1"),
            ("natgw/acme/agg1", "prod-natgw/acme/agg1"),
            ("natgw-ip/acme/agg1", "prod-natgw/acme/agg1"),
            ("sg/gateway/acme", "prod-gateway-acme"),
        ],
    )
    def test_names_are_those_of_the_roles(self, key: str, name: str) -> None:
        assert shown_name("prod", key) == name

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("vpc/a", "vpc/b"),
            ("subnet/a/h", "subnet/b/h"),  # a zone is not a host
            ("gateway/a/h", "gateway/b/i"),
            ("natgw-ip/other/h", "natgw-ip/other/i"),
            ("sg/gateway/a", "sg/gateway/b"),
            ("sg/cpe-nat/a", "sg/cpe-nat/a"),
            ("cpe-nat/a", "cpe-nat/a"),
            ("cpe-nat/e", "cpe-nat/f"),
        ],
    )
    def test_each_key_has_its_own_names(self, old: str, new: str) -> None:
        names = Names(entries={"e": "f"}, spaces={"a": "b"}, hosts={"h": "i"})
        assert names.of(old) == new
        assert OWN_KEY.fullmatch(new)

    def test_the_rights_are_those_of_tagging_what_is_ours(self) -> None:
        built = addresses_alone()
        items, _problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", name="web", renamed_from="bond-17")])
        assert needed(items, "prod", built.world.cloud) == [
            Need("DescribeTags", "*"),
            Need("CreateTags", "elastic-ip/*", True, (KEY,)),
        ]
        ((method, params),) = dry_runs(items, "prod", built.world.cloud)
        assert (method, params["Resources"]) == ("create_tags", ["eipalloc-17"])

    def test_objects_of_other_networks_are_left(self) -> None:
        built = addresses_alone()
        theirs = {"bonded.internet/network": "other", KEY: "gateway/acme/agg1"}
        built.world.cloud.interfaces["eni-x"] = Interface("eni-x", "subnet-a", "vpc-1", "10.1.0.9", theirs)
        _items, problems = built.run(
            aggregators=hosts(built, renamed_from="agg1"), cpe_nat_ips=[entry(aggregator="edge1")]
        )
        assert (built.world.design.renames, problems) == ([], [])


def test_a_teardown_takes_what_is_there_by_its_old_name() -> None:
    built = addresses_alone()
    given = [entry(aggregator="agg1", name="web", renamed_from="bond-17")]
    built.world.server.bond_objects[17].append(Object("connected_ip", "bonds/17", "10.9.0.1/24", {"ip": "10.9.0.1/24"}))
    items, problems = built.run(cpe_nat_ips=given, state="absent", confirm_teardown="prod")
    assert problems == []
    assert ("delete", "address_association", "cpe-nat/bond-17") in {(i.verb, i.kind, i.key) for i in items}
