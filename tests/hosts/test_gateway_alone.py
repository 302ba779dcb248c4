# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role pwan_gateway as its README shows it: it looks up what no plan has told it, and translates."""

from __future__ import annotations

import pathlib
from typing import Any

import yaml

from lab.demo.playbook import Outcome, run_playbook
from tests.playbooks.roles.examples import example
from tests.playbooks.running import Site, demo_variables

from .conftest import ENVIRONMENT, Aggregator
from .hotplug import hotplug, unplug

OTHER = {
    "space": "globex",
    "zone": 12,
    "device": "gw12",
    "subnet": "10.102.0.0/24",
    "untranslated": ["10.102.0.0/16"],
    "ipv6": False,
    "incoming": ["tun21"],
    "port_forwards": [],
}
"""The rules of another space, which some earlier run has installed."""


def run(site: Site, aggregator: Aggregator, role: str, scratch: pathlib.Path, **more: Any) -> Outcome:
    where = {"bonding_api_url": site.server.url, "aws_endpoint_url": site.cloud.url, "pwan_gateway_watch_seconds": 0}
    extra = {**demo_variables(), **where, **more}
    site.server.clear_log()
    site.cloud.clear_log()
    return run_playbook(example(role, scratch), inventory=aggregator.inventory, extra=extra, env=ENVIRONMENT)


def test_the_example_leads_to_the_internet_and_goes_again(
    stand_ins: Site, aggregator: Aggregator, tmp_path: pathlib.Path
) -> None:
    stand_ins.reset()
    host = aggregator.host
    assert aggregator.role(network="prod", masquerade=[OTHER]).rc == 0
    alone = run(stand_ins, aggregator, "pwan_gateway", tmp_path, pwan_gateway_manage_host=False)
    assert "Nothing was changed." in str(alone.failures)
    assert any("no bond would reach the Internet" in text for text in alone.failures)
    assert stand_ins.writes() == []

    assert run(stand_ins, aggregator, "pwan_vpc", tmp_path).rc == 0
    with hotplug(stand_ins, host, network="prod"):
        outcome = run(stand_ins, aggregator, "pwan_gateway", tmp_path)
    assert outcome.rc == 0, outcome.stdout
    assert "Warning: the private WAN of space acme is off" in outcome.stdout
    interface = stand_ins.ours("network_interfaces", "prod")["gateway/acme/agg1"]
    subnet = stand_ins.ours("subnets", "prod")["subnet/acme/eu-central-1a"]
    assert interface["subnet_id"] == subnet["id"]
    (device,) = [one for one in stand_ins.aggregator("agg1")["interfaces"] if one["type"] == "ethernet"]
    assert (device["name"], device["addresses"]) == ("gw11", [f"{interface['private_ip']}/24"])
    installed = yaml.safe_load(host.path("/etc/bonded-internet/prod.json").read_text())["masquerade"]
    bonds = [one["id"] for one in stand_ins.server.state()["bonds"] if one["space"] == "acme"]
    assert installed == [
        OTHER,
        {
            "space": "acme",
            "zone": 11,
            "device": "gw11",
            "subnet": "10.101.0.0/24",
            "untranslated": [],
            "ipv6": False,
            "incoming": sorted(f"tun{number}" for number in bonds),
            "port_forwards": [],
        },
    ]
    assert "gw11" in host.run("nft", "list", "table", "inet", "bonded_prod").stdout

    assert run(stand_ins, aggregator, "pwan_gateway", tmp_path, pwan_gateway_state="absent").rc == 0
    unplug(host)
    installed = yaml.safe_load(host.path("/etc/bonded-internet/prod.json").read_text())["masquerade"]
    assert installed == [OTHER]
    assert stand_ins.ours("network_interfaces", "prod") == {}
    assert aggregator.role(network="prod", state="absent").rc == 0
