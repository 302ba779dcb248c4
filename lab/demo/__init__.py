# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demonstration: the inventory inventories/demo on the two stand-ins, from an empty account to a working network.

python -m lab.demo [--keep] [--verbose]
"""
