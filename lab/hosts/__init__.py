# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Linux hosts on this machine: a network namespace each, with a folder in place of /etc and /run."""

from __future__ import annotations

from .host import FOLDERS, HUNG, Host, HostError, inside

__all__ = ["FOLDERS", "HUNG", "Host", "HostError", "inside"]
