# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a gateway on AWS as role pwan_gateway looks them up, and its routes.

The look-ups are returns of amazon.aws's information modules; one that was skipped, or not made yet, has no list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..._model.desired_network import NAT
from ..._model.names import ANYWHERE, TAG_ADOPTED, TAG_KEY, TAG_NETWORK, TAG_RETIRED
from ..._model.role_inputs import GatewayInput

_Found = Mapping[str, Any]
_LISTS = {
    "subnets": "subnets",
    "network_interfaces": "network_interfaces",
    "addresses": "addresses",
    "nat_gateways": "result",
    "route_tables": "route_tables",
    "public_subnets": "subnets",
    "vpc_nat_gateways": "result",
}
"""The name of each look-up, and of the list in the module's return."""
DECOMMISSIONED = ("deleting", "failed")
"""States of a NAT gateway that carries nothing; one that is being deleted holds its Elastic IP until its end."""
TARGETS = ("nat_gateway_id", "gateway_id", "network_interface_id", "transit_gateway_id", "vpc_peering_connection_id")
"""Keys of a route's target, as amazon.aws returns the route."""


def find_objects(gateway: GatewayInput, lookups: Mapping[str, _Found]) -> dict[str, Any]:
    """Return the objects of the gateway by their role in it, an empty dictionary for one that is missing."""
    found = {name: list(lookups.get(name, {}).get(of) or ()) for name, of in _LISTS.items()}
    own = [_address(one, gateway) for one in found["addresses"] if tag_key(one) == gateway.ip_key]
    # A NAT gateway holds its address itself: nothing is disassociated.
    nat = [{**_address(one, gateway), "network_interface_id": None} for one in found["addresses"]]
    nat = [one for one in nat if tag_key(one) == gateway.nat_ip_key]
    alive = [one for one in found["nat_gateways"] if one["state"] not in DECOMMISSIONED]
    tables = {tag_key(one): one for one in found["route_tables"] if tag_key(one)}
    table = tables.get(gateway.table_key, {})
    default = [one for one in table.get("routes", ()) if one.get("destination_cidr_block") == ANYWHERE]
    interfaces = found["network_interfaces"]
    return {
        "subnet": _first(found["subnets"]),
        "has_ipv6": any(map(_has_ipv6, found["subnets"][:1])),
        "public_subnet": _first(found["public_subnets"]),
        "network_interface": _first(interfaces),
        "network_interfaces": interfaces,
        "deleted_network_interfaces": [one for one in interfaces if not one.get("adopted")],
        "returned_network_interfaces": [one for one in interfaces if one.get("adopted")],
        "attached": _is_attached(_first(interfaces), gateway),
        "first_source_dest_check": gateway.source_dest_check and _first(interfaces).get("source_dest_check", True),
        "address": _first(own),
        "addresses": own,
        "nat_address": _first(nat),
        "nat_addresses": nat,
        "nat_gateway": _first(alive),
        "nat_gateways": alive,
        "failed_nat_gateways": _ids(found["nat_gateways"], "failed"),
        "deleting_nat_gateways": _ids(found["nat_gateways"], "deleting"),
        "vpc_id": _first(interfaces).get("vpc_id") or _first(alive).get("vpc_id") or "",
        "route_table_id": table.get("id", ""),
        "has_default_route": bool(default),
        "default_nat_gateway_id": next((one["nat_gateway_id"] for one in default if one.get("nat_gateway_id")), ""),
        "problem": _problem(gateway, found, own, nat, alive),
        "table_problem": _table_problem(gateway, found["route_tables"]),
        "nat_problem": _nat_problem(gateway, alive, found["public_subnets"], tables),
        "own_nat_problem": _own_nat_problem(gateway, found),
    }


def route_changes(gateway: GatewayInput, route_tables: Iterable[_Found], interfaces: Sequence[str]) -> list[_Found]:
    """Return the wanted routes to the gateway's network interface, and those that go, by table.

    A gateway that is wanted has one network interface; one that goes loses the routes to all that have its tag.
    """
    changes: list[_Found] = []
    for table in route_tables:
        leading = [one for one in table.get("routes", ()) if (one.get("network_interface_id") or "") in interfaces]
        present, absent = [], []
        if gateway.state == "absent" or gateway.absent_networks is None:
            absent = [(destination_of(one), one["network_interface_id"]) for one in leading]
        if gateway.state == "present":
            if _is_chosen(gateway, table):
                present = [(network, interfaces[0]) for network in gateway.networks]
                absent += [(network, interfaces[0]) for network in gateway.absent_networks or ()]
            elif tag_key(table) == gateway.public_table_key:  # the table goes with its subnet
                absent = []
        absent = [(network, target) for network, target in absent if network not in dict(present)]
        for state, routes in (("present", present), ("absent", absent)):
            changes += [
                {"route_table_id": table["id"], "destination": one, "network_interface_id": target, "state": state}
                for one, target in routes
            ]
    return changes


def free_device_index(instance: _Found) -> int:
    """Return the first index at which an instance has no network interface."""
    used = {one["attachment"]["device_index"] for one in instance.get("network_interfaces", ())}
    return next(index for index in range(1, len(used) + 2) if index not in used)


def _is_chosen(gateway: GatewayInput, table: _Found) -> bool:
    """Return True if a table has the routes to the gateway: answers to a NAT gateway come by that of its subnet."""
    if gateway.egress == NAT and tag_key(table) == gateway.public_table_key:
        return True
    if gateway.route_table_ids:
        return table["id"] in gateway.route_table_ids
    return tag_key(table) == gateway.table_key or any(one.get("main") for one in table.get("associations", ()))


def destination_of(route: _Found) -> str:
    """Return the network of a route as amazon.aws returns it."""
    return str(route.get("destination_cidr_block") or route.get("destination_ipv6_cidr_block"))


def tag_key(found: _Found) -> str:
    """Return the key in the tags of an object as amazon.aws returns it, empty without one."""
    return str((found.get("tags") or {}).get(TAG_KEY, ""))


def _first(found: Sequence[_Found]) -> _Found:
    return found[0] if found else {}


def _ids(nat_gateways: Iterable[_Found], state: str) -> list[str]:
    return [one["nat_gateway_id"] for one in nat_gateways if one["state"] == state]


def _is_attached(interface: _Found, gateway: GatewayInput) -> bool:
    return bool(gateway.instance_id) and interface.get("instance_id") == gateway.instance_id


def _has_ipv6(subnet: _Found) -> bool:
    blocks = subnet.get("ipv6_cidr_block_association_set") or ()
    return any(one["ipv6_cidr_block_state"]["state"] in ("associated", "associating") for one in blocks)


def _address(address: _Found, gateway: GatewayInput) -> dict[str, Any]:
    """Return an Elastic IP with two flags: `retired`, and whether the role may release it."""
    own_tags = address.get("tags") or {}
    return {
        **address,
        "network_interface_id": address.get("network_interface_id") or None,
        "retired": TAG_RETIRED in own_tags,
        "release": gateway.release and TAG_ADOPTED not in own_tags,
    }


def _problem(gateway: GatewayInput, found: _Found, own: list[Any], nat: list[Any], alive: list[Any]) -> str:
    """Return the problem that stops the role: no subnet or several, or two objects of one key."""
    subnets, interfaces = found["subnets"], found["network_interfaces"]
    placed = all(one["subnet_id"] == subnets[0]["id"] for one in interfaces) if subnets else True
    if len(subnets) == 1 and len(interfaces) < 2 and len(own) < 2 and len(nat) < 2 and len(alive) < 2 and placed:
        return ""
    return (
        f"Gateway {gateway.key} of network {gateway.network}: its objects are not unique (got subnets "
        f"{_listed(subnets, 'id')}, network interfaces {_listed(interfaces, 'id')} in "
        f"{_listed(interfaces, 'subnet_id')}, NAT gateways {_listed(alive, 'nat_gateway_id')}, Elastic IPs "
        f"{_listed([*own, *nat], 'allocation_id')}, expected one subnet ({gateway.subnet_id or gateway.subnet_key}), "
        "and at most one network interface, in this subnet, one NAT gateway and one Elastic IP of each kind). Nothing "
        "was changed. Correct the subnet, or delete the objects that have the gateway's tags twice."
    )


def _table_problem(gateway: GatewayInput, route_tables: Sequence[_Found]) -> str:
    known = [one["id"] for one in route_tables]
    unknown = [one for one in gateway.route_table_ids or () if one not in known]
    if not unknown:
        return ""
    return (
        f"Gateway {gateway.key}: route_tables: the gateway's VPC has other route tables (got {', '.join(unknown)}, "
        f"expected some of {', '.join(known) or 'none'}). The network interface exists; no route was changed. Correct "
        "the list."
    )


def _nat_problem(gateway: GatewayInput, alive: Sequence[_Found], subnets: Sequence[_Found], tables: _Found) -> str:
    """Return the problem that stops the NAT gateway: subnet or tables of role pwan_vpc are missing."""
    wanted = (gateway.public_table_key, gateway.table_key)
    missing = [key for key in wanted if key not in tables]
    if not alive and len(subnets) != 1:
        missing.insert(0, gateway.public_subnet_key)
    if not missing:
        return ""
    return (
        f"Gateway {gateway.key}: egress: nat_gateway needs a public subnet and two route tables in the gateway's VPC "
        f"(got no {', no '.join(missing)}, expected the subnet {gateway.public_subnet_key} and the route tables "
        f"{' and '.join(wanted)}). The network interface exists; the NAT gateway was not created. Create them with "
        "role bonded.internet.pwan_vpc."
    )


def _own_nat_problem(gateway: GatewayInput, found: Mapping[str, Sequence[_Found]]) -> str:
    """Return the problem of the operator's NAT gateway: the subnet leads to none, or answers would end at it."""
    table = _table_of(gateway.subnet_id, found["route_tables"])
    default = _first([one for one in table.get("routes", ()) if one.get("destination_cidr_block") == ANYWHERE])
    target = next((one for one in map(default.get, TARGETS) if one), "no such route")
    is_active = default.get("state") != "blackhole"
    usable = [one for one in found["vpc_nat_gateways"] if _network(one) != gateway.network and is_active]
    nat = next((one for one in usable if one["nat_gateway_id"] == target), None)
    if nat is None:
        name, got = table.get("id", "none"), f"{target}{'' if is_active else ' (blackhole)'}"
        return (
            f"Gateway {gateway.key}: egress: nat_gateway with subnet_id: the route table {name} of subnet "
            f"{gateway.subnet_id} leads {ANYWHERE} to no NAT gateway (got {got}, expected one of this VPC that is "
            f"available and none of network {gateway.network}). Nothing was changed. Lead {ANYWHERE} of {name} to your "
            "own NAT gateway, or choose another egress."
        )
    back = _table_of(nat["subnet_id"], found["route_tables"]).get("id")
    chosen = [one["id"] for one in found["route_tables"] if _is_chosen(gateway, one)]
    if back in chosen:
        return ""
    return (
        f"Gateway {gateway.key}: answers come back to the NAT gateway {target} in {nat['subnet_id']}, whose route "
        f"table {back} has to lead them on to the gateway (got route_tables {', '.join(chosen) or 'none'}, expected "
        f"{back} too). Nothing was changed. Add it to route_tables."
    )


def _table_of(subnet_id: str | None, route_tables: Sequence[_Found]) -> _Found:
    """Return the route table of a subnet: the one that names it, else the main one of its VPC."""
    pairs = [(one, association) for one in route_tables for association in one.get("associations", ())]
    named = [table for table, association in pairs if association.get("subnet_id") == subnet_id]
    return _first(named or [table for table, association in pairs if association.get("main")])


def _network(found: _Found) -> str:
    return str((found.get("tags") or {}).get(TAG_NETWORK, ""))


def _listed(found: Iterable[_Found], name: str) -> str:
    return ", ".join(str(one.get(name)) for one in found) or "none"
