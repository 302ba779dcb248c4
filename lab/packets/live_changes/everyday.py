# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network of the everyday changes: the small one with three gateways, our security groups alone, and hosts of its
own in the spaces' VPCs, made by site.yml through the gates.
"""

from __future__ import annotations

import pathlib
import shutil
from dataclasses import replace
from typing import Any

import yaml

from lab.hosts import Host

from .. import filters, netns
from ..aws_topology import INTERNET, INTERNET_HOST
from ..echo_servers import ECHO_PORT, PAGE_PORT
from ..gates import Gates
from ..lab import FOLDER, Lab
from ..probes import Path
from . import SEEDS, WANTED, Intent

CLOSED = "sg-0c000002"
"""The group of the aggregators' interfaces: it lets nothing in, so that only ours do."""
STRANGER = "198.19.255.2"
"""A second host of the Internet, in the same namespace as INTERNET_HOST."""
EVERYBODY, ONLY_HOST = ["0.0.0.0/0"], [f"{INTERNET_HOST}/32"]
NETWORKS = ["172.16.0.0/12"]
VPC_HOSTS = ("acme", "globex")
"""The spaces with a host in their VPC."""


def inbound(sources: list[str]) -> list[dict[str, Any]]:
    """Return what may come in to CPE NAT IPs, from these."""
    ports = (("tcp", PAGE_PORT), ("udp", ECHO_PORT))
    return [{"protocol": protocol, "ports": str(port), "from": list(sources)} for protocol, port in ports]


def space(key: str, mode: str, number: int, aggregator: str, egress: str) -> dict[str, Any]:
    """Return a space with a VPC and a gateway."""
    return {
        "key": key,
        "private_wan": mode,
        "vxlan": {"subnet": f"10.254.{16 * number}.0/24"},
        "vpc": {"cidr": f"10.{101 + number}.0.0/16"},
        "gateways": [{"aggregator": aggregator, "networks": list(NETWORKS), "egress": egress}],
    }


EVERYDAY: dict[str, Any] = {
    **WANTED,
    "bonding_spaces": [
        space("acme", "managed_mesh", 0, "agg1", "masquerade"),
        space("globex", "unmanaged", 1, "agg3", "masquerade"),
        {"key": "initech", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.32.0/24"}},
    ],
    "bonding_security_groups": True,
    "bonding_cpe_nat_inbound": inbound(EVERYBODY),
    "bonding_managed_mesh_ports": ["udp/4789"],
    "bonding_max_deletions": 100,
    # In place of ten: here nothing waits before it configures a new device.
    "pwan_gateway_watch_seconds": 3,
}


def everyday_seeds() -> pathlib.Path:
    """Write the seeds of both stand-ins; return their folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copy(SEEDS / "bondingadmin.yml", FOLDER)
    account = yaml.safe_load((SEEDS / "aws.yml").read_text())
    for instance in account["instances"]:
        instance["security_groups"] = [CLOSED]
    (FOLDER / "aws.yml").write_text(yaml.safe_dump(account))
    return FOLDER


def forget_flows(lab: Lab) -> None:
    """Let every datagram to an aggregator be judged by the rules in force, not by those that let its flow in once."""
    for name in {device.vpc for device in lab.server.primary.values()}:
        netns.nft(name, filters.forget_flows())


class Network(Intent):
    """The intent, and what there is to watch. site.yml works through the gates, on the aggregators themselves too."""

    def __init__(self, lab: Lab, gates: Gates) -> None:
        super().__init__(lab, EVERYDAY)
        self.gates = gates

    def urls(self) -> dict[str, str]:
        """Return where the gates are."""
        return self.gates.urls

    def host(self, name: str) -> Host:
        """Return an aggregator; its system names a new device as its files say."""
        return self.lab.systems.furnish(name, self.folder, name)

    def gateway(self, key: str) -> dict[str, Any]:
        """Return the wanted gateway of a space."""
        (found,) = self.space(key)["gateways"]
        gateway: dict[str, Any] = found
        return gateway

    def peopled(self) -> None:
        """Put a host into each VPC, and a second one into the Internet."""
        netns.batch("ip", INTERNET, [f"addr add {STRANGER}/32 dev lo"])
        for key in VPC_HOSTS:
            name = self.gateway(key)["aggregator"]
            device = next(one for one in self.lab.fabric.devices if one.holder == name and key in one.vpc)
            self.lab.hands.launch(device.subnet_id, f"host-{key}")
        self.gates.follow()

    def fails_over(self, bond: int, aggregator: str) -> None:
        """Let a bond move to another aggregator, as after a failover."""
        self.lab.server_stand_in.control("POST", "move", {"bond": bond, "aggregator": aggregator})
        self.gates.follow()

    def paths(self) -> list[Path]:
        """Return every way that carries something now: to CPE NAT IPs, in spaces, out by gateways, from VPCs."""
        lab = self.lab
        mapped = {private: public for pairs in lab.fabric.gateways().values() for private, public in pairs.items()}
        wanted = [host for host in lab.bonders.hosts if host.cpe_nat_ip in lab.server.owners()]
        found = [Path(f"{host.bond}'s address", INTERNET, mapped[str(host.cpe_nat_ip)]) for host in wanted]
        if self.variables["bonding_cpe_nat_inbound"] == inbound(EVERYBODY):
            found += [Path(f"stranger to {path.name}", INTERNET, path.address, STRANGER) for path in found]
        for one in self.variables["bonding_spaces"]:
            key = one["key"]
            lans = [host for host in lab.bonders.hosts if host.space == key and host.private_wan]
            near, far = lans[:2]
            found.append(Path(f"{key}: {near.bond} to {far.bond}", near.namespace, far.address))
            if key in VPC_HOSTS:
                out = [Path(f"{key}: {host.bond} to the Internet", host.namespace, INTERNET_HOST) for host in lans]
                found += [*out, *(replace(path, name=f"{path.name}, anew", anew=True) for path in out)]
                found += [Path(f"{key}: its VPC to {host.bond}", f"host-{key}", host.address) for host in lans]
        return found
