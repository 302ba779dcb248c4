# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the READMEs of four roles lead to what they promise; two others need hosts (tests/hosts)."""

from __future__ import annotations

from tests.playbooks.running import Site, demo_variables

from .examples import example


def test_the_examples_lead_to_what_they_promise(empty: Site) -> None:
    where = {"bonding_api_url": empty.server.url, "aws_endpoint_url": empty.cloud.url}
    extra = {**demo_variables(), **where}
    outcome = empty.run(example("eip_cpe_nat", empty.scratch), extra=extra)
    assert outcome.code == 0, outcome.output
    address = empty.ours("addresses", "prod")["cpe-nat/mail"]
    assert address["network_interface_id"] == "eni-0d00000000000a901"
    bond = empty.bond(17)
    assert [(one["ip"], one["nat_ip"]) for one in bond["cpe_nat_ips"]] == [(address["private_ip"], "192.168.17.10")]

    outcome = empty.run(example("pwan_vpc", empty.scratch), extra=extra)
    assert outcome.code == 0, outcome.output
    assert list(empty.ours("subnets", "prod")) == ["subnet/acme/eu-central-1a"]

    outcome = empty.run(example("pwan_mesh", empty.scratch), extra=extra)
    assert outcome.code == 0, outcome.output
    (interface,) = [one for one in empty.aggregator("agg1")["interfaces"] if one["type"] == "vxlan"]
    assert (interface["name"], interface["addresses"]) == ("vx10000011", ["10.254.0.7/20"])
    assert [one["ip"] for one in interface["endpoints"]] == ["10.1.1.12"]
    (protocol,) = empty.aggregator("agg1")["protocols"]
    assert (protocol["name"], protocol["space"]) == ("prod_babel_11", "acme")

    outcome = empty.run(example("cpe_nat_bgp", empty.scratch), extra=extra)
    assert outcome.code == 0, outcome.output
    aggregator = empty.aggregator("agg1")
    transit = next(one for one in aggregator["interfaces"] if one["name"] == "vx10000000")
    assert (transit["addresses"], [one["ip"] for one in transit["endpoints"]]) == (["10.253.0.7/20"], ["10.1.1.12"])
    session = next(one for one in aggregator["protocols"] if one["name"] == "prod_bgp_12")
    assert (session["local_address"], session["neighbor_address"]) == ("10.253.0.7", "10.253.0.12")
    assert {one["name"] for one in aggregator["filters"]} == {"prod_import_0", "prod_export_0", "prod_export_11"}
