# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups, their rules, who carries them, and source/destination checks.

`aggregator_security` creates, changes and deletes them. amazon.aws's ec2_security_group purges rules by default and
sleeps; ec2_eni sets an interface's whole list of groups. Here nothing of others is taken away: rules and groups are
added beside what is there, and only ours are removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_CHECK, TAG_KEY, group_name, tags
from ..._model.plan import PlannedChange
from ..._model.state import SELF, Cloud, Rule, SecurityGroup
from ..client import AwsRefusal, Ec2Client, Ec2Error, as_tags, call, describe, describe_by, owned_by, tags_of, where
from ..creation import Creation, create
from ..executor import done_before
from ..kind import AwsState, Call, Calls, Place, kind, parent_of
from .network_interface import NETWORK_INTERFACE
from .vpc import VPC

SECURITY_GROUP = kind("security_group", "sg", lambda cloud: cloud.groups, id="GroupId")


def _groups_of_others(item: PlannedChange, state: AwsState) -> list[tuple[str, bool]]:
    """Return the groups of others on an interface: the call names all groups that the interface carries then."""
    carried = {one.interface_id: one.groups for one in state.cloud.instances.values()}
    carried |= {one.id: one.groups for one in state.cloud.interfaces.values()}
    return [(number, False) for number in carried.get(item.parent, ()) if number not in state.cloud.groups]


_OURS = (SECURITY_GROUP.ours,)
_ATTACH = Call(
    "modify_network_interface_attribute",
    (NETWORK_INTERFACE.at(parent_of), *_OURS, Place(SECURITY_GROUP.resource, _groups_of_others)),
)
CALLS: Calls = {
    ("security_group", "create"): (
        SECURITY_GROUP.creation(VPC.at(parent_of)).dry_run(
            GroupName=lambda _item, state: f"{state.network}-dry-run",
            Description=lambda _item, _state: "dry run",
            VpcId=lambda item, _state: item.parent if VPC.is_id(item.parent) else None,
        ),
    ),
    ("security_group", "delete"): (SECURITY_GROUP.deletion(),),
    ("security_group_rule", "create"): (Call("authorize_security_group_ingress", _OURS),),
    ("security_group_rule", "delete"): (Call("revoke_security_group_ingress", _OURS),),
    ("group_attachment", "create"): (_ATTACH,),
    ("group_attachment", "delete"): (_ATTACH,),
}

OURS = "bonded.internet"
"""The description of the rules that we make: a rule of a group has no tags in DescribeSecurityGroups."""


MISSING = ("InvalidGroup.NotFound", "InvalidGroupId.NotFound")
"""A group that was just made may be unknown to the next call."""

DUPLICATE_GROUP = "InvalidGroup.Duplicate"
DUPLICATE_RULE = "InvalidPermission.Duplicate"
UNKNOWN_RULE = "InvalidPermission.NotFound"
ROUNDS = 3


def read_security(
    client: Ec2Client, desired: DesiredNetwork, cloud: Cloud, some_check_is_off: bool, some_group_is_carried: bool
) -> None:
    """Read groups only where they are asked for, taken down or carried; checks switched off only where one is off."""
    if desired.security_groups or desired.absent or desired.prune or some_group_is_carried:
        for item in describe(client, SECURITY_GROUP.listing, Filters=owned_by(desired.network)):
            cloud.groups[item["GroupId"]] = group_of(item)
    if some_check_is_off:
        mark = where({f"tag:{TAG_CHECK}": f"{desired.network}:true"})
        found = describe(client, NETWORK_INTERFACE.listing, Filters=mark)
        cloud.checked_before |= {item["NetworkInterfaceId"] for item in found}


def read_carriers(client: Ec2Client, cloud: Cloud) -> None:
    """Read the interfaces that carry the network's groups, also those of others."""
    found: dict[str, list[str]] = {number: [] for number in cloud.groups}
    for item in describe_by(client, NETWORK_INTERFACE.listing, "group-id", found):
        for group in item.get("Groups", []):
            if group["GroupId"] in found:
                found[group["GroupId"]].append(item["NetworkInterfaceId"])
    before = cloud.carriers or {}
    cloud.carriers = {number: (*before.get(number, ()), *carriers) for number, carriers in found.items()}


def group_of(item: Mapping[str, Any]) -> SecurityGroup:
    """Return a group of DescribeSecurityGroups."""
    rules = list(_rules(item))
    return SecurityGroup(
        id=item["GroupId"],
        vpc_id=item["VpcId"],
        tags=tags_of(item),
        rules=frozenset(rule for rule, _ours in rules),
        own=frozenset(rule for rule, owned_by_network in rules if owned_by_network),
    )


def _rules(item: Mapping[str, Any]) -> Iterator[tuple[Rule, bool]]:
    """Return each rule that lets a network or a group in, and whether it is ours: none for IPv6 is."""
    for permission in item.get("IpPermissions", []):
        protocol = permission["IpProtocol"]
        low, high = (None, None) if protocol == "-1" else (permission.get("FromPort"), permission.get("ToPort"))
        for source in permission.get("IpRanges", []):
            yield Rule(protocol, low, high, source["CidrIp"]), source.get("Description") == OURS
        for source in permission.get("Ipv6Ranges", []):
            yield Rule(protocol, low, high, source["CidrIpv6"]), False
        for source in permission.get("UserIdGroupPairs", []):
            inside = SELF if source.get("GroupId") == item["GroupId"] else str(source.get("GroupId"))
            yield Rule(protocol, low, high, inside), source.get("Description") == OURS


def permission_of(rule: Mapping[str, Any], group_id: str) -> dict[str, Any]:
    """Return a RULE of module aggregator_security as EC2 takes it."""
    permission: dict[str, Any] = {"IpProtocol": rule["protocol"]}
    if rule.get("from_port") is not None:
        permission |= {"FromPort": rule["from_port"], "ToPort": rule["to_port"]}
    if rule["source"] == SELF:
        return permission | {"UserIdGroupPairs": [{"GroupId": group_id, "Description": OURS}]}
    return permission | {"IpRanges": [{"CidrIp": rule["source"], "Description": OURS}]}


class SecurityError(AwsRefusal):
    """Error about a change that cannot be made; `str()` is for the operator, `done` lists the changes before it."""

    def __init__(self, message: str, done: Sequence[str], code: str = "", unclear: bool = False) -> None:
        super().__init__(f"{message.rstrip('.')}. {done_before(done, unclear)}", done, code, unclear)


def apply_changes(client: Ec2Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Carry out the options of the module aggregator_security and return its result. Raises SecurityError."""
    work = _Work(client, params["network"], check_mode)
    try:
        for group in params.get("groups") or ():
            work.group(group)
        for interface in params.get("interfaces") or ():
            work.interface(interface)
        for group in params.get("absent") or ():
            work.delete_group(group["key"])
    except Ec2Error as error:
        raise SecurityError(str(error), work.done, error.code, error.may_have_changed) from error
    return {"changed": bool(work.done), "actions": work.done}


class _Work:
    """The groups of the network by key, and what was done so far."""

    def __init__(self, client: Ec2Client, network: str, check_mode: bool) -> None:
        self._client, self._network, self._check_mode = client, network, check_mode
        self.done: list[str] = []
        found = describe(client, SECURITY_GROUP.listing, Filters=owned_by(network))
        self._listed = sorted((group_of(item) for item in found), key=lambda group: group.id)
        self._groups = {group.tags.get(TAG_KEY, ""): group for group in reversed(self._listed)}

    def _do(self, text: str, method: str, **params: Any) -> None:
        """Send a request that says the same when it is repeated."""
        if not self._check_mode:
            call(self._client, method, patient_with=MISSING, what=text, **params)
        self.done.append(text)

    def _change_rules(
        self, text: str, method: str, group: SecurityGroup, rules: Sequence[Mapping[str, Any]], present: bool
    ) -> None:
        """Let in, or no longer, what `rules` name.

        EC2 refuses a request as a whole if one of its rules is as wanted already, by a lost answer or by another run:
        then the group is read again, and what is left is asked for.
        """
        left = list(rules)
        for attempt in range(1, ROUNDS + 1):
            if self._check_mode or not left:
                break
            permissions = [permission_of(rule, group.id) for rule in left]
            try:
                call(
                    self._client,
                    method,
                    patient_with=MISSING,
                    what=text,
                    GroupId=group.id,
                    IpPermissions=permissions,
                )
                break
            except Ec2Error as error:
                if attempt == ROUNDS or error.code != (DUPLICATE_RULE if present else UNKNOWN_RULE):
                    raise
            (now,) = map(group_of, describe(self._client, SECURITY_GROUP.listing, GroupIds=[group.id]))
            # A rule of ours whose description was changed stays.
            left = [rule for rule in left if (_rule(rule) not in now.rules if present else _rule(rule) in now.own)]
        self.done.append(text)

    def group(self, wanted: Mapping[str, Any]) -> None:
        """A group with (at least) its rules, without those that it gives up."""
        key, found = wanted["key"], self._groups.get(wanted["key"])
        if found is None:
            if not wanted.get("rules"):
                return  # rules of a group that is gone
            found = self._make(wanted)
            if found is None:
                return  # check mode
        rules = [rule for rule in wanted.get("rules") or () if _rule(rule) not in found.rules]
        if rules:
            text = f"{key}: let in {', '.join(_rule(rule).label for rule in rules)}"
            self._change_rules(text, "authorize_security_group_ingress", found, rules, True)
        old = [rule for rule in wanted.get("absent_rules") or () if _rule(rule) in found.own]
        if old:
            text = f"{key}: no longer let in {', '.join(_rule(rule).label for rule in old)}"
            self._change_rules(text, "revoke_security_group_ingress", found, old, False)

    def _make(self, wanted: Mapping[str, Any]) -> SecurityGroup | None:
        key = wanted["key"]
        vpc = wanted.get("vpc_id") or self._vpc(wanted.get("vpc_key") or "", key)
        name = group_name(self._network, key)
        if vpc is None:
            self.done.append(f"{key}: made")
            return None
        found = None if self._check_mode else self._created(name, vpc, wanted)
        self.done.append(f"{key}: made in {vpc}")
        if found:
            self._groups[key] = found
        return found

    def _created(self, name: str, vpc: str, wanted: Mapping[str, Any]) -> SecurityGroup:
        """Return the new group; another run's one, since EC2 takes a name once only in a VPC."""
        key = wanted["key"]
        further = {str(tag): str(value) for tag, value in (wanted.get("tags") or {}).items()}

        def look() -> list[SecurityGroup]:
            listed = map(group_of, self._owned(SECURITY_GROUP.listing, key))
            return [group for group in listed if group.vpc_id == vpc]

        owner = tags(self._network, key)
        try:
            found, _certain = create(
                self._client,
                Creation(SECURITY_GROUP.create, f"{key}: made in {vpc}"),
                look,
                lambda answer: SecurityGroup(answer["GroupId"], vpc, owner),
                GroupName=name,
                Description=wanted.get("description") or key,
                VpcId=vpc,
                TagSpecifications=[
                    {"ResourceType": "security-group", "Tags": as_tags({**further, "Name": name, **owner})}
                ],
            )
        except Ec2Error as error:
            others = look() if error.code == DUPLICATE_GROUP else []
            if not others:
                raise
            return others[0]
        return found

    def _vpc(self, key: str, what: str) -> str | None:
        """Return the VPC with this key; None in check mode, where it may have yet to be made."""
        found = self._owned(VPC.listing, key)
        if len(found) == 1:
            return str(found[0]["VpcId"])
        if self._check_mode and not found:
            return None
        raise SecurityError(f"{what}: {len(found)} VPCs carry the key {key} of network {self._network}", self.done)

    def _owned(self, operation: str, key: str) -> list[dict[str, Any]]:
        filters = [*owned_by(self._network), *where({f"tag:{TAG_KEY}": key})]
        return describe(self._client, operation, Filters=filters)

    def interface(self, wanted: Mapping[str, Any]) -> None:
        """An interface carries these groups beside its others, no longer those, and has its check as wanted."""
        number, key = wanted.get("interface_id"), wanted.get("interface_key") or ""
        operation = NETWORK_INTERFACE.listing
        listed = describe_by(self._client, operation, "network-interface-id", [number]) if number else []
        found = listed if number else self._owned(operation, key)
        going = wanted.get("absent_groups") or []
        if not found and (self._check_mode or going):
            self.done += [f"{number or key}: {text}" for text in wanted.get("groups") or ()] if self._check_mode else []
            return
        if len(found) != 1:
            raise SecurityError(f"AWS has {len(found)} network interfaces {number or key}", self.done)
        self._carry(found[0], [*(wanted.get("groups") or ())], going)
        self._check(found[0], wanted.get("source_dest_check"))

    def _carry(self, interface: dict[str, Any], wanted: list[str], going: list[str]) -> None:
        number = interface["NetworkInterfaceId"]
        present = [group["GroupId"] for group in interface.get("Groups", [])]
        gone = {self._groups[key].id for key in going if key in self._groups}
        if unknown := [key for key in wanted if key not in self._groups]:
            if self._check_mode:
                self.done.append(f"{number}: carries {', '.join(unknown)}")
                return
            raise SecurityError(f"{number}: the security group {unknown[0]} is not there", self.done)
        added = [self._groups[key].id for key in wanted]
        groups = [*(group for group in present if group not in gone), *(one for one in added if one not in present)]
        if groups == present:
            return
        if not groups:
            raise SecurityError(
                f"{number}: has no security group but {', '.join(going)}: give it another one", self.done
            )
        text = f"{number}: carries {', '.join(groups)} (before: {', '.join(present)})"
        self._do(text, "modify_network_interface_attribute", NetworkInterfaceId=number, Groups=groups)
        interface["Groups"] = [{"GroupId": group} for group in groups]

    def _check(self, interface: dict[str, Any], wanted: bool | None) -> None:
        """The old value is in a tag before it is changed, and the tag goes when it has been put back."""
        if wanted is None:
            return
        number, mark = interface["NetworkInterfaceId"], f"{self._network}:true"
        marked = tags_of(interface).get(TAG_CHECK) == mark
        present = bool(interface.get("SourceDestCheck", True))
        if present and not wanted and not marked:
            self._do(
                f"{number}: tagged {TAG_CHECK}", "create_tags", Resources=[number], Tags=as_tags({TAG_CHECK: mark})
            )
        if present != wanted:
            self._do(
                f"{number}: source/destination check {'on' if wanted else 'off'}",
                "modify_network_interface_attribute",
                NetworkInterfaceId=number,
                SourceDestCheck={"Value": wanted},
            )
        if wanted and marked:
            gone = [{"Key": TAG_CHECK, "Value": mark}]
            self._do(f"{number}: tag {TAG_CHECK} taken off", "delete_tags", Resources=[number], Tags=gone)

    def delete_group(self, key: str) -> None:
        """Take the group off whoever carries it, and delete it; all groups with the key, were they two."""
        going = [group for group in self._listed if group.tags.get(TAG_KEY) == key]
        for group in going:
            self._groups[key] = group
            for interface in describe_by(self._client, NETWORK_INTERFACE.listing, "group-id", [group.id]):
                self._carry(interface, [], [key])
            self._delete(f"{key}: deleted", group)
        self._listed = [group for group in self._listed if group not in going]
        self._groups.pop(key, None)

    def _delete(self, text: str, group: SecurityGroup) -> None:
        if not self._check_mode:
            try:
                call(self._client, SECURITY_GROUP.delete, what=text, GroupId=group.id)
            except Ec2Error as error:
                if error.code not in MISSING:
                    raise
        self.done.append(text)


def _rule(given: Mapping[str, Any]) -> Rule:
    return Rule(given["protocol"], given.get("from_port"), given.get("to_port"), given["source"])
