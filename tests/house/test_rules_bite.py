# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of the house finds what breaks it: the rules are tried on small trees made for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.change_table import COMMAND, FOLDER, PAGE, page, page_problems, read_table
from tools.fresh_copy import ROOT
from tools.house.changes import fragment_problems
from tools.house.docstrings import docstring_problems
from tools.house.files import GNU, LICENCE, header_problems, length_problems
from tools.house.layers import layer_problems, requests_problems
from tools.house.modules import action_group_problems, coverage_problems, documentation_problems
from tools.house.paths import path_problems
from tools.house.roles import role_problems, role_switch_problems, role_variable_problems
from tools.house.structure import circle_problems, parameter_problems
from tools.house.words import word_problems

UTILS = "plugins/module_utils"
FULL = "ansible_collections.bonded.internet.plugins.module_utils"
MODULE = '''
DOCUMENTATION = """
module: thing
short_description: Keep a thing
description: [Keeps it.]
author: [Someone (@someone)]
options:
  name:
    description: Its name.
    type: str
"""
EXAMPLES = """
- name: Keep it
  bonded.internet.thing:
    name: x
"""
RETURN = """
thing:
  description: The thing.
  type: dict
  contains:
    name: {description: Its name., type: str}
"""
'''
SPECS = """
argument_specs:
  main:
    options:
      gate_state: {type: str, choices: [present, absent], description: Which.}
"""


def write(root: Path, files: dict[str, str]) -> Path:
    """Make the files below root, return root."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("_client/a.py", "import ansible.module_utils.basic", "_client knows nothing of Ansible"),
        ("_design/a.py", "def f():\n    from ansible import x", "_design knows nothing of Ansible"),
        ("_design/a.py", "from .._resources import X", "_design may use _model"),
        ("_resources/a.py", f"from {FULL}._reconcile import diff", "_resources may use _client"),
        ("_resources/__init__.py", "from ..._client import X", ""),
        ("_resources/__init__.py", "from .._client import X", ""),
        ("_resources/a.py", "from ..._modules import x", "nothing of the collection outside module_utils"),
        ("_client/deep/a.py", "from ..._aws import x", "_client may use no other room"),
        ("_aws/a.py", "from ansible_collections.bonded.internet.lab import aws", "what stands in for the outside"),
        ("_helpers.py", "import json", "is in no room"),
        ("_design/a.py", "from .._grammar import slug_problem", ""),
        ("_grammar.py", "from ._printable import printable", "_grammar may use no other room"),
        ("_host/a.py", "from .._printable import printable", "_host may use no other room"),
        ("_module.py", "from ._plan import x", "_module may use _client, _options, _reconcile, _resources"),
    ],
)
def test_arrows_point_down(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    write(tmp_path, {f"{UTILS}/{name}": text})
    problems = layer_problems(tmp_path)
    if not complaint:
        # `..._client` climbs out of module_utils to plugins._client, which is no room and so out of bounds.
        assert bool(problems) == ("..._client" in text)
        return
    assert len(problems) == 1
    assert problems[0].startswith(f"{UTILS}/{name}:")
    assert problems[0].endswith(complaint) or complaint in problems[0]


def test_only_the_planner_uses_plan(tmp_path: Path) -> None:
    text = f"from {FULL}._plan import run"
    write(tmp_path, {"plugins/modules/network_plan.py": text, "plugins/modules/space_info.py": text})
    assert layer_problems(tmp_path) == [
        f"plugins/modules/space_info.py:1: imports {FULL}._plan.run: only network_plan may use _plan"
    ]


def test_requests_has_one_door(tmp_path: Path) -> None:
    write(tmp_path, {f"{UTILS}/_client/a.py": "import requests"})
    assert requests_problems(tmp_path) == []
    write(tmp_path, {f"{UTILS}/_client/b.py": "from requests.adapters import HTTPAdapter"})
    assert [problem.split(":")[0] for problem in requests_problems(tmp_path)] == [
        f"{UTILS}/_client/a.py",
        f"{UTILS}/_client/b.py",
    ]


@pytest.mark.parametrize(
    ("files", "circles"),
    [
        ({"_aws/a.py": "from .b import x", "_aws/b.py": "from .c import x"}, []),
        (
            {"_aws/a.py": "from .b import x", "_aws/b.py": "def f():\n    from .a import y"},
            ["_aws.a -> _aws.b -> _aws.a"],
        ),
        (
            {"_aws/a.py": "from . import b", "_aws/b.py": "import os", "_aws/__init__.py": "from .b import x"},
            [],
        ),
        (
            {"_aws/__init__.py": "from .b import x", "_aws/b.py": f"from {FULL}._aws import y"},
            ["_aws -> _aws.b -> _aws"],
        ),
        (
            {"_aws/a.py": "from .b import x", "_aws/b.py": "from .c import x\nfrom .d import x", "_aws/c.py": ""}
            | {"_aws/d.py": "if TYPE_CHECKING:\n    from .a import X"},
            ["_aws.a -> _aws.b -> _aws.d -> _aws.a"],
        ),
    ],
)
def test_no_circle_of_imports(tmp_path: Path, files: dict[str, str], circles: list[str]) -> None:
    write(tmp_path, {f"{UTILS}/{name}": text for name, text in files.items()})
    found = [problem.partition(": ")[0].replace("module_utils.", "") for problem in circle_problems(tmp_path)]
    assert found == circles


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(a, b, /, c, d, *, e, f): ...", []),
        ("def f(a, b, /, c, d, *, e, f, g): ...", ["1: f has 7"]),
        ("class A:\n    def m(self, a, b, c, d, e, f): ...", []),
        ("class A:\n    async def m(self, a, b, c, d, e, f, g): ...", ["2: m has 7"]),
        ("def f():\n    def inner(a, b, c, d, e, f, g): ...", ["2: inner has 7"]),
        ("def f(a, b, c, d, e, f, *more, **others): ...", []),
        ("def f(:", []),
    ],
)
def test_functions_have_few_parameters(tmp_path: Path, text: str, found: list[str]) -> None:
    write(tmp_path, {"plugins/a.py": text, "lab/b.py": "def f(a, b, c, d, e, f, g): ..."})
    problems = [problem.partition(" parameters")[0] for problem in parameter_problems(tmp_path)]
    assert problems == [f"plugins/a.py:{one}" for one in found]


TABLE = 'BONDS = "bonds/"\npath = f"{BONDS}X/cpe_nat_ips/"\nother = f"aggregators/X/{kind}_interfaces/"'


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("_reconcile/a.py", 'x = f"bonds/{number}"', "has a path of the server ('bonds/')"),
        ("_design/a.py", 'x = "aggregators/7"', "has a path of the server ('aggregators/7')"),
        ("_plan/a.py", 'y = f"{parent}/vxlan_interfaces/"', "has a path of the server ('/vxlan_interfaces/')"),
        ("_plan/a.py", 'x = "network-bonds/"', ""),
        ("_plan/a.py", 'def f():\n    """Reads bonds/17/."""', ""),
        ("_resources/b.py", 'x = "bonds/"', ""),
        ("_reconcile/a.py", "self._client.list(path)", "asks the server by Client.list"),
        ("_plan/a.py", "refs.api.client.options(path)", "asks the server by Client.options"),
        ("_reconcile/api.py", "self.client.list(path)", ""),
        ("_reconcile/a.py", "api.list(kind)", ""),
    ],
)
def test_paths_are_in_the_table(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    write(tmp_path, {f"{UTILS}/_resources/table.py": TABLE, f"{UTILS}/{name}": text})
    problems = path_problems(tmp_path)
    assert len(problems) == bool(complaint)
    assert all(complaint in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("RETURN", "OTHER", "has no RETURN"),
        ("module: thing", "module: other", "DOCUMENTATION is of a module 'other'"),
        ("author:", "writer:", "DOCUMENTATION has no author"),
        ("description: Its name.\n    type", "type", "option 'name' has no description"),
        ("{description: Its name., type: str}", "{type: str}", "return value 'thing.name' has no description"),
        ("bonded.internet.thing:", "thing:", "no example uses bonded.internet.thing"),
        ("options:", "options: [", "DOCUMENTATION is not YAML"),
    ],
)
def test_documentation_is_complete(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    write(tmp_path, {"plugins/modules/thing.py": MODULE})
    assert documentation_problems(tmp_path) == []
    assert old in MODULE
    write(tmp_path, {"plugins/modules/thing.py": MODULE.replace(old, new, 1)})
    problems = documentation_problems(tmp_path)
    assert any(problem.startswith(f"plugins/modules/thing.py: {complaint}") for problem in problems), problems


def test_module_without_tests(tmp_path: Path) -> None:
    write(
        tmp_path, {"plugins/modules/thing.py": MODULE, "roles/r/tasks/main.yml": "# bonded.internet.thing: a comment"}
    )
    assert coverage_problems(tmp_path) == [
        "plugins/modules/thing.py: has no unit test: tests/unit/plugins/modules/test_thing.py",
        "plugins/modules/thing.py: no task below tests/playbooks, tests/integration, roles, playbooks uses "
        "bonded.internet.thing",
    ]
    unit = "tests/unit/plugins/modules/test_thing.py"
    write(tmp_path, {unit: "", "roles/r/tasks/main.yml": "- name: X\n  bonded.internet.thing:\n    name: x\n"})
    assert coverage_problems(tmp_path) == [f"plugins/modules/thing.py: has no unit test: {unit}"]
    write(tmp_path, {unit: "def test_it(): ..."})
    assert coverage_problems(tmp_path) == []


def test_module_without_action_group(tmp_path: Path) -> None:
    runtime = "action_groups:\n  aws:\n    - metadata: {extend_group: [amazon.aws.aws]}\n    - gone\n"
    write(tmp_path, {"plugins/modules/thing.py": MODULE, "meta/runtime.yml": runtime})
    assert action_group_problems(tmp_path) == [
        "meta/runtime.yml: action group 'aws' names 'gone', which is no module",
        "plugins/modules/thing.py: is in no action group of meta/runtime.yml",
    ]
    write(tmp_path, {"meta/runtime.yml": runtime.replace("gone", "thing")})
    assert action_group_problems(tmp_path) == []


def test_the_playbooks_group_holds_what_the_roles_use(tmp_path: Path) -> None:
    runtime = "action_groups:\n  aws:\n    - thing\n  site_aws:\n    - thing\n    - amazon.aws.ec2_eip\n"
    task = "- name: X\n  amazon.aws.ec2_eip:\n    state: present\n"
    write(
        tmp_path,
        {"plugins/modules/thing.py": MODULE, "meta/runtime.yml": runtime, "roles/r/tasks/main.yml": task},
    )
    assert action_group_problems(tmp_path) == []
    write(tmp_path, {"roles/r/tasks/main.yml": task.replace("ec2_eip", "ec2_eni")})
    assert action_group_problems(tmp_path) == [
        "meta/runtime.yml: action group 'site_aws' lacks 'amazon.aws.ec2_eni'",
        "meta/runtime.yml: action group 'site_aws' names 'amazon.aws.ec2_eip' for nobody",
    ]


def test_role_is_complete(tmp_path: Path) -> None:
    complete = {"README.md": "x", "meta/argument_specs.yml": SPECS, "tasks/main.yml": "[]"}
    write(tmp_path / "roles" / "gate", complete | {"defaults/main.yml": "gate_state: present\n"})
    assert role_problems(tmp_path) == []
    write(tmp_path / "roles" / "gate", {"defaults/main.yml": "gate_state: present\ngate_other: 1\n"})
    assert role_problems(tmp_path) == ["roles/gate/defaults/main.yml: 'gate_other' is not in meta/argument_specs.yml"]
    (tmp_path / "roles/gate/defaults/main.yml").unlink()
    for name in complete:
        (tmp_path / "roles/gate" / name).unlink()
    assert role_problems(tmp_path) == [
        *(f"roles/gate: has no {name}" for name in complete),
        "roles/gate/meta/argument_specs.yml: gate_state must have the choices present and absent",
    ]


def test_role_variables_carry_the_role(tmp_path: Path) -> None:
    files = {"defaults/main.yml": "gate_a: 1\nother: 2\n", "vars/main.yml": "__gate_b: 3\n_gate_c: 4\n"}
    write(tmp_path / "roles" / "gate", files | {"meta/argument_specs.yml": SPECS.replace("gate_state", "state")})
    assert [problem.split(" begins")[0] for problem in role_variable_problems(tmp_path)] == [
        "roles/gate/defaults/main.yml: 'other'",
        "roles/gate/vars/main.yml: '_gate_c'",
        "roles/gate/meta/argument_specs.yml: 'state'",
    ]


def test_switches_of_roles_are_read_as_booleans(tmp_path: Path) -> None:
    switch = "  gate_open: {type: bool, description: x}"
    tasks = """
- when: gate_open | bool
  x: "{{ gate_open }}"
- when: not gate_open and gate_opened
- x: "{{ gate_open | ternary(1, 2) }}"
"""
    specs = f"argument_specs:\n main:\n  options:\n  {switch}\n"
    write(tmp_path / "roles" / "gate", {"meta/argument_specs.yml": specs, "tasks/main.yml": tasks})
    assert role_switch_problems(tmp_path) == [
        f"roles/gate/tasks/main.yml:{number}: reads the switch 'gate_open' without bool" for number in (4, 5)
    ]


def test_licence_and_length(tmp_path: Path) -> None:
    header = f"# {GNU}\n# {LICENCE}\n"
    write(tmp_path, {"lab/a.py": header + "x = 1\n" * 398, "lab/__init__.py": ""})
    assert header_problems(tmp_path) == []
    assert length_problems(tmp_path) == []
    write(tmp_path, {"lab/a.py": "x = 1\n" * 401})
    assert [problem.split(":")[0] for problem in header_problems(tmp_path)] == ["lab/a.py"]
    assert length_problems(tmp_path) == ["lab/a.py: has 401 lines; over 400, ask what it is two of"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""What a file holds."""', [(1, "What")]),
        ('import os\n\n\nclass A:\n    """Whose it is."""', [(5, "Whose")]),
        ('class A:\n    def f(self):\n        """Whether it holds."""', [(3, "Whether")]),
        ('async def f():\n    def inner():\n        """\n        how it ends\n        """', [(3, "how")]),
        ('A = 1\n"""How many there are."""', [(2, "How")]),
        ('class A:\n    b: int = 0\n    """Those that are left."""', [(3, "Those")]),
        ('if True:\n    A = 1\n    """``Which`` one."""', [(3, "Which")]),
        ('"""Whatever happens."""\nA = 1\n"""Somebody\'s."""', [(1, "Whatever"), (3, "Somebody")]),
        ('def f():\n    """(there, new) of a line."""', []),
        ('"""Wholesale prices."""\n\n\ndef f():\n    """Return what is left."""', []),
        ('def f():\n    return "What is left"\n    "What is left"', []),
        ('A = "What is left"\nf = lambda: "What is left"\nprint("What is left")', []),
        ('"""', []),
    ],
)
def test_docstrings_begin_with_a_verb_or_a_noun(tmp_path: Path, text: str, found: list[tuple[int, str]]) -> None:
    write(tmp_path, {"plugins/a.py": text, "roles/r/files/b.py": '"""What no rule reads."""'})
    assert [problem.split(", expected")[0] for problem in docstring_problems(tmp_path)] == [
        f"plugins/a.py:{line}: a docstring begins with a verb or a noun (got '{word}'" for line, word in found
    ]


def test_length_of_a_module_is_without_its_documentation(tmp_path: Path) -> None:
    long = 'DOCUMENTATION = """' + "word\n" * 300 + '"""\n' + "x = 1\n" * 390
    write(tmp_path, {"plugins/modules/thing.py": long})
    assert length_problems(tmp_path) == []
    write(tmp_path, {"plugins/modules/thing.py": long + "x = 1\n" * 30})
    assert len(length_problems(tmp_path)) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("bugfixes:\n  - x (https://github.com/bonded-internet/bonded.internet/issues/1).\n", ""),
        ("release_summary: words\n", ""),
        ("bugfixes:\n  - x\n", "'x...' names no issue"),
        ("fixes:\n  - x\n", "section 'fixes' is none of"),
        ("bugfixes: x\n", "section 'bugfixes' must be a list of sentences"),
        ("", "holds no section"),
        ("a: [", "is not YAML"),
    ],
)
def test_fragments(tmp_path: Path, text: str, complaint: str) -> None:
    config = "sections: [[bugfixes, Bugfixes]]\nprelude_section_name: release_summary\ntrivial_section_name: trivial\n"
    write(tmp_path, {"changelogs/config.yaml": config, "changelogs/fragments/one.yml": text})
    problems = fragment_problems(tmp_path)
    if not complaint:
        assert problems == []
        return
    assert len(problems) == 1
    assert problems[0].startswith(f"changelogs/fragments/one.yml: {complaint}")


def test_page_of_changes_that_the_table_does_not_make(tmp_path: Path) -> None:
    shutil.copytree(ROOT / FOLDER, tmp_path / FOLDER)
    (tmp_path / PAGE).parent.mkdir()
    assert page_problems(tmp_path) == [f"{PAGE}: is not what {FOLDER} makes; write it: {COMMAND}"]
    (tmp_path / PAGE).write_text(page(read_table(tmp_path)), encoding="utf-8")
    assert page_problems(tmp_path) == []
    (tmp_path / PAGE).write_text(page(read_table(tmp_path)).replace("live", "alive"), encoding="utf-8")
    assert len(page_problems(tmp_path)) == 1


GLOSSARY = """
| term | meaning | not |
|---|---|---|
| return route | the route for answers | `way back`, path |
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# The way back", ["way back"]),
        ("Ways back and a way-back", ["Ways back", "way-back"]),
        ("def kept_ways_back(): ...", ["ways_back"]),
        ("a path, which is a word without backticks", []),
        ("halfway back", []),
        ("the return route", []),
    ],
)
def test_retired_words_are_refused(tmp_path: Path, text: str, found: list[str]) -> None:
    write(tmp_path, {"docs/glossary.md": GLOSSARY, "docs/page.md": text})
    assert word_problems(tmp_path) == [
        f"docs/page.md:1: the glossary retires a word (got '{word}', expected 'return route')" for word in found
    ]
