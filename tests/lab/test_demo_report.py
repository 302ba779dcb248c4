# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration compares its report with the stand-ins: a report that is not true is found out."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from lab.demo.report import untrue
from lab.demo.summary import Built

SERVER: dict[str, Any] = {
    "bonds": [{"id": 17, "name": "berlin", "current_aggregator": "agg2", "cpe_nat_ips": [{"ip": "10.1.0.48"}]}]
}
AWS: dict[str, Any] = {
    "instances": [{"id": "i-1", "tags": {"Name": "agg1"}}],
    "network_interfaces": [{"id": "eni-1", "attachment": {"instance_id": "i-1"}}],
    "addresses": [
        {
            "tags": {"bonded.internet/network": "demo", "bonded.internet/key": "cpe-nat/bond-17"},
            "network_interface_id": "eni-1",
            "private_ip": "10.1.0.48",
        }
    ],
}
HEAD = "entry,public_ip,is_on,bond_is_on\n"
TRUE = "bond-17,203.0.113.1,agg1,agg2\n"


@pytest.mark.parametrize(
    ("rows", "page", "problems"),
    [
        (TRUE, "203.0.113.1", []),
        ("", "203.0.113.1", ["bond-17 is missing"]),
        (TRUE, "", ["203.0.113.1 of bond-17 is not on the page"]),
        (TRUE + "bond-9,203.0.113.9,agg1,agg1\n", "203.0.113.1", ["bond-9 is on no stand-in"]),
    ],
)
def test_a_report_is_compared_with_the_stand_ins(
    tmp_path: pathlib.Path, rows: str, page: str, problems: list[str]
) -> None:
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    (tmp_path / "report-addresses.csv").write_text(HEAD + rows, encoding="utf-8")
    assert untrue(tmp_path / "report.html", Built("demo", SERVER, AWS)) == problems


def test_a_bond_in_another_place_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "report.html").write_text("203.0.113.1", encoding="utf-8")
    (tmp_path / "report-addresses.csv").write_text(HEAD + TRUE.replace("agg2", "agg1"), encoding="utf-8")
    (problem,) = untrue(tmp_path / "report.html", Built("demo", SERVER, AWS))
    assert problem.startswith("bond-17 is on agg1 and its bond on agg2, the report says ")
