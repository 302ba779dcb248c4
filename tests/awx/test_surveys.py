# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the surveys, as AWX accepts them and as the collection reads them; launches by a rulebook too."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jinja2 import StrictUndefined
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.bonded.internet.plugins.plugin_utils._typed import ABSENT, typed
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import shared_specs
from lab.process import ROOT
from tests.awx.credential_types import PATTERN, Json, load

TYPES: dict[str, type] = {"text": str, "integer": int, "multiplechoice": str}
"""Type that AWX demands of an answer and of a default (SurveyJobTemplateMixin, awx/main/models/mixins.py)."""
RULEBOOK = ROOT / "extensions" / "eda" / "rulebooks" / "evacuate_job.yml"
"""The rulebook that launches both templates; its other rule is that of follow_bonds_job."""
FOLLOW = "follow_bonds"


def survey(name: str) -> list[Json]:
    """Return the questions of a survey."""
    text = (PATTERN / "template_surveys" / f"{name}.yml").read_text(encoding="utf-8")
    return list(yaml.safe_load(text)["spec"])


def rejected(questions: list[Json], answers: Json) -> list[str]:
    """Return the variables that AWX rejects: one of another type, out of its bounds, or required and missing."""
    return [
        name
        for name, question in ((question["variable"], question) for question in questions)
        if (name in answers or question["required"])
        and (
            type(value := answers.get(name, question.get("default"))) is not TYPES[question["type"]]
            or (question["type"] == "integer" and not question["min"] <= value <= question["max"])
        )
    ]


def read(answers: Json) -> Json:
    """Return the answers as a run reads them, without those that it takes as absent."""
    problems: list[str] = []
    found = {name: typed(value, shared_specs()[name], name, problems) for name, value in answers.items()}
    assert problems == []
    return {name: value for name, value in found.items() if value is not ABSENT}


def launched(event: Json, rule: int, **variables: Any) -> Json:
    """Return the variables of a launch by a rule, made by Jinja's native types as ansible-rulebook makes them."""
    (rules,) = yaml.safe_load(RULEBOOK.read_text(encoding="utf-8"))
    job = rules["rules"][rule]["action"]["run_job_template"]
    environment = NativeEnvironment(undefined=StrictUndefined)
    context = {"event": event, **variables}
    return {name: environment.from_string(text).render(context) for name, text in job["job_args"]["extra_vars"].items()}


@pytest.mark.parametrize("path", sorted(PATTERN.glob("template_surveys/*.yml")), ids=lambda path: path.stem)
def test_awx_accepts_the_defaults(path: Any) -> None:
    questions = survey(path.stem)
    given = {one["variable"]: one["default"] for one in questions if "default" in one}
    assert rejected([one for one in questions if one["variable"] in given], given) == []


@pytest.mark.parametrize(
    ("name", "answers", "wanted"),
    [
        (FOLLOW, {"bonding_follow_bonds": "", "bonding_follow_max": 20}, {"bonding_follow_max": 20}),
        (
            FOLLOW,
            {"bonding_follow_bonds": "17, acme-berlin", "bonding_follow_max": 1},
            {"bonding_follow_bonds": ["17", "acme-berlin"], "bonding_follow_max": 1},
        ),
        (
            "evacuate",
            {"bonding_evacuate": "agg1", "bonding_evacuate_to": "", "bonding_restore": ""},
            {"bonding_evacuate": "agg1"},
        ),
        (
            "evacuate",
            {"bonding_evacuate": "", "bonding_evacuate_to": " ", "bonding_restore": "agg1"},
            {"bonding_restore": "agg1"},
        ),
        ("evacuate", {}, {}),
    ],
)
def test_empty_answer_is_absent_and_a_text_becomes_a_list(name: str, answers: Json, wanted: Json) -> None:
    assert rejected(survey(name), answers) == []
    assert read(answers) == wanted


@pytest.mark.parametrize("bonds", [[18], [17, 18]])
def test_launch_by_the_rulebook_passes_the_survey(bonds: list[int]) -> None:
    """Check that the bonds are a text: AWX rejects a list, and Jinja's native types make a number of 18."""
    assert rejected(survey(FOLLOW), {"bonding_follow_bonds": bonds}) == ["bonding_follow_bonds"]
    event = {"bonds_moved": {"bonds": bonds}}
    given = launched(event, 0, bonding_follow_max=50)
    assert rejected(survey(FOLLOW), given) == []
    assert read(given) == {"bonding_follow_bonds": [str(bond) for bond in bonds], "bonding_follow_max": 50}
    assert launched(event, 0)["bonding_follow_max"] == 20


def test_launch_for_a_dead_aggregator_passes_the_survey() -> None:
    given = launched({"aggregator_dead": {"aggregator": "7", "down": 1}}, 1)
    assert rejected(survey("evacuate"), given) == []
    assert read(given) == {"bonding_evacuate": "7"}


@pytest.mark.parametrize(
    ("playbook", "name", "rule"), [("follow_bonds", "follow bonds", 0), ("evacuate", "evacuate", 1)]
)
def test_the_template_of_the_rulebook_takes_what_it_sends(playbook: str, name: str, rule: int) -> None:
    """Check that AWX drops nothing of a launch: it takes what a template prompts for, and the answers of its survey."""
    templates = [one for one in load("setup.yml")["controller_templates"] if one["playbook"] == f"{playbook}.yml"]
    (template,) = (one for one in templates if one["name"].endswith(f": {name}"))
    assert template["ask_limit_on_launch"]
    sent = launched({"bonds_moved": {"bonds": [17]}, "aggregator_dead": {"aggregator": "7"}}, rule)
    assert template["survey_enabled"]
    assert set(sent) <= {question["variable"] for question in survey(playbook)}
    assert f"default('Bonding: {name}')" in RULEBOOK.read_text(encoding="utf-8")
