# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_connected_ip: the exact requests, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.modules.bond_connected_ip import main
from tests.unit.plugins.api_objects import bond, bond_interface, connected_ip
from tests.unit.plugins.scripted import API, delete, get, patch, post, run_module

LIST = "bonds/17/connected_ips/"
INTERFACES = get("bonds/17/interfaces/", [bond_interface(171, "eth0"), bond_interface(172, "eth1")])
WANTED = {"bond": 17, "ip": "192.0.2.1/24", "interface": "eth1"}
BODY = {"ip": "192.0.2.1/24", "interface": f"{API}bonds/17/interfaces/172/"}
# Whatever the server's defaults are.
CREATED = {**BODY, "enabled": True, "include_private_wan": False, "aggregator_routing": "auto"}
MADE = connected_ip(51, "192.0.2.1/24")
RETURNED = {
    "bond": 17,
    "ip": "192.0.2.1/24",
    "interface": "eth1",
    "enabled": True,
    "include_private_wan": False,
    "aggregator_routing": "auto",
}


def test_a_creation_switches_it_on_only_where_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    step = post(LIST, {**CREATED, "enabled": False}, {**MADE, "enabled": False})
    result = run_module(monkeypatch, main, {**WANTED, "enabled": False}, INTERFACES, get(LIST, []), step)
    assert result["connected_ip"]["enabled"] is False


def test_a_server_without_a_field_that_nobody_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {name: value for name, value in MADE.items() if name != "aggregator_routing"}
    steps = [post(LIST, CREATED, made), get(f"{LIST}51/", made)]
    assert run_module(monkeypatch, main, WANTED, INTERFACES, get(LIST, []), *steps)["action"] == "create"
    steps = [post(LIST, {**CREATED, "aggregator_routing": "never"}, made), get(f"{LIST}51/", made)]
    result = run_module(monkeypatch, main, {**WANTED, "aggregator_routing": "never"}, INTERFACES, get(LIST, []), *steps)
    assert "its answer has no field 'aggregator_routing'" in result["msg"]


def test_creates(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, INTERFACES, get(LIST, []), post(LIST, CREATED, MADE))
    assert (result["action"], result["connected_ip"]) == ("create", RETURNED)


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, INTERFACES, get(LIST, []), check=True)
    assert (result["action"], result["connected_ip"]) == ("create", RETURNED)


@pytest.mark.parametrize(
    "interface",
    [f"{API}bonds/17/interfaces/172/", 172, {"id": 172, "url": f"{API}bonds/17/interfaces/172/", "name": "eth1"}],
)
def test_a_second_run_only_reads_whatever_form_the_relation_has(
    monkeypatch: pytest.MonkeyPatch, interface: object
) -> None:
    found = connected_ip(51, "192.0.2.1/24")
    found["interface"] = interface
    result = run_module(monkeypatch, main, WANTED, INTERFACES, get(LIST, [found]))
    assert (result["changed"], result["connected_ip"]) == (False, RETURNED)


def test_a_bond_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    bonds = get("bonds/", [bond(17, "Branch office"), bond(18, "Other")])
    arguments = {**WANTED, "bond": "Branch office"}
    assert not run_module(monkeypatch, main, arguments, bonds, INTERFACES, get(LIST, [MADE]))["changed"]


def test_changes_only_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    after = connected_ip(51, "192.0.2.1/24", aggregator_routing="always")
    step = patch(f"{LIST}51/", {"aggregator_routing": "always"}, after)
    arguments = {**WANTED, "aggregator_routing": "always"}
    result = run_module(monkeypatch, main, arguments, INTERFACES, get(LIST, [MADE]), step)
    assert result["connected_ip"]["aggregator_routing"] == "always"


def test_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"bond": 17, "ip": "192.0.2.1/24", "state": "absent"}
    interfaces = get("bonds/17/interfaces/", [bond_interface(172, "eth1")])
    # The names are looked up only because the object is shown as it was.
    result = run_module(monkeypatch, main, arguments, get(LIST, [MADE]), interfaces, delete(f"{LIST}51/"))
    assert (result["action"], result["connected_ip"]) == ("delete", None)


def test_an_unknown_interface_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {**WANTED, "interface": "eth9"}, INTERFACES, get(LIST, []))
    assert "There is no bond interface 'eth9' of bond 17; there are: eth0, eth1." in result["msg"]


def test_an_unknown_bond_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = get("bonds/99/interfaces/", {"detail": "Not found."}, 404)
    result = run_module(monkeypatch, main, {**WANTED, "bond": 99}, gone)
    assert "There is no bond with the id 99 that this user can see" in result["msg"]
