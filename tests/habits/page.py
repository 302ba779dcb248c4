# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/habits.md, out of the second server's table of habits and the breaks."""

from __future__ import annotations

from lab.process import ROOT
from tests.second_server.habits import HABITS

from .breaking import BREAKS

PAGE = ROOT / "docs" / "habits.md"
HEAD = """# What the contract leaves open

For contributors: the management server's API is known in part ([its contract](lab-bondingadmin.md)). Where that leaves
something open, a second simulator (`tests/second_server`) does otherwise than the first one: it shares no code with it,
and is written from the contract alone. `site.yml` builds the demonstration on it to the same network, object by object,
changes nothing in the second run, writes nothing in check mode, and `teardown.yml` takes it down again.

Each habit is a switch, and all are on. The engines tell the same of a server with one habit, with all, and with none.
With one tolerance of the collection taken out they fail on a server with all habits, and not on a server with all
others: the last column is the client that fails. [D], [C] and [A] are the contract's marks: documented by the vendor,
seen in a client, assumed. `python -m tests.habits` writes this page; a test compares it.

```
python -m tests.second_server --seed seed.json [--port 8602] [--without HABIT ...]
```

A seed has `users` (`email`, `password`) and `objects`, each `{at, object}`: the path of its list, and the object as the
API takes it (relations as paths), with its `id`.

Each tolerance costs requests only on a server that wants it: an object is read again where the answer to a write leaves
it out, and looked up where a deletion is answered otherwise than with 204. Not tolerated, and refused by name: an `id`
that is not a whole number, a list that has not as many objects as it counts, an answer that is not JSON to a request
that succeeded. Faults of the network and of proxies are in [reliability.md](reliability.md).

What a new object gets that its body leaves out is the server's, but for connected IPs and CPE NAT IPs: the collection
creates these enabled, with `aggregator_routing: auto` and outside the private WAN by default, since no client
would see that a translation is there and switched off. Interfaces and protocols of roles are given whole; with a
module for one object the server fills in what is not given.

| habit | the second server | permitted by the contract | fails on it |
|---|---|---|---|
"""


def text() -> str:
    """Return the page."""
    rows = []
    for habit in HABITS.values():
        fails = BREAKS[habit.name].__name__.strip("_").replace("_", " ")
        cells = (f"`{habit.name}`", habit.does, habit.permitted, f"a client that {fails}")
        rows.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n")
    return HEAD + "".join(rows)
