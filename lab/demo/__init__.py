# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demonstration: the inventory inventories/demo on the two stand-ins, from an empty account to a working network.

    python -m lab.demo [--keep] [--verbose]

- ``__main__``     the program
- ``playbook``     running a playbook with nothing of the user's around it, and what came of it
- ``callback``     Ansible's side of that: each result as a JSON line
- ``assertions``   what the demonstration asserts: no write where none may be, nothing of others touched
- ``summary``      what was built, as text
- ``bondingadmin.yml``, ``aws.yml``    what there is before the first run
"""
