# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's state as namespaces and kernel objects. Pure: nothing here touches a kernel.

A namespace for each instance, NAT gateway, VPC and internet gateway (egress-only ones too), and `inet` for the
Internet. In a VPC's namespace each subnet is a bridge that floods nothing and learns nothing; the bridge itself is the
subnet's router, and answers for every private address with the MAC address of its interface. Each subnet's route table
is a table of the kernel.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .applied_state import ADDRESS, FORWARDING, LINK, Piece, configured, route, rule, veth

INTERNET = "inet"
INTERNET_HOST = "198.19.255.1"
LAST = 4278198272
"""The metric of a route that is there for what no other route takes."""
METRIC = 1024
"""Of the way out by an instance's first interface."""
_VPC_END, _GATEWAY_END, _INTERNET_END, _PUBLIC_END = "169.254.255.1", "169.254.255.2", "100.127.0.1", "100.127.0.2"


def short(identifier: str) -> str:
    """The end of an AWS id, short enough for a device's name."""
    return identifier[-12:]


def table_number(subnet_id: str) -> int:
    """The kernel's number for the route table in force in a subnet."""
    return 1000 + int(subnet_id[-7:], 16)


@dataclass(frozen=True)
class Device:
    """A network interface that is plugged in.

    :param holder: the namespace of the instance or NAT gateway; `name` is the device's name there.
    :param port: the device's name in the VPC's namespace.
    :param addresses: private ones, the primary one first.
    """

    interface_id: str
    holder: str
    name: str
    primary: bool
    nat_gateway: bool
    vpc: str
    subnet_id: str
    mac: str
    checked: bool
    groups: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def port(self) -> str:
        return f"p{short(self.interface_id)}"

    @property
    def bridge(self) -> str:
        return f"b{short(self.subnet_id)}"


class Fabric:
    """Kernel objects of the AWS account, made from a state of lab.aws.

    :param names: devices' names by MAC address, where they are not those that an instance of the Nitro system gives.
    """

    def __init__(self, state: Mapping[str, Any], names: Mapping[str, str] | None = None) -> None:
        self.state, self._names = state, names or {}
        labels = [_label(one) for one in state["instances"]]
        self._instances = {
            one["id"]: _label(one) if labels.count(_label(one)) == 1 else str(one["id"])
            for one in state["instances"]
            if one["state"] == "running"
        }
        self._vpcs = {one["id"]: f"vpc-{_label(one)}" for one in state["vpcs"]}
        self._subnets = {one["id"]: one for one in state["subnets"]}
        self._gateways = {
            one["id"]: f"igw-{self._vpcs[one['vpc_id']].removeprefix('vpc-')}"
            for one in state["internet_gateways"]
            if one["vpc_id"]
        }
        self.egress_only = {
            one["id"]: f"eigw-{self._vpcs[one['vpc_id']].removeprefix('vpc-')}"
            for one in state["egress_only_internet_gateways"]
        }
        """Namespace of each egress-only internet gateway."""
        self._nats = {one["network_interface_id"]: one["id"] for one in state["nat_gateways"] if _alive(one)}
        self.devices = [found for one in state["network_interfaces"] if (found := self._device(one)) is not None]

    def _device(self, interface: Mapping[str, Any]) -> Device | None:
        attachment = interface["attachment"]
        nat = self._nats.get(interface["id"])
        if nat is None and (attachment is None or attachment["instance_id"] not in self._instances):
            return None
        index = 0 if attachment is None else attachment["device_index"]
        return Device(
            interface_id=interface["id"],
            holder=nat or self._instances[attachment["instance_id"]],
            # As an instance of the Nitro system calls them.
            name=self._names.get(interface["mac"]) or ("eth0" if nat else f"ens{5 + index}"),
            primary=index == 0,
            nat_gateway=nat is not None,
            vpc=self._vpcs[interface["vpc_id"]],
            subnet_id=interface["subnet_id"],
            mac=interface["mac"],
            # A NAT gateway has neither groups nor a check.
            checked=nat is None and interface["source_dest_check"],
            groups=() if nat else tuple(interface["security_group_ids"]),
            addresses=tuple(address["private_ip"] for address in interface["addresses"]),
        )

    def device(self, holder: str, name: str) -> Device:
        """Return the device of this name in a namespace."""
        return next(one for one in self.devices if (one.holder, one.name) == (holder, name))

    def namespaces(self) -> list[str]:
        """All of them."""
        return [
            INTERNET,
            *self._vpcs.values(),
            *self._gateways.values(),
            *self.egress_only.values(),
            *self._instances.values(),
            *self._nats.values(),
        ]

    def network(self, device: Device) -> ipaddress.IPv4Network:
        """Return the network of a device's subnet. Its second address is the router's."""
        return ipaddress.IPv4Network(self._subnets[device.subnet_id]["cidr"])

    def vpcs(self) -> list[str]:
        """The namespaces of the VPCs."""
        return list(self._vpcs.values())

    def groups(self, vpc: str) -> list[Mapping[str, Any]]:
        """The security groups of a VPC's namespace."""
        return [one for one in self.state["security_groups"] if self._vpcs[one["vpc_id"]] == vpc]

    def gateways(self) -> dict[str, dict[str, str]]:
        """For each internet gateway's namespace: private address -> public one, of those that are mapped."""
        found: dict[str, dict[str, str]] = {name: {} for name in self._gateways.values()}
        for one in self.state["network_interfaces"]:
            name = f"igw-{self._vpcs[one['vpc_id']].removeprefix('vpc-')}"
            for address in one["addresses"]:
                if name in found and address["association"] is not None:
                    found[name][address["private_ip"]] = address["association"]["public_ip"]
        return found

    def nat_gateways(self) -> dict[str, str]:
        """For each NAT gateway's namespace its private address."""
        return {one["id"]: one["private_ip"] for one in self.state["nat_gateways"] if _alive(one)}

    def pieces(self) -> Iterator[Piece]:
        """All of the fabric but its filters."""
        yield Piece("inet/host", INTERNET, ADDRESS, (f"addr add {INTERNET_HOST}/32 dev lo",))
        for gateway_id, gateway in self._gateways.items():
            yield from self._gateway(gateway_id, gateway)
        for subnet in self._subnets.values():
            yield from self._subnet(subnet)
        for device in self.devices:
            yield from self._plugged(device)

    def _gateway(self, gateway_id: str, gateway: str) -> Iterator[Piece]:
        vpc_id = next(one["vpc_id"] for one in self.state["internet_gateways"] if one["id"] == gateway_id)
        vpc, far, key = self._vpcs[vpc_id], f"i{short(gateway_id)}", f"igw/{gateway}"
        inner, outer = f"{key}/inner", f"{key}/outer"
        yield veth(inner, vpc, "igw", ("vpc", gateway), 9001)
        yield veth(outer, INTERNET, far, ("inet0", gateway), 1500)
        lines = (
            "link set vpc up",
            "link set inet0 up",
            f"addr add {_GATEWAY_END}/32 dev vpc",
            f"addr add {_PUBLIC_END}/32 dev inet0",
            f"route add default via {_INTERNET_END} dev inet0 onlink",
        )
        yield configured(f"{key}/ends", gateway, inner, *lines)
        yield configured(f"{key}/vpc", vpc, inner, f"addr add {_VPC_END}/32 dev igw")
        yield configured(f"{key}/inet", INTERNET, outer, f"addr add {_INTERNET_END}/32 dev {far}")
        yield rule(f"{key}/in", vpc, "iif igw lookup 100 pref 100")
        for cidr in next(one["cidrs"] for one in self.state["vpcs"] if one["id"] == vpc_id):
            yield route(f"{key}/{cidr}", gateway, f"{cidr} via {_VPC_END} dev vpc onlink", inner)
        for public in self.gateways()[gateway].values():
            way = f"{public} via {_PUBLIC_END} dev {far} onlink src {INTERNET_HOST}"
            yield route(f"inet/{public}", INTERNET, way, outer, over=True)

    def _subnet(self, subnet: Mapping[str, Any]) -> Iterator[Piece]:
        vpc, number, bridge = self._vpcs[subnet["vpc_id"]], table_number(subnet["id"]), f"b{short(subnet['id'])}"
        network, key = ipaddress.ip_network(subnet["cidr"]), f"subnet/{subnet['id']}"
        lines = (
            f"link add {bridge} type bridge stp_state 0 mcast_snooping 0 ageing_time 0",
            f"link set {bridge} address {router_mac(subnet['id'])} mtu 9001 up",
        )
        yield Piece(key, vpc, LINK, lines, (f"link del {bridge}",))
        yield configured(f"{key}/router", vpc, key, f"addr add {network[1]}/{network.prefixlen} dev {bridge}")
        yield rule(f"{key}/rule", vpc, f"iif {bridge} lookup {number} pref 100")
        peers = [one for one in self._subnets.values() if one["vpc_id"] == subnet["vpc_id"]]
        numbers = {table_number(one["id"]) for one in peers}
        for to in sorted(numbers | {100}):
            yield route(f"{key}/local/{to}", vpc, f"{subnet['cidr']} dev {bridge} table {to}", key)
        yield route(f"{key}/last", vpc, f"unreachable default metric {LAST} table {number}")
        for one in self.table(subnet)["routes"]:
            target = self._target(one)
            if target:
                yield route(f"{key}/{one['destination']}", vpc, f"{target} table {number}", over=True)

    def table(self, subnet: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the route table in force in a subnet."""
        tables = [one for one in self.state["route_tables"] if one["vpc_id"] == subnet["vpc_id"]]
        return next((one for one in tables if subnet["id"] in one["subnet_ids"]), None) or next(
            one for one in tables if one["main"]
        )

    def _target(self, of: Mapping[str, Any]) -> str:
        """A route as the kernel says it, without its table; empty for what needs none, IPv6 among it."""
        target, destination, active = str(of["target"]), str(of["destination"]), of["state"] == "active"
        if target == "local" or ":" in destination:
            return ""
        nats = {one["id"]: one["network_interface_id"] for one in self.state["nat_gateways"]}
        wanted = nats.get(target, target)
        device = next((one for one in self.devices if one.interface_id == wanted), None)
        if target in self._gateways and active:
            return f"{destination} via {_GATEWAY_END} dev igw onlink"
        if device is not None and active:
            return f"{destination} via {device.addresses[0]} dev {device.bridge}"
        return f"blackhole {destination}"

    def _plugged(self, device: Device) -> Iterator[Piece]:
        key, port = f"eni/{device.interface_id}", device.port
        lines = (
            f"link add {port} mtu 9001 type veth"
            f" peer name {device.name} netns {device.holder} mtu 9001 address {device.mac}",
            f"link set {port} master {device.bridge}",
            f"link set {port} type bridge_slave proxy_arp on",
            f"link set {port} up",
        )
        yield Piece(key, device.vpc, LINK, lines, (f"link del {port}",))
        bridge = (
            f"link set dev {port} flood off mcast_flood off bcast_flood off learning off",
            f"fdb add {device.mac} dev {port} master static",
        )
        yield Piece(f"{key}/bridge", device.vpc, FORWARDING, bridge, needs=key)
        for address in device.addresses:
            neighbour = f"neigh replace {address} lladdr {device.mac} dev {device.bridge} nud permanent"
            gone = f"neigh del {address} dev {device.bridge}"
            yield Piece(f"address/{device.vpc}/{address}", device.vpc, ADDRESS, (neighbour,), (gone,), over=True)
        if device.primary:
            yield from self._configured(device, key)

    def _configured(self, device: Device, key: str) -> Iterator[Piece]:
        """Yield the configuration of an instance's first interface: its primary address and a default route."""
        network = self.network(device)
        address = f"{device.addresses[0]}/{network.prefixlen}"
        lines = (
            f"link set {device.name} up",
            f"addr add {address} dev {device.name}",
            f"route replace default via {network[1]} dev {device.name} metric {METRIC}",
        )
        yield configured(f"{key}/configured", device.holder, key, *lines)


def router_mac(subnet_id: str) -> str:
    """The MAC address of a subnet's router."""
    digits = subnet_id[-8:]
    return "0e:ff:" + ":".join(digits[place : place + 2] for place in range(0, 8, 2))


def _label(found: Mapping[str, Any]) -> str:
    return str(found["tags"].get("Name") or found["id"])


def _alive(nat_gateway: Mapping[str, Any]) -> bool:
    return bool(nat_gateway["state"] == "available")
