# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that a plan has just read of an aggregator, for modules that need not read them again.

Without them each changed aggregator costs up to four more requests: its interfaces, its protocols, itself and the
spaces. So the bound "the unchanged run's requests and k" of docs/benchmark.md (a few changed among 1,000 objects) needs
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._objects import Fields, Object
from ..._parents import AGGREGATOR, parent_of
from ..._resources import RESOURCES
from ..references import Refs

ListedAggregator = Mapping[str, Any]
"""An aggregator as the server lists it."""


@dataclass(frozen=True)
class KnownObject:
    """One object that the server has."""

    kind: str
    name: str
    id: int | str
    object: Fields


@dataclass(frozen=True)
class KnownObjects:
    """The option `known` of module aggregator_network: objects that will be changed or named, and what they name.

    What is not among them is taken as not existing.
    """

    ip: str | None = None
    ipv6: str | None = None
    spaces: list[str] = field(default_factory=list)
    objects: list[KnownObject] = field(default_factory=list)


def known_objects(aggregator: ListedAggregator, spaces: Iterable[str], objects: Iterable[Object]) -> KnownObjects:
    """Return the known objects of an aggregator; an object that is only predicted has no id yet.

    :param spaces: the keys of the spaces that the objects name
    """
    there = [KnownObject(one.kind, one.key, one.id, one.data) for one in objects if one.id is not None]
    return KnownObjects(aggregator.get("ip"), aggregator.get("ipv6"), sorted(set(spaces)), there)


def load_prefetched(known: Mapping[str, Any], aggregator_id: int, refs: Refs) -> list[Object]:
    """Return the objects of ``known``; register names, spaces and the aggregator as if they had been read."""
    parent = parent_of(AGGREGATOR, aggregator_id)
    refs.take("aggregator", [{"id": aggregator_id, "ip": known.get("ip"), "ipv6": known.get("ipv6")}])
    refs.take("space", [{"key": key} for key in known.get("spaces") or ()])
    found = []
    for item in known.get("objects") or ():
        resource = RESOURCES[item["kind"]]
        found.append(Object(item["kind"], parent, item["name"], item["object"], item["id"]))
        if resource.group in ("interface", "filter"):
            url = refs.api.url(item["kind"], parent, item["id"])
            refs.learn(resource.group, parent, [{"name": item["name"], "url": url}], whole=False)
    return found
