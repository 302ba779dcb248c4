# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts, their variables and their groups, out of joined aggregators."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .joining import LiveInventoryError, Wanted, by_reference, join
from .model import Aggregator, Bond, Instance

GROUPINGS = ("space", "region", "vpc", "routing_group")
AGGREGATORS, NOT_ON_AWS = "aggregators", "not_on_aws"
MEMBERS = "bonding_members"
HOSTNAME = re.compile(r"\w[\w.-]*")
"""Names that Ansible's patterns, file names and tags of AWS take alike."""

Variables = dict[str, Any]


@dataclass(frozen=True)
class LiveInventory:
    """Inventory as data of JSON's kinds, sorted; a cache keeps it as it is."""

    hosts: dict[str, Variables] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    members: list[Variables] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def build(
    aggregators: Sequence[Aggregator], bonds: Sequence[Bond], instances: Sequence[Instance], wanted: Wanted
) -> LiveInventory:
    """Return the inventory of all aggregators.

    :raises LiveInventoryError: with all problems: an inventory with a host less would become a smaller network
    """
    if not aggregators and not wanted.allow_empty:
        raise LiveInventoryError(
            "the management server lists no aggregator (got an empty list, expected at least one). The user may not "
            "see the aggregators, or this is another server. Set allow_empty to accept an empty inventory."
        )
    ordered = sorted(aggregators, key=lambda one: one.id)
    joined = join(ordered, instances, wanted)
    names = _hostnames(ordered, wanted, joined.problems)
    spaces = _bonds_by_space(bonds)
    hosts = {
        names[one.id]: _variables(one, spaces.get(one.id, {}), joined.instances.get(one.id))
        for one in sorted(ordered, key=lambda one: names[one.id])
    }
    groups = _groups(hosts, wanted, joined.problems)
    if joined.problems:
        raise LiveInventoryError(*joined.problems)
    return LiveInventory(hosts, groups, [_member(name, own) for name, own in hosts.items()], joined.warnings)


def _hostnames(aggregators: Sequence[Aggregator], wanted: Wanted, problems: list[str]) -> dict[int, str]:
    """Return the name of each aggregator in the inventory, which the keys of a network's objects have too."""
    given = by_reference(wanted.hostnames, "hostnames", aggregators, problems)
    names = {one.id: str(given.get(one.id) or one.name) for one in aggregators}
    holders: dict[str, list[str]] = defaultdict(list)
    for one in aggregators:
        name = names[one.id]
        holders[name].append(str(one.id))
        if not HOSTNAME.fullmatch(name):
            problems.append(
                f"{one.title}: the name cannot be a host's (got {name!r}, expected letters, digits, '_', '.' and '-'). "
                f"Give another one as hostnames: {{{one.id}: ...}}."
            )
    for name, ids in sorted(holders.items()):
        if len(ids) > 1:
            problems.append(
                f"host {name}: {len(ids)} aggregators have this name (got ids {', '.join(ids)}; expected one). Give "
                f"each a name of its own, as hostnames: {{{ids[-1]}: ...}}."
            )
    return names


def _bonds_by_space(bonds: Sequence[Bond]) -> dict[int, Variables]:
    """Return, by aggregator id, the ids of its bonds: space -> primary and secondary."""
    found: dict[int, dict[str, dict[str, list[int]]]] = defaultdict(dict)
    for bond in sorted(bonds, key=lambda one: one.id):
        for role, aggregator in (("primary", bond.primary), ("secondary", bond.secondary)):
            if aggregator is not None:
                of_space = found[aggregator].setdefault(bond.space, {"primary": [], "secondary": []})
                of_space[role].append(bond.id)
    return {number: dict(sorted(spaces.items())) for number, spaces in found.items()}


def _variables(aggregator: Aggregator, bonds: Variables, instance: Instance | None) -> Variables:
    """Return a host's variables; what is not known is left out, as the playbooks take it."""
    own = {
        "ansible_host": aggregator.ip,
        "bonding_aggregator": str(aggregator.id),
        "aggregator_bonds": bonds,
        "aggregator_ip": aggregator.ip,
        "aggregator_ipv6": aggregator.ipv6,
        "aggregator_name": aggregator.name,
        "aggregator_routing_group": aggregator.routing_group,
        "aggregator_space": aggregator.space,
        "aggregator_spaces": list(bonds),
        "aggregator_status": aggregator.status,
        "aggregator_version": aggregator.version,
    }
    if instance is not None:
        own |= {
            "aws_account_id": instance.account,
            "aws_availability_zone": instance.zone,
            "aws_instance_id": instance.id,
            "aws_instance_state": instance.state,
            "aws_instance_type": instance.type,
            "aws_network_interface_id": instance.interface_id,
            "aws_private_ip_address": instance.private_ip,
            "aws_public_ip_address": instance.public_ip,
            "aws_region": instance.region,
            "aws_security_group_ids": list(instance.security_groups),
            "aws_subnet_id": instance.subnet_id,
            "aws_tags": dict(sorted(instance.tags.items())),
            "aws_vpc_id": instance.vpc_id,
        }
    return {name: value for name, value in own.items() if value not in (None, "")}


def _groups(hosts: dict[str, Variables], wanted: Wanted, problems: list[str]) -> dict[str, list[str]]:
    """Return the hosts of each group, both sorted."""
    groups: dict[str, list[str]] = {
        AGGREGATORS: list(hosts),
        NOT_ON_AWS: [name for name, own in hosts.items() if "aws_instance_id" not in own],
    }
    origins: dict[str, str] = dict.fromkeys(groups, "a group of its own")
    for name, own in hosts.items():
        for grouping, group, value in _groupings(own):
            if grouping not in wanted.group_by:
                continue
            origin = f"{grouping} {value}"
            if origins.setdefault(group, origin) != origin:
                problems.append(
                    f"group {group}: {origins[group]} and {origin} would both be this group. Leave {grouping} out of "
                    "group_by, and make groups by keyed_groups or groups."
                )
                continue
            groups.setdefault(group, []).append(name)
    problems[:] = list(dict.fromkeys(problems))
    return dict(sorted(groups.items()))


def _groupings(own: Variables) -> list[tuple[str, str, str]]:
    """Return (grouping, group, value) of each group of a host."""
    found = [("space", f"space_{key}", key) for key in own["aggregator_spaces"]]
    for grouping, variable, prefix in (
        ("region", "aws_region", "region_"),
        ("vpc", "aws_vpc_id", ""),
        ("routing_group", "aggregator_routing_group", "routing_group_"),
    ):
        if variable in own:
            found.append((grouping, f"{prefix}{own[variable]}", own[variable]))
    return [(grouping, re.sub(r"\W", "_", group), value) for grouping, group, value in found]


def _member(name: str, own: Variables) -> Variables:
    """Return an entry of `bonding_members`."""
    found = {"name": name, "aggregator": own["bonding_aggregator"]}
    named = {"instance_id": "aws_instance_id", "region": "aws_region"}
    return found | {key: own[variable] for key, variable in named.items() if variable in own}
