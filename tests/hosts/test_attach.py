# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network interface is attached to an aggregator: its device gets its name, or is taken away if it does harm."""

from __future__ import annotations

import pathlib
from dataclasses import asdict, replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_input import (
    named_input,
    wanted_fields,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredGateway
from ansible_collections.bonded.internet.plugins.module_utils._model.phases import PHASES
from lab.demo.playbook import Outcome, run_playbook
from tests.playbooks.running import Site, demo_variables

from .conftest import ENVIRONMENT, Aggregator
from .hotplug import hotplug, unplug

GATEWAY = replace(
    named_input("demo", "acme", "agg1", "eu-central-1a"),
    **wanted_fields("demo", 11, DesiredGateway("agg1", (), subnet_id="subnet-0d00000000000001a")),
    aggregator=7,
    instance_id="i-0d00000000000a901",
    device_index=1,
    phases=list(PHASES),
    source_dest_check=True,
)


class Gateway:
    """The role pwan_gateway on the two stand-ins, and on a host whose devices follow the attachments."""

    def __init__(self, site: Site, aggregator: Aggregator) -> None:
        self.site, self.aggregator = site, aggregator

    def role(self, **variables: Any) -> Outcome:
        where = {"bonding_api_url": self.site.server.url, "aws_endpoint_url": self.site.cloud.url}
        planned = asdict(replace(GATEWAY, **variables))
        given = {"pwan_gateway_planned": planned, "pwan_gateway_watch_seconds": 2}
        role = {"tested_role": "bonded.internet.pwan_gateway", "tested_entry_point": "planned"}
        self.site.cloud.clear_log()
        self.site.server.clear_log()
        return run_playbook(
            pathlib.Path(__file__).parents[1] / "playbooks" / "roles" / "role.yml",
            inventory=self.aggregator.inventory,
            extra={**demo_variables(), **where, **given, **role},
            env=ENVIRONMENT,
        )


@pytest.fixture
def gateway(stand_ins: Site, aggregator: Aggregator) -> Gateway:
    stand_ins.reset()
    return Gateway(stand_ins, aggregator)


def device(gateway: Gateway, kind: str) -> pathlib.Path:
    return gateway.aggregator.host.path(f"/etc/systemd/network/05-bonded-internet-demo-acme.{kind}")


def test_the_device_gets_its_name_and_is_left_alone(gateway: Gateway) -> None:
    host = gateway.aggregator.host
    with hotplug(gateway.site, host):
        outcome = gateway.role()
    assert outcome.rc == 0, outcome.stdout
    interface = gateway.site.ours("network_interfaces")["gateway/acme/agg1"]
    assert interface["source_dest_check"] is True
    assert interface["mac"] in host.run("ip", "link", "show", "gw11").stdout
    assert f"[Match]\nMACAddress={interface['mac']}\n\n[Link]\nName=gw11\n" in device(gateway, "link").read_text()
    assert "Unmanaged=yes" in device(gateway, "network").read_text()
    assert "networkctl reload" in host.systemd_log()
    (found,) = [i for i in gateway.site.aggregator("agg1")["interfaces"] if i["type"] == "ethernet"]
    assert (found["name"], found["addresses"]) == ("gw11", [f"{interface['private_ip']}/24"])
    again = gateway.role()
    assert (again.rc, again.changed, gateway.site.writes()) == (0, 0, []), again.stdout

    assert gateway.role(state="absent").rc == 0
    unplug(gateway.aggregator.host)
    assert not device(gateway, "link").exists()
    assert not device(gateway, "network").exists()


def test_a_name_that_fits_into_no_file_is_refused_before_anything_is_made(gateway: Gateway) -> None:
    outcome = gateway.role(interface="gw11\nMACAddress=x")
    sentence = "interface is not as expected (got 'gw11\\nMACAddress=x', expected the name of an interface"
    assert any(sentence in text and "Nothing was written on the host" in text for text in outcome.failures)
    assert gateway.site.writes() == []


def test_a_device_that_does_harm_is_detached_at_once(gateway: Gateway) -> None:
    dhcp = ("addr add 10.1.0.99/24 dev ens6", "link set ens6 up", "link set other1 up", "route add default dev ens6")
    with hotplug(gateway.site, gateway.aggregator.host, *dhcp):
        outcome = gateway.role()
    unplug(gateway.aggregator.host)
    assert outcome.rc != 0
    (text,) = [text for text in outcome.failures if "It was detached again" in text]
    for words in (
        "it had been given the addresses 10.1.0.99/24",
        "the main routing table led by it to default, 10.1.0.0/24",
        "the default route had changed",
    ):
        assert words in text
    interface = gateway.site.ours("network_interfaces")["gateway/acme/agg1"]
    assert interface["attachment"] is None
    assert gateway.site.writes()[-1] == "DetachNetworkInterface"
    assert gateway.site.ours("addresses") == {}
    assert [i for i in gateway.site.aggregator("agg1")["interfaces"] if i["type"] == "ethernet"] == []
