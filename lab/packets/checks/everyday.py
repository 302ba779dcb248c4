# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The everyday changes of an operator, each a run of site.yml under traffic of all spaces, judged by its expectation.

The next change goes on from what the one before has left. What each may cost is in `everyday_changes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lab.demo.playbook import Outcome

from ..gates import Gates, Write
from ..lab import Lab, until
from ..live_changes.everyday import Network
from ..probes import INTERVAL, Probes, Traffic
from ..report import Check, Failed, need
from .everyday_changes import CHANGES, Change
from .non_disruptive_changes import succeeded
from .traffic import AFTER, DEADLINE, all_answer, answers

TITLE = "Everyday changes under traffic"
DEAD = 1.5
"""Seconds for which a path that has ended may not answer."""
HEAD = (
    "| | change | run | lost by the changed (ms) | may be | the plan says INTERRUPTS | all others |",
    "|---|---|---|---|---|---|---|",
)
NAMES = [change.name for change in CHANGES]


@dataclass(frozen=True)
class Seen:
    """The outcome of a run: the losses of each path, and the writes that passed the gates."""

    outcome: Outcome
    traffic: list[Traffic]
    writes: list[Write]

    @property
    def said(self) -> list[str]:
        """Return the texts that the plan's INTERRUPTS lines have."""
        return sorted({item["interrupts"] for item in self.outcome.plan if item["disruptive"]})

    def lost(self, one: Traffic) -> int:
        """Return the milliseconds that a path lost, but for those in which the lab carried out a write.

        In these the stand-in has made the change already, and the run waits for the lab.
        """
        times = [one.sent[number] for number in one.lost()]
        runs = [when for when in times if not any(w.accepted <= when <= w.carried_out for w in self.writes)]
        return milliseconds(len(runs))


def milliseconds(datagrams: int) -> int:
    """Return the time that so many datagrams stand for."""
    return round(datagrams * INTERVAL * 1000)


def chosen(names: Sequence[str]) -> list[Change]:
    """Return the changes of these names (all if none is given), and those that they need, in order."""
    wanted = set(names or NAMES)
    for change in reversed(CHANGES):
        if change.name in wanted and change.needs:
            wanted.add(change.needs)
    return [change for change in CHANGES if change.name in wanted]


def checks(lab: Lab, gates: Gates, names: Sequence[str], rows: list[str]) -> Iterator[Check]:
    """The network, and the changes of these names in their order; a line of the table for each is added to `rows`."""
    network = Network(lab, gates)
    rows += HEAD
    yield Check("the network, made from nothing through the gates", lambda: _first(network))
    for change in chosen(names):
        yield Check(change.title, partial(_proved, network, change, rows))


def _first(network: Network) -> str:
    outcome = network.run()
    did = succeeded(outcome)
    network.peopled()
    paths = network.paths()
    all_answer(paths, "it is made, but these do not answer")
    return f"{did}, {len(network.gates.writes)} writes, {len(paths)} paths"


def _watched(network: Network, change: Change) -> Seen:
    # As they are before the change, which may end one.
    paths = network.paths()
    extra = change.make(network)
    all_answer(paths, "these do not work even without the change")
    done = len(network.gates.writes)
    with Probes(paths) as probes:
        outcome = network.run(**extra)
        network.gates.follow()
        probes.go_on(AFTER)
    if network.gates.errors:
        raise Failed(f"the lab could not follow: {network.gates.errors[0]}")
    return Seen(outcome, probes.traffic, network.gates.writes[done:])


def _proved(network: Network, change: Change, rows: list[str]) -> str:
    seen = _watched(network, change)
    did = succeeded(seen.outcome)
    faults = judged(change, seen)
    for one in seen.traffic:
        if change.ends_with(one.path.name):
            if until(partial(answers, one.path), DEAD) is not None:
                faults.append(f"{one.path.name} still answers")
        elif until(partial(answers, one.path), DEADLINE) is None:
            faults.append(f"{one.path.name} does not answer any more")
    rows.append(row(len(rows) + 1 - len(HEAD), change, seen, faults))
    need(not faults, f"{did}; {'; '.join(faults)}")
    told = [f"{one.path.name} lost {milliseconds(len(one.lost()))} ms" for one in seen.traffic if one.lost()]
    return "; ".join([f"{did}, {len(seen.writes)} writes", *(told or ["nothing lost"])])


def judged(change: Change, seen: Seen) -> list[str]:
    """Return what of a run is not as the change's expectation has it."""
    faults = []
    for text in change.says:
        if not any(text in line for line in seen.said):
            faults.append(f"the plan does not say INTERRUPTS '{text}', but {seen.said}")
    if seen.said and not change.says:
        faults.append(f"the plan says INTERRUPTS {seen.said}, where nothing is to be interrupted")
    for one in seen.traffic:
        name = one.path.name
        most = change.most(name)
        if change.ends_with(name):
            faults += _flickered(one)
        elif most and seen.lost(one) > most:
            faults.append(f"{name} lost {seen.lost(one)} ms, at most {most} may be; {_when(one, seen)}")
        elif not most and one.lost():
            faults.append(f"{name} lost {milliseconds(len(one.lost()))} ms, and may lose nothing; {_when(one, seen)}")
    return faults


def _flickered(one: Traffic) -> list[str]:
    """Return a fault where a path that ends comes back after it was lost once."""
    lost = one.lost()
    back = [number for number in one.back if lost and number > lost[0]]
    return [f"{one.path.name} ends, but {len(back)} datagrams came back after the first loss"] if back else []


def _when(one: Traffic, seen: Seen) -> str:
    """Return the last write before the first loss, in words."""
    first = one.silences()[0]
    before = [write for write in seen.writes if write.accepted <= first]
    if not before:
        return "before the first write"
    return f"{first - before[-1].accepted:.2f} s after {before[-1].what} (write {len(before)} of {len(seen.writes)})"


def row(number: int, change: Change, seen: Seen, faults: Sequence[str]) -> str:
    """Return a change's line of the table."""
    about = [one for one in seen.traffic if change.most(one.path.name) or change.ends_with(one.path.name)]
    others = [one for one in seen.traffic if one not in about]
    lost = [
        f"{one.path.name}: {'ends' if change.ends_with(one.path.name) else seen.lost(one)}"
        for one in about
        if one.lost() or change.ends_with(one.path.name)
    ]
    run = f"{len(seen.outcome.plan)} changes, {len(seen.writes)} writes, {seen.outcome.seconds:.0f} s"
    most = max((change.most(one.path.name) for one in about), default=0)
    sent = sum(len(one.sent) for one in others)
    gone = milliseconds(sum(len(one.lost()) for one in others))
    cells = [
        str(number),
        change.title + (" **NOT AS EXPECTED**" if faults else ""),
        run,
        "; ".join(lost) or "0",
        str(most or "0"),
        "; ".join(change.says) or "nothing",
        f"{gone} of {sent} datagrams on {len(others)} paths",
    ]
    return f"| {' | '.join(cells)} |"
