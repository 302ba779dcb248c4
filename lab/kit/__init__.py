# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts that both stand-ins are made of: HTTP, the control API, faults, the request log and copies of the state.

Each stand-in has the keys of its faults and log entries, and further control requests, in files of its own.
"""
