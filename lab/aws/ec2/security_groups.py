# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security groups and their rules. The rules of one request are judged together: all of them change, or none."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, chosen, describe
from .errors import invalid, not_found, refuse, required
from .filters import same
from .pages import page
from .tags import tag_list, tags_for

TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*")
MOST_OF_TEXT = 255
MOST_RULES = 60
"""Rules in one direction: as many of IPv4, and as many of IPv6."""
NAMES = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
WITH_PORTS = ("tcp", "udp")
WITH_TYPES = ("icmp", "icmpv6")
Arguments = Mapping[str, Any]


def check_text(text: str, what: str) -> None:
    """Refuse a group's name, or a description, that EC2 does not take."""
    if len(text) > MOST_OF_TEXT or not TEXT.fullmatch(text):
        invalid(
            f"Invalid {what}: '{text[:60]}'. Up to {MOST_OF_TEXT} characters of a-z, A-Z, 0-9, spaces and "
            "._-:/()#,@[]+=&;{}!$*"
        )


def check_name(name: str) -> None:
    """Refuse a group's name; `sg-` is the beginning of an id."""
    check_text(name, "security group name")
    if name.lower().startswith("sg-"):
        invalid(f"Invalid security group name: '{name}'. It can't start with sg-.")


def _protocol(given: Any) -> str:
    name = NAMES.get(str(given).lower(), str(given).lower())
    if name not in ("-1", *WITH_PORTS, *WITH_TYPES) and not (name.isdigit() and int(name) < 256):
        invalid(f"Invalid value '{given}' for IP protocol. Unknown protocol.")
    return name


def _ports(protocol: str, low: Any, high: Any) -> tuple[Any, Any]:
    """Return the ports, or types, of a rule; other protocols have none, whatever was given."""
    if protocol == "icmpv6" and low is None and high is None:
        return -1, -1
    if protocol not in (*WITH_PORTS, *WITH_TYPES):
        return None, None
    if low is None or high is None:
        invalid("Invalid value for portRange. Must specify both from and to ports with TCP/UDP/ICMP.")
    low, high = int(low), int(high)
    if protocol in WITH_PORTS:
        if not 0 <= low <= high <= 65535:
            invalid(f"Invalid value for portRange: {low}-{high}.")
    elif not (-1 <= low <= 255 and -1 <= high <= 255) or (low == -1 and high != -1):
        invalid(f"Invalid ICMP type and code: {low}/{high}.")
    return low, high


def _network(given: Mapping[str, str]) -> dict[str, str]:
    """Return a range in the form that EC2 keeps: without host bits."""
    name = "CidrIpv6" if "CidrIpv6" in given else "CidrIp"
    try:
        kind = ipaddress.IPv6Network if name == "CidrIpv6" else ipaddress.IPv4Network
        network = kind(given.get(name, ""), strict=False)
    except ValueError:
        invalid(f"CIDR block {given.get(name)} is malformed")
    check_text(given.get("Description", ""), "rule description")
    if "/" not in given[name]:
        invalid(f"CIDR block {given[name]} is malformed")
    return {**given, name: str(network)}


class GroupRules(EC2Backend):
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
            invalid("Cannot use reserved security group name: default")
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

    def rules_of(self, group: Any, requested: Sequence[Arguments], is_egress: bool) -> list[SecurityGroupRule]:
        """Return the rules that a request names, as objects that are in no group yet."""
        found: list[SecurityGroupRule] = []
        for one in requested:
            protocol = one["ip_protocol"]
            sources = [*one["ip_ranges"], *one["source_groups"], *one["prefix_list_ids"]]
            if not protocol:
                refuse("MissingParameter", "The request must contain the parameter IpProtocol")
            if not sources:
                invalid("A rule needs an address range, a security group or a prefix list.")
            protocol = _protocol(protocol)
            low, high = _ports(protocol, one["from_port"], one["to_port"])
            places = [
                *((_network(given), None, None) for given in one["ip_ranges"]),
                *((None, self._pair(group, given), None) for given in one["source_groups"]),
                *((None, None, given) for given in one["prefix_list_ids"]),
            ]
            for place in places:
                # moto wants ports of every protocol
                rule = SecurityGroupRule(
                    self, "-1", group.id, None, None, *place, is_egress=is_egress, tags=one.get("sgrule_tags")
                )
                rule.ip_protocol, rule.from_port, rule.to_port = protocol, low, high
                found.append(rule)
        return found

    def _pair(self, group: Any, given: Mapping[str, str]) -> dict[str, str]:
        """Return another group as a rule's source, by its id; it must be of the same VPC."""
        check_text(given.get("Description", ""), "rule description")
        number = given.get("GroupId")
        if number is None:
            named = [one for one in self.groups[group.vpc_id].values() if one.name == given.get("GroupName")]
            if not named:
                refuse("InvalidGroup.NotFound", f"The security group '{given.get('GroupName')}' does not exist")
            number = named[0].id
        other = self.get_security_group_from_id(number) or not_found(number, "sg")
        if other.vpc_id != group.vpc_id:
            refuse(
                "InvalidGroup.NotFound",
                f"You have specified two resources that belong to different networks: {group.id} and {number}.",
            )
        shown = {key: value for key, value in given.items() if key == "Description"}
        return {"GroupId": number, "UserId": given.get("UserId") or self.account_id, **shown}

    def authorize(self, group: Any, requested: Sequence[Arguments], is_egress: bool) -> list[SecurityGroupRule]:
        """Add all rules of a request; refused if one of them is there already, or named twice."""
        there = group.egress_rules if is_egress else group.ingress_rules
        new = self.rules_of(group, requested, is_egress)
        for place, rule in enumerate(new):
            if any(_same(rule, other) for other in (*there, *new[:place])):
                refuse("InvalidPermission.Duplicate", f"the specified rule {_label(rule)} already exists")
        for other in ("cidr_ipv6", "cidr_ipv4"):  # a rule from a group counts among those of IPv4 and of IPv6
            if sum(not getattr(rule, other) for rule in (*there, *new)) > MOST_RULES:
                refuse(
                    "RulesPerSecurityGroupLimitExceeded",
                    "The maximum number of rules per security group has been reached.",
                )
        there.extend(new)
        return new

    def revoke(self, group: Any, requested: Sequence[Arguments], is_egress: bool) -> list[SecurityGroupRule]:
        """Take all rules of a request away; those that are not there are an error, or in a default VPC returned."""
        there = group.egress_rules if is_egress else group.ingress_rules
        going: list[SecurityGroupRule] = []
        unknown: list[SecurityGroupRule] = []
        for number in (number for one in requested[:1] for number in one["security_rule_ids"]):
            known = [rule for rule in there if rule.id == number]
            if not known:
                refuse("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{number}' does not exist")
            going += known
        for rule in () if going else self.rules_of(group, requested, is_egress):
            known = [other for other in there if _same(rule, other)]
            going += known
            unknown += [] if known else [rule]
        if unknown and not self.get_vpc(group.vpc_id).is_default:
            refuse(
                "InvalidPermission.NotFound",
                f"The specified rule {_label(unknown[0])} does not exist in this security group.",
            )
        there[:] = [rule for rule in there if not any(rule is one for one in going)]
        return unknown


def _source(rule: SecurityGroupRule) -> tuple[Any, ...]:
    return rule.cidr_ipv4, rule.cidr_ipv6, rule.source_group.get("GroupId"), rule.prefix_list_id


def _same(one: SecurityGroupRule, other: SecurityGroupRule) -> bool:
    """Return True if two rules let the same in; a description makes no difference."""
    ports = (one.ip_protocol, one.from_port, one.to_port), (other.ip_protocol, other.from_port, other.to_port)
    return ports[0] == ports[1] and _source(one) == _source(other)


def _label(rule: SecurityGroupRule) -> str:
    peer = next((one for one in _source(rule) if one), "")
    return f'"peer: {peer}, {rule.ip_protocol}, from port: {rule.from_port}, to port: {rule.to_port}"'


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


GROUPS = DescribeSpec(
    action="DescribeSecurityGroups",
    result="SecurityGroups",
    id="GroupId",
    ids="GroupIds",
    filters={
        **same("description group-id group-name owner-id vpc-id"),
        **_rule_filters("", "IpPermissions"),
        **_rule_filters("egress.", "IpPermissionsEgress"),
    },
)
RULES = DescribeSpec(
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
        group_id = required(self, "GroupId")
        group = self.ec2_backend.get_security_group_from_id(group_id)
        self.ec2_backend.remove_group(group if group is not None else not_found(group_id, "sg"))
        return ActionResult({"Return": True, "GroupId": group_id})

    def describe_security_groups(self) -> ActionResult:
        names = self._get_param("GroupNames", [])
        for name in names:
            if self._of_default_vpc(name) is None:
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
        found = self._of_default_vpc(name)
        return found or refuse("InvalidGroup.NotFound", f"The security group '{name}' does not exist")

    def _of_default_vpc(self, name: str) -> Any:
        """The group of this name in the default VPC, or None."""
        default = self.ec2_backend.default_vpc
        known = self.ec2_backend.groups[default.id].values() if default is not None else ()
        return next((one for one in known if one.name == name), None)

    def _authorize(self, is_egress: bool) -> ActionResult:
        requested = list(self._process_rules_from_querystring())
        rules = self.ec2_backend.authorize(self._named(), requested, is_egress)
        return ActionResult({"Return": True, "SecurityGroupRules": [_present_rule(rule) for rule in rules]})

    def _revoke(self, is_egress: bool) -> ActionResult:
        requested = list(self._process_rules_from_querystring())
        unknown = self.ec2_backend.revoke(self._named(), requested, is_egress)
        return ActionResult({"Return": True, "UnknownIpPermissions": [_present_permission(rule) for rule in unknown]})

    def update_security_group_rule_descriptions_ingress(self) -> ActionResult:
        return self._descriptions("ingress")

    def update_security_group_rule_descriptions_egress(self) -> ActionResult:
        return self._descriptions("egress")

    def _descriptions(self, direction: str) -> ActionResult:
        for arguments in self._process_rules_from_querystring():
            for not_wanted in ("sgrule_tags", "prefix_list_ids"):
                arguments.pop(not_wanted, None)
            getattr(self.ec2_backend, f"update_security_group_rule_descriptions_{direction}")(**arguments)
        return ActionResult({"Return": True})
