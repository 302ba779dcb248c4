# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags: in the call that makes an object, and after; private to the stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2 import utils
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .errors import MISSING, invalid, not_found, prefix_of, refuse
from .filters import same

# moto says vpc-elastic-ip, which makes amazon.aws.ec2_eip tag an address again in each run.
RESOURCE_TYPES = {**utils.EC2_PREFIX_TO_RESOURCE, "eipalloc": "elastic-ip", "nat": "natgateway"}


def tag_list(resource: Any) -> list[dict[str, str]]:
    """The tags of an object as EC2 answers them."""
    return pairs_of(tag_map(resource))


def pairs_of(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the form of EC2's requests and responses."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_map(resource: Any) -> dict[str, str]:
    """The tags of an object by key, sorted."""
    return dict(sorted(resource.ec2_backend.tags.get(resource.id, {}).items()))


def tags_for(response: Any, resource_type: str) -> dict[str, str]:
    """The tags of the request's TagSpecifications; refused if they are meant for another kind of object."""
    tags: dict[str, str] = {}
    # A few actions call the parameter by its singular.
    for specification in response._get_param("TagSpecifications", []) or response._get_param("TagSpecification", []):
        given = specification.get("ResourceType")
        if given != resource_type:
            invalid(f"'{given}' is not a valid taggable resource type for this operation; '{resource_type}' is.")
        tags |= _parse(specification.get("Tags", []))
    return tags


def tag_pairs(response: Any, resource_type: str) -> list[dict[str, str]]:
    """The tags of the request's TagSpecifications, as moto takes them of some requests."""
    return pairs_of(tags_for(response, resource_type))


def _parse(given: list[dict[str, str]]) -> dict[str, str]:
    """Return the tags of a request by key; refused where EC2 would not take them."""
    tags: dict[str, str] = {}
    for tag in given:
        key, value = tag["Key"], tag.get("Value", "")
        if key in tags:
            invalid(f"Duplicate tag key '{key}' specified.")
        tags[key] = value
        if key.lower().startswith("aws:"):
            invalid(f"Tag keys starting with 'aws:' are reserved for internal use: {key}")
        if len(key) > 128 or len(value) > 256:
            invalid(f"Tag {key}: a key has at most 128 characters, a value at most 256")
    if len(tags) > 50:
        refuse("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
    return tags


TAGS = DescribeSpec(
    action="DescribeTags",
    result="Tags",
    id="ResourceId",
    filters=same("key resource-id resource-type value"),
    tags="Own",
)


class TagRules(EC2Backend):
    """CreateTags and DeleteTags touch only what exists."""

    def describe_tags(self, filters: Any = None) -> list[dict[str, str]]:
        # moto asks for one object's tags at each turn, and would compare patterns with all of them.
        if filters is not None and set(filters) == {"resource-id"} and len(filters["resource-id"]) == 1:
            wanted = filters["resource-id"][0]
            return [
                {"resource_id": wanted, "key": key, "value": value, "resource_type": ""}
                for key, value in self.tags.get(wanted, {}).items()
            ]
        found: list[dict[str, str]] = super().describe_tags(filters)
        return found

    def forget_tags(self, resource_id: str) -> None:
        """To be called when an object is gone."""
        self.tags.pop(resource_id, None)

    def known_ids(self) -> set[str]:
        """The ids of all networking objects."""
        return {
            *(address.id for address in self.addresses),
            *self.egress_only_internet_gateways,
            *self.enis,
            *(instance.id for instance in self.all_instances()),
            *self.internet_gateways,
            *self.nat_gateways,
            *self.route_tables,
            *(group.id for group in self.all_groups()),
            *(rule.id for group in self.all_groups() for rule in (*group.ingress_rules, *group.egress_rules)),
            *(subnet for zone in self.subnets.values() for subnet in zone),
            *self.vpcs,
        }

    def do_resources_exist(self, resource_ids: list[str]) -> bool:
        known = self.known_ids()
        for resource_id in resource_ids:
            if prefix_of(resource_id) in MISSING:
                if resource_id not in known:
                    not_found(resource_id)
            elif prefix_of(resource_id) not in utils.EC2_PREFIX_TO_RESOURCE:
                not_found(resource_id)
            else:
                super().do_resources_exist([resource_id])
        return True


class TagActions(EC2Response):
    """The actions on tags."""

    def create_tags(self) -> ActionResult:
        resources = self._get_param("Resources")
        self.ec2_backend.do_resources_exist(resources)
        self.ec2_backend.create_tags(resources, _parse(self._get_param("Tags")))
        return EmptyResult()

    def delete_tags(self) -> ActionResult:
        resources, tags = self._get_param("Resources"), self._get_param("Tags", [])
        self.ec2_backend.do_resources_exist(resources)
        for resource in resources:
            if not tags:
                self.ec2_backend.forget_tags(resource)
            self.ec2_backend.delete_tags([resource], {tag["Key"]: tag.get("Value") for tag in tags})
        return EmptyResult()

    def describe_tags(self) -> ActionResult:
        rows = [
            {
                "ResourceId": resource,
                "ResourceType": RESOURCE_TYPES.get(utils.get_prefix(resource), ""),
                "Key": key,
                "Value": value,
                "Own": [{"Key": key, "Value": value}],
            }
            for resource, tags in self.ec2_backend.tags.items()
            for key, value in tags.items()
        ]
        return describe(self, TAGS, rows)
