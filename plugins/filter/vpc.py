# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role pwan_vpc."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.roles import vpc_role
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain


def vpc_subnets(options: Mapping[str, Any], vpc: Mapping[str, Any], found: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the wanted subnets with their tags and IPv6 blocks."""
    return vpc_role.role_subnets(plain(options), plain(vpc), plain(found))


def vpc_objects_by_key(objects: Sequence[Any]) -> dict[str, Any]:
    """Return objects of AWS by their tag `bonded.internet/key`."""
    return dict(vpc_role.objects_by_key(plain(objects)))


def vpc_public_keys(zones: Sequence[str], space: str) -> list[dict[str, str]]:
    """Return the tags of the public subnet and of its route table in each zone."""
    return vpc_role.public_keys(plain(zones), str(space))


def vpc_lacking_rights(messages: Sequence[str]) -> list[str]:
    """Return the IAM actions that are missing, by amazon.aws's messages."""
    return vpc_role.lacking_rights(map(str, messages))


class FilterModule:
    """The filters, by the names that Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {one.__name__: one for one in (vpc_subnets, vpc_objects_by_key, vpc_public_keys, vpc_lacking_rights)}
