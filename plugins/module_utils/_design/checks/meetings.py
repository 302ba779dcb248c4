# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of others on the management server that meet the network's own, and what a plan says of them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from ..._model.desired_network import Report
from ..._model.finding import Difference, Severity
from ..._model.names import TAG_NETWORK
from ..._objects import Object, title_of
from ..aggregators.fleet import Member, some
from ..context import Context
from ..gateway.gateways import Gateway

LEFT_ALONE = "the collection changes no object of others."


@dataclass(frozen=True)
class Meeting:
    """An object of others and one of ours that meet, on any number of aggregators."""

    subject: str
    does: tuple[str, str]
    """Both forms of the verb: "runs", "run"."""
    what: str
    got: str
    expected: str
    harm: str
    name: str
    """Name of the object of others in the advice."""
    way: str = ""
    """Alternative to the end of the object, as the end of a sentence."""
    end: str = "Delete or disable"

    def about(self, host: str, severity: Severity) -> Difference:
        """Return the finding of an audit about an object of others on a host."""
        found = f"{self.subject} {self.does[0]} {self.what} (got {self.got})"
        remedy = f"{self.end} {self.name} on the management server{self.way}."
        return Difference(
            "foreign_object", f"{host}/{self.name}", self.expected, found, severity, "bystander", host, remedy=remedy
        )


@dataclass
class Meetings:
    """Meetings with the hosts that have them; `idle` are those of objects that are disabled or import nothing."""

    active: dict[Meeting, list[str]] = field(default_factory=dict)
    idle: dict[Meeting, list[str]] = field(default_factory=dict)
    apart: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    """(title, name of ours, interfaces) of a routing protocol in the table of ours that does no harm."""

    def add(self, meeting: Meeting, host: str, is_active: bool = True) -> None:
        """Note a meeting on a host."""
        (self.active if is_active else self.idle).setdefault(meeting, []).append(host)

    def tell(self, report: Report) -> None:
        """Add a problem of each active meeting, and a warning of each other one."""
        for one, hosts in self.active.items():
            report.problem(
                f"{some(hosts)}: {one.subject} {one.does[0]} {one.what} (got {one.got}, expected {one.expected}): "
                f"{one.harm}. {one.end} {one.name} on the management server{one.way}: {LEFT_ALONE}",
                *(one.about(host, "error") for host in hosts),
            )
        for one, hosts in self.idle.items():
            report.warn(
                f"{some(hosts)}: {one.subject} would {one.does[1]} {one.what}: {one.harm}. It is disabled or imports "
                "nothing, and does no harm as long as that is so. "
                f"Delete {one.name} on the management server: {LEFT_ALONE}",
                *(one.about(host, "warning") for host in hosts),
            )
        for (title, ours, interfaces), hosts in self.apart.items():
            report.warn(
                f"{some(hosts)}: {title} is in one routing table with {ours}, on other interfaces ({interfaces}). No "
                "route goes round as it is now. Let it join no two aggregators of this network, or delete it on the "
                f"management server: {LEFT_ALONE}"
            )


@dataclass(frozen=True)
class Place:
    """An aggregator with the objects of others on it, and those that the network wants there."""

    member: Member
    theirs: list[Object]
    ours: list[Object]
    """The objects of meshes and of BGP."""
    tunnels: dict[str | None, Object]
    """Our VXLAN interfaces by space."""
    routing: dict[str | None, Object]
    """Our Babel or OSPF protocols by space."""
    gateways: list[Gateway]


def is_own_interface(obj: Object, member: Member, context: Context) -> bool:
    """Return True if an interface is a mesh's, under an older name too, or has the address of a gateway of ours."""
    key = obj.data.get("space")
    space = context.server.spaces.get(key or "")
    own = {
        one.private_ip
        for one in context.cloud.interfaces.values()
        if one.tags.get(TAG_NETWORK) == context.desired.network
    }
    return obj in context.existing.of(key, space.id if space else 0).get(member.id, ()) or any(
        text.split("/")[0] in own for text in obj.data.get("addresses") or ()
    )


def title_in_space(obj: Object) -> str:
    """Return an object's name and its space in a sentence; a filter belongs to no space."""
    title, space = f"the {title_of(obj.kind)} {obj.key}", obj.data.get("space")
    if obj.kind == "filter":
        return title
    return f"{title} of space {space}" if space else f"{title} without a space"


def is_enabled(obj: Object) -> bool:
    """Return True if the server does not have the object disabled."""
    return obj.data.get("enabled") is not False


def mode_of(obj: Object, slot: str) -> str:
    """Return the mode of a protocol's import or export; the server's default is `all`."""
    return str((obj.data.get(slot) or {}).get("mode", "all"))


def overlaps(address: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    """Return True if an interface's address and its subnet meet a network."""
    found = ipaddress.ip_interface(address).network
    return found.version == network.version and found.overlaps(network)
