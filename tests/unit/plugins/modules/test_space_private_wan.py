# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""space_private_wan: the exact requests, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.space_private_wan import main
from tests.unit.plugins.api_objects import space
from tests.unit.plugins.scripted import get, patch, run_module

FOUND = get("spaces/acme/", space("acme"))
WANTED = {"space": "acme", "enabled": True, "mode": "unmanaged"}
BODY = {"private_wan_enabled": True, "private_wan_mode": "unmanaged"}
RETURNED = {
    "key": "acme",
    "name": "ACME",
    "private_wan_enabled": True,
    "private_wan_mode": "unmanaged",
    "private_wan_include_interfaces": False,
}


def test_changes_only_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    step = patch("spaces/acme/", BODY, space("acme", **BODY))
    result = run_module(monkeypatch, main, WANTED, FOUND, step)
    assert (result["action"], result["space"]) == ("update", RETURNED)


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, FOUND, check=True, diff=True)
    assert (result["changed"], result["space"]) == (True, RETURNED)
    assert result["diff"]["before"]["private_wan_mode"] == "managed_mesh"
    assert result["diff"]["after"] == RETURNED


def test_a_second_run_only_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not run_module(monkeypatch, main, WANTED, get("spaces/acme/", space("acme", **BODY)))["changed"]


def test_an_unclear_patch_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [patch("spaces/acme/", BODY, "", 502), patch("spaces/acme/", BODY, space("acme", **BODY))]
    assert run_module(monkeypatch, main, WANTED, FOUND, *steps)["action"] == "update"


def test_include_interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"private_wan_include_interfaces": True}
    step = patch("spaces/acme/", body, space("acme", **body))
    run_module(monkeypatch, main, {"space": "acme", "include_interfaces": True}, FOUND, step)


def test_private_wan_routers_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"space": "acme", "mode": "private_wan_routers"})
    assert "private_wan_routers does not work on AWS: its GRE tunnels" in result["msg"]


def test_an_unknown_space_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = get("spaces/acme/", {"detail": "Not found."}, 404)
    result = run_module(monkeypatch, main, WANTED, gone)
    assert "There is no space with the key 'acme' that this user can see. Nothing was changed." in result["msg"]


def test_an_answer_without_a_body_is_followed_by_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [patch("spaces/acme/", BODY, None), get("spaces/acme/", space("acme", **BODY))]
    assert run_module(monkeypatch, main, WANTED, FOUND, *steps)["space"] == RETURNED
