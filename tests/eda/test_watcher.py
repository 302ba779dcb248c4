# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judgement of reads, without a server and without sleeping."""

from __future__ import annotations

import logging

import pytest

from extensions.eda.plugins.event_source.bonds import Settings
from tests.eda.driving import Driver, moved, moves

MANY = range(100, 150)


@pytest.fixture
def driver() -> Driver:
    """Bonds 17 and 18 on aggregator 7, 19 on aggregator 8."""
    return Driver({17: 7, 18: 7, 19: 8})


def test_the_first_read_and_a_quiet_hour_are_no_event(driver: Driver) -> None:
    assert driver.timed == []
    assert driver.run(3600) == []


def test_a_bond_that_moves_and_stays_is_one_event(driver: Driver) -> None:
    driver.run(100)
    driver.move(17, to=8)
    assert driver.run(600) == [moved({17: (7, 8)})]
    # Seen by the next read, at most 30 s later; then 60 s of staying, and 3 s of quiet.
    (when, _event), *_rest = driver.timed
    assert 163 <= when <= 100 + 30 + 60 + 3 + 5


def test_without_a_wait_the_event_comes_with_the_confirming_read() -> None:
    driver = Driver({17: 7}, Settings(after=0, quiet=0))
    driver.move(17, to=8)
    driver.run(60)
    assert [event for _when, event in driver.timed] == [moved({17: (7, 8)})]
    assert driver.timed[0][0] == pytest.approx(35, abs=0.1)


def test_a_bond_that_goes_home_is_a_second_event(driver: Driver) -> None:
    driver.move(17, to=8)
    assert driver.run(120) == [moved({17: (7, 8)})]
    driver.move(17, to=7)
    assert driver.run(600) == [moved({17: (8, 7)})]


def test_a_bond_that_is_home_before_the_wait_ends_is_no_event(driver: Driver) -> None:
    driver.move(17, to=8)
    assert driver.run(60) == []
    driver.move(17, to=7)
    assert driver.run(3600) == []


def test_a_bond_that_moves_on_before_the_wait_ends_is_one_event_to_its_last_aggregator(driver: Driver) -> None:
    driver.move(17, to=8)
    assert driver.run(60) == []
    driver.move(17, to=9)
    assert driver.run(600) == [moved({17: (7, 9)})]


def test_a_bond_that_moves_twice_is_two_events(driver: Driver) -> None:
    driver.move(17, to=8)
    assert driver.run(120) == [moved({17: (7, 8)})]
    driver.move(17, to=9)
    assert driver.run(600) == [moved({17: (8, 9)})]


def test_two_bonds_at_once_are_one_event(driver: Driver) -> None:
    driver.move(17, to=8)
    driver.move(19, to=9)
    assert driver.run(600) == [moved({17: (7, 8), 19: (8, 9)})]


def test_bonds_that_follow_within_the_quiet_time_are_in_the_same_event() -> None:
    driver = Driver({17: 7, 18: 7}, Settings(interval=1, bonds_interval=1, after=10, quiet=3))
    driver.move(17, to=8)
    driver.run(2)
    driver.move(18, to=8)
    assert driver.run(60) == [moved({17: (7, 8), 18: (7, 8)})]


def test_the_event_waits_for_the_quiet_time() -> None:
    driver = Driver({17: 7, 18: 7}, Settings(interval=1, bonds_interval=1, after=0, quiet=20))
    driver.move(17, to=8)
    driver.run(15)
    driver.move(18, to=8)
    assert driver.run(60) == [moved({17: (7, 8), 18: (7, 8)})]
    # Seen by the reads after 1 s and 15 s, confirmed a second later.
    assert driver.timed[0][0] == pytest.approx(16 + 20, abs=0.1)


def test_a_steady_trickle_does_not_hold_events_back() -> None:
    driver = Driver(dict.fromkeys(MANY, 7), Settings(interval=1, bonds_interval=1, after=0, quiet=3, max_moves=50))
    for bond in MANY:
        driver.move(bond, to=8 + bond % 2)
        driver.run(2)
        if driver.timed:
            break
    assert driver.now < 60


def test_bonds_that_two_reads_show_one_after_the_other_are_one_event(driver: Driver) -> None:
    driver.move(17, to=8)
    while driver.watcher._bonds[17].candidate is None:
        driver.run(1)
    driver.move(18, to=9)
    assert driver.run(600) == [moved({17: (7, 8), 18: (7, 9)})]


@pytest.mark.parametrize("lost", [{17}, {17, 18, 19}])
def test_a_bond_in_no_list_has_not_moved(driver: Driver, lost: set[int]) -> None:
    driver.run(60)
    driver.hidden = lost
    assert driver.run(40) == []
    driver.hidden = set()
    assert driver.run(3600) == []
    driver.hidden = lost
    assert driver.run(3600) == []


def test_a_bond_that_comes_back_elsewhere_has_moved(driver: Driver) -> None:
    driver.hidden = {17}
    driver.run(1200)
    driver.move(17, to=9)
    driver.hidden = set()
    assert driver.run(600) == [moved({17: (7, 9)})]


def test_a_single_read_is_no_move(driver: Driver) -> None:
    driver.run(30)
    for _time in range(50):
        driver.move(17, to=8)
        driver.run(driver.watcher.pause(driver.now))
        while driver.watcher._bonds[17].candidate is None:
            driver.run(5)
        driver.move(17, to=7)
        driver.run(70)
    assert driver.timed == []


def test_a_bond_on_two_lists_has_not_moved(driver: Driver) -> None:
    item = {"id": 17, "name": "bond-17"}
    for second in range(0, 600, 30):
        assert driver.watcher.bonds(second, {7: [item], 8: [item]}) == []


def test_lists_that_cannot_be_read_move_nothing(driver: Driver) -> None:
    driver.move(17, to=8)
    driver.unread = {8}
    assert driver.run(600) == []
    driver.unread = set()
    assert driver.run(600) == [moved({17: (7, 8)})]


def test_a_bond_that_is_new_is_no_event_and_is_watched(driver: Driver) -> None:
    driver.places[20] = 9
    assert driver.run(600) == []
    driver.move(20, to=7)
    assert driver.run(600) == [moved({20: (9, 7)})]


def test_only_the_bonds_asked_for_are_reported() -> None:
    driver = Driver({17: 7, 18: 7, 19: 7}, Settings(bonds=frozenset({"17", "bond-19"})))
    driver.move(17, 18, 19, to=8)
    assert driver.run(600) == [moved({17: (7, 8), 19: (7, 8)})]


def test_only_the_aggregators_asked_for_are_read() -> None:
    driver = Driver({17: 7, 18: 7, 19: 8}, Settings(aggregators=frozenset({"7", "agg9"})))
    driver.status[8] = "down"
    driver.move(17, to=8)
    driver.move(18, to=9)
    assert driver.run(600) == [moved({18: (7, 9)})]


def test_names_that_are_not_there_are_said_once(caplog: pytest.LogCaptureFixture) -> None:
    wanted = Settings(aggregators=frozenset({"7", "aggregator9"}), bonds=frozenset({"17", "bond-l8"}))
    Driver({17: 7}, wanted).run(600)
    assert [one.getMessage().split(".")[0] for one in caplog.records] == [
        "aggregators: not seen on the management server (got aggregator9)",
        "bonds: not seen on the management server (got bond-l8)",
    ]


def test_a_server_that_shows_nothing_is_named_and_is_no_baseline(caplog: pytest.LogCaptureFixture) -> None:
    driver = Driver({17: 7}, status={})
    driver.run(600)
    text = "bonds: the management server shows no aggregator; check the rights of the user. It is asked again."
    assert [one.getMessage() for one in caplog.records] == [text]
    driver.status = dict.fromkeys((7, 8, 9), "up")
    assert driver.run(60) == []
    driver.move(17, to=8)
    assert driver.run(120) == [moved({17: (7, 8)})]


def test_a_server_that_shows_no_bond_is_named(caplog: pytest.LogCaptureFixture) -> None:
    Driver({}).run(600)
    text = "bonds: the management server shows no bond on any aggregator. Check the rights of the user."
    assert [one.getMessage() for one in caplog.records] == [text]


def test_a_status_counts_once_two_reads_agree(driver: Driver) -> None:
    driver.run(60)
    driver.status[7] = "down"
    assert driver.run(4.9) == []
    assert driver.run(5.2) == [{"aggregator_down": {"aggregator": 7, "name": "agg7"}}]
    driver.status[7] = "up"
    assert driver.run(10.2) == [{"aggregator_up": {"aggregator": 7, "name": "agg7"}}]
    driver.status[7] = "down"
    driver.run(4)
    driver.status[7] = "up"
    assert driver.run(600) == []


def test_an_unknown_status_is_no_event(driver: Driver) -> None:
    for status in ("unknown", "up", "unknown", "something new"):
        driver.status[7] = status
        assert driver.run(60) == []
    driver.status[7] = "down"
    assert driver.run(60) == [{"aggregator_down": {"aggregator": 7, "name": "agg7"}}]
    driver.status[7] = "unknown"
    assert driver.run(60) == []
    driver.status[7] = "up"
    assert driver.run(60) == [{"aggregator_up": {"aggregator": 7, "name": "agg7"}}]


def test_an_aggregator_that_is_not_listed_is_no_event(driver: Driver) -> None:
    status = driver.status.pop(7)
    assert driver.run(600) == []
    driver.status[7] = status
    assert driver.run(600) == []


def test_bonds_that_leave_an_aggregator_that_is_down_are_followed() -> None:
    driver = Driver(dict.fromkeys(range(1, 21), 7))
    driver.status[7] = "down"
    driver.move(*range(1, 21), to=8)
    down, event, death = driver.run(600)
    assert "aggregator_down" in down
    assert "aggregator_dead" in death
    assert event == moved(dict.fromkeys(range(1, 21), (7, 8)))


def test_a_changed_status_lets_the_bonds_be_read_at_once() -> None:
    driver = Driver({17: 7}, Settings(after=0, quiet=0))
    driver.run(1)
    driver.status[7] = "down"
    driver.move(17, to=8)
    driver.run(60)
    # Not 30 s later, when the bonds would be read anyway: 5 s and 10 s.
    assert [(round(when), next(iter(event))) for when, event in driver.timed] == [
        (10, "aggregator_down"),
        (10, "bonds_moved"),
    ]


def test_more_moves_than_allowed_wait_for_a_person(caplog: pytest.LogCaptureFixture) -> None:
    driver = Driver(dict.fromkeys(MANY, 7))
    driver.status[7] = "down"
    driver.move(*MANY, to=8)
    _down, event, _death = driver.run(600)
    reason = "50 bonds have moved, more than max_moves (20)"
    bonds = list(MANY)
    assert event == {"mass_move": {"reason": reason, "moves": moves(dict.fromkeys(MANY, (7, 8))), "bonds": bonds}}
    assert [one.getMessage() for one in caplog.records] == [f"bonds: a mass move waits for a person: {reason}."]
    driver.move(100, to=9)
    assert driver.run(600) == [moved({100: (8, 9)})]


def test_bonds_that_still_wait_belong_to_the_mass_move() -> None:
    driver = Driver(dict.fromkeys(MANY, 7))
    driver.run(60)
    driver.move(*range(100, 115), to=8)
    driver.run(40)
    driver.move(*range(115, 130), to=8)
    (event,) = driver.run(3600)
    assert event["mass_move"]["bonds"] == list(range(100, 130))


@pytest.mark.parametrize(("left", "kind"), [(4, "bonds_moved"), (5, "bonds_moved"), (6, "mass_move")])
def test_more_than_half_of_an_aggregator_that_is_up_wait_for_a_person(left: int, kind: str) -> None:
    driver = Driver(dict.fromkeys(range(1, 11), 7))
    driver.move(*range(1, left + 1), to=8)
    (event,) = driver.run(600)
    assert list(event) == [kind]


def test_a_small_aggregator_may_lose_all_its_bonds() -> None:
    driver = Driver(dict.fromkeys(range(1, 5), 7))
    driver.move(*range(1, 5), to=8)
    assert driver.run(600) == [moved(dict.fromkeys(range(1, 5), (7, 8)))]


def test_a_bond_that_returns_twice_is_reported_as_flapping_once_and_left_alone(driver: Driver) -> None:
    kinds = []
    for place in (8, 7, 8, 7, 8, 7):
        driver.move(17, to=place)
        kinds += [next(iter(event)) for event in driver.run(150)]
    assert kinds == ["bonds_moved", "bonds_moved", "bond_flaps"]
    flaps = driver.timed[2][1]["bond_flaps"]
    assert flaps == {"bond": 17, "name": "bond-17", "aggregator": 8, "aggregator_name": "agg8", "returns": 2}
    driver.move(18, to=9)
    assert driver.run(150) == [moved({18: (7, 9)})]


def test_flapping_ends_after_ten_minutes_without_a_move_and_the_last_move_is_reported(driver: Driver) -> None:
    for place in (8, 7, 8):
        driver.move(17, to=place)
        driver.run(150)
    assert [next(iter(event)) for _when, event in driver.timed] == ["bonds_moved", "bonds_moved", "bond_flaps"]
    assert driver.run(430) == []
    assert driver.run(60) == [moved({17: (7, 8)})]


def test_returns_that_are_far_apart_are_no_flapping(driver: Driver) -> None:
    for place, before in ((8, 7), (7, 8), (8, 7), (7, 8)):
        driver.move(17, to=place)
        assert driver.run(700) == [moved({17: (before, place)})]


def test_a_server_that_cannot_be_reached_is_reported_once_and_asked_less_often(
    driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    driver.run(60)
    driver.is_down, before = True, driver.requests
    driver.move(17, to=8)
    assert driver.run(3600) == [{"server_unreachable": {"reason": "GET aggregators/: HTTP 500", "seconds": 15}}]
    assert 60 <= driver.requests - before <= 66
    driver.is_down = False
    reachable, event = driver.run(600)
    assert reachable["server_reachable"]["seconds"] == pytest.approx(3600, abs=65)
    assert event == moved({17: (7, 8)})
    assert [one.levelname for one in caplog.records] == ["WARNING", "WARNING"]


def test_the_bonds_are_read_at_once_when_the_server_answers_again() -> None:
    driver = Driver({17: 7}, Settings(after=0, quiet=0, bonds_interval=3600))
    driver.is_down = True
    driver.move(17, to=8)
    driver.run(120)
    driver.is_down = False
    assert driver.run(70) == [{"server_reachable": {"seconds": 135}}, moved({17: (7, 8)})]


def test_a_hiccup_of_the_server_is_no_event(driver: Driver) -> None:
    driver.run(60)
    driver.is_down = True
    driver.run(6)
    driver.is_down = False
    assert driver.run(600) == []


def test_logs_repeat_nothing(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    driver.unread = {8}
    driver.run(3600)
    assert len(caplog.records) == 1
