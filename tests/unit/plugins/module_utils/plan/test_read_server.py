# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader of the management server's side: each part of a bond is read once, and the parts read are known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond
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
