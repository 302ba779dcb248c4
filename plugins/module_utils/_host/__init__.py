# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read on an aggregator itself, by the programs ip and ping. Runs there, with nothing but Python's own library.

Private to the collection.
"""

from __future__ import annotations
