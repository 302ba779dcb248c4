# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connected IP that a bond had before its CPE NAT entry stays as it was; one that a run has made goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import needed
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, ElasticIp

from .world import World, entry, small_world

PRIVATE, OTHER = "10.1.0.44", "10.1.0.45"
TAG = "bonded.internet/connected_ip"
MADE = "17 192.168.17.1/24"
MORE = {**entry(name="mail", nat_ip="192.168.17.25"), "aggregator": "agg1"}
PRUNE = {"prune_addresses": True}


def lan(world: World, interface: str = "eth1", ip: str = "192.168.17.1/24", **more: Any) -> None:
    """Bond 17 has a connected IP."""
    world.add_thing("connected_ip", "bonds/17", {"ip": ip, "interface": interface, **more})


def address(world: World, key: str = "bond-17", private_ip: str = PRIVATE, **tags: str) -> None:
    """The entry has its Elastic IP on agg1."""
    named = {
        "bonded.internet/network": "prod",
        "bonded.internet/key": f"cpe-nat/{key}",
        "bonded.internet/interface": "eni-agg1",
        "bonded.internet/private_ip": private_ip,
        **{f"bonded.internet/{name}": value for name, value in tags.items()},
    }
    retired = tags.get("retired") == "true"
    place = (None, None) if retired else ("eni-agg1", private_ip)
    number = len(world.cloud.addresses) + 1
    world.cloud.addresses.append(ElasticIp(f"eipalloc-{number}", f"198.51.100.{number}", named, *place))
    one = world.cloud.instances["i-agg1"]
    if not retired:
        world.cloud.instances["i-agg1"] = replace(one, addresses=(*one.addresses, private_ip))


def nat(world: World, private_ip: str = PRIVATE, to: str = "192.168.17.10") -> None:
    world.add_thing("cpe_nat_ip", "bonds/17", {"ip": private_ip, "nat_ip": to})


def written(world: World, *entries: dict[str, Any]) -> dict[str, str | None]:
    """Return what the plan writes into the tag, by the entry's key."""
    items = world.plan(cpe_nat_ips=list(entries) or [entry(aggregator="agg1")])
    assert world.report.problems == []
    tags = {i.key: (i.after or {})["tags"] for i in items if i.kind == "elastic_ip" and "tags" in (i.after or {})}
    return {key: found.get(TAG) for key, found in tags.items()}


def gone(world: World, **more: Any) -> list[tuple[str, str]]:
    world.plan(**more)
    assert world.report.problems == []
    return [(t.kind, t.key) for batch in world.design.batches["remove"] for t in batch.gone]


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def built(world: World) -> World:
    """The entry as a run has left it that made the connected IP."""
    lan(world)
    nat(world)
    address(world, connected_ip=MADE)
    return world


class TestWhose:
    """The tag of the Elastic IP says that the collection has made the connected IP."""

    def test_one_that_is_made_is_in_the_tag_before_it_is_there(self, world: World) -> None:
        assert written(world) == {"cpe-nat/bond-17": MADE}
        ((_host, work),) = world.design.cpe_nat["add"]
        assert work.made_connected_ip == MADE

    def test_one_that_is_there_is_the_operators(self, world: World) -> None:
        lan(world)
        assert written(world) == {"cpe-nat/bond-17": None}
        ((_host, work),) = world.design.cpe_nat["add"]
        assert work.made_connected_ip == ""

    def test_two_entries_that_make_one_together(self, world: World) -> None:
        first = entry(aggregator="agg1")
        assert written(world, first, MORE) == {"cpe-nat/bond-17": MADE, "cpe-nat/mail": MADE}

    def test_a_second_entry_in_one_that_the_first_has_made(self, built: World) -> None:
        assert written(built, entry(aggregator="agg1"), MORE) == {"cpe-nat/mail": MADE}

    def test_an_unchanged_run_writes_nothing(self, built: World) -> None:
        assert built.plan(cpe_nat_ips=[entry(aggregator="agg1")]) == []

    def test_an_entry_that_is_there_without_the_tag(self, world: World) -> None:
        lan(world)
        nat(world)
        address(world)
        assert world.plan(cpe_nat_ips=[entry(aggregator="agg1")]) == []

    def test_one_that_somebody_has_deleted_is_made_again(self, world: World) -> None:
        nat(world)
        address(world)
        assert written(world) == {"cpe-nat/bond-17": MADE}

    def test_a_kept_address_comes_back_to_a_network_of_the_operators(self, world: World) -> None:
        address(world, connected_ip=MADE, retired="true")
        lan(world)
        assert written(world) == {"cpe-nat/bond-17": ""}

    def test_the_right_to_write_it_is_asked_for(self, world: World) -> None:
        items = world.plan(cpe_nat_ips=[entry(aggregator="agg1")])
        given = {need.given for need in needed(items, "prod", world.cloud) if need.action == "CreateTags"}
        assert any(TAG in names for names in given)


class TestUse:
    """Changes by an entry of a connected IP that is not the collection's."""

    def test_another_interface_would_move_it(self, world: World) -> None:
        lan(world, "eth0")
        world.plan(cpe_nat_ips=[entry(aggregator="agg1")])
        (text,) = [text for text in world.report.problems if "interface" in text]
        assert text == (
            "CPE NAT entry of bond 17: interface is not that of its connected IP 192.168.17.1/24, which was there "
            "before (got eth1, expected eth0). Say interface: eth0, or move it on the server, which interrupts the "
            "bond's connected network."
        )

    def test_it_would_be_given_to_the_private_wan(self, world: World) -> None:
        lan(world, include_private_wan=False)
        world.plan(cpe_nat_ips=[entry(aggregator="agg1", include_private_wan=True)])
        (text,) = world.report.problems[:1]
        assert "include_private_wan is not that of its connected IP 192.168.17.1/24, which was there before" in text
        assert "(got true, expected false)" in text

    def test_one_of_ours_may_move(self, built: World) -> None:
        items = built.plan(cpe_nat_ips=[entry(aggregator="agg1", interface="eth0")])
        assert built.report.problems == []
        assert [(i.kind, i.phase, i.interrupts) for i in items] == [
            ("connected_ip", "switch", "the bond's connected network")
        ]

    def test_another_one_leaves_the_first_and_says_so(self, built: World) -> None:
        changed = entry(aggregator="agg1", connected_ip="192.168.18.1/24", nat_ip="192.168.18.10")
        assert written(built, changed) == {"cpe-nat/bond-17": "17 192.168.18.1/24"}
        (text,) = [text for text in built.report.warnings if "192.168.17.1/24" in text]
        assert text.startswith("CPE NAT entry of bond 17: the connected IP 192.168.17.1/24 of bond 17, which an")


class TestGone:
    """A teardown and a pruned entry take what was made, and leave what was there."""

    @pytest.mark.parametrize("more", [{"state": "absent"}, PRUNE], ids=["teardown", "prune"])
    def test_what_was_made_goes(self, built: World, more: dict[str, Any]) -> None:
        assert gone(built, **more) == [("cpe_nat_ip", PRIVATE), ("connected_ip", "192.168.17.1/24")]
        ((_host, work),) = built.design.cpe_nat["remove"]
        assert (work.bond, work.connected_ip) == (17, "192.168.17.1/24")

    def test_it_says_what_it_interrupts(self, built: World) -> None:
        items = built.plan(**PRUNE)
        (found,) = [item for item in items if item.kind == "connected_ip"]
        assert (found.interrupts, found.switch) == (
            "the connected network 192.168.17.0/24 of bond 17",
            "bonding_prune_elastic_ips",
        )

    @pytest.mark.parametrize("more", [{"state": "absent"}, PRUNE], ids=["teardown", "prune"])
    def test_what_was_there_stays(self, world: World, more: dict[str, Any]) -> None:
        lan(world)
        nat(world)
        address(world)
        given = [entry()] if more.get("state") else []
        assert gone(world, cpe_nat_ips=given, **more) == [("cpe_nat_ip", PRIVATE)]

    def test_a_teardown_names_what_stays(self, world: World) -> None:
        lan(world)
        nat(world)
        address(world)
        gone(world, cpe_nat_ips=[entry()], state="absent")
        assert any("The connected IP 192.168.17.1/24 of bond 17 is kept" in text for text in world.report.warnings)

    def test_what_another_entry_uses_stays(self, built: World) -> None:
        nat(built, OTHER, "192.168.17.25")
        address(built, "mail", OTHER, connected_ip=MADE)
        assert gone(built, cpe_nat_ips=[MORE], **PRUNE) == [("cpe_nat_ip", PRIVATE)]

    def test_two_entries_that_go_take_it_once(self, built: World) -> None:
        nat(built, OTHER, "192.168.17.25")
        address(built, "mail", OTHER, connected_ip=MADE)
        found = gone(built, **PRUNE)
        assert sorted(found) == [
            ("connected_ip", "192.168.17.1/24"),
            ("cpe_nat_ip", PRIVATE),
            ("cpe_nat_ip", OTHER),
        ]

    def test_a_run_that_ended_between_the_two_is_finished(self, built: World) -> None:
        built.server.bond_objects[17] = [t for t in built.server.bond_objects[17] if t.kind == "connected_ip"]
        assert gone(built, **PRUNE) == [("connected_ip", "192.168.17.1/24")]

    def test_a_tag_that_somebody_has_spoiled_names_nothing(self, built: World) -> None:
        one = built.cloud.addresses[0]
        for value in ("17", "x 192.168.17.1/24", "99 192.168.17.1/24", "17 192.168.17.1/24 more"):
            built.cloud.addresses[0] = replace(one, tags={**one.tags, TAG: value})
            assert gone(built, **PRUNE) == [("cpe_nat_ip", PRIVATE)], value

    def test_a_bond_that_has_none_is_asked_for_nothing(self, built: World) -> None:
        built.server.bonds[18] = Bond(18, "far", "acme", 12, None, 12)
        assert ("connected_ip", "192.168.17.1/24") in gone(built, **PRUNE)
