# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small network of its own for changes under traffic: what is there before the first run, and what is wanted."""

from __future__ import annotations

import contextlib
import copy
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

import yaml

from lab import hosts as lab_hosts
from lab.demo.playbook import Outcome, run_playbook
from lab.hosts import Host
from lab.process import ROOT, Running, stand_ins

from ..lab import Lab
from ..namespace_sandbox import HOSTS
from ..provisioning import PATIENCE

SEEDS = pathlib.Path(__file__).parent
FIRST = ("agg1", "agg2", "agg3")
FOURTH = "agg4"
INSTANCES = {"agg1": "i-0c000001", "agg2": "i-0c000002", "agg3": "i-0c000003", "agg4": "i-0c000004"}
ENVIRONMENT = {
    "ANSIBLE_PIPELINING": "True",
    "ANSIBLE_CONNECTION_PLUGINS": str(pathlib.Path(lab_hosts.__file__).parent / "connection"),
    "PYTHONPATH": str(ROOT),
}
SETTLE_SECONDS = 3
"""The pause of the settle phase where no host is asked: some looks of the lab at the stand-ins, and Babel's hello."""

WANTED: dict[str, Any] = {
    "bonding_api_username": "admin@example.com",
    "bonding_api_password": "demo-admin-password",
    "aws_region": "eu-central-1",
    "aws_access_key": "AKIA0000STANDIN00000",
    "aws_secret_key": "any-will-do-here",
    "bonding_converge_seconds": SETTLE_SECONDS,
    "bonding_network": "live",
    "bonding_spaces": [
        {"key": "acme", "private_wan": "managed_mesh", "vxlan": {"subnet": "10.254.0.0/24"}},
        {"key": "globex", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.16.0/24"}},
    ],
    "bonding_cpe_nat_ips": [
        {"bond": bond, "interface": "eth2", "connected_ip": f"192.168.{bond}.1/24", "nat_ip": f"192.168.{bond}.10"}
        | ({"aggregator": "agg1"} if bond == 18 else {})
        for bond in (17, 18, 21)
    ],
    "bonding_bgp": {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/24"},
}
"""The intent of the first run, as in an inventory."""


def unbuilt(folder: pathlib.Path = SEEDS) -> contextlib.AbstractContextManager[tuple[Running, Running]]:
    """The management server's and AWS's stand-in, before the first run."""
    return stand_ins(folder, timeout=PATIENCE)


class Intent:
    """Desired network of the lab: `hosts`, `variables` and `host_variables`, which checks change.

    :param wanted: the variables of the first run.
    :param folder: where the inventory is written, and where the aggregators' own files are; by default a new one.
    """

    def __init__(self, lab: Lab, wanted: Mapping[str, Any] = WANTED, folder: pathlib.Path | None = None) -> None:
        self.lab, self.folder = lab, folder or pathlib.Path(tempfile.mkdtemp(dir=HOSTS))
        self.hosts = list(FIRST)
        self.variables: dict[str, Any] = copy.deepcopy(dict(wanted))
        self.host_variables: dict[str, dict[str, Any]] = {}
        self._furnished: dict[str, Host] = {}

    def space(self, key: str) -> dict[str, Any]:
        """One of the wanted spaces."""
        found: dict[str, Any] = next(one for one in self.variables["bonding_spaces"] if one["key"] == key)
        return found

    def entry(self, bond: int) -> dict[str, Any]:
        """The wanted CPE NAT IP of a bond."""
        found: dict[str, Any] = next(one for one in self.variables["bonding_cpe_nat_ips"] if one["bond"] == bond)
        return found

    def write(self) -> pathlib.Path:
        """The inventory; the lab's namespaces are its hosts."""
        hosts = {
            name: {
                "aws_instance_id": INSTANCES[name],
                **self.host(name).variables(),
                **self.host_variables.get(name, {}),
            }
            for name in self.hosts
        }
        path = self.folder / "hosts.yml"
        path.write_text(yaml.safe_dump({"aggregators": {"hosts": hosts, "vars": {**self.variables, **self.urls()}}}))
        return path

    def urls(self) -> dict[str, str]:
        """Return where site.yml finds the stand-ins."""
        return self.lab.urls()

    def host(self, name: str) -> Host:
        """Return the folder and namespace that are an aggregator for Ansible."""
        if name not in self._furnished:
            self._furnished[name] = Host(name, self.folder, name)
            self._furnished[name].furnish()
        return self._furnished[name]

    def run(self, *options: str, **extra: Any) -> Outcome:
        """site.yml on it, with options of ansible-playbook and extra variables."""
        return run_playbook(
            "site.yml", inventory=self.write(), extra=extra, options=options, env=ENVIRONMENT, warmed=True
        )
