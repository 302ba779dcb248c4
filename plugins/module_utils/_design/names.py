# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the inventory, judged before they get into a file. Private to the collection.

The rules themselves are in `_grammar`. The files are nft's, BIRD's and systemd's, on aggregators; what the server's own
names do there, `host_side` judges with everything else that a host is given.
"""

from __future__ import annotations

from collections.abc import Collection

from .._grammar import interface_name_problem, slug_problem, tunnel_template_problem
from .intent import Report


def check_interface_name(name: str, what: str, report: Report, primary: Collection[str] = ()) -> None:
    """Refuse a name that no device can have; `primary` are names of main devices, which no other device may have."""
    _say(interface_name_problem(name, primary), what, report)


def check_space_key(key: str, what: str, report: Report) -> None:
    """Refuse a key that no space can have: it is a part of paths and of AWS tags."""
    _say(slug_problem(key), what, report)


def check_tunnel_device(template: str, report: Report) -> None:
    """Refuse a template that does not make the name of a device for every bond."""
    _say(tunnel_template_problem(template), "bonding_tunnel_device", report)


def _say(problem: str | None, what: str, report: Report) -> None:
    if problem is not None:
        report.problem(f"{what}: {problem}")
