# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of role eip_cpe_nat as its two modules get them."""

from __future__ import annotations

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.cpe_nat_entries import (
    aws_entries,
    bond_entries,
)

MAIL: dict[str, Any] = {
    "key": "mail",
    "bond": 17,
    "interface": "eth1",
    "connected_ip": "192.168.17.1/24",
    "nat_ip": "192.168.17.10",
    "instance_id": "i-1",
    "private_ip": None,
    "include_private_wan": None,
    "release": False,
}
WEB = {**MAIL, "key": "web", "bond": 18}


def found(key: str, address: str) -> dict[str, Any]:
    return {"key": key, "private_ip": address, "public_ip": "192.0.2.1", "allocation_id": "eipalloc-1"}


def test_aws_gets_its_own_keys() -> None:
    assert aws_entries([MAIL], "present") == [{"key": "mail", "instance_id": "i-1", "private_ip": None}]


def test_a_bond_gets_the_private_address_of_its_own_entry() -> None:
    objects = [found("mail", "10.1.0.5"), found("web", "10.1.0.6")]
    made = bond_entries([WEB, MAIL], "present", objects)
    assert [(entry["bond"], entry["private_ip"]) for entry in made] == [(17, "10.1.0.5"), (18, "10.1.0.6")]
    assert set(made[0]) == {"bond", "interface", "connected_ip", "nat_ip", "private_ip"}


def test_an_entry_without_a_key_is_removed_from_its_bond_only() -> None:
    only_bond = {"bond": 17, "private_ip": "10.1.0.5"}
    assert aws_entries([only_bond, {"key": "web", "public_ip": None}], "absent") == [{"key": "web"}]
    assert bond_entries([only_bond, {"key": "web"}], "absent", []) == [only_bond]


def test_an_address_that_was_looked_up_goes_with_its_own_bond() -> None:
    """Check an entry that AWS has nothing of: the address of the next one is not taken for its own."""
    gone = bond_entries([MAIL, WEB], "absent", [found("web", "10.1.0.6")])
    assert gone == [{"bond": 18, "private_ip": "10.1.0.6", "connected_ip": "192.168.17.1/24"}]


def test_known_addresses_come_first() -> None:
    known = {"bond": 19, "private_ip": "10.1.0.9", "key": "zoo"}
    gone = bond_entries([WEB, known], "absent", [found("web", "10.1.0.6"), found("zoo", "10.1.0.8")])
    assert [(entry["bond"], entry["private_ip"]) for entry in gone] == [(19, "10.1.0.9"), (18, "10.1.0.6")]


def test_a_bond_whose_objects_the_plan_has_found_is_not_asked_for() -> None:
    settled = {**MAIL, "bond_unchanged": True, "preferred_private_ip": "10.1.0.5"}
    assert bond_entries([settled, WEB], "present", [found("mail", "10.1.0.5"), found("web", "10.1.0.6")]) == [
        {
            "bond": 18,
            "interface": "eth1",
            "connected_ip": "192.168.17.1/24",
            "nat_ip": "192.168.17.10",
            "private_ip": "10.1.0.6",
        }
    ]
    assert [entry["bond"] for entry in bond_entries([settled], "present", [found("mail", "10.1.0.7")])] == [17]
