# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packet lab: kernels and routing daemons carry out the network that site.yml leaves on the two stand-ins.

    python -m lab.packets               # or --changes: the everyday changes under traffic, and nothing else

``aws_topology``, ``aggregators``, ``bonders``, ``ipv6`` and ``bird`` turn both states into kernel objects, and touch no
kernel; ``netns`` alone does. ``checks`` is what packets prove.
"""
