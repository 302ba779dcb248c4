# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elastic IPs: of CPE NAT entries, gateways, NAT gateways and aggregators.

`cpe_nat_eips` does all with those of entries (`cpe_nat`). Role `pwan_gateway` allocates others by `owned_object`,
associates, disassociates and releases them by amazon.aws.ec2_eip, and tags kept ones by amazon.aws.ec2_tag
(configure.yml, disassociate_eip.yml, create_nat_gateway.yml). AWS's names of them in reverse DNS are read here too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_MOVING_FROM, TAG_RETIRED, cpe_nat_key, owned
from ..._model.plan import PlannedChange
from ..._model.state import Cloud, ElasticIp
from ..client import Ec2Client, as_tags, describe, describe_by, owned_by, tags_of
from ..kind import AwsState, Call, Calls, Place, after, in_use_with, key_of, kind, parent_of
from .network_interface import NETWORK_INTERFACE

ELASTIC_IP = kind(
    "address",
    "eipalloc",
    lambda cloud: {address.allocation_id: address for address in cloud.addresses},
    resource="elastic-ip",
    id="AllocationId",
    listing="describe_addresses",
    create="allocate_address",
    delete="release_address",
    within="",
    further_reads=("describe_addresses_attribute",),
    used=in_use_with("AssociationId", "AllocationId"),
)
_ID = ELASTIC_IP.id_by(key_of)


def _tags(change: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the tags that an item sets, or has set before."""
    given: dict[str, str | None] = (change or {}).get("tags") or {}
    return {key: value for key, value in given.items() if value is not None}


def _first_tags(item: PlannedChange, _state: AwsState) -> Collection[str]:
    return _tags(item.after) if item.key.startswith(cpe_nat_key("")) else ("Name",)


def _new_tags(item: PlannedChange, _state: AwsState) -> list[str]:
    old = _tags(item.before)
    return [key for key, value in _tags(item.after).items() if old.get(key) != value]


def _is_taken_back(item: PlannedChange, _state: AwsState) -> bool:
    return bool(_tags(item.before).get(TAG_RETIRED)) and not _tags(item.after).get(TAG_RETIRED)


def _written(item: PlannedChange, state: AwsState) -> dict[str, Any] | None:
    """Return the parameters for writing or taking off tags, one of which is asked for by a dry run."""
    number = _ID(item, state)
    tags = {TAG_RETIRED: "true"} if _is_taken_back(item, state) else _tags(item.after)
    return {"Resources": [number], "Tags": as_tags(tags)} if number else None


def _pool(item: PlannedChange, _state: AwsState) -> list[tuple[str, bool]]:
    pool = (item.after or {}).get("pool")
    return [(pool, False)] if pool else []


def _has_name(item: PlannedChange, state: AwsState) -> bool:
    found = owned(state.network, item.key, state.cloud.addresses)
    return bool(found and found.reverse_dns)


_OURS = (ELASTIC_IP.ours,)
_UNNAME = Call("reset_address_attribute", _OURS)
_NAMES = (
    Call("modify_address_attribute", _OURS, when=after("reverse_dns")).dry_run(
        AllocationId=_ID, DomainName=after("reverse_dns")
    ),
    replace(_UNNAME, when=lambda item, _state: (item.after or {}).get("reverse_dns") == "").dry_run(
        AllocationId=_ID, Attribute=lambda _item, _state: "domain-name"
    ),
)
_BOTH = (ELASTIC_IP.ours, NETWORK_INTERFACE.at(parent_of))
_ASSOCIATE = Call("associate_address", _BOTH)
CALLS: Calls = {
    ("elastic_ip", "create"): (
        Call(ELASTIC_IP.create, (Place("ipv4pool-ec2", _pool),), creates=ELASTIC_IP.resource, tags=_first_tags).dry_run(
            Domain=lambda _item, _state: "vpc"
        ),
        *_NAMES,
    ),
    ("elastic_ip", "update"): (
        Call(
            "create_tags",
            # one that is adopted carries no tag of the network yet
            (Place(ELASTIC_IP.resource, lambda item, _state: [("*", bool(item.before))]),),
            tags=_new_tags,
            when=_new_tags,
            params=lambda item, state: None if _is_taken_back(item, state) else _written(item, state),
        ),
        Call("delete_tags", _OURS, tags=lambda _item, _state: (TAG_RETIRED,), when=_is_taken_back, params=_written),
        *_NAMES,
    ),
    # EC2 keeps an address that has a name
    ("elastic_ip", "delete"): (ELASTIC_IP.deletion(), replace(_UNNAME, when=_has_name)),
    ("address_association", "create"): (
        _ASSOCIATE.dry_run(
            AllocationId=_ID, NetworkInterfaceId=after("interface_id"), PrivateIpAddress=after("private_ip")
        ),
    ),
    # a move: where it was is in a tag meanwhile
    ("address_association", "update"): (
        _ASSOCIATE,
        Call("create_tags", _OURS, tags=lambda _item, _state: (TAG_MOVING_FROM,)),
        Call("delete_tags", _OURS, tags=lambda _item, _state: (TAG_MOVING_FROM,)),
        Call(
            "unassign_private_ip_addresses",
            (NETWORK_INTERFACE.at(lambda item, _state: str((item.before or {}).get("interface_id"))),),
            # else it went along, inside its subnet
            when=lambda item, _state: (item.before or {}).get("private_ip") != (item.after or {}).get("private_ip"),
        ),
    ),
    ("address_association", "delete"): (Call("disassociate_address", _BOTH),),
}


def read_elastic_ips(client: Ec2Client, region: str | None, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read the network's Elastic IPs, and (only where there are such) others that are to be adopted."""
    found = describe(client, ELASTIC_IP.listing, Filters=owned_by(desired.network))
    named = any(entry.reverse_dns is not None for entry in desired.cpe_nat_ips)
    names = reverse_dns_of(client, [item["AllocationId"] for item in found] if named else [])
    for item in found:
        name = names.get(item["AllocationId"], "") if named else None
        cloud.addresses.append(elastic_ip_of(item, region, name))
    named_ips = [entry.public_ip for entry in desired.cpe_nat_ips]
    named_ips += [gateway.public_ip for space in desired.spaces for gateway in space.gateways]
    given = {public_ip for public_ip in named_ips if public_ip and not desired.absent}
    others = sorted(given - {item["PublicIp"] for item in found})
    for item in describe_by(client, ELASTIC_IP.listing, "public-ip", others):
        cloud.named.append(elastic_ip_of(item, region))


def elastic_ip_of(item: Mapping[str, Any], region: str | None, reverse_dns: str | None = None) -> ElasticIp:
    """Return an Elastic IP out of an answer to DescribeAddresses."""
    return ElasticIp(
        allocation_id=item["AllocationId"],
        public_ip=item["PublicIp"],
        tags=tags_of(item),
        # a service may have associated it with nothing that is shown
        interface_id=item.get("NetworkInterfaceId") or item.get("AssociationId") or None,
        private_ip=item.get("PrivateIpAddress") or None,
        reverse_dns=reverse_dns,
        region=region,
        pool=item.get("PublicIpv4Pool") or None,
    )


def reverse_dns_of(client: Ec2Client, allocation_ids: Collection[str]) -> dict[str, str]:
    """Return the reverse DNS names by allocation id, in small letters without the last dot; a pending one counts."""
    if not allocation_ids:
        return {}
    listed = describe(
        client, "describe_addresses_attribute", AllocationIds=sorted(allocation_ids), Attribute="domain-name"
    )
    names: dict[str, str] = {}
    for item in listed:
        update = item.get("PtrRecordUpdate") or {}
        # a name that was reset is shown until it has gone, with an update that has no value
        there = "" if update.get("Status") == "PENDING" else item.get("PtrRecord") or ""
        names[item["AllocationId"]] = (update.get("Value") or there).rstrip(".").lower()
    return names


def has_name(client: Ec2Client, allocation_id: str) -> bool:
    """Return True as long as EC2 shows a reverse DNS name of the address, or an update of one."""
    listed = describe(client, "describe_addresses_attribute", AllocationIds=[allocation_id], Attribute="domain-name")
    return any(item.get("PtrRecord") or item.get("PtrRecordUpdate") for item in listed)
