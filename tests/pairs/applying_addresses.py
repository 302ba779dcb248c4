# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of Elastic IPs and private addresses, as EC2 carries them out or refuses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.names import TAG_RETIRED
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import KNOWN_AFTER_APPLY, PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp
from tests.pairs.applying_aws import Ec2Refused, number, one
from tests.pairs.state import State


def _put(state: State, old: ElasticIp, new: ElasticIp) -> None:
    state.cloud.addresses[state.cloud.addresses.index(old)] = new


def _of_key(state: State, item: PlannedChange) -> ElasticIp:
    """Return the address that an item means: the named one, else the live one of the key, else the retired one."""
    named = (item.before or {}).get("public_ip") or (item.after or {}).get("public_ip")
    everyone = state.cloud.addresses
    if named and named != KNOWN_AFTER_APPLY:
        return next(a for a in everyone if a.public_ip == named)
    found = sorted(state.keyed("addresses", item.key), key=lambda a: a.tags.get(TAG_RETIRED) == "true")
    if not found:
        raise Ec2Refused(f"no Elastic IP has the key {item.key}")
    live: ElasticIp = found[0]
    return live


def elastic_ip(state: State, item: PlannedChange) -> None:
    after, before = item.after or {}, item.before or {}
    if item.verb == "create":
        if any(a.tags.get(TAG_RETIRED) != "true" for a in state.keyed("addresses", item.key)):
            raise Ec2Refused(f"a second Elastic IP with the key {item.key}")
        name = number(state, "eipalloc")
        public = f"192.0.2.{state.made}" if not after.get("pool") else f"100.64.0.{state.made}"
        address = ElasticIp(name, public, dict(after["tags"]), reverse_dns=_name(after.get("reverse_dns")))
        state.cloud.addresses.append(address)
        return
    found = _of_key(state, item)
    if item.verb == "delete":
        if found.interface_id:
            raise Ec2Refused(f"InvalidIPAddress.InUse: {found.public_ip}")
        state.cloud.addresses.remove(found)
        state.released = (*state.released, found.public_ip)
        return
    tags: dict[str, Any] = {**found.tags, **after.get("tags", {})}
    for gone in set(before.get("tags", ())) - set(after.get("tags", ())):
        tags.pop(gone, None)
    new = replace(found, tags={name: value for name, value in tags.items() if value is not None})
    if "reverse_dns" in after:
        new = replace(new, reverse_dns=_name(after["reverse_dns"]))
    _put(state, found, new)


def _name(text: str | None) -> str | None:
    return text.rstrip(".").lower() or None if text else None


def _place(state: State, item: PlannedChange) -> tuple[str, str]:
    """Return (interface, private address) of an association."""
    instances, interfaces = state.cloud.instances.values(), state.cloud.interfaces
    owner = next((i for i in instances if i.interface_id == item.parent), None)
    if owner:
        private = (item.after or {})["private_ip"]
        if private not in owner.addresses:
            raise Ec2Refused(f"{private} is not on {item.parent}")
        return item.parent, private
    found = interfaces.get(item.parent) or one(state, "interfaces", item.parent)
    return found.id, found.private_ip


def address_association(state: State, item: PlannedChange) -> None:
    found = _of_key(state, item)
    if item.verb == "delete":
        if found.interface_id is None:
            raise Ec2Refused(f"InvalidAssociationID.NotFound: {found.public_ip}")
        _put(state, found, replace(found, interface_id=None, private_ip=None))
        return
    interface, private = _place(state, item)
    holder = next((a for a in state.cloud.addresses if (a.interface_id, a.private_ip) == (interface, private)), None)
    if holder and holder is not found:
        raise Ec2Refused(f"Resource.AlreadyAssociated: {private} carries {holder.public_ip}")
    if found.interface_id and item.verb == "create" and (found.interface_id, found.private_ip) != (interface, private):
        raise Ec2Refused(f"Resource.AlreadyAssociated: {found.public_ip} is on {found.interface_id}")
    _put(state, found, replace(found, interface_id=interface, private_ip=private))
    before = item.before or {}
    old = next((i for i in state.cloud.instances.values() if i.interface_id == before.get("interface_id")), None)
    if old and (old.interface_id, before["private_ip"]) != (interface, private):  # the engine vacates what it left
        left = tuple(a for a in old.addresses if a != before["private_ip"] or a == old.private_ip)
        state.cloud.instances[old.id] = replace(old, addresses=left)


def private_address(state: State, item: PlannedChange) -> None:
    cloud = state.cloud
    owner = next(i for i in cloud.instances.values() if i.interface_id == item.parent)
    if item.verb == "delete":
        if any((a.interface_id, a.private_ip) == (item.parent, item.key) for a in cloud.addresses):
            raise Ec2Refused(f"{item.key} still carries an Elastic IP")
        left = tuple(a for a in owner.addresses if a != item.key)
        if left == owner.addresses:
            raise Ec2Refused(f"{item.key} is not on {item.parent}")
        cloud.instances[owner.id] = replace(owner, addresses=left)
        return
    if item.key in owner.addresses:
        raise Ec2Refused(f"{item.key} is on {item.parent} already")
    for other in cloud.instances.values():
        if other.subnet_id == owner.subnet_id and item.key in other.addresses:  # it comes along, with its Elastic IP
            left = tuple(a for a in other.addresses if a != item.key)
            cloud.instances[other.id] = replace(other, addresses=left)
            for carried in [
                a for a in cloud.addresses if (a.interface_id, a.private_ip) == (other.interface_id, item.key)
            ]:
                _put(state, carried, replace(carried, interface_id=item.parent))
    cloud.instances[owner.id] = replace(cloud.instances[owner.id], addresses=(*owner.addresses, item.key))
    if len(cloud.instances[owner.id].addresses) > cloud.limits[owner.type].addresses_per_interface:
        raise Ec2Refused("PrivateIpAddressLimitExceeded")


ACTIONS: dict[str, Callable[[State, PlannedChange], None]] = {
    action.__name__: action for action in (elastic_ip, address_association, private_address)
}
