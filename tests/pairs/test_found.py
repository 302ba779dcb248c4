# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest pair of each failure that random pairs have found, with what was wrong."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from tests.pairs.applying import applied, steps
from tests.pairs.base import GIVEN_VPC, base
from tests.pairs.inventories import Json
from tests.pairs.planning import ALL, Planned, plan
from tests.pairs.pure import Judged, Pair, judge
from tests.pairs.state import State

EVERY_STEP = 1000
TRANSIT: Json = {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/20"}
WORLD = base()


def inventory(**more: Any) -> Json:
    """Return an inventory of the four aggregators with nothing but this."""
    return {"aggregators": WORLD.hosts, "spaces": [], "cpe_nat_ips": [], "bgp": None, **more}


def entry(**more: Any) -> Json:
    """Return the entry of bond 17, of space1, which is on agg1."""
    place = {"interface": "eth2", "connected_ip": "192.168.17.1/24", "nat_ip": "192.168.17.10"}
    return {"bond": "17", "aggregator": "agg1", **place, **more}


def space(*gateways: Json, **more: Any) -> Json:
    """Return space1 with these gateways."""
    return {
        "key": "space1",
        "private_wan": "managed_mesh",
        "vpc": {"cidr": "10.101.0.0/16"},
        "gateways": [*gateways],
        **more,
    }


def gateway(host: str, *networks: str, **more: Any) -> Json:
    """Return a gateway of these networks."""
    return {"aggregator": host, "networks": [*networks], "egress": "none", **more}


def judged(first: Json, second: Json, stops: int = EVERY_STEP) -> Judged:
    """Judge a pair, stopped after each of its steps, with everything taken away that B does not name."""
    return judge(Pair(0, WORLD, first, second, related=True, prunes=True), stops=stops)


def changed(first: Json, second: Json) -> tuple[State, Planned]:
    """Return A as it is built, and the plan of B on it."""
    built = applied(WORLD.state, plan(WORLD.state, first, **ALL))
    return built, plan(built, second, **ALL)


@pytest.mark.parametrize("bgp", [None, TRANSIT])
@pytest.mark.parametrize("nat_ip", ["192.168.17.10", "192.168.17.11"])
@pytest.mark.parametrize("aggregator", ["agg2", "agg3", "agg4"])
def test_an_entry_moves_to_any_aggregator(aggregator: str, nat_ip: str, bgp: Json | None) -> None:
    """Another subnet: the next run took the return routes to the old address away; one that was killed left the old
    CPE NAT IP on the bond for ever, and chose a second private address."""
    first = inventory(bgp=bgp, cpe_nat_ips=[entry()])
    second = inventory(bgp=bgp, cpe_nat_ips=[entry(aggregator=aggregator, nat_ip=nat_ip)])
    assert judged(first, second).broken == []


@pytest.mark.parametrize("included", [True, False, None])
@pytest.mark.parametrize("before", [True, False])
def test_auto_networks_count_what_the_same_run_gives_to_the_private_wan(before: bool, included: bool | None) -> None:
    """The route of an entry's own network came, or went, with the run after the one that changed the entry."""
    first, second = (
        inventory(spaces=[space(gateway("agg1", "auto"))], cpe_nat_ips=[entry(include_private_wan=value)])
        for value in (before, included)
    )
    assert judged(first, second).broken == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["172.20.0.0/16"], ["172.16.0.0/14"]),  # swapped
        (["172.16.0.0/15"], ["172.16.128.0/17"]),  # split
        (["172.16.0.0/14", "172.20.0.0/16"], []),  # joined
        ([], ["172.16.0.0/14", "172.20.0.0/16"]),
    ],
)
@pytest.mark.parametrize("first_networks", [["172.16.0.0/14"], ["172.16.0.0/17", "172.16.128.0/17"]])
def test_networks_go_from_one_gateway_of_a_space_to_the_other(
    one: list[str], other: list[str], first_networks: list[str]
) -> None:
    """The plan replaced the route in "switch" and deleted the same one in "remove", where vpc_route fails."""
    first = space(gateway("agg1", *first_networks), gateway("agg2", "172.20.0.0/16"))
    second = space(gateway("agg1", *one), gateway("agg2", *other))
    assert judged(inventory(spaces=[first]), inventory(spaces=[second])).broken == []


def test_a_gateway_in_a_vpc_that_is_named_no_more_takes_its_routes_along() -> None:
    """The plan did not list the routes, as it had not read the tables of the adopted VPC."""
    mine = gateway("agg1", "172.16.0.0/16", subnet_id="subnet-given-a")
    first = inventory(spaces=[{**space(mine), "vpc": {"id": GIVEN_VPC}}])
    assert judged(first, inventory()).broken == []
    _built, planned = changed(first, inventory())
    routes = [(one.verb, one.key, one.switch) for one in planned.items if one.kind == "route"]
    assert routes == [("delete", "172.16.0.0/16", "bonding_prune")]


def test_a_vpc_of_a_space_that_takes_another_one_goes() -> None:
    """Check that the VPC is deleted. It was kept for ever, and no line of the plan said so."""
    second = {**space(), "vpc": {"id": GIVEN_VPC}}
    assert judged(inventory(spaces=[space()]), inventory(spaces=[second])).broken == []
    built = applied(WORLD.state, plan(WORLD.state, inventory(spaces=[space()]), **ALL))
    (said,) = [text for text in plan(built, inventory(spaces=[second])).warnings if "VPC" in text]
    assert "is wanted by no space of bonding_spaces any more" in said


@pytest.mark.parametrize("groups", [True, False])
@pytest.mark.parametrize("host", ["agg1", "agg3"])
def test_a_gateway_cannot_move_to_another_vpc_or_subnet(host: str, groups: bool) -> None:
    """The role stopped half-way, as the interface (and the space's security group) lay elsewhere."""
    mine = gateway("agg1", "172.16.0.0/16", egress="masquerade")
    first = inventory(spaces=[space(mine)], security_groups=groups)
    other = gateway(host, "172.16.0.0/16", egress="masquerade", subnet_id="subnet-given-a")
    second = inventory(spaces=[{**space(other), "vpc": {"id": GIVEN_VPC}}], security_groups=groups)
    _built, planned = changed(first, second)
    said = " ".join(planned.problems)
    assert ("the gateway cannot be moved to another subnet or VPC" in said) == (host == "agg1")
    assert ("EC2 cannot move a group" in said) == groups
    if not planned.problems:
        assert judged(first, second).broken == []


def test_a_host_keeps_the_source_of_what_it_translates_until_the_switch() -> None:
    """The rules of a host that had anything else to add got their new source before anything was switched."""
    mine = gateway("agg1", egress="masquerade", vpc_routes=False)
    routed = gateway("agg1", "172.16.0.0/16", egress="masquerade")
    first = inventory(spaces=[space(mine)], bgp=TRANSIT)
    second = inventory(spaces=[space(routed)], bgp=TRANSIT, cpe_nat_ips=[entry(aggregator="agg2")])
    assert judged(first, second).broken == []
    built, planned = changed(first, second)
    sources: dict[str, set[tuple[str, ...]]] = {}
    for item, state in steps(built, planned):
        if item is not None:
            (rules,) = state.installed["agg1"]["masquerade"]
            sources.setdefault(item.phase, set()).add(tuple(rules["untranslated"]))
    assert sources["add"] == {()}
    assert ("10.101.0.0/16",) in sources["switch"]


@pytest.mark.parametrize("before", [True, False])
def test_ipv6_of_a_vpc_that_is_not_wanted_any_more_is_named(before: bool) -> None:
    """Without a gateway no line said that the blocks stay."""
    first, second = (space(), space())
    first["vpc"], second["vpc"] = {**first["vpc"], "ipv6": before}, {**second["vpc"], "ipv6": False}
    _built, planned = changed(inventory(spaces=[first]), inventory(spaces=[second]))
    said = [text for text in planned.warnings if "has IPv6. The blocks" in text]
    assert len(said) == int(before)


def test_what_is_left_of_a_space_is_named() -> None:
    """Its mode, and the subnet of a zone that has no gateway any more."""
    vxlan = {"subnet": "10.254.0.0/20", "protocol": "babel", "aggregators": ["all"]}
    first = inventory(spaces=[space(gateway("agg1", "172.16.0.0/16"), vxlan=vxlan)])
    _built, out = changed(first, inventory())
    assert any("its private WAN stays in mode managed_mesh" in text for text in out.warnings)
    _built, moved = changed(first, inventory(spaces=[space(gateway("agg2", "172.16.0.0/16"), vxlan=vxlan)]))
    (said,) = [text for text in moved.warnings if "The subnet" in text]
    assert said.startswith("The subnet subnet/space1/eu-central-1a (")
    assert "has no gateway in bonding_spaces any more" in said


def test_a_cpe_nat_ip_that_others_made_stays() -> None:
    """Only what leads into the entry's network, with an address that no aggregator has, is left by a killed run."""
    built = applied(WORLD.state, plan(WORLD.state, inventory(cpe_nat_ips=[entry()]), **ALL))
    theirs = {"192.168.99.10": "10.1.0.99", "192.168.17.20": "198.51.100.99", "192.168.17.30": "10.1.0.77"}
    owner = built.cloud.instances["i-agg3"]
    built.cloud.instances["i-agg3"] = replace(owner, addresses=(*owner.addresses, "10.1.0.77"))
    for nat_ip, address in theirs.items():
        identity = ("cpe_nat_ip", "bonds/17", address)
        one = deepcopy(next(o for o in built.objects.values() if o.kind == "cpe_nat_ip"))
        built.objects[identity] = replace(one, key=address, data={**one.data, "ip": address, "nat_ip": nat_ip})
    assert plan(built, inventory(cpe_nat_ips=[entry()]), **ALL).items == []


@pytest.mark.parametrize(("stays", "vni"), [(True, None), (True, 4000), (False, None), (False, 4000)])
def test_an_aggregator_leaves_and_the_run_is_killed_anywhere(stays: bool, vni: int | None) -> None:
    """Killed after its protocols had gone, its VXLAN interface stayed for ever. One with a VNI of its own, of a space
    that goes as a whole, still does, and is named."""
    vxlan = {"subnet": "10.254.0.0/20", "protocol": "babel", "aggregators": ["all"], "vni": vni}
    first = inventory(spaces=[space(vxlan=vxlan)], bgp=TRANSIT)
    second = inventory(spaces=[space(vxlan=vxlan)] if stays else [], bgp=TRANSIT, decommissioned=["agg4"])
    assert judged(first, second).broken == []


def test_a_gateway_in_another_vpcs_subnet_has_its_security_group_there() -> None:
    """The group was made in the space's VPC, and EC2 refused to put it on the interface."""
    alone = gateway("agg1", egress="masquerade", vpc_routes=False, subnet_id="subnet-given-a")
    assert judged(inventory(), inventory(spaces=[space(alone)], security_groups=True)).broken == []
    second = gateway("agg2", "172.16.0.0/16")
    planned = plan(WORLD.state, inventory(spaces=[space(alone, second)], security_groups=True))
    assert any("lie in several VPCs" in text for text in planned.problems)


def test_a_gateway_moves_in_a_table_that_is_given_by_its_id() -> None:
    """Its routes in the main table were planned as deletions too, by the table's other name."""
    place = {"subnet_id": "subnet-given-a", "route_tables": ["rtb-given", "rtb-given-main"]}
    first, second = (
        inventory(spaces=[{**space(gateway(host, "172.16.0.0/16", **place)), "vpc": {"id": GIVEN_VPC}}])
        for host in ("agg1", "agg3")
    )
    assert judged(first, second).broken == []


def test_bgp_ends_where_an_aggregator_leaves() -> None:
    """Seed 200264. Killed after the sessions had gone, the interface that carried them stayed where nobody leaves."""
    first = inventory(bgp=TRANSIT)
    assert judged(first, inventory(decommissioned=["agg4"])).broken == []


def test_a_first_gateway_gets_its_nat_gateway_after_a_kill_too() -> None:
    """Seed 200619. With its interface made, the switch of the unused default route counted as an interruption."""
    second = space(gateway("agg1", "172.16.0.0/16", egress="nat_gateway"))
    pair = Pair(0, WORLD, inventory(spaces=[space()]), inventory(spaces=[second]), related=True, prunes=False)
    found = judge(pair, stops=EVERY_STEP)
    assert (found.broken, found.asked) == ([], ())


def test_return_routes_go_where_the_only_reflector_leaves() -> None:
    """Seed 702568. Its sessions went with it; the return routes of the BGP that was "kept" went in the next run."""
    first = inventory(bgp={**TRANSIT, "route_reflectors": ["agg4"]}, cpe_nat_ips=[entry()])
    second = inventory(decommissioned=["agg4"], cpe_nat_ips=[entry()])
    assert judge(Pair(0, WORLD, first, second, related=True, prunes=False), stops=EVERY_STEP).broken == []


def test_ipv6_that_stays_keeps_its_egress_only_internet_gateway() -> None:
    """Seed 100136. The route for ::/0 is kept with the gateway that it leads to, which the judge did not know."""
    first, second = (space(gateway("agg1", "172.16.0.0/16", egress="nat_gateway")) for _ in range(2))
    first["vpc"] = {**first["vpc"], "ipv6": True}
    assert judged(inventory(spaces=[first]), inventory(spaces=[second])).broken == []
