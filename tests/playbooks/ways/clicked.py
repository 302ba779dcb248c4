# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network clicked after AN-001, and the inventory by which site.yml adopts it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lab.clicked import Clicked, Operator, Wish, click
from tests.playbooks.running import Json, Site, demo_variables

HOSTS = ("agg1", "agg2", "agg3")


def clicked(site: Site) -> Clicked:
    """Click a CPE NAT IP for bond 20, a mesh and a gateway for space acme, with the gateway's check left on."""
    return click(Operator(site.ec2(), site.server.url, site.administrator), Wish(source_dest_check=True))


MESH: Json = {
    "vxacme": {"keep": ["mtu"]},
    "demo_babel_11": {"name": "babel-acme", "keep": ["import_ipv6", "export_ipv4", "interfaces"]},
    "demo_export_11": {"absent": True},
}
DEVIATIONS: Json = {
    "agg1": MESH,
    "agg2": MESH,
    "agg3": {
        **MESH,
        "ens6": {"keep": ["mtu"]},
        "gateway/acme/agg3": {"keep": ["source_dest_check"]},
        "demo_gateway_11": {"name": "gw-acme", "keep": ["import_ipv4", "import_ipv6", "routes"]},
        "demo_gateway_import_11": {"absent": True},
    },
}


def variables(done: Clicked, **more: Any) -> Json:
    """Return the group variables of the clicked network."""
    found = demo_variables()
    addresses = {host: f"10.254.0.{place}" for place, host in enumerate(HOSTS, 1)}
    gateway = {
        "aggregator": "agg3",
        "networks": ["172.16.0.0/12"],
        "egress": "none",
        "interface": "ens6",
        "subnet_id": done.subnet_id,
        "interface_id": done.interface_id,
        "public_ip": done.gateway_ip,
    }
    acme = {
        "key": "acme",
        "private_wan": "managed_mesh",
        "vxlan": {"subnet": "10.254.0.0/24", "vni": 100, "interface": "vxacme", "addresses": addresses},
        "vpc": {"id": done.vpc_id},
        "gateways": [gateway],
    }
    entry = {
        "bond": 20,
        "interface": "eth2",
        "connected_ip": "192.168.20.1/24",
        "nat_ip": "192.168.20.10",
        "public_ip": done.public_ip,
        "private_ip": "10.1.0.77",
    }
    del found["bonding_bgp"]
    return {
        **found,
        "bonding_spaces": [acme],
        "bonding_cpe_nat_ips": [entry],
        "bonding_deviations": {host: deepcopy(objects) for host, objects in DEVIATIONS.items()},
        **more,
    }
