# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts that both stand-ins are made of.

- ``server``         HTTP: connections kept open, TLS, one worker thread, the program's start and end
- ``messages``       requests, responses, errors of the control API
- ``control``        the control API below ``/__lab__/``, as far as both have it
- ``faults``         the list of faults, and the one that a request meets
- ``request_log``    the log, in memory and as JSON lines
- ``history``        copies of the state, one after each write
- ``parent_watch``   the end with the program that has started the stand-in

Each stand-in has the keys of its faults and log entries, and further control requests, in files of its own.
"""
