# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that an engine refuses: the plan refuses each of them too, before anything is written.

Each row gives a value to the engine that writes it, and to the plan in the place where the operator writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import UnchangedError
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run as run_cpe_nat_eips
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.route import Route
from ansible_collections.bonded.internet.plugins.module_utils._client import Client
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp
from ansible_collections.bonded.internet.plugins.module_utils._module import private_wan_refusal
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    Api,
    ReconcileError,
    Refs,
    Run,
    manage_cpe_nats,
    wanted,
)
from tests.unit.plugins.api_objects import bond
from tests.unit.plugins.module_utils.aws import conftest as aws
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2
from tests.unit.plugins.module_utils.design.world import World, acme, entry, host, small_world
from tests.unit.plugins.scripted import CONNECTION
from tests.unit.plugins.store import StoreServer

Engine = Callable[[], object]
AGGREGATOR = "aggregators/7"
VXLAN = {"name": "vx1", "vni": 1, "space": "acme"}
BGP = {"name": "p1", "local_as": 64512, "neighbor_as": 64512, "neighbor_address": "10.253.0.1"}
TRANSIT = {"asn": 64512, "subnet": "10.253.0.0/20"}


def on_server(kind: str, **data: Any) -> Engine:
    """Return the server's engine at an object of an aggregator."""
    base = {"vxlan_interface": VXLAN, "bgp_protocol": BGP}.get(kind, {})
    return lambda: wanted(kind, "" if kind == "space" else AGGREGATOR, {**base, **data})


def on_bond(**changes: Any) -> Engine:
    """Return the server's engine at an entry of bond_cpe_nats."""
    given = {"bond": 17, "interface": "eth1", "connected_ip": "192.168.17.1/24", "nat_ip": "192.168.17.10"}

    def engine() -> None:
        server = StoreServer(bonds=[bond(17, "acme-berlin")])
        run = Run(Refs(Api(Client(CONNECTION, transport=server))), check_mode=True)
        manage_cpe_nats(run, [{**given, "private_ip": "10.1.0.44", **changes}], present=True)

    return engine


def on_aws(*entries: dict[str, Any], **options: Any) -> Engine:
    """Return the engine of Elastic IPs at these entries, on aggregators such as those of the world."""

    def engine() -> None:
        ec2 = FakeEc2()
        ec2.add_subnet("subnet-a", "10.1.0.0/24")
        ec2.add_interface("eni-agg1", "subnet-a", "10.1.0.11", "i-agg1")
        ec2.add_interface("eni-agg3", "subnet-a", "10.1.0.13", "i-agg3")
        ec2.add_address("eipalloc-used", "203.0.113.99")
        place = {"AssociationId": "eipassoc-1", "NetworkInterfaceId": "eni-agg3", "PrivateIpAddress": "10.1.0.13"}
        ec2.addresses["eipalloc-used"].update(place)
        given = [{"key": "a", "interface_id": "eni-agg1", **one} for one in entries]
        run_cpe_nat_eips(ec2, aws.options(*given, **options), True)

    return engine


def refused_mode() -> None:
    """Raise what the modules of a space's private WAN say of a mode."""
    text = private_wan_refusal({"space": "acme", "mode": "private_wan_routers"})
    if text:
        raise ReconcileError(text)


def route_to(destination: str) -> Engine:
    """Return the engine of routes at a destination."""
    return lambda: Route.of({"route_table_id": "rtb-1", "destination": destination, "gateway_id": "igw-1"})


def mesh(**vxlan: Any) -> dict[str, Any]:
    """The plan's options for a mesh."""
    return {"spaces": [acme(**vxlan)]}


def cpe_nat(*changes: dict[str, Any]) -> dict[str, Any]:
    """The plan's options for entries, named a unless they say otherwise."""
    return {"cpe_nat_ips": [entry(**{"name": "a", "aggregator": "agg1", **one}) for one in changes]}


def gateway(**changes: Any) -> dict[str, Any]:
    """The plan's options for a gateway."""
    given = {"aggregator": "agg1", "networks": ["192.168.0.0/16"], "egress": "none", "interface": "eth1", **changes}
    return {"spaces": [{**acme(), "vpc": {"cidr": "10.101.0.0/16"}, "gateways": [given]}]}


NAMES = ["a b", "x" * 65, "a/b", "é"]
DEVICES = ["a b", "x" * 16, "lo", "-a", 'e"th', "é"]
PASSWORDS = ['a"b', "a\nb", "x" * 81, "é", "a b", "a\\b", "a\tb"]
AS_NUMBERS = [0, 4294967296]
VNIS = [0, 16777216]
NETWORKS = ["10.0.0.1/8", "10.0.0.0/33", "text"]
NAT_IPS = ["192.168.17.0", "192.168.17.255", "192.168.17.1", "192.168.18.4", "text", "fe80::1", "192.168.17.10/24"]
CONNECTED_IPS = ["192.168.17.1", "8.8.8.8/24", "192.168.17.0/24", "192.168.17.255/24", "192.168.17.1/32", "fe80::1/64"]
PRIVATE_IPS = ["10.1.0.44/24", "text", "10.9.0.4", "10.1.0.1", "10.1.0.255", "10.1.0.11", "10.1.0.13", "fe80::1"]
POOLS = ["pool", "ipv4pool-ec2-", "ipv6pool-ec2-012345678"]
PUBLIC_IPS = ["text", "203.0.113.200", "203.0.113.99", "fe80::1"]
REVERSE = ["mail", "a b.example.com", "-.example.com", "a." * 127 + "com"]
KEYS = ["/a", "a/b", " a", "x" * 201, "é"]
NETWORK_NAMES = ["Prod", "1a", "a-b", "x" * 17, "é"]

ROWS: list[tuple[str, Engine, dict[str, Any]]] = [
    *((f"space {v!r}", on_server("space", key=v), {"spaces": [{**acme(), "key": v}]}) for v in NAMES),
    *((f"vni {v}", on_server("vxlan_interface", vni=v), mesh(vni=v)) for v in VNIS),
    *((f"vxlan interface {v!r}", on_server("vxlan_interface", name=v), mesh(interface=v)) for v in DEVICES),
    *(
        (f"tunnel {v!r}", on_server("vxlan_interface", addresses=[f"{v}/20"]), mesh(addresses={"agg1": v}))
        for v in ("10.254.0.300", "text", "fe80::1%eth0")
    ),
    *((f"asn {v}", on_server("bgp_protocol", local_as=v), {"bgp": {**TRANSIT, "asn": v}}) for v in AS_NUMBERS),
    *(
        (f"password {v!r}", on_server("bgp_protocol", password=v), {"bgp": {**TRANSIT, "password": v}})
        for v in PASSWORDS
    ),
    *((f"gateway {v!r}", on_server("ethernet_interface", name=v), gateway(interface=v)) for v in DEVICES),
    *(
        (f"network {v!r}", on_server("static_protocol", name="p", routes=[{"network": v}]), gateway(networks=[v]))
        for v in NETWORKS
    ),
    *((f"route {v!r}", route_to(v), gateway(networks=[v])) for v in NETWORKS),
    ("mode private_wan_routers", refused_mode, {"spaces": [{**acme(), "private_wan": "private_wan_routers"}]}),
    *((f"nat_ip {v!r}", on_bond(nat_ip=v), cpe_nat({"nat_ip": v})) for v in NAT_IPS),
    *((f"connected_ip {v!r}", on_bond(connected_ip=v), cpe_nat({"connected_ip": v})) for v in CONNECTED_IPS),
    *((f"private_ip {v!r}", on_aws({"private_ip": v}), cpe_nat({"private_ip": v})) for v in PRIVATE_IPS),
    *((f"pool {v!r}", on_aws({"pool": v}), cpe_nat({"pool": v})) for v in POOLS),
    *((f"public_ip {v!r}", on_aws({"public_ip": v}), cpe_nat({"public_ip": v})) for v in PUBLIC_IPS),
    *((f"reverse_dns {v!r}", on_aws({"reverse_dns": v}), cpe_nat({"reverse_dns": v})) for v in REVERSE),
    *((f"key {v!r}", on_aws({"key": v}), cpe_nat({"name": v})) for v in KEYS),
    ("one key twice", on_aws({}, {}), cpe_nat({}, {"nat_ip": "192.168.17.11"})),
    *((f"network name {v!r}", on_aws({}, network=v), {**cpe_nat({}), "network": v}) for v in NETWORK_NAMES),
]
for name, value in (("private_ip", "10.1.0.44"), ("public_ip", "203.0.113.99")):
    both = ({name: value}, {name: value, "key": "b"})
    theirs = ({name: value}, {name: value, "name": "b", "nat_ip": "192.168.17.11"})
    ROWS.append((f"{name} of two entries", on_aws(*both), cpe_nat(*theirs)))


@pytest.fixture
def world() -> World:
    found = small_world()
    for number, key in enumerate(NAMES, 100):
        found.server.spaces[key] = replace(found.server.spaces["acme"], id=number, key=key)
    found.cloud.named.append(
        ElasticIp("eipalloc-used", "203.0.113.99", {}, interface_id="eni-agg3", private_ip="10.1.0.13")
    )
    found.cloud.subnets["subnet-a"] = replace(
        found.cloud.subnets["subnet-a"], used=frozenset(("10.1.0.11", "10.1.0.13"))
    )
    return found


@pytest.mark.parametrize(("engine", "options"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_plan_refuses_what_an_engine_refuses(world: World, engine: Engine, options: dict[str, Any]) -> None:
    with pytest.raises((ReconcileError, CpeNatError, UnchangedError)):
        engine()
    world.plan(aggregators=[host("agg1"), host("agg2"), host("agg3")], **options)
    assert world.report.problems


def test_the_plan_takes_good_values(world: World) -> None:
    """The rows' options are good but for their values."""
    good = (mesh(vni=5, interface="vx5", addresses={"agg1": "10.254.0.4"}), cpe_nat({"private_ip": "10.1.0.44"}))
    for options in (*good, gateway(), {"bgp": {**TRANSIT, "asn": 4294967294, "password": "a'b_1"}}):
        world.plan(aggregators=[host("agg1"), host("agg2"), host("agg3")], **options)
        assert world.report.problems == [], options
