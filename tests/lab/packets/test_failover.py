# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts of the checks of an aggregator that dies: what fails them, one mutant at a time. No packet is sent."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from typing import Any, cast

import pytest

from lab.packets import echo_servers
from lab.packets.checks import defaults, failover
from lab.packets.checks.defaults import Defaults
from lab.packets.checks.repairs import DIES, HANDED_OVER, OPEN, UNHARMED, Repair, judged
from lab.packets.lab import Lab
from lab.packets.live_changes.failover import FAILOVER, FIRST_GATEWAY, STANDBY
from lab.packets.probes import Path, Traffic
from lab.packets.report import Failed

REPAIR = Repair(failed=1.0, began=3.0, ended=6.0)
FIRST_USED = Defaults(["agg1"], {"agg2": 1}, {"agg1": "agg1", "agg2": "agg1", "agg3": "agg1"})


def traffic(*lost: range, name: str = "it") -> Traffic:
    """Datagrams for 12 s, 20 ms apart, without those of these numbers."""
    gone = {number for numbers in lost for number in numbers}
    return Traffic(Path(name, "lan", "192.0.2.1"), [number / 50 for number in range(600)], set(range(600)) - gone)


@pytest.mark.parametrize(
    ("kind", "lost", "fault"),
    [
        # 50: failed; 150: the command; 300: its end.
        (DIES, [range(50, 250)], ""),
        (DIES, [range(50, 440)], ""),
        (DIES, [range(50, 250), range(300, 340)], ""),
        (DIES, [range(52, 250)], "it: 2 datagrams came back before the run"),
        (DIES, [range(50, 120)], "it: 30 datagrams came back before the run"),
        (DIES, [range(50, 600)], "it does not come back"),
        (DIES, [range(50, 455)], "it is back 3.1 s after the end of the run, not 3 s"),
        (DIES, [range(50, 250), range(300, 360)], "it loses 1.20 s once it is back, at most 1 s may be"),
        (UNHARMED, [], ""),
        (UNHARMED, [range(200, 201)], "it lost 1 of 600, and may lose nothing"),
        (HANDED_OVER, [range(150, 449)], ""),
        (HANDED_OVER, [range(149, 160)], "it lost 1 before the run, or later than 3 s after it"),
        (HANDED_OVER, [range(290, 599)], "it lost 148 before the run, or later than 3 s after it"),
        (
            HANDED_OVER,
            [range(290, 600)],
            "it lost 149 before the run, or later than 3 s after it; it is not back after the run",
        ),
        (OPEN, [range(50, 600)], ""),
    ],
)
def test_a_path_is_judged_by_its_kind(kind: str, lost: Iterable[range], fault: str) -> None:
    assert "; ".join(judged(REPAIR, [traffic(*lost)], {"it": kind})) == fault


def test_a_path_that_is_dark_to_the_end_of_the_look_is_not_back() -> None:
    """The look ends before the time by which a path has to be back."""
    given = Traffic(Path("it", "lan", "192.0.2.1"), [number / 50 for number in range(400)], set(range(170)))
    assert judged(REPAIR, [given], {"it": HANDED_OVER}) == ["it is not back after the run"]


def test_each_path_has_an_expectation_and_each_expectation_its_path() -> None:
    watched = [traffic(name="it"), traffic(name="other")]
    assert judged(REPAIR, watched, {"it": UNHARMED, "gone": OPEN}) == [
        "gone was not watched",
        "nothing is expected of other",
    ]


def test_the_times_of_a_path_are_told_from_the_command_and_from_the_failure() -> None:
    assert REPAIR.told(traffic(range(50, 250))) == "it back 2.0 s after the command, dead for 4.0 s"
    assert REPAIR.told(traffic(range(50, 600))) == "it is not back"
    with pytest.raises(Failed, match="it does not come back"):
        failover.as_expected(REPAIR, [traffic(range(50, 600))], {"it": DIES})


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        (FIRST_USED, []),
        # The standby has the filter of an ordinary gateway.
        (
            Defaults(["agg1", "agg3"], {"agg2": 2}, {"agg1": "agg1", "agg2": "agg1", "agg3": "agg3"}),
            [
                "a default is announced by ['agg1', 'agg3'], not by agg1 alone",
                "agg2 hears 2 defaults",
                "agg3 goes out by agg3",
            ],
        ),
        (
            Defaults(["agg3"], {"agg2": 1}, {"agg2": "agg3"}),
            ["a default is announced by ['agg3'], not by agg1 alone", "agg2 goes out by agg3"],
        ),
        (
            Defaults([], {"agg2": 0}, {"agg2": ""}),
            ["a default is announced by [], not by agg1 alone", "agg2 hears 0 defaults", "agg2 goes out by none"],
        ),
    ],
)
def test_one_of_the_two_announces_a_default_and_all_go_out_by_it(found: Defaults, faults: list[str]) -> None:
    assert found.faults("agg1") == faults


ROUTES = """BIRD 2.0.12 ready.
live_babel_11:
Prefix                   Nexthop                   Interface Metric F Seqno Expires
0.0.0.0/0                10.254.0.1                vx10000011    32 *     1  2.601
0.0.0.0/0                10.254.0.3                vx10000011 {metric}       1  2.601
172.16.1.0/24            10.254.0.3                vx10000011    32 *     1  2.601
"""


class Stub:
    """Lab of three aggregators of a space, whose BIRDs and kernels answer with these texts."""

    def __init__(self, metric: int, exported: str, route: str) -> None:
        self.answers = {"babel": ROUTES.format(metric=metric), "route": exported}
        self.route, self.server = route, self
        self.state = {"spaces": [{"key": "acme", "id": 11}]}

    def namespace(self, name: str) -> str:
        return name

    def birdc(self, _holder: str, _show: str, what: str, *_words: str) -> str:
        return self.answers[what]

    def routes(self, _name: str, _space: str) -> str:
        return f"unreachable default metric 4278198272\n{self.route}\n"

    def aggregators(self) -> list[dict[str, Any]]:
        return [{"name": f"agg{number}"} for number in (1, 2, 3)]

    def interfaces(self, aggregator: dict[str, Any]) -> list[dict[str, Any]]:
        number = aggregator["name"][-1]
        return [
            {"name": "vx10000011", "type": "vxlan", "space": "acme", "addresses": [f"10.254.0.{number}/24"]},
            {"name": "gw11", "type": "ethernet", "space": "acme", "addresses": ["10.101.0.4/24"]},
        ]


@pytest.mark.parametrize(
    ("metric", "exported", "route", "found"),
    [
        (
            65535,
            "BIRD 2.0.12 ready.",
            "default via 10.254.0.1 dev vx10000011 proto bird metric 32",
            Defaults([], {"agg2": 1}, {"agg2": "agg1", "agg3": "agg1"}),
        ),
        (
            32,
            "Table space_acme:\n0.0.0.0/0  unicast [live_gateway_11 11:14:56.970] * (200)",
            "default via 10.101.0.1 dev gw11 proto bird metric 32",
            Defaults(["agg3"], {"agg2": 2}, {"agg2": "agg2", "agg3": "agg3"}),
        ),
        (32, "", "", Defaults([], {"agg2": 2}, {"agg2": "", "agg3": ""})),
        (
            32,
            "",
            "default via 100.66.11.2 dev mesh11",
            Defaults([], {"agg2": 2}, dict.fromkeys(("agg2", "agg3"), "100.66.11.2 by mesh11")),
        ),
    ],
)
def test_defaults_are_read_from_bird_and_the_kernel(metric: int, exported: str, route: str, found: Defaults) -> None:
    lab = cast(Lab, Stub(metric, exported, route))
    assert defaults.seen(lab, "acme", ("agg1", "agg3"), ("agg2", "agg3")) == found


def test_two_defaults_count_from_one_look_to_the_next() -> None:
    assert failover.overlap([(1.0, 1), (1.5, 2), (2.0, 2), (2.75, 1), (3.0, 0)]) == 1.25
    assert failover.overlap([(1.0, 2)]) == 0


def test_every_path_has_its_expectation_in_each_run() -> None:
    runs = (failover.FOLLOWED, failover.EVACUATED, failover.HANDED)
    names = {f"{name}'s address" for name in failover.BONDS.values()}
    names |= {f"{name}{text}" for name in failover.LANS.values() for text in ("", ", anew")}
    assert all(set(kinds) == names | {f"{failover.THIRD}'s own"} for kinds in runs)
    assert not [name for kinds in runs for name, kind in kinds.items() if kind == OPEN]


def test_the_network_is_without_bgp_and_has_a_gateway_with_a_standby() -> None:
    assert "bonding_bgp" not in FAILOVER
    (space,) = FAILOVER["bonding_spaces"]
    (gateway,) = space["gateways"]
    assert (gateway["aggregator"], gateway["standby"]) == (FIRST_GATEWAY, STANDBY) == ("agg1", "agg3")


@pytest.mark.parametrize(
    ("answers", "goes_on"),
    [
        ([b"before", b"after"], [True, True]),
        # Another text, a reset connection, nothing at all.
        ([b"before", b"other"], [True, False]),
        ([b"before", None], [True, False]),
        ([b"before", b""], [True, False]),
    ],
)
def test_a_conversation_goes_on_if_just_what_was_said_comes_back(
    monkeypatch: pytest.MonkeyPatch, answers: list[bytes | None], goes_on: list[bool]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(echo_servers, "entered", lambda _namespace: contextlib.nullcontext())
        monkeypatch.setattr(echo_servers, "ECHO_PORT", server.getsockname()[1])
        talk = echo_servers.Conversation("inet", "127.0.0.1", timeout=0.2)
        connection, _client = server.accept()
        found = []
        for text, answer in zip(("before", "after"), answers, strict=True):
            if answer is None:
                connection.close()
            elif answer:
                connection.sendall(answer)
            found.append(talk.goes_on(text))
        talk.close()
        connection.close()
    assert found == goes_on
