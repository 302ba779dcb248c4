# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of the network that changes, and runs of site.yml with datagrams on all of these paths."""

from __future__ import annotations

from collections.abc import Callable

from lab.demo.playbook import Outcome

from ..lab import Lab
from ..probes import Path, Probes, Traffic
from .traffic import all_answer, following, public_paths


def paths(lab: Lab) -> list[Path]:
    """From the Internet to each public address, and in each space that has a private WAN."""
    spaces = [one["key"] for one in lab.server.state["spaces"] if one["private_wan_enabled"]]
    return public_paths(lab) + [space_path(lab, key) for key in spaces]


def space_path(lab: Lab, space: str) -> Path:
    """Between the first two LANs of a space; their bonds are on two aggregators."""
    near, far = [host for host in lab.bonders.hosts if host.space == space and host.private_wan][:2]
    return Path(f"{space}: {near.bond} to {far.bond}", near.namespace, far.address)


def watched(
    lab: Lab, change: Callable[[], Outcome], all_paths: list[Path] | None = None
) -> tuple[Outcome, list[Traffic]]:
    """Make a change while datagrams go on all paths, and the lab follows it.

    Raises Failed if a path does not work before it: what is lost then is not the change's.
    """
    lab.sync()
    chosen = paths(lab) if all_paths is None else all_paths
    all_answer(chosen, "these do not work even without a change")
    with Probes(chosen) as probes:
        with following(lab):
            outcome = change()
        # What the last write means is carried out under traffic too, and so is what it may break.
        lab.sync()
        probes.go_on(AFTER)
    return outcome, probes.traffic


AFTER = 1.5
"""Seconds of traffic after a run: Babel's hello and update are of 1 s."""
