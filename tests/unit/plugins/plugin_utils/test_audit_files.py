# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of audits: a chain of times that an audit without an end does not break, and files of other programs."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._audit import AuditFileError, begin, end

FOUND = {"id": "0123456789ab", "since": "2026-11-01T00:00:00Z", "severity": "error"}
AUDIT = {"format": 1, "network": "prod", "time": "2026-11-02T00:00:00Z", "status": "drift", "findings": [FOUND]}


def begun(file: pathlib.Path, **paths: str) -> dict[str, Any]:
    return begin("prod", {"file": str(file), "metrics": "", "earlier": "", **paths}, {}, {})


def written(folder: pathlib.Path, **more: Any) -> pathlib.Path:
    file = folder / "audit.json"
    file.write_text(json.dumps({**AUDIT, **more}), encoding="utf-8")
    return file


def test_an_audit_that_has_not_ended_hands_the_one_before_on(tmp_path: pathlib.Path) -> None:
    """A server that is down for a night makes no difference new."""
    file = written(tmp_path)
    first = begun(file)["earlier"]
    assert (first["time"], first["findings"]) == (AUDIT["time"], [FOUND])
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert (kept["status"], kept["findings"]) == ("failed", [])
    assert begun(file)["earlier"] == first
    assert begun(file)["earlier"] == first


UNREAD = {
    **dict.fromkeys(("object", "host", "space", "expected", "found", "remedy"), ""),
    **{"id": "ba9876543210", "since": None, "severity": "error", "source": "condition", "at_next_run": "refused"},
}


@pytest.mark.parametrize(("status", "kinds"), [("incomplete", ["aws"]), ("failed", ["aws", "management_server"])])
def test_what_an_audit_could_not_judge_is_known_to_the_next_one(
    tmp_path: pathlib.Path, status: str, kinds: list[str]
) -> None:
    """A region, or the network of this machine, that is down for a night makes no difference new."""
    file = written(tmp_path)
    listed = [{**UNREAD, "kind": kind, "id": kind} for kind in kinds]
    ended = end(begun(file), {"network": "prod", "status": status, "findings": listed}, {}, [])
    assert (ended["audit"]["status"], ended["audit"]["compared"]["resolved"]) == (status, [])
    assert ended["audit"]["unjudged"] == ended["artifact"]["unjudged"] == [FOUND]
    again = begun(file)["earlier"]["findings"]
    assert [one["id"] for one in again] == [*kinds, FOUND["id"]]
    by_artifact = begin("prod", {"file": "", "metrics": "", "earlier": ""}, {}, ended["artifact"])
    assert by_artifact["earlier"]["findings"] == again


def test_metrics_in_a_folder_that_is_not_there_lose_no_earlier_audit(tmp_path: pathlib.Path) -> None:
    file = written(tmp_path)
    with pytest.raises(AuditFileError) as error:
        begun(file, metrics=str(tmp_path / "none" / "bonding.prom"))
    assert "bonding_audit_metrics" in str(error.value) and "No such file or directory" in str(error.value)
    assert begun(file)["earlier"]["findings"] == [FOUND]


def test_an_audit_of_another_version_is_named_so(tmp_path: pathlib.Path) -> None:
    file = written(tmp_path, format=99)
    with pytest.raises(AuditFileError) as error:
        begun(tmp_path / "new.json", earlier=str(file))
    assert "this audit is of another version of the collection (got format 99, expected 1)" in str(error.value)
    assert begun(file)["earlier"] == {}  # the text that is replaced is asked for nothing


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}', '{"format": 1, "status": "drift"}'])
def test_what_is_not_an_audit_is_refused_by_name_and_replaced_where_it_stands(
    tmp_path: pathlib.Path, text: str
) -> None:
    file = tmp_path / "audit.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AuditFileError, match="this is not an audit"):
        begun(tmp_path / "new.json", earlier=str(file))
    assert begun(file)["earlier"] == {}
