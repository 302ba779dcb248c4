# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as Markdown, Mermaid and CSV, and its files."""

from __future__ import annotations

import csv
import io
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._report.files import report_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.markdown import escaped, markdown_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.mermaid import mermaid_of, quoted
from ansible_collections.bonded.internet.plugins.plugin_utils._report.sheets import csv_of, sheets_of

from .small import DESCRIPTION, aggregator, network

NOON, LATER = "2026-11-29 12:00 UTC", "2026-11-29 13:00 UTC"


def test_markdown_has_the_numbers_the_graph_and_the_tables() -> None:
    text = markdown_of(network(), "report")
    assert text.startswith("# Network prod\n\nThe audit has found 1 error and 0 warnings.\n")
    assert "- **3** public addresses (1 not with its bond)" in text
    assert "```mermaid\nflowchart LR\n" in text
    assert "| bond-18 | 198.51.100.18 | 18 | site-18 | acme | bond is elsewhere | agg1 | agg2 | agg2 |" in text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a|b", "a\\|b"),
        ("<script>", "&lt;script&gt;"),
        ("[x](javascript:1)", "\\[x\\](javascript:1)"),
        ("`*_{}#!~\\", "\\`\\*\\_\\{\\}\\#\\!\\~\\\\"),
        ("two\nlines\r", "two lines "),
    ],
)
def test_a_name_is_no_markdown(text: str, safe: str) -> None:
    assert escaped(text) == safe


def test_markdown_of_many_rows_names_the_file_with_all_of_them() -> None:
    many = tuple(aggregator(f"agg{number}", number) for number in range(300))
    text = markdown_of(network(aggregators=many), "report")
    assert "100 more rows are in `report-aggregators.csv`." in text.replace("\\", "")


def test_mermaid_draws_each_object_of_a_small_network() -> None:
    text = mermaid_of(network())
    assert '    a1["agg1 up"]' in text
    assert '  s1 -->|"gateway masquerade 198.51.100.200"| a1' in text
    assert '  p2 -.->|"bond is on"| a2' in text
    assert text.count("subgraph") == 2


@pytest.mark.parametrize("text", ['"', "end", "<b>", "a[b]", "x; y", "%%", "#quot;", "`"])
def test_a_name_is_no_mermaid(text: str) -> None:
    label = quoted(text)
    assert label[0] == label[-1] == '"'
    assert not set(label[1:-1]) & set('"<>[]`%{}|')


def test_mermaid_draws_a_large_network_by_its_zones() -> None:
    many = tuple(aggregator(f"agg{number}", number, f"eu-central-1{'abc'[number % 3]}") for number in range(200))
    text = mermaid_of(network(aggregators=many))
    assert "eu-central-1a: 67 aggregators, 0 public addresses, 0 gateways" in text
    assert len(text) < 5000


def test_csv_is_read_again_as_it_was() -> None:
    sheets = sheets_of(network())
    assert list(sheets) == [
        *("aggregators", "addresses", "spaces", "gateways", "members", "bonds", "unprotected", "limits", "findings"),
    ]
    rows = list(csv.DictReader(io.StringIO(csv_of(sheets["addresses"]))))
    assert [(one["entry"], one["is_on"], one["bond_is_on"]) for one in rows] == [
        ("bond-17", "agg1", "agg1"),
        ("bond-18", "agg1", "agg2"),
        ("bond-19", "agg2", "agg2"),
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_name_is_no_formula(name: str) -> None:
    bonds = tuple(replace(one, name=name) for one in DESCRIPTION.bonds)
    (row, *_rest) = csv.DictReader(io.StringIO(csv_of(sheets_of(network(bonds=bonds))["bonds"])))
    assert row["name"] == f"'{name}"


def test_without_an_audit_there_is_no_file_of_findings() -> None:
    assert "findings" not in sheets_of(network(findings=None))


def test_a_report_of_the_same_network_changes_nothing_but_its_time(tmp_path: Path) -> None:
    path = tmp_path / "network.html"
    report = report_of(network(), path, NOON)
    assert list(report.texts)[0] == path
    assert set(report.changed()) == set(report.texts)
    report.write()
    assert report.changed() == []
    later = report_of(network(), path, LATER)
    assert later.changed() == []
    later.write()
    assert LATER in path.read_text(encoding="utf-8")
    other = report_of(network(drift=()), path, LATER)
    assert {one.name for one in other.changed()} == {"network.html", "network.md"}


def test_the_files_are_readable_as_the_users_mask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        report_of(network(), tmp_path / "network.html", NOON).write()
    finally:
        os.umask(before)
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o640}
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


def test_a_file_that_cannot_be_replaced_leaves_no_scratch_file(tmp_path: Path) -> None:
    path = tmp_path / "network.html"
    path.mkdir()
    with pytest.raises(OSError, match=r"network\.html"):
        report_of(network(), path, NOON).write()
    assert [one.name for one in tmp_path.iterdir()] == ["network.html"]
