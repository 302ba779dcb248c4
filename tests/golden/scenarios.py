# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios: an edit of the demo's inventory and the run that applies the edit to the built demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.playbooks.running import Json

Edit = Callable[[Json, Json], None]
"""Changes the group variables and the hosts of the demo in place."""
SWITCHES = {"bonding_allow_disruption": True}


@dataclass(frozen=True)
class Scenario:
    """One run on the built demo, or on an empty account if `from_nothing`."""

    name: str
    edit: Edit
    playbook: str = "site"
    extra: Json = field(default_factory=dict)
    from_nothing: bool = False
    code: int = 0
    """The exit code of ansible-playbook: 2 where the plan refuses the inventory."""


def _none(variables: Json, hosts: Json) -> None:
    """Leave the inventory as it is."""


def _add_entry(variables: Json, hosts: Json) -> None:
    entry = {"bond": 20, "name": "second", "interface": "eth2", "nat_ip": "192.168.120.10"}
    variables["bonding_cpe_nat_ips"].append({**entry, "connected_ip": "192.168.120.1/24"})


def _move_entry(variables: Json, hosts: Json) -> None:
    variables["bonding_cpe_nat_ips"][0]["aggregator"] = "agg2"


def _remove_entry(variables: Json, hosts: Json) -> None:
    del variables["bonding_cpe_nat_ips"][1]


def _change_tunnel_subnet(variables: Json, hosts: Json) -> None:
    variables["bonding_spaces"][0]["vxlan"]["subnet"] = "10.254.64.0/20"


def _reflect_bgp(variables: Json, hosts: Json) -> None:
    variables["bonding_bgp"]["route_reflectors"] = ["agg1"]


def _move_gateway(variables: Json, hosts: Json) -> None:
    gateway = variables["bonding_spaces"][0]["gateways"][0]
    gateway |= {"aggregator": "agg3", "interface": "ens7"}


def _add_gateway_network(variables: Json, hosts: Json) -> None:
    variables["bonding_spaces"][2]["gateways"][0]["networks"].append("192.168.0.0/16")


def _change_egress(variables: Json, hosts: Json) -> None:
    gateway = variables["bonding_spaces"][0]["gateways"][0]
    del gateway["port_forwards"]
    gateway["egress"] = "nat_gateway"


def _manage_security_groups(variables: Json, hosts: Json) -> None:
    variables["bonding_security_groups"] = True


def _remove_space(variables: Json, hosts: Json) -> None:
    del variables["bonding_spaces"][1]


def _slips(variables: Json, hosts: Json) -> None:
    """Five slips of an operator, of which the plan refuses each by name."""
    variables["bonding_spaces"][0]["vxlan"]["aggregators"] = ["agg1", "agg3"]
    variables["bonding_spaces"][2]["gateways"][0]["aggregator"] = "agg4"
    variables["bonding_cpe_nat_ips"][0]["nat_ip"] = "192.168.17.255"
    variables["bonding_cpe_nat_ips"][2]["bond"] = "acme-hambourg"
    variables["bonding_bgp"] = {"asn": 64512, "mode": "direct"}


def _scenario(edit: Edit, **extra: Any) -> Scenario:
    return Scenario(edit.__name__.strip("_"), edit, extra=extra)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("build", _none, from_nothing=True),
        _scenario(_add_entry),
        _scenario(_move_entry, **SWITCHES),
        _scenario(_remove_entry, bonding_prune_elastic_ips=True),
        _scenario(_change_tunnel_subnet, **SWITCHES),
        _scenario(_reflect_bgp, bonding_prune=True, **SWITCHES),
        _scenario(_move_gateway, bonding_prune=True, bonding_max_deletions=50, **SWITCHES),
        _scenario(_add_gateway_network),
        _scenario(_change_egress, bonding_prune=True, **SWITCHES),
        _scenario(_manage_security_groups),
        _scenario(_remove_space, bonding_prune=True, bonding_max_deletions=50, **SWITCHES),
        Scenario("refuse_slips", _slips, code=2),
        Scenario("teardown", _none, playbook="teardown", extra={"bonding_confirm_teardown": "demo"}),
    )
}
