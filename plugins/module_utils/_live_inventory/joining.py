# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join of aggregators to instances: by the operator's map, by public address, by a tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .model import Aggregator, Instance

MOST_NAMED = 10
"""So many objects are named in one sentence."""


class LiveInventoryError(Exception):
    """No inventory can be made; the text has a line for each problem."""

    def __init__(self, *problems: str) -> None:
        self.problems = list(problems)
        listed = "\n".join(f"  {number}. {text}" for number, text in enumerate(problems, 1))
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        super().__init__(f"The inventory cannot be made, {count}. No host was added.\n{listed}")


def join_problems(join: Iterable[str]) -> list[str]:
    """Return a sentence for each entry of `join` that is no way to join."""
    unknown = (one for one in join if one != "public_ip" and not (one.startswith("tag:") and one != "tag:"))
    return [f"join: got {one!r}, expected public_ip or tag:NAME." for one in unknown]


@dataclass(frozen=True)
class Wanted:
    """The operator's options of the inventory.

    :param public_ip: join by public address
    :param tags: keys of tags whose value is the name or id of an aggregator
    :param instances: aggregator (name or id) -> instance id, None for an aggregator that is on no instance
    :param hostnames: aggregator (name or id) -> its name in the inventory, where that is not its name on the server
    :param group_by: which groups are made, of `GROUPINGS`
    :param allow_empty: accept that the server lists no aggregator, and that none is on an instance
    :param searched: the regions, for messages
    """

    public_ip: bool = True
    tags: tuple[str, ...] = ()
    instances: Mapping[str, str | None] = field(default_factory=dict)
    hostnames: Mapping[str, str] = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    allow_empty: bool = False
    searched: str = "the regions"

    @property
    def asks_aws(self) -> bool:
        """Return True if an aggregator may be on an instance."""
        return self.public_ip or bool(self.tags) or any(self.instances.values())


@dataclass
class Joined:
    """Result of a join: aggregator id -> its instance, or None."""

    instances: dict[int, Instance | None] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unclear: dict[int, str] = field(default_factory=dict)
    """Aggregators that the live system joins to two instances, or with another one to one -> the problem."""


def by_reference(
    given: Mapping[str, object], option: str, aggregators: Iterable[Aggregator], problems: list[str]
) -> dict[int, object]:
    """Return the values of an option by aggregator id; its keys are names or ids: digits are an id."""
    known = list(aggregators)
    found: dict[int, object] = {}
    for reference, value in sorted(given.items()):
        digits = reference.isascii() and reference.isdigit()
        matching = [one for one in known if (one.id == int(reference) if digits else one.name == reference)]
        if not matching:
            problems.append(
                f"{option}: {reference}: the management server lists no such aggregator. Digits are an id, anything "
                "else is an exact name. Correct the key, or remove it."
            )
        elif len(matching) > 1:
            ids = ", ".join(str(one.id) for one in matching)
            problems.append(
                f"{option}: {reference}: the name is not unique (got aggregators {ids}; expected one). Give the id."
            )
        elif matching[0].id in found:
            problems.append(f"{option}: {matching[0].title} is named twice, by its name and by its id. Remove one.")
        else:
            found[matching[0].id] = value
    return found


def join(aggregators: Sequence[Aggregator], instances: Sequence[Instance], wanted: Wanted) -> Joined:
    """Return the instance of each aggregator. Two candidates are a problem that names both."""
    result = Joined()
    given = by_reference(wanted.instances, "instances", aggregators, result.problems)
    by_id = {instance.id: instance for instance in instances}
    candidates = _candidates(aggregators, instances, wanted)
    for aggregator in aggregators:
        if aggregator.id in given:
            number = given[aggregator.id]
            result.instances[aggregator.id] = by_id.get(str(number)) if number else None
            if number and str(number) not in by_id:
                result.problems.append(
                    f"instances: {aggregator.title}: there is no instance {number} in {wanted.searched}. Correct the "
                    "id, or add its region or profile."
                )
            continue
        found = candidates[aggregator.id]
        if len(found) > 1:
            listed = " and ".join(f"{number} by {' and '.join(how)}" for number, how in sorted(found.items()))
            result.unclear[aggregator.id] = (
                f"{aggregator.title}: {len(found)} instances match (got {listed}; expected one). Give the right one as "
                f"instances: {{{aggregator.id}: i-...}}."
            )
            result.problems.append(result.unclear[aggregator.id])
        result.instances[aggregator.id] = by_id[min(found)] if found else None
    _refuse_shared(aggregators, result)
    _warn(aggregators, instances, set(given), wanted, result)
    return result


def _candidates(
    aggregators: Sequence[Aggregator], instances: Sequence[Instance], wanted: Wanted
) -> dict[int, dict[str, list[str]]]:
    """Return, by aggregator id, each instance that may be it, with what says so."""
    keys: dict[tuple[str, str], list[str]] = defaultdict(list)
    for instance in instances:
        if wanted.public_ip:
            for address in instance.public_ips:
                keys["", address].append(instance.id)
        for tag in wanted.tags:
            if instance.tags.get(tag):
                keys[tag, instance.tags[tag]].append(instance.id)
    found: dict[int, dict[str, list[str]]] = {aggregator.id: defaultdict(list) for aggregator in aggregators}
    for aggregator in aggregators:
        for tag, value in [("", aggregator.ip or "")] + [
            (tag, value) for tag in wanted.tags for value in sorted({aggregator.name, str(aggregator.id)})
        ]:
            for number in keys.get((tag, value), ()):
                found[aggregator.id][number].append(f"tag {tag}: {value}" if tag else f"public address {value}")
    return found


def _refuse_shared(aggregators: Sequence[Aggregator], result: Joined) -> None:
    """Note a problem for each instance that is two aggregators."""
    owners: dict[str, list[Aggregator]] = defaultdict(list)
    for aggregator in aggregators:
        instance = result.instances.get(aggregator.id)
        if instance is not None:
            owners[instance.id].append(aggregator)
    for number, found in sorted(owners.items()):
        if len(found) > 1:
            titles = " and ".join(one.title for one in found)
            text = (
                f"instance {number}: {len(found)} aggregators are joined to it (got {titles}; expected one). Correct "
                "the address on the server, the tag, or instances."
            )
            result.problems.append(text)
            result.unclear |= {one.id: text for one in found}


def _warn(
    aggregators: Sequence[Aggregator], instances: Sequence[Instance], given: set[int], wanted: Wanted, result: Joined
) -> None:
    joined = {aggregator.id: result.instances.get(aggregator.id) for aggregator in aggregators}
    for aggregator in aggregators:
        instance = joined[aggregator.id]
        if instance is not None and instance.is_stopped:
            result.warnings.append(
                f"{aggregator.title}: its instance {instance.id} is {instance.state}: what is configured takes effect "
                "when it runs. Start it."
            )
    lost = [one for one in aggregators if joined[one.id] is None and one.id not in given]
    if not lost or not wanted.asks_aws:
        return
    said = _some(f"{one.name} ({one.ip or 'no address'})" for one in lost)
    used = {instance.id for instance in joined.values() if instance is not None}
    stopped = [one.id for one in instances if one.is_stopped and not one.public_ips and one.id not in used]
    hint = f" Stopped, and so without an automatic public address: {_some(stopped)}." if stopped else ""
    if wanted.allow_empty or len(lost) < len(joined):
        result.warnings.append(
            f"{len(lost)} of {len(joined)} aggregators are joined to no instance in {wanted.searched}, and are in the "
            f"group not_on_aws: {said}.{hint} Give an instance by instances, or say there that an aggregator has none "
            f"(instances: {{{lost[0].id}: null}})."
        )
    else:
        result.problems.append(
            f"AWS: none of the {len(lost)} aggregators is joined to one of the {len(instances)} instances in "
            f"{wanted.searched}: {said}.{hint} This is another account, another region or another server, or the "
            "addresses are those of a NAT: correct regions or profiles, or join by tag. If no aggregator is on AWS, "
            "set join to []."
        )


def _some(texts: Iterable[str]) -> str:
    listed = sorted(texts)
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more
