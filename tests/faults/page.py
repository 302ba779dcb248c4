# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/reliability.md, out of the tables of the harness and the committed expectations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lab.process import ROOT
from tests.faults import expected, killing
from tests.faults.bad_input import cells as mistakes
from tests.faults.foreign import WORLDS
from tests.faults.sides import CLOUD, SERVER, Side
from tests.pairs import PLAYBOOKS, PURE

PAGE = ROOT / "docs" / "reliability.md"
TEXT = """# Reliability

For operators and contributors: what the collection does when a request fails, a run is killed or others write what they
like. All of this is tested on the stand-ins: one cell of each kind by `make test`, all of them by `make faults`.
`python -m tests.faults --rewrite` writes this page; a test compares it.

| part | cells | a cell |
|---|---|---|
| server faults | {server} | one fault in one request of a module to the management server |
| EC2 faults | {cloud} | the same, for the actions that the collection's own modules ask EC2 for |
| kill, each write | one a write | the state after each write of the demonstration's first run, planned again |
| kill -9 | {kills} | all processes of a run killed, after a number of writes |
| objects of others | {worlds} | a teardown, a prune or an idle run in a random world |
| mistakes | {mistakes} | an inventory with one mistake |
| attack | 2 | texts that others wrote, evaluated nowhere; secrets, shown nowhere |

**A fault** is met by one request, once, several times or for ever. Whatever happens: there is no traceback, "Nothing
was changed" and `changed: false` are said only where they are true, the next run without the fault finishes and
leaves what an undisturbed run leaves, and the run after that changes nothing.

**A killed run** leaves a prefix of its writes. From each of them network_plan plans the whole plan less what is
built, without a problem, and nothing is there twice; the run after `kill -9` finishes.

**Objects of others**, with names and tags almost as the network's own, change nothing in what is removed.

**A mistake** in the inventory is refused by its name before the first write.

**Texts of others** (names on the server, tags on AWS, answers of hosts) are never evaluated by Ansible or a shell,
and no secret is in the output of `-vvvv --diff`, in results, or in a command line. The log-in goes to the server that
is named and to no other: a redirect is not followed, a `next` link to another host is asked of the named one,
`.netrc` does not count, and TLS is checked.

**Any change**: from the network of a random inventory to that of another one `site.yml` leads in one run, stopped
after any step and repeated too, and leaves what B built from nothing has, but for what the plan says is kept. Nothing
that both networks carry is missing after any step, unless the plan has said what it interrupts and was given the
switch. `make changes` has {pure} such pairs in memory and {whole} by whole playbooks (`tests/pairs`).

## Limits of the proof

The stand-ins are not AWS and not the vendor's server. EC2's requests of amazon.aws's modules, which the roles use,
are not in these tables. Runs at the same time are not either. In the tables time only counts: a wait is the longest
that its jitter allows.

## Faults of the management server

POST is never sent again before the object was looked up; all other methods set absolute values, and may be repeated.

{server_table}

## Faults of EC2

The collection's own modules switch botocore's retries off, and repeat what is safe: what was refused before anything
was done, and what may be done twice. After a lost answer to AllocateAddress the address is looked for by its tags.

{cloud_table}

"""


def page() -> str:
    """Return the whole page."""
    return TEXT.format(
        server=len(SERVER.pairs()),
        cloud=len(CLOUD.pairs()),
        kills=killing.KILLS,
        worlds=WORLDS,
        mistakes=len(mistakes()),
        pure=f"{PURE:,}",
        whole=PLAYBOOKS,
        server_table="\n".join(table(SERVER)),
        cloud_table="\n".join(table(CLOUD)),
    )


def table(side: Side) -> Iterator[str]:
    """Yield the lines of a side's table: what happens under each fault, and to which requests."""
    yield "| fault | what happens | to |"
    yield "|---|---|---|"
    seen = expected.read(side.name)
    alike: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
    for fault in side.faults:
        groups: dict[str, list[str]] = {}
        for kind, under in side.pairs():
            if under == fault:
                groups.setdefault(in_words(seen[kind.name][fault.name]), []).append(kind.name)
        rows = tuple((words, tuple(names)) for words, names in sorted(groups.items(), key=lambda group: -len(group[1])))
        alike.setdefault(rows, []).append(fault.name)
    for rows, faults in alike.items():
        for words, names in rows:
            yield f"| {'; '.join(faults)} | {words} | {whom(side, names)} |"


def whom(side: Side, names: tuple[str, ...]) -> str:
    """Return the kinds of requests; where they are most, by those that are left out."""
    every = [kind.name for kind in side.kinds]
    left = [name for name in every if name not in names]
    if not left:
        return "each"
    return f"all but: {', '.join(left)}" if len(left) < len(names) else ", ".join(names)


def in_words(one: Mapping[str, Any]) -> str:
    """Return what was seen in words."""
    tries, waits = one["tries"], sum(one.get("waits", ()))
    outcome = {"done": "done", "nothing done": "fails, nothing was done", "something done": "fails, something was done"}
    parts = [outcome[one["outcome"]], f"{tries} {'try' if tries == 1 else 'tries'}"]
    return ", ".join([*parts, *([f"{waits:g} s of waits"] if waits else [])])
