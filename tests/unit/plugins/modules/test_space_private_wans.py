# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""space_private_wans: one list, a request for each space that differs, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.space_private_wans import main
from tests.unit.plugins.api_objects import space
from tests.unit.plugins.scripted import get, patch, run_module

ON = {"private_wan_enabled": True, "private_wan_mode": "unmanaged"}
SPACES = [space("acme"), space("globex", id=12), space("initech", id=13, **ON)]
FOUND = get("spaces/", SPACES)
WANTED = [{"space": key, "enabled": True, "mode": "unmanaged"} for key in ("acme", "globex", "initech")]


def test_one_list_and_a_request_for_each_that_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [patch(f"spaces/{key}/", ON, space(key, **ON)) for key in ("acme", "globex")]
    result = run_module(monkeypatch, main, {"spaces": WANTED, "parallel": 1}, FOUND, *steps)
    assert [(item["name"], item["action"]) for item in result["objects"]] == [
        ("acme", "update"),
        ("globex", "update"),
        ("initech", "none"),
    ]


def test_a_mode_that_is_not_given_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    off = {"private_wan_enabled": False}
    wanted = {"spaces": [{"space": "initech", "enabled": False}]}
    step = patch("spaces/initech/", off, space("initech", id=13, **{**ON, **off}))
    assert run_module(monkeypatch, main, wanted, FOUND, step)["changed"]


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"spaces": WANTED}, FOUND, check=True, diff=True)
    assert result["changed"]
    assert [diff["after"]["private_wan_mode"] for diff in result["diff"]] == ["unmanaged", "unmanaged"]


def test_a_second_run_only_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not run_module(monkeypatch, main, {"spaces": WANTED[2:]}, FOUND)["changed"]


def test_unknown_spaces_are_named_before_any_change(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [*WANTED, {"space": "hooli", "enabled": True}, {"space": "umbrella", "enabled": True}]
    result = run_module(monkeypatch, main, {"spaces": wanted}, FOUND)
    assert "no space with the key 'hooli', 'umbrella'" in result["msg"]


def test_a_space_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"spaces": [WANTED[0], WANTED[0]]}, FOUND)
    assert "is given twice" in result["msg"]


def test_private_wan_routers_is_refused_before_any_request(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"spaces": [{"space": "acme", "mode": "private_wan_routers"}]})
    assert "private_wan_routers does not work on AWS: its GRE tunnels" in result["msg"]
