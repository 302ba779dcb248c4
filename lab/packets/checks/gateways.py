# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gateways of the private WAN: who reaches the Internet, who does not and why, and the hosts in a space's VPC."""

from __future__ import annotations

import contextlib
import ipaddress
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .. import netns, titles
from ..aws_topology import INTERNET_HOST, Device
from ..bonders import LanHost
from ..echo_servers import fetch
from ..lab import Lab, until
from ..probes import Path, sent_for
from ..report import Check, need
from .cpe_nat import goes_out, public_of
from .private_wan import reached, reaches

DEADLINE = 10.0


@dataclass(frozen=True)
class Gateway:
    """An aggregator's further interface in a space's VPC, and a LAN host whose bond is on another aggregator."""

    space: str
    aggregator: str
    device: Device
    host: LanHost
    on: str


def gateways(lab: Lab, avoid: str = "") -> list[Gateway]:
    """All gateways that the server's state and AWS's agree on; neither they nor their hosts' bonds are on `avoid`."""
    found = []
    for aggregator in lab.server.aggregators():
        for interface in lab.server.interfaces(aggregator) if aggregator["name"] != avoid else ():
            if interface["type"] != "ethernet" or interface["space"] is None:
                continue
            namespace = lab.server.namespace(aggregator["name"])
            device = lab.fabric.device(namespace, interface["name"])
            for host in lab.bonders.hosts:
                at = lab.server.aggregator_of(host.bond_id)
                if host.space == interface["space"] and host.private_wan and at not in (aggregator["name"], avoid):
                    found.append(Gateway(interface["space"], aggregator["name"], device, host, at))
                    break
    return found


def checks(lab: Lab) -> Iterator[Check]:
    """In order: each leaves the network as it was."""
    nats = {one["vpc_id"] for one in lab.aws_stand_in.state()["nat_gateways"] if one["state"] == "available"}
    vpcs = {one["id"]: one for one in lab.fabric.state["vpcs"]}
    with_nat = {f"vpc-{vpcs[vpc_id]['tags'].get('Name', vpc_id)}" for vpc_id in nats}
    for one in gateways(lab):
        by_nat, source = one.device.vpc in with_nat, _neighbour(lab, one)
        proofs = [partial(_by_nat, lab, one), partial(_checked, lab, one)]
        if not by_nat:
            proofs = [partial(_none, lab, one), partial(_vpc_host, lab, one)]
        proofs.append(partial(_ends, lab, one))
        if source:
            proofs.append(partial(_only_lan, lab, one, source))
        names = titles.gateway(one.space, one.aggregator, by_nat, source is not None)
        for name, proof in zip(names, proofs, strict=True):
            yield Check(name, proof)


def _by_nat(lab: Lab, gateway: Gateway) -> str:
    public = {
        address["public_ip"]
        for address in lab.fabric.state["nat_gateways"]
        if lab.fabric.nat_gateways().get(address["id"])
    }
    found = until(lambda: goes_out(gateway.host) in public, DEADLINE)
    need(found is not None, f"{gateway.host.bond} is seen as '{goes_out(gateway.host)}', not as {public}")
    return f"{gateway.host.address} is seen as {goes_out(gateway.host)}"


def _checked(lab: Lab, gateway: Gateway) -> str:
    need(goes_out(gateway.host), f"{gateway.host.bond} does not get out even without the check")
    lab.hands.check(gateway.device.interface_id, True)
    try:
        lab.sync()
        before = lab.counter(gateway.device.vpc, "src_drop")
        need(not goes_out(gateway.host), "it gets out though the check is on")
        dropped = lab.counter(gateway.device.vpc, "src_drop") - before
        need(dropped > 0, "it is dead, but the check dropped nothing")
    finally:
        lab.hands.check(gateway.device.interface_id, False)
        lab.sync()
    need(until(lambda: goes_out(gateway.host), DEADLINE) is not None, "it does not come back")
    return f"src_drop +{dropped}"


def _none(lab: Lab, gateway: Gateway) -> str:
    """The positive control is the gateway's own address: it has a public one, and gets out."""
    igw, own = gateway.device.vpc.replace("vpc-", "igw-", 1), gateway.device.addresses[0]
    need(until(lambda: _default(lab, gateway), DEADLINE) is not None, f"{gateway.on} has no default route of the space")
    page = fetch(gateway.device.holder, INTERNET_HOST, source=own)
    need(page is not None and page.client == public_of(lab, own), f"the gateway's own {own} does not get out")
    before = lab.counter(igw, "out_drop")
    need(not goes_out(gateway.host), f"{gateway.host.bond} gets out, though nobody translates its address")
    dropped = lab.counter(igw, "out_drop") - before
    need(dropped > 0, "it is dead, but not at the internet gateway")
    return f"out_drop of {igw} +{dropped} for {gateway.host.address}; {own} gets out as {public_of(lab, own)}"


def _default(lab: Lab, gateway: Gateway) -> bool:
    return "default via" in lab.routes(gateway.on, gateway.space)


LANS: dict[str, Any] = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "172.16.0.0/12"}]}
"""The rule that admits the LANs to a VPC's default group, which admits itself."""


@contextlib.contextmanager
def admitted(lab: Lab, group: str, rule: Mapping[str, Any] = LANS) -> Iterator[None]:
    """Inside, the group has one rule more."""
    lab.hands.admit(group, True, **rule)
    lab.sync()
    try:
        yield
    finally:
        lab.hands.admit(group, False, **rule)
        lab.sync()


@contextlib.contextmanager
def vpc_host(lab: Lab, gateway: Gateway) -> Iterator[Device]:
    """An instance in the gateway's subnet, in the gateway's group."""
    name = f"host-{gateway.space}"
    instance = lab.hands.launch(gateway.device.subnet_id, name)
    try:
        with admitted(lab, gateway.device.groups[0]):
            yield next(one for one in lab.fabric.devices if one.holder == name)
    finally:
        lab.hands.terminate(instance)
        lab.sync()


def _vpc_host(lab: Lab, gateway: Gateway) -> str:
    with vpc_host(lab, gateway) as device:
        host, address = gateway.host, device.addresses[0]

        def to_vpc() -> bool:
            page = fetch(host.namespace, address, timeout=0.7)
            return page is not None and (page.host, page.client) == (device.holder, host.address)

        def to_lan() -> bool:
            page = fetch(device.holder, host.address, timeout=0.7)
            return page is not None and (page.host, page.client) == (host.namespace, address)

        need(until(to_vpc, DEADLINE) is not None, f"{host.bond} does not reach {address} in the VPC")
        need(until(to_lan, DEADLINE) is not None, f"{address} in the VPC does not reach {host.bond}")
        closed = lab.fabric.state["route_tables"]
        routes = [
            (table["id"], route["destination"])
            for table in closed
            for route in table["routes"]
            if route["target"] == gateway.device.interface_id
        ]
        need(routes, "no route of the VPC leads to the gateway")
    return f"{host.address} <-> {address}, untranslated, by {len(routes)} VPC routes"


def _to_nobody(lab: Lab, gateway: Gateway) -> tuple[int, int]:
    """Packets sent to an address of the gateway's networks that no LAN has, and how often they came by the gateway."""
    namespace = lab.server.namespace(gateway.aggregator)
    nobody = ".".join([*gateway.host.address.split(".")[:2], "250", "10"])
    before = netns.received(namespace, gateway.device.name)
    traffic = sent_for(Path("nobody", gateway.host.namespace, nobody), 0.5)
    return len(traffic.sent), netns.received(namespace, gateway.device.name) - before


def _protocol(lab: Lab, gateway: Gateway) -> tuple[str, dict[str, Any]]:
    """The path of its static protocol on the server, and its fields as the server takes them."""
    aggregator = next(one for one in lab.server.aggregators() if one["name"] == gateway.aggregator)
    found = next(one for one in aggregator["protocols"] if (one["protocol"], one["space"]) == ("static", gateway.space))
    path, slot = f"aggregators/{aggregator['id']}", found["import_ipv4"]
    number = next(one["id"] for one in aggregator["filters"] if one["name"] == slot["filter"])
    by = {"mode": slot["mode"], "filter": f"/api/v4/{path}/filters/{number}/"}
    return f"{path}/static_protocols/{found['id']}", {**found, "import_ipv4": by}


@contextlib.contextmanager
def patched(lab: Lab, gateway: Gateway, **fields: Any) -> Iterator[None]:
    """Inside, its static protocol has other fields."""
    path, found = _protocol(lab, gateway)
    lab.hands.patch(path, **fields)
    lab.sync()
    try:
        yield
    finally:
        lab.hands.patch(path, **{name: found[name] for name in fields})
        lab.sync()


def _ends(lab: Lab, gateway: Gateway) -> str:
    """Its group admits the LANs, so that nothing else keeps such packets from circling; the control takes the end away:
    then the default route sends them out, the VPC's route sends them back, and so on until the TTL of 64 ends.
    """
    _path, found = _protocol(lab, gateway)
    ends = [route["network"] for route in found["routes"] if route["destination"] == "unreachable"]
    others = [route for route in found["routes"] if route["network"] not in ends]

    def there() -> bool:
        return all(f"unreachable {network} " in _table(lab, gateway) for network in ends)

    need(ends and until(there, DEADLINE) is not None, f"there is no end for {ends}")
    with admitted(lab, gateway.device.groups[0]):
        sent, came = _to_nobody(lab, gateway)
        need(came < sent, f"{sent} packets for nobody came back in by the gateway {came} times")
        with patched(lab, gateway, routes=others):
            need(until(lambda: not there(), DEADLINE) is not None, "the end does not go")
            again, circled = _to_nobody(lab, gateway)
        need(until(there, DEADLINE) is not None, "the end does not come back")
    need(circled > 10 * again, f"without the end {again} packets came in {circled} times: nothing is proved")
    return f"{sent} packets, {came} back in by the gateway; without the end {again} packets, {circled} times"


def _table(lab: Lab, gateway: Gateway) -> str:
    return lab.routes(gateway.aggregator, gateway.space)


def _neighbour(lab: Lab, gateway: Gateway) -> LanHost | None:
    """A LAN host whose bond is on the gateway's own aggregator: by that one's table it reaches the gateway's host."""
    for host in lab.bonders.hosts:
        at = lab.server.aggregator_of(host.bond_id)
        if (host.space, host.private_wan, at) == (gateway.space, True, gateway.aggregator):
            return host
    return None


def _only_lan(lab: Lab, gateway: Gateway, source: LanHost) -> str:
    """With `networks: auto` a network may be just one LAN: the end gives way to the LAN's own route by the filter."""
    host = gateway.host
    network = str(ipaddress.IPv4Interface(f"{host.address}/{host.length}").network)
    _path, found = _protocol(lab, gateway)
    end = {"network": network, "destination": "unreachable", "address": None, "interface": None}
    routes = [*found["routes"], end]

    def ended() -> bool:
        return f"unreachable {network} " in _table(lab, gateway)

    with patched(lab, gateway, routes=routes):
        time.sleep(1)  # what BIRD would do wrong it has done by then
        need(not ended() and reaches(source, host), f"{host.bond} is not reached, the end has taken its network")
        with patched(lab, gateway, import_ipv4={"mode": "all", "filter": None}):
            need(until(ended, DEADLINE) is not None, "without the filter it is the same: nothing is proved")
            need(not reaches(source, host), f"without the filter {host.bond} is reached all the same")
    reached(source, host)
    return f"{source.address} -> {host.address} with an end for {network}; not without the filter"
