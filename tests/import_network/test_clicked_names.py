# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VXLAN interfaces clicked under one name for BGP, or under several for a mesh, as AN-001 leaves the operator free."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from lab.clicked import Clicked, Operator, Wish, click
from tests.import_network.playbooks import import_network, judge, read
from tests.playbooks.running import Json, Site, started

DEVICE, VNI = "vxbgp", 500


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("clicked")) as found:
        yield found


@pytest.fixture(scope="module")
def operator(site: Site) -> Operator:
    return Operator(site.ec2(), site.server.url, site.administrator)


@pytest.fixture(scope="module")
def done(site: Site, operator: Operator) -> Clicked:
    made = click(operator, Wish())
    click_bgp(operator, made)
    site.save("clicked")
    return made


def click_bgp(operator: Operator, done: Clicked) -> None:
    """Add a VXLAN without a space on each aggregator, and a BGP session to each other one."""
    for number, place in enumerate(done.places.values(), 1):
        others = [(at, other) for at, other in enumerate(done.places.values(), 1) if other is not place]
        tunnel: Json = {
            "name": DEVICE,
            "vni": VNI,
            "addresses": [{"address": f"10.253.0.{number}/24"}],
            "endpoints": [{"ip": other.private_ip, "vni": VNI} for _at, other in others],
        }
        operator.api("POST", f"aggregators/{place.number}/vxlan_interfaces/", tunnel)
        for at, other in others:
            session: Json = {
                "name": f"to-{other.name}",
                "local_as": 64512,
                "local_address": f"10.253.0.{number}",
                "neighbor_address": f"10.253.0.{at}",
                "neighbor_as": 64512,
            }
            operator.api("POST", f"aggregators/{place.number}/bgp_protocols/", session)


def test_bgp_over_a_vxlan_of_the_operators_name_is_adopted(site: Site, done: Clicked, tmp_path: pathlib.Path) -> None:
    site.load("clicked")
    folder = tmp_path / "inventory"
    assert judge(site, folder) == []
    found = read(folder, "group_vars/aggregators/network.yml")
    assert found["bonding_bgp"] == {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/24"}
    assert DEVICE in found["bonding_deviations"]["agg1"]


def test_a_device_of_another_name_is_said_with_what_to_do_and_the_rest_is_adopted(
    site: Site, operator: Operator, done: Clicked, tmp_path: pathlib.Path
) -> None:
    site.load("clicked")
    number = done.places["agg2"].number
    (tunnel,) = (one for one in operator.listed(f"aggregators/{number}/vxlan_interfaces/") if one["name"] == "vxacme")
    operator.api("DELETE", f"aggregators/{number}/vxlan_interfaces/{tunnel['id']}/")
    fields = {name: tunnel[name] for name in ("space", "vni", "addresses", "endpoints")}
    operator.api("POST", f"aggregators/{number}/vxlan_interfaces/", {**fields, "name": "acme"})
    (babel,) = operator.listed(f"aggregators/{number}/babel_protocols/")
    change: Json = {"interfaces": [{"patterns": ["acme"]}]}
    operator.api("PATCH", f"aggregators/{number}/babel_protocols/{babel['id']}/", change)
    outcome = import_network(site, tmp_path / "first")
    way = "on agg2 delete acme and add it again as vxacme, with the same VNI, MTU, addresses and endpoints"
    assert way in outcome.said
    assert way in (tmp_path / "first" / "import-report.md").read_text(encoding="utf-8")
    assert judge(site, tmp_path / "second") == []
    (space,) = read(tmp_path / "second", "group_vars/aggregators/network.yml")["bonding_spaces"]
    assert "vxlan" not in space
