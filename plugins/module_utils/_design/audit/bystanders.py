# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of others that an audit names: aggregators, second CPE NAT IPs, and rules in our security groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..._model.desired_network import DesiredNetwork
from ..._model.finding import Difference, Finding, finding_of
from ..._model.names import ANYWHERE, ANYWHERE_IPV6, TAG_KEY, TAG_NETWORK, TAG_PRIVATE_IP, cpe_nat_key, owned
from ..._model.state import Cloud, Rule, Server
from ..._parents import AGGREGATOR, parent_of
from ..aggregators.fleet import find_aggregator
from ..cpe_nat.entries import Entry

LAST_PORT = 65535


def find_bystanders(desired: DesiredNetwork, server: Server, cloud: Cloud, entries: Collection[Entry]) -> list[Finding]:
    """Return findings of objects of others on both sides."""
    differences = [
        *_unnamed_aggregators(desired, server),
        *_second_translations(desired, server, cloud, entries),
        *_open_groups(desired, cloud),
    ]
    return [finding_of(one, "left") for one in differences]


def _unnamed_aggregators(desired: DesiredNetwork, server: Server) -> Iterator[Difference]:
    """Yield the aggregators of the server that no host of the inventory is."""
    named = {find_aggregator(host.aggregator, server) for host in desired.hosts}
    for number, one in sorted(server.aggregators.items()):
        if number not in named:
            remedy = f"Nothing, unless it is to be part of the network {desired.network}."
            found = f"{one.name} ({one.ip})"
            yield Difference("aggregator", parent_of(AGGREGATOR, number), "a host of the inventory", found, "info",
                             "bystander", remedy=remedy)  # fmt: skip


def _second_translations(
    desired: DesiredNetwork, server: Server, cloud: Cloud, entries: Collection[Entry]
) -> Iterator[Difference]:
    """Yield CPE NAT IPs of others on an entry's bond that lead to the entry's own destination."""
    own = {one.tags.get(TAG_PRIVATE_IP) for one in cloud.addresses} | {one.private_ip for one in cloud.addresses}
    for entry in entries:
        address = owned(desired.network, cpe_nat_key(entry.key), cloud.addresses)
        for obj in server.bond_objects.get(entry.bond.id, ()):
            is_second = obj.kind == "cpe_nat_ip" and obj.data.get("nat_ip") == entry.desired.nat_ip
            if address and is_second and obj.key not in own:
                yield Difference(
                    obj.kind,
                    f"{obj.parent}/{obj.key}",
                    f"one CPE NAT IP to {entry.desired.nat_ip}, {address.private_ip}",
                    f"a second one, {obj.key}",
                    source="bystander",
                    space=entry.bond.space,
                    remedy="Delete it on the management server, or give it another destination.",
                )


def _open_groups(desired: DesiredNetwork, cloud: Cloud) -> Iterator[Difference]:
    """Yield rules of others that let everybody in, in groups of the network that do not do so by themselves."""
    for number, group in sorted(cloud.groups.items()):
        key = group.tags.get(TAG_KEY, number)
        for rule in sorted(group.rules - group.own, key=lambda one: one.label):
            is_own = any(own.covers(rule) for own in group.own)
            if group.tags.get(TAG_NETWORK) == desired.network and _opens_everything(rule) and not is_own:
                yield Difference(
                    "security_group_rule",
                    f"{key}/{rule.label}",
                    "rules of this network, and none of others that lets everybody in",
                    f"{rule.label}, a rule of others ({number})",
                    "warning",
                    "bystander",
                    remedy=f"aws ec2 revoke-security-group-ingress, or the console, takes it out of {number}.",
                )


def _opens_everything(rule: Rule) -> bool:
    is_whole = rule.protocol == "-1" or ((rule.from_port or 0) <= 1 and rule.to_port == LAST_PORT)
    return is_whole and rule.source in (ANYWHERE, ANYWHERE_IPV6)
