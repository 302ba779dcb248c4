# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second simulator of the management server, written from the contract of its API alone.

It imports nothing of lab/ or plugins/, and shares no framework with the first simulator. Where the contract leaves
something open, it does otherwise; each such habit has a name and a switch (`habits`).
"""
