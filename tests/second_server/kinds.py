# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects that the contract names: where they live, and their fields."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Address, Area, Choice, Field, Flag, Many, Number, Relation, Slot, Text, Version, Words


@dataclass(frozen=True)
class Kind:
    """One kind of object."""

    name: str
    path: str
    fields: tuple[Field, ...]
    parent: str | None = None
    methods: str = "GET POST PUT PATCH DELETE"
    mixed: tuple[str, str] | None = None
    """The path of the list of all kinds of this sort, and the field that says the kind there."""


FULL = "GET POST PUT PATCH DELETE"
LOOK = "GET"

INTERFACES = ("ethernet", "vlan", "vxlan")
PROTOCOLS = ("static", "bgp", "babel", "ospf")
ASN = 2**32 - 1


def _interface(*more: Field) -> tuple[Field, ...]:
    return (
        Text("name", required=True, fixed=True, longest=15, no_space=True),
        Relation("space", null=True, kinds=("space",)),
        Flag("enabled", default=True, other=False),
        Number("mtu", null=True, other=1500, low=68, high=65535),
        Many("addresses", of=(Address("address", required=True, form="interface"),)),
        *more,
    )


def _protocol(*more: Field) -> tuple[Field, ...]:
    slots = (Slot(f"{way}_{family}") for family in ("ipv4", "ipv6") for way in ("import", "export"))
    return (
        Text("name", required=True, longest=64, no_space=True),
        Flag("enabled", default=True, other=False),
        Relation("space", null=True, kinds=("space",)),
        *slots,
        *more,
    )


_BABEL = (
    Words("patterns", required=True),
    Choice("type", default="auto", other="wired", words=("auto", "wired", "wireless", "tunnel")),
    Number("rxcost", null=True, other=96, low=1, high=65535, decimal=True),
    Number("hello_interval", null=True, other=4, low=0, high=655, decimal=True),
    Number("update_interval", null=True, other=16, low=0, high=655, decimal=True),
)
_OSPF = (
    Words("patterns", required=True),
    Choice("type", default="auto", other="ptp", words=("auto", "broadcast", "nbma", "ptp", "ptmp")),
    Number("cost", null=True, other=10, low=1, high=65535, decimal=True),
    Number("hello", null=True, other=10, low=1, high=65535, decimal=True),
    Number("dead", null=True, other=40, low=1, high=65535, decimal=True),
)
_DESTINATIONS = ("gateway", "interface", "blackhole", "unreachable", "prohibit")

_AGGREGATOR = Relation("aggregator", required=True, kinds=("aggregator",))

_ALL = (
    Kind(
        "space",
        "spaces",
        (
            Text("name", required=True),
            Text("key", required=True, longest=64, no_space=True),
            Relation("parent", null=True, kinds=("space",)),
            Flag("private_wan_enabled", default=False),
            Choice(
                "private_wan_mode",
                default="managed_mesh",
                other="unmanaged",
                words=("managed_mesh", "unmanaged", "private_wan_routers"),
            ),
            Flag("private_wan_include_interfaces", default=False),
        ),
    ),
    Kind("routing_group", "routing_groups", (Text("name", required=True),), methods=LOOK),
    Kind("node", "nodes", (Text("name", required=True),), methods=LOOK),
    Kind(
        "aggregator",
        "aggregators",
        (
            Text("name", required=True),
            Address("ip", required=True, version=4),
            Address("ipv6", null=True, version=6),
            Relation("routing_group", null=True, kinds=("routing_group",), form="object"),
            Relation("space", required=True, kinds=("space",), form="object"),
            Choice("status", read_only=True, default="unknown", words=("up", "down", "unknown")),
            Version("version", read_only=True),
        ),
    ),
    Kind(
        "bond",
        "bonds",
        (
            Text("name", required=True),
            Relation("space", required=True, kinds=("space",), form="object"),
            _AGGREGATOR,
            Relation("secondary_aggregator", null=True, kinds=("aggregator",), by_id=True),
            Relation("bonder", read_only=True, kinds=("node",), form="object"),
        ),
    ),
    Kind(
        "bond_interface",
        "interfaces",
        (Text("type", required=True), Text("name", required=True)),
        parent="bond",
        methods=LOOK,
    ),
    Kind(
        "connected_ip",
        "connected_ips",
        (
            Relation("interface", required=True, kinds=("bond_interface",), by_id=True),
            Address("ip", required=True, form="interface"),
            Flag("enabled", default=True, other=False),
            Flag("include_private_wan", default=False),
            Choice("aggregator_routing", default="auto", other="never", words=("auto", "always", "never")),
        ),
        parent="bond",
    ),
    Kind(
        "cpe_nat_ip",
        "cpe_nat_ips",
        (
            Address("ip", required=True, version=4),
            Address("nat_ip", required=True, version=4),
            Flag("enabled", default=True, other=False),
        ),
        parent="bond",
    ),
    Kind("bond_route", "routes", (Address("network", required=True, form="network"),), parent="bond"),
    Kind(
        "ethernet",
        "ethernet_interfaces",
        _interface(Flag("accept_ra", default=False, other=True)),
        parent="aggregator",
        mixed=("interfaces", "type"),
    ),
    Kind(
        "vlan",
        "vlan_interfaces",
        _interface(
            Relation("parent", required=True, kinds=("ethernet",), by_id=True),
            Number("vlan_id", required=True, low=1, high=4094),
        ),
        parent="aggregator",
        mixed=("interfaces", "type"),
    ),
    Kind(
        "vxlan",
        "vxlan_interfaces",
        _interface(
            Number("vni", required=True, low=1, high=2**24 - 1),
            Many(
                "endpoints",
                of=(Address("ip", required=True), Number("vni", required=True, low=1, high=2**24 - 1)),
            ),
        ),
        parent="aggregator",
        mixed=("interfaces", "type"),
    ),
    Kind(
        "static",
        "static_protocols",
        _protocol(
            Many(
                "routes",
                of=(
                    Address("network", required=True, form="network"),
                    Choice("destination", required=True, words=_DESTINATIONS),
                    Address("address", null=True),
                    Relation("interface", null=True, kinds=INTERFACES, by_id=True),
                ),
            )
        ),
        parent="aggregator",
        mixed=("protocols", "protocol"),
    ),
    Kind(
        "bgp",
        "bgp_protocols",
        _protocol(
            Number("local_as", required=True, low=1, high=ASN),
            Address("local_address", null=True),
            Address("neighbor_address", required=True),
            Number("neighbor_as", required=True, low=1, high=ASN),
            Text("password", null=True, write_only=True),
            Number("multihop", null=True, other=1, low=1, high=255),
            Number("hold_time", default=240, other=180, low=3, high=65535),
            Number("keepalive_time", default=80, other=60, low=1, high=65535),
            Flag("next_hop_self", default=False, other=True),
            Flag("rr_client", default=False, other=True),
        ),
        parent="aggregator",
        mixed=("protocols", "protocol"),
    ),
    Kind(
        "babel",
        "babel_protocols",
        _protocol(Many("interfaces", of=_BABEL, ordered=True)),
        parent="aggregator",
        mixed=("protocols", "protocol"),
    ),
    Kind(
        "ospf",
        "ospf_protocols",
        _protocol(
            Many(
                "areas",
                of=(Area("area_id", required=True), Many("interfaces", of=_OSPF, ordered=True)),
                ordered=True,
            )
        ),
        parent="aggregator",
        mixed=("protocols", "protocol"),
    ),
    Kind(
        "filter",
        "filters",
        (
            Text("name", required=True, longest=64, no_space=True),
            Choice("family", required=True, words=("ipv4", "ipv6")),
            Text("body", required=True, longest=2**20, lines=True),
        ),
        parent="aggregator",
    ),
)
KINDS = {kind.name: kind for kind in _ALL}
