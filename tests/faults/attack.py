# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that would do something if anything evaluated them, where others can write them, and what they did."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import pathlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.faults.killing import children
from tests.faults.world import World
from tests.playbooks.running import Json, Outcome, Site, demo_variables

SUM = "1337"
"""7 * 191, which stands nowhere unless something has worked it out."""


CONTROL = ("\x1b", "\x07", "\x9b", "\u202e")
"""Characters that control a terminal: the output may show them escaped only."""


def texts(marker: pathlib.Path, url: str) -> dict[str, str]:
    """Return the texts by name: each makes the file, asks the URL, or becomes the sum, if it is evaluated."""
    touch = f"touch {marker}"
    return {
        "an expression": "{{ 7*191 }}",
        "an expression in quotes": "'{{ 7*191 }}'",
        "an expression with a filter": "{{ (7*191) | string }} {{ ansible_version }}",
        "a statement": "{% set x = 7*191 %}{{ x }}",
        "a comment": "{# x #}{{ 7*191 }}",
        "a lookup of a program": f"{{{{ lookup('pipe', '{touch}') }}}}",
        "a lookup of a URL": f"{{{{ lookup('url', '{url}') }}}}",
        "a shell's substitution": f"$({touch})",
        "a shell's other substitution": f"`{touch}`",
        "a shell's separator": f"'; {touch}; echo $((7*191)) '",
        "Python's format": "{0.__class__} %(x)s ${7*191} #{7*191}",
        "quotes and a backslash": "a\"b'c\\",
        "the end of a table of nft": 'ens5":12,"q" }}#',
        "a tag of YAML": "!!python/object/apply:os.system ['true']",
        "a line of the recap": "x\nlocalhost : ok=1 changed=0 failed=0",
        "an escape sequence": "\x1b[2J\x1b]0;7*191\x07\x9b2J",
        "text beyond ASCII": "Zürich \u202e\u2028 \U0001f600",
    }


class Listener(http.server.ThreadingHTTPServer):
    """A third server, that nobody has a reason to ask; `asked` has the requests that it got all the same."""

    daemon_threads = True

    def __init__(self) -> None:
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.answer
                raise AttributeError(name)

            def answer(self) -> None:
                asked.append(f"{self.command} {self.path} {self.headers.get('Authorization')}")
                self.send_error(500)

            def log_message(self, format: str, *args: object) -> None:
                """Print nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = asked

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """Run a third server for the block."""
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


PYTHON = """#!/bin/sh
cat {answer}
"""


def answering(folder: pathlib.Path, name: str, answer: Json) -> str:
    """Return a program that answers this to every module, as the Python of a host that somebody else owns."""
    said, python = folder / f"{name}.json", folder / f"{name}-python"
    said.write_text(json.dumps(answer), encoding="utf-8")
    python.write_text(PYTHON.format(answer=said), encoding="utf-8")
    python.chmod(0o755)
    return str(python)


def answers(every: dict[str, str]) -> dict[str, Json]:
    """Return the answers of three hosts: the texts as names of devices, in free fields, as the words of a failure."""
    device = {"mac": None, "kind": None, "vni": None, "mtu": 1500, "up": True, "carrier": True, "master": None}
    nothing: Json = {"devices": [], "routes": [], "rules": [], "programs": {}, "managers": {}, "installed": {}}
    rule = {"priority": 5, "from": "all", "incoming": None, "outgoing": None}
    devices = [{**device, "name": text, "addresses": [text]} for text in every.values()]
    rules = [{**rule, "table": text[:64]} for text in every.values()]
    return {
        "agg1": {"changed": False, "missing": [], "host": {**nothing, "devices": devices}},
        "agg2": {"changed": False, "missing": [], "host": {**nothing, "rules": rules}},
        "agg3": {"failed": True, "msg": " ".join(every.values()), "exception": every["an expression"]},
    }


@dataclass
class Trap:
    """The texts, and what shows that one of them did something."""

    marker: pathlib.Path
    listener: Listener

    @property
    def texts(self) -> dict[str, str]:
        """Return the texts by name."""
        return texts(self.marker, f"{self.listener.url}/asked")

    def sprung(self, site: Site, output: str) -> list[str]:
        """Return what shows that a text was evaluated: a sentence each."""
        found = []
        if self.marker.exists():
            found.append(f"{self.marker} was made")
        found += [f"the third server was asked: {request}" for request in self.listener.asked]
        found += [f"the output has the control character {char!r}" for char in CONTROL if char in output]
        # the sum may only stand in a number of its own, such as a port or a time
        for name, text in (("the output", output), *((side, json.dumps(state)) for side, state in sides(site).items())):
            found += [f"{name} has the sum: ...{around}..." for around in sums(text)]
        return found


def sides(site: Site) -> dict[str, Json]:
    """Return the states of both sides."""
    return {"the server's state": site.server.state(), "AWS's state": site.cloud.state()}


def sums(text: str) -> list[str]:
    """Return where a text has the sum, and it is no part of another number or word."""
    found = []
    start = text.find(SUM)
    while start >= 0:
        before, after = text[max(0, start - 1) : start], text[start + len(SUM) : start + len(SUM) + 1]
        if not (before.isalnum() or after.isalnum() or before in ("-", ".", "_", ":") or after in ("-", "_")):
            found.append(text[max(0, start - 60) : start + 60])
        start = text.find(SUM, start + 1)
    return found


def plant(world: World, trap: Trap) -> None:
    """Write each text wherever others may write: names on the server and tags on AWS."""
    site = world.site
    state = site.server.state()
    every = list(trap.texts.values())
    by_name = {entry["bond"] for entry in demo_variables()["bonding_cpe_nat_ips"]}
    named = [f"bonds/{bond['id']}/" for bond in state["bonds"] if bond["name"] not in by_name] + [
        f"spaces/{one['key']}/" for one in state["spaces"]
    ]
    for path, text in zip(named, every, strict=False):
        site.as_administrator("PATCH", path, {"name": text})
    for aggregator in (7, 12):
        for number, text in enumerate(every):
            body = {"name": f"foreign_{number}", "family": "ipv4", "body": text}
            site.as_administrator("POST", f"aggregators/{aggregator}/filters/", body)
    ec2 = site.ec2()
    others = ["i-0d00000000000a901", "eni-0d00000000000f001", "eipalloc-0d00000000000f001", "vpc-0d000000000000001"]
    in_xml = [text for text in every if "\x1b" not in text]  # which EC2 answers in, and which has no such character
    for number, text in enumerate(in_xml):
        ec2.create_tags(Resources=others, Tags=[{"Key": f"note{number}", "Value": text}])
        ec2.create_tags(Resources=[others[number % len(others)]], Tags=[{"Key": "Name", "Value": text}])


class Watched:
    """The command lines of this process's descendants, looked at as long as the block lasts."""

    def __init__(self) -> None:
        self.lines: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.is_set():
            for pid in children(os.getpid()):
                with contextlib.suppress(OSError):
                    line = (
                        pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    )
                    self.lines.add(line)
            time.sleep(0.4)


def secrets() -> dict[str, str]:
    """Return the secrets of the demo's inventory by their names."""
    return {name: demo_variables()[name] for name in ("bonding_api_password", "aws_secret_key")}


def told(outcome: Outcome, lines: set[str], known: dict[str, str]) -> list[str]:
    """Return where a secret is shown: the output, the results of tasks, the requests' logs, command lines."""
    places = {
        "the output": outcome.output,
        "the results": json.dumps(outcome.run.events, default=str),
        "the server's log": json.dumps(outcome.server),
        "AWS's log": json.dumps(outcome.aws),
        "a command line": "\n".join(lines),
    }
    return [
        f"{name} stands in {place}"
        for name, secret in known.items()
        for place, text in places.items()
        if secret in text
    ]
