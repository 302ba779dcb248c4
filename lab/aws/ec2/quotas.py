# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quotas of a region, settable while it runs; private to the stand-in."""

from __future__ import annotations

from collections.abc import Mapping

from lab.kit.messages import ControlError

# AWS's defaults for a new account, by the names that the seed and the control API use.
DEFAULTS = {
    "elastic_ips": 5,
    "internet_gateways": 5,
    "nat_gateways_per_zone": 5,
    "routes_per_table": 50,
    "security_groups_per_interface": 5,
    "vpcs": 5,
}


class UnknownQuota(ControlError):
    """A quota that does not exist, or a value that is not a whole number; the text lists what would do."""


class Quotas(dict[str, int]):
    """The limits that are in force, by name."""

    def __init__(self) -> None:
        super().__init__(DEFAULTS)

    def change(self, wanted: Mapping[str, object]) -> None:
        """Set these quotas and leave the others. Raises UnknownQuota before anything has changed."""
        for name, value in wanted.items():
            if name not in DEFAULTS:
                raise UnknownQuota(f"quotas: '{name}' is unknown; there are: {', '.join(sorted(DEFAULTS))}")
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise UnknownQuota(f"quotas: {name}: {value!r} is not a whole number of 0 or more")
        self.update({name: value for name, value in wanted.items() if isinstance(value, int)})
