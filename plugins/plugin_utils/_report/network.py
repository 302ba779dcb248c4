# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of a report with the look-ups and the anchors that its parts share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    AddressDescription,
    AggregatorDescription,
    BondDescription,
    Description,
    GatewayDescription,
    SpaceDescription,
    Unread,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.finding import Finding

from .links import Links
from .view import Cell, Status

NOT_READ: tuple[Status, str] = ("unknown", "not read")


@dataclass(frozen=True)
class Counts:
    """Numbers of objects on an aggregator, None where a side that knows them was not read."""

    addresses: int | None
    gateways: int | None
    bonds: int | None


@dataclass(frozen=True)
class Network:
    """Data of a report.

    An anchor is made of a number alone: names are chosen by others, and need not be fit for one.
    """

    description: Description
    findings: tuple[Finding, ...] | None
    """None where no audit was made."""
    links: Links

    @cached_property
    def unread(self) -> list[str]:
        """Return the names of the sides that could not be read."""
        found = self.description.unread
        regions = [f"AWS in {region or 'the default region'}" for region in found.regions]
        return ["the management server", *regions] if found.server else regions

    def none(self, sentence: str, is_read: bool | None = None) -> str:
        """Return the sentence in place of an empty table: that there is nothing, or that nothing is known.

        :param is_read: True if the sides that know were read; by default all sides know
        """
        return sentence if (not self.unread if is_read is None else is_read) else "Not read."

    @property
    def is_server_read(self) -> bool:
        """Return True if the management server could be read."""
        return not self.description.unread.server

    @property
    def is_aws_read(self) -> bool:
        """Return True if each region of AWS could be read."""
        return not self.description.unread.regions

    @cached_property
    def gateways(self) -> list[GatewayDescription]:
        """Return the gateways of all spaces."""
        return [gateway for space in self.description.spaces for gateway in space.gateways]

    @cached_property
    def bonds_of(self) -> dict[str, list[BondDescription]]:
        """Return the bonds by space."""
        found: dict[str, list[BondDescription]] = {}
        for bond in self.description.bonds:
            found.setdefault(bond.space, []).append(bond)
        return found

    @cached_property
    def addresses_of(self) -> dict[str, list[AddressDescription]]:
        """Return the public addresses by space."""
        found: dict[str, list[AddressDescription]] = {}
        for one in self.description.addresses:
            found.setdefault(one.space, []).append(one)
        return found

    @cached_property
    def addresses_on(self) -> Counter[str]:
        """Return the number of public addresses by the host that owns them."""
        return Counter(one.owner for one in self.description.addresses if one.owner)

    @cached_property
    def gateways_on(self) -> Counter[str]:
        """Return the number of gateways in use by host; a standby is none."""
        return Counter(one.host for one in self.gateways if one.role != "standby" and one.interface_id)

    def counts_on(self, one: AggregatorDescription) -> Counts:
        """Return the numbers of objects on an aggregator."""
        is_server_unread, is_aws_unread = self.description.unread.server, self.description.unread.lacks(one.region)
        return Counts(
            addresses=None if is_server_unread or is_aws_unread else self.addresses_on[one.host],
            gateways=None if is_aws_unread else self.gateways_on[one.host],
            bonds=None if is_server_unread else one.bonds,
        )

    @cached_property
    def aggregator_anchors(self) -> dict[str, str]:
        """Return the anchor of each host."""
        return _anchors("aggregator", (one.host for one in self.description.aggregators))

    @cached_property
    def space_anchors(self) -> dict[str, str]:
        """Return the anchor of each space."""
        return _anchors("space", (one.key for one in self.description.spaces))

    @cached_property
    def address_anchors(self) -> dict[str, str]:
        """Return the anchor of each CPE NAT entry, by its key."""
        return _anchors("address", (one.key for one in self.description.addresses))

    def host(self, name: str, status: Status = "") -> Cell:
        """Return a cell with an aggregator, which leads to its row."""
        anchor = self.aggregator_anchors.get(name)
        return Cell(name or "–", f"#{anchor}" if anchor else "", status)

    def space(self, key: str) -> Cell:
        """Return a cell with a space, which leads to its part."""
        anchor = self.space_anchors.get(key)
        return Cell(key or "–", f"#{anchor}" if anchor else "")

    def bond(self, number: int, name: str) -> Cell:
        """Return a cell with a bond, which leads to the management server."""
        return Cell(f"{number} {name}", self.links.server("bond", number))

    def place(self, one: AggregatorDescription) -> str:
        """Return the title of the group that an aggregator is in."""
        return one.zone or one.region or "not on AWS, or zone not known"


def _anchors(kind: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{kind}-{number}" for number, name in enumerate(dict.fromkeys(names), 1)}


SERVER_STATES: dict[str, Status] = {"up": "good", "down": "bad"}
"""Status of each state that the management server gives an aggregator; of any other it is unknown."""


def aggregator_status(one: AggregatorDescription, unread: Unread) -> tuple[Status, str]:
    """Return the status of an aggregator, and its words: the instance's state counts before the server's."""
    if one.id is None:
        return NOT_READ if unread.server else ("bad", "not on the server")
    if one.instance_id and not one.instance_state:
        return NOT_READ if unread.lacks(one.region) else ("bad", "no instance")
    if one.instance_state not in ("", "running"):
        return "bad", one.instance_state
    words = one.status or "unknown"
    return SERVER_STATES.get(words, "unknown"), words


ADDRESS_STATES: dict[str, tuple[Status, str]] = {
    "with_bond": ("good", "with its bond"),
    "away": ("warn", "bond is elsewhere"),
    "unknown": ("unknown", "bond is on no aggregator"),
    "unassociated": ("bad", "associated with nothing"),
    "foreign": ("bad", "on no aggregator of the network"),
    "retired": ("unknown", "kept, not used"),
    "absent": ("bad", "not built"),
}
"""Status and words of each state of a public address."""
UNREAD_STATES = {"absent", "foreign"}
"""States that an address has where AWS could not be read."""


def address_status(one: AddressDescription, unread: Unread) -> tuple[Status, str]:
    """Return the status of a public address, and its words."""
    is_unread = unread.server if one.state == "unknown" else unread.lacks(one.region) and one.state in UNREAD_STATES
    return NOT_READ if is_unread else ADDRESS_STATES[one.state]


def mesh_status(space: SpaceDescription, unread: Unread) -> tuple[Status, str]:
    """Return the status of a space's direct mesh, and its words; its endpoints are addresses that AWS knows."""
    mesh = space.mesh
    if mesh is None:
        return "", "none"
    if unread.server or (unread.regions and not (mesh.missing or mesh.incomplete)):
        return NOT_READ
    if not mesh.members:
        return "bad", "not built"
    if mesh.missing or mesh.incomplete:
        lacking = len(mesh.missing) + len(mesh.incomplete)
        return "bad", f"{lacking} incomplete"
    return "good", "complete"


GATEWAY_ROLES: dict[str, tuple[Status, str]] = {
    "alone": ("warn", "no standby"),
    "active": ("good", "active"),
    "standby": ("good", "standby"),
}
"""Status and words of each role of a gateway."""


def gateway_status(one: GatewayDescription, unread: Unread) -> tuple[Status, str]:
    """Return the status of a gateway, and its words."""
    if not one.interface_id:
        return NOT_READ if unread.server or unread.lacks(one.region) else ("bad", "not built")
    return GATEWAY_ROLES[one.role]
