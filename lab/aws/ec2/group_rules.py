# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules and names of security groups as EC2 judges them; private to the stand-in.

After the texts of CreateSecurityGroup, AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress and IpPermission in
the API reference. moto takes anything, and moves a request's rules one by one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule

from .errors import not_found, refuse

TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*")
MOST_OF_TEXT = 255
NAMES = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
WITH_PORTS = ("tcp", "udp")
WITH_TYPES = ("icmp", "icmpv6")
Arguments = Mapping[str, Any]


def check_text(text: str, what: str) -> None:
    """Refuse a group's name, or a description, that EC2 does not take."""
    if len(text) > MOST_OF_TEXT or not TEXT.fullmatch(text):
        refuse(
            "InvalidParameterValue",
            f"Invalid {what}: '{text[:60]}'. Up to {MOST_OF_TEXT} characters of a-z, A-Z, 0-9, spaces and "
            "._-:/()#,@[]+=&;{}!$*",
        )


def check_name(name: str) -> None:
    """Refuse a group's name; `sg-` is the beginning of an id."""
    check_text(name, "security group name")
    if name.lower().startswith("sg-"):
        refuse("InvalidParameterValue", f"Invalid security group name: '{name}'. It can't start with sg-.")


def _protocol(given: Any) -> str:
    name = NAMES.get(str(given).lower(), str(given).lower())
    if name not in ("-1", *WITH_PORTS, *WITH_TYPES) and not (name.isdigit() and int(name) < 256):
        refuse("InvalidParameterValue", f"Invalid value '{given}' for IP protocol. Unknown protocol.")
    return name


def _ports(protocol: str, low: Any, high: Any) -> tuple[Any, Any]:
    """Return the ports, or types, of a rule; other protocols have none, whatever was given."""
    if protocol == "icmpv6" and low is None and high is None:
        return -1, -1
    if protocol not in (*WITH_PORTS, *WITH_TYPES):
        return None, None
    if low is None or high is None:
        refuse(
            "InvalidParameterValue",
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP/ICMP.",
        )
    low, high = int(low), int(high)
    if protocol in WITH_PORTS:
        if not 0 <= low <= high <= 65535:
            refuse("InvalidParameterValue", f"Invalid value for portRange: {low}-{high}.")
    elif not (-1 <= low <= 255 and -1 <= high <= 255) or (low == -1 and high != -1):
        refuse("InvalidParameterValue", f"Invalid ICMP type and code: {low}/{high}.")
    return low, high


def _network(given: Mapping[str, str]) -> dict[str, str]:
    """Return a range in the form that EC2 keeps: without host bits."""
    name = "CidrIpv6" if "CidrIpv6" in given else "CidrIp"
    try:
        kind = ipaddress.IPv6Network if name == "CidrIpv6" else ipaddress.IPv4Network
        network = kind(given.get(name, ""), strict=False)
    except ValueError:
        refuse("InvalidParameterValue", f"CIDR block {given.get(name)} is malformed")
    check_text(given.get("Description", ""), "rule description")
    if "/" not in given[name]:
        refuse("InvalidParameterValue", f"CIDR block {given[name]} is malformed")
    return {**given, name: str(network)}


class GroupRuleRules(EC2Backend):
    """A request's rules are judged together: all of them change, or none."""

    def rules_of(self, group: Any, requested: Sequence[Arguments], is_egress: bool) -> list[SecurityGroupRule]:
        """Return the rules that a request names, as objects that are in no group yet."""
        found: list[SecurityGroupRule] = []
        for one in requested:
            protocol = one["ip_protocol"]
            sources = [*one["ip_ranges"], *one["source_groups"], *one["prefix_list_ids"]]
            if not protocol:
                refuse("MissingParameter", "The request must contain the parameter IpProtocol")
            if not sources:
                refuse("InvalidParameterValue", "A rule needs an address range, a security group or a prefix list.")
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
        self._verify_group_will_respect_rule_count_limit(
            group,
            len(there),
            [rule.ip_range for rule in new if rule.ip_range],
            [rule.source_group for rule in new if rule.source_group],
            egress=is_egress,
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
