# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of BGP: judged, handed on by nobody but the role, and sent again only if that is said."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.bgp_password import (
    SENT_AGAIN,
    with_password,
)
from ansible_collections.bonded.internet.plugins.module_utils._grammar import password_problem

from .test_bgp import ALL, TRANSIT, sessions
from .world import World, small_world

SECRET = "C4nary-of-BGP"
NEW: dict[str, Any] = {**TRANSIT, "password": SECRET}


@pytest.fixture
def world() -> World:
    return small_world()


def expected_interfaces(world: World) -> str:
    """All that the design knows, as text."""
    return f"{world.design} {world.report}"


def test_nothing_of_the_design_has_the_password(world: World) -> None:
    for bgp in (NEW, {**NEW, "update_password": "always"}):
        items = world.plan(bgp=bgp)
        assert world.report.problems == []
        assert {item.phase for item in items if item.kind == "bgp_protocol"} == {"add"}
        assert SECRET not in expected_interfaces(world) + str(items)


def test_a_session_that_is_there_is_left_alone_unless_said(world: World) -> None:
    world.apply(bgp=TRANSIT)
    assert sessions(world) == ALL
    assert world.plan(bgp=NEW) == []
    assert world.plan(bgp={**NEW, "update_password": "on_create"}) == []
    items = world.plan(bgp={**NEW, "update_password": "always"})
    assert {(i.phase, i.verb, i.kind) for i in items} == {("switch", "update", "bgp_protocol")}
    assert len(items) == len(ALL)
    assert {str(i.after) for i in items} == {str({"password": SENT_AGAIN})}
    assert {i.interrupts for i in items} == {"this BGP session, if its password changes"}
    assert SECRET not in expected_interfaces(world) + str(items)


def test_it_is_sent_once_with_what_else_changes(world: World) -> None:
    world.apply(bgp={**NEW, "update_password": "always"})
    items = world.plan(bgp={**NEW, "asn": 64513, "update_password": "always"})
    changed = [i for i in items if i.kind == "bgp_protocol"]
    assert len(changed) == len(ALL)
    assert {frozenset(i.after or {}) for i in changed} == {frozenset({"local_as", "neighbor_as", "password"})}
    assert {i.interrupts for i in changed} == {"this BGP session; this BGP session, if its password changes"}


@pytest.mark.parametrize("password", ["a b", 'a"b', "a\\b", f"{SECRET}\n", "ü" + SECRET, "\x07" + SECRET, "x" * 81, 7])
def test_a_password_that_bird_would_not_take_is_refused_without_being_shown(world: World, password: Any) -> None:
    world.plan(bgp={**TRANSIT, "password": password})
    (problem,) = world.report.problems
    assert problem.startswith("bonding_bgp.password: ")
    assert SECRET not in problem
    assert password_problem(SECRET) is None


@pytest.mark.parametrize("password", [None, ""])
def test_no_password_is_sent_always(world: World, password: str | None) -> None:
    world.plan(bgp={**TRANSIT, "password": password, "update_password": "always"})
    (problem,) = world.report.problems
    assert problem.startswith("bonding_bgp.update_password: always, and no password is given")
    world.plan(bgp={**TRANSIT, "password": password})
    assert world.report.problems == []


def test_the_role_gives_it_to_each_session_that_has_none() -> None:
    bgp, static = {"name": "a", "protocol": "bgp"}, {"name": "b", "protocol": "static"}
    own = {**bgp, "password": "own"}
    assert with_password([bgp, static, own], SECRET) == [{**bgp, "password": SECRET}, static, own]
