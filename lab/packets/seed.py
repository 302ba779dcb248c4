# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Additions of the lab to the demonstration's account before the first run: a security group, as an operator has
one where bonding_security_groups is off. The shape is a seed's (docs/lab-aws.md).
"""

from __future__ import annotations

import pathlib
from typing import Any

import yaml

from lab import demo

SEEDS = pathlib.Path(demo.__file__).parent
AGGREGATORS = "sg-0d00000000000a901"
"""The group of the aggregators' first interfaces."""


def account() -> dict[str, Any]:
    """The demonstration's seed of AWS, with a group for the aggregators.

    It admits VXLAN from the group itself and, since the server's managed mesh hairpins, from the aggregators' public
    addresses; pages (TCP 80) and echoes (UDP 7, ICMP) from everywhere, on the aggregators' own addresses too: a group
    is an interface's, not an address's.
    """
    seed: dict[str, Any] = yaml.safe_load((SEEDS / "aws.yml").read_text())
    public = [
        {"protocol": "udp", "from_port": 4789, "to_port": 4789, "cidr": f"{one['public_ip']}/32"}
        for one in seed["instances"]
    ]
    ingress = [
        {"protocol": "udp", "from_port": 4789, "to_port": 4789, "group": AGGREGATORS},
        *public,
        {"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr": "0.0.0.0/0"},
        {"protocol": "udp", "from_port": 7, "to_port": 7, "cidr": "0.0.0.0/0"},
        {"protocol": "icmp", "from_port": -1, "to_port": -1, "cidr": "0.0.0.0/0"},
    ]
    vpc = seed["vpcs"][0]["id"]
    seed["security_groups"] = [{"id": AGGREGATORS, "vpc": vpc, "name": "aggregators", "ingress": ingress}]
    for instance in seed["instances"]:
        instance["security_groups"] = [AGGREGATORS]
    return seed


def write(folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """The seed files of the server and of AWS."""
    aws = folder / "aws.yml"
    aws.write_text(yaml.safe_dump(account()))
    return SEEDS / "bondingadmin.yml", aws
