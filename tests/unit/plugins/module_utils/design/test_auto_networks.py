# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`networks: auto`: few supernets of what the bonds carry, and nothing of anybody else's."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.gateway.supernets import auto_bonds, supernets
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, Route
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .egress_world import ANYWHERE, gateway, nat_world, plain_world, routes, space
from .world import HOSTS, World, acme, host, small_world

WHAT = "space acme, gateway on agg1, networks: auto"


def nets(*texts: str) -> list[ipaddress.IPv4Network]:
    return [ipaddress.IPv4Network(text) for text in texts]


def carrying(world: World, *networks: str, bond: int = 17, included: bool = True) -> World:
    """The bond's connected IPs, each the first address of its network."""
    objects = world.server.bond_objects.setdefault(bond, [])
    for text in networks:
        network = ipaddress.ip_network(text)
        address = f"{network[1]}/{network.prefixlen}"
        data = {"ip": address, "include_private_wan": included}
        objects.append(Object("connected_ip", f"bonds/{bond}", address, data))
    return world


def led(world: World, *problems: str, table: str = "vpc/acme/main", **more: Any) -> list[str]:
    """The networks that the space's main table sends to a gateway with `networks: auto`."""
    given = {"networks": ["auto"], "egress": "none", **more}
    items = world.plan(spaces=space(gateway(**given)))
    assert world.report.problems == list(problems)
    return [item.key for item in items if item.kind == "route" and item.parent == table]


@pytest.mark.parametrize(
    ("given", "most", "taken", "found"),
    [
        pytest.param(["172.16.1.0/24"], 1, [], ["172.16.1.0/24"], id="one stays as it is"),
        pytest.param(["172.16.0.0/24", "172.16.1.0/24"], 4, [], ["172.16.0.0/23"], id="neighbours become one"),
        pytest.param(["172.16.1.0/24", "172.16.2.0/24"], 4, [], ["172.16.1.0/24", "172.16.2.0/24"], id="few enough"),
        pytest.param(["172.16.1.0/24", "172.16.2.0/24"], 1, [], ["172.16.0.0/22"], id="joined"),
        pytest.param(
            ["10.0.0.0/24", "10.0.2.0/24", "192.168.9.0/24"], 2, [], ["10.0.0.0/22", "192.168.9.0/24"], id="the nearest"
        ),
        pytest.param(["10.0.0.0/24", "192.168.9.0/24"], 1, [], None, id="never beyond private space"),
        pytest.param(["198.51.100.0/25", "203.0.113.0/24"], 1, [], None, id="public networks never grow"),
        pytest.param(
            ["10.1.0.0/24", "10.2.0.0/24", "10.9.0.0/24", "10.9.2.0/24"],
            3,
            ["10.9.1.0/24"],
            ["10.0.0.0/14", "10.9.0.0/24", "10.9.2.0/24"],
            id="around what others have",
        ),
        pytest.param(["10.1.0.0/24", "10.1.2.0/24"], 1, ["10.1.1.0/24"], None, id="nothing but what others have"),
        pytest.param(["10.1.0.0/24", "10.1.2.0/24"], 1, ["10.0.0.0/8"], None, id="no longer prefix in their route"),
        pytest.param([f"10.{n}.0.0/24" for n in range(200)], 1, [], ["10.0.0.0/8"], id="two hundred in one"),
    ],
)
def test_supernets(given: list[str], most: int, taken: list[str], found: list[str] | None) -> None:
    chosen = supernets(nets(*given), most, nets(*taken))
    assert chosen == (nets(*found) if found is not None else None)


def test_only_what_is_given_to_the_private_wan_of_this_space_counts() -> None:
    world = carrying(small_world(), "172.16.1.0/24", "2001:db8:1::/64")
    carrying(world, "172.16.77.0/24", included=False)
    world.server.bonds[18] = Bond(18, "initech-oslo", "initech", primary=7, secondary=None, present=7)
    carrying(world, "172.16.99.0/24", bond=18)
    route = {"network": "172.20.0.0/16", "include_private_wan": True}
    world.server.bond_objects[17].append(Object("bond_route", "bonds/17", "172.20.0.0/16", route))
    assert led(world) == ["172.16.1.0/24", "172.20.0.0/16"]
    assert led(world, max_networks=1) == ["172.16.0.0/13"]


def test_a_new_office_widens_before_the_old_routes_go() -> None:
    world = plain_world()
    carrying(world, "172.16.1.0/24", "172.16.2.0/24")
    items = world.plan(spaces=space(gateway(networks=["auto"], egress="none", max_networks=1)))
    main = {(i.phase, i.verb, i.key) for i in items if i.kind == "route" and i.parent == "vpc/acme/main"}
    assert main == {("add", "create", "172.16.0.0/22"), ("remove", "delete", "172.16.0.0/12")}


def test_a_route_of_others_is_not_taken_in_and_the_vpcs_own_network_neither() -> None:
    world = carrying(plain_world(), "10.101.200.0/24")
    mine = world.cloud.route_tables["rtb-main"].routes
    routes(world.cloud, "rtb-main", *mine, Route("172.16.8.0/24", "tgw-1"), Route(ANYWHERE, "igw-9"))
    carrying(world, "172.16.1.0/24", "172.16.20.0/24")
    overlap = "the VPC network 10.101.0.0/16 of space acme overlaps the network 10.101.200.0/24 of bond 17"
    assert led(
        world, f"{overlap} (acme-berlin). Give the space another network, or change that of the bond.", max_networks=3
    ) == [
        "10.101.200.0/24",
        "172.16.1.0/24",
        "172.16.20.0/24",
        "172.16.0.0/12",  # given before, and deleted
    ]
    del world.server.bond_objects[17][0]
    led(
        world,
        f"{WHAT}: the bonds' 2 networks do not fit into max_networks: 1 without swallowing the route of 172.16.8.0/24 "
        "to tgw-1 in rtb-main. Raise max_networks, or give the networks.",
        max_networks=1,
    )


def test_nothing_to_lead_is_refused_once_and_never_a_removal() -> None:
    nothing = (
        f"{WHAT}: no connected IP or route of the space's bonds has include_private_wan, so there is nothing to lead "
        "to the gateway. Set it on the server, or give the networks; an empty list is none."
    )
    led(nat_world(), nothing, egress="nat_gateway")
    led(plain_world(), nothing)


def test_what_auto_may_be_is_checked() -> None:
    led(
        carrying(small_world(), "172.16.1.0/24"),
        "space acme, gateway on agg1, max_networks: 0 is outside of 1 to 50, which is what AWS lets a route table "
        "have. Give a number in between.",
        max_networks=0,
    )
    world = small_world()
    world.plan(spaces=space(gateway(networks=["auto", "10.0.0.0/8"], egress="none")))
    assert [text for text in world.report.problems if "networks: 'auto' is not an IPv4 network" in text]


def test_the_bonds_of_such_a_space_are_read_and_no_others() -> None:
    def bonds(*gateways: dict[str, Any], **more: Any) -> set[int]:
        params = {"network": "prod", "spaces": space(*gateways), "cpe_nat_ips": [], **more}
        params["aggregators"] = [host(name) for name in HOSTS]
        return auto_bonds(read_desired_network(params, Report()), small_world().server)

    assert bonds(gateway(networks=["auto"])) == {17}
    assert bonds(gateway()) == set()
    assert bonds(gateway(networks=["auto"]), state="absent") == set()


CARRIES_NOTHING = (
    "space acme: no connected IP or route of its bonds has include_private_wan: there is nothing to carry."
)


@pytest.mark.parametrize(
    ("included", "read", "warned"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_a_space_that_carries_nothing_is_warned_of_if_all_its_networks_were_read(
    included: bool, read: bool, warned: bool
) -> None:
    """An entry that is pruned has its bond's connected IPs read, and not its routes, which may carry all the same."""
    world = carrying(small_world(), "192.168.17.0/24", included=included)
    world.server.bonds_with_networks = {17} if read else set()
    world.plan(spaces=[acme()])
    assert (CARRIES_NOTHING in world.report.warnings) is warned


def test_another_spaces_networks_may_be_taken_in() -> None:
    """Each space has a VPC and routes of its own, so that two customers may have the same networks."""
    world = carrying(plain_world(), "172.16.1.0/24", "172.16.7.0/24")
    other = {"key": "initech", "private_wan": "unmanaged", "vpc": {"cidr": "172.16.4.0/24"}}
    other["vxlan"] = {"subnet": "172.16.0.0/22"}
    given = gateway(networks=["auto"], egress="none", max_networks=1)
    items = world.plan(spaces=[*space(given), other])
    assert world.report.problems == []
    made = [one.key for one in items if (one.kind, one.verb, one.parent) == ("route", "create", "vpc/acme/main")]
    assert made == ["172.16.0.0/21"]
