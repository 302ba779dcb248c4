# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role pwan_vpc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.roles import vpc_role
from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain


def vpc_objects(options: Mapping[str, Any], results: Mapping[str, Any]) -> dict[str, Any]:
    """Return the objects that role pwan_vpc creates, updates and deletes, and the problems that stop it."""
    return vpc_role.vpc_objects(plain(options), plain(results))


def vpc_subnet_failures(results: Sequence[Any]) -> str:
    """Return the messages of ec2_vpc_subnet, and the IAM actions that are missing."""
    return vpc_role.subnet_failures(plain(results))


FilterModule = filter_module(vpc_objects, vpc_subnet_failures)
