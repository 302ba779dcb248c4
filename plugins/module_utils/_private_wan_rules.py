# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of a space's private WAN, asked by the plan and by the server's engine."""

from __future__ import annotations

MODES = ("managed_mesh", "unmanaged", "private_wan_routers")
"""The modes that the server has."""
WORKING_MODES = MODES[:2]
MAX_VNI = 16777215
"""A VXLAN network identifier has 24 bits, and 0 is none."""


def mode_problem(mode: object) -> str | None:
    """Return the problem of a mode of a private WAN as one sentence, or None."""
    if mode in WORKING_MODES:
        return None
    if mode in MODES:
        return (
            f"{mode} does not work on AWS: its GRE tunnels do not pass AWS's address translation (AN-001). Use "
            f"{' or '.join(WORKING_MODES)}."
        )
    return f"{mode!r} is unknown; {' and '.join(WORKING_MODES)} are accepted."
