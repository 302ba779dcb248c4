# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status, order, comparison, table and metrics of findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.audit.comparison import compared
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.metrics import metrics_of
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.outcome import audit_of, unread
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.table import WIDTH, table_of
from ansible_collections.bonded.internet.plugins.module_utils._model.finding import Difference, Finding, finding_of

NOW, THEN = "2026-11-29T12:00:00Z", "2026-11-28T12:00:00Z"


def route(**more: Any) -> Finding:
    given: dict[str, Any] = {"kind": "route", "object": "rtb/acme/172.16.0.0/12", "source": "plan"}
    given |= {"expected": "target eni-1", "found": "absent", "host": "agg1", "remedy": "Run site.yml."}
    return finding_of(Difference(**{**given, **more}), "changed")


def all_of_it(_earlier: Any) -> bool:
    return True


def note() -> Finding:
    return finding_of(Difference("advice", "agg2", "", "agg2: loses its address.", "info", "plan"), "left")


@pytest.mark.parametrize(
    ("findings", "judged", "status"),
    [
        ([], True, "clean"),
        ([note()], True, "clean"),
        ([note(), route(severity="warning")], True, "drift"),
        ([route(), unread("aws", "eu-central-1", "no rights")], True, "incomplete"),
        ([unread("aws", "eu-central-1", "no rights")], False, "failed"),
    ],
)
def test_an_unread_side_counts_more_than_a_difference(findings: list[Finding], judged: bool, status: str) -> None:
    assert audit_of("demo", findings, judged).status == status


def test_one_refusal_refuses_the_next_run() -> None:
    refused = finding_of(Difference("problem", "agg1", "", "agg1: no.", source="plan"), "refused", "agg1: no.")
    assert audit_of("demo", [note()]).next_run == "left"
    assert audit_of("demo", [note(), route()]).next_run == "changed"
    assert audit_of("demo", [note(), route(), refused]).next_run == "refused"


def test_an_id_depends_on_source_kind_and_object_alone() -> None:
    one = route()
    assert one.id == route(expected="another", found="another", severity="info", host="", remedy="").id
    others = [route(source="waste"), route(kind="vpc"), route(object="rtb/acme/10.0.0.0/8")]
    assert len({one.id, *(other.id for other in others)}) == 4


def test_findings_are_in_order_and_each_id_is_there_once_with_its_worst_severity() -> None:
    mild = route(severity="info")
    found = audit_of("demo", [note(), mild, route()]).findings
    assert [(one.kind, one.severity) for one in found] == [("route", "error"), ("advice", "info")]


def test_a_difference_keeps_the_time_of_the_first_audit_that_has_found_it() -> None:
    first = compared([route()], THEN, None, all_of_it)
    assert (first.findings[0].since, first.new, first.resolved) == (None, (), ())
    earlier = {"time": THEN, "findings": [{"id": route().id, "since": None}, {"id": "gone", "kind": "vpc"}]}
    second = compared([route(), note()], NOW, earlier, all_of_it)
    assert [one.since for one in second.findings] == [THEN, NOW]
    assert second.new == (note().id,)
    assert second.resolved == ({"id": "gone", "kind": "vpc"},)
    old = {"time": THEN, "findings": [{"id": route().id, "since": "2026-01-01T00:00:00Z"}]}
    assert compared([route()], NOW, old, all_of_it).findings[0].since == "2026-01-01T00:00:00Z"


def test_an_audit_that_could_not_read_a_part_resolves_nothing_and_keeps_what_was_known() -> None:
    known = {"id": route().id, "since": None}
    first = compared([note()], NOW, {"time": THEN, "findings": [known]}, lambda _one: False)
    assert (first.resolved, first.unjudged) == ((), ({**known, "since": THEN},))
    assert compared([note()], NOW, {"time": THEN, "findings": [known]}, all_of_it).unjudged == ()
    lines = " ".join(" ".join(table_of("demo", "incomplete", first)).split())
    assert lines.endswith(f"1 new, 0 resolved since {THEN}, 1 of that audit not judged.")


def test_an_unread_side_may_hide_anything_and_a_silent_host_what_is_on_it() -> None:
    silent = finding_of(Difference("host", "agg2", "answers", "no route", host="agg2"), "left")
    on = {host: {"id": "1", "host": host} for host in ("agg1", "agg2", "")}
    assert [audit_of("demo", [silent]).has_judged(one) for one in on.values()] == [True, False, True]
    side = unread("aws", "eu-central-1", "no rights")
    assert not any(audit_of("demo", [silent, side]).has_judged(one) for one in on.values())
    assert not any(audit_of("demo", [], is_judged=False).has_judged(one) for one in on.values())
    assert all(audit_of("demo", [route()]).has_judged(one) for one in on.values())


def test_the_table_is_readable_in_a_hundred_columns() -> None:
    long = replace(route(), found="x" * 300, remedy="word " * 60)
    lines = table_of("demo", "drift", compared([long, note()], NOW, {"time": THEN, "findings": []}, all_of_it))
    assert max(map(len, lines)) <= WIDTH == 100
    assert lines[0] == "severity  next run  kind                      object"
    assert lines[1] == "error     changed   route                     rtb/acme/172.16.0.0/12 on agg1 (new)"
    assert lines[2].startswith("          expected: target eni-1; found:")
    assert " ".join(" ".join(lines).split()).endswith(
        "Audit of demo: drift, the network differs from the inventory: 1 error, 0 warning, 1 info; "
        f"2 new, 0 resolved since {THEN}."
    )


def test_metrics_are_openmetrics_text() -> None:
    lines = metrics_of('de"mo', "drift", 1764417600.5, [route(), note()]).splitlines()
    own = r'network="de\"mo"'
    assert f"bonding_audit_time_seconds{{{own}}} 1764417600.5" in lines
    assert f'bonding_audit_status{{{own},status="drift"}} 1' in lines
    assert f'bonding_audit_status{{{own},status="clean"}} 0' in lines
    assert f'bonding_audit_findings{{{own},severity="error",source="plan"}} 1' in lines
    assert f'bonding_audit_findings{{{own},severity="warning",source="waste"}} 0' in lines
    assert lines[-1] == "# EOF"
    names = {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    assert {line.split("{")[0] for line in lines if not line.startswith("#")} == names
