# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of site.yml, with a copy of both sides after each of its writes: what a kill can leave is one of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.cells import Cell
from tests.faults.world import States, World
from tests.playbooks.planning import plan
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

Built = tuple[str, str, str, str]
"""Object of an item: system, kind, parent, key. An update finishes an object that a create has begun."""
KEYED = ("vpc", "internet_gateway", "subnet", "route_table", "network_interface", "elastic_ip", "nat_gateway")
"""AWS's kinds that carry a key in a tag from the call on that makes them."""
ON_SERVER = {"interface": "interfaces", "protocol": "protocols", "filter": "filters"}
ON_BOND = {"connected_ip": "connected_ips", "cpe_nat_ip": "cpe_nat_ips"}


@dataclass(frozen=True)
class Network:
    """An inventory on the stand-ins."""

    name: str
    variables: Json
    hosts: Json

    def site(self, world: World) -> Site:
        """Return the stand-ins with this inventory."""
        return world.site.write_inventory(self.name, self.hosts, self.variables)


def demo() -> Network:
    """Return the demo's network."""
    return Network("whole", demo_variables(), demo_hosts())


def small() -> Network:
    """Return a part of the demo with one space, two public addresses and no BGP."""
    variables, hosts = demo_variables(), demo_hosts()
    del variables["bonding_bgp"]
    variables["bonding_spaces"] = variables["bonding_spaces"][:1]
    variables["bonding_cpe_nat_ips"] = variables["bonding_cpe_nat_ips"][:2]
    return Network("small", variables, hosts)


@dataclass(frozen=True)
class Prefix:
    """The state after the first writes of a run: the copies of both sides, and the last of these writes."""

    server: int
    cloud: int
    last: str

    def load(self, world: World) -> None:
        """Bring both sides to it."""
        world.site.server.load(f"write-{self.server}")
        world.site.cloud.load(f"write-{self.cloud}")


@dataclass(frozen=True)
class Recording:
    """A run of site.yml from the seeds: the plan before it, and the state after each write."""

    network: Network
    whole: Sequence[Json]
    prefixes: Sequence[Prefix]
    end: States
    outcome: Outcome
    left: dict[int, set[Built]] = field(default_factory=dict)
    """Objects that the plan still has to change after that many writes, for the numbers that were planned so far."""

    def cells(self) -> list[Cell]:
        """Return a cell for the state after each write."""

        def cell(number: int) -> Cell:
            name = f"{self.network.name}: after {number} writes ({self.prefixes[number].last})"
            return Cell(name, lambda world: check_prefix(world, self, number))

        return [cell(number) for number in range(len(self.prefixes))]


def recorded(world: World, network: Network, *arguments: str) -> Recording:
    """Run site.yml on the world as it is, to its end, and keep the copies of both sides."""
    site = network.site(world)
    whole = plan(site, network.variables, network.hosts)["plan"]
    sides = (site.server, site.cloud)
    for side in sides:
        side.begin_history()
    outcome = site.run("site", *arguments)
    assert outcome.code == 0, outcome.output
    return Recording(network, whole, prefixes(site.server.history(), site.cloud.history()), world.states(), outcome)


def prefixes(server: Iterable[Json], cloud: Iterable[Json]) -> list[Prefix]:
    """Return the states that a run went through, in the order of its writes to either side."""
    found = [Prefix(0, 0, "nothing")]
    writes = [("server", entry) for entry in server] + [("cloud", entry) for entry in cloud]
    for side, entry in sorted(writes, key=lambda write: float(write[1]["t"])):
        last = found[-1]
        counts = {"server": last.server, "cloud": last.cloud, side: int(entry["n"])}
        found.append(Prefix(counts["server"], counts["cloud"], str(entry["what"])))
    return found


def about(item: Json) -> Built:
    """Return what an item of a plan is about."""
    return item["system"], item["kind"], str(item["parent"]), item["key"]


def check_prefix(world: World, recording: Recording, number: int) -> None:
    """Require that the plan after so many writes is the whole plan less what is built, without a problem."""
    prefix = recording.prefixes[number]
    prefix.load(world)
    network = recording.network
    server, cloud = world.site.server.state(), world.site.cloud.state()
    assert doubled(server, cloud) == []
    left = {about(item): item["verb"] for item in plan(world.site, network.variables, network.hosts)["plan"]}
    whole = {about(item): item["verb"] for item in recording.whole}
    earlier = max((one for one in recording.left if one < number), default=None)
    before = set(whole) if earlier is None else recording.left[earlier]
    assert set(left) - before == set(), f"after {prefix.last}: the plan has more to do than before"
    recording.left[number] = set(left)
    assert not left or number < len(recording.prefixes) - 1, f"after all writes: {sorted(left)} is left to do"
    there = keys(server, cloud)
    for item, verb in whole.items():
        name = named(item)
        if verb == "create" and name is not None:
            created = left.get(item) == "create"
            assert created is (name not in there), f"after {prefix.last}: {item} is {left.get(item, 'not planned')}"


def named(item: Built) -> tuple[str, str, str] | None:
    """Return the name by which an item's object is known on its side; None if it has none."""
    system, kind, parent, key = item
    if system == "aws":
        return ("aws", kind, key) if kind in KEYED else None
    group = kind.rpartition("_")[2]
    if kind in ON_BOND:
        return (parent, kind, key)
    return (parent, group, key) if group in ON_SERVER else None


def every_key(server: Json, cloud: Json) -> list[tuple[str, str, str]]:
    """Return the name of each object of the network that has one, as often as it is there."""
    tag = "bonded.internet/key"
    kinds = {"addresses": "elastic_ip"}
    found = [
        ("aws", kinds.get(kind, kind.removesuffix("s")), entry["tags"][tag])
        for kind, entries in cloud.items()
        if isinstance(entries, list)
        for entry in entries
        if tag in (entry.get("tags") or {}) and entry.get("state") != "deleted"
    ]
    for place, parts, rows in (
        ("aggregators", ON_SERVER, server["aggregators"]),
        ("bonds", ON_BOND, server["bonds"]),
    ):
        for row in rows:
            for group, part in parts.items():
                found += [(f"{place}/{row['id']}", group, one.get("name") or one["ip"]) for one in row.get(part, ())]
    return found


def keys(server: Json, cloud: Json) -> set[tuple[str, str, str]]:
    """Return the names of the network's objects."""
    return set(every_key(server, cloud))


def doubled(server: Json, cloud: Json) -> list[tuple[str, str, str]]:
    """Return the names that two objects carry."""
    found = every_key(server, cloud)
    return sorted({name for name in found if found.count(name) > 1})
