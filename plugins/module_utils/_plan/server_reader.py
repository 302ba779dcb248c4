# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management server's side, as the design reads it.

Requests: three for the lists, four for each aggregator, and for a bond only what its entry needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from .._design.deviations import ObjectNames
from .._model.state import Aggregator, Bond, Server, Space
from .._objects import Object
from .._reconcile import (
    Api,
    Refs,
    read_aggregator,
    read_aggregators,
    read_bond,
    read_bonds,
    read_current_bonds,
    read_spaces,
)

T = TypeVar("T")


class ServerReader:
    """Reader of the management server: each collection once, as objects for the engine and as state for the design."""

    def __init__(self, api: Api, refs: Refs) -> None:
        self._api, self._refs = api, refs
        self._bond_parts: dict[int, set[str]] = {}
        self.server = Server()
        self.objects: dict[tuple[str, str, str], Object] = {}

    def read_network(self, idle_filters: bool = True) -> None:
        """Aggregators with all that is on them, spaces, and bonds with where they are now.

        Without `idle_filters` no filters are read of aggregators that have no protocols.
        """
        lists = self._parallel([self._aggregators, self._spaces, self._bonds])
        aggregators, spaces, bonds = lists
        for item in aggregators:
            data = item.data
            self.server.aggregators[int(item.id or 0)] = Aggregator(
                id=int(item.id or 0),
                name=data.get("name") or str(item.id),
                ip=data.get("ip") or "",
                space=data.get("space"),
                version=data.get("version"),
                status=data.get("status"),
            )
        for item in spaces:
            self._keep(item)
            data = item.data
            self.server.spaces[item.key] = Space(
                id=self._space_ids[item.key],
                key=item.key,
                name=data.get("name") or item.key,
                enabled=bool(data.get("private_wan_enabled")),
                mode=data.get("private_wan_mode"),
            )
        present: dict[int, int] = {}
        numbers = sorted(self.server.aggregators)
        reads: list[Callable[[], Any]] = []
        for number in numbers:
            reads.append(partial(read_aggregator, number, self._refs, idle_filters=idle_filters))
            reads.append(partial(read_current_bonds, self._refs, number))
        answers = iter(self._parallel(reads))
        for number in numbers:
            objects = next(answers)
            present |= dict.fromkeys(next(answers), number)
            self.server.objects[number] = [self._keep(item) for item in objects]
        for item in bonds:
            data, number = item.data, int(item.id or 0)
            self.server.bonds[number] = Bond(
                id=number,
                name=data.get("name") or str(number),
                space=data.get("space") or "",
                primary=data.get("aggregator"),
                secondary=data.get("secondary_aggregator"),
                present=present.get(number),
            )

    def rename(self, names: ObjectNames) -> None:
        """Give the aggregators' objects the names of the network, as the design knows them."""
        if not names:
            return
        for number, objects in self.server.objects.items():
            for obj in objects:
                del self.objects[obj.identity]
            self.server.objects[number] = [self._keep(names.from_server(obj)) for obj in objects]

    def read_bond_objects(self, bonds: Iterable[int], parts: tuple[str, ...]) -> bool:
        """Read these parts of these bonds; False if all of it was read before."""
        wanted = {
            number: [part for part in parts if part not in self._bond_parts.get(number, ())]
            for number in sorted(set(bonds))
            if number in self.server.bonds
        }
        todo = [(number, part) for number, missing in wanted.items() for part in missing]
        bond_reads: list[Callable[[], list[Object]]] = [
            partial(read_bond, number, self._refs, tuple(missing)) for number, missing in wanted.items() if missing
        ]
        for objects, (number, missing) in zip(
            self._parallel(bond_reads), [(n, m) for n, m in wanted.items() if m], strict=True
        ):
            read = self._bond_parts.setdefault(number, set())
            read.update(missing)
            if read >= {"connected_ips", "routes"}:
                self.server.bonds_with_networks.add(number)
            server_objects = self.server.bond_objects.setdefault(number, [])
            for item in objects:
                if item.kind == "bond_interface":
                    self.server.bond_interfaces.setdefault(number, []).append(item.key)
                else:
                    server_objects.append(self._keep(item))
        return bool(todo)

    def _aggregators(self) -> list[Object]:
        return read_aggregators(self._refs)

    def _spaces(self) -> list[Object]:
        found = read_spaces(self._refs)
        self._space_ids = {str(item["key"]): int(item["id"]) for item in self._refs.items("space")}
        return found

    def _bonds(self) -> list[Object]:
        return read_bonds(self._refs)

    def _keep(self, item: Object) -> Object:
        self.objects[item.identity] = item
        return item

    def _parallel(self, reads: list[Callable[[], T]]) -> list[T]:
        if len(reads) < 2:
            return [read() for read in reads]
        with ThreadPoolExecutor(max_workers=self._api.client.parallel) as pool:
            return list(pool.map(lambda read: read(), reads))
