# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the demo's network, compared with what is on both stand-ins."""

from __future__ import annotations

import csv
import pathlib
from typing import Any

from tests.playbooks import planning
from tests.playbooks.running import Outcome, Site, demo_variables
from tests.report_page import PageReader

AGGREGATORS = {"agg1": "eni-0d00000000000a901", "agg2": "eni-0d00000000000a902", "agg3": "eni-0d00000000000a903"}


def report(site: Site, folder: pathlib.Path, *options: str, **extra: Any) -> Outcome:
    """Run the playbook; the page is `report.html` in the folder."""
    return site.run("report", *options, extra={"bonding_report_file": str(folder / "report.html"), **extra})


def sheet(folder: pathlib.Path, name: str) -> list[dict[str, str]]:
    """Return the rows of one of the CSV files."""
    with (folder / f"report-{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def owners(site: Site) -> dict[str, str]:
    """Return the aggregator of each public address of an entry, as EC2 has it."""
    hosts = {interface: host for host, interface in AGGREGATORS.items()}
    found = site.ours("addresses").items()
    return {one["public_ip"]: hosts[one["network_interface_id"]] for key, one in found if key.startswith("cpe-nat/")}


def places(site: Site) -> dict[int, str]:
    """Return the aggregator that each bond is on, as the server has it."""
    return {one["id"]: one["current_aggregator"] for one in site.server.state()["bonds"]}


def test_the_page_says_what_is_on_both_sides_and_a_second_one_the_same(built: Site, tmp_path: pathlib.Path) -> None:
    outcome = report(built, tmp_path)
    assert outcome.code == 0, outcome.output
    assert outcome.writes == []
    page = PageReader((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.problems() == []

    state, bonds, owner = built.server.state(), places(built), owners(built)
    addresses = sheet(tmp_path, "addresses")
    assert {one["public_ip"]: one["is_on"] for one in addresses} == owner
    assert {int(one["bond"]): one["bond_is_on"] for one in addresses} == {
        number: place for number, place in bonds.items() if number in {int(one["bond"]) for one in addresses}
    }
    away = [one["entry"] for one in addresses if one["state"] == "bond is elsewhere"]
    assert away == [one["entry"] for one in addresses if one["is_on"] != one["bond_is_on"]] == ["bond-19"]

    drawn = [row for row in page.rows["addresses"] if row[0] != "Public address"]
    assert [row[0].split()[0] for row in drawn] == [one["public_ip"] for one in addresses]
    assert [(row[4], row[5]) for row in drawn] == [(one["is_on"], one["bond_is_on"]) for one in addresses]
    assert set(owner) <= set(page.pictures)

    listed = [row for row in page.rows["aggregators"] if row[0] != "Aggregator"]
    counts = {host: (list(owner.values()).count(host), list(bonds.values()).count(host)) for host in AGGREGATORS}
    assert {row[0].split()[0]: (int(row[6]), int(row[8])) for row in listed} == counts
    gateways = sheet(tmp_path, "gateways")
    interfaces = built.ours("network_interfaces")
    assert {(one["space"], one["host"]): one["interface"] for one in gateways} == {
        tuple(key.split("/")[1:]): one["id"] for key, one in interfaces.items() if key.startswith("gateway/")
    }
    assert {one["space"]: one["egress"] for one in gateways} == {
        "acme": "masquerade",
        "globex": "masquerade",
        "initech": "nat_gateway",
    }
    members = {(one["space"], one["host"]): one["tunnel_address"] for one in sheet(tmp_path, "members")}
    assert members == {
        (interface["space"] or "", one["name"]): interface["addresses"][0].split("/")[0]
        for one in state["aggregators"]
        for interface in one["interfaces"]
        if interface["type"] == "vxlan"
    }
    alone = {bond["name"] for bond in state["bonds"] if not bond["secondary_aggregator"]}
    unprotected = [one["object"] for one in sheet(tmp_path, "unprotected")]
    assert {text.split("(")[1].rstrip(")") for text in unprotected if text.startswith("bond ")} == alone
    assert {text for text in unprotected if text.startswith("gateway")} == {
        "gateway of acme",
        "gateway of globex",
        "gateway of initech",
    }

    before = {path.name: path.read_text(encoding="utf-8") for path in sorted(tmp_path.iterdir())}
    assert set(before) > {"report.html", "report.md", "report.mmd"}
    again = report(built, tmp_path)
    assert (again.code, again.changed, again.writes) == (0, 0, [])
    assert {name: text for name, text in before.items() if name != "report.html"} == {
        path.name: path.read_text(encoding="utf-8") for path in sorted(tmp_path.iterdir()) if path.name != "report.html"
    }


def test_in_check_mode_nothing_is_written(built: Site, tmp_path: pathlib.Path) -> None:
    outcome = report(built, tmp_path, "--check")
    assert (outcome.code, outcome.writes, list(tmp_path.iterdir())) == (0, [], [])
    assert f"would be written to {tmp_path / 'report.html'}" in outcome.output


HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}"


def test_a_network_with_problems_and_hostile_names_has_a_report_too(built: Site, tmp_path: pathlib.Path) -> None:
    for path in ("bonds/21/", "aggregators/12/", "spaces/globex/"):
        built.as_administrator("PATCH", path, {"name": HOSTILE})
    outcome = report(built, tmp_path, bonding_bgp={"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/31"})
    assert (outcome.code, outcome.writes) == (0, [])
    page = PageReader((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.problems() == []
    assert [one for one in sheet(tmp_path, "findings") if one["severity"] == "error"] != []
    assert f"21 {HOSTILE}" in [row[1] for row in page.rows["addresses"]]
    assert HOSTILE in [row[1] for row in page.rows["spaces"] if row[0] == "On the management server"]


def test_a_side_that_cannot_be_read_is_named(built: Site) -> None:
    found = planning.description(built, {**demo_variables(), "bonding_api_password": "another"})
    assert found["unread"] == {"server": True, "regions": []}
    assert [one["instance_state"] for one in found["aggregators"]] == ["running"] * 3
    built.grant([])
    found = planning.description(built, demo_variables())
    assert found["unread"] == {"server": False, "regions": ["eu-central-1"]}
    assert [one["status"] for one in found["aggregators"]] == ["up"] * 3


def requests(site: Site) -> list[tuple[str, str]]:
    """Return all requests of the last run, in an order of their own."""
    server = [(one["method"], one["path"]) for one in site.server.log()]
    return sorted(server) + sorted((one["action"], str(one["params"])) for one in site.cloud.log())


def test_a_description_sends_no_request_of_its_own(built: Site) -> None:
    planning.audit(built, demo_variables(), {})
    without = requests(built)
    assert planning.description(built, demo_variables())["network"] == "demo"
    assert requests(built) == without != []


def test_a_page_without_a_folder_is_refused_before_anything_is_read(built: Site, tmp_path: pathlib.Path) -> None:
    outcome = report(built, tmp_path / "nowhere")
    assert outcome.code != 0
    assert f"cannot be used (got {tmp_path / 'nowhere' / 'report.html'}, expected a file .html in a" in outcome.said
    assert (outcome.server, outcome.aws, list(tmp_path.iterdir())) == ([], [], [])
