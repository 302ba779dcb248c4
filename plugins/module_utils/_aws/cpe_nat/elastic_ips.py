# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writing calls on one Elastic IP of a CPE NAT entry.

Each call is safe to be repeated by the next run; AllocateAddress, which has no client token, is looked for first.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from ..._model.names import (
    TAG_ADOPTED,
    TAG_CONNECTED_IP,
    TAG_FOLLOWED_FROM,
    TAG_INTERFACE,
    TAG_KEY,
    TAG_MOVING_FROM,
    TAG_NETWORK,
    TAG_PRIVATE_IP,
    TAG_RETIRED,
)
from ..client import CONSISTENCY_SECONDS, Ec2Error, as_tags, call, describe_by, wait
from ..creation import Creation, create, settle
from ..executor import Work
from ..resources.elastic_ip import ELASTIC_IP, has_name
from .reader import KEY_PREFIX, ElasticIp, Place, find_by_key
from .steps import Step

NAME_SET = "InvalidAddress.PtrSet"
"""EC2's code for an address that it does not release, since it has a reverse DNS name."""

NAME_SECONDS = 300.0
"""Seconds that EC2 may take to remove a reverse DNS name that was reset."""

JUST_MADE = ("InvalidAllocationID.NotFound", "InvalidElasticIpID.NotFound", "InvalidNetworkInterfaceID.NotFound")
"""EC2's error codes for an object that was created a moment ago and is not visible yet."""


def tags_for(step: Step, network: str) -> dict[str, str]:
    """Return all tags of the step's Elastic IP: whose it is, and which private address it names."""
    target = target_of(step)
    further = step.entry.tags if step.entry else {}
    tags = {str(key): str(value) for key, value in further.items()} | {
        TAG_NETWORK: network,
        TAG_KEY: KEY_PREFIX + step.key,
        TAG_INTERFACE: target.interface_id,
        TAG_PRIVATE_IP: target.private_ip,
    }
    if step.entry and step.entry.public_ip:
        tags[TAG_ADOPTED] = "true"
    made = step.entry.made_connected_ip if step.entry else None
    if made or (made is not None and step.eip and step.eip.made_connected_ip):
        tags[TAG_CONNECTED_IP] = made
    if step.entry and step.entry.followed_from is not None:
        tags[TAG_FOLLOWED_FROM] = step.entry.followed_from
    if step.moving_from:
        # Addresses that come along have their interface as the tag's whole value, so that one call tags them all.
        along = {place: place.interface_id for place in step.moving_from if place.private_ip == target.private_ip}
        tags[TAG_MOVING_FROM] = " ".join(along.get(place, place.tag) for place in step.moving_from)
    return tags


def allocate(work: Work, steps: Sequence[Step]) -> None:
    """Allocate an Elastic IP for each step, with all its tags in the same call, and settle with another run.

    After an unclear answer the address is looked for, then asked for again.
    """
    made: dict[str, str] = {}
    try:
        work.each(steps, lambda step: _allocate(work, step, made))
    finally:
        # also what was allocated before another one failed: the next run may not have to choose
        stays = settle(work.client, ELASTIC_IP, work.network, made)
        for step in steps:
            found = stays.get(KEY_PREFIX + step.key)
            if found and found["AllocationId"] != eip_of(step).allocation_id:
                _take(work, step, ElasticIp.of(found))


def _take(work: Work, step: Step, other: ElasticIp) -> None:
    """Go on with the Elastic IP of another run, which has chosen a private address too."""
    work.done.append(f"entry {step.key}: released {step.eip} again, since another run has allocated {other}")
    step.eip = other
    there = other.place or other.tagged
    if there and there.interface_id == target_of(step).interface_id and not step.fixed:
        step.target = there


def _allocate(work: Work, step: Step, made: dict[str, str]) -> None:
    pool: dict[str, Any] = {"PublicIpv4Pool": step.entry.pool} if step.entry and step.entry.pool else {}
    eip, certain = create(
        work.client,
        Creation("allocate_address", f"entry {step.key}"),
        lambda: find_by_key(work.client, work.network, step.key),
        lambda answer: ElasticIp(answer["AllocationId"], answer["PublicIp"], work.network, step.key),
        Domain="vpc",
        TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": as_tags(tags_for(step, work.network))}],
        **pool,
    )
    if certain:
        made[KEY_PREFIX + step.key] = eip.allocation_id
    step.eip = replace(eip, tagged=step.target)
    work.done.append(f"entry {step.key}: allocated {eip}")


def tag(work: Work, steps: Sequence[Step]) -> None:
    """Write the tags that differ of Elastic IPs that exist, one call for all that get the same ones."""
    groups: dict[tuple[tuple[str, str], ...], list[Step]] = {}
    for step in steps:
        wanted, present = tags_for(step, work.network), eip_of(step).tags
        groups.setdefault(tuple((k, v) for k, v in wanted.items() if present.get(k) != v), []).append(step)
    work.each([(dict(tags), same) for tags, same in groups.items() if tags], partial(_tag, work))


def _tag(work: Work, given: tuple[dict[str, str], list[Step]]) -> None:
    tags, steps = given
    call(
        work.client,
        "create_tags",
        what=some_entries(steps),
        patient_with=JUST_MADE,
        Resources=sorted(eip_of(step).allocation_id for step in steps),
        Tags=as_tags(tags),
    )
    for step in steps:
        step.eip = replace(eip_of(step), tags={**eip_of(step).tags, **tags})
        work.done.append(f"entry {step.key}: tagged {step.eip} with {step.target}")


def some_entries(steps: Sequence[Step]) -> str:
    """Return the entries of steps for an error text."""
    return f"{'entry' if len(steps) == 1 else 'entries'} {', '.join(step.key for step in steps)}"


def untag(work: Work, steps: Sequence[Step], *keys: str) -> None:
    """Take tags away from all the steps' Elastic IPs, in one call."""
    if steps:
        call(
            work.client,
            "delete_tags",
            what=f"{', '.join(keys)} of {', '.join(step.key for step in steps)}",
            patient_with=JUST_MADE,
            Resources=sorted(eip_of(step).allocation_id for step in steps),
            Tags=[{"Key": key} for key in keys],
        )


def associate(work: Work, step: Step) -> None:
    """Bind the Elastic IP to exactly its private address; nothing if it is already there."""
    eip, target = eip_of(step), target_of(step)
    if eip.place == target:
        return
    try:
        call(
            work.client,
            "associate_address",
            what=f"entry {step.key} ({eip} with {target})",
            # an address assigned a moment ago may be unknown to this call, which then says InvalidParameterValue
            patient_with=(*JUST_MADE, "InvalidParameterValue") if step.assign else JUST_MADE,
            AllocationId=eip.allocation_id,
            NetworkInterfaceId=target.interface_id,
            PrivateIpAddress=target.private_ip,
            AllowReassociation=step.reassociate,
        )
    except Ec2Error as err:
        # a call repeated after a lost answer meets its own association
        if err.code != "Resource.AlreadyAssociated" or _places(work, [step]).get(eip.allocation_id) != target:
            raise
    step.eip = replace(eip, place=target)
    work.done.append(f"entry {step.key}: associated {eip} with {target}")


def follow(work: Work, steps: Sequence[Step]) -> None:
    """Wait until the Elastic IPs have moved with their private addresses, which EC2 does a little later."""
    deadline = time.monotonic() + CONSISTENCY_SECONDS
    waiting = list(steps)
    while waiting:
        places = _places(work, waiting)
        for step in waiting:
            eip = eip_of(step)
            if places.get(eip.allocation_id) == step.target:
                step.eip = replace(eip, place=step.target)
                work.done.append(f"entry {step.key}: {eip} moved to {step.target}")
        waiting = [step for step in waiting if eip_of(step).place != step.target]
        if time.monotonic() >= deadline:
            # associate() does it then
            return
        if waiting:
            time.sleep(1.0)


def _places(work: Work, steps: Iterable[Step]) -> dict[str, Place | None]:
    """Return the associations of the steps' Elastic IPs, read from EC2 again, by allocation id."""
    ids = [eip_of(step).allocation_id for step in steps]
    listed = describe_by(work.client, "describe_addresses", "allocation-id", ids)
    return {item["AllocationId"]: ElasticIp.of(item).place for item in listed}


def set_reverse_dns(work: Work, step: Step) -> None:
    """Set the reverse DNS name, or take it away if it is empty."""
    eip = eip_of(step)
    if step.reverse_dns:
        call(
            work.client,
            "modify_address_attribute",
            what=f"entry {step.key} (reverse DNS: {step.reverse_dns} must resolve to {eip.public_ip} first)",
            patient_with=JUST_MADE,
            AllocationId=eip.allocation_id,
            DomainName=step.reverse_dns,
        )
    else:
        _reset_reverse_dns(work, eip, step.key)
    work.done.append(f"entry {step.key}: reverse DNS of {eip} is '{step.reverse_dns}'")


def _reset_reverse_dns(work: Work, eip: ElasticIp, key: str) -> None:
    call(
        work.client,
        "reset_address_attribute",
        what=f"entry {key}",
        AllocationId=eip.allocation_id,
        Attribute="domain-name",
    )


def disassociate(work: Work, step: Step) -> None:
    """End the association of a step's Elastic IP; skip one that EC2 has ended already."""
    eip = eip_of(step)
    try:
        call(work.client, "disassociate_address", what=f"entry {step.key} ({eip})", AssociationId=eip.association_id)
    except Ec2Error as err:
        if err.code != "InvalidAssociationID.NotFound":
            raise
    work.done.append(f"entry {step.key}: disassociated {eip}")


def retire(work: Work, steps: Sequence[Step]) -> None:
    """Tag the Elastic IPs as retired, all in one call: kept for later, naming no private address."""
    if steps:
        call(
            work.client,
            "create_tags",
            what=f"{TAG_RETIRED} on {', '.join(step.key for step in steps)}",
            Resources=sorted(eip_of(step).allocation_id for step in steps),
            Tags=as_tags({TAG_RETIRED: "true"}),
        )
        work.done += [f"entry {step.key}: retired {step.eip}" for step in steps]


def release(work: Work, step: Step) -> None:
    """Give the Elastic IP back to AWS, for ever."""
    eip = eip_of(step)
    try:
        _release_call(work, eip, step.key)
    except Ec2Error as err:
        if err.code == NAME_SET:
            _reset_reverse_dns(work, eip, step.key)
            _await_no_name(work, eip, step.key)
            _release_call(work, eip, step.key, NAME_SET)
        elif err.code != "InvalidAllocationID.NotFound":
            raise
    work.done.append(f"entry {step.key}: released {eip}")


def _await_no_name(work: Work, eip: ElasticIp, key: str) -> None:
    """Wait until the reverse DNS name that was reset has gone, which takes EC2 a minute or so."""
    started = time.monotonic()
    for attempt in count(1):
        if not has_name(work.client, eip.allocation_id):
            return
        if time.monotonic() - started >= NAME_SECONDS:
            text = (
                f"entry {key}: EC2 still shows the reverse DNS name of {eip}, {NAME_SECONDS:.0f} s after it was reset."
                " The address is not released yet. Run again in some minutes"
            )
            raise Ec2Error(text, "ReleaseAddress", NAME_SET)
        wait(attempt)


def _release_call(work: Work, eip: ElasticIp, key: str, *patient_with: str) -> None:
    call(
        work.client,
        "release_address",
        what=f"entry {key} ({eip})",
        # the disassociation a moment ago may not be known yet
        patient_with=("InvalidIPAddress.InUse", *patient_with),
        AllocationId=eip.allocation_id,
    )


def eip_of(step: Step) -> ElasticIp:
    """Return the Elastic IP of a step, which an earlier step has allocated."""
    if step.eip is None:
        raise AssertionError(
            f"entry {step.key}: the Elastic IP is unknown (got none, expected the one that the allocation returned). "
            "The entry keeps what earlier steps have created, by its tags. Report this defect of the collection, and "
            "run again."
        )
    return step.eip


def target_of(step: Step) -> Place:
    """Return the interface and the private address that a step's Elastic IP is to have."""
    if step.target is None:
        raise AssertionError(
            f"entry {step.key}: the private address is unknown (got none, expected the one that was chosen for it). "
            "The entry keeps what earlier steps have created, by its tags. Report this defect of the collection, and "
            "run again."
        )
    return step.target
