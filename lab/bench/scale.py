# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cost of runs by size, forks, `--limit` and slices: the tables of docs/scale.md."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml

from lab.demo.playbook import INVENTORY
from lab.process import ROOT, stand_ins

from .benchmark import Figure, Plan, one_from_state
from .measure import Bench, Sample, by_turns, repeat
from .networks import make_network

AGGREGATORS, SPACES = 10, 25
SLICES = 2
ROUND_TRIP = 0.1
"""Seconds that the distant connection waits before each command."""
CONNECTIONS = pathlib.Path(__file__).parent / "connection"


def demo_by_parts(plan: Plan) -> list[Figure]:
    """The demonstration's network: everything, nothing, one host, one slice."""
    figure = Figure("the demo: 3 aggregators, 3 spaces, 3 gateways, 8 addresses")
    with stand_ins(ROOT / "lab" / "demo") as both:
        bench = Bench(*both, INVENTORY)
        _measure(plan, figure, bench, plan.folder / "demo-slice", 3)
    return [figure]


def mesh_by_parts(plan: Plan) -> list[Figure]:
    """A network of tunnel devices and protocols, first with hosts that are not asked, then with hosts that are."""
    title = f"{AGGREGATORS} aggregators, {SPACES} spaces: {AGGREGATORS * SPACES} tunnel devices and as many protocols"
    folder = plan.folder / "scale"
    network = make_network(folder, AGGREGATORS, SPACES)
    figure, hosts = Figure(title), Figure(f"the same, unchanged, with each aggregator asked ({ROUND_TRIP} s a command)")
    with stand_ins(folder) as both:
        bench = Bench(*both, network.inventory)
        _measure(plan, figure, bench, plan.folder / "mesh-slice", SLICES)
        plan.say(f"{AGGREGATORS} hosts that are asked")
        asked = replace(bench, inventory=plan.folder / "asked", connections=CONNECTIONS)
        part = replace(asked, inventory=plan.folder / "asked-slice")
        _write(network.inventory, asked.inventory, 1, **_distant())
        _write(network.inventory, part.inventory, SLICES, **_distant())
        runs = {
            "--forks 5 (Ansible's default)": one_from_state(asked, "built", "site.yml", "--check"),
            "--forks 10": one_from_state(asked, "built", "site.yml", "--check", "--forks", "10"),
            "--limit to one host": one_from_state(asked, "built", "site.yml", "--check", "--limit", "agg0"),
            f"one slice of {SLICES}, --forks 5": one_from_state(part, "built", "site.yml", "--check"),
        }
        _by_turns(plan, hosts, runs)
    return [figure, hosts]


SCALE = {"scale-demo": demo_by_parts, "scale-mesh": mesh_by_parts}
"""The figures of docs/scale.md."""


def _measure(plan: Plan, figure: Figure, bench: Bench, of_slice: pathlib.Path, slices: int) -> None:
    """Add the lines that every network has; the built network is saved as "built"."""
    plan.say(figure.title)
    bench.save("empty")
    full = repeat(plan.runs, one_from_state(bench, "empty", "site.yml"))
    bench.save("built")
    _write(bench.inventory, of_slice, slices)
    first = sorted(_hosts(bench.inventory))[0]
    runs = {
        "unchanged": one_from_state(bench, "built", "site.yml"),
        f"unchanged, --limit {first}": one_from_state(bench, "built", "site.yml", "--limit", first),
        f"unchanged, one slice of {slices}": one_from_state(replace(bench, inventory=of_slice), "built", "site.yml"),
    }
    figure.series("from nothing", full)
    plan.say(f"from nothing: {full.spread()} s, {full.cpu:.1f} s of processors")
    _by_turns(plan, figure, runs)


def _by_turns(plan: Plan, figure: Figure, runs: dict[str, Callable[[], Sample]]) -> None:
    for what, series in zip(runs, by_turns(plan.runs, *runs.values()), strict=True):
        figure.series(what, series)
        plan.say(f"{what}: {series.spread()} s, {series.cpu:.1f} s of processors")


def _hosts(inventory: pathlib.Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((inventory / "hosts.yml").read_text(encoding="utf-8"))
    return dict(found["aggregators"]["hosts"])


def _distant() -> dict[str, Any]:
    """Return the variables of hosts that are asked."""
    connection = {"ansible_connection": "distant", "lab_seconds": ROUND_TRIP}
    return {**connection, "ansible_python_interpreter": sys.executable, "bonding_manage_hosts": True}


def _write(source: pathlib.Path, folder: pathlib.Path, slices: int, **more: Any) -> None:
    """Write the inventory of the last slice of so many, which owns nothing that is shared, with more variables."""
    hosts = _hosts(source)
    names = sorted(hosts)
    variables = yaml.safe_load((source / "group_vars" / "aggregators.yml").read_text(encoding="utf-8"))
    fields = {
        "bonding_aggregator": "aggregator",
        "aws_instance_id": "instance_id",
        "aws_private_ip_address": "private_ip_address",
    }
    variables["bonding_members"] = [
        {"name": name, **{field: hosts[name][own] for own, field in fields.items() if own in hosts[name]}}
        for name in names
    ]
    part = {name: hosts[name] for name in names[slices - 1 :: slices]}
    (folder / "group_vars").mkdir(parents=True)
    (folder / "hosts.yml").write_text(yaml.safe_dump({"aggregators": {"hosts": part}}), encoding="utf-8")
    text = yaml.safe_dump(variables | more)
    (folder / "group_vars" / "aggregators.yml").write_text(text, encoding="utf-8")
