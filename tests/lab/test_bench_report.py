# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's page: tables and plots in the place that the page has for them."""

from __future__ import annotations

import pytest

from lab.bench.benchmark import Figure, Line
from lab.bench.report import BEGIN, END, markdown, placed


def test_a_figure_is_a_table_with_its_claims_and_its_plot() -> None:
    figure = Figure("some objects", [Line("a run", "1.20", 1.0, 80.0, "GET 3")], plot="xychart-beta\n")
    figure.claim("4 requests", "3", True)
    figure.claim("1 s", "1.2 s", False)
    text = markdown([figure], runs=3)
    assert "## Some objects\n" in text
    assert "| a run | 1.20 | 1.0 | 80 | GET 3 |" in text
    assert "| 4 requests | 3 | holds |\n| 1 s | 1.2 s | DOES NOT HOLD |" in text
    assert "```mermaid\nxychart-beta\n```" in text


def test_the_tables_take_the_place_of_the_old_ones_and_nothing_else_changes() -> None:
    page = f"# Title\n\nwords\n\n{BEGIN}\n\nold\n\n{END}\n\nmore\n"
    once = placed(page, "new\n")
    assert once == f"# Title\n\nwords\n\n{BEGIN}\n\nnew\n\n{END}\n\nmore\n"
    assert placed(once, "new\n") == once


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="the page needs the marks"):
        placed(f"{END} {BEGIN}", "new")
