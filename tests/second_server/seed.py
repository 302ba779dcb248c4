# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""First content of the second server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .api import Api
from .fields import Json
from .store import ROOT, Store


def seeded(habits: frozenset[str], seed: Json) -> Store:
    """Return a store with the objects of a seed.

    A seed has `users` (`email`, `password`) and `objects`; each object is `{at, object}`: the path of its list, and the
    object as the API takes it, with its `id` and read-only fields. A bond's `current_aggregator` is an id.
    """
    store = Store(frozenset())  # so that the seed's texts and defaults are nobody's habit
    api = Api(store, seed["users"])
    for one in seed["objects"]:
        where = api.where(one["at"])
        given = one["object"]
        row = store.write(where.kinds[0], where.parent, given, None)
        del store.rows[row.kind, row.id]
        row.id = given["id"]
        store.rows[row.kind, row.id] = row
        row.values |= {
            one.name: given[one.name] for one in where.kinds[0].fields if one.read_only and one.name in given
        }
        if "current_aggregator" in given:
            store.places[row.id] = given["current_aggregator"]
    store.habits = habits
    return store


def translated(path: Path) -> Json:
    """Return a seed of this server from a file in the form of the first one's, whose relations are names."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"users": told["users"], "objects": [*_top(told), *_of_bonds(told), *_of_aggregators(told)]}


def _at(*parts: Any) -> str:
    return ROOT + "".join(f"{part}/" for part in parts)


def _ids(told: Json, kind: str) -> dict[str, int]:
    return {one["name"]: one["id"] for one in told[kind]}


def _top(told: Json) -> list[Json]:
    aggregators, groups = _ids(told, "aggregators"), _ids(told, "routing_groups")
    found = [
        {"at": "spaces/", "object": {**one, "parent": _at("spaces", one["parent"]) if "parent" in one else None}}
        for one in told["spaces"]
    ]
    # Its list is read-only: the objects are there all the same.
    found += [{"at": "routing_groups/", "object": one} for one in told["routing_groups"]]
    for one in told["aggregators"]:
        group = _at("routing_groups", groups[one["routing_group"]])
        found.append(
            {"at": "aggregators/", "object": {**one, "space": _at("spaces", one["space"]), "routing_group": group}}
        )
    for one in told["bonds"]:
        second = one.get("secondary_aggregator")
        bond = {
            "id": one["id"],
            "name": one["name"],
            "space": _at("spaces", one["space"]),
            "aggregator": _at("aggregators", aggregators[one["aggregator"]]),
            "secondary_aggregator": _at("aggregators", aggregators[second]) if second else None,
        }
        if "current_aggregator" in one:
            bond["current_aggregator"] = aggregators[one["current_aggregator"]]
        found.append({"at": "bonds/", "object": bond})
    return found


def _of_bonds(told: Json) -> list[Json]:
    found: list[Json] = []
    for bond in told["bonds"]:
        under = f"bonds/{bond['id']}"
        numbers = {one["name"]: 100 * bond["id"] + place for place, one in enumerate(bond["interfaces"])}
        found += [
            {"at": f"{under}/interfaces/", "object": {**one, "id": numbers[one["name"]]}} for one in bond["interfaces"]
        ]
        for kind in ("connected_ips", "cpe_nat_ips"):
            for place, one in enumerate(bond.get(kind, ())):
                thing = {"enabled": True, **one, "id": 1000 * bond["id"] + place}
                if "interface" in one:
                    thing["interface"] = _at("bonds", bond["id"], "interfaces", numbers[one["interface"]])
                found.append({"at": f"{under}/{kind}/", "object": thing})
    return found


def _of_aggregators(told: Json) -> list[Json]:
    aggregators = _ids(told, "aggregators")
    found: list[Json] = []
    filters: dict[str, str] = {}
    kinds = ("interfaces", "filters", "protocols")
    things = [(kind, one) for kind in kinds for one in told.get(f"aggregator_{kind}", ())]
    for number, (kind, one) in enumerate(things, 41):
        under = ("aggregators", aggregators[one["aggregator"]])
        thing = {**one, "id": number}
        path = {"interfaces": f"{one.get('type')}_", "protocols": f"{one.get('protocol')}_", "filters": ""}[kind] + kind
        if "space" in one:
            thing["space"] = _at("spaces", one["space"])
        if kind == "interfaces":
            thing["addresses"] = [{"address": address} for address in one["addresses"]]
        if kind == "filters":
            filters[one["name"]] = _at(*under, "filters", number)
        for name, value in one.items():
            if isinstance(value, dict) and "filter" in value:
                thing[name] = {**value, "filter": filters[value["filter"]]}
        found.append({"at": _at(*under, path).removeprefix(ROOT), "object": thing})
    return found
