# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulator of the management server: its API, version 4, on Django, Django REST framework and SQLite.

    python -m lab.bondingadmin --port 8601 --db server.sqlite --seed seed.yml

The program is for tests and demonstrations: it listens on the loopback address only, and a fast and weak hash keeps its
passwords. docs/lab-bondingadmin.md says how to use it.
"""
