# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault in one request: the module under it, the next run, and the run after that."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.world import Call, States, World
from tests.playbooks.running import Json

NOTHING = "Nothing was changed."
READING = ("Describe", "Get", "List")
CREATES = ("Allocate", "Assign", "Create")
PATIENCE = 10.0
"""Seconds until a request that nobody waits for any more has been dealt with."""


@dataclass(frozen=True)
class Kind:
    """A kind of request: the call that makes it, and which of the call's requests it is.

    :param method: of a request to the server, empty for EC2
    :param path: a regular expression for its path, or EC2's action
    :param before: the calls that make what it acts on
    :param writes: whether the call changes anything
    :param prepare: makes on EC2 what no call makes, by a client
    """

    name: str
    call: Call
    method: str
    path: str
    before: tuple[Call, ...] = ()
    writes: bool = True
    prepare: Callable[[Any], object] | None = None

    @property
    def cloud(self) -> bool:
        """Return True for a request to EC2."""
        return not self.method


@dataclass(frozen=True)
class Fault:
    """A fault by name; `deed` as the stand-in takes it, without what it is put into.

    :param only: the methods (or, of EC2, "read" and "write") that it is put into; empty: all
    :param options: further options of the module, such as a short timeout
    """

    name: str
    deed: Mapping[str, Any]
    only: frozenset[str] = frozenset()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """Behaviour of a module under a fault; committed as the expectation of the cell."""

    outcome: str
    tries: int
    waits: tuple[float, ...]
    words: str

    def as_dict(self) -> Json:
        """Return it as the file of expectations has it."""
        return {"outcome": self.outcome, "tries": self.tries, "waits": list(self.waits), "words": self.words}


class Broken(AssertionError):
    """A cell that does not hold; the text says which rule is broken, and how."""


def put(world: World, kind: Kind, fault: Fault) -> None:
    """Let the fault meet the request."""
    if kind.cloud:
        world.site.cloud.faults([{"action": kind.path, **fault.deed}])
    else:
        world.site.server.faults([{"method": kind.method, "path": kind.path, **fault.deed}])


def undisturbed(world: World, kind: Kind) -> States:
    """Return what both sides hold after the call without a fault."""
    end = f"{kind.name} (done)"
    if end not in world.ends:
        world.load(world.label(kind.name), *kind.before, prepare=kind.prepare)
        before = world.states()
        with world.time_stopped():
            result = world.called(kind.call)
        require(not result.get("failed"), f"without a fault: {result.get('msg')}")
        world.ends[end] = world.states()
        require(world.ends[end] != before or not kind.writes, "without a fault nothing is changed")
        require(any(requests(world, kind)), f"without a fault there is no {kind.method} {kind.path}")
    return world.ends[end]


def require(holds: bool, rule: str) -> None:
    """Raise Broken unless the rule holds."""
    if not holds:
        raise Broken(rule)


def requests(world: World, kind: Kind) -> Iterator[Json]:
    """Yield the entries of the log that are of this kind."""
    if kind.cloud:
        yield from (entry for entry in world.site.cloud.log() if re.fullmatch(kind.path, entry["action"]))
    else:
        for entry in world.site.server.log():
            target = f"{entry['path']}?{entry['query']}".rstrip("?")
            if entry["method"] == kind.method and re.search(kind.path, target):
                yield entry


def wait_for_late(world: World, kind: Kind, fault: Fault) -> None:
    """Wait for a request whose answer nobody has waited for."""
    if not fault.deed.get("delay"):
        return
    end = time.monotonic() + PATIENCE
    while not any(entry.get("fault") for entry in requests(world, kind)):
        require(time.monotonic() < end, "the delayed request was never dealt with")
        time.sleep(0.02)


def run(world: World, kind: Kind, fault: Fault) -> Seen:
    """Run one cell; return what was seen under the fault.

    :raises Broken: if a rule is broken: no traceback; what is said of the state is true; the next run finishes, and
        leaves what a run without the fault leaves; the run after that changes nothing
    """
    end = undisturbed(world, kind)
    world.load(world.label(kind.name), *kind.before, prepare=kind.prepare)
    before = world.states()
    put(world, kind, fault)
    with world.time_stopped() as clock:
        result = attempt(world, kind.call, **fault.options)
    wait_for_late(world, kind, fault)
    require(any(entry.get("fault") for entry in requests(world, kind)), "the fault met no request")
    tries, now = len(list(requests(world, kind))), world.states()
    words = plain(world, str(result.get("msg", "")))
    judge(result, words, before, now, end)
    world.quiet()
    with world.time_stopped():
        again = attempt(world, kind.call)
        require(not again.get("failed"), f"the next run fails: {again.get('msg')}")
        require(world.states() == end, "the next run does not leave what a run without the fault leaves")
        world.quiet()
        last = attempt(world, kind.call)
    require(not last.get("failed") and last.get("changed") is False, f"the run after that is no idle one: {last}")
    require(world.site.writes() == [], f"the run after that writes: {world.site.writes()}")
    outcome = "done" if not result.get("failed") else "nothing done" if now == before else "something done"
    return Seen(outcome, tries, tuple(clock.waits), words)


def attempt(world: World, call: Call, **more: Any) -> Json:
    """Return what a module returns; an exception that it does not catch breaks a rule."""
    try:
        return world.called(call, **more)
    except Exception as error:
        raise Broken(f"a traceback: {type(error).__name__}: {error}") from error


def judge(result: Json, words: str, before: States, now: States, end: States) -> None:
    """Require that what the module says is what has happened."""
    if not result.get("failed"):
        require(now == end, "it says that it is done, and the state is another")
        require(result["changed"] is (before != end), f"changed is {result['changed']}")
        return
    changed = now != before
    require(not (changed and NOTHING in words), f"it says that nothing was changed, which is not true: {words}")
    if "changed" in result:
        require(result["changed"] or not changed, f"changed is false, which is not true: {words}")
    require("Traceback" not in words and "exception" not in result, f"a traceback: {words}")
    require(bool(words), "it fails without a word")


PARTIAL = re.compile(r"IncompleteRead\(\d+ bytes read, \d+ more expected\)")
MADE = re.compile(r"\b(eipalloc|eipassoc|sg)-[0-9a-f]{17}\b")


def plain(world: World, words: str) -> str:
    """Return words without what differs from run to run."""
    words = words.replace(world.site.server.url, "<server>").replace(world.site.cloud.url, "<AWS>")
    for url in (world.site.server.url, world.site.cloud.url):
        words = words.replace(url.removeprefix("http://"), "<address>")
        words = words.replace(f"port={url.rpartition(':')[2]}", "port")
    return MADE.sub(r"\1-...", PARTIAL.sub("IncompleteRead(...)", words))


def meets(kind: Kind, fault: Fault) -> bool:
    """Return True if the fault is put into this kind of request."""
    if not fault.only:
        return True
    if not kind.cloud:
        return kind.method in fault.only
    reads = kind.path.startswith(READING)
    makes = kind.path.startswith(CREATES) and kind.path != "CreateTags"
    return bool(fault.only & {"read" if reads else "write", *(("making",) if makes else ())})
