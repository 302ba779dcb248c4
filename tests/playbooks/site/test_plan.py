# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan says what will be done: all of it, nothing else, and in the very words of the requests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.running import Json, Outcome, Site

from .wire import aws_items, server_items

UNKNOWN = "(known after apply)"


@pytest.fixture(scope="session")
def checked(stand_ins: Site) -> Outcome:
    """`--check --diff` from an empty account."""
    stand_ins.reset()
    return stand_ins.run("site", "--check", "--diff")


def identity(item: Json) -> tuple[str, ...]:
    return tuple(item[name] for name in ("system", "verb", "kind", "parent", "key"))


def test_check_mode_from_an_empty_account_succeeds_and_writes_nothing(checked: Outcome) -> None:
    assert checked.code == 0, checked.output
    assert checked.writes == []
    assert len(checked.plan["plan"]) > 100
    assert '+    "vni": 10000011' in checked.output
    assert checked.changed == 1


def test_check_mode_and_the_real_run_plan_the_same(checked: Outcome, first_run: Outcome) -> None:
    assert checked.plan["plan"] == first_run.plan["plan"]


def test_the_plan_is_what_both_logs_show(first_run: Outcome, built: Site, seeds: tuple[Json, Json]) -> None:
    built.load("built")
    done = server_items(first_run.server, seeds[0], built.server.state())
    done += aws_items(first_run.aws, built.cloud.state())
    identities = [what for what, _after in done]
    assert sorted(identities) == sorted(identity(item) for item in first_run.plan["plan"])
    after = {identity(item): item["after"] for item in first_run.plan["plan"]}
    for what, body in done:
        assert agrees(after[what], body, what[0]), (what, after[what], body)


def agrees(planned: Any, sent: Any, system: str) -> bool:
    """Return True if a request does what the plan says, as far as the plan could know the values."""
    if planned == UNKNOWN or planned == [UNKNOWN]:
        return bool(sent)
    if isinstance(planned, dict) and isinstance(sent, dict):
        known = {
            k: v
            for k, v in planned.items()
            if not (system == "aws" and k in ("public_ip", "private_ip", "ipv6") and k not in sent)
        }
        return known.keys() == sent.keys() and all(agrees(known[k], sent[k], system) for k in known)
    if isinstance(planned, list) and isinstance(sent, list):
        return len(planned) == len(sent) and all(any(agrees(p, s, system) for s in sent) for p in planned)
    return bool(planned == sent)


def test_what_is_unknown_is_only_what_aws_chooses(first_run: Outcome) -> None:
    def unknown(value: Any, path: str = "") -> list[str]:
        if value == UNKNOWN:
            return [path]
        if isinstance(value, dict):
            return [p for k, v in value.items() for p in unknown(v, k)]
        if isinstance(value, list):
            return [p for v in value for p in unknown(v, path)]
        return []

    found = {(item["kind"], p) for item in first_run.plan["plan"] for p in unknown(item["after"])}
    assert found == {
        ("elastic_ip", "public_ip"),
        ("network_interface", "private_ip"),
        ("address_association", "interface_id"),
        ("address_association", "private_ip"),
        ("nat_gateway", "allocation_id"),
        ("route", "target"),
        ("ethernet_interface", "addresses"),
    }


def test_the_first_run_is_all_additions(first_run: Outcome) -> None:
    assert first_run.plan["counts"]["switch"] == first_run.plan["counts"]["remove"] == 0
    assert not [item for item in first_run.plan["plan"] if item["disruptive"]]
    assert not [e for e in first_run.server if e["method"] == "DELETE"]
