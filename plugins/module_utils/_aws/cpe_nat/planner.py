# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planner of CPE NAT entries: the steps from the present objects of EC2 to the wanted ones. Sends no request."""

from __future__ import annotations

from ..._cpe_nat_rules import Holding, adoption_problem
from ..._model.names import TAG_FOLLOWED_FROM
from .address_book import AddressBook, PlacingError, over_limit
from .reader import ElasticIp, Found, Interface, Place
from .request import CpeNatError, Entry, Request
from .steps import (
    ASSIGN_MOVE,
    ASSIGN_NEW,
    Decision,
    Step,
    decide_absent,
    decide_prune,
    free_for,
    holder_text,
    of_key,
    shape,
)


def needed_interfaces(request: Request, found: Found) -> set[str]:
    """Return the interfaces that have to be read before anything can be decided."""
    listed = {entry.key for entry in request.entries}
    touched = [address for address in found.addresses if request.prune or address.key in listed]
    places = {place for address in touched for place in (*address.named, address.place) if place}
    wanted = {entry.interface_id for entry in request.entries} if request.state == "present" else set()
    return wanted | {place.interface_id for place in places}


def is_settled(entry: Entry, found: Found) -> bool:
    """Return True if the entry's Elastic IP and private address are in place, so that no address is needed."""
    live = [address for address in found.addresses if address.key == entry.key and not address.retired]
    if len(live) != 1:
        return False
    place = live[0].place or live[0].tagged
    return (
        place is not None
        and place.interface_id == entry.interface_id
        and entry.private_ip in (None, place.private_ip)
        and found.on(place)
    )


def decide(request: Request, found: Found) -> Decision:
    """Return the steps from the objects found to those wanted. Raises CpeNatError with all problems at once."""
    return decide_absent(request, found) if request.state == "absent" else _Present(request, found).decide()


class _Present:
    """One decision for state present; it collects the problems of all entries."""

    def __init__(self, request: Request, found: Found) -> None:
        self.request = request
        self.found = found
        self.book = AddressBook(found)
        self.problems: list[str] = []

    def decide(self) -> Decision:
        decision = Decision(steps=[step for entry in self.request.entries for step in self._step(entry)])
        # fixed addresses first: chosen ones make way for them
        for step in sorted(decision.steps, key=lambda step: not step.fixed):
            self._place(step)
        self.problems += over_limit(decision.steps, self.found)
        for step in decision.steps:
            self._finish(step, decision.warnings)
        if self.request.prune:
            try:
                decision.steps += decide_prune(self.request, self.found, decision.warnings)
            except CpeNatError as err:
                self.problems += err.problems
        if self.problems:
            raise CpeNatError(self.problems)
        decision.choosing = self.book.choosing
        return decision

    def _problem(self, entry: Entry, text: str) -> None:
        self.problems.append(f"entry {entry.key}: {text}")

    def _step(self, entry: Entry) -> list[Step]:
        """Return the step as far as its place is known (`target` None: an address is wanted); None after a problem."""
        interface = self.found.interfaces.get(entry.interface_id)
        if interface is None:
            self._problem(
                entry, f"interface_id {entry.interface_id} is not a network interface of this account and region"
            )
            return []
        if entry.private_ip == interface.primary:
            self._problem(entry, f"private_ip {entry.private_ip} is the primary address of {interface.id}")
            return []
        known = len(self.problems)
        address = self._address(entry)
        if len(self.problems) > known:
            return []
        step = Step(entry.key, "create", address, entry, associate=True)
        step.reverse_dns = self._reverse_dns(entry, address)
        if address:
            self._describe_found(step, entry, address)
            self._locate(step, entry, address, interface)
        return [step] if len(self.problems) == known else []

    def _describe_found(self, step: Step, entry: Entry, address: ElasticIp) -> None:
        adopted = address.key != entry.key or address.network != self.request.network
        unmarked = entry.public_ip is not None and not address.adopted
        made = entry.made_connected_ip not in (None, address.made_connected_ip)
        followed = entry.followed_from not in (None, address.tags.get(TAG_FOLLOWED_FROM))
        step.write_tags = adopted or address.retired or unmarked or made or followed
        step.unretire = address.retired
        if not adopted:
            step.action = "update"
            step.before = {**shape(address, address.place or address.tagged), "retired": address.retired}

    def _locate(self, step: Step, entry: Entry, address: ElasticIp, interface: Interface) -> None:
        """Compare the place of the Elastic IP with the desired one, and set the step's target."""
        tagged = address.tagged if address.tagged in address.named else None
        if address.place is None and tagged and self.found.on(tagged) and not free_for(tagged, address, self.found):
            self._problem(
                entry,
                f"its private address {tagged} carries {holder_text(tagged, self.found)}, which is not its Elastic IP"
                f" {address}; disassociate that one, or retire the entry",
            )
            return
        source = address.place or (tagged if tagged and self.found.on(tagged) else None)
        if source and self._fits(source, entry, interface):
            step.target = source
            step.associate = address.place is None
            return
        if source:
            if not self.request.allow_moves:
                wanted = f"{entry.private_ip or 'a private address'} on {entry.interface_id}"
                self._problem(
                    entry, f"its Elastic IP {address} is at {source}, wanted is {wanted}: allow_moves is false"
                )
                return
            step.action = "move"
            step.reassociate = address.place is not None
        if tagged and self._fits(tagged, entry, interface) and self._resumable(step, tagged, address):
            return
        if source and self._goes_along(source, entry, address, interface):
            step.target = Place(interface.id, source.private_ip)
            step.assign = ASSIGN_MOVE

    def _fits(self, place: Place, entry: Entry, interface: Interface) -> bool:
        return (
            place.interface_id == entry.interface_id
            and place.private_ip != interface.primary
            and entry.private_ip in (None, place.private_ip)
        )

    def _resumable(self, step: Step, tagged: Place, address: ElasticIp) -> bool:
        """Take up what an earlier run began: the tags already name the place. False if it was taken meanwhile."""
        if self.found.on(tagged):
            if not free_for(tagged, address, self.found):
                return False
        elif not self.book.is_free(tagged, but_for=address.named):
            return False
        else:
            comes = any(place.private_ip == tagged.private_ip and self.found.on(place) for place in address.moving_from)
            step.assign = ASSIGN_MOVE if comes else ASSIGN_NEW
        step.target = tagged
        return True

    def _goes_along(self, source: Place, entry: Entry, address: ElasticIp, interface: Interface) -> bool:
        """Inside one subnet the private address moves together with its Elastic IP, if it is ours."""
        origin = self.found.interfaces.get(source.interface_id)
        return (
            source in address.named
            and self.found.on(source)
            and origin is not None
            and origin.id != interface.id
            and origin.subnet_id == interface.subnet_id
            and entry.private_ip in (None, source.private_ip)
        )

    def _address(self, entry: Entry) -> ElasticIp | None:
        """Return the Elastic IP that the entry has, takes again or adopts; None if one has to be allocated."""
        own = of_key(self.found, entry.key)
        live = [address for address in own if not address.retired]
        if len(live) > 1:
            several = ", ".join(map(str, live))
            self._problem(entry, f"{len(live)} Elastic IPs carry its key: {several}; retag or release all but one")
        elif live and entry.public_ip not in (None, live[0].public_ip):
            self._problem(entry, f"it has the Elastic IP {live[0]}, public_ip is {entry.public_ip}; retire it first")
        elif live or entry.public_ip is None:
            return own[0] if own else None
        else:
            return self._adopted(entry, entry.public_ip)
        return None

    def _adopted(self, entry: Entry, public_ip: str) -> ElasticIp | None:
        """Return the Elastic IP that the user gave by its public address; it must be free, without another owner."""
        listed = {address.public_ip: address for address in self.found.addresses}
        given = listed.get(public_ip) or self.found.others.get(public_ip)
        problem = adoption_problem(str(given or public_ip), _holding(given), self.request.network)
        if problem:
            self._problem(entry, problem)
            return None
        return given

    def _reverse_dns(self, entry: Entry, address: ElasticIp | None) -> str | None:
        """Return the name to set ("" removes it), or None if it is as wanted or not managed."""
        if entry.reverse_dns is None:
            return None
        wanted = entry.reverse_dns.rstrip(".").lower()
        now = self.found.reverse_dns.get(address.allocation_id, "") if address else ""
        return wanted if wanted != now else None

    def _place(self, step: Step) -> None:
        entry = step.entry
        if entry is None:
            return
        interface = self.found.interfaces[entry.interface_id]
        if step.target:
            self.book.keep(step.key, interface, step.target.private_ip)
            return
        try:
            step.target = self.book.take(entry, interface)
            step.assign = ASSIGN_NEW
        except PlacingError as err:
            self._problem(entry, str(err))

    def _finish(self, step: Step, warnings: list[str]) -> None:
        """Complete a step that has a target: its tags, former addresses to remove, and "none" if nothing changes."""
        address, target = step.eip, step.target
        if address is None or target is None:
            return
        left = [place for place in address.named if place != target and self.found.on(place)]
        for place in left:
            if not free_for(place, address, self.found):
                warnings.append(
                    f"entry {step.key}: {place} carries {holder_text(place, self.found)}, which is not its Elastic IP"
                    f" {address}; that private address is left as it is"
                )
        step.moving_from = tuple(place for place in left if free_for(place, address, self.found))
        step.vacate = tuple(
            place
            for place in step.moving_from
            if not (step.assign == ASSIGN_MOVE and place.private_ip == target.private_ip)
        )
        step.write_tags = (
            step.write_tags or address.tagged != target or set(step.moving_from) - set(address.moving_from) != set()
        )
        untouched = not (step.write_tags or step.associate or step.assign or step.moving_from or address.moving_from)
        if step.action == "update" and untouched and step.reverse_dns is None:
            step.action = "none"


def _holding(address: ElasticIp | None) -> Holding | None:
    if address is None:
        return None
    return Holding(
        network=address.network,
        retired=address.retired,
        use=f"the entry {address.key}" if address.key else "something else than CPE NAT",
        place=str(address.place or "a service") if address.association_id is not None else None,
    )
