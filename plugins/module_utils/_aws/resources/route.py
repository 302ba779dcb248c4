# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes of a VPC's route tables: one is created, replaced or deleted, exactly that one.

Roles `pwan_vpc` and `pwan_gateway` do that by `vpc_route`, which carries out all of it here. Routes cannot be tagged: a
route is the network's if its target carries the network's tag.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..._model.plan import PlannedChange
from ..client import Ec2Client, Ec2Error, UnchangedError, call, describe, describe_by, owned_by_network
from ..kind import AwsState, Call, Calls, Place
from .internet_gateway import EGRESS_ONLY_GATEWAY, INTERNET_GATEWAY
from .nat_gateway import NAT_GATEWAY
from .network_interface import NETWORK_INTERFACE
from .route_table import ROUTE_TABLE
from .vpc import VPC

TARGETS = {
    "network_interface_id": "NetworkInterfaceId",
    "nat_gateway_id": "NatGatewayId",
    "gateway_id": "GatewayId",
    "egress_only_internet_gateway_id": "EgressOnlyInternetGatewayId",
}
"""Option -> EC2's name. A gateway_id is an internet gateway here."""

KINDS = {
    "NetworkInterfaceId": (NETWORK_INTERFACE, "network-interface-id"),
    "NatGatewayId": (NAT_GATEWAY, "nat-gateway-id"),
    "GatewayId": (INTERNET_GATEWAY, "internet-gateway-id"),
    "EgressOnlyInternetGatewayId": (EGRESS_ONLY_GATEWAY, ""),
}
"""Kind of each target, and the filter of its listing. Targets of other kinds are never this collection's.

Egress-only internet gateways have no filter by id: "".
"""


def _main_table(name: str, state: AwsState) -> str | None:
    """Return the id of the main table of a VPC, which EC2 makes by itself, without tags."""
    vpc = VPC.id_of(name.removesuffix("/main"), state)
    return next((t.id for t in state.cloud.route_tables.values() if t.main and t.vpc_id == vpc), None)


def _table(item: PlannedChange, state: AwsState) -> list[tuple[str, bool]]:
    if item.parent.endswith("/main"):
        return [(_main_table(item.parent, state) or "*", False)]
    return [ROUTE_TABLE.place_of(item.parent, state)]


def _params(item: PlannedChange, state: AwsState) -> dict[str, Any] | None:
    family = "DestinationIpv6CidrBlock" if ":" in item.key else "DestinationCidrBlock"
    table = ROUTE_TABLE.id_of(item.parent, state) or _main_table(item.parent, state)
    params = {"RouteTableId": table, family: item.key}
    if item.verb != "delete":
        target = str((item.after or {}).get("target"))
        field = next((name for name, (kind, _filter) in KINDS.items() if kind.is_id(target)), None)
        return params | {field: target} if field else None
    return params


_IN = (Place(ROUTE_TABLE.resource, _table),)
CALLS: Calls = {
    ("route", "create"): (Call("create_route", _IN, params=_params),),
    ("route", "update"): (Call("replace_route", _IN, params=_params),),
    ("route", "delete"): (Call("delete_route", _IN, params=_params),),
}

JUST_MADE = (
    "InvalidNetworkInterfaceID.NotFound",
    "InvalidNatGatewayID.NotFound",
    "NatGatewayNotFound",
    "InvalidGatewayID.NotFound",
)
"""EC2's error codes for a target that was created a moment ago and is not visible yet."""

OTHER_TARGETS = (
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "InstanceId",
)

Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"


@dataclass(frozen=True)
class Target:
    """Target of a route: EC2's name of the field, and the id."""

    field: str
    id: str

    @classmethod
    def of(cls, route: Mapping[str, Any]) -> Target | None:
        """From a route of DescribeRouteTables. One to an interface also names the instance: the interface counts."""
        for name in (*TARGETS.values(), *OTHER_TARGETS):
            if route.get(name):
                return cls(name, route[name])
        return None

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Route:
    """A wanted route. `target` None with state absent: whatever the target is."""

    table: str
    destination: Network
    target: Target | None
    network: str | None
    state: str

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Route:
        """From the module's options. Raises UnchangedError."""
        given = [(field, params[name]) for name, field in TARGETS.items() if params.get(name)]
        try:
            destination = ipaddress.ip_network(params["destination"])
        except ValueError as err:
            raise UnchangedError(f"destination is '{params['destination']}': {_destination_hint(params)}") from err
        return cls(
            table=params["route_table_id"],
            destination=destination,
            target=Target(*given[0]) if given else None,
            network=params.get("network"),
            state=params.get("state") or "present",
        )

    @property
    def where(self) -> str:
        """Return the route's name in error texts."""
        return f"route {self.destination} of {self.table}"

    def arguments(self) -> dict[str, Any]:
        """Return the parameters by which EC2 identifies the route."""
        family = "DestinationCidrBlock" if self.destination.version == 4 else "DestinationIpv6CidrBlock"
        return {"RouteTableId": self.table, family: str(self.destination)}

    def shape(self, target: Target | None, blackhole: bool = False) -> dict[str, Any]:
        """Return the route for results and diffs: the module's options; `target` also names other kinds of targets."""
        by_field = {target.field: target.id} if target else {}
        return {
            "route_table_id": self.table,
            "destination": str(self.destination),
            **{name: by_field.get(field) for name, field in TARGETS.items()},
            "target": target.id if target else None,
            "state": "present" if target else "absent",
            "blackhole": blackhole,
        }


def manage_route(client: Ec2Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Make the one route true and return the module's result: changed, action, route, diff.

    One call if all is as wanted. Raises UnchangedError (nothing was changed) and Ec2Error.
    """
    wanted = Route.of(params)
    tables = describe_by(client, ROUTE_TABLE.listing, "route-table-id", [wanted.table])
    if not tables:
        raise UnchangedError(f"route table {wanted.table} does not exist in this account and region")
    routes = [route for route in tables[0].get("Routes", []) if route.get("Origin") != "EnableVgwRoutePropagation"]
    found = next((route for route in routes if _network_of(route) == wanted.destination), None)
    now = Target.of(found) if found else None
    blackhole = bool(found) and (found or {}).get("State") == "blackhole"
    _refuse_local(wanted, routes)
    action = _action(wanted, found, now)
    if action in ("update", "delete"):
        _refuse_foreign(client, wanted, now)
    if not check_mode:
        _change(client, wanted, action)
    after = None if wanted.state == "absent" else (now if action == "none" else wanted.target)
    before = wanted.shape(now, blackhole)
    result = wanted.shape(after, blackhole and action == "none")
    return {"changed": action != "none", "action": action, "route": result, "diff": {"before": before, "after": result}}


def _action(wanted: Route, found: Mapping[str, Any] | None, now: Target | None) -> str:
    """Return the action: create, update, delete or none."""
    if wanted.state == "present":
        if found is None:
            return "create"
        return "none" if now == wanted.target else "update"
    if found is None:
        return "none"
    if wanted.target and now != wanted.target:
        raise UnchangedError(f"{wanted.where} goes to {now or 'an unknown target'}, not to {wanted.target} as given")
    return "delete"


def _change(client: Ec2Client, wanted: Route, action: str) -> None:
    target: dict[str, Any] = {wanted.target.field: wanted.target.id} if wanted.target and action != "delete" else {}
    what = f"{wanted.where} to {wanted.target}" if target else wanted.where
    if action == "update":
        # never delete and create: the traffic would be gone in between
        call(client, "replace_route", what=what, **wanted.arguments(), **target)
    elif action == "delete":
        try:
            call(client, "delete_route", what=what, **wanted.arguments())
        except Ec2Error as err:
            if err.code != "InvalidRoute.NotFound":
                raise
    elif action == "create":
        try:
            call(
                client,
                "create_route",
                what=what,
                patient_with=JUST_MADE,
                **wanted.arguments(),
                **target,
            )
        except Ec2Error as err:
            # a call repeated after a lost answer meets its own route
            if err.code != "RouteAlreadyExists" or _target_now(client, wanted) != wanted.target:
                raise


def _target_now(client: Ec2Client, wanted: Route) -> Target | None:
    tables = describe_by(client, ROUTE_TABLE.listing, "route-table-id", [wanted.table])
    routes = [route for table in tables for route in table.get("Routes", [])]
    return next((Target.of(route) for route in routes if _network_of(route) == wanted.destination), None)


def _refuse_local(wanted: Route, routes: list[dict[str, Any]]) -> None:
    """Reject the VPC's own networks: their local routes stay, and nothing inside them is routed elsewhere."""
    for route in routes:
        own = _network_of(route)
        if route.get("GatewayId") != "local" or own is None or own.version != wanted.destination.version:
            continue
        if own == wanted.destination:
            raise UnchangedError(f"{wanted.where} is the VPC's local route, which AWS keeps")
        if wanted.state == "present" and _inside(wanted.destination, own):
            raise UnchangedError(
                f"{wanted.where} lies inside the VPC's own network {own}; wanted a destination outside it"
            )


def _refuse_foreign(client: Ec2Client, wanted: Route, now: Target | None) -> None:
    """Reject, with a network given, a route whose target does not carry its tag.

    A target that is gone carries no packets and no tags; such a dead route has no owner.
    """
    if wanted.network is None:
        return
    known = KINDS.get(now.field) if now else None
    if now is None or known is None:
        raise UnchangedError(
            f"{wanted.where} goes to {now or 'an unknown target'}, which is not of network '{wanted.network}'"
        )
    kind, name = known
    objects = (
        describe_by(client, kind.listing, name, [now.id])
        if name
        else [one for one in describe(client, kind.listing) if one[kind.id] == now.id]
    )
    if objects and not any(owned_by_network(item, wanted.network) for item in objects):
        raise UnchangedError(
            f"{wanted.where} goes to {now}, which does not carry the tag of network '{wanted.network}'; delete that"
            " route by hand if it shall become ours"
        )


def _network_of(route: Mapping[str, Any]) -> Network | None:
    """Return the route's destination, None for a prefix list."""
    text = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
    return ipaddress.ip_network(text, strict=False) if text else None


def _inside(inner: Network, outer: Network) -> bool:
    return inner.prefixlen >= outer.prefixlen and inner.network_address in outer


def _destination_hint(params: Mapping[str, Any]) -> str:
    try:
        network = ipaddress.ip_network(params["destination"], strict=False)
    except ValueError:
        return "wanted an IPv4 or IPv6 network such as 172.16.0.0/12"
    return f"it has host bits; wanted {network}"
