# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""diff and predict: pure, ordered, complete."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._objects import Change, Object
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import ReconcileError, diff, predict, wanted

A7, A8 = "aggregators/7", "aggregators/8"


def vx(name: str, parent: str = A7, number: int | None = None, **data: Any) -> Object:
    return Object("vxlan_interface", parent, name, {"name": name, **data}, number)


def babel(name: str, number: int | None = None, **data: Any) -> Object:
    return Object("babel_protocol", A7, name, {"name": name, **data}, number)


def rule(name: str, number: int | None = None) -> Object:
    return Object("filter", A7, name, {"name": name, "family": "ipv4", "body": "accept;"}, number)


def test_a_creation_carries_all_that_is_sent_and_nothing_else() -> None:
    item = vx("vx1", vni=11, type="vxlan", addresses=["192.0.2.1/24"])
    assert diff([], [item]) == [
        Change("create", "vxlan_interface", A7, "vx1", None, {"name": "vx1", "vni": 11, "addresses": ["192.0.2.1/24"]})
    ]


def test_an_update_carries_only_what_changes() -> None:
    found = vx("vx1", number=41, type="vxlan", vni=11, mtu=1500, enabled=True)
    assert diff([found], [vx("vx1", vni=11, mtu=None)]) == [
        Change("update", "vxlan_interface", A7, "vx1", {"mtu": 1500}, {"mtu": None}, 41)
    ]


def test_a_deletion_carries_the_whole() -> None:
    found = vx("vx1", number=41, type="vxlan", vni=11)
    assert diff([found], [], [vx("vx1")]) == [
        Change("delete", "vxlan_interface", A7, "vx1", {"name": "vx1", "type": "vxlan", "vni": 11}, None, 41)
    ]
    assert diff([], [], [vx("vx1")]) == []


def test_nothing_given_nothing_compared() -> None:
    assert diff([vx("vx1", number=41, vni=11, mtu=1500)], [vx("vx1")]) == []


@pytest.mark.parametrize(
    ("found", "given"),
    [
        ({"addresses": ["10.0.0.1/24", "10.0.1.1/24"]}, {"addresses": ["10.0.1.1/24", "10.0.0.1/24"]}),
        ({"addresses": ["2001:db8::1/64"]}, {"addresses": ["2001:DB8:0::1/64"]}),
        ({"addresses": []}, {"addresses": None}),
        ({"endpoints": [{"ip": "10.0.0.9", "vni": 5}]}, {"endpoints": [{"ip": "10.0.0.9", "vni": "5"}]}),
    ],
)
def test_the_same_in_another_spelling_is_no_change(found: dict[str, Any], given: dict[str, Any]) -> None:
    assert diff([vx("vx1", number=41, **found)], [vx("vx1", **given)]) == []


def test_a_field_that_the_server_does_not_show_is_sent() -> None:
    (change,) = diff([vx("vx1", number=41)], [vx("vx1", mtu=None)])
    assert (change.before, change.after) == ({"mtu": None}, {"mtu": None})


def test_interface_filter_protocol_then_backwards() -> None:
    found = [vx("old", number=1), rule("oldf", 2), babel("oldb", 3), vx("old", A8, 4)]
    items = [babel("b"), rule("f"), vx("v", vni=1), vx("v", A8, vni=1)]
    changes = diff(found, items, found)
    assert [(change.verb, change.kind, change.parent) for change in changes] == [
        ("create", "vxlan_interface", A7),
        ("create", "vxlan_interface", A8),
        ("create", "filter", A7),
        ("create", "babel_protocol", A7),
        ("delete", "babel_protocol", A7),
        ("delete", "filter", A7),
        ("delete", "vxlan_interface", A7),
        ("delete", "vxlan_interface", A8),
    ]


def test_space_connected_ip_cpe_nat_ip_then_backwards() -> None:
    space = Object("space", "", "acme", {"key": "acme", "private_wan_enabled": True})
    connected = Object("connected_ip", "bonds/17", "192.0.2.1/24", {"interface": "eth1"})
    nat = Object("cpe_nat_ip", "bonds/17", "198.51.100.20", {"nat_ip": "192.0.2.10"})
    found = [Object("space", "", "acme", {"key": "acme", "private_wan_enabled": False}, "acme")]
    assert [item.kind for item in diff(found, [nat, connected, space])] == ["space", "connected_ip", "cpe_nat_ip"]
    there = [Object(item.kind, item.parent, item.key, {"ip": item.key}, 1) for item in (connected, nat)]
    assert [item.kind for item in diff(there, [], there)] == ["cpe_nat_ip", "connected_ip"]


def test_the_key_is_canonical() -> None:
    item = wanted("connected_ip", "bonds/17", {"ip": "192.0.2.1/255.255.255.0", "interface": "eth1"})
    assert item.key == "192.0.2.1/24"


def test_write_only_fields() -> None:
    data = {"local_as": 1, "neighbor_as": 2, "neighbor_address": "192.0.2.1", "password": "hush"}
    item = Object("bgp_protocol", A7, "p", data)
    (create,) = diff([], [item])
    assert (create.after or {})["password"] == "hush"
    found = [Object("bgp_protocol", A7, "p", {name: data[name] for name in data if name != "password"}, 5)]
    assert diff(found, [item]) == []
    (update,) = diff(found, [item], update_password="always")
    assert (update.before, update.after) == ({"password": None}, {"password": "hush"})
    assert "password" not in predict(found, [update])[0].data
    assert "password" not in predict([], [create])[0].data


@pytest.mark.parametrize(
    ("found", "items", "deletions", "text"),
    [
        ([vx("x", number=1)], [Object("ethernet_interface", A7, "x", {})], [], "another kind (got VXLAN interface"),
        ([vx("x", number=1)], [], [Object("ethernet_interface", A7, "x", {})], "is not deleted: that name belongs"),
        ([], [vx("x", vni=1), vx("x", vni=1)], [], "VXLAN interface 'x' of aggregator 7 is given twice"),
        ([], [vx("x", vni=1)], [vx("x")], "is to be there and to be deleted"),
        ([], [vx("x")], [], "does not exist, and to create it vni must be given"),
        ([], [vx("x", vni=1, colour="red")], [], "colour is not a field of its kind, VXLAN interface"),
        (
            [Object("wireguard_interface", A7, "wg0", {}, 9)],
            [],
            [Object("wireguard_interface", A7, "wg0", {}, 9)],
            "is of a kind that this collection does not know",
        ),
    ],
)
def test_refused(found: list[Object], items: list[Object], deletions: list[Object], text: str) -> None:
    with pytest.raises(ReconcileError) as caught:
        diff(found, items, deletions)
    assert text in str(caught.value)
    assert "Nothing was changed." in str(caught.value)


def test_predict_is_the_state_afterwards() -> None:
    found = [vx("keep", number=1, vni=1), vx("change", number=2, vni=2, mtu=None), vx("go", number=3, vni=3)]
    changes = diff(found, [vx("change", mtu=1500), vx("new", vni=4, space="acme")], [vx("go")])
    after = {item.key: item for item in predict(found, changes)}
    assert sorted(after) == ["change", "keep", "new"]
    assert after["keep"] == found[0]
    assert after["change"].data == {"name": "change", "vni": 2, "mtu": 1500}
    assert after["change"].id == 2
    assert after["new"].id is None
    assert after["new"].data == {
        "name": "new",
        "type": "vxlan",
        "space": "acme",
        "enabled": True,
        "mtu": None,
        "addresses": [],
        "vni": 4,
        "endpoints": [],
    }
    assert diff(list(after.values()), [vx("change", mtu=1500), vx("new", vni=4, space="acme")], [vx("go")]) == []


def test_predicted_objects_of_a_bond_name_it() -> None:
    nat = Object("cpe_nat_ip", "bonds/17", "198.51.100.20", {"nat_ip": "192.0.2.10"})
    (after,) = predict([], diff([], [nat]))
    assert after.data == {"bond": 17, "ip": "198.51.100.20", "nat_ip": "192.0.2.10", "enabled": True}
