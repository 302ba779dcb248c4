# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose Python was replaced: what it answers is refused by its name, and nothing of it becomes a variable."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from .conftest import Aggregator


def replaced(folder: pathlib.Path, answer: dict[str, Any]) -> str:
    """Make an interpreter that answers so, whatever it is asked."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\ncat >/dev/null\ncat <<'END'\n{json.dumps(answer)}\nEND\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"stat": {"exists": "{{ 7 * 7 }}"}}, "stat.exists is not as expected (got '{{ 7 * 7 }}', expected true or"),
        (
            {"stat": {"exists": True}, "ansible_facts": {"bonding_api_url": "http://192.0.2.66"}},
            "The answer carries facts, which nobody asked for and which become the run's variables: 'bonding_api_url'.",
        ),
    ],
)
def test_an_answer_of_another_shape_is_refused(
    aggregator: Aggregator, tmp_path: pathlib.Path, answer: dict[str, Any], text: str
) -> None:
    python = replaced(tmp_path, {"changed": False, **answer})
    outcome = aggregator.role("-e", f"ansible_python_interpreter={python}", state="absent")
    assert outcome.rc != 0
    sentence = f"agg1: the answer to stat was refused. {text}"
    assert any(sentence in failure for failure in outcome.failures), outcome.stdout
