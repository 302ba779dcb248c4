# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses of the aggregators themselves: automatic ones that EC2 does not give again, and Elastic IPs in their
place (`bonding_keep_public_address`).

One run allocates the Elastic IP, which interrupts nothing and shows the address that bonders will need. A later run
associates it, since the public address changes by that: with `bonding_allow_disruption`, as its last step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import PUBLIC_IP, TAG_KEY, TAG_NETWORK, owned, public_ip_key, tags
from ..._model.plan import KNOWN_AFTER_APPLY, Design, Placement, PlannedChange
from ..._model.role_inputs import PublicAddressInput
from ..._model.state import Cloud, ElasticIp, Instance
from ..._objects import Change
from ..context import Context
from .fleet import Fleet, Member

PART = "cpe_nat"
FATE = (
    "the public address was assigned automatically. With a second network interface, or with an Elastic IP on a "
    "secondary private address (a CPE NAT IP), the instance loses it at its next stop and start, and AWS gives no "
    "other: bonders do not find the aggregator any more. Give it an Elastic IP first, and its address on the server "
    "with it; bonding_keep_public_address: true allocates one."
)


def loses_address(instance: Instance, items: Iterable[PlannedChange]) -> bool:
    """Return True if an instance has an automatic address that does not come back after a stop ("Amazon EC2 instance
    IP addressing"): with a second network interface, or with an Elastic IP on a secondary address, after these items.
    """
    if not instance.automatic_ip:
        return False
    devices = len(instance.devices)
    elastic = {ip for ip in instance.addresses if ip != instance.private_ip and ip in instance.publics}
    for item in items:
        if item.kind == "attachment" and item.parent == instance.id:
            devices += {"create": 1, "delete": -1, "update": 0}[item.verb]
        elif item.kind == "address_association":
            before, after = item.before or {}, item.after or {}
            if before.get("interface_id") == instance.interface_id:
                elastic.discard(str(before["private_ip"]))
            if after and item.parent == instance.interface_id:
                elastic.add(str(after["private_ip"]))
    return devices > 1 or bool(elastic - {instance.private_ip})


def address_of(member: Member, desired: DesiredNetwork, cloud: Cloud) -> ElasticIp | None:
    """Return the Elastic IP that the network has allocated for an aggregator itself."""
    found: ElasticIp | None = owned(desired.network, public_ip_key(member.host), cloud.addresses)
    return found


def taken_addresses(desired: DesiredNetwork, cloud: Cloud, fleet: Fleet) -> list[str]:
    """Return the aggregators' own Elastic IPs that are in their place, or take it in this run."""
    exchanges = desired.keep_public_address and desired.allow_disruption
    found = (address_of(member, desired, cloud) for member in fleet.members)
    return [address.public_ip for address in found if address and (address.interface_id or exchanges)]


def design_public_addresses(context: Context) -> None:
    """Allocate and associate Elastic IPs of the aggregators themselves, or warn of addresses that do not come back."""
    desired, design, report = context.desired, context.design, context.report
    losing = []
    for member in context.fleet.members:
        if member.instance is None:
            continue
        found = address_of(member, desired, context.cloud)
        loses = loses_address(member.instance, design.items)
        if found and desired.keep_public_address:
            _associate(member, member.instance, found, desired, design, report)
        elif loses and desired.keep_public_address:
            _allocate(member, member.instance, desired, design, report)
        elif loses:
            losing.append(f"{member.host} ({member.instance.automatic_ip})")
    if losing:
        report.warn(f"{', '.join(losing)}: {FATE}")
    warn_of_stays({member.host for member in context.fleet.members}, desired, context.cloud, report)


def _allocate(member: Member, instance: Instance, desired: DesiredNetwork, design: Design, report: Report) -> None:
    key = public_ip_key(member.host)
    after = {"public_ip": KNOWN_AFTER_APPLY, "tags": tags(desired.network, key)}
    design.aws(Change("create", "elastic_ip", "", key, after=after), Placement("add", PART, member.host))
    design.public_addresses["add"].append((member.host, _work(member, key, desired)))
    report.warn(
        f"{member.host} ({instance.automatic_ip}): gets an Elastic IP, which this run associates with nothing yet. The "
        "next plan says its address, and what to do before it takes the place of the automatic one."
    )


def _associate(
    member: Member, instance: Instance, found: ElasticIp, desired: DesiredNetwork, design: Design, report: Report
) -> None:
    place = instance.interface_id, instance.private_ip
    if (found.interface_id, found.private_ip) == place:
        return
    elastic = instance.publics.get(instance.private_ip) if not instance.automatic_ip else None
    if found.interface_id or elastic:
        where = f"is on {found.interface_id}" if found.interface_id else f"is spare, since {elastic} is there"
        report.warn(
            f"{member.host}: its Elastic IP {found.public_ip} ({found.allocation_id}) {where}, and is left as it is. "
            "Associate it with the primary address by hand, or release it."
        )
        return
    old = instance.automatic_ip
    if old and not desired.allow_disruption:
        report.warn(
            f"{member.host}: the Elastic IP {found.public_ip} waits to take the place of its automatic address {old}. "
            f"Admit {found.public_ip} wherever {old} is admitted, then say bonding_allow_disruption: true; as soon as "
            f"that run ends, set the aggregator's address on the server, and ansible_host where it is {old}."
        )
        return
    text = (
        f"all bonds on {member.host}, and SSH to {old}: its public address becomes {found.public_ip}, at the end of "
        "the run. Bonds come back when the aggregator has that address on the management server, which the operator "
        "sets right after the run"
    )
    after = {"public_ip": found.public_ip, "interface_id": place[0], "private_ip": place[1]}
    design.aws(
        Change("create", "address_association", instance.interface_id, public_ip_key(member.host), after=after),
        Placement("switch", PART, member.host).interrupting(text if old else ""),
    )
    work = replace(
        _work(member, public_ip_key(member.host), desired),
        public_ip=found.public_ip,
        interface_id=place[0],
        private_ip=place[1],
    )
    design.public_addresses["switch"].append((member.host, work))


def _work(member: Member, key: str, desired: DesiredNetwork) -> PublicAddressInput:
    region = next((host.region for host in desired.hosts if host.host == member.host), None)
    return PublicAddressInput(key=key, name=f"{desired.network}-{member.host}", region=region)


def warn_of_stays(hosts: set[str], desired: DesiredNetwork, cloud: Cloud, report: Report) -> None:
    """Name the Elastic IPs of aggregators that leave: no run takes an aggregator's own address off, or releases it."""
    for address in cloud.addresses:
        kind, _slash, host = address.tags.get(TAG_KEY, "").partition("/")
        if kind != PUBLIC_IP or address.tags.get(TAG_NETWORK) != desired.network or host in hosts:
            continue
        report.warn(
            f"The Elastic IP {address.public_ip} ({address.allocation_id}) is the public address of {host} itself, and "
            "stays: nothing of this collection takes it off or releases it. Take the tags bonded.internet/* off it, or "
            "release it by hand."
        )
