# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readers of the server's objects, in the friendly shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._client import ApiError
from .._objects import Object
from .._parents import AGGREGATOR, BOND, kind_of, number_of, parent_of
from .._resources import LISTINGS, RESOURCES, Listing, Resource, ShapeError
from .changes.diff import described
from .model import ReconcileError
from .references import Refs, _number

# The parts of an aggregator or bond, as users name them -> the kind or listing of their objects.
OF_AGGREGATOR = {"interfaces": "interface", "protocols": "protocol", "filters": "filter"}
OF_BOND = {
    "interfaces": "bond_interface",
    "connected_ips": "connected_ip",
    "cpe_nat_ips": "cpe_nat_ip",
    "routes": "bond_route",
}
_NAMES = "Other names of a server are said by api_map (docs/api-map.md)."
AGGREGATOR_PARTS = tuple(OF_AGGREGATOR)
BOND_PARTS = tuple(OF_BOND)


def read_aggregator(
    aggregator_id: int,
    refs: Refs,
    gather: Iterable[str] = AGGREGATOR_PARTS,
    idle_filters: bool = True,
) -> list[Object]:
    """Return the interfaces, protocols and filters of an aggregator: one request for each part.

    Kinds that the table does not know come as ``<type>_interface`` or ``<type>_protocol`` with name and type only.

    :param idle_filters: whether filters are read too where there is no protocol, which alone could name one
    :raises ReconcileError: if there is no such aggregator
    """
    parent = parent_of(AGGREGATOR, aggregator_id)
    parts = set(gather)
    found: list[Object] = []
    if "interfaces" in parts:
        items = _list(refs, "interface", parent)
        refs.learn("interface", parent, items)
        found += [_typed(item, LISTINGS["interface"], parent, refs) for item in items]
    protocols = _list(refs, "protocol", parent) if "protocols" in parts and not idle_filters else None
    if "filters" in parts and (idle_filters or protocols):
        items = _list(refs, "filter", parent)
        refs.learn("filter", parent, items)
        found += [read_object("filter", parent, item, refs) for item in items]
    if "protocols" in parts:
        items = _list(refs, "protocol", parent) if protocols is None else protocols
        # Last, since they name interfaces and filters.
        found += [_typed(item, LISTINGS["protocol"], parent, refs) for item in items]
    return sorted(found, key=lambda item: item.identity)


def read_bond(bond_id: int, refs: Refs, gather: Iterable[str] = BOND_PARTS) -> list[Object]:
    """Return the interfaces, connected IPs, CPE NAT IPs and routes of a bond: one request for each part.

    :raises ReconcileError: if there is no such bond
    """
    parent = parent_of(BOND, bond_id)
    parts = set(gather)
    found: list[Object] = []
    for part, kind in OF_BOND.items():
        if part in parts:
            items = _list(refs, kind, parent)
            if kind == "bond_interface":
                refs.learn(kind, parent, items)
            found += [read_object(kind, parent, item, refs) for item in items]
    return sorted(found, key=lambda item: item.identity)


def read_spaces(refs: Refs) -> list[Object]:
    """Return all spaces that the user can see."""
    return [read_object("space", "", item, refs) for item in refs.items("space")]


def read_aggregators(refs: Refs) -> list[Object]:
    """Return all aggregators that the user can see; the key is the id."""
    return [read_object("aggregator", "", item, refs) for item in refs.items("aggregator")]


def read_bonds(refs: Refs) -> list[Object]:
    """Return all bonds that the user can see; the key is the id, aggregators are ids."""
    return [read_object("bond", "", item, refs) for item in refs.items("bond")]


def read_current_bonds(refs: Refs, aggregator_id: int) -> list[int]:
    """Return the ids of the bonds that are on this aggregator at present."""
    return sorted(int(item["id"]) for item in _list(refs, "current_bond", parent_of(AGGREGATOR, aggregator_id)))


def read_object(kind: str, parent: str, item: Mapping[str, Any], refs: Refs) -> Object:
    """Read one object out of an answer.

    :raises ReconcileError: naming path and field, if a value is of a type that no code could use
    """
    resource = RESOURCES[kind]
    refs.look_at(kind, item)
    try:
        from_wire = resource.from_wire(item, refs, parent)
        key = from_wire.get(resource.key)
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            raise ShapeError(f"{resource.key}: not the name of an object (got {key!r})")
    except ShapeError as error:
        path = refs.api.table.item(kind, parent, id_of(resource, item))
        missing = [name for name, there in resource.shown(item) if not there]
        hint = f" It has no {', '.join(missing)}. {_NAMES}" if missing else ""
        raise ReconcileError(f"{path}: the server's answer cannot be used: {error}.{hint}") from error
    data = {**described(kind, parent, from_wire.get(resource.key)), **from_wire}
    return Object(kind, parent, str(data.get(resource.key)), data, id_of(resource, item))


def _typed(item: Mapping[str, Any], listing: Listing, parent: str, refs: Refs) -> Object:
    """Return an object out of a listing of all kinds."""
    field = listing.tells
    if not isinstance(item.get(field), str):
        path = refs.api.table.collection(listing.kind, parent)
        raise ReconcileError(
            f"{path}: the server's answer cannot be used: {field}: an object does not say its kind (got "
            f"{item.get(field)!r}). {_NAMES}"
        )
    kind = f"{item.get(field)}_{listing.kind}"
    if kind not in RESOURCES:
        name = str(item.get("name"))
        return Object(kind, parent, name, {"name": name, field: item.get(field)}, item.get("id"))
    return read_object(kind, parent, item, refs)


def id_of(resource: Resource, item: Mapping[str, Any]) -> Any:
    """Return the address of an object in an answer; None if the answer does not say it."""
    if resource.addressed_by != "id" or not resource.below:
        return item.get(resource.addressed_by)
    # In a listing of all kinds the URL is that of the typed resource, and its number is the one that counts.
    number = _number(item.get("url"))
    return number if isinstance(number, int) else item.get("id")


def _list(refs: Refs, kind: str, parent: str) -> list[dict[str, Any]]:
    try:
        return refs.api.list(kind, parent)
    except ApiError as error:
        if error.status != 404:
            raise
        owner, number = kind_of(parent), number_of(parent)
        asked = f"GET {refs.api.table.collection(kind, parent)} was answered with 404"
        if refs.has_listed(owner, number):
            text = f"{asked}, and the {owner} {number} is there: this server has the path of {kind} elsewhere. {_NAMES}"
        else:
            text = f"There is no {owner} with the id {number} that this user can see ({asked})."
        raise ReconcileError(f"{text} Nothing was changed.", cause=error) from error
