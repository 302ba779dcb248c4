# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory of the live network: aggregators of the management server joined to instances of EC2, as data. Pure."""

from __future__ import annotations

from .builder import GROUPINGS, HOSTNAME, MEMBERS, LiveInventory, build
from .joining import Joined, LiveInventoryError, Wanted, join, join_problems
from .model import Aggregator, Bond, Instance, instance_of
