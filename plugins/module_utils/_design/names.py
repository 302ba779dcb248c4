# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the inventory and of the server, judged before they get into a file. Private to the collection.

The rules themselves are in `_grammar`. The files are nft's, BIRD's and systemd's, on aggregators.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._grammar import interface_name_problem, slug_problem, tunnel_template_problem
from .fleet import Member
from .intent import Report
from .state import Server


def check_interface_name(name: str, what: str, report: Report, primary: Collection[str] = ()) -> bool:
    """Return True if `name` may be a device's; `primary` are names of main devices, which no other device may have."""
    return _said(interface_name_problem(name, primary), what, report)


def check_space_key(key: str, what: str, report: Report) -> bool:
    """Return True if `key` may be a space's: it is a part of paths and of AWS tags."""
    return _said(slug_problem(key), what, report)


def check_tunnel_device(template: str, report: Report) -> bool:
    """Return True if `template` makes the name of a device for every bond."""
    return _said(tunnel_template_problem(template), "bonding_tunnel_device", report)


def _said(problem: str | None, what: str, report: Report) -> bool:
    if problem is not None:
        report.problem(f"{what}: {problem}")
    return problem is None


def check_names_on_server(members: Iterable[tuple[Member, str]], server: Server, report: Report) -> None:
    """Refuse strange names of devices that the server shows in spaces that are masqueraded: (aggregator, space).

    They get into the nft rules of the aggregator: one name with a quote in it stops all of them.
    """
    for member, space in members:
        for thing in server.things.get(member.id, ()):
            if thing.kind.endswith("_interface") and thing.data.get("space") == space:
                problem = interface_name_problem(thing.key)
                if problem is not None:
                    report.problem(
                        f"{member.host}: the interface {thing.key!r} of the space {space} on the server: {problem} The "
                        "masquerading of the space would need its name. Rename or delete it on the server."
                    )
