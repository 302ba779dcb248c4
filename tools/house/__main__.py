# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print every broken rule of the house; exit code 1 if there is one."""

from __future__ import annotations

from tools.fresh_copy import ROOT
from tools.house import RULES

broken = 0
for title, rule in RULES.items():
    problems = rule(ROOT)
    if problems:
        broken += 1
        print(f"Broken: {title}")
        print("\n".join(f"  {problem}" for problem in problems))
print(f"house: {broken} of {len(RULES)} rules broken" if broken else f"house: {len(RULES)} rules kept")
raise SystemExit(1 if broken else 0)
