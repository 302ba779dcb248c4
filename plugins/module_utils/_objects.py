# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the server and changes, as the design and the engines share them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Verb = Literal["create", "update", "delete"]
Fields = dict[str, Any]
"""Values of an object by the names of its fields."""

SLOTS = ("import_ipv4", "export_ipv4", "import_ipv6", "export_ipv6")
"""Fields of a protocol that name a filter."""
_SHARED_NAMES = ("interface", "protocol")
# Words of kinds as people write them.
_WRITTEN = {
    "babel": "Babel",
    "bgp": "BGP",
    "cpe": "CPE",
    "ethernet": "Ethernet",
    "ip": "IP",
    "nat": "NAT",
    "ospf": "OSPF",
    "vlan": "VLAN",
    "vxlan": "VXLAN",
}


def group_of(kind: str) -> str:
    """Return the name space of a kind's key: kinds of one group share their names on an aggregator."""
    last = kind.rpartition("_")[2]
    return last if last in _SHARED_NAMES and kind != "bond_interface" else kind


def title_of(kind: str) -> str:
    """Return a kind's name in a sentence: "VXLAN interface"."""
    return " ".join(_WRITTEN.get(word, word) for word in kind.split("_"))


def title(kind: str, parent: str, key: str) -> str:
    """Return an object's name in a sentence: "VXLAN interface 'vx1' of aggregator 7"."""
    return f"{title_of(kind)} {key!r}{place(parent)}"


def place(parent: str) -> str:
    """Return the parent's part of a sentence: " of aggregator 7"; an empty text for no parent."""
    return f" of {parent.replace('s/', ' ')}" if parent else ""


@dataclass(frozen=True)
class Object:
    """One object of the server, present or desired.

    :param kind: a key of ``RESOURCES``; a kind that the table does not know can be present, and is left alone
    :param parent: "aggregators/7", "bonds/17", or "" where there is none
    :param key: its natural key: the name, the canonical address, the space's key
    :param data: friendly shape; of a desired object only what was given
    :param id: its id in the API, where it is known
    """

    kind: str
    parent: str
    key: str
    data: Fields
    id: int | str | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return the key that no two objects share: kinds of one group share their names."""
        return (group_of(self.kind), self.parent, self.key)

    @property
    def title(self) -> str:
        """Return the object's name in a sentence."""
        return title(self.kind, self.parent, self.key)


@dataclass(frozen=True)
class Change:
    """One change of one object, on the server, on AWS or on a host.

    :param before: update: only the fields that change, as they are; delete: the whole object; create: None
    :param after: create: all fields that are given; update: only those that change; delete: None
    :param id: the object's id in the server's API, where it is known
    """

    verb: Verb
    kind: str
    parent: str
    key: str
    before: Fields | None = None
    after: Fields | None = None
    id: int | str | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return the key of the object, which no two objects share."""
        return (group_of(self.kind), self.parent, self.key)

    @property
    def title(self) -> str:
        """Return the object's name in a sentence."""
        return title(self.kind, self.parent, self.key)
