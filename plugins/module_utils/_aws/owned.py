# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One EC2 object with a network's key: created unless there is one, exactly once.

amazon.aws's modules create VPCs, internet gateways, Elastic IPs and the like again after an answer that was lost, and
know of no other run. They do everything else with the object, by its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._cpe_nat_rules import Holding, adoption_problem
from .._model.names import TAG_ADOPTED, TAG_NETWORK, TAG_RETIRED, tags
from .client import AwsRefusal, Ec2Client, Ec2Error, as_tags, call, describe_by, tags_of
from .creation import Creation, create, find, settle
from .executor import readable
from .kind import Kind
from .resources.elastic_ip import ELASTIC_IP
from .resources.internet_gateway import EGRESS_ONLY_GATEWAY, INTERNET_GATEWAY
from .resources.network_interface import NETWORK_INTERFACE
from .resources.route_table import ROUTE_TABLE
from .resources.vpc import VPC

KINDS = {
    "elastic_ip": ELASTIC_IP,
    "egress_only_internet_gateway": EGRESS_ONLY_GATEWAY,
    "internet_gateway": INTERNET_GATEWAY,
    "network_interface": NETWORK_INTERFACE,
    "route_table": ROUTE_TABLE,
    "vpc": VPC,
}

JUST_MADE = ("InvalidVpcID.NotFound", "InvalidSubnetID.NotFound")
"""EC2's error codes for a parent that was created a moment ago and is not visible yet."""


def run(client: Ec2Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Return the result of the module owned_object. Raises AwsRefusal and Ec2Error."""
    kind, network, key = KINDS[params["kind"]], params["network"], params["key"]
    listed = find(client, kind, network, [key])[key]
    if len(listed) > 1:
        ids = ", ".join(sorted(one[kind.id] for one in listed))
        raise AwsRefusal(
            f"{key}: AWS has {len(listed)} objects with this key of network {network} (got {ids}, expected one). "
            "Nothing was changed. Delete all but the one in use, or take the tag bonded.internet/key off them"
        )
    given = params.get("public_ip")
    if listed and given and listed[0].get("PublicIp") != given:
        raise AwsRefusal(
            f"{key}: public_ip cannot be changed (got {given}, expected {listed[0].get('PublicIp')}, its Elastic IP "
            f"{listed[0][kind.id]}). Nothing was changed. Leave public_ip out, or give that one up first"
        )
    if listed:
        return _result(kind, listed[0], "none")
    if given:
        return _adopt(client, kind, params, check_mode)
    if check_mode:
        return _result(kind, {}, "create")
    made, certain = create(
        client,
        Creation(kind.create, key, JUST_MADE, kind.one_a_vpc),
        lambda: find(client, kind, network, [key])[key],
        lambda answer: dict(answer[kind.within] if kind.within else answer),
        **_parameters(kind, params),
    )
    if not certain:
        return _result(kind, made, "create")
    try:
        stays = settle(client, kind, network, {key: made[kind.id]})[key]
    except Ec2Error as error:
        done = [f"{key}: created {made[kind.id]}"]
        raise AwsRefusal(f"{readable(error)} Done before: {'; '.join(done)}", done, error.code) from error
    return _result(kind, stays, "create" if stays[kind.id] == made[kind.id] else "yield")


def list_interfaces(client: Ec2Client, params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Return the result of the module owned_interface_info. Raises Ec2Error."""
    network, key = params["network"], params["key"]
    listed = find(client, NETWORK_INTERFACE, network, [key])[key]
    return {"changed": False, "network_interfaces": [_interface(one) for one in listed]}


def _interface(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": found["NetworkInterfaceId"],
        "vpc_id": found["VpcId"],
        "subnet_id": found["SubnetId"],
        "instance_id": (found.get("Attachment") or {}).get("InstanceId"),
        "mac_address": found["MacAddress"],
        "source_dest_check": found.get("SourceDestCheck", True),
        "adopted": tags_of(found).get(TAG_ADOPTED) == "true",
    }


def _adopt(client: Ec2Client, kind: Kind, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Take over an Elastic IP of the account, by its tags. Raises AwsRefusal if it is not free."""
    network, key, given = params["network"], params["key"], params["public_ip"]
    found = next(iter(describe_by(client, ELASTIC_IP.listing, "public-ip", [given])), None)
    old = tags_of(found) if found else {}
    place = (found or {}).get("AssociationId")
    retired = old.get(TAG_RETIRED) == "true"
    holding = Holding(old.get(TAG_NETWORK), retired, "another object", place) if found else None
    problem = adoption_problem(given, holding, network)
    if problem or found is None:
        raise AwsRefusal(f"{key}: {problem}. Nothing was changed")
    if not check_mode:
        # Nothing else, not even a name: the IAM policy for adoption allows just these tags.
        new = as_tags({**_given_tags(params), **tags(network, key), TAG_ADOPTED: "true"})
        call(client, "create_tags", Resources=[found[kind.id]], Tags=new)
        if retired:
            call(client, "delete_tags", Resources=[found[kind.id]], Tags=[{"Key": TAG_RETIRED}])
    return _result(kind, found, "adopt")


def _given_tags(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the operator's own tags."""
    return {str(name): str(value) for name, value in (params.get("tags") or {}).items()}


def _parameters(kind: Kind, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the creating call's parameters, the ownership tags among them."""
    given = {
        "CidrBlock": params.get("cidr"),
        "AmazonProvidedIpv6CidrBlock": params.get("ipv6") or None,
        "VpcId": params.get("vpc_id"),
        "SubnetId": params.get("subnet_id"),
        "Description": params.get("description"),
        "Domain": "vpc" if kind is ELASTIC_IP else None,
        "PublicIpv4Pool": params.get("pool"),
    }
    name = {"Name": params["name"]} if params.get("name") else {}
    owner = as_tags(_given_tags(params) | name | tags(params["network"], params["key"]))
    return {
        **{field: value for field, value in given.items() if value is not None},
        "TagSpecifications": [{"ResourceType": kind.resource, "Tags": owner}],
    }


def _result(kind: Kind, found: Mapping[str, Any], action: str) -> dict[str, Any]:
    return {
        "changed": action != "none",
        "action": action,
        "id": found.get(kind.id),
        "public_ip": found.get("PublicIp"),
        "mac_address": found.get("MacAddress"),
    }
