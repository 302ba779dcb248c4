# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of random inventories: the way from the first one's network to the second one's, judged at each step."""

PURE, PLAYBOOKS = 5000, 60
"""The numbers of pairs of `make changes`, in memory and by whole playbooks."""
