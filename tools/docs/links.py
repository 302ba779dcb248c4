# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repository rule: each link of a page leads to a file of the checkout, and its anchor to a heading of that page."""

from __future__ import annotations

import os
from pathlib import Path

from tools.docs.markdown import anchors, links
from tools.docs.pages import places

RULE = "every link of a page leads to a file and to a heading"


def link_problems(root: Path) -> list[str]:
    """Return a problem for each link that leads nowhere."""
    texts = {name: (root / name).read_text(encoding="utf-8") for name in places(root)}
    known = {name: anchors(text) for name, text in texts.items()}
    problems = []
    for name, text in texts.items():
        for link in links(text):
            if link.is_external:
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(name), link.path)) if link.path else name
            where = f"{name}:{link.line}: the link"
            if target.startswith("..") or not (root / target).exists():
                problems.append(f"{where} leads to no file (got {target}, expected a file of the repository)")
            elif link.anchor and link.anchor not in known.get(target, ()):
                problems.append(
                    f"{where} leads to no heading (got {target}#{link.anchor}, expected one of its headings)"
                )
    return problems
