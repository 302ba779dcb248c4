# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bonders and what is behind them: a namespace for each bond, and one for each of its connected networks. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .applied_state import Piece, configured, veth


@dataclass(frozen=True)
class LanHost:
    """A host in a connected network of a bond.

    :param cpe_nat_ip: the private address that the bonder translates it into, if one leads to it.
    :param private_wan: whether its network is part of its space's private WAN.
    """

    namespace: str
    bond_id: int
    bond: str
    space: str
    address: str
    gateway: str
    length: int
    connected_id: int
    private_wan: bool
    cpe_nat_ip: str | None = None


class Bonders:
    """Bonders and LAN hosts, made from the bonds of the server's state."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._bonds = state["bonds"]
        self.hosts = [host for bond in self._bonds for host in _hosts(bond)]

    def namespaces(self) -> list[str]:
        """All of them."""
        return [f"bond-{bond['id']}" for bond in self._bonds] + [host.namespace for host in self.hosts]

    def pieces(self) -> Iterator[Piece]:
        """The connected networks; the tunnels are the aggregators'."""
        for host in self.hosts:
            device, key = f"lan{host.connected_id}", f"lan/{host.bond_id}/{host.gateway}"
            bonder = f"bond-{host.bond_id}"
            yield veth(key, bonder, device, ("eth0", host.namespace), 1500)
            yield configured(f"{key}/bonder", bonder, key, f"addr add {host.gateway}/{host.length} dev {device}")
            lines = (
                "link set eth0 up",
                f"addr add {host.address}/{host.length} dev eth0",
                f"route replace default via {host.gateway} dev eth0",
            )
            yield configured(f"{key}/host", host.namespace, key, *lines)

    def filters(self) -> dict[str, str]:
        """For each bonder's namespace the translation of its CPE NAT IPs, one transaction of nftables."""
        return {f"bond-{bond['id']}": translation(bond) for bond in self._bonds}


def translation(bond: Mapping[str, Any]) -> str:
    """A CPE NAT IP leads to one host; its whole connected network goes out with it, as the vendor documents."""
    pairs = [(one["ip"], one["nat_ip"]) for one in bond["cpe_nat_ips"] if one["enabled"]]
    networks = [ipaddress.ip_interface(one["ip"]).network for one in bond["connected_ips"] if one["enabled"]]
    inward = "".join(f'    iifname "tun0" ip daddr {outer} dnat to {inner}\n' for outer, inner in pairs)
    outward = "".join(
        f'    oifname "tun0" ip saddr {network} snat to {outer}\n'
        for outer, inner in pairs
        for network in networks
        if ipaddress.ip_address(inner) in network
    )
    return (
        "table ip nat { }\ndelete table ip nat\n"
        "table ip nat {\n"
        f"  chain pre {{ type nat hook prerouting priority dstnat; policy accept;\n{inward}  }}\n"
        f"  chain post {{ type nat hook postrouting priority srcnat; policy accept;\n{outward}  }}\n"
        "}\n"
    )


def _hosts(bond: Mapping[str, Any]) -> Iterator[LanHost]:
    for connected in bond["connected_ips"]:
        found = ipaddress.ip_interface(connected["ip"])
        if not connected["enabled"] or found.version == 6:
            continue
        nats = (nat for nat in bond["cpe_nat_ips"] if nat["enabled"])
        leads = [nat for nat in nats if ipaddress.ip_address(nat["nat_ip"]) in found.network]
        yield LanHost(
            namespace=f"lan-{bond['id']}-{found.ip}",
            bond_id=bond["id"],
            bond=bond["name"],
            space=bond["space"],
            address=leads[0]["nat_ip"] if leads else str(found.network[10]),
            gateway=str(found.ip),
            length=found.network.prefixlen,
            connected_id=connected["id"],
            private_wan=connected["include_private_wan"],
            cpe_nat_ip=leads[0]["ip"] if leads else None,
        )
