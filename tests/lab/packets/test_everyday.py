# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of the everyday changes: what a path may lose, and what the plan has to say."""

from __future__ import annotations

from typing import Any

import pytest

from lab.demo.playbook import Outcome
from lab.packets.checks.everyday import HEAD, Seen, chosen, judged, row
from lab.packets.checks.everyday_changes import CHANGES, Change
from lab.packets.gates import Write
from lab.packets.probes import Path, Traffic

CHANGE = Change("moved", "a gateway moved", lambda _network: {}, ("of space acme",), {"acme: out": 40}, ("gone",))
WRITES = [Write("DeleteRoute", 1.0, 1.1), Write("CreateRoute", 2.0, 2.1)]


def traffic(name: str, lost: list[int]) -> Traffic:
    """200 datagrams, 20 ms apart, of which these were lost."""
    sent = [number / 50 for number in range(200)]
    return Traffic(Path(name, "lan", "192.0.2.1"), sent, set(range(200)) - set(lost))


def seen(*paths: Traffic, said: str = "the connections of space acme") -> Seen:
    items: list[dict[str, Any]] = [{"disruptive": bool(said), "interrupts": said}]
    preflight = {"outcome": "ok", "result": {"plan": items}}
    return Seen(Outcome(0, "", 9.0, {}, [preflight]), list(paths), WRITES)


ENDED = traffic("gone: it", list(range(100, 200)))


def test_a_change_as_expected_has_no_fault() -> None:
    assert judged(CHANGE, seen(traffic("acme: out", [60, 61]), traffic("globex: out", []), ENDED)) == []


def test_one_datagram_of_another_path_is_a_fault_that_names_the_write() -> None:
    (fault,) = judged(CHANGE, seen(traffic("globex: out", [51])))
    assert fault == "globex: out lost 20 ms, and may lose nothing; 0.02 s after DeleteRoute (write 1 of 2)"


def test_more_than_may_be_is_a_fault() -> None:
    (fault,) = judged(CHANGE, seen(traffic("acme: out", [60, 61, 62])))
    assert fault == "acme: out lost 60 ms, at most 40 may be; 0.20 s after DeleteRoute (write 1 of 2)"


def test_what_the_lab_takes_for_a_write_is_not_the_runs() -> None:
    # 50 to 55 were sent from 1.0 to 1.1 s, while the lab carried out the write.
    changed = traffic("acme: out", [*range(50, 56), 60])
    assert seen().lost(changed) == 20
    assert judged(CHANGE, seen(changed)) == []
    # Of a path that may lose nothing each of them counts.
    assert "globex: out lost 120 ms" in judged(CHANGE, seen(traffic("globex: out", list(range(50, 56)))))[0]


@pytest.mark.parametrize(
    ("change", "said", "fault"),
    [
        (CHANGE, "", "the plan does not say INTERRUPTS 'of space acme', but []"),
        (CHANGE, "another", "the plan does not say INTERRUPTS 'of space acme', but ['another']"),
        (
            Change("joins", "an aggregator joins", lambda _network: {}),
            "all of it",
            "the plan says INTERRUPTS ['all of it'], where nothing is to be interrupted",
        ),
    ],
)
def test_the_plan_says_what_it_interrupts_and_nothing_else(change: Change, said: str, fault: str) -> None:
    assert judged(change, seen(traffic("globex: out", []), said=said)) == [fault]


def test_a_path_that_ends_does_not_come_back() -> None:
    (fault,) = judged(CHANGE, seen(traffic("gone: it", [10, *range(100, 200)])))
    assert fault == "gone: it ends, but 89 datagrams came back after the first loss"


def test_changes_are_chosen_with_those_that_they_need_in_their_order() -> None:
    assert [change.name for change in chosen(["masquerade", "leaves"])] == [
        "joins",
        "leaves",
        "nat_gateway",
        "masquerade",
    ]
    assert len(chosen([])) == len(CHANGES) == 12


def test_a_line_of_the_table_has_the_losses_of_both_kinds() -> None:
    paths = (traffic("acme: out", [60]), ENDED, traffic("globex: out", [5]))
    line = row(1, CHANGE, seen(*paths), ["a fault"])
    assert line.split(" | ")[1:] == [
        "a gateway moved **NOT AS EXPECTED**",
        "1 changes, 2 writes, 9 s",
        "acme: out: 20; gone: it: ends",
        "40",
        "of space acme",
        "20 of 200 datagrams on 1 paths |",
    ]
    assert all(text.count("|") == line.count("|") for text in HEAD)
