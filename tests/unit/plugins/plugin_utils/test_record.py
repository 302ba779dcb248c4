# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: its name, its text at the beginning of a phase and at the end, and its errors."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils import _record
from ansible_collections.bonded.internet.plugins.plugin_utils._record import RecordError, new_record, write_record

PLAN: dict[str, Any] = {
    "network": "demo",
    "digest": "5f70",
    "counts": {"add": 1},
    "lines": ["add     update space acme"],
}
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


def read(record: dict[str, Any]) -> Any:
    return json.loads(Path(record["path"]).read_text(encoding="utf-8"))


def test_record_is_unfinished_from_phase_to_phase_and_finished_at_the_end(tmp_path: Path) -> None:
    record = new_record(str(tmp_path), "demo", ["site.yml", "other.yml"])
    assert re.fullmatch(r"\d{8}T\d{6}Z-demo-\d+\.json", Path(record["path"]).name)
    assert list(tmp_path.iterdir()) == []
    for phase in ("add", "remove"):
        write_record(record, PLAN, phase)
        found = read(record)
        assert (found["result"], found["phase"], found["ended"]) == ("unfinished", phase, None)
    assert {name: found[name] for name in PLAN} == PLAN
    assert found["playbook"] == "site.yml, other.yml"
    assert stat.S_IMODE(os.stat(record["path"]).st_mode) == 0o600
    write_record(record, PLAN, None)
    ended = read(record)
    assert (ended["result"], ended["phase"]) == ("finished", None)
    assert ended["started"] == found["started"]
    assert TIME.fullmatch(ended["started"])
    assert TIME.fullmatch(ended["ended"])
    assert [path.name for path in tmp_path.iterdir()] == [Path(record["path"]).name]


def test_home_is_a_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Path(new_record("~", "demo", [])["path"]).parent == tmp_path


def test_folder_that_is_absent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("absent", "file"):
        with pytest.raises(RecordError) as refusal:
            new_record(str(tmp_path / name), "demo", [])
        assert f"(got {tmp_path / name}, expected a folder in which this user may write)" in str(refusal.value)
        assert "Nothing was changed." in str(refusal.value)


@pytest.mark.parametrize(
    ("phase", "done"), [("switch", "The phase switch was not begun"), (None, "All changes of the plan were made")]
)
def test_record_that_cannot_be_written_says_what_was_done(tmp_path: Path, phase: str | None, done: str) -> None:
    record = new_record(str(tmp_path), "demo", [])
    tmp_path.rmdir()
    with pytest.raises(RecordError) as error:
        write_record(record, PLAN, phase)
    assert f"cannot be written (No such file or directory). {done}." in str(error.value)


@pytest.mark.parametrize("error", [KeyError("uid not found"), OSError("No username set in the environment")])
def test_user_without_a_name_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setattr(_record.getpass, "getuser", fail)
    assert new_record(str(tmp_path), "demo", [])["user"] == str(os.getuid())
