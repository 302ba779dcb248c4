# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module called in Ansible's worker does as it does in a process of its own; and which tasks need one."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from typing import Any

from tests.playbooks.running import Site

PLAYBOOK = pathlib.Path(__file__).parent / "in_controller.yml"
SAID = re.compile(r"bonded\.internet\.aggregator_network has a process of its own, because ([^,\n]*)")


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Return the result's values of the module's work, without those that ansible-core adds."""
    return {key: result[key] for key in ("changed", "failed", "objects", "warnings") if key in result}


def test_a_module_does_the_same_in_the_worker_and_in_a_process(empty: Site, tmp_path: pathlib.Path) -> None:
    another = tmp_path / "python"
    another.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    another.chmod(0o755)
    results = tmp_path / "results.json"
    extra = {"another_python": f"{another}", "results_file": f"{results}"}
    outcome = empty.run(PLAYBOOK, "-vvv", extra=extra)
    assert outcome.code == 0, outcome.output
    found = json.loads(results.read_text(encoding="utf-8"))

    here = told(found["here"])
    assert here["changed"] is False
    assert [one["object"]["name"] for one in here["objects"]] == ["mine"]
    assert told(found["another_python"]) == told(found["environment"]) == here
    assert found["background"]["objects"] == here["objects"]
    assert [told(one) for one in found["loop"]] == [here, here]
    assert found["refused"][0]["msg"] == found["refused"][1]["msg"]
    assert (
        "Unsupported parameters for (bonded.internet.aggregator_network) module: filers" in found["refused"][0]["msg"]
    )

    elsewhere = f"its Python is {another}"
    assert SAID.findall(outcome.output) == [elsewhere, "it has an environment", "it is asynchronous", elsewhere]
    # Ansible itself shows the environment of a process.
    assert {"EXEC" in line for line in outcome.output.splitlines() if "demo-password" in line} == {True}
    # seven times the same look, and once something to do
    assert [entry["method"] for entry in outcome.server] == ["GET", "GET", "POST", *(["GET"] * 2 * 6)]
