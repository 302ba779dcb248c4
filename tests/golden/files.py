# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The golden files: a folder for each scenario."""

from __future__ import annotations

import pathlib

FILES = pathlib.Path(__file__).parent / "texts"


def golden(scenario: str) -> dict[str, str]:
    """Return the golden files of a scenario: name to text."""
    return {path.name: path.read_text(encoding="utf-8") for path in (FILES / scenario).iterdir()}
