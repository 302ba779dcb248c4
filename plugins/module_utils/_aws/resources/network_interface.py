# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network interfaces: the gateways' own ones, and the aggregators' primary ones.

Role `pwan_gateway` creates one by `owned_object` (present.yml), sets its check and attaches it by
amazon.aws.ec2_eni (present.yml, configure.yml), detaches and deletes it by the same module (absent.yml).
EC2 gives an IPv6 address by itself to new interfaces only: to one that is older than its subnet's IPv6 block
`network_interface_ipv6` assigns one. `aggregator_security` sets the checks of the aggregators' interfaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_CHECK, TAG_KEY
from ..._model.plan import PlannedChange
from ..._model.state import Cloud, Interface
from ..client import (
    Ec2Client,
    Ec2UnclearError,
    UnchangedError,
    call,
    describe,
    describe_by,
    owned_by,
    owned_by_network,
    tags_of,
)
from ..kind import AwsState, Call, Calls, Place, in_use_with, key_of, kind, parent_of
from .subnet import SUBNET

NETWORK_INTERFACE = kind(
    "network_interface",
    "eni",
    lambda cloud: cloud.interfaces,
    used=in_use_with("Attachment", "NetworkInterfaceId"),
    ready=lambda found: found.get("Status") != "pending",
)
_ID = NETWORK_INTERFACE.id_by(key_of)
_MODIFY = Call("modify_network_interface_attribute", (NETWORK_INTERFACE.ours,))
# none is named, and EC2 takes the VPC's default one
_DEFAULT_GROUP = Place("security-group", lambda _item, _state: [("*", False)])
_CREATE = NETWORK_INTERFACE.creation(SUBNET.at(parent_of), _DEFAULT_GROUP)
_BOTH = (NETWORK_INTERFACE.ours, Place("instance", lambda item, _state: [(item.parent, False)]))
_PRIMARY = (NETWORK_INTERFACE.at(key_of),)


def _is_checked(item: PlannedChange, _state: AwsState) -> bool:
    return bool((item.after or {}).get("source_dest_check"))


def _is_marked(item: PlannedChange, _state: AwsState) -> bool:
    """Return True if the change writes the tag of a check that was on before."""
    return bool(((item.after or {}).get("tags") or {}).get(TAG_CHECK))


CALLS: Calls = {
    ("network_interface", "create"): (
        _CREATE.dry_run(SubnetId=SUBNET.id_by(parent_of)),
        replace(_MODIFY, when=lambda item, state: not _is_checked(item, state)),
    ),
    ("network_interface", "update"): (
        _MODIFY.dry_run(
            NetworkInterfaceId=_ID, SourceDestCheck=lambda item, state: {"Value": _is_checked(item, state)}
        ),
    ),
    ("network_interface", "delete"): (NETWORK_INTERFACE.deletion(),),
    ("attachment", "create"): (
        Call("attach_network_interface", _BOTH).dry_run(
            InstanceId=parent_of, NetworkInterfaceId=_ID, DeviceIndex=lambda _item, _state: 1
        ),
    ),
    ("attachment", "delete"): (Call("detach_network_interface", _BOTH),),
    ("ipv6_address", "create"): (Call("assign_ipv6_addresses", (NETWORK_INTERFACE.ours,)),),
    ("source_dest_check", "update"): (
        Call("create_tags", _PRIMARY, tags=lambda _item, _state: (TAG_CHECK,), when=_is_marked),
        Call(
            "delete_tags",
            _PRIMARY,
            tags=lambda _item, _state: (TAG_CHECK,),
            when=lambda item, state: not _is_marked(item, state),
        ),
        Call("modify_network_interface_attribute", _PRIMARY),
    ),
}

GATEWAY_ADDRESSES = ("gateway-ip/", "natgw-ip/")


def read_network_interfaces(client: Ec2Client, desired: DesiredNetwork, cloud: Cloud) -> None:
    """Read the network's interfaces, if anything suggests that it has, or had, a gateway's one.

    An attached interface is seen on its instance, and every gateway has an Elastic IP. What remains is an
    interface that a killed run created and whose gateway the operator has removed since: a teardown finds it.
    """
    if not (
        desired.removes
        or any(space.gateways for space in desired.spaces)
        or any(instance.devices != (0,) for instance in cloud.instances.values())
        or any(address.tags.get(TAG_KEY, "").startswith(GATEWAY_ADDRESSES) for address in cloud.addresses)
    ):
        return
    for item in describe(client, NETWORK_INTERFACE.listing, Filters=owned_by(desired.network)):
        cloud.interfaces[item["NetworkInterfaceId"]] = network_interface_of(item)
    given = {gateway.interface_id for space in desired.spaces for gateway in space.gateways}
    named = sorted(number for number in given if number and number not in cloud.interfaces and not desired.absent)
    for item in describe_by(client, NETWORK_INTERFACE.listing, "network-interface-id", named):
        cloud.named_interfaces[item["NetworkInterfaceId"]] = network_interface_of(item)


def network_interface_of(item: Mapping[str, Any]) -> Interface:
    """Return a network interface out of an answer to DescribeNetworkInterfaces."""
    return Interface(
        id=item["NetworkInterfaceId"],
        subnet_id=item["SubnetId"],
        vpc_id=item["VpcId"],
        private_ip=item["PrivateIpAddress"],
        tags=tags_of(item),
        instance_id=(item.get("Attachment") or {}).get("InstanceId"),
        source_dest_check=item.get("SourceDestCheck", True),
        groups=tuple(group["GroupId"] for group in item.get("Groups", [])),
        ipv6=next((one["Ipv6Address"] for one in item.get("Ipv6Addresses", [])), None),
    )


def assign_ipv6_address(client: Ec2Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Make sure that the interface has an IPv6 address; the module's result: changed, action, ipv6_addresses, diff.

    One call if it has. Raises UnchangedError (nothing was changed) and Ec2Error.
    """
    number = params["network_interface_id"]
    before = _addresses(client, number, params["network"])
    after = before
    if not before and not check_mode:
        after = _assign(client, number, params["network"])
    return {
        "changed": not before,
        "action": "none" if before else "create",
        "ipv6_addresses": after,
        "diff": {"before": {"ipv6_addresses": before}, "after": {"ipv6_addresses": after or ["(known after apply)"]}},
    }


def _addresses(client: Ec2Client, number: str, network: str) -> list[str]:
    """Return the IPv6 addresses of the interface. Raises UnchangedError without an interface of the network."""
    found = describe_by(client, NETWORK_INTERFACE.listing, "network-interface-id", [number])
    if not found:
        raise UnchangedError(f"network interface {number} does not exist in this account and region")
    if not owned_by_network(found[0], network):
        raise UnchangedError(f"network interface {number} does not carry the tag of network '{network}'")
    return [one["Ipv6Address"] for one in found[0].get("Ipv6Addresses") or []]


def _assign(client: Ec2Client, number: str, network: str) -> list[str]:
    """One that EC2 chooses. A call repeated after a lost answer would give a second one: so it is looked up then."""
    what = f"an IPv6 address on {number}"
    try:
        answer = call(
            client,
            "assign_ipv6_addresses",
            what=what,
            repeatable=False,
            NetworkInterfaceId=number,
            Ipv6AddressCount=1,
        )
        return list(answer["AssignedIpv6Addresses"])
    except Ec2UnclearError:
        given = _addresses(client, number, network)
        if not given:
            raise
        return given
