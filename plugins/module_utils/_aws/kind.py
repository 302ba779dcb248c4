# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of EC2 objects, and the calls of EC2 that carry out a planned change of one.

Each file of `resources` holds a kind and its `CALLS`. The rights that a plan needs, its dry runs
(`permissions`) and docs/iam-policy-*.json (`tools.iam_policies`) are derived from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .._model.names import TAG_NETWORK, owned
from .._model.plan import PlannedChange
from .._model.state import Cloud
from .._objects import Verb
from .client import Ec2Client, api_name

Objects = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class AwsState:
    """The network's name, and the present state of AWS."""

    network: str
    cloud: Cloud


Of: TypeAlias = "Callable[[PlannedChange, AwsState], Any]"
"""Something of a planned change, such as an id."""


def parent_of(item: PlannedChange, _state: AwsState) -> str:
    """Return the id or the key of the object in which the changed one lies."""
    return item.parent


def key_of(item: PlannedChange, _state: AwsState) -> str:
    """Return the id or the key of the changed object."""
    return item.key


def after(field: str) -> Of:
    """Return a function that gives the value of a field after the change."""
    return lambda item, _state: (item.after or {}).get(field)


@dataclass(frozen=True)
class Place:
    """An object by which IAM judges a call.

    :ivar resource: its type, as ARNs name it.
    :ivar found: gives (its id or "*", True if it carries the network's tag) for a change; without, it is the network's.
    """

    resource: str
    found: Callable[[PlannedChange, AwsState], Iterable[tuple[str, bool]]] | None = None


@dataclass(frozen=True)
class Call:
    """A call of EC2 that carries out a planned change.

    :ivar on: the objects that IAM judges it by, but for the one that it creates. Without any IAM knows no resource.
    :ivar creates: the type of what it creates, with the network's tags.
    :ivar tags: gives the keys of the tags that it writes or takes off; of a created object those beside the network's.
    :ivar when: gives False for a change that does without.
    :ivar params: gives the parameters of a dry run, without the tags of a created object. None, or a value that is
        None or KNOWN_AFTER_APPLY, stands for an object that has yet to be created.
    """

    method: str
    on: tuple[Place, ...] = ()
    creates: str = ""
    tags: Of = lambda _item, _state: ()
    when: Of = lambda _item, _state: True
    params: Of = lambda _item, _state: None

    @property
    def action(self) -> str:
        """Return its name in IAM policies, without the service."""
        return api_name(self.method)

    def dry_run(self, **values: Of) -> Call:
        """Return this call with the parameters of its dry run."""
        return replace(self, params=lambda item, state: {name: of(item, state) for name, of in values.items()})


Calls: TypeAlias = dict[tuple[str, Verb], "tuple[Call, ...]"]
"""The calls of a planned change, in their order, by its kind and verb."""


@dataclass(frozen=True)
class Kind:
    """A kind of EC2 objects.

    :ivar resource: its type, as ARNs and TagSpecifications name it.
    :ivar prefix: the beginning of its ids.
    :ivar id: EC2's field of the id.
    :ivar present: gives the objects of the network, by id.
    :ivar within: the field of the creating call's answer that holds the object; "" if the answer is the object.
    :ivar further_reads: calls beside the listing that read it.
    :ivar used: gives the ids of those of some objects that are in use.
    :ivar ready: returns True once an object that was created can be used.
    :ivar one_a_vpc: True if EC2 refuses a second object in a VPC: then another run may have been first.
    """

    resource: str
    prefix: str
    id: str
    present: Callable[[Cloud], Mapping[str, Any]]
    listing: str
    create: str
    delete: str
    within: str
    further_reads: tuple[str, ...] = ()
    used: Callable[[Ec2Client, Objects], set[str]] = lambda _client, _objects: set()
    ready: Callable[[Mapping[str, Any]], bool] = lambda _found: True
    one_a_vpc: bool = False

    @property
    def ours(self) -> Place:
        """Return the place of an object that carries the network's tag by the time of the call."""
        return Place(self.resource)

    def at(self, name_of: Of) -> Place:
        """Return the place of the object that `name_of` names in a change, by its id or its key."""
        return Place(self.resource, lambda item, state: [self.place_of(name_of(item, state), state)])

    def place_of(self, name: str, state: AwsState) -> tuple[str, bool]:
        """Return the place of an object, for `Place.found`. By its key it is the network's, there or yet to be made."""
        found = self.present(state.cloud).get(name)
        if not self.is_id(name) or (found is not None and found.tags.get(TAG_NETWORK) == state.network):
            return "*", True
        return name, False

    def is_id(self, name: str) -> bool:
        """Return True if a name in the plan is an id of this kind."""
        return name.startswith(f"{self.prefix}-")

    def id_of(self, name: str, state: AwsState) -> str | None:
        """Return the id of the network's object with this id or key; None if it has yet to be created."""
        objects = self.present(state.cloud)
        found = owned(state.network, name, objects.values())
        return next((number for number, one in objects.items() if number == name or one is found), None)

    def id_by(self, name_of: Of) -> Of:
        """Return a function that gives the id of the object that `name_of` names in a change."""
        return lambda item, state: self.id_of(name_of(item, state), state)

    def creation(self, *on: Place) -> Call:
        """Return the call that creates an object with its tags and its name, in or from other objects."""
        return Call(self.create, on, creates=self.resource, tags=lambda _item, _state: ("Name",))

    def deletion(self) -> Call:
        """Return the call that deletes the changed object."""
        return Call(self.delete, (self.ours,)).dry_run(**{self.id: self.id_by(key_of)})


def kind(name: str, prefix: str, present: Callable[[Cloud], Mapping[str, Any]], **more: Any) -> Kind:
    """Return a kind whose fields and calls EC2 names after it, as it does with most, but for those in `more`."""
    field = api_name(name)
    given: dict[str, Any] = {
        "resource": name.replace("_", "-"),
        "id": f"{field}Id",
        "listing": f"describe_{name}s",
        "create": f"create_{name}",
        "delete": f"delete_{name}",
        "within": field,
    }
    return Kind(prefix=prefix, present=present, **(given | more))


def in_use_with(field: str, name: str) -> Callable[[Ec2Client, Objects], set[str]]:
    """Return a function that gives the objects whose `field` is not empty; `name` is the field of the id."""
    return lambda _client, objects: {str(one[name]) for one in objects if one.get(field)}
