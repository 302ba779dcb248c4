# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair by site.yml on both stand-ins: in one run from A to B, and finished after a kill at any write."""

from __future__ import annotations

import random
import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import yaml

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from lab.demo import assertions as demo_assertions
from tests.faults.recording import doubled, prefixes
from tests.pairs.base import Base
from tests.pairs.edits import edited
from tests.pairs.inventories import Json, Maker
from tests.pairs.planning import ASKS, MANY, SWITCHES
from tests.pairs.pure import Judged, reason
from tests.pairs.state import State
from tests.playbooks.comparing import comparable
from tests.playbooks.planning import plan
from tests.playbooks.running import DEMO, Outcome, Site, demo_hosts, demo_variables
from tests.playbooks.site.wire import server_items

NAMES = {name: name for name in SWITCHES}
QUOTAS = {"vpcs": 100, "internet_gateways": 100, "elastic_ips": 100}
"""A quota that is used up would hide what a run makes twice."""
GIVEN = ("spaces", "cpe_nat_ips", "bgp", "security_groups", "cpe_nat_inbound", "managed_mesh_ports", "decommissioned")
MADE = re.compile(r"Create(?!Tags)|Delete(?!Tags)|AllocateAddress|ReleaseAddress|ReplaceRoute")
"""EC2's actions that stand for one item each."""
KINDS = {
    "Vpc": "vpc",
    "Subnet": "subnet",
    "InternetGateway": "internet_gateway",
    "RouteTable": "route_table",
    "NetworkInterface": "network_interface",
    "NatGateway": "nat_gateway",
    "SecurityGroup": "security_group",
    "Route": "route",
    "Address": "elastic_ip",
}
VERBS = {"Create": "create", "Delete": "delete", "Allocate": "create", "Release": "delete", "Replace": "update"}


def demo_base() -> Base:
    """Return what the demonstration's seeds hold, as far as an inventory may name it."""
    server = yaml.safe_load((DEMO / "bondingadmin.yml").read_text(encoding="utf-8"))
    bonds = {one["id"]: Bond(one["id"], one["name"], one["space"], None, None, None) for one in server["bonds"]}
    hosts = [{"host": name} for name in demo_hosts()]
    zones = {"agg1": "eu-central-1a", "agg2": "eu-central-1b", "agg3": "eu-central-1a"}
    return Base(State(), hosts, ["acme", "globex", "initech"], bonds, ["198.51.100.200"], flat=False, zones=zones)


class DemoMaker(Maker):
    """Inventories on the demonstration's seeds: no VPC of the operator's, and each gateway names its device."""

    def __init__(self, base: Base, chance: random.Random, short: bool) -> None:
        super().__init__(base, chance)
        self.short = short

    def inventory(self) -> Json:
        """Return an inventory with all hosts; a short one has one space, two entries and no BGP."""
        found = super().inventory()
        found["aggregators"] = list(self.base.hosts)
        if self.short:
            found |= {"spaces": found["spaces"][:1], "cpe_nat_ips": found["cpe_nat_ips"][:2], "bgp": None}
        return found

    def vpc(self, key: str, inventory: Json) -> Json:
        """Return a VPC to be made."""
        found = super().vpc(key, inventory)
        while "cidr" not in found:
            found = super().vpc(key, inventory)
        return found

    def gateway(self, space: Json, number: int, inventory: Json) -> Json | None:
        """Return a gateway with the name of its device, and without a subnet of another VPC."""
        found = super().gateway(space, number, inventory)
        if found is not None:
            found["interface"] = f"ens{6 + self.base.spaces.index(space['key'])}"
            found.pop("subnet_id", None)
        return found

    def entry(self, bond: int, inventory: Json, name: str | None = None) -> Json:
        """Return an entry without pools and reverse names, which the stand-in does not know."""
        found = super().entry(bond, inventory, name)
        return {key: value for key, value in found.items() if key not in ("pool", "reverse_dns")}


@dataclass(frozen=True)
class WholePair:
    """Two inventories on the demonstration's seeds."""

    seed: int
    a: Json
    b: Json
    related: bool


def whole_pair(seed: int, short: bool = False) -> WholePair:
    """Return the pair of a seed."""
    chance = random.Random(seed)
    maker = DemoMaker(demo_base(), chance, short)
    first = maker.inventory()
    related = seed % 4 != 0
    second = edited(maker, first) if related else maker.inventory()
    for entry in second["cpe_nat_ips"]:
        entry.pop("reverse_dns", None)
    return WholePair(seed, first, second, related)


def variables(inventory: Json, **more: Any) -> Json:
    """Return group variables of an inventory."""
    given = {name: value for name, value in demo_variables().items() if name not in NOT_OURS}
    found = {f"bonding_{name}": deepcopy(inventory[name]) for name in GIVEN if inventory.get(name) is not None}
    return {**given, **found, "bonding_max_deletions": MANY, **more}


NOT_OURS = tuple(f"bonding_{name}" for name in GIVEN)


@dataclass
class Ground:
    """Both stand-ins, and what was found on them."""

    site: Site
    found: Judged

    def run(self, inventory: Json, **switches: Any) -> Outcome:
        """Run site.yml with an inventory."""
        return self.on(inventory, **switches).run("site", "--diff")

    def on(self, inventory: Json, **switches: Any) -> Site:
        """Return the stand-ins with an inventory."""
        return self.site.write_inventory("pair", demo_hosts(), variables(inventory, **switches))

    def problems(self, inventory: Json, **switches: Any) -> list[str]:
        """Return what a plan on the stand-ins refuses."""
        given = {SWITCHES[name]: value for name, value in switches.items()}
        options = {name: inventory[name] for name in GIVEN if inventory.get(name) is not None}
        try:
            plan(self.site, demo_variables() | {"bonding_bgp": None}, **{**given, **options, "max_deletions": MANY})
        except PlanError as error:
            return list(error.problems)
        return []

    def asked(self, inventory: Json) -> Json | None:
        """Return the switches that the plan asks for; None where it refuses."""
        given: Json = {}
        while problems := self.problems(inventory, **given):
            asks = [match[2] for text in problems if (match := ASKS.fullmatch(text))]
            more = {name: True for name in asks if name in SWITCHES and name not in given}
            if not more or len(asks) < len(problems):
                refusals = [text for text in problems if not ASKS.fullmatch(text)]
                self.found.refused = reason((refusals or problems)[0])
                return None
            given |= more
        return given

    def states(self) -> Any:
        """Return what both sides hold, comparable, and without addresses that are kept."""
        server, cloud = self.site.server.state(), self.site.cloud.state()
        live = [one for one in cloud["addresses"] if one["tags"].get("bonded.internet/retired") != "true"]
        return comparable(server), comparable({**cloud, "addresses": live})

    def broken(self, text: str) -> None:
        """Keep a rule that was broken."""
        self.found.broken.append(text)


def judge_whole(one: WholePair, site: Site, killed: bool = True) -> Judged:
    """Build A, change it to B with the switches that its plan asks for, kill that at a random write, and judge."""
    ground = Ground(site, Judged())
    site.reset()
    site.cloud.control("POST", "quotas", QUOTAS)
    if problems := ground.problems(one.a):
        ground.found.refused = f"A: {reason(problems[0])}"
        return ground.found
    outcome = ground.run(one.a)
    if outcome.code:
        ground.broken(f"1: building A: {outcome.problems[:600]}")
        return ground.found
    asked = ground.asked(one.b)
    if asked is not None:
        ground.found.asked = tuple(sorted(asked))
        _change(one, ground, asked, killed)
    return ground.found


def _change(one: WholePair, ground: Ground, asked: Json, killed: bool) -> None:
    site = ground.site
    before = site.server.state()
    sides = (site.server, site.cloud)
    for side in sides:
        side.begin_history()
    outcome = ground.run(one.b, **asked)
    states = prefixes(site.server.history(), site.cloud.history())
    ground.found.steps = len(states) - 1
    if outcome.code:
        ground.broken(f"1: A to B: {outcome.problems[:600]}")
        return
    for text in _otherwise(outcome, before, site.server.state()):
        ground.broken(text)
    end = ground.states()
    again = ground.run(one.b, **asked)
    if again.code or again.writes:
        ground.broken(f"1: B again: exit code {again.code}, {again.writes[:5]} {again.problems[:300]}")
    if killed and len(states) > 2:
        number = random.Random(one.seed).randrange(1, len(states) - 1)
        site.server.load(f"write-{states[number].server}")
        site.cloud.load(f"write-{states[number].cloud}")
        _finish(one, ground, asked, end, f"killed after write {number} of {len(states) - 1}, {states[number].last}")
    for side in sides:
        side.end_history()


def _finish(one: WholePair, ground: Ground, asked: Json, end: Any, when: str) -> None:
    outcome = ground.run(one.b, **asked)
    if outcome.code:
        ground.broken(f"6: {when}: {outcome.problems[:600]}")
        return
    server, cloud = ground.site.server.state(), ground.site.cloud.state()
    if twice := doubled(server, cloud):
        ground.broken(f"6: {when}: {twice} are there twice")
    if ground.states() != end:
        ground.broken(f"6: {when}: the end is another: {_first_difference(end, ground.states())}")
    again = ground.run(one.b, **asked)
    if again.code or again.writes:
        ground.broken(f"6: {when}: the run after the next: {again.code}, {again.writes[:5]} {again.problems[:300]}")


def _first_difference(one: Any, other: Any) -> str:
    for first, second in zip(one, other, strict=True):
        for kind in first:
            if first[kind] != second.get(kind):
                gone = [line for line in first[kind] if line not in second[kind]]
                new = [line for line in second[kind] if line not in first[kind]]
                return f"{kind}: {str(gone)[:700]} -> {str(new)[:700]}"
    return "none"


def _otherwise(outcome: Outcome, before: Json, after: Json) -> list[str]:
    """Return what the logs show that the plan does not have, and the other way round (rule 4)."""
    items = outcome.plan["plan"]
    planned = Counter((i["verb"], i["kind"], i["parent"], i["key"]) for i in items if i["system"] == "server")
    done = Counter(identity[1:] for identity, _body in server_items(outcome.server, before, after))
    broken = [f"4: not done: {name}" for name in (planned - done)] + [f"4: not planned: {n}" for n in (done - planned)]
    kinds = set(KINDS.values())
    on_aws = Counter((i["verb"], i["kind"]) for i in items if i["system"] == "aws" and i["kind"] in kinds)
    asked: Counter[tuple[str, str]] = Counter()
    for entry in outcome.aws:
        name = entry["action"]
        if demo_assertions.writes([entry]) and MADE.match(name):
            verb = next(word for word in VERBS if name.startswith(word))
            asked[VERBS[verb], KINDS[name.removeprefix(verb)]] += 1
    on_aws -= Counter({key: count for key, count in on_aws.items() if key[0] == "update" and key[1] != "route"})
    if on_aws != asked:
        broken.append(f"4: planned on AWS {dict(on_aws - asked)} that was not done, done {dict(asked - on_aws)} more")
    return broken
