# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the pages are on the site."""

from __future__ import annotations

import re
from pathlib import Path

from tools.docs.pages import write_pages

IMAGE = re.compile(r"!\[[^]]*\]\(([^):]+)\)")


def test_each_image_that_a_page_shows_is_on_the_site(tmp_path: Path) -> None:
    write_pages(tmp_path)
    shown = {
        (page.parent / target).resolve()
        for page in tmp_path.rglob("*.md")
        for target in IMAGE.findall(page.read_text(encoding="utf-8"))
    }
    assert tmp_path / "images" / "report.png" in shown
    assert [path for path in shown if not path.is_file()] == []
