# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_inventory has documentation alone: its action does the work, which tests/playbooks/hostile runs."""

from __future__ import annotations

import yaml

from ansible_collections.bonded.internet.plugins.modules import network_inventory
from ansible_collections.bonded.internet.plugins.plugin_utils import _inventory


class Nobody:
    """One host that has only the network's name."""

    def names(self, host: str) -> list[str]:
        return ["bonding_network"]

    def value(self, host: str, name: str) -> str | None:
        return "demo" if name == "bonding_network" else None

    def play_names(self) -> list[str]:
        return ["bonding_network"]

    def play_value(self, name: str) -> str | None:
        return self.value("agg1", name)


def test_documentation_has_every_value_that_the_inventory_returns() -> None:
    documented = yaml.safe_load(network_inventory.RETURN)
    returned = _inventory.Inventory(["agg1"], Nobody()).read()
    assert set(documented) == set(returned) | {"region", "record", "shared_by", "started", "tagged_parts"}
