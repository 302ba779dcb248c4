# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""site.yml with the host configuration: three hosts, two spaces with the same networks, one aggregator for both."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from lab.hosts import Host
from tests.playbooks.comparing import comparable
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

from .conftest import ENVIRONMENT, PREFIX
from .hotplug import hotplug, unplug


@pytest.fixture
def hosts(tmp_path: pathlib.Path) -> Iterator[dict[str, Host]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Host(name, tmp_path, f"{PREFIX}site-{name}")) for name in demo_hosts()}


@pytest.fixture
def variables() -> Json:
    """The demo's first two spaces and one public address; devices have no names yet."""
    variables = demo_variables()
    acme, globex, _initech = variables["bonding_spaces"]
    for space in (acme, globex):
        del space["gateways"][0]["interface"]
    del globex["vpc"]["ipv6"]
    more = {"bonding_manage_hosts": True, "pwan_gateway_watch_seconds": 0, "bonding_spaces": [acme, globex]}
    return variables | more | {"bonding_cpe_nat_ips": variables["bonding_cpe_nat_ips"][:1]}


def site(stand_ins: Site, hosts: dict[str, Host], variables: Json) -> Site:
    given = {name: demo_hosts()[name] | host.variables() for name, host in hosts.items()}
    found = stand_ins.write_inventory("hosts", given, variables)
    found.environment = ENVIRONMENT
    return found


def installed(host: Host) -> Any:
    path = host.path("/etc/bonded-internet/demo.json")
    return (
        json.loads(path.read_text(encoding="utf-8"))
        if path.exists()
        else {"masquerade": [], "return_routes": [], "firewall": []}
    )


def on_hosts(plan: Json) -> list[tuple[str, str, str, str, str]]:
    return sorted(
        (item["phase"], item["verb"], item["kind"], item["host"], item["key"])
        for item in plan["plan"]
        if item["system"] == "host"
    )


def test_built_unchanged_changed_and_taken_down(stand_ins: Site, hosts: dict[str, Host], variables: Json) -> None:
    stand_ins.reset()
    network = site(stand_ins, hosts, variables)
    agg1 = hosts["agg1"]
    with hotplug(network, agg1):
        built = network.run("site")
    assert built.code == 0, built.output
    (address,) = {key for _phase, _verb, kind, _host, key in on_hosts(built.plan) if kind == "return_route"}
    assert on_hosts(built.plan) == [
        ("add", "create", "masquerade", "agg1", "acme"),
        ("add", "create", "masquerade", "agg1", "globex"),
        ("add", "create", "return_route", "agg2", address),
        ("add", "create", "return_route", "agg3", address),
    ]
    acme, globex = installed(agg1)["masquerade"]
    assert (acme["device"], acme["zone"], globex["device"], globex["zone"]) == ("gw11", 11, "gw12", 12)
    assert acme["incoming"] == ["tun17", "tun18", "tun19", "tun20", "vx10000011"]
    names = {item["name"] for item in network.aggregator("agg1")["interfaces"]}
    assert {"gw11", "gw12"} <= names
    rules = agg1.run("nft", "list", "table", "inet", "bonded_demo").stdout
    assert 'oifname "gw11"' in rules and 'oifname "gw12"' in rules and "dnat ip to 172.16.2.10:80" in rules
    assert f"from {address} lookup 10000007" in hosts["agg3"].run("ip", "rule").stdout
    assert installed(hosts["agg2"])["return_routes"][0]["via"] == "10.253.0.7"

    again = network.run("site")
    assert (again.code, again.changed, again.plan["plan"], again.writes) == (0, 0, [], []), again.output

    # nothing makes the server's devices on these hosts, and the judge says so
    judged = network.run("site", "--tags", "verify")
    assert (judged.code != 0, judged.writes) == (True, [])
    assert "agg1: there is no device vx10000011" in judged.said
    assert "Nothing to do: " in judged.said

    # one gateway translates no more; the other goes on
    variables["bonding_spaces"][0]["gateways"] = [
        {"aggregator": "agg1", "networks": ["172.16.0.0/12"], "egress": "none"}
    ]
    network = site(stand_ins, hosts, variables)
    checked = network.run("site", "--check", extra={"bonding_allow_disruption": True})
    assert (checked.code, checked.writes) == (0, []), checked.output
    assert len(installed(agg1)["masquerade"]) == 2
    changed = network.run("site", extra={"bonding_allow_disruption": True})
    assert (changed.code, changed.writes) == (0, []), changed.output
    assert on_hosts(changed.plan) == [("remove", "delete", "masquerade", "agg1", "acme")]
    assert 'oifname "gw11"' not in agg1.run("nft", "list", "table", "inet", "bonded_demo").stdout

    down = network.run("teardown", extra={"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True})
    assert down.code == 0, down.output
    unplug(agg1, 2)
    for host in hosts.values():
        assert "bonded" not in host.run("nft", "list", "ruleset").stdout
        assert "proto 211" not in host.run("ip", "rule").stdout
        left = [
            path for folder in ("systemd", "bonded-internet") for path in host.path(f"/etc/{folder}").rglob("*bonded*")
        ]
        assert left == []
    assert network.ours("network_interfaces") == {}


@pytest.fixture
def alone(tmp_path: pathlib.Path) -> Iterator[Host]:
    with Host("agg1", tmp_path, f"{PREFIX}egress") as host:
        yield host


def with_egress(stand_ins: Site, host: Host, egress: str) -> Site:
    """One host, with acme's gateway, this way out, and nothing else."""
    given = demo_variables()
    gateway: Json = {"aggregator": "agg1", "networks": ["172.16.0.0/12"], "egress": egress}
    if egress == "masquerade":
        gateway["incoming"] = ["wg11"]
    acme = {"key": "acme", "private_wan": "managed_mesh", "vpc": {"cidr": "10.101.0.0/16"}, "gateways": [gateway]}
    given |= {"bonding_spaces": [acme], "bonding_manage_hosts": True, "pwan_gateway_watch_seconds": 0}
    del given["bonding_cpe_nat_ips"], given["bonding_bgp"]
    return site(stand_ins, {"agg1": host}, given)


def translates(host: Host) -> bool:
    """Return True if the kernel has the gateway's rules."""
    return 'oifname "gw11"' in host.run("nft", "list", "ruleset").stdout


def changed(network: Site) -> tuple[Outcome, dict[str, float]]:
    """A run that may interrupt, and when AWS was asked for each action last."""
    outcome = network.run("site", extra={"bonding_allow_disruption": True, "bonding_prune_elastic_ips": True})
    assert outcome.code == 0, outcome.output
    return outcome, {entry["action"]: entry["t"] for entry in outcome.aws}


def written(host: Host) -> float:
    """Return the time at which the host's rules were last written or deleted."""
    folder = host.path("/etc/bonded-internet")
    return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))


def test_to_masquerade_and_away_from_it_the_rules_are_there_while_needed(stand_ins: Site, alone: Host) -> None:
    """Check the host only: tests/playbooks/ways/test_egress.py checks AWS; from masquerade to none is tested above."""
    stand_ins.reset()
    clean = comparable(stand_ins.cloud.state())
    network = with_egress(stand_ins, alone, "none")
    with hotplug(network, alone):
        built = network.run("site")
    assert built.code == 0, built.output
    assert not translates(alone)

    # none -> masquerade: only the host changes
    outcome, asked = changed(with_egress(stand_ins, alone, "masquerade"))
    assert (on_hosts(outcome.plan), outcome.writes) == ([("add", "create", "masquerade", "agg1", "acme")], [])
    assert translates(alone)

    # masquerade -> nat_gateway: the rules go once the route leads past them
    outcome, asked = changed(with_egress(stand_ins, alone, "nat_gateway"))
    assert on_hosts(outcome.plan) == [("remove", "delete", "masquerade", "agg1", "acme")]
    assert asked["CreateNatGateway"] < asked["ReplaceRoute"] < written(alone)
    assert not translates(alone)
    assert list(alone.path("/etc/systemd/system").rglob("*bonded*")) == []

    # nat_gateway -> masquerade: the rules are there before the route leads to them
    outcome, asked = changed(with_egress(stand_ins, alone, "masquerade"))
    assert on_hosts(outcome.plan) == [("add", "create", "masquerade", "agg1", "acme")]
    assert written(alone) < asked["ReplaceRoute"] < asked["DeleteNatGateway"]
    assert translates(alone)

    down = network.run("teardown", extra={"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True})
    assert down.code == 0, down.output
    unplug(alone)
    assert not translates(alone)
    assert comparable(stand_ins.cloud.state()) == clean
