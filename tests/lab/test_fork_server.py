# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A forked module is what a Python of its own would be: same answers, variables, folder, exit code."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time
from typing import Any

import pytest

from lab import fork_server
from lab.demo.playbook import run_playbook


def run(program: pathlib.Path, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **fork_server.environment(), **variables}
    command = [*fork_server.CLIENT, str(program), *arguments]
    return subprocess.run(
        command, input=stdin, env=environment, cwd=program.parent, capture_output=True, text=True, check=False
    )


def write(tmp_path: pathlib.Path, body: str) -> pathlib.Path:
    program = tmp_path / "program.py"
    program.write_text(body, encoding="utf-8")
    return program


def test_a_program_has_its_own_arguments_files_folder_variables_and_exit_code(tmp_path: pathlib.Path) -> None:
    program = write(
        tmp_path,
        "import json, os, sys\n"
        "warm = 'boto3' in sys.modules\n"
        "print(json.dumps([sys.argv, sys.stdin.read(), os.getcwd(), os.environ['SAID'], __name__, warm]))\n"
        "print('aside', file=sys.stderr)\n"
        "sys.exit(3)\n",
    )
    done = run(program, "one", stdin="in", SAID="so")
    assert json.loads(done.stdout) == [[str(program), "one"], "in", str(tmp_path), "so", "__main__", True]
    assert (done.stderr, done.returncode) == ("aside\n", 3)


def test_a_program_imports_from_the_folders_of_its_own_pythonpath(tmp_path: pathlib.Path) -> None:
    """The connection plugin of the packet lab imports the lab."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "only_there.py").write_text("NAME = 'found'", encoding="utf-8")
    program = write(tmp_path, "import only_there; print(only_there.NAME)")
    assert run(program, PYTHONPATH=str(tmp_path / "more")).stdout == "found\n"
    assert run(program).returncode == 1


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        ("pass", 0, ""),
        ("raise SystemExit('no room')", 1, ""),
        ("1 / 0", 1, "ZeroDivisionError"),
        ("import os; os.kill(os.getpid(), 9)", 120, ""),
    ],
)
def test_however_it_ends_is_told(tmp_path: pathlib.Path, body: str, code: int, told: str) -> None:
    done = run(write(tmp_path, body))
    assert done.returncode == code
    assert told in done.stderr


def test_what_one_program_does_to_its_python_no_other_sees(tmp_path: pathlib.Path) -> None:
    program = write(tmp_path, "import boto3; print(hasattr(boto3, 'spoilt')); boto3.spoilt = True")
    assert [run(program).stdout, run(program).stdout] == ["False\n", "False\n"]


def test_waits_are_cut_short(tmp_path: pathlib.Path) -> None:
    began = time.monotonic()
    assert run(write(tmp_path, "import time; time.sleep(60)")).returncode == 0
    assert time.monotonic() - began < 30


def test_waits_of_ansible_itself_are_not(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "ansible-playbook"
    program.write_text("import sys, time; print(time.sleep.__name__, 'boto3' in sys.modules, 'ansible' in sys.modules)")
    assert run(program).stdout == "sleep True False\n"


def playbook(tmp_path: pathlib.Path) -> pathlib.Path:
    """Says of a module whether it ran in a fork: there, sleep is no longer built in."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "where.py").write_text(
        "import time\nfrom ansible.module_utils.basic import AnsibleModule\n"
        "AnsibleModule({}).exit_json(forked=time.sleep.__name__ != 'sleep')\n",
        encoding="utf-8",
    )
    plays: list[dict[str, Any]] = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "connection": "local",
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": [
                {"where": None, "register": "found"},
                {"ansible.builtin.assert": {"that": "found.forked == (forked | bool)"}},
            ],
        }
    ]
    path = tmp_path / "where.yml"
    path.write_text(json.dumps(plays), encoding="utf-8")
    return path


@pytest.mark.parametrize("pipelining", ["True", "False"])
def test_ansible_runs_its_modules_there_if_told_to(tmp_path: pathlib.Path, pipelining: str) -> None:
    path = playbook(tmp_path)
    variables = {"ANSIBLE_PIPELINING": pipelining}
    warmed = run_playbook(path, inventory="localhost,", extra={"forked": True}, env=variables, warmed=True)
    assert warmed.rc == 0, warmed.stdout
    plain = run_playbook(path, inventory="localhost,", extra={"forked": False}, env=variables)
    assert plain.rc == 0, plain.stdout


def test_what_a_worker_needs_was_imported_before_it_was_forked(tmp_path: pathlib.Path) -> None:
    filters = tmp_path / "filter_plugins"
    filters.mkdir()
    (filters / "imported.py").write_text(
        "import sys\n\n\nclass FilterModule:\n    def filters(self):\n"
        "        return {'imported': lambda name: name in sys.modules}\n",
        encoding="utf-8",
    )
    plugins = "ansible_collections.bonded.internet.plugins"
    names = ["boto3", f"{plugins}.filter.gateway", f"{plugins}.action.owned_object", f"{plugins}.modules.owned_object"]
    tasks = [{"ansible.builtin.assert": {"that": f"{names} | map('imported') | unique == [warm | bool]"}}]
    path = tmp_path / "imported.yml"
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    for warm in (True, False):
        outcome = run_playbook(path, inventory="localhost,", extra={"warm": warm}, warmed=warm)
        assert outcome.rc == 0, outcome.stdout
