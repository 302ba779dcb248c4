# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of one plan: desired and present state, and the results of the design."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.desired_network import DesiredNetwork, Report
from .._model.plan import Design
from .._model.state import Cloud, Server
from .aggregators.fleet import Fleet
from .aggregators.leftovers import Leftovers
from .mesh.discovery import ExistingMeshes


@dataclass(frozen=True)
class Context:
    """Everything that a part of the design reads, and where it puts its results.

    A function that needs one to three of these takes them one by one, so that its signature says what it reads.
    """

    desired: DesiredNetwork
    server: Server
    cloud: Cloud
    fleet: Fleet
    existing: ExistingMeshes
    leftovers: Leftovers
    design: Design
    report: Report
