# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries, spaces and hosts under another name: their objects on AWS get the new key in a tag.

Nothing else changes. The rest of the design meets the objects as they are called after that;
the first step of the run writes the tags. Without `renamed_from`, what looks like a rename is refused: it would make
second objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .._model.desired_network import DesiredNetwork, DesiredSpace, Report
from .._model.names import (
    PUBLIC_IP,
    TAG_KEY,
    TAG_NETWORK,
    TAG_PRIVATE_IP,
    cpe_nat_key,
    group_name,
    owned,
    public_ip_key,
    vpc_key,
)
from .._model.plan import Design, Placement
from .._model.role_inputs import TagsInput
from .._model.state import Cloud, ElasticIp, Server
from .._objects import Change
from .aggregators.fleet import Fleet, refuse_unless_incomplete
from .context import Context
from .cpe_nat.entries import Entry, current_address, is_retired, resolve_entries
from .gateway.gateways import Gateway

OF_HOSTS = ("gateway", "gateway-ip", "natgw", "natgw-ip")
"""Keys that end with a host."""
_PARTS = {"cpe-nat": "cpe_nat", PUBLIC_IP: "cpe_nat", "sg": "gateways", **dict.fromkeys(OF_HOSTS, "gateways")}


@dataclass
class Names:
    """Old names -> new ones."""

    entries: dict[str, str] = field(default_factory=dict)
    spaces: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.entries or self.spaces or self.hosts)

    def of(self, key: str) -> str:
        """Return a key with the new names in it."""
        kind, _slash, rest = key.partition("/")
        if kind == "cpe-nat":
            return cpe_nat_key(self.entries.get(rest, rest))
        if kind == PUBLIC_IP:
            return public_ip_key(self.hosts.get(rest, rest))
        parts = rest.split("/")
        if kind == "sg":
            return f"sg/gateway/{self.spaces.get(parts[1], parts[1])}" if parts[0] == "gateway" else key
        parts[0] = self.spaces.get(parts[0], parts[0])
        if kind in OF_HOSTS:
            parts[1] = self.hosts.get(parts[1], parts[1])
        return "/".join((kind, *parts))


def renamed_spaces(desired: DesiredNetwork) -> dict[str, str]:
    """Return the old key of each space that has one -> its key."""
    return {space.renamed_from: space.key for space in desired.spaces if space.renamed_from}


def with_renames(desired: DesiredNetwork, server: Server, cloud: Cloud, design: Design, report: Report) -> Cloud:
    """Return the cloud in which renamed objects carry their new keys; each is an item, and work for the first step."""
    if desired.absent:
        return cloud
    names = _names(desired, server, report)
    changed: dict[str, Any] = {}
    for name in (one.name for one in fields(Cloud)) if names else ():
        listed = getattr(cloud, name)
        if isinstance(listed, dict):
            known = _taken(listed.values(), desired.network)
            changed[name] = {key: _renamed(one, known, names, desired, design) for key, one in listed.items()}
        elif isinstance(listed, list):
            known = _taken(listed, desired.network)
            changed[name] = [_renamed(one, known, names, desired, design) for one in listed]
    return replace(cloud, **changed) if changed else cloud


def _names(desired: DesiredNetwork, server: Server, report: Report) -> Names:
    entries = resolve_entries(desired, server, Report())
    return Names(
        entries=_checked(
            "bonding_cpe_nat_ips, entry", [(one.key, one.desired.renamed_from) for one in entries], report
        ),
        spaces=_checked("space", [(one.key, one.renamed_from) for one in desired.spaces], report),
        hosts=_checked("host", [(one.host, one.renamed_from) for one in desired.hosts], report),
    )


def _checked(what: str, given: Iterable[tuple[str, str | None]], report: Report) -> dict[str, str]:
    """Return old name -> new name; an old name that is one of today's, or given twice, is a problem."""
    pairs = list(given)
    today = {new for new, _old in pairs}
    found: dict[str, str] = {}
    for new, old in pairs:
        if old is None:
            continue
        if old in today:
            report.problem(
                f"{what} {new}: renamed_from is a name of today (got {old}, expected one that no other has any more). "
                "Take renamed_from out once a run has renamed it; names that change places go by a third name, in two "
                "runs."
            )
        elif old in found:
            report.problem(
                f"{what} {new}: renamed_from is given twice (got {old}, which {found[old]} has too, expected one name "
                "for one). Leave one of them out."
            )
        else:
            found[old] = new
    return found


def _taken(objects: Iterable[Any], network: str) -> set[str]:
    """Return the keys that objects of the network have today, without those of Elastic IPs that are kept."""
    found = (one for one in objects if getattr(one, "tags", {}).get(TAG_NETWORK) == network)
    return {one.tags.get(TAG_KEY, "") for one in found if not (isinstance(one, ElasticIp) and is_retired(one))}


def _renamed(one: Any, taken: set[str], names: Names, desired: DesiredNetwork, design: Design) -> Any:
    tags: dict[str, str] = getattr(one, "tags", None) or {}
    old = tags.get(TAG_KEY, "")
    if tags.get(TAG_NETWORK) != desired.network or not old:
        return one
    new = names.of(old)
    if new == old or new in taken:
        return one
    after = {TAG_KEY: new}
    if tags.get("Name") == shown_name(desired.network, old):
        after["Name"] = shown_name(desired.network, new)
    number = one.allocation_id if isinstance(one, ElasticIp) else one.id
    part = _PARTS.get(new.partition("/")[0], "private_wan")
    before = {name: tags[name] for name in after}
    design.aws(Change("update", "key_tag", number, new, before, after), Placement("add", part))
    # what lies in a VPC is in the one region of all hosts
    region = one.region if isinstance(one, ElasticIp) else next((host.region for host in desired.hosts), None)
    design.renames.append(TagsInput(number, after, region))
    return replace(one, tags={**tags, **after})


def shown_name(network: str, key: str) -> str:
    """Return the tag `Name` that the roles give an object with this key; an operator may have given another one."""
    kind, _slash, rest = key.partition("/")
    if kind == "sg":
        return group_name(network, key)
    if kind == "gateway-ip":
        return f"{network}-gateway/{rest}"
    if kind in ("gateway", "natgw", "natgw-ip"):
        return f"{network}-{'gateway' if kind == 'gateway' else 'natgw'}/{rest}"
    place = rest.replace("/", "-public-" if kind.startswith("natgw-") else "-")
    return f"{network}-{place}"


def check_entry_names(
    entries: Iterable[Entry], own: Mapping[str, ElasticIp], fleet: Fleet, server: Server, report: Report
) -> None:
    """Refuse a new entry for a host behind a bond that a public address leads to already."""
    entries = list(entries)
    keys = {entry.key for entry in entries}
    for entry in entries:
        if current_address(own.get(entry.key)):
            continue
        for obj in server.bond_objects.get(entry.bond.id, ()):
            if obj.kind != "cpe_nat_ip" or obj.data.get("nat_ip") != entry.desired.nat_ip:
                continue
            old = next((key for key, one in own.items() if current_address(one) == obj.key and key not in keys), None)
            what = f"nat_ip {entry.desired.nat_ip} of bond {entry.bond.id}"
            if old:
                report.problem(
                    f"{entry.desired.label}: looks like the entry {old} by another name, whose address "
                    f"{own[old].public_ip} leads to {what} (got {entry.key}, expected {old}). Say renamed_from: {old} "
                    f"to keep the address, or name the entry {old} again."
                )
            elif not any(obj.key in (one.private_ip, one.tags.get(TAG_PRIVATE_IP)) for one in own.values()):
                refuse_unless_incomplete(
                    fleet,
                    f"{entry.desired.label}: {what} has the CPE NAT IP {obj.key} already, which is of no entry of "
                    "this network: a host has one public address. Leave the entry out; or take its Elastic IP over "
                    f"with public_ip and private_ip: {obj.key}; or delete that CPE NAT IP on the server, which "
                    "interrupts its inbound connections.",
                    report,
                )


def check_space_names(spaces: Iterable[DesiredSpace], context: Context) -> None:
    """Refuse a new VPC whose network is that of a VPC whose space the server has no more."""
    for space in spaces:
        here = owned(context.desired.network, vpc_key(space.key), context.cloud.vpcs.values())
        if space.vpc is None or space.vpc.cidr is None or here:
            continue
        for vpc in context.cloud.vpcs.values():
            kind, _slash, old = vpc.tags.get(TAG_KEY, "").partition("/")
            owned_by_network = vpc.tags.get(TAG_NETWORK) == context.desired.network and kind == "vpc"
            if owned_by_network and old not in context.server.spaces and space.vpc.cidr in vpc.cidrs:
                context.report.problem(_space_sentence(space.key, old, f"whose VPC {vpc.id} has its network"))


def _space_sentence(new: str, old: str, reason: str) -> str:
    return (
        f"space {new}: looks like the space {old} by another key, {reason} (got {new}, expected {old}, which the "
        f"server does not know any more). Say renamed_from: {old} in the space to keep what it has. If it is another "
        f"space, take {old} down first, with bonding_prune: true."
    )


def check_gateway_names(gateways: Iterable[Gateway], context: Context) -> None:
    """Refuse a new gateway on an instance that has the one of the same space, or of a space that is gone, already."""
    for gateway in gateways:
        instance = gateway.member.instance
        for interface in context.cloud.interfaces.values():
            key = interface.tags.get(TAG_KEY, "")
            known = owned(context.desired.network, key, [interface]) and key.startswith("gateway/")
            if not known or gateway.interface or instance is None or interface.instance_id != instance.id:
                continue
            _kind, space, old = key.split("/")
            if space == gateway.space:
                context.report.problem(
                    f"{gateway.label}: the instance {instance.id} has the gateway's network interface {interface.id} "
                    f"already, under another host name (got {gateway.member.host}, expected {old}). Say "
                    f"bonding_renamed_from: {old} on the host to keep what it has, or name the host {old} again."
                )
            elif space not in context.server.spaces and old == gateway.member.host:
                reason = f"whose gateway {interface.id} is on {old}"
                context.report.problem(_space_sentence(gateway.space, space, reason))
