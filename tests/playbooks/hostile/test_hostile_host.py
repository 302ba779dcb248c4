# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An aggregator whose Python somebody has replaced: it answers every module with facts that name all variables.

Ansible takes facts for variables, above those of the inventory. Judged are the requests that a third server gets, what
is written on both sides, and that the host is named.
"""

from __future__ import annotations

import http.server
import json
import pathlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.host.answers import MANAGERS, PROGRAMS
from ansible_collections.bonded.internet.plugins.plugin_utils import _variables
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import ROLES_FOLDER, _role_options
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

PYTHON = """#!{python}
import json, sys
module = " ".join(sys.argv)
answer = json.load(open({answers!r}))
first = "aggregator_host_info" in module
facts = any("AnsiballZ_" + name + ".py" in module for name in answer["modules"])
print(json.dumps(answer["first" if first else "other"] | (answer["facts"] if facts else dict())))
"""
HONEST = {
    "changed": False,
    "missing": [],
    "host": {
        "devices": [],
        "routes": [],
        "rules": [],
        "programs": dict.fromkeys(PROGRAMS, True),
        "managers": dict.fromkeys(MANAGERS, False),
        "installed": {"masquerade": [], "return_routes": []},
    },
}


class Attacker(http.server.ThreadingHTTPServer):
    """A third server, which keeps the log-ins that it gets."""

    def __init__(self) -> None:
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(f"{self.command} {self.path} {self.headers.get('Authorization')}")
                self.send_error(500)

            do_POST = do_PATCH = do_OPTIONS = do_DELETE = do_GET

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
                """Keep the tests' output free of requests."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = asked

    @property
    def url(self) -> str:
        """The URL at which it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def attacker() -> Iterator[Attacker]:
    server = Attacker()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def hostile_facts(url: str) -> Json:
    """All variables and options that the playbooks and roles know, at once, each set against the operator."""
    names = {*_variables.SHARED_NAMES, *_variables.HOST_NAMES, *_variables.INTERNAL, _variables.GROUP}
    for role in ROLES_FOLDER.iterdir():
        names |= _role_options(role.name)
    specs = {**_variables.shared_specs(), **_variables.host_specs()}
    values: dict[str, Any] = {"bool": True, "int": 0, "list": [], "dict": {}}
    facts = {name: values.get(specs.get(name, {}).get("type", "str"), "attacker") for name in names}
    state = {name: "absent" for name in names if name.endswith("_state")}
    urls = {"bonding_api_url": url, "aws_endpoint_url": url, "bonding_api_ca_path": "", "bonding_api_timeout": 5}
    more = {"bonding_network": "demo", "bonding_confirm_teardown": "demo", "bonding_max_deletions": 9999}
    return {**facts, **state, **urls, **more}


@pytest.fixture
def hostile(stand_ins: Site, built: Site, attacker: Attacker, tmp_path: pathlib.Path) -> Site:
    """The built demo; agg1 answers by the attacker's Python. answers.json of the folder says what it answers."""
    python = tmp_path / "python"
    text = PYTHON.format(python=sys.executable, answers=str(tmp_path / "answers.json"))
    python.write_text(text, encoding="utf-8")
    python.chmod(0o755)
    hosts = demo_hosts()
    for variables in hosts.values():  # --start-at-task has Ansible gather facts of all hosts first
        variables |= {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    hosts["agg1"] |= {
        "bonding_manage_hosts": True,
        "ansible_python_interpreter": str(python),
        "ansible_become_method": "ansible.builtin.su",
    }
    site = built.write_inventory("hostile", hosts, demo_variables())
    write(tmp_path, attacker, "aggregator_host_info")
    return site


def write(folder: pathlib.Path, attacker: Attacker, *modules: str) -> None:
    """Let the host answer these modules with facts too, and all others honestly."""
    other = {"changed": False, "stat": {"exists": False}, "rc": 0, "stdout": "", "stderr": ""}
    facts = {"ansible_facts": hostile_facts(attacker.url)}
    answers = {"first": HONEST, "other": other, "facts": facts, "modules": modules}
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")


def run(site: Site, playbook: str, *options: str) -> Outcome:
    """A run with the inventory's own end points: extra variables would count more than any fact."""
    folder = site.inventory / "group_vars" / "all.yml"
    folder.write_text(
        json.dumps({"bonding_api_url": site.server.url, "aws_endpoint_url": site.cloud.url}), encoding="utf-8"
    )
    group = site.inventory / "group_vars" / "aggregators.yml"
    variables = demo_variables() | {"bonding_api_url": site.server.url, "aws_endpoint_url": site.cloud.url}
    group.write_text(json.dumps(variables), encoding="utf-8")
    return site.run_as_it_is(playbook, *options)


WAYS: dict[str, tuple[str, tuple[str, ...]]] = {
    **{name: (name, ()) for name in ("site", "cpe_nat", "private_wan", "gateways", "teardown")},
    "check": ("site", ("--check", "--diff")),
    "limit": ("site", ("--limit", "agg1")),
    "verify": ("site", ("--tags", "verify")),
    "audit": ("audit", ()),
    "the audit's plan": ("audit", ("--start-at-task", "Plan the network")),
    "tag": ("site", ("--tags", "cpe_nat")),
    "the look": ("site", ("--start-at-task", "Read the state of the aggregators")),
    "the plan": ("site", ("--start-at-task", "Plan the network")),
    "the teardown's plan": ("teardown", ("--start-at-task", "Plan the network")),
    "the work": ("site", ("--start-at-task", "Wait for routing to converge")),
}


@pytest.mark.parametrize("way", WAYS)
def test_facts_in_the_first_answer_change_nothing(hostile: Site, attacker: Attacker, way: str) -> None:
    playbook, options = WAYS[way]
    outcome = run(hostile, playbook, *options)
    assert attacker.asked == []
    assert outcome.writes == []
    assert outcome.code != 0, outcome.output
    if "--start-at-task" in options:
        assert "Run the playbook from its beginning" in outcome.problems
    else:
        assert "agg1: the aggregator's answer is refused: The answer carries facts, which nobody" in outcome.problems


def test_no_task_is_left_without_tags_always(hostile: Site, attacker: Attacker) -> None:
    outcome = run(hostile, "site", "--skip-tags", "always")
    assert (attacker.asked, outcome.server, outcome.aws) == ([], [], [])


@pytest.mark.parametrize(
    ("modules", "words"),
    [
        (["file"], "agg1: the aggregator sent facts that have the name of variables of this collection"),
        (["command"], "agg1: the answer to command was refused"),
        (["stat", "copy"], "aggregator_host: "),  # Ansible gives the facts of an item to the other items of its loop
    ],
)
def test_facts_in_later_answers_change_nothing_and_name_the_host(
    hostile: Site, attacker: Attacker, tmp_path: pathlib.Path, modules: list[str], words: str
) -> None:
    """The first answer is honest; a module that installs the masquerading answers with facts."""
    write(tmp_path, attacker, *modules)
    before = hostile.server.state(), hostile.cloud.state()
    outcome = run(hostile, "site")
    assert attacker.asked == []
    assert outcome.code != 0, outcome.output
    assert words in outcome.said, outcome.output
    assert {event["host"] for event in outcome.run.events if event["outcome"] == "failed"} == {"agg1"}
    assert (hostile.server.state(), hostile.cloud.state()) == before


def test_site_plans_no_teardown_without_its_confirmation(built: Site) -> None:
    outcome = built.run("site", extra={"bonding_plan_state": "absent"})
    assert outcome.code != 0
    assert "(got confirm_teardown None, expected 'demo'). Nothing was changed." in outcome.problems
    assert (outcome.server, outcome.aws) == ([], [])
