# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses that have to go: of entries that the inventory no longer names, and of a teardown."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_INTERFACE, TAG_PRIVATE_IP, TAG_RETIRED, cpe_nat_key
from ..._model.plan import Placement
from ..._model.role_inputs import CpeNatInput
from ..._model.state import Cloud, ElasticIp, Server
from ..._objects import Change, Object
from ..._parents import number_of
from ..aggregators.leftovers import RELEASE, TEARDOWN, releases
from ..context import Context
from .connected_ips import interrupted, made_objects, made_of, warn_of_kept
from .entries import Entry, is_adopted, is_retired
from .planner import PART, all_addresses, own_addresses
from .shared_addresses import bonds_of_removed, holders_of


def leftover_keys(entries: list[Entry], desired: DesiredNetwork, cloud: Cloud) -> list[str]:
    """Return the keys of CPE NAT addresses of the network that no entry names (all of them in a teardown)."""
    named = set() if desired.absent else {entry.key for entry in entries}
    return sorted(
        key
        for key, address in own_addresses(desired, cloud).items()
        if key not in named and not (is_retired(address) and (is_adopted(address) or not releases(desired)))
    )


def _server_objects(
    private_ip: str | None, bonds: set[int], address: ElasticIp, server: Server, going: set[str]
) -> list[Object]:
    """Return the bond's objects that go with an address: its CPE NAT IP, and the connected IP that was made for it.

    A run that ended between the two has left the second, with the address on AWS, which goes last.
    """
    if private_ip is None:
        return []
    nats = [obj for number, obj in holders_of(private_ip, server).items() if number in bonds]
    return [*nats, *made_objects(address, server, going)]


def going_connected_ips(
    entries: list[Entry], desired: DesiredNetwork, server: Server, cloud: Cloud
) -> set[tuple[int, str]]:
    """Return (bond, connected IP) of those that this run takes off the bonds with their addresses."""
    if not (desired.absent or desired.prune_addresses):
        return set()
    own = own_addresses(desired, cloud)
    decommissioned = [own[key] for key in leftover_keys(entries, desired, cloud)]
    going = {address.private_ip or address.tags.get(TAG_PRIVATE_IP, "") for address in decommissioned}
    objects = [obj for address in decommissioned for obj in made_objects(address, server, going)]
    return {(number_of(obj.parent), obj.key) for obj in objects}


def design_leftovers(entries: list[Entry], context: Context) -> None:
    """Take away what is asked for (teardown, or `bonding_prune_elastic_ips`); name what is kept."""
    desired, cloud, report = context.desired, context.cloud, context.report
    own, keys = own_addresses(desired, cloud), leftover_keys(entries, desired, cloud)
    if not (desired.absent or desired.prune_addresses):
        for key in keys:
            _keep(key, own[key], context)
        return
    removal = _Removal(
        {entry.key: entry for entry in entries},
        all_addresses(desired, cloud),
        {own[key].private_ip or own[key].tags.get(TAG_PRIVATE_IP, "") for key in keys},
        context,
    )
    for key in keys:
        removal.design(key, own[key])
    if desired.absent:
        warn_of_kept(entries, removal.dropped, context.server, report)
        for key, address in sorted(own.items()):
            if not desired.release_addresses:
                report.warn(f"The Elastic IP {address.public_ip} ({cpe_nat_key(key)}) is kept, tagged {TAG_RETIRED}.")


def _interface_of(address: ElasticIp) -> str | None:
    """Return the network interface that an Elastic IP is or was associated with."""
    return address.interface_id or address.tags.get(TAG_INTERFACE)


def _keep(key: str, address: ElasticIp, context: Context) -> None:
    """Keep an Elastic IP that no entry names, with what lets its connections in on the aggregator."""
    owner = context.fleet.by_interface(_interface_of(address))
    if owner and owner.host:
        context.leftovers.kept_owners |= {owner.host}
    context.report.keep(
        f"The Elastic IP {address.public_ip} ({cpe_nat_key(key)}) is named by no CPE NAT entry any more. It is kept, "
        "with what lets its connections in: a released public address never comes back. bonding_prune_elastic_ips: "
        f"true {'takes it off' if is_adopted(address) else 'releases it'}."
    )


@dataclass(frozen=True)
class _Removal:
    """The removal of Elastic IPs, one after the other."""

    entries: dict[str, Entry]
    every: dict[str, list[ElasticIp]]
    """All Elastic IPs with the tags of a key."""
    going: set[str]
    """The private addresses that leave in this run."""
    context: Context
    dropped: set[tuple[str, str, str]] = field(default_factory=set)
    """Kind, parent and key of the server's objects that go, each once."""

    def design(self, key: str, address: ElasticIp) -> None:
        """Disassociate an Elastic IP, delete the bond's objects, and release the address if it is ours and may go."""
        design, switch = self.context.design, TEARDOWN if self.context.desired.absent else RELEASE
        private_ip, interface = address.private_ip or address.tags.get(TAG_PRIVATE_IP), _interface_of(address)
        owner = self.context.fleet.by_interface(interface)
        host = owner.host if owner else None
        self.context.leftovers.gone_owners |= {host} if host else set()
        self.context.leftovers.gone_addresses |= {private_ip: switch} if private_ip else {}
        release, theirs = releases(self.context.desired), self._is_theirs(key, address)
        objects = self._objects(key, address, private_ip)
        design.drop(PART, host, *objects)
        for obj in objects:
            text = _stops(address) if obj.kind == "cpe_nat_ip" else interrupted(obj)
            design.interrupts(obj, text, switch)
        _items(Leftover(key, address, interface, private_ip, host, bool(owner), release and not theirs), self.context)
        self._give_up_spares(key, host, release)
        work = CpeNatInput(
            key=key,
            bond=next((number_of(obj.parent) for obj in objects), None),
            private_ip=private_ip,
            interface_id=interface,
            release=release,
            public_ip=address.public_ip if theirs else None,
            connected_ip=next((obj.key for obj in objects if obj.kind == "connected_ip"), None),
        )
        design.cpe_nat["remove"].append((host, work))
        if release and theirs:
            self.context.report.warn(
                f"The Elastic IP {address.public_ip} ({cpe_nat_key(key)}) was there before (public_ip): it is taken "
                f"off, kept in the account and tagged {TAG_RETIRED}, not released."
            )

    def _is_theirs(self, key: str, address: ElasticIp) -> bool:
        """Return True if the operator had the Elastic IP before the network."""
        entry = self.entries.get(key)
        return is_adopted(address) or bool(entry and entry.desired.public_ip == address.public_ip)

    def _objects(self, key: str, address: ElasticIp, private_ip: str | None) -> list[Object]:
        """Return the bond's objects that go with the address and with none before it."""
        server, entry, made = self.context.server, self.entries.get(key), made_of(address)
        told = (entry.bond.id if entry else None, made[0] if made else None)
        bonds = bonds_of_removed(key, told, private_ip, server, self.context.report)
        found = _server_objects(private_ip, bonds, address, server, self.going)
        objects = [obj for obj in found if (obj.kind, obj.parent, obj.key) not in self.dropped]
        self.dropped.update((obj.kind, obj.parent, obj.key) for obj in objects)
        return objects

    def _give_up_spares(self, key: str, host: str | None, release: bool) -> None:
        """Disassociate further Elastic IPs with the tags of the key, which a lost answer of EC2 can leave."""
        for spare in self.every[key][1:]:
            let_go = release and not is_adopted(spare)
            if let_go or not is_retired(spare):
                known = self.context.fleet.by_interface(spare.interface_id) is not None
                left = Leftover(key, spare, spare.interface_id, spare.private_ip, host, known, let_go)
                _items(left, self.context)


def _stops(address: ElasticIp) -> str:
    return f"inbound connections to {address.public_ip}"


@dataclass(frozen=True)
class Leftover:
    """An Elastic IP that is given up, with the private address that it leaves."""

    key: str
    address: ElasticIp
    interface: str | None
    private_ip: str | None
    host: str | None
    is_ours: bool
    """True if its network interface is an aggregator's of the network."""
    is_released: bool
    """True if the public address is released, and never comes back."""


def _items(left: Leftover, context: Context) -> None:
    design, address, key = context.design, left.address, cpe_nat_key(left.key)
    quiet = Placement("remove", PART, left.host)
    text, switch = _stops(address), TEARDOWN if context.desired.absent else RELEASE
    if address.interface_id:
        place = {"interface_id": address.interface_id, "private_ip": address.private_ip}
        design.aws(
            Change("delete", "address_association", address.interface_id, key, place),
            quiet.interrupting(text, switch),
        )
    assigned = {a for i in context.cloud.instances.values() if i.interface_id == left.interface for a in i.addresses}
    is_there = left.private_ip in assigned or (address.interface_id and not left.is_ours)
    if left.interface and left.private_ip and is_there:
        before = {"private_ip": left.private_ip}
        design.aws(Change("delete", "private_address", left.interface, left.private_ip, before), quiet)
    found = {"public_ip": address.public_ip, "tags": dict(address.tags)}
    found |= {"pool": address.pool} if address.pool else {}
    if left.is_released:
        lost = quiet.interrupting(f"{text}: the address is released, and never comes back", switch)
        design.aws(Change("delete", "elastic_ip", "", key, found), lost)
    else:
        old, new = {"tags": {TAG_RETIRED: address.tags.get(TAG_RETIRED)}}, {"tags": {TAG_RETIRED: "true"}}
        design.aws(Change("update", "elastic_ip", "", key, old, new), quiet)
