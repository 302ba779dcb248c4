# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports by ansible-playbook on both stand-ins, and what both sides hold before and after."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import yaml

from tests.pairs.playbooks import DemoMaker, demo_base, variables
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

NETWORK = "demo"
LOGIN = ("bonding_api_username", "bonding_api_password", "aws_region", "aws_access_key", "aws_secret_key")
PREFIX = "bonded.internet/"
MADE = f"{NETWORK}_"


def login() -> Json:
    """Return the variables of both logins."""
    given = demo_variables()
    return {name: given[name] for name in LOGIN}


def import_network(site: Site, folder: pathlib.Path, *options: str, **extra: Any) -> Outcome:
    """Run the playbook, which needs no inventory, into a folder."""
    nobody = site.scratch / "nobody" / "hosts"
    nobody.parent.mkdir(exist_ok=True)
    nobody.write_text("localhost ansible_connection=local\n", encoding="utf-8")
    at = Site(site.server, site.cloud, site.scratch, nobody)
    given = {**login(), "bonding_import_directory": str(folder), "bonding_network": NETWORK}
    return at.run("import_network", *options, extra={**given, **extra})


def run_imported(site: Site, folder: pathlib.Path, *options: str, **extra: Any) -> Outcome:
    """Run site.yml with the inventory that the import has written."""
    at = Site(site.server, site.cloud, site.scratch, folder)
    return at.run("site", *options, extra={**login(), **extra})


def read(folder: pathlib.Path, name: str) -> Json:
    """Return a YAML file of an inventory."""
    found: Json = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    return found


def without_tags(value: Any) -> Any:
    """Return a state without tags at any depth, and with lists in an order of their own."""
    if isinstance(value, dict):
        return {name: without_tags(one) for name, one in value.items() if name != "tags"}
    if isinstance(value, list):
        return sorted(map(without_tags, value), key=repr)
    return value


def states(site: Site) -> tuple[Any, Any]:
    """Return what both sides hold, without tags."""
    return without_tags(site.server.state()), without_tags(site.cloud.state())


def build(site: Site, inventory: Json) -> Outcome:
    """Build an inventory of `tests.pairs` by site.yml."""
    given = variables(inventory)
    return site.write_inventory("built", demo_hosts(), given).run("site")


def maker_of(chance: Any) -> DemoMaker:
    """Return a maker of random inventories on the demonstration's seeds."""
    return DemoMaker(demo_base(), chance, short=False)


def strip(site: Site) -> None:
    """Take the collection's tags off everything on AWS, and its names off protocols and filters."""
    ec2 = site.ec2()
    for number, keys in _tagged(site.cloud.state()):
        ec2.delete_tags(Resources=[number], Tags=[{"Key": key} for key in keys])
    for aggregator in site.server.state()["aggregators"]:
        for kind in ("filters", "protocols"):
            for one in aggregator[kind]:
                if one["name"].startswith(MADE):
                    folder = kind if kind == "filters" else f"{one['protocol']}_protocols"
                    name = one["name"].removeprefix(MADE).replace("_", "-")
                    path = f"aggregators/{aggregator['id']}/{folder}/{one['id']}/"
                    site.as_administrator("PATCH", path, {"name": name})


def _tagged(cloud: Json) -> Iterator[tuple[str, list[str]]]:
    for objects in cloud.values():
        for one in objects if isinstance(objects, list) else ():
            keys = [key for key in one.get("tags") or () if key.startswith(PREFIX)] if isinstance(one, dict) else []
            if keys:
                yield one["id"], keys


def only_tags(outcome: Outcome) -> list[str]:
    """Return the writing requests of a run that are no CreateTags."""
    return [text for text in outcome.writes if "CreateTags" not in text]


def judge(site: Site, folder: pathlib.Path) -> list[str]:
    """Import what both stand-ins hold, look at the plan, adopt, run once more; return what is not as it has to be."""
    outcome = import_network(site, folder)
    if outcome.code or outcome.writes:
        return [f"import: code {outcome.code}, wrote {outcome.writes}: {outcome.problems[:500]}"]
    looked = run_imported(site, folder, "--check", bonding_adopt=True)
    broken = _more_than_adoption(looked)
    if looked.writes:
        broken.append(f"check mode wrote {looked.writes}")
    return broken + adopt(site, folder)


def adopt(site: Site, folder: pathlib.Path) -> list[str]:
    """Adopt what was imported, and run once more; return what is not as it has to be."""
    before = states(site)
    adopted = run_imported(site, folder, bonding_adopt=True)
    broken = _more_than_adoption(adopted)
    if states(site) != before:
        broken.append("the adoption has changed more than tags")
    again = run_imported(site, folder)
    if again.code or again.writes or again.plan.get("plan"):
        broken.append(f"again: code {again.code}, wrote {again.writes}, {again.problems[:500]}")
    return broken


def _more_than_adoption(outcome: Outcome) -> list[str]:
    """Return the failure of a run, its items and its writing requests that adopt nothing."""
    broken = [f"code {outcome.code}: {outcome.problems[:800]}"] if outcome.code else []
    items = [*outcome.plan.get("plan", ()), *outcome.plan.get("deferred", ())]
    others = [item for item in items if item["phase"] != "adopt"]
    broken += [f"{item['phase']} {item['verb']} {item['kind']} {item['key']}" for item in others]
    return broken + only_tags(outcome)
