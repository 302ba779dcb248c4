# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unwanted security groups and rules: kept, or removed by a switch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..._model.addresses import is_covered, network_of
from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_KEY
from ..._model.plan import ALLOW
from ..._model.state import SELF, Cloud, Rule, SecurityGroup, Server
from ..adoption import is_adopted_interface
from ..aggregators.fleet import Fleet
from ..aggregators.leftovers import DECOMMISSIONED, PRUNE, RELEASE, TEARDOWN, Leftovers, keeps_gateways
from ..context import Context
from .rules import BGP, FORWARDED, VXLAN, inbound_rules


def kind_of(key: str) -> tuple[str, str]:
    """Return (kind, VPC or space) of a security group's key."""
    _sg, _slash, rest = key.partition("/")
    kind, _slash, place = rest.partition("/")
    return kind, place


def keeps_direct(cloud: Cloud, leftovers: Leftovers) -> bool:
    """Return True if the BGP that is kept goes over private addresses, with rules and checks of its own."""
    rules = (rule for group in cloud.groups.values() for rule in group.own)
    return leftovers.keeps_bgp and (bool(cloud.checked_before) or any(_is_of_direct_bgp(rule) for rule in rules))


def _is_of_direct_bgp(rule: Rule) -> bool:
    return rule == FORWARDED or (rule.protocol, rule.from_port) in BGP


def group_switch(
    group: SecurityGroup, carried: bool, desired: DesiredNetwork, fleet: Fleet, leftovers: Leftovers
) -> str | None:
    """Return the switch by which an unwanted group goes; None for one that is kept with what it belongs to."""
    kind, place = kind_of(group.tags.get(TAG_KEY, ""))
    unnamed = PRUNE if desired.prune else None
    if desired.absent:
        return TEARDOWN
    if not desired.security_groups:
        return unnamed
    if kind == "gateway":
        if keeps_gateways(place, leftovers):
            return None
        return next((switch for (space, _host), switch in leftovers.gone_gateways.items() if space == place), unnamed)
    if kind == "cpe-nat" and any(m.instance and m.instance.vpc_id == place for m in fleet.members):
        if inbound_rules(desired) and leftovers.gone_owners:
            return RELEASE
        return ALLOW if carried else unnamed
    left = any(member.instance and member.instance.vpc_id == place for member in fleet.decommissioned)
    return DECOMMISSIONED if left else unnamed


def rule_switch(key: str, rule: Rule, context: Context) -> str:
    """Return the switch by which a rule of a group that stays is revoked."""
    kind, place = kind_of(key)
    if kind == "gateway":
        return next(
            (switch for (space, _host), switch in context.leftovers.gone_gateways.items() if space == place), ALLOW
        )
    if context.desired.bgp is None and context.desired.prune and _is_of_direct_bgp(rule):
        return PRUNE
    return DECOMMISSIONED if rule.source in _sources_that_leave(context.server, context.fleet) else ALLOW


def _sources_that_leave(server: Server, fleet: Fleet) -> set[str]:
    publics = {server.aggregators[member.id].ip for member in fleet.decommissioned if member.id in server.aggregators}
    return {f"{address}/32" for address in publics | fleet.decommissioned_addresses}


def is_idle(key: str, rule: Rule, remaining: Iterable[Rule], server: Server, fleet: Fleet) -> bool:
    """Return True if the rule is idle: others let in the same, or it names an address that no aggregator has."""
    kind, place = kind_of(key)
    remaining = list(remaining)
    if any(other.covers(rule) for other in remaining):
        return True
    source = network_of(rule.source)
    alike = [other.source for other in remaining if replace(other, source=rule.source).covers(rule)]
    inside = {f"{m.private_ip}/32" for m in fleet.members if m.instance and m.instance.vpc_id == place}
    if kind == "aggregators" and SELF in alike and rule.source in inside:  # whose interface carries the group by now
        return True
    if source and is_covered(source, filter(None, map(network_of, alike))):
        return True
    publics = {f"{aggregator.ip}/32" for aggregator in server.aggregators.values()}
    public = kind == "aggregators" and (rule.protocol, rule.from_port) not in (VXLAN, *BGP)
    return public and rule.source.endswith("/32") and rule.source not in publics


def carriers_of(group: SecurityGroup, cloud: Cloud, fleet: Fleet, leftovers: Leftovers) -> Iterator[tuple[str, str]]:
    """Return (interface, host or "") of everything that carries a group, but for what goes with its gateway."""
    members = [(m.instance, m.host) for m in (*fleet.members, *fleet.decommissioned) if m.instance]
    hosts = {instance.interface_id: host for instance, host in members}
    found = [instance.interface_id for instance, _host in members if group.id in instance.groups]
    found += [one.id for one in cloud.interfaces.values() if group.id in one.groups]
    found += (cloud.carriers or {}).get(group.id, ())
    going = {f"gateway/{space}/{host}" for space, host in leftovers.gone_gateways}
    for place in dict.fromkeys(found):
        interface = cloud.interfaces.get(place)
        goes = interface is not None and interface.tags.get(TAG_KEY) in going and not is_adopted_interface(interface)
        if not goes:
            yield place, hosts.get(place, "")
