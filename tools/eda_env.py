# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the environment of `make eda`: `python3 -m tools.eda_env`.

In it are ansible-rulebook, aiohttp, and what a playbook of the collection needs that a rulebook runs. No other
environment has aiohttp, as users install the collection without it. The last line on stdout is the environment's
Python. Standard library only.
"""

from __future__ import annotations

from tools.awx_env import print_python
from tools.setup_env import Environment

if __name__ == "__main__":
    raise SystemExit(print_python("eda", Environment))
