# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Former names of inventory variables: they are refused with the present name. docs/glossary.md retires their words."""

RETIRED = {
    "bonding_host_side": "bonding_manage_hosts",
    "bonding_leaving": "bonding_decommissioned",
    "bonding_settle_seconds": "bonding_converge_seconds",
    "bonding_settle_timeout": "bonding_converge_timeout",
}
