# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs at once on one network: the slices of a job, or whole runs, each with the inventory that AWX would give it.

A slice has a part of the hosts and all group variables. What several runs leave is compared with what one run leaves.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lab.demo import assertions
from lab.demo.playbook import Outcome, run_playbook
from tests.playbooks.comparing import comparable
from tests.playbooks.running import Json, Site, demo_hosts, demo_variables, started

Start = Literal["nothing", "built"]
WHOLE = 1
"""Number of slices of a whole run."""
QUOTAS = {"vpcs": 100, "internet_gateways": 100, "elastic_ips": 100}
"""A quota that is used up would hide what is created twice."""
SPREAD = 15.0
RUNS_AFTER = 3


def mesh_variables() -> Json:
    """Return the group variables of a network that no host refuses by itself: one VPC and a BGP mesh, no entries."""
    space = {"key": "acme", "private_wan": "managed_mesh", "vpc": {"cidr": "10.101.0.0/16"}}
    bgp = {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/20"}
    return demo_variables() | {"bonding_spaces": [space], "bonding_cpe_nat_ips": [], "bonding_bgp": bgp}


NETWORKS = {"mesh": mesh_variables, "demo": demo_variables}


def members_of(hosts: Json) -> list[Json]:
    """Return the entries of bonding_members for these hosts."""
    return [{"name": host, "instance_id": own["aws_instance_id"]} for host, own in hosts.items()]


def sliced(hosts: Json, number: int) -> list[Json]:
    """Return the hosts of each slice as AWX chooses them: every n-th by name (awx/main/models/inventory.py)."""
    names = sorted(hosts)
    return [{name: hosts[name] for name in names[first::number]} for first in range(number)]


@dataclass(frozen=True)
class Result:
    """Result of runs at once."""

    codes: tuple[int, ...]
    doubled: tuple[str, ...]
    differs: bool
    """True if both sides' state is not the one that one run leaves."""
    writes: tuple[int, int]
    """Writing requests of all runs at once, and of one run."""
    after: tuple[tuple[int, int], ...]
    """(exit code, writes) of each whole run after them, until one wrote nothing."""
    seconds: float
    said: tuple[str, ...] = field(repr=False, default=())

    @property
    def finished(self) -> bool:
        """Return True if nothing is there twice, and the runs after them came to rest."""
        return not self.doubled and all(code == 0 for code, _writes in self.after) and self.after[-1] == (0, 0)


class Network:
    """One network on its own stand-ins, whose members are declared."""

    def __init__(self, name: str, site: Site) -> None:
        self.name, self.server, self.cloud = name, site.server, site.cloud
        hosts = demo_hosts()
        variables = NETWORKS[name]() | {"bonding_members": members_of(hosts)}
        self._inventories = {
            number: [
                site.write_inventory(f"{number}-{index}", part, variables).inventory
                for index, part in enumerate(sliced(hosts, number))
            ]
            for number in (WHOLE, 2, 3)
        }
        self._one: tuple[Any, int] | None = None

    def at_once(self, parts: Sequence[int], start: Start, moments: Sequence[float]) -> Result:
        """Run everything that `parts` names, each at its moment: [2] is a job of two slices, [1, 1] two whole runs.

        :param moments: seconds from the start, for each run
        """
        wanted, writes = self._of_one_run()
        self._begin(start)
        inventories = [one for number in parts for one in self._inventories[number]]
        began = time.monotonic()

        def late(inventory: Path, moment: float) -> Outcome:
            time.sleep(moment)
            return self._run(inventory)

        with ThreadPoolExecutor(len(inventories)) as pool:
            outcomes = list(pool.map(late, inventories, moments))
        written = len(self._writes())
        seconds = time.monotonic() - began
        said = [text for outcome in outcomes for text in outcome.failures]
        doubled = tuple(sorted(key for key, count in self._keys().items() if count > 1))
        whole = parts == [WHOLE] * len(parts)
        differs = not whole and self._sides() != wanted
        after: list[tuple[int, int]] = []
        while len(after) < RUNS_AFTER and (0, 0) not in after:
            self._clear()
            outcome = self._run(self._inventories[WHOLE][0])
            after.append((outcome.rc, len(self._writes())))
            said += outcome.failures
        differs = differs or self._sides() != wanted
        codes = tuple(outcome.rc for outcome in outcomes)
        expected = writes if start == "nothing" else 0
        return Result(codes, doubled, differs, (written, expected), tuple(after), seconds, tuple(said))

    def _of_one_run(self) -> tuple[Any, int]:
        """Return both sides' state after one whole run from nothing, and the number of its writing requests."""
        if self._one is None:
            self._begin("nothing")
            outcome = self._run(self._inventories[WHOLE][0])
            if outcome.rc:
                raise RuntimeError(f"the network {self.name} could not be built:\n{outcome.stdout}")
            self._one = self._sides(), len(self._writes())
            self.server.save("built")
            self.cloud.save("built")
        return self._one

    def _begin(self, start: Start) -> None:
        for side in (self.server, self.cloud):
            if start == "built":
                side.load("built")
            else:
                side.reset()
        self.cloud.control("POST", "quotas", QUOTAS)
        self._clear()

    def _clear(self) -> None:
        self.server.clear_log()
        self.cloud.clear_log()

    def _writes(self) -> list[str]:
        return assertions.writes(self.server.log()) + assertions.writes(self.cloud.log())

    def _sides(self) -> Any:
        return comparable(self.server.state()), comparable(self.cloud.state())

    def _keys(self) -> Counter[str]:
        listed = [one for found in self.cloud.state().values() if isinstance(found, list) for one in found]
        tags = [one.get("tags") or {} for one in listed if one.get("state") != "deleted"]
        return Counter(found["bonded.internet/key"] for found in tags if "bonded.internet/key" in found)

    def _run(self, inventory: Path) -> Outcome:
        extra = {"bonding_api_url": self.server.url, "aws_endpoint_url": self.cloud.url}
        return run_playbook("site.yml", inventory=inventory, extra=extra, warmed=True)


@contextmanager
def network(name: str, folder: Path) -> Iterator[Network]:
    """Yield a network of NETWORKS on new stand-ins."""
    with started(folder) as site:
        yield Network(name, site)


def moments(number: int, chance: random.Random) -> list[float]:
    """Return the seconds from the start of so many runs; one of them starts at once."""
    found = [0.0, *(0.0 if chance.random() < 0.2 else chance.uniform(0, SPREAD) for _run in range(number - 1))]
    chance.shuffle(found)
    return found
