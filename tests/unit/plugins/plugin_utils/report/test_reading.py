# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a report after their way through Ansible."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.plugin_utils._report.reading import (
    ReportDataError,
    description_of,
    findings_of,
)

from .small import DESCRIPTION, FINDING


def plain() -> dict[str, Any]:
    """Return the description as Ansible hands it on."""
    found: dict[str, Any] = json.loads(json.dumps(as_json(DESCRIPTION)))
    return found


def test_a_description_comes_back_as_it_was() -> None:
    assert description_of(plain()) == DESCRIPTION


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda data: [], "description: is not a description (got list, expected a dictionary)."),
        (lambda data: data | {"colour": 1}, "description: is not a description of this version of the collection"),
        (lambda data: {}, "missing: network"),
        (lambda data: data | {"network": 7}, "description.network: has another type (got int"),
        (lambda data: data | {"bonds": [1]}, "description.bonds[0]: is not a bond description (got int"),
        (lambda data: data | {"costs": "much"}, "description.costs: has another type (got str"),
        (lambda data: data | {"bgp": 1}, "description.bgp: is not a bgp description"),
    ],
)
def test_other_data_are_refused_by_their_place(spoil: Any, problem: str) -> None:
    with pytest.raises(ReportDataError) as caught:
        description_of(spoil(plain()))
    assert problem in str(caught.value)


def test_findings_come_the_gravest_first_and_no_audit_is_none() -> None:
    given = [as_json(FINDING) | {"id": str(n), "severity": one} for n, one in enumerate(["info", "error"])]
    found = findings_of(given)
    assert found is not None
    assert [one.severity for one in found] == ["error", "info"]
    assert findings_of(None) is None
    assert findings_of([]) == ()


def test_a_finding_comes_back_as_the_audit_gave_it() -> None:
    assert findings_of([json.loads(json.dumps(as_json(FINDING)))]) == (FINDING,)
    since = as_json(FINDING) | {"since": "2026-11-28T07:26:43Z"}
    assert [one.since for one in findings_of([since]) or ()] == ["2026-11-28T07:26:43Z"]


@pytest.mark.parametrize(
    "wrong", ["text", {"id": "1"}, {"severity": "fatal"}, {"later": "x"}, {"found": 3}, {"expected": ["a"]}]
)
def test_what_is_no_finding_is_refused(wrong: Any) -> None:
    whole = wrong == {"id": "1"} or not isinstance(wrong, dict)
    with pytest.raises(ReportDataError, match=r"findings\[0\]"):
        findings_of([wrong if whole else as_json(FINDING) | wrong])
