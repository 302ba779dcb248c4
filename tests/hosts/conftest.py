# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts with nftables, in network namespaces of this machine: these tests need root (see lab/hosts/host.py)."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

import lab.hosts
from lab.demo.playbook import Outcome, run_playbook
from lab.hosts import Host
from lab.process import ROOT
from tests.playbooks.running import Site, started

PREFIX = f"t{os.getpid()}-"
"""Of all namespaces, so that two test runs on a machine never meet."""
ENVIRONMENT = {
    "ANSIBLE_PIPELINING": "True",
    "ANSIBLE_CONNECTION_PLUGINS": str(pathlib.Path(lab.hosts.__file__).parent / "connection"),
    "PYTHONPATH": str(ROOT),
}


class Aggregator:
    """A host, and runs of the role aggregator_host on it."""

    def __init__(self, host: Host, scratch: pathlib.Path) -> None:
        self.host = host
        self.inventory = scratch / "hosts.yml"
        hosts = {"aggregators": {"hosts": {"agg1": host.variables()}}}
        self.inventory.write_text(yaml.safe_dump(hosts), encoding="utf-8")

    def role(self, *options: str, **variables: Any) -> Outcome:
        """Run the role; variables without its name before them."""
        given: Mapping[str, Any] = {"network": "demo", **variables}
        extra = {f"aggregator_host_{name}": value for name, value in given.items()}
        return run_playbook(
            pathlib.Path(__file__).parent / "role.yml",
            inventory=self.inventory,
            extra={"tested_role": "bonded.internet.aggregator_host", **extra},
            options=options,
            env=ENVIRONMENT,
        )

    def restore(self) -> str:
        """Run the timer's command and return its output."""
        return self.host.run("/etc/bonded-internet/demo.sh", "restore").stdout


@pytest.fixture(scope="module")
def aggregator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aggregator]:
    scratch = tmp_path_factory.mktemp("hosts")
    with Host("agg1", scratch, f"{PREFIX}agg1") as host:
        yield Aggregator(host, scratch)


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("site")) as site:
        yield site
