# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_report: its documentation, what it writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleActionFail

from ansible_collections.bonded.internet.plugins.action.network_report import ActionModule
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.modules import network_report
from tests.unit.plugins.plugin_utils.report.small import DESCRIPTION, FINDING

PLAYBOOK = Path(__file__).parents[4] / "playbooks" / "report.yml"


def act(check_mode: bool = False, **given: Any) -> dict[str, Any]:
    """Call the action as Ansible's worker does."""
    task = SimpleNamespace(args=given, check_mode=check_mode, async_val=0, diff=False, environment=None, action="x")
    unused: Any = SimpleNamespace()
    connection: Any = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None), has_native_async=False)
    action = ActionModule(task, connection, unused, unused, unused, unused)
    return action.run(task_vars={})


def plain(value: Any) -> Any:
    return json.loads(json.dumps(as_json(value)))


def test_documentation_has_the_options_of_the_action_and_the_playbook_gives_them() -> None:
    options = yaml.safe_load(network_report.DOCUMENTATION)["options"]
    assert set(options) == ActionModule._VALID_ARGS
    (example,) = yaml.safe_load(network_report.EXAMPLES)
    (task,) = yaml.safe_load(PLAYBOOK.read_text(encoding="utf-8"))[-1]["tasks"]
    assert set(example["bonded.internet.network_report"]) == set(task["bonded.internet.network_report"]) == set(options)


def test_it_writes_what_the_plan_has_described(tmp_path: Path) -> None:
    given = {"description": plain(DESCRIPTION), "findings": [plain(FINDING)], "api_url": "https://bonding.example.com"}
    path = tmp_path / "network.html"
    checked = act(check_mode=True, path=str(path), **given)
    assert (checked["changed"], list(tmp_path.iterdir())) == (True, [])
    made = act(path=str(path), **given)
    assert (made["changed"], made["path"], made["files"][0]) == (True, str(path), str(path))
    assert {Path(one).name for one in made["files"]} == {one.name for one in tmp_path.iterdir()}
    assert "https://bonding.example.com/api/v4/bonds/17/" in path.read_text(encoding="utf-8")
    assert act(path=str(path), **given)["changed"] is False
    assert act(path=str(path), **{**given, "findings": []})["changed"] is True


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "The audit has found no error and no warning."),
        ({"unread": {"server": True, "regions": []}}, "Not whole: the management server could not be read."),
    ],
)
def test_it_says_what_the_page_begins_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: dict[str, Any], said: str
) -> None:
    act(path=str(tmp_path / "r.html"), description={**plain(DESCRIPTION), **more}, findings=[])
    assert " ".join(capsys.readouterr().out.split()).endswith(f"files beside it. {said}")


def test_the_servers_paths_are_those_of_its_map(tmp_path: Path) -> None:
    path = tmp_path / "network.html"
    act(
        path=str(path),
        description=plain(DESCRIPTION),
        api_url="https://bonding.example.com",
        api_map={"paths": {"bond": "bundles/"}},
    )
    assert "https://bonding.example.com/api/v4/bundles/17/" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"path": ""}, "network_report: path is missing."),
        ({"description": {}}, "network_report: description is missing."),
        ({"description": {"network": 1}}, "network_report: description.network: has another type (got int"),
        ({"findings": ["x"]}, "network_report: findings[0]: is not a finding (got str"),
        (
            {"path": "{folder}/report.txt"},
            "network_report: the path of the page cannot be used (got {folder}/report.txt",
        ),
        ({"path": "{folder}/nowhere/r.html"}, "expected a file .html in a folder that is there)"),
        ({"api_url": "javascript:alert(1)"}, "network_report: "),
    ],
)
def test_bad_data_are_refused_before_a_file_is_written(tmp_path: Path, given: dict[str, Any], problem: str) -> None:
    every = {"path": str(tmp_path / "r.html"), "description": plain(DESCRIPTION), **given}
    every["path"] = every["path"].replace("{folder}", str(tmp_path))
    with pytest.raises(AnsibleActionFail) as caught:
        act(**every)
    assert problem.replace("{folder}", str(tmp_path)) in str(caught.value)
    assert "Nothing was written." in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "r.html").mkdir()
    with pytest.raises(AnsibleActionFail, match=r"r\.html cannot be written \(Is a directory\)\. The network was not"):
        act(path=str(tmp_path / "r.html"), description=plain(DESCRIPTION))
