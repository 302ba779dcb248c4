# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-rulebook itself with the rulebooks of the collection, on the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.process import ROOT, Running

from .rulebooks import awx, missing_java, rulebook, wait_for_baseline
from .running import SECRETS, SEED

MISSING = missing_java()
with_java = pytest.mark.skipif(bool(MISSING), reason=MISSING)
MANY = range(100, 150)
DIED = "event.aggregator_dead is defined and event.aggregator_dead.down == 1"
NAME = "{{ lookup('ansible.builtin.pipe', 'id') }}"


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed with fifty more bonds, and one whose name is a template."""
    content = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    content["bonds"][0]["name"] = NAME
    content["bonds"] += [
        {"id": number, "name": f"bond-{number}", "space": "provider", "aggregator": "agg7"} for number in MANY
    ]
    path = tmp_path_factory.mktemp("seed") / "seed.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def move(server: Running, *bonds: int, status: str) -> None:
    """Move bonds to aggregator 8. The status of another one changes, so that the source looks at once."""
    for bond in bonds:
        server.control("POST", "move", {"bond": bond, "aggregator": 8})
    server.control("POST", "status", {"aggregator": 9, "status": status})


@with_java
def test_the_playbook_runs_for_the_bonds_that_have_moved_and_not_for_a_mass_move(crowded: Path, tmp_path: Path) -> None:
    with (
        Running("lab.bondingadmin", "--seed", crowded) as server,
        rulebook("follow_bonds", tmp_path, server.url, {"bonding_follow_after": 1}) as running,
    ):
        wait_for_baseline(server, running)
        move(server, 17, 18, status="down")
        running.wait(running.recorded)
        (given,) = running.recorded()
        assert given["bonds"] == [17, 18]
        assert given["moves"][0] == {
            "bond": 17, "name": NAME.replace("{{", "{ {"), "from": 7, "from_name": "agg7", "to": 8, "to_name": "agg8",
        }  # fmt: skip
        move(server, *MANY, status="up")
        running.says("No address was moved: 50 bonds have moved, more than max_moves (20).")
        assert len(running.recorded()) == 1
        assert {one["method"] for one in server.log()} == {"GET"}
    assert [secret for secret in SECRETS if secret in running.output()] == []


@with_java
def test_a_job_template_is_launched_with_the_ids_alone(server: Running, tmp_path: Path) -> None:
    with (
        awx("Bonding: follow") as controller,
        rulebook(
            "follow_bonds_job",
            tmp_path,
            server.url,
            {"bonding_follow_after": 1, "bonding_follow_job_template": "Bonding: follow"},
            {"EDA_CONTROLLER_URL": controller.url, "EDA_CONTROLLER_TOKEN": "t0ken-of-awx"},
        ) as running,
    ):
        wait_for_baseline(server, running)
        move(server, 18, status="down")
        running.wait(lambda: controller.launches)
    assert controller.launches == [
        {"extra_vars": {"bonding_follow_bonds": "18", "bonding_follow_max": 20}, "limit": "all,localhost"}
    ]
    assert controller.tokens == {"Bearer t0ken-of-awx"}


@with_java
def test_a_job_template_is_launched_for_an_aggregator_that_died_alone(server: Running, tmp_path: Path) -> None:
    template = "Bonding: move"
    variables = {
        "bonding_follow_after": 1,
        "bonding_follow_interval": 0.5,
        "bonding_dead_after": 2,
        "bonding_follow_job_template": template,
        "bonding_evacuate_job_template": template,
    }
    environment = {"EDA_CONTROLLER_TOKEN": "t0ken-of-awx"}
    with (
        awx(template) as controller,
        rulebook(
            "evacuate_job", tmp_path, server.url, variables, {**environment, "EDA_CONTROLLER_URL": controller.url}
        ) as running,
    ):
        wait_for_baseline(server, running)
        move(server, 17, 18, status="up")
        server.control("POST", "status", {"aggregator": 7, "status": "down"})
        running.wait(lambda: len(controller.launches) == 2)
        for number in (8, 9):
            server.control("POST", "status", {"aggregator": number, "status": "down"})
        running.says(
            "3 aggregators went down together. Look at the management server first. If this one is dead, launch"
        )
    given = sorted((launch["extra_vars"] for launch in controller.launches), key=len)
    assert given == [{"bonding_evacuate": "7"}, {"bonding_follow_bonds": "17,18", "bonding_follow_max": 20}]


@with_java
def test_notify_prints_each_event(server: Running, tmp_path: Path) -> None:
    with rulebook("notify", tmp_path, server.url, {"bonding_follow_after": 1}) as running:
        wait_for_baseline(server, running)
        move(server, 18, status="down")
        running.says("'aggregator_down'")
        running.says("'bonds_moved'")
    assert running.recorded() == []


@with_java
def test_a_wrong_option_ends_ansible_rulebook_with_the_reason(server: Running, tmp_path: Path) -> None:
    with rulebook("notify", tmp_path, server.url, {"bonding_follow_max": "many"}) as running:
        assert running.process.wait(60) != 0
    said = "max_moves: not an allowed number (got 'many', expected a whole number, 1 or more). Correct it."
    assert said in running.output()
    assert server.log() == []


def rulebooks() -> dict[str, Any]:
    folder = ROOT / "extensions" / "eda" / "rulebooks"
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))}


def test_only_moves_are_acted_on_and_deaths_where_the_name_says_so() -> None:
    acting = {
        (name, rule["condition"], action)
        for name, (ruleset,) in rulebooks().items()
        for rule in ruleset["rules"]
        for action in rule["action"]
        if action.startswith("run_")
    }
    assert acting == {
        ("follow_bonds", "event.bonds_moved is defined", "run_playbook"),
        ("follow_bonds_job", "event.bonds_moved is defined", "run_job_template"),
        ("evacuate", "event.bonds_moved is defined", "run_playbook"),
        ("evacuate", DIED, "run_playbook"),
        ("evacuate_job", "event.bonds_moved is defined", "run_job_template"),
        ("evacuate_job", DIED, "run_job_template"),
    }


def test_all_rulebooks_watch_alike() -> None:
    sources = {name: ruleset["sources"] for name, (ruleset,) in rulebooks().items()}
    for name in ("evacuate", "evacuate_job"):
        options = sources[name][0]["bonded.internet.bonds"]
        assert options.pop("dead_after") == "{{ bonding_dead_after | default(120) }}"
    assert len(sources) == 5
    assert all(source == sources["notify"] for source in sources.values())


@pytest.mark.parametrize(("evacuates", "follows"), [("evacuate", "follow_bonds"), ("evacuate_job", "follow_bonds_job")])
def test_evacuate_follows_bonds_as_follow_bonds_does(evacuates: str, follows: str) -> None:
    found = rulebooks()
    rules = {name: found[name][0]["rules"] for name in (evacuates, follows)}
    assert [rule for rule in rules[evacuates] if "aggregator_dead" not in rule["condition"]] == rules[follows]


@with_java
def test_an_aggregator_that_died_alone_is_evacuated(server: Running, tmp_path: Path) -> None:
    variables = {"bonding_follow_after": 1, "bonding_follow_interval": 0.5, "bonding_dead_after": 2}
    with rulebook("evacuate", tmp_path, server.url, variables) as running:
        wait_for_baseline(server, running)
        move(server, 17, 18, status="up")
        server.control("POST", "status", {"aggregator": 7, "status": "down"})
        running.wait(lambda: len(running.recorded()) == 2)
        followed, evacuated = sorted(running.recorded(), key=len, reverse=True)
        assert followed["bonds"] == [17, 18]
        assert evacuated == {"evacuate": "7"}
        for number in (8, 9):
            server.control("POST", "status", {"aggregator": number, "status": "down"})
        running.says("3 aggregators went down together. Look at the management server first. If this one is dead, run")
        assert len(running.recorded()) == 2
