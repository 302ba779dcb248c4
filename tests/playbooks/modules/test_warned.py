# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of what the preflight warns of, on both stand-ins, and what each limit leaves; nothing is changed.

Warned of is what AWS may allow and does not tell, and what works today and breaks later. What is refused is in
test_faults.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from lab.process import Running
from tests.playbooks.faults import Fault, Spoil
from tests.playbooks.planning import plan
from tests.playbooks.running import DEMO, Json, Site, aws_writes, demo_variables, server_writes

LOSES = "the public address was assigned automatically. With a second network interface, or with an Elastic IP on a"
UNTOLD = "AWS lets an account have 5 in a"
WARNED: dict[str, tuple[Spoil, str]] = {
    "VPCs": (
        lambda f: f.account(vpcs=9).vpcs(3),
        f"The region eu-central-1 has 4 VPCs and would get 3 more; {UNTOLD} region unless that was raised (quota "
        '"VPCs per Region").',
    ),
    "VPCs, the last one": (
        lambda f: f.account(vpcs=9).vpcs(2),
        f"The region eu-central-1 has 3 VPCs and would get 3 more; {UNTOLD} region unless that was raised",
    ),
    "internet gateways": (
        lambda f: f.account(internet_gateways=9).vpcs(0, gateways=3),
        f"The region eu-central-1 has 4 internet gateways and would get 3 more; {UNTOLD} region unless that was raised",
    ),
    "internet gateways, the last one": (
        lambda f: f.account(internet_gateways=9).vpcs(0, gateways=2),
        f"The region eu-central-1 has 3 internet gateways and would get 3 more; {UNTOLD} region unless that was raised",
    ),
    "NAT gateways": (
        lambda f: f.account(elastic_ips=30, nat_gateways_per_zone=9).nat_gateways(5),
        f"The zone eu-central-1a has 5 NAT gateways and would get 1 more; {UNTOLD} zone unless that was raised",
    ),
    "routes of a table": (
        lambda f: f.networks(50),
        "The route table rtb/acme has 0 routes and would get 51 more; AWS lets an account have 50 in a route table",
    ),
    "automatic addresses of all that get a gateway or a CPE NAT address": (
        lambda f: None,
        f"agg1 (203.0.113.11), agg2 (203.0.113.12), agg3 (203.0.113.13): {LOSES} secondary private address",
    ),
    "automatic addresses of all that get a gateway": (
        lambda f: f.variables.update(bonding_cpe_nat_ips=[]),
        f"agg1 (203.0.113.11), agg3 (203.0.113.13): {LOSES}",
    ),
    "an automatic address beside an interface of others": (
        lambda f: f.attach("agg2").variables.update(bonding_cpe_nat_ips=[]),
        f"agg1 (203.0.113.11), agg2 (203.0.113.12), agg3 (203.0.113.13): {LOSES}",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), WARNED.values(), ids=WARNED.keys())
def test_warned_of_in_the_preflights_words_with_nothing_changed(empty: Site, spoil: Spoil, words: str) -> None:
    fault = Fault(empty)
    spoil(fault)
    before = empty.cloud.state(), empty.server.state()
    found = plan(empty, fault.variables, fault.hosts, **fault.more)
    assert [text for text in found["warnings"] if words in text] != [], found["warnings"]
    assert aws_writes(empty.cloud.log()) + server_writes(empty.server.log()) == []
    assert (empty.cloud.state(), empty.server.state()) == before


NOT_WARNED: dict[str, tuple[Spoil, str]] = {
    "VPCs that fit": (lambda f: f.vpcs(1), "VPCs and would get"),
    "internet gateways that fit": (lambda f: f.vpcs(0, gateways=1), "internet gateways and would get"),
    "routes that fit": (lambda f: f.networks(49), "routes and would get"),
    "an automatic address with one interface": (
        lambda f: f.variables.update(bonding_cpe_nat_ips=[]),
        "agg2 (203.0.113.12)",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), NOT_WARNED.values(), ids=NOT_WARNED.keys())
def test_what_fits_is_not_warned_of(empty: Site, spoil: Spoil, words: str) -> None:
    fault = Fault(empty)
    spoil(fault)
    assert [text for text in plan(empty, fault.variables, fault.hosts)["warnings"] if words in text] == []


LEFT: dict[str, tuple[Spoil, dict[str, int]]] = {
    # how many gateways each aggregator can still take, after this plan
    "as in the demo": (lambda f: None, {"agg1": 0, "agg2": 2, "agg3": 1}),
    "beside interfaces of others": (lambda f: f.attach("agg2", "agg3"), {"agg1": 0, "agg2": 1, "agg3": 0}),
    "with one more on agg2": (
        lambda f: f.gateway(0, aggregator="agg2", networks=["172.31.0.0/16"]),
        {"agg1": 0, "agg2": 1, "agg3": 1},
    ),
}


@pytest.mark.parametrize(("spoil", "left"), LEFT.values(), ids=LEFT.keys())
def test_each_aggregators_line_says_how_many_gateways_it_can_still_take(
    empty: Site, spoil: Spoil, left: dict[str, int]
) -> None:
    fault = Fault(empty)
    spoil(fault)
    limits = plan(empty, fault.variables, fault.hosts)["limits"]
    lines = {one["where"].split()[0]: one for one in limits if one["limit"] == "network interfaces"}
    assert {host: line["left"] for host, line in lines.items()} == left
    assert {line["source"] for line in lines.values()} == {"instance type"}


AGGREGATORS, CROWD = 35, 30
"""So many aggregators have 34 peers in each mesh: 29 meshes are 986 neighbours, 30 are 1020."""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Stand-ins with many aggregators and spaces."""
    scratch = tmp_path_factory.mktemp("crowded")
    server = yaml.safe_load((DEMO / "bondingadmin.yml").read_text(encoding="utf-8"))
    cloud = yaml.safe_load((DEMO / "aws.yml").read_text(encoding="utf-8"))
    one, machine = server["aggregators"][0], cloud["instances"][0]
    numbers = range(1, AGGREGATORS + 1)
    server |= {
        "aggregators": [{**one, "id": n, "name": f"a{n}", "ip": f"198.51.100.{n}"} for n in numbers],
        "spaces": [
            *server["spaces"],
            *({"id": 100 + n, "key": f"s{n}", "name": f"S{n}", "parent": "main"} for n in range(CROWD)),
        ],
    }
    for name in ("bonds", "aggregator_interfaces", "aggregator_filters", "aggregator_protocols"):
        server[name] = []
    cloud |= {"instances": [instance(machine, n) for n in numbers], "secondary_addresses": [], "routes": []}
    for name, seed in (("server", server), ("cloud", cloud)):
        (scratch / f"{name}.yml").write_text(yaml.safe_dump(seed), encoding="utf-8")
    with (
        Running("lab.bondingadmin", "--db", scratch / "db", "--seed", scratch / "server.yml") as first,
        Running("lab.aws", "--seed", scratch / "cloud.yml") as second,
    ):
        yield Site(first, second, scratch)


def instance(like: Json, number: int) -> Json:
    own = {"id": f"i-{number:017x}", "interface_id": f"eni-{number:017x}", "private_ip": f"10.1.0.{100 + number}"}
    return {**like, **own, "public_ip": f"198.51.100.{number}", "tags": {"Name": f"a{number}"}}


@pytest.mark.parametrize(
    ("meshes", "transit", "warned"),
    [(CROWD - 1, False, ""), (CROWD, False, "1020"), (CROWD - 1, True, "1020")],
    ids=["29 spaces", "30 spaces", "29 spaces and the transit"],
)
def test_a_crowded_neighbour_table_is_warned_of(crowded: Site, meshes: int, transit: bool, warned: str) -> None:
    given = demo_variables()
    bgp = given.pop("bonding_bgp") | {"route_reflectors": ["a1", "a2"]}
    spaces = [
        {"key": f"s{n}", "private_wan": "unmanaged", "vxlan": {"subnet": f"10.254.{n}.0/24"}} for n in range(meshes)
    ]
    given |= {"bonding_spaces": spaces, "bonding_cpe_nat_ips": [], **({"bonding_bgp": bgp} if transit else {})}
    hosts = {f"a{n}": {"aws_instance_id": f"i-{n:017x}"} for n in range(1, AGGREGATORS + 1)}
    found = plan(crowded, given, hosts)
    texts = [text for text in found["warnings"] if "neighbours over all meshes" in text]
    assert len(texts) == bool(warned)
    for text in texts:
        assert f"a1 ({warned})" in text and f"a{AGGREGATORS} ({warned})" in text
        assert "more than 1000 neighbours over all meshes (spaces times peers); the kernel keeps 1024" in text
    assert aws_writes(crowded.cloud.log()) + server_writes(crowded.server.log()) == []
