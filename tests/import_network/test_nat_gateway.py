# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway behind a NAT gateway: built by site.yml, stripped, imported, adopted, and then changed on request."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest
import yaml

from tests.import_network.playbooks import import_network, judge, read, run_imported, strip
from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Site, aws_writes, demo_hosts, demo_variables, server_writes, started

NETWORK = "group_vars/aggregators/network.yml"
MORE = "192.168.128.0/17"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration's space with a NAT gateway, without the collection's tags and names."""
    with started(tmp_path_factory.mktemp("nat")) as found:
        given = demo_variables()
        spaces = [space for space in given["bonding_spaces"] if space["key"] == "initech"]
        more = {"bonding_spaces": spaces, "bonding_cpe_nat_ips": [], "bonding_bgp": None}
        outcome = found.write_inventory("built", demo_hosts(), {**given, **more}).run("site")
        assert outcome.code == 0, outcome.output
        strip(found)
        found.save("stripped")
        yield found


@pytest.fixture
def folder(site: Site, tmp_path: pathlib.Path) -> pathlib.Path:
    """The inventory of an import with the rights to look, and no others."""
    site.load("stripped")
    site.grant([policy("read")])
    outcome = import_network(site, tmp_path / "inventory")
    assert (outcome.code, outcome.writes) == (0, []), outcome.output
    assert {entry["error"] for entry in outcome.aws} <= {None, ""}
    site.load("stripped")  # with all rights
    return tmp_path / "inventory"


def test_it_becomes_a_gateway_of_the_inventory_with_its_reason(site: Site, folder: pathlib.Path) -> None:
    cloud = site.cloud.state()
    ((space,), (nat,)) = read(folder, NETWORK)["bonding_spaces"], cloud["nat_gateways"]
    (gateway,) = space["gateways"]
    tables = {one["id"] for one in cloud["route_tables"] if one["vpc_id"] == space["vpc"]["id"]}
    assert gateway["egress"] == "nat_gateway"
    assert set(gateway["route_tables"]) == tables
    assert "public_ip" not in gateway
    text = (folder / "import-report.md").read_text(encoding="utf-8")
    place = "bonding_spaces, initech, gateway on agg3"
    assert f"| NAT gateway {nat['id']} | {place} | the default route of {gateway['subnet_id']} leads to it |" in text
    (address,) = [one for one in cloud["addresses"] if one["id"] == nat["allocation_id"]]
    assert f"| Elastic IP {address['public_ip']} | {place} | on the NAT gateway {nat['id']} |" in text


def test_a_run_adopts_by_tags_alone_and_the_next_one_does_nothing(site: Site, tmp_path: pathlib.Path) -> None:
    site.load("stripped")
    assert judge(site, tmp_path / "inventory") == []


def test_a_further_network_gets_routes_and_no_nat_gateway_or_address(site: Site, folder: pathlib.Path) -> None:
    assert run_imported(site, folder, bonding_adopt=True).code == 0
    before = site.cloud.state()
    variables = read(folder, NETWORK)
    gateway = variables["bonding_spaces"][0]["gateways"][0]
    gateway["networks"] = [*gateway["networks"], MORE]
    (folder / NETWORK).write_text(yaml.safe_dump(variables), encoding="utf-8")
    looked = run_imported(site, folder, "--check")
    assert (looked.code, looked.writes) == (0, []), looked.output
    done = run_imported(site, folder)
    assert done.code == 0, done.output
    assert [entry["action"] for entry in aws_writes(done.aws)] == ["CreateRoute"] * len(gateway["route_tables"])
    assert len(server_writes(done.server)) == 1
    after = site.cloud.state()
    for kind in ("addresses", "nat_gateways", "network_interfaces"):
        assert after[kind] == before[kind]
    leading = [table for table in after["route_tables"] if MORE in _destinations(table)]
    assert {table["id"] for table in leading} == set(gateway["route_tables"])
    again = run_imported(site, folder)
    assert (again.code, again.changed, again.writes) == (0, 0, [])


def _destinations(table: Json) -> list[str]:
    return [route["destination"] for route in table["routes"]]


def test_a_nat_gateway_that_is_gone_is_one_problem_before_a_change(site: Site, folder: pathlib.Path) -> None:
    assert run_imported(site, folder, bonding_adopt=True).code == 0
    (nat,) = site.cloud.state()["nat_gateways"]
    site.ec2().delete_nat_gateway(NatGatewayId=nat["id"])
    outcome = run_imported(site, folder)
    assert (outcome.code, outcome.writes) == (2, [])
    assert "leads 0.0.0.0/0 to no NAT gateway (got" in outcome.said
