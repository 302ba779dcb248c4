# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make lint` fails for a planted defect and names it: planted in a copy, judged by the stage that must see it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.fresh_copy import fresh_copy


@pytest.fixture
def copy() -> Iterator[Path]:
    """A copy of the checkout that a test may spoil."""
    with fresh_copy() as folder:
        yield folder


def lint(copy: Path, stage: str) -> tuple[int, str]:
    """`make lint` in the copy, one stage: (exit code, output)."""
    command = ["make", "--no-print-directory", "lint", f"PY={sys.executable}", f"STAGES={stage}"]
    answer = subprocess.run(command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return answer.returncode, answer.stdout


def test_syntax_error(copy: Path) -> None:
    (copy / "plugins/module_utils/_design/planted.py").write_text("def broken(:\n", encoding="utf-8")
    code, output = lint(copy, "ruff")
    assert code != 0
    assert "plugins/module_utils/_design/planted.py:1:12: invalid-syntax" in output
    assert "1 of 1 stages failed: ruff" in output


def test_module_without_documentation(copy: Path) -> None:
    module = copy / "plugins/modules/space_info.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(re.sub(r"^DOCUMENTATION = ", "NOTHING = ", text, flags=re.MULTILINE), encoding="utf-8")
    code, output = lint(copy, "house")
    assert code != 0
    assert "plugins/modules/space_info.py: has no DOCUMENTATION" in output


def test_unprefixed_role_default(copy: Path) -> None:
    defaults = copy / "roles/pwan_vpc/defaults/main.yml"
    defaults.write_text(defaults.read_text(encoding="utf-8") + "planted_default: 1\n", encoding="utf-8")
    code, output = lint(copy, "house")
    assert code != 0
    assert "roles/pwan_vpc/defaults/main.yml: 'planted_default' begins with neither" in output
    # ansible-lint takes half a minute for everything, which `make lint` looks at anyway.
    others = [one for one in (copy / "roles").iterdir() if one.name != "pwan_vpc"]
    for folder in (*others, *(copy / name for name in ("playbooks", "tests", "examples", "extensions", "inventories"))):
        shutil.rmtree(folder)
    code, output = lint(copy, "ansible-lint")
    assert code != 0
    assert re.search(r"var-naming\[no-role-prefix\].*\n.*roles/pwan_vpc/defaults/main.yml", output), output
