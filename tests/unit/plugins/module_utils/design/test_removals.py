# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is taken away unsaid: a slip in the inventory removes nothing in a plain run.

What is lost by a slip is either kept (the plan has no item at all), or the run is refused, naming the switch.
The expectations are written by hand.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC

from .built_world import BEHIND_NAT, BUILDERS, COMMON, GATEWAY, MASQUERADING, Built, said
from .egress_world import LANS
from .test_bgp import TRANSIT
from .world import HOSTS, entry, host, initech

Given = dict[str, Any]
KEPT: set[str] = set()
ALLOW = "Say bonding_allow_disruption: true to let it."
CPE = "sg/cpe-nat/vpc-1"
MESH_PORTS = {
    "delete security_group_rule udp 51820 from 203.0.113.7/32",  # agg1, and agg3
    "delete security_group_rule udp 51820 from 203.0.113.12/32",
}
NOBODY_COMES_IN = {f"delete group_attachment {CPE} on agg1", f"delete security_group {CPE}"}
ROUTES = {
    f"delete route {LANS} on agg1",
    "update network_interface gateway/acme/agg1 on agg1",
    "update masquerade acme on agg1",
}
FORWARDS = {"update masquerade acme on agg1", "delete security_group_rule tcp 8080 from 198.51.100.0/24"}


def without(given: Given, *names: str) -> Given:
    return {name: value for name, value in given.items() if name not in names}


def spaces(gateway: Given | None = None, **space: Any) -> Given:
    """The spaces of the network with another gateway or other options of acme; what is None is left out."""
    gateways = (
        [without({**GATEWAY, **gateway}, *(n for n, v in gateway.items() if v is None))] if gateway else [GATEWAY]
    )
    given = {**MASQUERADING, "gateways": gateways, **space}
    return {"spaces": [without(given, *(n for n, v in space.items() if v is None)), initech()]}


def behind(**gateway: Any) -> Given:
    """The same of the network with a NAT gateway."""
    (found,) = BEHIND_NAT["gateways"]
    given = without({**found, **gateway}, *(n for n, v in gateway.items() if v is None))
    return {"spaces": [{**BEHIND_NAT, "gateways": [given]}, initech()]}


# what slips -> (the network, what is given instead (None: the variable is absent, or misspelt), what is refused)
SLIPS: dict[str, tuple[str, Given, set[str]]] = {
    # public addresses: Elastic IP, association, CPE NAT IP, connected IP, group on the interface, return routes
    "entries: emptied": ("masquerading", {"cpe_nat_ips": []}, KEPT),
    "entries: variable absent": ("masquerading", {"cpe_nat_ips": None}, KEPT),
    "entries: behind direct BGP": ("direct", {"cpe_nat_ips": []}, KEPT),
    # rules of what may come in to them, and their group
    "inbound: emptied": ("masquerading", {"cpe_nat_inbound": []}, NOBODY_COMES_IN),
    "inbound: variable absent": ("masquerading", {"cpe_nat_inbound": None}, NOBODY_COMES_IN),
    "inbound: a line left out": (
        "masquerading",
        {"cpe_nat_inbound": COMMON["cpe_nat_inbound"][:1]},
        {"delete security_group_rule udp 53 from 198.51.100.0/24"},
    ),
    "inbound: a source narrowed": (
        "masquerading",
        {"cpe_nat_inbound": [{**COMMON["cpe_nat_inbound"][0], "from": ["192.0.2.0/24"]}, COMMON["cpe_nat_inbound"][1]]},
        {"delete security_group_rule tcp 443 from 0.0.0.0/0"},
    ),
    "inbound and entries: both": ("masquerading", {"cpe_nat_inbound": [], "cpe_nat_ips": []}, NOBODY_COMES_IN),
    # what lets the managed mesh in
    "mesh ports: emptied": ("masquerading", {"managed_mesh_ports": []}, MESH_PORTS),
    "mesh ports: variable absent": ("masquerading", {"managed_mesh_ports": None}, MESH_PORTS),
    "mesh ports: another one": ("masquerading", {"managed_mesh_ports": ["udp/51821"]}, MESH_PORTS),
    # all groups
    "groups: variable absent": (
        "masquerading",
        {"security_groups": None},
        {
            "bonding_cpe_nat_inbound: is given, but bonding_security_groups is not true",
            "bonding_managed_mesh_ports: is given, but bonding_security_groups is not true",
        },
    ),
    "groups: all of their variables absent": (
        "masquerading",
        {"security_groups": None, "cpe_nat_inbound": None, "managed_mesh_ports": None},
        KEPT,
    ),
    # BGP: peers, filters, transit VXLAN, return routes; checks and rules of direct BGP
    "bgp: variable absent": ("masquerading", {"bgp": None}, KEPT),
    "bgp: direct, variable absent": ("direct", {"bgp": None}, KEPT),
    "bgp: another mode": (
        "direct",
        {"bgp": TRANSIT},
        {
            *(f"update bgp_protocol prod_bgp_{peer} on {name}" for name in HOSTS for peer in (7, 12, 1007)),
            *(f"update source_dest_check eni-{name} on {name}" for name in HOSTS),
            *(f"delete group_attachment {CPE} on {name}" for name in HOSTS),
            f"delete security_group {CPE}",
            "delete security_group_rule tcp 179 from the group itself",
            "delete security_group_rule udp 3784 from the group itself",
        }
        - {f"update bgp_protocol prod_bgp_{number} on {name}" for name, (number, *_rest) in HOSTS.items()},
    ),
    # an aggregator: its groups, and the rules that let it in at the others
    "host: left out": (
        "masquerading",
        {"aggregators": [host(name) for name in ("agg1", "agg2")]},
        {
            "aggregator agg3 (id 1007): no host of the inventory is this aggregator, which has objects of the network",
        },
    ),
    "host: left out of a network without meshes": (
        "addresses",
        {"aggregators": [host(name) for name in ("agg2", "agg3")], "cpe_nat_ips": []},
        KEPT,
    ),
    # spaces: mode, mesh, VPC, subnets, gateways and all that is theirs
    "spaces: emptied": ("masquerading", {"spaces": []}, KEPT),
    "spaces: variable absent": ("masquerading", {"spaces": None}, KEPT),
    "spaces: one left out": ("masquerading", {"spaces": [initech()]}, KEPT),
    "spaces: the other left out": ("masquerading", {"spaces": [MASQUERADING]}, KEPT),
    "spaces: emptied, behind a NAT gateway": ("nat", {"spaces": []}, KEPT),
    "spaces: left out, behind a NAT gateway": ("nat", {"spaces": [initech()]}, KEPT),
    "everything: all lists absent": (
        "masquerading",
        dict.fromkeys(("spaces", "cpe_nat_ips", "cpe_nat_inbound", "managed_mesh_ports", "bgp")),
        MESH_PORTS | NOBODY_COMES_IN,
    ),
    "vxlan: absent": ("masquerading", spaces(vxlan=None), KEPT),
    "vxlan: a member left out": (
        "masquerading",
        spaces(vxlan={"subnet": "10.254.0.0/20", "aggregators": ["agg1", "agg2"]}),
        {
            "space acme: agg3 (id 1007) is in its mesh, but vxlan.aggregators does not name it any more.",
        },
    ),
    "mode: another one": (
        "masquerading",
        spaces(private_wan="unmanaged"),
        {"update space acme"},
    ),
    "vpc: absent": ("masquerading", spaces(vpc=None), {"space acme, gateway on agg1: needs a vpc for the space"}),
    "vpc and gateways: absent": ("masquerading", spaces(vpc=None, gateways=None), KEPT),
    "vpc: ipv6 absent": (
        "masquerading",
        spaces(vpc={"cidr": "10.101.0.0/16"}),
        {"update ethernet_interface gw11 on agg1", "update masquerade acme on agg1"},
    ),
    "gateway: a longer prefix on another one": (
        "masquerading",
        spaces(gateways=[GATEWAY, {"aggregator": "agg3", "networks": ["172.16.4.0/24"]}]),
        {"create route 172.16.4.0/24 on agg3"},
    ),
    # gateways: interface, Elastic IP, NAT gateway, routes, check, masquerading, port forwards, security group
    "gateways: emptied": ("masquerading", spaces(gateways=[]), KEPT),
    "gateways: absent": ("masquerading", spaces(gateways=None), KEPT),
    "gateways: emptied, a NAT gateway": ("nat", {"spaces": [{**BEHIND_NAT, "gateways": []}, initech()]}, KEPT),
    "gateway: networks emptied": ("masquerading", spaces({"networks": []}), ROUTES),
    "gateway: networks absent": ("masquerading", spaces({"networks": None}), ROUTES),
    "gateway: networks of a NAT gateway": (
        "nat",
        behind(networks=["172.20.0.0/14"]),
        {f"delete route {LANS} on agg1"},
    ),
    "gateway: no routes": ("masquerading", spaces({"vpc_routes": False}), ROUTES),
    "gateway: egress absent": ("nat", behind(egress=None), {"update route 0.0.0.0/0 on agg1"}),
    "gateway: incoming emptied": ("masquerading", spaces({"incoming": []}), {"update masquerade acme on agg1"}),
    "gateway: incoming absent": ("masquerading", spaces({"incoming": None}), {"update masquerade acme on agg1"}),
    "gateway: port forwards emptied": ("masquerading", spaces({"port_forwards": []}), FORWARDS),
    "gateway: port forwards absent": ("masquerading", spaces({"port_forwards": None}), FORWARDS),
    "tunnel device: variable absent": (
        "masquerading",
        {"tunnel_device": "bond{bond}"},  # what is absent the other way round
        {"update masquerade acme on agg1"},
    ),
}


@pytest.fixture(scope="module")
def networks() -> dict[str, Built]:
    return {name: build() for name, build in BUILDERS.items()}


@pytest.mark.parametrize("name", BUILDERS)
def test_an_unchanged_network_has_nothing_to_do(networks: dict[str, Built], name: str) -> None:
    assert networks[name].run() == ([], [])


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_takes_nothing_away(networks: dict[str, Built], slip: str) -> None:
    name, given, refused = SLIPS[slip]
    items, problems = networks[name].run(**deepcopy(given))
    found = said(problems)
    unexpected = {text for text in found if not any(text.startswith(words) for words in refused)}
    assert not unexpected
    assert {words for words in refused if not any(text.startswith(words) for text in found)} == set()
    assert all(problem.endswith(ALLOW) for problem in problems if " interrupts: " in problem)
    if not refused:
        assert items == []


def test_a_default_that_takes_over_is_built_before_what_it_replaces_goes(networks: dict[str, Built]) -> None:
    """The one removal of a plain run: OSPF goes where Babel has carried the same mesh since the first phase."""
    babel = {"key": "initech", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.16.0/20"}}
    items, problems = networks["masquerading"].run(spaces=[MASQUERADING, babel])
    assert problems == []
    assert {(item.phase, item.verb, item.kind, item.host) for item in items} == {
        *(("add", "create", "babel_protocol", name) for name in HOSTS),
        *(("remove", "delete", "ospf_protocol", name) for name in HOSTS),
    }


KEYS = [
    (option, key)
    for option in ("spaces", "cpe_nat_ips", "bgp", "cpe_nat_inbound")
    for key in ARGUMENT_SPEC[option]["options"]
]


@pytest.mark.parametrize(("option", "key"), KEYS)
def test_a_misspelt_key_of_an_entry_is_refused_by_the_argument_spec(option: str, key: str) -> None:
    """Check only that the key does not pass. Another test checks that the error names it with its entry."""
    valid: Given = {
        "network": "prod",
        "aggregators": [host(name) for name in HOSTS],
        "spaces": [MASQUERADING],
        "cpe_nat_ips": [entry()],
        "bgp": TRANSIT,
        "cpe_nat_inbound": COMMON["cpe_nat_inbound"],
    }
    assert ArgumentSpecValidator(ARGUMENT_SPEC).validate(deepcopy(valid)).error_messages == []
    wrong = deepcopy(valid)
    place = wrong[option] if option == "bgp" else wrong[option][0]
    place[f"{key}s"] = place.pop(key, "x")
    assert ArgumentSpecValidator(ARGUMENT_SPEC).validate(wrong).error_messages
