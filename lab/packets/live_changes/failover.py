# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The networks of an aggregator that dies: the small one without BGP, with a gateway on agg1 and its standby on agg3;
and one with nothing but addresses and BGP by transit.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from typing import Any

import yaml

from lab.demo.playbook import Outcome, run_playbook
from lab.hosts import Host
from lab.process import Running

from .. import live_changes
from ..echo_servers import ECHO_PORT
from ..lab import FOLDER, Lab
from . import ENVIRONMENT, SEEDS, WANTED, Intent

FIRST_GATEWAY, STANDBY = "agg1", "agg3"
"""Aggregators of the gateway and of its standby; both are in one subnet."""
SPACE = "acme"
FAILOVER: dict[str, Any] = {
    **WANTED,
    "bonding_spaces": [
        {
            "key": SPACE,
            "private_wan": "managed_mesh",
            "vxlan": {"subnet": "10.254.0.0/24"},
            "vpc": {"cidr": "10.101.0.0/16"},
            "gateways": [
                {
                    "aggregator": FIRST_GATEWAY,
                    "standby": STANDBY,
                    "networks": ["172.16.0.0/12"],
                    "egress": "masquerade",
                }
            ],
        }
    ],
    "bonding_cpe_nat_ips": [
        {"bond": bond, "interface": "eth2", "connected_ip": f"192.168.{bond}.1/24", "nat_ip": f"192.168.{bond}.10"}
        for bond in (17, 22)
    ],
    # In place of ten: here nothing waits before it configures a new device.
    "pwan_gateway_watch_seconds": 3,
}
"""The intent of all runs. Bond 17 is on agg1, bond 22 on agg3, and so are their addresses."""
del FAILOVER["bonding_bgp"]
TRANSIT: dict[str, Any] = {**FAILOVER, "bonding_spaces": [], "bonding_bgp": WANTED["bonding_bgp"]}
"""The intent with BGP: no space has a mesh or a gateway."""


def unbuilt() -> contextlib.AbstractContextManager[tuple[Running, Running]]:
    """The stand-ins before the first run. The operator's group lets TCP in to the echo, too."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copy(SEEDS / "bondingadmin.yml", FOLDER)
    account = yaml.safe_load((SEEDS / "aws.yml").read_text())
    talk = {"protocol": "tcp", "from_port": ECHO_PORT, "to_port": ECHO_PORT, "cidr": "0.0.0.0/0"}
    account["security_groups"][0]["ingress"].append(talk)
    (FOLDER / "aws.yml").write_text(yaml.safe_dump(account))
    return live_changes.unbuilt(FOLDER)


class Network(Intent):
    """An intent, whose playbooks work on the aggregators themselves too."""

    def __init__(self, lab: Lab, wanted: Mapping[str, Any] = FAILOVER) -> None:
        super().__init__(lab, wanted)

    def host(self, name: str) -> Host:
        """Return an aggregator; its system names a new device as its files say."""
        return self.lab.systems.furnish(name, self.folder, name)

    def play(self, playbook: str, **extra: Any) -> Outcome:
        """Run a playbook on it with extra variables."""
        return run_playbook(playbook, inventory=self.write(), extra=extra, env=ENVIRONMENT, warmed=True)
