# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judgement of dead aggregators, without a server and without sleeping."""

from __future__ import annotations

import pytest

from extensions.eda.plugins.event_source.bonds import Event, Settings
from tests.eda.driving import Driver


@pytest.fixture
def driver() -> Driver:
    """Bonds 17 and 18 on aggregator 7, 19 on aggregator 8."""
    return Driver({17: 7, 18: 7, 19: 8})


def dead(aggregator: int, seconds: int, down: int = 1) -> Event:
    """Return the event of a dead aggregator."""
    about = {"aggregator": aggregator, "name": f"agg{aggregator}", "seconds": seconds, "down": down}
    return {"aggregator_dead": about}


def deaths(driver: Driver, seconds: float) -> list[Event]:
    """Let time pass; return the events of dead aggregators."""
    return [event for event in driver.run(seconds) if "aggregator_dead" in event]


def test_an_aggregator_that_is_down_and_empty_for_two_minutes_is_dead_once(driver: Driver) -> None:
    driver.run(60)
    driver.status[7] = "down"
    driver.move(17, 18, to=8)
    assert deaths(driver, 115) == []
    (found,) = deaths(driver, 20)
    assert found == dead(7, found["aggregator_dead"]["seconds"])
    assert 120 <= found["aggregator_dead"]["seconds"] <= 126
    assert deaths(driver, 3600) == []
    driver.status[7] = "up"
    driver.run(60)
    driver.status[7] = "down"
    assert len(deaths(driver, 180)) == 1


def test_an_aggregator_that_still_has_a_bond_is_not_dead(driver: Driver) -> None:
    driver.run(60)
    driver.status[7] = "down"
    driver.move(17, to=8)
    assert deaths(driver, 3600) == []
    driver.move(18, to=8)
    assert len(deaths(driver, 120)) == 1


@pytest.mark.parametrize("status", ["up", "unknown"])
def test_an_aggregator_that_is_something_else_for_a_moment_begins_anew(driver: Driver, status: str) -> None:
    driver.move(17, 18, to=8)
    driver.run(60)
    driver.status[7] = "down"
    assert deaths(driver, 100) == []
    driver.status[7] = status
    driver.run(5)
    driver.status[7] = "down"
    assert deaths(driver, 100) == []
    assert len(deaths(driver, 60)) == 1


def test_what_is_down_in_the_baseline_or_not_watched_is_not_dead() -> None:
    first = Driver({17: 8}, status={7: "down", 8: "up"})
    assert deaths(first, 3600) == []
    others = Driver({17: 8}, Settings(aggregators=frozenset({"8"})))
    others.run(60)
    others.status[7] = "down"
    assert deaths(others, 3600) == []


def test_a_server_that_hides_the_bonds_of_an_aggregator_kills_none(driver: Driver) -> None:
    driver.run(60)
    driver.status[7] = "down"
    driver.hidden = {17, 18}
    driver.unread = {7}
    assert deaths(driver, 3600) == []


def test_aggregators_that_go_down_together_are_counted(driver: Driver) -> None:
    driver.move(17, 18, 19, to=9)
    driver.run(120)
    driver.status |= {7: "down"}
    driver.run(60)
    driver.status |= {8: "down"}
    found = deaths(driver, 300)
    assert [event["aggregator_dead"]["down"] for event in found] == [2, 2]


def test_one_that_has_long_been_down_does_not_count(driver: Driver) -> None:
    driver.move(17, 18, 19, to=9)
    driver.run(120)
    driver.status[7] = "down"
    driver.run(1200)
    driver.status[8] = "down"
    (found,) = deaths(driver, 300)
    assert found["aggregator_dead"]["down"] == 1


def test_dead_after_is_an_option() -> None:
    driver = Driver({17: 8}, Settings(dead_after=0))
    driver.run(60)
    driver.status[7] = "down"
    assert len(deaths(driver, 11)) == 1


def test_what_a_server_has_not_shown_is_no_time_that_it_was_down(driver: Driver) -> None:
    """A server that comes back may show aggregators as down until they have found it again."""
    driver.move(17, 18, to=8)
    driver.run(60)
    driver.is_down = True
    driver.run(600)
    driver.is_down, driver.status[7] = False, "down"
    assert deaths(driver, 100) == []
    driver.status[7] = "up"
    assert deaths(driver, 600) == []
    driver.status[7] = "down"
    driver.run(60)
    driver.is_down = True
    driver.run(600)
    driver.is_down = False
    assert deaths(driver, 100) == []
    (found,) = deaths(driver, 100)
    assert 120 <= found["aggregator_dead"]["seconds"] <= 130


def test_a_pause_of_the_source_kills_none(driver: Driver) -> None:
    """A machine that was suspended reads on after an hour: the time of its clock is not that of the aggregator."""
    driver.move(17, 18, to=8)
    driver.run(120)
    driver.status[7] = "down"
    driver.now += 3600
    assert deaths(driver, 100) == []


def test_an_aggregator_that_is_deleted_while_it_is_down_neither_dies_nor_counts(driver: Driver) -> None:
    driver.move(17, 18, 19, to=9)
    driver.run(120)
    driver.status |= {7: "down"}
    driver.run(30)
    del driver.status[7]
    driver.status[8] = "down"
    (found,) = deaths(driver, 3600)
    about = found["aggregator_dead"]
    assert (about["aggregator"], about["down"]) == (8, 1)


def test_a_bond_that_is_deleted_holds_no_aggregator_alive(driver: Driver) -> None:
    """A list that is cut for a moment still does, and so do lists that are all empty."""
    driver.run(60)
    driver.move(18, to=8)
    driver.run(120)
    driver.hidden = {17}
    driver.status[7] = "down"
    assert deaths(driver, 590) == []
    assert len(deaths(driver, 60)) == 1
    empty = Driver({17: 7, 19: 8})
    empty.run(60)
    empty.status[7], empty.hidden = "down", {17, 19}
    assert deaths(empty, 3600) == []


def test_one_read_with_the_same_aggregator_twice_is_one_read(driver: Driver) -> None:
    driver.repeated = True
    driver.run(60)
    driver.status[7] = "down"
    driver.run(4.9)
    driver.status[7] = "up"
    assert driver.run(600) == []
    driver.status[7] = "down"
    assert driver.run(60) == [{"aggregator_down": {"aggregator": 7, "name": "agg7"}}]


def test_an_aggregator_with_another_name_is_watched_on() -> None:
    driver = Driver({17: 7}, Settings(aggregators=frozenset({"agg7", "agg8"})))
    driver.run(60)
    driver.names = {7: "old-7", 8: "old-8"}
    driver.move(17, to=8)
    assert [list(event) for event in driver.run(600)] == [["bonds_moved"]]
    driver.status[7] = "down"
    assert [list(event) for event in driver.run(600)] == [["aggregator_down"], ["aggregator_dead"]]


def test_an_aggregator_that_comes_to_the_server_later_is_watched(driver: Driver) -> None:
    driver.run(60)
    driver.status[10] = "down"
    assert driver.run(600) == []
    driver.status[10] = "up"
    assert driver.run(60) == [{"aggregator_up": {"aggregator": 10, "name": "agg10"}}]
    driver.move(17, to=10)
    assert [list(event) for event in driver.run(600)] == [["bonds_moved"]]
    driver.move(17, to=7)
    driver.run(600)
    driver.status[10] = "down"
    assert [list(event) for event in driver.run(600)] == [["aggregator_down"], ["aggregator_dead"]]
