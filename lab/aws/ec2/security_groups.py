# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security groups; private to the stand-in."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from .describe import Kind, chosen, describe
from .errors import not_found, refuse
from .group_rules import GroupRuleRules, check_name, check_text
from .pages import page
from .tags import tag_list, tags_for


def _rule_filters(prefix: str, permissions: str) -> dict[str, str]:
    return {
        f"{prefix}ip-permission.cidr": f"{permissions}.ip_ranges.CidrIp",
        f"{prefix}ip-permission.from-port": f"{permissions}.from_port",
        f"{prefix}ip-permission.group-id": f"{permissions}.user_id_group_pairs.GroupId",
        f"{prefix}ip-permission.ipv6-cidr": f"{permissions}.ipv6_ranges.CidrIpv6",
        f"{prefix}ip-permission.protocol": f"{permissions}.ip_protocol",
        f"{prefix}ip-permission.to-port": f"{permissions}.to_port",
        f"{prefix}ip-permission.user-id": f"{permissions}.user_id_group_pairs.UserId",
    }


GROUPS = Kind(
    action="DescribeSecurityGroups",
    result="SecurityGroups",
    id="GroupId",
    ids="GroupIds",
    filters={
        "description": "Description",
        "group-id": "GroupId",
        "group-name": "GroupName",
        "owner-id": "OwnerId",
        "vpc-id": "VpcId",
        **_rule_filters("", "IpPermissions"),
        **_rule_filters("egress.", "IpPermissionsEgress"),
    },
)
RULES = Kind(
    action="DescribeSecurityGroupRules",
    result="SecurityGroupRules",
    id="SecurityGroupRuleId",
    ids="SecurityGroupRuleIds",
    filters={"group-id": "GroupId", "security-group-rule-id": "SecurityGroupRuleId"},
)


def present_group(group: Any) -> dict[str, Any]:
    """A security group as DescribeSecurityGroups shows it."""
    return {
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "OwnerId": group.owner_id,
        "SecurityGroupArn": group.arn,
        "IpPermissions": group.ip_permissions,
        "IpPermissionsEgress": group.ip_permissions_egress,
        "Tags": tag_list(group),
    }


def _present_rule(rule: Any) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": rule.id,
        "GroupId": rule.group_id,
        "GroupOwnerId": rule.owner_id,
        "IsEgress": rule.is_egress,
        "IpProtocol": rule.ip_protocol,
        "FromPort": -1 if rule.from_port is None else rule.from_port,
        "ToPort": -1 if rule.to_port is None else rule.to_port,
        "CidrIpv4": rule.cidr_ipv4,
        "CidrIpv6": rule.cidr_ipv6,
        "PrefixListId": rule.prefix_list_id,
        "ReferencedGroupInfo": rule.referenced_group_info,
        "Description": rule.description,
        "Tags": tag_list(rule),
    }


def _present_permission(rule: Any) -> dict[str, Any]:
    """A rule as it was asked for."""
    source = {"UserIdGroupPairs": [rule.source_group]} if rule.source_group else {}
    name = "Ipv6Ranges" if rule.cidr_ipv6 else "IpRanges"
    source |= {name: [rule.ip_range]} if rule.ip_range else {}
    source |= {"PrefixListIds": [{"PrefixListId": rule.prefix_list_id}]} if rule.prefix_list_id else {}
    return {"IpProtocol": rule.ip_protocol, "FromPort": rule.from_port, "ToPort": rule.to_port, **source}


class GroupRules(GroupRuleRules):
    """EC2's rules for security groups."""

    def all_groups(self) -> list[Any]:
        return [group for groups in self.groups.values() for group in groups.values()]

    def create_security_group(
        self, name: str, description: str, vpc_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        if vpc_id is None and self.default_vpc is None:
            refuse("VPCIdNotSpecified", "No default VPC for this user")
        vpc_id = vpc_id or self.default_vpc.id
        self.get_vpc(vpc_id)
        if name == "default" and not kwargs.get("is_default"):
            refuse("InvalidParameterValue", "Cannot use reserved security group name: default")
        if not name or not description:
            refuse("MissingParameter", "The request must contain the parameters GroupName and GroupDescription")
        check_name(name)
        check_text(description, "security group description")
        # moto looks for a group's name among the ids of all groups too, and in other VPCs; EC2's have no case.
        if any(group.name.lower() == name.lower() for group in self.groups[vpc_id].values()):
            refuse("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc_id}'")
        kwargs["force"] = True
        group = super().create_security_group(name, description, vpc_id, *args, **kwargs)
        if kwargs.get("is_default"):  # moto's lets nobody in, EC2's lets in its own members
            own = {"ip_protocol": "-1", "from_port": None, "to_port": None, "source_groups": [{"GroupId": group.id}]}
            self.authorize(group, [{**own, "ip_ranges": [], "prefix_list_ids": []}], False)
        return group

    def remove_group(self, group: Any) -> None:
        """Delete a group that nobody needs."""
        if group.is_default:
            refuse(
                "CannotDelete", f'the specified group: "{group.id}" name: "{group.name}" cannot be deleted by a user'
            )
        on_interface = any(held is group for interface in self.enis.values() for held in interface.group_set)
        in_rule = any(
            rule.source_group.get("GroupId") == group.id
            for other in self.all_groups()
            if other is not group
            for rule in (*other.ingress_rules, *other.egress_rules)
        )
        if on_interface or in_rule:
            refuse("DependencyViolation", f"resource {group.id} has a dependent object")
        del self.groups[group.vpc_id][group.id]
        self.forget_tags(group.id)


class GroupActions(EC2Response):
    """The actions on security groups, as far as moto does them in another way than EC2."""

    def create_security_group(self) -> ActionResult:
        group = self.ec2_backend.create_security_group(
            self._get_param("GroupName"),
            self._get_param("Description"),
            self._get_param("VpcId"),
            tags=tags_for(self, "security-group"),
        )
        return ActionResult({"GroupId": group.id, "SecurityGroupArn": group.arn, "Tags": tag_list(group)})

    def delete_security_group(self) -> ActionResult:
        group_id = self._get_param("GroupId")
        if not group_id:
            refuse("MissingParameter", "The request must contain the parameter groupId")
        group = self.ec2_backend.get_security_group_from_id(group_id)
        self.ec2_backend.remove_group(group if group is not None else not_found(group_id, "sg"))
        return ActionResult({"Return": True, "GroupId": group_id})

    def describe_security_groups(self) -> ActionResult:
        names = self._get_param("GroupNames", [])
        if names:
            default = self.ec2_backend.default_vpc
            known = [] if default is None else [one.name for one in self.ec2_backend.groups[default.id].values()]
            for name in names:
                if name not in known:
                    refuse("InvalidGroup.NotFound", f"The security group '{name}' does not exist in default VPC")
        found = chosen(self, GROUPS, [present_group(group) for group in self.ec2_backend.all_groups()])
        if names:
            found = [one for one in found if one["GroupName"] in names]
        shown, token = page(self, found)
        return ActionResult({"SecurityGroups": shown, "NextToken": token})

    def describe_security_group_rules(self) -> ActionResult:
        for number in self._filters_from_querystring().get("group-id", []):
            if not number.startswith("sg-"):
                not_found(number, "sg")
        rules = [rule for one in self.ec2_backend.all_groups() for rule in (*one.egress_rules, *one.ingress_rules)]
        return describe(self, RULES, [_present_rule(rule) for rule in rules])

    def authorize_security_group_ingress(self) -> ActionResult:
        return self._authorize(is_egress=False)

    def authorize_security_group_egress(self) -> ActionResult:
        return self._authorize(is_egress=True)

    def revoke_security_group_ingress(self) -> ActionResult:
        return self._revoke(is_egress=False)

    def revoke_security_group_egress(self) -> ActionResult:
        return self._revoke(is_egress=True)

    def _named(self) -> Any:
        """The group that the request names: by its id, or in a default VPC by its name."""
        number, name = self._get_param("GroupId"), self._get_param("GroupName")
        if number:
            return self.ec2_backend.get_security_group_from_id(number) or not_found(number, "sg")
        default = self.ec2_backend.default_vpc
        known = list(self.ec2_backend.groups[default.id].values()) if default is not None else []
        found = [one for one in known if one.name == name]
        return found[0] if found else refuse("InvalidGroup.NotFound", f"The security group '{name}' does not exist")

    def _authorize(self, is_egress: bool) -> ActionResult:
        requested = list(self._process_rules_from_querystring())
        rules = self.ec2_backend.authorize(self._named(), requested, is_egress)
        return ActionResult({"Return": True, "SecurityGroupRules": [_present_rule(rule) for rule in rules]})

    def _revoke(self, is_egress: bool) -> ActionResult:
        requested = list(self._process_rules_from_querystring())
        unknown = self.ec2_backend.revoke(self._named(), requested, is_egress)
        return ActionResult({"Return": True, "UnknownIpPermissions": [_present_permission(rule) for rule in unknown]})

    def update_security_group_rule_descriptions_ingress(self) -> ActionResult:
        return self._descriptions("ingress_rules")

    def update_security_group_rule_descriptions_egress(self) -> ActionResult:
        return self._descriptions("egress_rules")

    def _descriptions(self, direction: str) -> ActionResult:
        verb = "ingress" if direction == "ingress_rules" else "egress"
        for arguments in self._process_rules_from_querystring():
            for not_wanted in ("sgrule_tags", "prefix_list_ids"):
                arguments.pop(not_wanted, None)
            getattr(self.ec2_backend, f"update_security_group_rule_descriptions_{verb}")(**arguments)
        return ActionResult({"Return": True})
