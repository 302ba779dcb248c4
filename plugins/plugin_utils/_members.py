# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The members of the network that the inventory declares, whether this run has their hosts or not.

A slice of an AWX job, a limit of an inventory source or a disabled host takes hosts out of the inventory, and nothing
tells that it does. Group variables stay. So a network that is run in slices declares its aggregators in one:
bonding_members. The plan is made for the members; the hosts of the inventory are those that this run works on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ._variables import HOST, MEMBERS

Own = dict[str, Any]
"""A host's own variables by name, typed."""

IDENTITY = frozenset(
    {
        "bonding_aggregator",
        "bonding_aggregator_index",
        "aws_instance_id",
        "aws_private_ip_address",
        "bonding_renamed_from",
    }
)
"""Variables that two members never share; of the others an absent member has the value that all hosts have."""
REGION = "aws_region"
"""Of an entry without an instance nothing is in a region."""


def declared(
    members: Sequence[Mapping[str, Any]], hosts: Mapping[str, Own], group: str, problems: list[str]
) -> dict[str, Own]:
    """Return the variables of every member by its name: of the hosts first, then of the members without a host.

    A host has its own variables, and those of its entry that it lacks. A member without a host has those of its entry,
    and the values that are the same on all hosts, since these are the group's.

    :param members: entries of bonding_members: `name`, and options of an aggregator of network_plan
    :param hosts: the variables of each host of the group
    :param problems: receives a sentence for each host that no entry declares, and each entry that contradicts its host
    """
    by_name = {str(entry["name"]): entry for entry in members}
    for name, number in sorted(Counter(str(entry["name"]) for entry in members).items()):
        if number > 1:
            problems.append(f"{MEMBERS}: {name} is declared {number} times. Leave one entry.")
    undeclared = sorted(hosts.keys() - by_name.keys())
    if undeclared:
        problems.append(
            f"{MEMBERS}: does not declare {', '.join(undeclared)}, which the group {group} has. Add an entry with this "
            "name, or take the host out of the group."
        )
    _refuse_some(by_name, hosts, problems)
    found = {host: _of_host(host, own, by_name.get(host, {}), problems) for host, own in hosts.items()}
    same = _shared(list(hosts.values()))
    absent = {name: same | _variables(entry) for name, entry in by_name.items() if name not in hosts}
    for name, own in absent.items():
        if "instance_id" not in by_name[name] and "region" not in by_name[name]:
            own.pop(REGION, None)
    return found | dict(sorted(absent.items()))


def absent_owner(members: Collection[str], hosts: Collection[str]) -> str:
    """Return the first member by name if this run's inventory lacks it, else nothing.

    The run that has the first member owns what belongs to no aggregator: else two slices would create it at once.
    """
    first = min(members)
    return "" if first in hosts else first


def left_out(members: Collection[str], hosts: Collection[str]) -> str:
    """Return the sentence that names the members which this run's inventory lacks, empty if it has all of them."""
    absent = sorted(set(members) - set(hosts))
    if not absent:
        return ""
    owner = absent_owner(members, hosts)
    shared = f" What belongs to no aggregator is left for the run that has {owner}." if owner else ""
    return (
        f"The inventory of this run has {len(hosts)} of the {len(members)} aggregators that {MEMBERS} declares, and "
        f"not {', '.join(absent)}: a slice of a job, a limit or a disabled host. The run leaves their part of the "
        f"network, and all removals, for a run that has them.{shared}"
    )


def _refuse_some(members: Mapping[str, Mapping[str, Any]], hosts: Mapping[str, Own], problems: list[str]) -> None:
    """Report each option that some entries lack though it is not the same on all members: a slice could not know it."""
    for name, option in HOST.items():
        lacking = sorted(
            member
            for member, entry in members.items()
            if option not in entry and (name != REGION or "instance_id" in entry)
        )
        if name in IDENTITY or not lacking:
            continue
        values = [own.get(name) for own in hosts.values()]
        if len(lacking) < len(members) or any(value != values[0] for value in values):
            problems.append(
                f"{MEMBERS}: {option} differs between members, and the entries of {', '.join(lacking)} do not have it. "
                "Give it in each entry, since a run without a member's host knows the entry alone."
            )


def _of_host(host: str, own: Own, entry: Mapping[str, Any], problems: list[str]) -> Own:
    """Return a host's variables with those of its entry; report each one of which the two differ."""
    given = _variables(entry)
    for name in sorted(own.keys() & given.keys()):
        if own[name] != given[name]:
            problems.append(
                f"{MEMBERS}, entry {host}: {HOST[name]} is {given[name]!r}, and {name} of the host {host} is "
                f"{own[name]!r}. Correct one of them."
            )
    return given | own


def _variables(entry: Mapping[str, Any]) -> Own:
    """Return an entry's options by the names that they have as variables of a host."""
    return {name: entry[option] for name, option in HOST.items() if option in entry}


def _shared(hosts: Sequence[Own]) -> Own:
    """Return the variables of HOST that have one value on all hosts, without those that tell members apart."""
    first, *others = hosts
    names = first.keys() & HOST.keys() - IDENTITY
    return {name: first[name] for name in names if all(own.get(name) == first[name] for own in others)}
