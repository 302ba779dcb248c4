# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions that docs/aws.md names."""

from __future__ import annotations

import re

from lab.process import ROOT

PAGE = (ROOT / "docs" / "aws.md").read_text(encoding="utf-8")


def named(section: str) -> set[str]:
    """The actions in the tables of a section."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    return set(re.findall(r"ec2:(\w+)", rows))
