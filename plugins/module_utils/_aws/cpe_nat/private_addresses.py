# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assigning and unassigning private addresses, one call for each interface."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..._model.addresses import choose_private_address
from ..client import Ec2Error, Ec2UnclearError, call, describe_by, wait
from ..executor import Work
from ..resources.subnet import reserved_in
from .elastic_ips import JUST_MADE, tag, target_of
from .reader import Found, Interface, Place
from .steps import ASSIGN_MOVE, Step

TAKEN = ("InvalidParameterValue", "InvalidIPAddress.InUse", "PrivateIpAddressInUse")
"""EC2's error codes for, among other problems, an address that belongs to another interface."""

ROUNDS = 5


def assign(work: Work, found: Found, steps: Sequence[Step]) -> None:
    """Assign the private addresses of all steps, one call for each interface; one more for those that come with a move.

    An address that was taken meanwhile is chosen again (and the Elastic IP retagged), unless the user gave it.
    """
    groups: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        if step.assign:
            groups.setdefault((target_of(step).interface_id, step.assign), []).append(step)
    everyone = list(steps)
    work.each(list(groups.values()), lambda group: _assign_group(work, found, group, everyone))


def _assign_group(work: Work, found: Found, group: list[Step], everyone: list[Step]) -> None:
    interface_id = target_of(group[0]).interface_id
    pending = group
    for attempt in range(1, ROUNDS + 1):
        addresses = sorted(target_of(step).private_ip for step in pending)
        try:
            call(
                work.client,
                "assign_private_ip_addresses",
                repeatable=False,
                what=f"{', '.join(addresses)} on {interface_id}",
                patient_with=JUST_MADE,
                NetworkInterfaceId=interface_id,
                PrivateIpAddresses=addresses,
                AllowReassignment=group[0].assign == ASSIGN_MOVE,
            )
            break
        except Ec2Error as err:
            if attempt == ROUNDS or not (isinstance(err, Ec2UnclearError) or err.code in TAKEN):
                raise
            with work.lock:
                pending = _still_to_assign(work, found, pending, everyone, err)
        if not pending:
            break
        wait(attempt)
    work.done.extend(f"entry {step.key}: assigned {step.target}" for step in group)


def _still_to_assign(work: Work, found: Found, pending: list[Step], everyone: list[Step], err: Ec2Error) -> list[Step]:
    """Return the steps to repeat after a failed call; raise the error again if other addresses would not help."""
    interface_id = target_of(pending[0]).interface_id
    subnet = found.subnets[found.interfaces[interface_id].subnet_id]
    listed = describe_by(work.client, "describe_network_interfaces", "subnet-id", [subnet.id])
    owner = {address: item.id for item in map(Interface.of, listed) for address in item.occupied()}
    missing = [step for step in pending if owner.get(target_of(step).private_ip) != interface_id]
    if isinstance(err, Ec2UnclearError):
        return missing
    # the listing may be older than the refusal, whose text names the addresses in brackets
    named = {address for found_list in re.findall(r"\[([\d., ]+)\]", str(err)) for address in found_list.split(", ")}
    lost = [step for step in missing if target_of(step).private_ip in owner.keys() | named]
    if not lost or any(step.fixed or step.assign == ASSIGN_MOVE for step in lost):
        raise err
    promised = {other.target.private_ip for other in everyone if other.target}
    reserved = reserved_in(work.client, subnet.id)
    for step in lost:
        chosen = choose_private_address(step.key, subnet.cidr, owner.keys() | promised, reserved)
        if chosen is None:
            raise Ec2Error(f"{err} No other address of subnet {subnet.id} ({subnet.cidr}) is free") from err
        step.target = Place(interface_id, chosen)
        promised.add(chosen)
        tag(work, [step])
    return missing


def unassign(work: Work, places: Iterable[Place]) -> None:
    """Take the private addresses off their interfaces, one call for each interface."""
    groups: dict[str, list[str]] = {}
    for place in places:
        groups.setdefault(place.interface_id, []).append(place.private_ip)
    work.each(sorted(groups.items()), lambda group: _unassign_group(work, *group))


def _unassign_group(work: Work, interface_id: str, addresses: list[str]) -> None:
    going = sorted(set(addresses))
    for attempt in range(1, ROUNDS + 1):
        try:
            call(
                work.client,
                "unassign_private_ip_addresses",
                what=f"{', '.join(going)} on {interface_id}",
                NetworkInterfaceId=interface_id,
                PrivateIpAddresses=going,
            )
            break
        except Ec2Error:
            # another user may have taken some away, or this very call, whose answer was lost
            listed = describe_by(work.client, "describe_network_interfaces", "network-interface-id", [interface_id])
            there = {address for item in listed for address in Interface.of(item).addresses}
            left = [address for address in going if address in there]
            if left == going or attempt == ROUNDS:
                raise
            going = left
        if not going:
            break
    work.done.append(f"unassigned {', '.join(sorted(addresses))} on {interface_id}")
