# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planned and built objects as text: read from the plan, and from the two stand-ins' states."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .assertions import TAG_NETWORK

TAG_KEY = "bonded.internet/key"
WIDTH = 118


def table(head: Sequence[str], rows: Iterable[Sequence[object]], indent: str = "  ") -> list[str]:
    """Columns as wide as they need to be."""
    texts = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]
    return [indent + line for line in [lines[0], "-" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]]]


def plan_lines(plan: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every item of a plan, one paragraph for each kind, in the order of the plan."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for item in plan:
        group = groups.setdefault((item["phase"], item["system"], item["verb"], item["kind"]), [])
        group.append(_item(item))
    lines = []
    for (phase, system, verb, kind), names in groups.items():
        head = f"  {phase:6} {'AWS' if system == 'aws' else 'server':6}  {verb} {len(names):3} {kind:20} "
        lines += textwrap.wrap(
            ", ".join(names), WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False
        )
    return lines


def _item(item: Mapping[str, Any]) -> str:
    parent, _slash, number = str(item["parent"]).partition("/")
    if parent == "bonds":
        return f"bond {number} {item['key']}"
    return f"{item['host']} {item['key']}" if parent == "aggregators" and item["host"] else str(item["key"])


def example(stdout: str, kind: str) -> list[str]:
    """The diff of the first object of this kind, as Ansible prints it."""
    lines = stdout.splitlines()
    begin = next((n for n, line in enumerate(lines) if line.startswith("--- before") and f" {kind} " in line), None)
    if begin is None:
        return []
    end = next((n for n, line in enumerate(lines[begin:], begin) if not line), len(lines))
    return [f"    {line}" for line in lines[begin:end]]


@dataclass(frozen=True)
class Place:
    """The aggregator that has an entry's Elastic IP, and the one that its bond is on."""

    entry: str
    owner: str
    bond_is_on: str


class Built:
    """The network as the two stand-ins have it."""

    def __init__(self, network: str, server: Mapping[str, Any], aws: Mapping[str, Any]) -> None:
        self._network, self._server, self._aws = network, server, aws
        self._names = {instance["id"]: instance["tags"].get("Name", "") for instance in aws["instances"]}
        self._interfaces = {interface["id"]: interface for interface in aws["network_interfaces"]}

    def _ours(self, kind: str, prefix: str) -> list[tuple[str, Mapping[str, Any]]]:
        """(key without its prefix, object) of what carries the network's tags."""
        found = [
            (entry["tags"][TAG_KEY].removeprefix(prefix), entry)
            for entry in self._aws[kind]
            if entry["tags"].get(TAG_NETWORK) == self._network and entry["tags"].get(TAG_KEY, "").startswith(prefix)
        ]
        return sorted(found, key=lambda pair: pair[0])

    def _owner(self, interface_id: str | None) -> str:
        attachment = self._interfaces.get(interface_id or "", {}).get("attachment") or {}
        return self._names.get(attachment.get("instance_id", ""), "-")

    def places(self) -> list[Place]:
        """The aggregator of each CPE NAT entry's Elastic IP, and that of its bond."""
        holders = {nat["ip"]: bond for bond in self._server["bonds"] for nat in bond["cpe_nat_ips"]}
        return [
            Place(
                key,
                self._owner(address["network_interface_id"]),
                holders.get(address["private_ip"], {}).get("current_aggregator", "-"),
            )
            for key, address in self._ours("addresses", "cpe-nat/")
        ]

    def public_addresses(self) -> list[str]:
        """One line for each CPE NAT entry, from the Elastic IP to the host behind the bonder."""
        holders = {nat["ip"]: (bond, nat) for bond in self._server["bonds"] for nat in bond["cpe_nat_ips"]}
        rows = []
        for key, address in self._ours("addresses", "cpe-nat/"):
            bond, nat = holders.get(address["private_ip"], ({}, {}))
            rows.append(
                (
                    key,
                    address["public_ip"],
                    address["private_ip"] or "-",
                    self._owner(address["network_interface_id"]),
                    f"{bond.get('id', '-')} {bond.get('name', '')}",
                    bond.get("current_aggregator", "-"),
                    nat.get("nat_ip", "-"),
                )
            )
        return table(("entry", "Elastic IP", "private address", "on", "bond", "is on", "leads to"), rows)

    def meshes(self) -> list[str]:
        """One line for each VXLAN mesh, with the tunnel address on each aggregator."""
        aggregators = sorted(self._server["aggregators"], key=lambda aggregator: aggregator["name"])
        modes = {space["key"]: space["private_wan_mode"] for space in self._server["spaces"]}
        vnis: dict[tuple[int, str | None], dict[str, Mapping[str, Any]]] = {}
        for aggregator in aggregators:
            for interface in aggregator["interfaces"]:
                if interface["type"] == "vxlan":
                    vnis.setdefault((interface["vni"], interface["space"]), {})[aggregator["name"]] = interface
        rows = []
        for (vni, space), members in sorted(vnis.items(), key=lambda pair: pair[0][0]):
            protocols = {
                protocol["protocol"]
                for aggregator in aggregators
                for protocol in aggregator["protocols"]
                if protocol["space"] == space and protocol["protocol"] in ("babel", "ospf", "bgp")
            }
            rows.append(
                (
                    space or "(none)",
                    modes.get(space or "", "between aggregators"),
                    vni,
                    "+".join(sorted(protocols)),
                    *(", ".join(members.get(one["name"], {}).get("addresses", ["-"])) for one in aggregators),
                    sum(len(interface["endpoints"]) for interface in members.values()),
                )
            )
        names = [f"{aggregator['name']} (id {aggregator['id']})" for aggregator in aggregators]
        return table(("space", "mode", "VNI", "routing", *names, "endpoints"), rows)

    def vpcs(self) -> list[str]:
        """One line for each space's VPC and its gateway. The public address is the gateway's or its NAT gateway's."""
        gateways = {key.split("/")[0]: interface for key, interface in self._ours("network_interfaces", "gateway/")}
        alive = [pair for pair in self._ours("nat_gateways", "natgw/") if pair[1]["state"] == "available"]
        nats = {key.split("/")[0]: nat for key, nat in alive}
        rows = []
        for space, vpc in self._ours("vpcs", "vpc/"):
            gateway = gateways.get(space)
            routes = {
                route["destination"]
                for one in self._aws["route_tables"]
                for route in one["routes"]
                if gateway and route["target"] == gateway["id"] and route["state"] == "active"
            }
            association = (gateway["addresses"][0]["association"] or {}) if gateway else {}
            nat = nats.get(space)
            rows.append(
                (
                    space,
                    vpc["cidr"],
                    ", ".join(vpc["ipv6_cidrs"]) or "-",
                    f"{gateway['private_ip']} on {self._owner(gateway['id'])}" if gateway else "-",
                    f"{nat['public_ip']} (NAT gateway)" if nat else association.get("public_ip", "-"),
                    ", ".join(sorted(routes)) or "-",
                )
            )
        return table(("space", "VPC", "IPv6", "gateway", "Elastic IP", "routes to the gateway"), rows)
