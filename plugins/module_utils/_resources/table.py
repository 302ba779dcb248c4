# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one table of the API's resources.

No public text shows most of these paths and fields: what is marked A is assumed, and is corrected here and nowhere
else. ``bonding_api_info`` compares this table with a live server.
"""

from __future__ import annotations

from .._objects import SLOTS
from .._private_wan_rules import MAX_VNI
from .._private_wan_rules import MODES as WAN_MODES
from .composite_fields import Addresses, Area, Route, Slot
from .fields import (
    Block,
    Choice,
    Flag,
    HostAddress,
    InterfaceAddress,
    Kind,
    ListOf,
    Name,
    Network,
    Number,
    Part,
    Pattern,
    Record,
    Reference,
    Seconds,
    Secret,
    Slug,
    Symbol,
    Text,
)
from .resource import Field, Listing, Resource

PROTOCOL_KINDS = ("static", "bgp", "babel", "ospf")
INTERFACE_KINDS = ("ethernet", "vlan", "vxlan")

_AGGREGATORS, _BONDS = "aggregators/", "bonds/"
# X is the id of the aggregator or bond.
_OF_AGGREGATOR, _OF_BOND = f"{_AGGREGATORS}X/", f"{_BONDS}X/"

_ADDRESS = HostAddress()
_SECONDS = Seconds(0, 65535)
_AS_NUMBER = Number(1, 4294967295)
_PATTERNS = Part(ListOf(Pattern(), ordered=True))


def _optional(kind: Kind) -> Part:
    return Part(kind, default=None)


def _interface(kind: str, *fields: Field) -> Resource:
    common = (
        Field("name", Name(), required=True),
        Field("space", Reference("space"), default=None, nullable=True),
        Field("enabled", Flag(), default=True),
        Field("mtu", Number(68, 65535), default=None, nullable=True),
        Field("addresses", Addresses(), default=[]),
    )
    return Resource(
        kind=f"{kind}_interface",
        below="aggregator",
        path=f"{_OF_AGGREGATOR}{kind}_interfaces/",
        key="name",
        tags={"type": kind},
        rank=1,
        fields=(*common, *fields),
    )


def _protocol(kind: str, *fields: Field) -> Resource:
    common = (
        Field("name", Symbol(), required=True),
        Field("space", Reference("space"), default=None, nullable=True),
        Field("enabled", Flag(), default=True),
        # BIRD's own defaults for a protocol: everything in, nothing out. Slots and modes are documented, these defaults
        # are not: AN-001 gives Babel no slot and has a mesh that works, which speaks for another export default.
        *(
            Field(slot, Slot(), sure="D", default={"mode": mode, "filter": None})
            for slot, mode in zip(SLOTS, ("all", "none", "all", "none"), strict=True)
        ),
    )
    return Resource(
        kind=f"{kind}_protocol",
        below="aggregator",
        path=f"{_OF_AGGREGATOR}{kind}_protocols/",
        key="name",
        tags={"protocol": kind},
        rank=3,
        fields=(*common, *fields),
    )


_BABEL_INTERFACE = Record(
    {
        "patterns": _PATTERNS,
        "type": Part(Choice(("auto", "wired", "wireless", "tunnel")), default="auto"),
        "rxcost": _optional(Number(1, 65535)),
        "hello_interval": _optional(_SECONDS),
        "update_interval": _optional(_SECONDS),
    }
)
_OSPF_INTERFACE = Record(
    {
        "patterns": _PATTERNS,
        "type": Part(Choice(("auto", "broadcast", "nbma", "ptp", "ptmp")), default="auto"),
        "cost": _optional(Number(1, 65535)),
        "hello": _optional(_SECONDS),
        "dead": _optional(_SECONDS),
    }
)


_OSPF_AREA = Record({"area_id": Part(Area()), "interfaces": Part(ListOf(_OSPF_INTERFACE), default=[])})

_TABLE = (
    Resource(
        kind="space",
        path="spaces/",
        key="key",
        sure="C",
        addressed_by="key",
        fields=(
            Field("key", Slug(), sure="C", required=True),
            Field("name", Text(), sure="C"),
            Field("private_wan_enabled", Flag()),
            Field("private_wan_mode", Choice(WAN_MODES)),
            Field("private_wan_include_interfaces", Flag(), default=False),
        ),
    ),
    _interface("ethernet", Field("accept_ra", Flag(), default=False)),
    _interface(
        "vlan",
        Field("parent", Reference("interface"), required=True),
        Field("vlan_id", Number(1, 4094), required=True),
    ),
    _interface(
        "vxlan",
        Field("vni", Number(1, MAX_VNI), required=True),
        Field(
            "endpoints",
            ListOf(Record({"ip": Part(_ADDRESS), "vni": Part(Number(1, MAX_VNI))})),
            default=[],
        ),
    ),
    Resource(
        kind="filter",
        below="aggregator",
        path=f"{_OF_AGGREGATOR}filters/",
        key="name",
        rank=2,
        fields=(
            Field("name", Symbol(), required=True),
            Field("family", Choice(("ipv4", "ipv6")), required=True),
            Field("body", Block(), required=True),
        ),
    ),
    _protocol("static", Field("routes", ListOf(Route()), default=[])),
    _protocol(
        "bgp",
        Field("local_as", _AS_NUMBER, required=True),
        Field("local_address", _ADDRESS, default=None, nullable=True),
        Field("neighbor_address", _ADDRESS, required=True),
        Field("neighbor_as", _AS_NUMBER, required=True),
        Field("password", Secret(), nullable=True, write_only=True),
        Field("multihop", Number(1, 255), default=None, nullable=True),
        Field("hold_time", _SECONDS, default=240),
        Field("keepalive_time", _SECONDS),
        Field("next_hop_self", Flag(), default=False),
        Field("rr_client", Flag(), default=False),
    ),
    _protocol("babel", Field("interfaces", ListOf(_BABEL_INTERFACE), default=[])),
    _protocol("ospf", Field("areas", ListOf(_OSPF_AREA), default=[])),
    Resource(
        kind="connected_ip",
        below="bond",
        path=f"{_OF_BOND}connected_ips/",
        key="ip",
        sure="C",
        complete=True,
        rank=1,
        fields=(
            Field("ip", InterfaceAddress(), sure="C", required=True),
            Field("interface", Reference("bond_interface"), sure="C", required=True),
            Field("enabled", Flag(), sure="C", default=True),
            Field("include_private_wan", Flag(), sure="D", default=False),
            Field("aggregator_routing", Choice(("auto", "always", "never")), sure="D", default="auto"),
        ),
    ),
    Resource(
        kind="cpe_nat_ip",
        below="bond",
        path=f"{_OF_BOND}cpe_nat_ips/",
        key="ip",
        sure="C",
        complete=True,
        rank=2,
        fields=(
            Field("ip", _ADDRESS, sure="C", required=True),
            Field("nat_ip", _ADDRESS, sure="C", required=True),
            Field("enabled", Flag(), sure="C", default=True),
        ),
    ),
    Resource(
        kind="bond_route",
        below="bond",
        path=f"{_OF_BOND}routes/",
        key="network",
        sure="C",
        writable=False,
        fields=(
            Field("network", Network(), sure="C"),
            Field("gateway", _ADDRESS, sure="C", nullable=True),
            Field("enabled", Flag(), sure="C"),
            Field("include_private_wan", Flag()),
        ),
    ),
    Resource(
        kind="bond_interface",
        below="bond",
        path=f"{_OF_BOND}interfaces/",
        key="name",
        writable=False,
        fields=(Field("name", Text()), Field("type", Text())),
    ),
    Resource(
        kind="bond",
        path=_BONDS,
        key="id",
        sure="D",
        writable=False,
        fields=(
            Field("id", Number(), sure="C", read_only=True),
            Field("name", Text(), sure="D"),
            Field("space", Reference("space"), sure="C"),
            Field("aggregator", Reference("aggregator"), sure="C"),
            Field("secondary_aggregator", Reference("aggregator"), sure="C", nullable=True),
        ),
    ),
    Resource(
        kind="aggregator",
        path=_AGGREGATORS,
        key="id",
        sure="D",
        writable=False,
        fields=(
            Field("id", Number(), read_only=True),
            Field("name", Text(), sure="D"),
            Field("space", Reference("space")),
            Field("ip", _ADDRESS, sure="D"),
            Field("ipv6", _ADDRESS, sure="D", nullable=True),
            Field("routing_group", Reference("routing_group"), nullable=True),
            Field("status", Text(), read_only=True),
            Field("version", Text(), read_only=True),
        ),
    ),
    Resource(
        kind="node",
        path="nodes/",
        key="id",
        sure="D",
        writable=False,
        fields=(Field("id", Number(), read_only=True),),
    ),
    Resource(
        kind="routing_group",
        path="routing_groups/",
        key="id",
        writable=False,
        fields=(Field("id", Number(), read_only=True), Field("name", Text())),
    ),
)

RESOURCES: dict[str, Resource] = {resource.kind: resource for resource in _TABLE}


_INTERFACES = tuple(f"{kind}_interface" for kind in INTERFACE_KINDS)
_PROTOCOLS = tuple(f"{kind}_protocol" for kind in PROTOCOL_KINDS)

# Paths that list objects of several kinds, or other resources' objects.
LISTINGS: dict[str, Listing] = {
    listing.kind: listing
    for listing in (
        Listing(
            "interface",
            f"{_OF_AGGREGATOR}interfaces/",
            "aggregator",
            _INTERFACES,
            tells="type",
            fields=(Field("type", Choice(INTERFACE_KINDS), read_only=True),),
        ),
        Listing(
            "protocol",
            f"{_OF_AGGREGATOR}protocols/",
            "aggregator",
            _PROTOCOLS,
            tells="protocol",
            fields=(Field("protocol", Choice(PROTOCOL_KINDS), sure="D", read_only=True),),
        ),
        Listing("primary_bond", f"{_OF_AGGREGATOR}bonds/", "aggregator", ("bond",), sure="D"),
        Listing("secondary_bond", f"{_OF_AGGREGATOR}bonds_secondary/", "aggregator", ("bond",), sure="D"),
        Listing("current_bond", f"{_OF_AGGREGATOR}bonds_current/", "aggregator", ("bond",), sure="D"),
    )
}
