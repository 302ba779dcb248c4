# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ethernet_interface: the exact requests, what is returned, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.modules.ethernet_interface import main
from tests.unit.plugins.api_objects import aggregator, ethernet, space, vxlan
from tests.unit.plugins.scripted import API, delete, get, patch, post, run_module

LIST = "aggregators/7/interfaces/"
TYPED = "aggregators/7/ethernet_interfaces/"
WANTED: dict[str, Any] = {
    "aggregator": 7,
    "name": "ens6",
    "space": "acme",
    "mtu": 1500,
    "addresses": ["2001:DB8:101:0::20/64", "192.0.2.20/28"],
    "accept_ra": True,
}
BODY = {
    "name": "ens6",
    "space": f"{API}spaces/acme/",
    "mtu": 1500,
    "addresses": [{"address": "192.0.2.20/28"}, {"address": "2001:db8:101::20/64"}],
    "accept_ra": True,
}
RETURNED = {
    "name": "ens6",
    "type": "ethernet",
    "space": "acme",
    "enabled": True,
    "mtu": 1500,
    "addresses": ["192.0.2.20/28", "2001:db8:101::20/64"],
    "accept_ra": True,
}
MADE = ethernet(
    42,
    "ens6",
    space_key="acme",
    mtu=1500,
    addresses=["2001:0db8:0101:0000::0020/64", "192.0.2.20/28"],
    accept_ra=True,
)
READS = (get(LIST, []), get("aggregators/7/", aggregator(7, "agg1")), get("spaces/", [space("acme")]))


def test_creates(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, *READS, post(TYPED, BODY, MADE))
    assert (result["action"], result["ethernet_interface"]) == ("create", RETURNED)


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, *READS, check=True)
    assert (result["action"], result["ethernet_interface"]) == ("create", RETURNED)


def test_a_second_run_only_reads_however_addresses_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, get(LIST, [MADE]))
    assert (result["changed"], result["ethernet_interface"]) == (False, RETURNED)


def test_changes_only_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    step = patch(f"{TYPED}42/", {"accept_ra": False}, {**MADE, "accept_ra": False})
    result = run_module(monkeypatch, main, {**WANTED, "accept_ra": False}, get(LIST, [MADE]), step)
    assert (result["action"], result["ethernet_interface"]["accept_ra"]) == ("update", False)


def test_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "name": "ens6", "state": "absent"}
    result = run_module(monkeypatch, main, arguments, get(LIST, [MADE]), delete(f"{TYPED}42/"))
    assert (result["action"], result["ethernet_interface"]) == ("delete", None)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_another_type_of_that_name_is_refused(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    found = get(LIST, [vxlan(1, "ens6", 5)])
    result = run_module(monkeypatch, main, {"aggregator": 7, "name": "ens6", "state": state}, found)
    assert "that name belongs to another kind (got VXLAN interface, expected Ethernet interface)" in result["msg"]


def test_a_type_that_the_table_does_not_know_keeps_its_name_too(monkeypatch: pytest.MonkeyPatch) -> None:
    found = get(
        LIST, [{"id": 1, "url": f"{API}aggregators/7/wireguard_interfaces/1/", "type": "wireguard", "name": "ens6"}]
    )
    result = run_module(monkeypatch, main, {"aggregator": 7, "name": "ens6"}, found)
    assert "that name belongs to another kind (got wireguard interface" in result["msg"]


def test_the_aggregators_ipv6_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known = get("aggregators/7/", aggregator(7, "agg1", ipv6="2001:db8:101::20"))
    result = run_module(monkeypatch, main, WANTED, get(LIST, []), known)
    assert "2001:db8:101::20/64 is the aggregator's own address" in result["msg"]
