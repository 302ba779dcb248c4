# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader of the management server's side: each part of a bond is read once, and the parts read are known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.deviations import ObjectNames
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._plan import server_reader as read_server
from ansible_collections.bonded.internet.plugins.module_utils._plan.server_reader import ServerReader


def test_a_bonds_networks_are_known_once_its_connected_ips_and_routes_were_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, tuple[str, ...]]] = []

    def read_bond(number: int, _refs: Any, parts: tuple[str, ...]) -> list[Any]:
        asked.append((number, parts))
        return []

    monkeypatch.setattr(read_server, "read_bond", read_bond)
    api: Any = SimpleNamespace(client=SimpleNamespace(parallel=1))
    refs: Any = None
    reader = ServerReader(api, refs)
    reader.server.bonds = {number: Bond(number, "b", "acme", 7, 12, 7) for number in (17, 18)}
    assert reader.read_bond_objects([17, 18], ("interfaces", "connected_ips"))
    assert reader.server.bonds_with_networks == set()
    assert reader.read_bond_objects([17], ("connected_ips", "routes"))
    assert reader.server.bonds_with_networks == {17}
    assert not reader.read_bond_objects([17], ("connected_ips", "routes"))
    assert asked == [(17, ("interfaces", "connected_ips")), (18, ("interfaces", "connected_ips")), (17, ("routes",))]


def test_objects_are_kept_by_the_names_of_the_network() -> None:
    """Design and comparison meet one object, under one name, with its id."""
    api: Any = SimpleNamespace(client=SimpleNamespace(parallel=1))
    refs: Any = None
    reader, names = ServerReader(api, refs), ObjectNames()
    slot = {"export_ipv4": {"mode": "filter", "filter": "out-acme"}}
    babel = Object("babel_protocol", "aggregators/7", "babel-acme", {"name": "babel-acme", **slot}, 3)
    other = Object("babel_protocol", "aggregators/12", "babel-acme", {"name": "babel-acme"}, 4)
    reader.server.objects = {7: [babel], 12: [other]}
    reader.objects = {one.identity: one for one in (babel, other)}
    reader.rename(names)
    assert reader.server.objects == {7: [babel], 12: [other]}
    names.add("aggregators/7", "babel_protocol", "babel-acme", "demo_babel_11")
    names.add("aggregators/7", "filter", "out-acme", "demo_export_11")
    reader.rename(names)
    (found,) = reader.server.objects[7]
    named = {"export_ipv4": {"mode": "filter", "filter": "demo_export_11"}}
    assert found == Object("babel_protocol", "aggregators/7", "demo_babel_11", {"name": "demo_babel_11", **named}, 3)
    assert reader.objects == {found.identity: found, other.identity: other}
