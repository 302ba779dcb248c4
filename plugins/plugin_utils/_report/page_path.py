# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of a report's page, judged before either side is read."""

from __future__ import annotations

import os
from pathlib import Path


def page_path(given: str) -> Path:
    """Return the absolute path of a page; a relative one begins in the folder where Ansible was started."""
    return Path(os.path.abspath(os.path.expanduser(given)))


def page_problem(path: Path) -> str:
    """Return the reason why a page cannot be written to a path; empty if it can."""
    if path.parent.is_dir() and path.suffix == ".html":
        return ""
    return (
        f"network_report: the path of the page cannot be used (got {path}, expected a file .html in a folder that is "
        "there). Nothing was written. Make the folder, or name another file (bonding_report_file)."
    )
