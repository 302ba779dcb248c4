# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pair of runs: started so many seconds apart, then judged by what AWS has and by the runs after it.

Either run of a pair may fail, since the other one has made what it wanted to make. What it may not do is to leave two
objects of one key, or anything that stops the next run.
"""

from __future__ import annotations

import pathlib
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from lab.demo.playbook import INVENTORY, Outcome, run_playbook
from lab.process import ROOT, Running, stand_ins

Start = Literal["nothing", "built"]
DEMO = ROOT / "lab" / "demo"
HOST = "agg1"
QUOTAS = {"vpcs": 100, "internet_gateways": 100, "elastic_ips": 100}
"""A quota that is used up would hide what a run makes twice."""

RUNS_AFTER = 3


@dataclass(frozen=True)
class Pair:
    """Result of a pair of runs, and of the runs after it until one had nothing to do."""

    start: Start
    offset: float
    codes: tuple[int, int]
    doubled: tuple[str, ...]
    after: tuple[tuple[int, int], ...]
    """(exit code, changes) of each run after the pair."""
    seconds: float
    said: tuple[str, ...] = ()
    """Output of the failed runs, those of the pair first."""

    @property
    def good(self) -> bool:
        """Return True if nothing is there twice and the network came to rest."""
        return not self.doubled and all(code == 0 for code, _changed in self.after) and self.after[-1] == (0, 0)


class Network:
    """One aggregator and one space with a VPC and a gateway, and one public address, on its own stand-ins."""

    def __init__(self, server: Running, cloud: Running, folder: pathlib.Path) -> None:
        self.server, self.cloud = server, cloud
        self._whole, self._part = folder / "whole", folder / "part"
        whole = _variables()
        _write(self._whole, whole)
        part = {**whole, "bonding_cpe_nat_ips": [], "bonding_spaces": [_without_gateways(whole["bonding_spaces"][0])]}
        _write(self._part, part)
        self._saved = False

    def pair(self, start: Start, offset: float) -> Pair:
        """Two runs, the second so many seconds after the first."""
        self._begin(start)
        began = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(self._run, self._whole)
            time.sleep(offset)
            second = pool.submit(self._run, self._whole)
        both = first.result(), second.result()
        said = [*both[0].failures, *both[1].failures]
        doubled = tuple(sorted(key for key, count in self._keys().items() if count > 1))
        after: list[tuple[int, int]] = []
        while len(after) < RUNS_AFTER:
            outcome = self._run(self._whole)
            after.append((outcome.rc, outcome.changed))
            said += outcome.failures
            if outcome.rc or not outcome.changed:
                break
        codes = both[0].rc, both[1].rc
        return Pair(start, offset, codes, doubled, tuple(after), time.monotonic() - began, tuple(said))

    def _begin(self, start: Start) -> None:
        self.server.reset()
        self.cloud.reset()
        if start == "built":
            if self._saved:
                self.server.load("part")
                self.cloud.load("part")
            else:
                outcome = self._run(self._part)
                if outcome.rc:
                    raise RuntimeError(f"the network of a pair could not be built:\n{outcome.stdout}")
                self.server.save("part")
                self.cloud.save("part")
                self._saved = True
        self.cloud.control("POST", "quotas", QUOTAS)

    def _run(self, inventory: pathlib.Path) -> Outcome:
        extra = {"bonding_api_url": self.server.url, "aws_endpoint_url": self.cloud.url}
        return run_playbook("site.yml", inventory=inventory, extra=extra, warmed=True)

    def _keys(self) -> Counter[str]:
        listed = [one for found in self.cloud.state().values() if isinstance(found, list) for one in found]
        tags = [one.get("tags") or {} for one in listed if one.get("state") != "deleted"]
        return Counter(found["bonded.internet/key"] for found in tags if "bonded.internet/key" in found)


@contextmanager
def network(folder: pathlib.Path) -> Iterator[Network]:
    """The stand-ins with the demo's seeds."""
    with stand_ins(DEMO, server=("--db", str(folder / "server.db"))) as (server, cloud):
        yield Network(server, cloud, folder)


def _variables() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted((INVENTORY / "group_vars").rglob("*.yml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    space = {key: value for key, value in found["bonding_spaces"][0].items() if key != "vxlan"}
    gateway = {key: value for key, value in space["gateways"][0].items() if key != "port_forwards"}
    del found["bonding_bgp"]
    chosen = {"bonding_spaces": [{**space, "gateways": [gateway]}], "bonding_security_groups": True}
    return {**found, **chosen, "bonding_cpe_nat_ips": found["bonding_cpe_nat_ips"][:1]}


def _without_gateways(space: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in space.items() if key != "gateways"}


def _write(folder: pathlib.Path, variables: dict[str, Any]) -> None:
    hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text(encoding="utf-8"))["aggregators"]["hosts"]
    (folder / "group_vars").mkdir(parents=True)
    inventory = {"aggregators": {"hosts": {HOST: hosts[HOST]}}}
    (folder / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    (folder / "group_vars" / "aggregators.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
