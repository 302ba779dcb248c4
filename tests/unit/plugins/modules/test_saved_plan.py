# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The saved plan of network_plan: what is in the file, and which files and plans are refused."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import client
from tests.unit.plugins.api_objects import aggregator, space

from .test_network_plan import ACME, Recording, plan

OTHER = {"key": "other", "private_wan": "managed_mesh"}


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file for the plan, on a server with two spaces and two aggregators."""
    server = Recording(
        spaces=[space("acme"), space("other", id=4)], aggregators=[aggregator(7, "agg1"), aggregator(12, "agg2")]
    )
    monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: server)
    return tmp_path / "plan.json"


def test_a_check_run_writes_the_whole_plan_for_its_user_alone(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved.write_text("an older plan", encoding="utf-8")
    whole = plan(monkeypatch, check=True, spaces=[ACME], hosts=["agg1"])
    result = plan(monkeypatch, check=True, spaces=[ACME], hosts=["agg1"], plan_file=str(saved), details=False)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert json.loads(saved.read_text(encoding="utf-8")) == {
        "format": 1,
        "network": "prod",
        "digest": whole["digest"],
        "text": result["text"],
        "items": whole["plan"],
        "deferred": whole["deferred"],
    }
    assert list(saved.parent.iterdir()) == [saved]
    assert "before" not in result["plan"][0]


def test_the_same_plan_is_applied_and_the_file_stays(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(monkeypatch, check=True, spaces=[ACME], plan_file=str(saved))
    written = saved.read_bytes()
    for details in (True, False):
        result = plan(monkeypatch, spaces=[ACME], plan_file=str(saved), details=details)
        assert len(result["plan"]) == 5
    assert saved.read_bytes() == written


def test_another_plan_is_refused_with_all_items_both_ways(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(monkeypatch, check=True, spaces=[OTHER], plan_file=str(saved))
    refused = plan(monkeypatch, spaces=[ACME], plan_file=str(saved))
    assert refused["failed"] is True
    head, *lines = refused["msg"].splitlines()
    assert head.startswith("bonding_plan_file: the plan made now is not the approved one (got the digest ")
    assert [line.strip() for line in lines] == [
        "planned now, and not approved: 5",
        "add: create server ospf_protocol aggregators/12 prod_ospf_3 on agg2",
        "add: create server ospf_protocol aggregators/7 prod_ospf_3 on agg1",
        "add: create server vxlan_interface aggregators/12 vx10000003 on agg2",
        "add: create server vxlan_interface aggregators/7 vx10000003 on agg1",
        "add: update server space acme",
        "approved, and not planned now: 1",
        "add: update server space other",
    ]


def test_a_digest_and_a_file_hold_both(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = plan(monkeypatch, check=True, spaces=[ACME], plan_file=str(saved))["digest"]
    both = plan(monkeypatch, spaces=[ACME], plan_file=str(saved), approved_digest=digest)
    assert len(both["plan"]) == 5
    refused = plan(monkeypatch, spaces=[ACME], plan_file=str(saved), approved_digest="0" * 64)
    assert refused["msg"].startswith("bonding_approved_digest: ")


def test_no_file_holds_a_secret(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bgp = {"asn": 64512, "subnet": "10.253.0.0/20", "password": "C4nary"}
    plan(monkeypatch, check=True, bgp=bgp, plan_file=str(saved), api_password="D4nger")
    text = saved.read_text(encoding="utf-8")
    assert "prod_bgp" in text
    assert not [secret for secret in ("C4nary", "D4nger") if secret in text]
    # Ansible masks the result, so that the file has to be masked too.
    plan(monkeypatch, check=True, spaces=[ACME], plan_file=str(saved), api_password="aggregators/12")
    assert "aggregators/12" not in saved.read_text(encoding="utf-8")


WHOLE = {"format": 1, "network": "prod", "digest": "0", "text": [], "items": [], "deferred": []}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "there is no such file (expected a plan that a run with --check wrote)"),
        ("{", "this is not a plan (got a text that is not JSON)"),
        ("[]", "this is not a plan (got the format None, expected 1)"),
        (json.dumps({**WHOLE, "format": 2}), "this is not a plan (got the format 2, expected 1)"),
        (json.dumps({**WHOLE, "network": "test"}), "this plan is of another network (got 'test', expected 'prod')"),
        (json.dumps({**WHOLE, "items": None}), "this plan is not complete (expected its items and its digest)"),
        (json.dumps({**WHOLE, "items": [{"key": "a"}]}), "this plan is not complete"),
        (json.dumps({**WHOLE, "digest": "0"}), "the plan made now is not the approved one"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(
    saved: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, problem: str
) -> None:
    if text is not None:
        saved.write_text(text, encoding="utf-8")
    refused = plan(monkeypatch, spaces=[ACME], plan_file=str(saved))
    assert refused["failed"] is True
    assert refused["msg"].startswith("bonding_plan_file: ")
    assert problem in refused["msg"]
    assert "Nothing was changed." in refused["msg"]
    assert ("--check first" in refused["msg"]) == ("not the approved" not in problem)


def test_a_file_that_cannot_be_written_ends_the_run(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved.parent / "absent" / "plan.json"
    refused = plan(monkeypatch, check=True, spaces=[ACME], plan_file=str(path))
    assert refused["msg"] == (
        f"bonding_plan_file: {path}: the plan cannot be written (No such file or directory). Nothing was changed. Name "
        "a file in a folder that exists."
    )


def test_a_failed_write_leaves_the_older_plan(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved.write_text("an older plan", encoding="utf-8")

    def fail(*_given: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", fail)
    refused = plan(monkeypatch, check=True, spaces=[ACME], plan_file=str(saved))
    assert "the plan cannot be written (Permission denied)" in refused["msg"]
    assert saved.read_text(encoding="utf-8") == "an older plan"
    assert list(saved.parent.iterdir()) == [saved]
