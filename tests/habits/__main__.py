# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/habits.md: `python -m tests.habits`."""

from __future__ import annotations

from .page import PAGE, text

if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
