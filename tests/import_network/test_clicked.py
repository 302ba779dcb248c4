# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network clicked by hand after AN-001 is imported, adopted by tags alone, and then unchanged."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from lab.clicked import Clicked, Operator, click
from tests.import_network.playbooks import adopt, import_network, login, read
from tests.playbooks.rights import policy
from tests.playbooks.running import Site, started

NETWORK = "group_vars/aggregators/network.yml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("clicked")) as found:
        yield found


@pytest.fixture(scope="module")
def done(site: Site) -> Clicked:
    made = click(Operator(site.ec2(), site.server.url, site.administrator))
    site.save("clicked")
    return made


@pytest.fixture(scope="module")
def folder(site: Site, done: Clicked, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Return the inventory of an import with the rights to look, and no others."""
    found = tmp_path_factory.mktemp("imported") / "inventory"
    site.grant([policy("read")])
    outcome = import_network(site, found)
    site.load("clicked")
    assert outcome.code == 0, outcome.output
    assert outcome.writes == []
    assert {entry["error"] for entry in outcome.aws} <= {None, ""}
    return found


def test_a_clicked_network_becomes_an_inventory(folder: pathlib.Path, done: Clicked) -> None:
    hosts = read(folder, "hosts.yml")["aggregators"]["hosts"]
    assert hosts["agg3"] == {"ansible_host": "203.0.113.13", "aws_instance_id": "i-0d00000000000a903"}
    found = read(folder, NETWORK)
    (acme,) = found["bonding_spaces"]
    assert acme["private_wan"] == "managed_mesh"
    assert acme["vpc"] == {"id": done.vpc_id, "ipv6": False}
    assert acme["vxlan"] == {
        "subnet": "10.254.0.0/24",
        "vni": 100,
        "protocol": "babel",
        "interface": "vxacme",
        "addresses": {"agg1": "10.254.0.1", "agg2": "10.254.0.2", "agg3": "10.254.0.3"},
    }
    assert acme["gateways"] == [
        {
            "aggregator": "agg3",
            "interface": "ens6",
            "interface_id": done.interface_id,
            "subnet_id": done.subnet_id,
            "public_ip": done.gateway_ip,
            "networks": ["172.16.0.0/12"],
            "egress": "none",
        }
    ]
    (entry,) = found["bonding_cpe_nat_ips"]
    assert (entry["bond"], entry["public_ip"], entry["private_ip"]) == ("20", done.public_ip, "10.1.0.77")


def test_hand_made_names_and_differences_are_kept(folder: pathlib.Path) -> None:
    found = read(folder, NETWORK)["bonding_deviations"]
    assert set(found) == {"agg1", "agg2", "agg3"}
    for own in found.values():
        assert own["demo_babel_11"]["name"] == "babel-acme"
        assert "export_ipv4" in own["demo_babel_11"]["keep"]
        assert own["demo_export_11"] == {"absent": True}
        assert own["vxacme"] == {"keep": ["mtu"]}
    assert found["agg3"]["demo_gateway_11"]["name"] == "gw-acme"


def test_the_report_says_the_reasons(folder: pathlib.Path, done: Clicked) -> None:
    text = (folder / "import-report.md").read_text(encoding="utf-8")
    reason = "on 10.1.0.77 of agg3, which is CPE NAT IP of bond 20 (acme-cologne)"
    assert f"| Elastic IP {done.public_ip} | bonding_cpe_nat_ips, bond-20 | {reason} |" in text
    assert "| Elastic IP 198.51.100.200 | it is associated with nothing |" in text
    assert "| private address 10.1.0.50 of agg1 | it carries no Elastic IP |" in text
    assert "`ansible-playbook -i <this folder> bonded.internet.site --check --diff -e bonding_adopt=true` shows" in text
    assert "`ansible-playbook -i <this folder> bonded.internet.site -e bonding_adopt=true` adopts" in text
    secrets = [value for name, value in login().items() if "password" in name or "secret" in name]
    written = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    assert not [secret for secret in secrets for content in written if secret in content]


def test_files_are_overwritten_only_if_that_is_said(site: Site, folder: pathlib.Path) -> None:
    refused = import_network(site, folder)
    assert refused.code != 0
    said = (
        f"{folder}: has files of an import (got group_vars/aggregators/network.yml, hosts.yml, import-report.md; "
        "expected none of these). Nothing was written. Choose another folder, or say -e bonding_import_overwrite=true."
    )
    assert said in refused.said
    assert (refused.server, refused.aws) == ([], [])
    again = import_network(site, folder, bonding_import_overwrite=True)
    assert (again.code, again.changed) == (0, 0)
    assert "other files of an inventory" not in again.output


def test_a_run_adopts_by_tags_alone_and_the_next_one_does_nothing(site: Site, folder: pathlib.Path) -> None:
    assert adopt(site, folder) == []
    site.load("clicked")


def test_check_mode_shows_the_import_and_writes_nothing(site: Site, done: Clicked, tmp_path: pathlib.Path) -> None:
    outcome = import_network(site, tmp_path / "new", "--check")
    assert outcome.code == 0
    assert "not placed: Elastic IP 198.51.100.200: it is associated with nothing" in outcome.output
    assert "import-report.md says of each object why, and what to do next." in outcome.output
    assert list(tmp_path.iterdir()) == []
