# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulator of the management server: its API, version 4, on Django, Django REST framework and SQLite.

    python -m lab.bondingadmin --port 8601 --db server.sqlite --seed seed.yml

It is a program for tests and demonstrations: it listens on the loopback address only, and its passwords are
kept by a fast and weak hash. How to use it: docs/lab-bondingadmin.md.

- ``__main__``     the command
- ``api``          API requests: faults, the log, Django's response
- ``control``      control requests below ``/__lab__/``, beside those of ``lab.kit``
- ``faults``       faults on demand
- ``request_log``  bodies as the log shows them, without secrets
- ``seed``         the YAML file that says what exists at first
- ``state``        everything that exists, as JSON, with names for relations
- ``database``     making, saving and loading the database
- ``models``, ``validators``, ``serializers``, ``views``, ``urls``, ``permissions``   the API itself
"""
