# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan that is applied is the one that was approved: judged by writes, and by both sides' state."""

from __future__ import annotations

import json
import pathlib
import stat
from typing import Any

from tests.awx.credential_types import load
from tests.playbooks.comparing import comparable
from tests.playbooks.running import Json, Outcome, Site

from .results import secrets


def sides(site: Site) -> tuple[Any, Any]:
    return comparable(site.server.state()), comparable(site.cloud.state())


def turn_off(site: Site, space: str, off: bool = True) -> None:
    """Turn the private WAN of a space off by hand, or on again."""
    site.as_administrator("PATCH", f"spaces/{space}/", {"private_wan_enabled": not off})


def planned(site: Site) -> Json:
    """Return the result of a run that shows the plan."""
    outcome = site.run("site", "--check")
    assert outcome.code == 0, outcome.output
    assert outcome.writes == []
    result: Json = outcome.plan["result"]
    return result


APPLY = next(one for one in load("setup.yml")["controller_templates"] if one["name"].endswith(": apply"))
"""The job template that applies the plan of a workflow."""


def approved(result: Json) -> Json:
    """Return the extra variables that the job has behind one that left this result."""
    return {**APPLY["extra_vars"], "bonding_result": result}


def refused(outcome: Outcome, variable: str = "bonding_approved_digest") -> list[str]:
    """Return the lines of the refusal; nothing was written."""
    assert outcome.code != 0, outcome.output
    assert outcome.writes == []
    head, *lines = outcome.problems.splitlines()
    assert head.startswith(f"{variable}: the plan made now is not the approved one")
    assert "Nothing was changed." in head
    return [line.strip() for line in lines]


def test_a_plan_that_is_not_the_approved_one_is_refused_and_the_approved_one_applied(network: Site) -> None:
    whole = sides(network)
    turn_off(network, "initech")
    result = planned(network)
    turn_off(network, "acme")
    before = sides(network)
    assert refused(network.run("site", extra=approved(result))) == [
        "planned now, and not approved: 1",
        "add: update server space acme",
    ]
    only_digest = network.run("site", extra={"bonding_approved_digest": result["digest"]})
    assert "Only the digest of the approved plan is known" in refused(only_digest)[0]
    assert sides(network) == before

    turn_off(network, "acme", off=False)
    done = network.run("site", extra=approved(result))
    assert done.code == 0, done.output
    assert len(done.writes) == 1
    assert sides(network) == whole
    # Approved once, applied once: nothing of it is planned any more.
    assert refused(network.run("site", extra=approved(result))) == [
        "approved, and not planned now: 1",
        "add: update server space initech",
    ]


def test_a_plan_of_nothing_is_approved_too(network: Site) -> None:
    result = planned(network)
    assert result["counts"]["add"] == 0
    again = network.run("site", extra=approved(result))
    assert (again.code, again.writes) == (0, []), again.output
    alone = network.run("site", extra=APPLY["extra_vars"])
    assert (alone.code, alone.writes) == (0, []), alone.output
    turn_off(network, "acme")
    assert refused(network.run("site", "--check", extra=approved(result))) == [
        "planned now, and not approved: 1",
        "add: update server space acme",
    ]


def test_a_saved_plan_is_applied_or_refused(network: Site, tmp_path: pathlib.Path) -> None:
    whole = sides(network)
    path = tmp_path / "plan.json"
    file = {"bonding_plan_file": str(path)}
    absent = network.run("site", extra=file)
    assert absent.code != 0
    assert f"bonding_plan_file: {path}: there is no such file" in absent.problems
    assert absent.server == absent.aws == []

    turn_off(network, "initech")
    before = sides(network)
    checked = network.run("site", "--check", extra=file)
    assert (checked.code, checked.writes) == (0, []), checked.output
    assert sides(network) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert (saved["digest"], saved["text"]) == (checked.plan["digest"], checked.plan["text"])
    assert [item["after"] for item in saved["items"]] == [{"private_wan_enabled": True}]
    assert not [secret for secret in secrets() if secret in path.read_text(encoding="utf-8")]

    turn_off(network, "acme")
    assert refused(network.run("site", extra=file), "bonding_plan_file") == [
        "planned now, and not approved: 1",
        "add: update server space acme",
    ]
    turn_off(network, "acme", off=False)
    done = network.run("site", extra=file)
    assert done.code == 0, done.output
    assert sides(network) == whole
    assert refused(network.run("site", extra=file), "bonding_plan_file") == [
        "approved, and not planned now: 1",
        "add: update server space initech",
    ]
