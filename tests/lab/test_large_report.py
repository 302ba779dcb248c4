# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of 200 aggregators and 200 spaces stays small, whole and folded."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._report.files import report_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.links import Links
from ansible_collections.bonded.internet.plugins.plugin_utils._report.mermaid import MOST_EDGES, MOST_LETTERS
from ansible_collections.bonded.internet.plugins.plugin_utils._report.network import Network
from lab.bench.described import described
from tests.report_page import PageReader

MEGABYTES = 5


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    network = Network(described(200, 200), None, Links("https://bonding.example.com/api/v4/"))
    report = report_of(network, pathlib.Path("report.html"), "2026-11-29 12:00 UTC")
    return {path.name: text for path, text in report.texts.items()}


def test_the_page_is_below_five_megabytes_and_whole(texts: dict[str, str]) -> None:
    assert len(texts["report.html"].encode()) < MEGABYTES * 1_000_000
    page = PageReader(texts["report.html"])
    assert page.problems() == []
    assert len([row for row in page.rows["bonds"] if row[0] != "Bond"]) == 4000
    assert page.elements["svg"] == 200 + 3 + 1
    assert page.elements["table"] < 500


def test_the_rows_of_a_large_table_are_folded(texts: dict[str, str]) -> None:
    assert "<details open" not in texts["report.html"]
    assert texts["report.html"].count("<details") < 300


def test_each_member_of_each_mesh_is_in_the_csv_file(texts: dict[str, str]) -> None:
    assert texts["report-members.csv"].count("\n") == 1 + 200 * 200


def test_the_graph_is_within_mermaids_limits(texts: dict[str, str]) -> None:
    graph = texts["report.mmd"]
    assert len(graph) < MOST_LETTERS
    assert graph.count("--") < MOST_EDGES
