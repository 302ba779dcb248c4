# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State of what surrounds a network on AWS: only an audit reads that, and no plan depends on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .state import Cloud, SecurityGroup


@dataclass(frozen=True)
class ScheduledEvent:
    """An event that AWS has scheduled for an instance; `code` is EC2's, such as instance-retirement."""

    code: str
    not_before: str


@dataclass(frozen=True)
class InstanceStatus:
    """Status checks of an instance: EC2's words, `ok` of one that has passed."""

    instance: str
    system: str
    events: tuple[ScheduledEvent, ...] = ()


@dataclass
class Surroundings:
    """Objects of others around the network."""

    tables: Cloud = field(default_factory=Cloud)
    """Its `route_tables` are those of the aggregators' own VPCs."""
    groups: dict[str, SecurityGroup] = field(default_factory=dict)
    """Each security group of the aggregators' primary interfaces, by id."""
    unclear_groups: set[str] = field(default_factory=set)
    """Ids of the groups with rules from prefix lists, whose addresses are not read."""
    dns: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    """By the id of a VPC of the network: True if it resolves names, True if its hosts get names."""
    statuses: dict[str, InstanceStatus] = field(default_factory=dict)
    """Status checks of running instances, by id; not there where they could not be read."""
    certificate_days: float | None = None
    """Days until the certificate of the management server ends; None if it cannot be seen."""
