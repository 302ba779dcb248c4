# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: what it says and links to, and that no name of others is more than text in it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    Description,
    SubnetDescription,
    Unread,
    Usage,
    VpcDescription,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._report.html import FOLDER, render
from ansible_collections.bonded.internet.plugins.plugin_utils._report.links import Links
from ansible_collections.bonded.internet.plugins.plugin_utils._report.network import Network
from ansible_collections.bonded.internet.plugins.plugin_utils._report.page import key_figures, lead_of, page_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.sheets import sheets_of
from tests.report_page import PageReader

from .small import DESCRIPTION, FINDING, GATEWAY, MESH, address, aggregator, network

HOSTILE = "<script>alert(1)</script>\" onload='x' {{ 7 * 7 }} & </svg></title></style>"


def page(shown: Network) -> str:
    return render(page_of(shown, "2026-11-29 12:00 UTC"), "0" * 64)


def read(shown: Network) -> PageReader:
    return PageReader(page(shown))


def test_the_page_is_whole_and_needs_nothing_from_elsewhere() -> None:
    assert read(network()).problems() == []
    assert read(Network(Description("empty"), None, Links())).problems() == []


def test_the_policy_allows_the_script_and_the_style_of_the_file_alone() -> None:
    text = page(network())
    policy = PageReader(text).meta["Content-Security-Policy"]
    for tag in ("script", "style"):
        inside = text.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def hostile() -> Network:
    """Return a network in which each name that others choose is hostile."""
    spaces = tuple(
        replace(one, key=HOSTILE, name=HOSTILE, gateways=(replace(GATEWAY, space=HOSTILE, host=HOSTILE),))
        for one in DESCRIPTION.spaces
    )
    return network(
        findings=(replace(FINDING, object=HOSTILE, found=HOSTILE, host=HOSTILE),),
        network=HOSTILE,
        spaces=spaces,
        aggregators=(aggregator(HOSTILE, 1, name=HOSTILE, instance_id=HOSTILE),),
        addresses=(replace(address(17, HOSTILE, HOSTILE), key=HOSTILE, bond_name=HOSTILE, space=HOSTILE),),
        bonds=tuple(replace(one, name=HOSTILE, space=HOSTILE) for one in DESCRIPTION.bonds),
    )


def test_a_name_is_text_and_nothing_else() -> None:
    plain, found = read(network()), read(hostile())
    assert found.problems() == []
    for name in ("script", "style", "svg", "title"):
        assert found.elements[name] <= plain.elements[name]
    shown = " ".join(HOSTILE.split())
    for section in ("aggregators", "addresses", "spaces", "bonds", "attention"):
        cells = [cell for row in found.rows[section] for cell in row]
        assert any(shown in cell for cell in cells), section


def test_links_lead_to_the_console_and_to_the_server() -> None:
    hrefs = read(network()).hrefs
    console = "https://eu-central-1.console.aws.amazon.com/"
    assert f"{console}ec2/home?region=eu-central-1#InstanceDetails:instanceId=i-agg1" in hrefs
    assert f"{console}ec2/home?region=eu-central-1#ElasticIpDetails:AllocationId=eipalloc-17" in hrefs
    assert f"{console}vpcconsole/home?region=eu-central-1#VpcDetails:VpcId=vpc-9" in hrefs
    assert "https://bonding.example.com/api/v4/bonds/17/" in hrefs
    assert "https://bonding.example.com/api/v4/spaces/acme/" in hrefs
    without = read(replace(network(), links=Links())).hrefs
    assert not [href for href in without if "bonding.example.com" in href]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("evil.example.com/#", "evil.example.com%2F%23.console.aws.amazon.com"),
    ],
)
def test_a_region_has_its_console(region: str, host: str) -> None:
    assert Links().aws("vpc", region, "vpc-1").startswith(f"https://{host}/vpcconsole/home?region=")
    assert Links().aws("vpc", "", "vpc-1") == Links().aws("vpc", region, "") == ""


def test_the_head_says_what_wants_attention() -> None:
    figures = {one.label: (one.number, one.note, one.status) for one in key_figures(network())}
    assert figures == {
        "aggregators": ("2", "all up", "good"),
        "public addresses": ("3", "1 not with its bond", "warn"),
        "gateway": ("1", "1 without a standby", "warn"),
        "space": ("1", "each mesh complete", "good"),
        "bonds": ("3", "1 without a secondary", "warn"),
        "a month": ("$14.60", "list price, without instances", ""),
    }


@pytest.mark.parametrize(
    ("shown", "lead"),
    [
        (network(), "The audit has found 1 error and 0 warnings."),
        (network(findings=()), "The audit has found no error and no warning."),
        (network(findings=None), "Not audited: what is there, and not what is wrong."),
        (
            network(unread=Unread(True, ("eu-central-1",))),
            "Not whole: the management server and AWS in eu-central-1 could not be read.",
        ),
    ],
)
def test_the_lead_is_the_outcome(shown: Network, lead: str) -> None:
    assert lead_of(shown) == lead
    assert lead in read(shown).text


def test_what_was_not_read_is_neither_bad_nor_good() -> None:
    lost = (aggregator("agg1", 1, id=None, status=""), aggregator("agg2", 2, instance_state="", zone=""))
    rows = read(network(aggregators=lost, unread=Unread(True, ("eu-central-1",)))).rows["aggregators"]
    assert [row[1] for row in rows[1:]] == ["○ not read", "○ not read"]
    rows = read(network(aggregators=lost)).rows["aggregators"]
    assert [row[1] for row in rows[1:]] == ["■ not on the server", "■ no instance"]


NOTHING = network(
    findings=(), bonds=(), addresses=(), unprotected=(), drift=(), limits=(), costs=(), kept=(), unread=Unread(True)
)


def test_of_a_server_that_was_not_read_nothing_is_said() -> None:
    unbuilt = replace(DESCRIPTION.spaces[0], id=None, name="", private_wan="", mesh=replace(MESH, vni=None, members={}))
    shown = replace(NOTHING, description=replace(NOTHING.description, spaces=(unbuilt,)))
    figures = {one.label: (one.number, one.note, one.status) for one in key_figures(shown)}
    assert figures["public addresses"] == figures["bonds"] == ("–", "not read", "unknown")
    assert figures["space"] == ("1", "not read", "unknown")
    page = read(shown)
    facts = {row[0]: row[1] for row in page.rows["spaces"] if len(row) == 2}
    assert facts["On the management server"] == "not read"
    assert facts["Private WAN"] == facts["Mesh members"] == "○ not read"
    assert [(row[6], row[8]) for row in page.rows["aggregators"][1:]] == [("–", "–")] * 2
    assert [one[-3::2] for one in sheets_of(shown)["aggregators"].rows] == [(None, None)] * 2
    for wrong in ("Nothing has drifted", "not built", "each bond another", "no bond", "no CPE NAT entry", " 0 bonds"):
        assert wrong not in page.text, wrong


def test_of_a_region_that_was_not_read_nothing_is_said() -> None:
    unbuilt, gateway = VpcDescription("", ("10.101.0.0/16",), "eu-central-1"), replace(GATEWAY, interface_id="")
    lost = replace(DESCRIPTION.spaces[0], vpc=unbuilt, gateways=(gateway,))
    entry = address(17, "", "agg1", state="absent", region="", public_ip="", private_ip="", spare="")
    shown = network(spaces=(lost,), addresses=(entry,), costs=(), unread=Unread(False, ("eu-central-1",)))
    figures = {one.label: (one.number, one.note, one.status) for one in key_figures(shown)}
    assert figures["public address"] == figures["gateway"] == figures["space"] == ("1", "not read", "unknown")
    assert figures["a month"] == ("–", "AWS not read", "unknown")
    page = read(shown)
    assert page.rows["addresses"][1][3] == page.rows["gateways"][1][1] == "○ not read"
    assert [row[6:] for row in page.rows["aggregators"][1:]] == [["–", "–", "2"]] * 2
    for wrong in ("not built", "nowhere", "costs by itself"):
        assert wrong not in page.text, wrong


def test_a_subnet_has_the_key_that_says_what_it_is_for() -> None:
    subnets = (SubnetDescription("subnet-1", "10.101.0.0/24", "eu-central-1a", 250, "natgw-subnet/acme/eu-central-1a"),)
    vpc = VpcDescription("vpc-9", ("10.101.0.0/16",), "eu-central-1", subnets=subnets)
    rows = read(network(spaces=(replace(DESCRIPTION.spaces[0], vpc=vpc),))).rows["spaces"]
    assert ["Subnet in eu-central-1a", "10.101.0.0/24 natgw-subnet/acme/eu-central-1a"] in rows


def test_a_failure_names_what_moves_and_what_is_lost() -> None:
    rows = read(network()).rows["failure"]
    assert rows[1:3] == [
        ["agg1", "● 2 move", "■ 1 lost", "● 1 moves", "1"],
        ["agg2", "■ 1 lost", "–", "■ 1 moves, 1 lost", "2"],
    ]


def test_findings_stand_with_what_the_next_run_does() -> None:
    row = read(network()).rows["attention"][1]
    assert row == [
        "■ error route",
        "route 172.16.0.0/12 of rtb/acme agg1",
        "no such route expected eni-1",
        "Run site.yml. the next run changes it",
    ]


def test_a_limit_that_is_nearly_reached_comes_first_and_one_that_was_not_read_says_so() -> None:
    rows = read(network()).rows["limits"]
    assert rows[1:3] == [
        ["▲ routes", "rtb/acme", "48", "50", "2", "AWS's default"],
        ["network interfaces", "agg1 (c5.large)", "2", "not read", "–", "–"],
    ]


def test_of_many_rows_the_grave_ones_are_open_and_each_fold_counts_its_marks() -> None:
    many = tuple(replace(FINDING, id=str(n), severity="error" if n < 2 else "warning") for n in range(40))
    limits = tuple(Usage("routes", f"rtb/{n}", 48 if n < 3 else 2, 50, "AWS's default") for n in range(40))
    places = tuple(aggregator(f"agg{n}", n, status="down" if n == 7 else "up") for n in range(40))
    text = page(network(many, limits=limits, aggregators=places))
    assert '<details open>\n<summary>error <span class="note">2 of 2 marked</span></summary>' in text
    assert "<details>\n<summary>warning <span" in text
    assert '<details open>\n<summary>Nearly reached <span class="note">3 of 3 marked</span></summary>' in text
    assert '<summary>eu-central-1a <span class="note">1 of 40 marked</span></summary>' in text
    assert '<summary>routes <span class="note">37 rows</span></summary>' in text


def test_no_status_is_told_by_its_colour_alone() -> None:
    page = read(network(findings=tuple(replace(FINDING, severity=one) for one in ("error", "warning", "info"))))
    assert [row[0].split()[0] for row in page.rows["attention"][1:4]] == ["■", "▲", "○"]


def test_the_templates_decide_nothing() -> None:
    for path in FOLDER.glob("*.j2"):
        text = path.read_text(encoding="utf-8")
        for word in ("|", " + ", " * ", " - ", "namespace", "{% set"):
            assert word not in text, f"{path.name}: {word}"
