# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated pages of the reference: inventory keys, playbooks, tags, and files on the aggregators."""

from __future__ import annotations

from pathlib import Path

from tools.docs.markdown import title
from tools.docs.reference.inventory import inventory_page
from tools.docs.reference.run import files_page, playbooks_page, tags_page
from tools.fresh_copy import ROOT

PAGES = {
    "reference/inventory.md": inventory_page,
    "reference/playbooks.md": playbooks_page,
    "reference/tags.md": tags_page,
    "reference/files.md": files_page,
}
"""Place of each generated page, and the function that makes it of the checkout."""


def write_reference(folder: Path, root: Path = ROOT) -> dict[str, str]:
    """Write the generated pages into the folder from which Sphinx builds; returns their places and titles."""
    titles = {}
    for place, page in PAGES.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        text = page(root)
        (folder / place).write_text(text, encoding="utf-8")
        titles[place] = title(text)
    return titles
