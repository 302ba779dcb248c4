# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""galaxy-importer takes the artefact, as Galaxy and a private automation hub do. Galaxy itself was not asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lab.process import ROOT
from tests.awx_programs.programs import program
from tools.fresh_copy import fresh_copy

CONFIG = """
[galaxy-importer]
RUN_ANSIBLE_TEST = False
RUN_ANSIBLE_LINT = False
CHECK_REQUIRED_TAGS = True
CHECK_CHANGELOG = True
"""


def test_the_artefact_is_imported_with_the_documentation_of_all_modules(tmp_path: Path) -> None:
    (tmp_path / "importer.cfg").write_text(CONFIG, encoding="utf-8")
    with fresh_copy() as copy:
        program("ansible-galaxy", "collection", "build", "--output-path", str(tmp_path), cwd=copy)
    (artefact,) = tmp_path.glob("bonded-internet-*.tar.gz")
    said = program(
        Path(sys.executable).name,
        "-m",
        "galaxy_importer.main",
        "--output-path",
        str(tmp_path),
        str(artefact),
        cwd=tmp_path,
        environment={"GALAXY_IMPORTER_CONFIG": "importer.cfg"},
    )
    result = json.loads((tmp_path / "importer_result.json").read_text(encoding="utf-8"))
    documented = {one["content_name"] for one in result["docs_blob"]["contents"] if one["doc_strings"]}
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")} - {"__init__"}
    assert modules - documented == set(), said
    assert max(map(len, result["metadata"]["authors"])) < 65
    listed = {(one["content_type"], one["name"]) for one in result["contents"]}
    assert ("eda/plugins/event_source", "bonds") in listed
