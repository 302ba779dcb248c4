# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random networks in memory, as a person might have built them: without tags, under other names."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import Instance as JoinedInstance
from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import Joined
from ansible_collections.bonded.internet.plugins.module_utils._model.names import TAG_KEY
from ansible_collections.bonded.internet.plugins.module_utils._model.phases import ADOPT
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Cloud, Interface
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._recognition.assembly import Options, options_of
from ansible_collections.bonded.internet.plugins.module_utils._recognition.fitting import Fit, Planned, fit
from ansible_collections.bonded.internet.plugins.module_utils._recognition.hosts import recognise_hosts
from ansible_collections.bonded.internet.plugins.module_utils._recognition.leftovers import leave_rest
from ansible_collections.bonded.internet.plugins.module_utils._recognition.model import Findings, Live
from ansible_collections.bonded.internet.plugins.module_utils._recognition.network import recognise
from tests.import_network.spoiling import Spoiler
from tests.pairs import planning as pairs
from tests.pairs.applying import applied
from tests.pairs.base import base
from tests.pairs.inventories import Json, Maker
from tests.pairs.planning import ALL, plan
from tests.pairs.state import NETWORK, State

TAGGED = (
    "subnets",
    "vpcs",
    "interfaces",
    "route_tables",
    "internet_gateways",
    "egress_only_gateways",
    "nat_gateways",
    "groups",
)
CANNOT = (
    "no two aggregators have one VNI",
    "unmanaged needs vxlan",
)
"""Reasons of what the collection cannot adopt."""
OF_GATEWAYS = ("ethernet_interface", "static_protocol", "gateway-ip")
OF_MESHES = ("vxlan_interface", "babel_protocol", "ospf_protocol")
REGION = "eu-central-1"
SLOTS = ("import_ipv4", "export_ipv4", "import_ipv6", "export_ipv6")


def built(seed: int) -> State | None:
    """Return the state that a random inventory leaves; None of an inventory that the plan refuses."""
    world = base(2 if seed % 5 == 4 else 1, flat=seed % 3 == 0)
    planned = plan(world.state, Maker(world, random.Random(seed)).inventory(), **ALL)
    return None if planned.problems else applied(world.state, planned)


def stripped(state: State) -> State:
    """Return the state without the tags, the names and the host configuration of the collection."""
    found = state.copy()
    cloud = found.cloud
    for kind in TAGGED:
        objects: dict[str, Any] = getattr(cloud, kind)
        setattr(cloud, kind, {number: replace(one, tags={}) for number, one in objects.items()})
    cloud.addresses = [replace(one, tags={}, region=REGION) for one in cloud.addresses]
    cloud.checked_before = frozenset()
    found.installed = {}
    found.objects = {obj.identity: obj for obj in map(_renamed, found.objects.values())}
    return found


def _renamed(obj: Object) -> Object:
    """Return a protocol, a filter or a VXLAN interface under a name that a person would give."""
    data = dict(obj.data)
    for slot in SLOTS:
        if (data.get(slot) or {}).get("filter"):
            data[slot] = {**data[slot], "filter": _by_hand(data[slot]["filter"])}
    for entry in data.get("interfaces") or ():
        entry["patterns"] = [_device_by_hand(pattern) for pattern in entry["patterns"]]
    for area in data.get("areas") or ():
        for entry in area["interfaces"]:
            entry["patterns"] = [_device_by_hand(pattern) for pattern in entry["patterns"]]
    key = obj.key
    if obj.kind == "filter" or obj.kind.endswith("_protocol"):
        key = data["name"] = _by_hand(key)
    elif obj.kind == "vxlan_interface":
        key = data["name"] = _device_by_hand(key)
    return Object(obj.kind, obj.parent, key, data, obj.id)


def _by_hand(name: str) -> str:
    return name.removeprefix(f"{NETWORK}_").replace("_", "-")


def _device_by_hand(name: str) -> str:
    return name.replace("vx", "mesh")


def live_of(state: State, findings: Findings, **changes: Any) -> Live:
    """Return a state as the module reads it."""
    server = replace(state.server)
    server.objects = {number: [] for number in server.aggregators}
    server.bond_objects = {number: [] for number in server.bonds}
    for obj in state.objects.values():
        place, _slash, number = obj.parent.partition("/")
        if place == "aggregators":
            server.objects[int(number)].append(obj)
        elif place == "bonds":
            server.bond_objects[int(number)].append(obj)
    cloud = _cloud(state)
    hosts = recognise_hosts(server, cloud, changes.get("joined") or joined(state), findings)
    return Live(NETWORK, hosts, server, cloud)


def joined(state: State) -> Joined:
    """Return the instances of all aggregators."""
    instances = state.cloud.instances
    found = {number: instances.get(f"i-{one.name}") for number, one in state.server.aggregators.items()}
    return Joined(
        {
            number: JoinedInstance(one.id, REGION, private_ip=one.private_ip) if one else None
            for number, one in found.items()
        }
    )


def _cloud(state: State) -> Cloud:
    """Return AWS's side with the primary network interfaces, which the state keeps in the instances."""
    cloud = state.copy().cloud
    cloud.adopted_nat_gateways = dict(cloud.nat_gateways)
    for one in cloud.instances.values():
        cloud.interfaces[one.interface_id] = Interface(
            one.interface_id, one.subnet_id, one.vpc_id, one.private_ip, instance_id=one.id
        )
    return cloud


def imported(state: State, **changes: Any) -> tuple[Live, Findings, Fit]:
    """Return the import of a state; plans are made in memory."""
    findings = Findings()
    live = live_of(state, findings, **changes)
    recognise(live, findings)

    def plan_of(options: Options) -> Planned:
        if not options["aggregators"]:
            return Planned()
        made = plan(state, unmanaged(options), adopt=True, allow_disruption=True)
        return Planned(made.items, made.problems)

    found = fit(live, findings, plan_of)
    leave_rest(live, findings)
    return live, findings, found


def unmanaged(options: Options) -> Json:
    """Return options of which no host is asked over SSH."""
    return {**options, "aggregators": [{**one, "manage_host": False} for one in options["aggregators"]]}


def rest(planned: pairs.Planned) -> list[str]:
    """Return what a plan refuses, and its items that adopt nothing."""
    return [*planned.problems, *(_name(item) for item in planned.items if item.phase != ADOPT)]


def _name(item: PlannedChange) -> str:
    return f"{item.phase} {item.verb} {item.kind} {item.key}"


@dataclass
class Judged:
    """The result of an import: the number of pieces that are placed, and what is not as it has to be."""

    placed: int = 0
    broken: list[str] = field(default_factory=list)


def judge(state: State, live: Live, found: Fit) -> Judged:
    """Adopt what was imported, and plan it again."""
    options = unmanaged(options_of(live, found.pieces, found.deviations))
    judged = Judged(len(found.pieces))
    first = plan(state, options, adopt=True)
    if rest(first):
        judged.broken.append(f"a run does more than adopt: {rest(first)}")
        return judged
    end = applied(state, first)
    if without_tags(end) != without_tags(state):
        judged.broken.append("the adoption has changed more than tags")
    again = plan(end, options)
    if again.problems or again.items:
        judged.broken.append(f"the next run: {again.problems} {list(map(_name, again.items))}")
    return judged


def random_network(seed: int) -> Judged:
    """Build a random network, strip it, import it, and judge; one that the plan refuses to build has no pieces."""
    made = built(seed)
    if made is None:
        return Judged()
    state = stripped(made)
    live, findings, found = imported(state)
    judged = judge(state, live, found)
    judged.broken += lost(made, findings, found)
    return judged


def spoilt_network(seed: int) -> Judged:
    """Build a random network, strip and spoil it, import it, and judge: no error, and nothing but adoption."""
    made = built(seed)
    if made is None:
        return Judged()
    state = stripped(made)
    done = Spoiler(state, random.Random(seed)).spoil()
    live, findings, found = imported(state)
    judged = judge(state, live, found)
    known = findings.claimed
    objects = [obj for found_on in live.server.objects.values() for obj in found_on]
    judged.broken += [f"not named: {obj.title}" for obj in objects if obj.identity not in known]
    return Judged(judged.placed, [f"{text} (after {', '.join(done)})" for text in judged.broken])


def lost(made: State, findings: Findings, found: Fit) -> list[str]:
    """Return the objects of the network that no piece has taken, but for those that the collection cannot adopt."""
    taken = set().union(*(piece.claims for piece in found.pieces))
    excused: set[tuple[str, str]] = set()
    for one in findings.not_placed:
        space = re.search(r"of space (\w+)", one.object)
        if space and any(text in one.reason for text in CANNOT):
            kinds = OF_GATEWAYS if one.object.startswith("gateway") else OF_MESHES
            excused |= {(space[1], kind) for kind in kinds}
    wanted = {
        obj.identity: (str(obj.data.get("space")), obj.kind)
        for obj in map(_renamed, made.objects.values())
        if obj.parent.startswith("aggregators/") and obj.kind != "filter"
    }
    for address in made.cloud.addresses:
        kind, _slash, place = address.tags.get(TAG_KEY, "").partition("/")
        if address.interface_id and kind in ("cpe-nat", "gateway-ip"):
            wanted["elastic_ip", "", address.allocation_id] = (place.partition("/")[0], kind)
    for nat in made.cloud.nat_gateways.values():
        owner = nat.tags[TAG_KEY].split("/")[1]
        wanted["elastic_ip", "", str(nat.allocation_id)] = (owner, "ethernet_interface")
    return [f"not placed: {claim}" for claim, place in wanted.items() if claim not in taken and place not in excused]


def without_tags(state: State) -> Any:
    """Return a state without tags."""
    cloud = state.cloud
    kinds = {kind: {n: replace(o, tags={}) for n, o in getattr(cloud, kind).items()} for kind in TAGGED}
    addresses = sorted((replace(one, tags={}) for one in cloud.addresses), key=lambda one: one.allocation_id)
    return state.objects, kinds, addresses, cloud.instances, cloud.checked_before, state.installed, state.released
