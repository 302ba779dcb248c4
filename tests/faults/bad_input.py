# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories with one mistake each, as they are read and planned: refused, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import Inventory, InventoryError
from tests.faults.cells import Cell
from tests.faults.matrix import attempt
from tests.faults.world import Call, World
from tests.playbooks.running import Json, demo_hosts, demo_variables


@dataclass
class Given:
    """The demo's inventory, to be spoilt."""

    variables: Json = field(default_factory=demo_variables)
    hosts: Json = field(default_factory=demo_hosts)

    def space(self, number: int = 0) -> Json:
        """Return a space: acme, globex, initech."""
        found: Json = self.variables["bonding_spaces"][number]
        return found

    def vxlan(self, **more: Any) -> None:
        """Change acme's mesh."""
        self.space()["vxlan"].update(more)

    def vpc(self, **more: Any) -> None:
        """Replace acme's VPC."""
        self.space()["vpc"] = more

    def gateway(self, space: int = 0, **more: Any) -> None:
        """Change a space's gateway."""
        self.space(space)["gateways"][0].update(more)

    def forward(self, **more: Any) -> None:
        """Change the forwarded port of acme's gateway."""
        self.space()["gateways"][0]["port_forwards"][0].update(more)

    def entry(self, number: int = 0, **more: Any) -> None:
        """Change a CPE NAT entry."""
        self.variables["bonding_cpe_nat_ips"][number].update(more)

    def bgp(self, **more: Any) -> None:
        """Change BGP."""
        self.variables["bonding_bgp"].update(more)

    def host(self, name: str = "agg1", **more: Any) -> Given:
        """Change a host's variables."""
        self.hosts[name].update(more)
        return self

    def group(self, **more: Any) -> None:
        """Change the variables of the group."""
        self.variables.update(more)

    # Variables as network_inventory reads them

    def names(self, host: str) -> Iterable[str]:
        """Return the names of a host's variables."""
        return [*self.variables, *self.hosts[host]]

    def value(self, host: str, name: str) -> Any:
        """Return a host's value of a variable."""
        return {**self.variables, **self.hosts[host]}.get(name)

    def play_names(self) -> Iterable[str]:
        """Return the names of the play's variables."""
        return self.names(next(iter(self.hosts)))

    def play_value(self, name: str) -> Any:
        """Return the play's value of a variable."""
        return self.value(next(iter(self.hosts)), name)


Spoil = Callable[[Given], object]


def planned(world: World, given: Given) -> Json:
    """Return what network_plan returns for an inventory, in check mode; or the refusal of the inventory's reading."""
    try:
        found = Inventory(list(given.hosts), given).read()
    except InventoryError as error:
        return {"failed": True, "msg": str(error)}
    own: Json = {"network": found["network"], "region": found.get("region"), "aggregators": found["aggregators"]}
    options = {**found["plan"], **found["server"], **found["aws"], **own}
    options |= {"api_url": world.site.server.url, "endpoint_url": world.site.cloud.url}
    return attempt(world, Call("network_plan", options), _ansible_check_mode=True)


def check_refused(world: World, spoil: Spoil, words: str) -> None:
    """Require that a spoilt inventory is refused with these words, and that nothing is written."""
    world.quiet()
    given = Given()
    spoil(given)
    result = planned(world, given)
    assert world.site.writes() == []
    assert result.get("failed"), "it is accepted"
    said = " ".join(str(result["msg"]).split())
    assert words in said, said
    assert "Nothing was changed" in said, said
    assert "Traceback" not in said and not result.get("exception"), said


def cells() -> list[Cell]:
    """Return a cell for each mistake."""
    from tests.faults.mistakes import MISTAKES

    def cell(name: str, spoil: Spoil, words: str) -> Cell:
        return Cell(name, lambda world: check_refused(world, spoil, words))

    return [cell(name, spoil, words) for name, (spoil, words) in MISTAKES.items()]
