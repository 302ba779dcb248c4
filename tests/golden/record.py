# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run's plan, summary, requests and state as text that two runs have in common."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.phases import PHASES
from lab.demo import assertions
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

from .scenarios import Scenario

# The ids of the demo's seed begin with 0d00000: they are the same in each run.
CHOSEN_ID = re.compile(
    r"\b(?:acl|dopt|eigw|eipalloc|eipassoc|eni|eni-attach|igw|nat|rtb|rtbassoc|sg|sgr|subnet|vpc)-(?!0d00000)[0-9a-f]{17}\b"
)
GIVEN_BY_EC2 = re.compile(r"\b(?:198\.51\.100|203\.0\.113)\.\d+\b")
LIMIT = re.compile(r"\s\d+ +\d+ +\d+ +-?\d+  \S")
"""A row of the printed limits: four numbers and their source."""
CHOSEN_PARAMETERS = ("ClientToken",)
LEFT_OUT = ("mac", "url", "request_id")
"""Fields of a state that AWS or the server chooses anew in each run, and that nothing refers to."""
LABELS = ("name", "id", "private_ip", "destination", "network", "ip", "email")
"""Fields that name an object of a list: the first that is a text."""


class Names:
    """The names that stand for ids and public addresses: tag keys on AWS, types and names on the server."""

    def __init__(self, *states: tuple[Json, Json]) -> None:
        self._aws: dict[str, str] = {}
        self._server: dict[str, str] = {}
        for server, cloud in states:
            self._aws |= dict(_tagged(cloud))
            self._server |= dict(_paths(server))

    def plain(self, text: str) -> str:
        """Return a text with names in place of ids that differ between two runs."""
        text = CHOSEN_ID.sub(lambda found: self._aws.get(found.group(), f"<{found.group().rpartition('-')[0]}>"), text)
        text = GIVEN_BY_EC2.sub(lambda found: self._aws.get(found.group(), found.group()), text)
        for path, name in self._server.items():
            text = text.replace(path, name)
        return text


def _tagged(cloud: Json) -> Iterator[tuple[str, str]]:
    """Yield (id or public address, <kind key>) of each object that carries a key."""
    for kind, entries in cloud.items():
        for entry in entries if isinstance(entries, list) else ():
            key = (entry.get("tags") or {}).get("bonded.internet/key")
            if key:
                yield entry["id"], f"<{kind} {key}>"
                if "public_ip" in entry:
                    yield entry["public_ip"], f"<public {key}>"
    keys = {vpc["id"]: vpc["tags"].get("bonded.internet/key") for vpc in cloud["vpcs"]}
    for table in cloud["route_tables"]:
        if table["main"] and keys[table["vpc_id"]]:
            yield table["id"], f"<route_tables {keys[table['vpc_id']]}/main>"


def _paths(server: Json) -> Iterator[tuple[str, str]]:
    """Yield (path, path with the name in place of the id) of each object that a run may create."""
    for owner in server["aggregators"]:
        for group, typed in (("interfaces", "type"), ("protocols", "protocol"), ("filters", None)):
            for item in owner[group]:
                collection = f"{item[typed]}_{group}" if typed else group
                start = f"aggregators/{owner['id']}/{collection}"
                yield f"{start}/{item['id']}/", f"{start}/<{item['name']}>/"
    for owner in server["bonds"]:
        for group in ("connected_ips", "cpe_nat_ips"):
            for item in owner[group]:
                yield f"bonds/{owner['id']}/{group}/{item['id']}/", f"bonds/{owner['id']}/{group}/<{item['ip']}>/"


def record(site: Site, scenario: Scenario) -> dict[str, str]:
    """Run a scenario; return the text of each golden file by its name.

    The run ends with the scenario's exit code, and a second one with the same inventory writes nothing.
    """
    variables, hosts = demo_variables(), demo_hosts()
    scenario.edit(variables, hosts)
    before = (site.server.state(), site.cloud.state())
    inventory = site.write_inventory(f"golden-{scenario.name}", hosts, variables)
    outcome = inventory.run(scenario.playbook, "--diff", extra=scenario.extra)
    if outcome.code != scenario.code:
        raise AssertionError(f"{scenario.name}: exit code {outcome.code}, not {scenario.code}\n{outcome.output}")
    if scenario.code:
        names = Names(before)
        return {"problems.txt": names.plain(f"{outcome.problems}\n"), "requests.txt": _requests(outcome, site, names)}
    after = (site.server.state(), site.cloud.state())
    if again := inventory.run(scenario.playbook, extra=scenario.extra).writes:
        raise AssertionError(f"{scenario.name}: the second run writes {again}")
    return texts(site, outcome, before, after)


def texts(site: Site, outcome: Outcome, before: tuple[Json, Json], after: tuple[Json, Json]) -> dict[str, str]:
    """Return the golden files of a run; `before` and `after` are the states of the server and of AWS."""
    names = Names(before, after)
    return {
        "plan.jsonl": _lines(sorted(names.plain(_item(item)) for item in outcome.plan["plan"])),
        "summary.txt": _lines(in_order(names.plain(line) for line in [*outcome.plan["text"], *_warnings(outcome)])),
        "requests.txt": _requests(outcome, site, names),
        "state.txt": _difference(before, after, names),
    }


def in_order(lines: Iterable[str]) -> list[str]:
    """Return the printed plan with the lines of each phase, and the limits, sorted: ids give them their order there."""
    listed = list(lines)
    end = listed.index("") if "" in listed else 0
    changes = sorted(listed[:end], key=lambda line: (PHASES.index(line.split()[0]), line))
    limits = [number for number, line in enumerate(listed) if LIMIT.search(line)]
    for number, line in zip(limits, sorted(listed[number] for number in limits), strict=True):
        listed[number] = line
    return [*changes, *listed[end:]]


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _item(item: Json) -> str:
    """Return an item of the plan in one line, without what is empty."""
    return json.dumps({name: value for name, value in sorted(item.items()) if value}, sort_keys=True)


def _warnings(outcome: Outcome) -> list[str]:
    return [f"warning: {text}" for text in outcome.plan.get("warnings") or ()]


def _requests(outcome: Outcome, site: Site, names: Names) -> str:
    """Return the number of reading requests by kind, then each writing request; sorted, since hosts run in parallel."""
    reads: Counter[str] = Counter()
    writes = []
    for entry in [*outcome.server, *outcome.aws]:
        if assertions.writes([entry]):
            content = _listed(entry["params"], names) if "action" in entry else entry["body"]
            shown = {name: value for name, value in (content or {}).items() if name not in CHOSEN_PARAMETERS}
            start = entry.get("action") or f"{entry['method']} {entry['path']}"
            text = f"{start} {json.dumps(shown, sort_keys=True)}"
            writes.append(names.plain(text.replace(f"{site.server.url}/api/v4/", "")))
        else:
            reads[entry.get("action") or f"{entry['method']} {_without_id(entry['path'])}"] += 1
    counted = (f"read {count} x {kind}" for kind, count in sorted(reads.items()))
    return _lines([*counted, *(f"write {text}" for text in sorted(writes))])


def _without_id(path: str) -> str:
    return re.sub(r"(?<=/)\d+(?=/)", "X", path)


def _difference(before: tuple[Json, Json], after: tuple[Json, Json], names: Names) -> str:
    """Return the facts of both sides' states that a run took away (-) and added (+), sorted by what they say."""
    found: list[tuple[str, str]] = []
    for side, old, new in zip(("server", "aws"), before, after, strict=True):
        was, now = Counter(_facts(side, old, names)), Counter(_facts(side, new, names))
        for sign, facts in (("-", was - now), ("+", now - was)):
            found += ((fact, sign) for fact in facts.elements())
    return _lines(f"{sign} {fact}" for fact, sign in sorted(found))


def _facts(path: str, value: Any, names: Names) -> Iterator[str]:
    """Yield a line for each leaf of a state: its path and its value, with names in place of ids."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in LEFT_OUT and not (name == "id" and isinstance(part, int)):
                yield from _facts(f"{path}.{name}", part, names)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for part in value:
            label = next((part[name] for name in LABELS if isinstance(part.get(name), str)), "")
            yield from _facts(f"{path}[{names.plain(label)}]", part, names)
    else:
        shown = map(_json, value if isinstance(value, list) else [value])
        yield f"{path} = {', '.join(sorted(map(names.plain, shown)))}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _listed(parameters: Json, names: Names) -> Json:
    """Return AWS's parameters with one sorted list in place of each run of numbered ones: ids give them their order."""
    found: Json = {}
    for name, value in parameters.items():
        outer, _dot, number = name.rpartition(".")
        if number.isdecimal():
            found[outer] = sorted([*found.get(outer, []), names.plain(value)])
        else:
            found[name] = value
    return found
