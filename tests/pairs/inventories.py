# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random inventories on a base, as network_plan's options. `edits` has the ways from one to the next."""

from __future__ import annotations

import random
from typing import Any

from tests.pairs.base import GIVEN_VPC, INTERFACES, POOLS, Base

Json = dict[str, Any]
BY_OTHERS = (
    "public_ip or pool changed",
    "name changed",
    "connected_ip that the bond has by itself",
)
"""Left out: they are refused or mended elsewhere (issue 14, findings 12, 13 and 15), and have tests of their own."""

INBOUND = (
    {"protocol": "tcp", "ports": "443", "from": ["0.0.0.0/0"]},
    {"protocol": "udp", "ports": "53", "from": ["198.51.100.0/24"]},
    {"protocol": "tcp", "ports": "8000-8010", "from": ["192.0.2.0/24", "198.51.100.0/25"]},
    {"protocol": "icmp", "from": ["0.0.0.0/0"]},
)
PORTS = ("udp/51820", "udp/51821-51830", "tcp/4500")
NAMES = ("mail.example.com", "www.example.com", "vpn.example.com")
MASQUERADE, NAT, NONE = "masquerade", "nat_gateway", "none"


class Maker:
    """Makes inventories of one base by one source of chance."""

    def __init__(self, base: Base, chance: random.Random) -> None:
        self.base, self.chance = base, chance

    def one_of(self, *values: Any) -> Any:
        """Return one of these."""
        return self.chance.choice(values)

    def likely(self, share: float) -> bool:
        """Return True in so many of all cases."""
        return self.chance.random() < share

    def inventory(self) -> Json:
        """Return a whole inventory."""
        found: Json = {"aggregators": list(self.base.hosts), "decommissioned": [], "spaces": [], "cpe_nat_ips": []}
        if self.likely(0.25):  # the one that no bond needs
            found["aggregators"].pop()
        found |= {"bgp": self.bgp(found), **self.groups()}
        for key in self.base.spaces:
            if self.likely(0.8):
                found["spaces"].append(self.space(key, found))
        for number in self.base.bonds:
            if self.likely(0.4):
                found["cpe_nat_ips"].append(self.entry(number, found))
            if self.likely(0.1):
                found["cpe_nat_ips"].append(self.entry(number, found, name=f"second-{number}"))
        return found

    def bgp(self, inventory: Json) -> Json | None:
        """Return BGP in one of its forms, or none."""
        kind = self.chance.random()
        if kind < 0.35:
            return None
        if kind < 0.6 and self.base.flat:
            return {"asn": 64512, "mode": "direct"}
        reflectors = [self.host(inventory)] if self.likely(0.2) else []
        return {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/20", "route_reflectors": reflectors}

    def groups(self) -> Json:
        """Return security groups on, with what they let in, or off."""
        if self.likely(0.4):
            return {"security_groups": False, "cpe_nat_inbound": [], "managed_mesh_ports": []}
        inbound = self.chance.sample(INBOUND, self.chance.randint(0, len(INBOUND)))
        ports = self.chance.sample(PORTS, self.chance.randint(0, len(PORTS)))
        return {"security_groups": True, "cpe_nat_inbound": list(inbound), "managed_mesh_ports": list(ports)}

    def hosts(self, inventory: Json) -> list[str]:
        """Return the hosts of an inventory that stay."""
        return [one["host"] for one in inventory["aggregators"] if one["host"] not in inventory["decommissioned"]]

    def host(self, inventory: Json) -> str:
        """Return a host."""
        return self.chance.choice(self.hosts(inventory))

    def space(self, key: str, inventory: Json) -> Json:
        """Return a space of any kind, with gateways where it has a VPC."""
        place = self.base.spaces.index(key)
        mode = self.one_of("managed_mesh", "managed_mesh", "unmanaged")
        found: Json = {"key": key, "private_wan": mode, "gateways": []}
        if mode == "unmanaged" or self.likely(0.7):
            protocol = self.one_of("babel", "ospf")
            members = ["all" if self.likely(0.8) else "involved"]
            found["vxlan"] = {"subnet": f"10.254.{place * 16}.0/20", "protocol": protocol, "aggregators": members}
            if place % 4 == 3:  # always: what was chosen once is kept where it is not given
                found["vxlan"]["vni"] = 4000 + place
        if self.likely(0.75):
            found["vpc"] = self.vpc(key, inventory)
            for number in range(self.one_of(0, 1, 1, 2)):
                gateway = self.gateway(found, number, inventory)
                if gateway is not None:
                    found["gateways"].append(gateway)
        return found

    def vpc(self, key: str, inventory: Json) -> Json:
        """Return a VPC to be made, or, for one space, the given one."""
        place = self.base.spaces.index(key)
        if self.likely(0.15) and not any(s.get("vpc", {}).get("id") for s in inventory["spaces"]):
            return {"id": GIVEN_VPC}
        found: Json = {"cidr": f"10.{101 + place}.0.0/16", "ipv6": self.likely(0.25)}
        if place % 3 == 2:  # always: EC2 cannot change a subnet's network, and the plan says so
            zones = sorted(set(self.base.zones.values()))
            found["subnets"] = [{"zone": z, "cidr": f"10.{101 + place}.{64 + n}.0/26"} for n, z in enumerate(zones)]
        return found

    def gateway(self, space: Json, number: int, inventory: Json) -> Json | None:
        """Return a gateway for a space, on a host that it has none on; None where there can be none."""
        taken = {one["aggregator"] for one in space["gateways"]}
        if any(one["egress"] == NAT for one in space["gateways"]):
            return None
        hosts = [host for host in self.with_room(inventory) if host not in taken]
        if not hosts:
            return None
        found: Json = {"aggregator": self.chance.choice(hosts), "networks": self.networks(space, number)}
        given = bool(space["vpc"].get("id"))
        egress = [MASQUERADE, MASQUERADE, NONE]
        if not given and not space["gateways"] and found["networks"]:
            egress.append(NAT)
        found["egress"] = self.chance.choice(egress)
        if given:
            found["subnet_id"] = f"subnet-given-{self.base.zones[found['aggregator']][-1]}"
            if self.likely(0.4):
                found["route_tables"] = self.one_of(["rtb-given"], ["rtb-given", "rtb-given-main"])
        if found["egress"] == MASQUERADE and found["networks"] != ["auto"] and self.likely(0.5):
            found["port_forwards"] = self.forwards(found["networks"])
        if found["egress"] == MASQUERADE and self.likely(0.1):
            found["vpc_routes"], found["networks"] = False, []
            found.pop("route_tables", None)
            if not given and self.likely(0.5):
                found["subnet_id"] = f"subnet-given-{self.base.zones[found['aggregator']][-1]}"
        if found["egress"] == MASQUERADE and self.likely(0.15):
            found["incoming"] = self.one_of(["wg0"], ["wg0", "wg1"], ["wg1"])
        return found

    def with_room(self, inventory: Json) -> list[str]:
        """Return the hosts that can take one more gateway's interface."""
        taken = [one["aggregator"] for space in inventory["spaces"] for one in space["gateways"]]
        return [host for host in self.hosts(inventory) if taken.count(host) < INTERFACES - 1]

    def networks(self, space: Json, number: int) -> list[str]:
        """Return networks for a space's gateway; those of a second one lie elsewhere."""
        if number:
            return self.one_of(["172.20.0.0/16"], ["172.20.0.0/16", "172.21.0.0/24"], ["172.22.1.0/24"])
        choices = [["172.16.0.0/14"], ["172.16.0.0/16"], ["172.16.0.0/17", "172.16.128.0/17"], ["auto"], []]
        return list(self.chance.choice(choices))

    def forwards(self, networks: list[str]) -> list[Json]:
        """Return port forwards to hosts in the first of these networks."""
        first = networks[0] if networks else "172.16.18.0/24"
        hosts = [first.rpartition(".")[0] + f".{number}" for number in (10, 11, 12)]
        every: list[Json] = [
            {"protocol": "tcp", "port": 8080, "to": hosts[0], "to_port": 80, "from": ["0.0.0.0/0"]},
            {"protocol": "udp", "port": 5000, "to": hosts[1], "to_port": None, "from": ["198.51.100.0/24"]},
            {"protocol": "tcp", "port": 2222, "to": hosts[2], "to_port": 22, "from": ["192.0.2.0/25"]},
        ]
        return self.chance.sample(every, self.chance.randint(1, len(every)))

    def entry(self, bond: int, inventory: Json, name: str | None = None) -> Json:
        """Return a CPE NAT entry of a bond."""
        third = 100 if name else 0
        found: Json = {
            "bond": str(bond) if self.likely(0.7) else self.base.bonds[bond].name,
            "interface": "eth2",
            "connected_ip": f"192.168.{bond + third}.1/24",
            "nat_ip": f"192.168.{bond + third}.{self.one_of(10, 10, 11)}",
        }
        if name or bond % 5 == 0:
            found["name"] = name or f"named-{bond}"
        if self.likely(0.5):
            found["aggregator"] = self.host(inventory)
        if not inventory["bgp"]:  # without BGP a new address has to be where its bond may be
            found.pop("aggregator", None)
        if not name and bond % 4 == 1 and (place := (bond - 17) // 4) < len(self.base.publics):
            found["public_ip"] = self.base.publics[place]
        elif bond % 6 == 0:
            found["pool"] = POOLS[0]
        if self.likely(0.15):
            found["reverse_dns"] = self.one_of(*NAMES)
        if self.likely(0.2):
            found["include_private_wan"] = self.one_of(True, False)
        return found
