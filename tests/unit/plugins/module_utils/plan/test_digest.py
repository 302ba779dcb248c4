# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest of a plan changes with everything that is planned, and with nothing else."""

from __future__ import annotations

import random
from dataclasses import fields
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.module_utils._plan.approval.digest import digest_of, item_lines

ITEM: dict[str, Any] = as_json(
    PlannedChange(
        system="server",
        verb="update",
        kind="vxlan_interface",
        parent="aggregators/7",
        key="vx10000003",
        before={"endpoints": ["192.0.2.12"]},
        after={"endpoints": ["192.0.2.12", "192.0.2.13"]},
        phase="add",
        host="agg1",
        part="private_wan",
        disruptive=True,
        interrupts="the mesh",
        switch="bonding_allow_disruption",
    )
)
OTHER = {**ITEM, "host": "agg2", "parent": "aggregators/12"}
CHANGED: dict[str, Any] = {"before": {"endpoints": []}, "after": None, "disruptive": False, "host": None}


@pytest.mark.parametrize("name", [field.name for field in fields(PlannedChange)])
def test_each_field_of_an_item_counts(name: str) -> None:
    other = {**ITEM, name: CHANGED.get(name, "other")}
    assert digest_of("demo", [other], []) != digest_of("demo", [ITEM], [])
    assert digest_of("demo", [], [other]) != digest_of("demo", [], [ITEM])
    assert item_lines([other], []) != item_lines([ITEM], [])


def test_network_and_what_is_deferred_and_why_count() -> None:
    later = {**OTHER, "reason": "the part private_wan is not run"}
    planned = [
        digest_of("demo", [ITEM], []),
        digest_of("other", [ITEM], []),
        digest_of("demo", [ITEM, OTHER], []),
        digest_of("demo", [ITEM], [later]),
        digest_of("demo", [ITEM], [{**later, "reason": "another one"}]),
        digest_of("demo", [], []),
        digest_of("other", [], []),
    ]
    assert len(set(planned)) == len(planned)


def test_no_order_counts_of_items_or_of_keys() -> None:
    turned = {name: ITEM[name] for name in reversed(ITEM)}
    items = [{**ITEM, "key": f"vx{number}"} for number in range(20)]
    mixed = random.Random(17).sample(items, len(items))
    assert digest_of("demo", [OTHER, turned], []) == digest_of("demo", [ITEM, OTHER], [])
    assert digest_of("demo", mixed, mixed) == digest_of("demo", items, items)
    assert item_lines(mixed, []) == item_lines(items, [])


def test_a_line_names_phase_object_and_host_in_one_line() -> None:
    (line,) = item_lines([{**ITEM, "key": "vx\n1"}], [])
    label, mark = line.split(" #")
    assert label == "add: update server vxlan_interface aggregators/7 vx 1 on agg1"
    assert len(mark) == 8
    (later,) = item_lines([], [{**OTHER, "reason": "agg2 is not in the play"}])
    assert later.startswith("deferred, add: update server vxlan_interface aggregators/12 vx10000003 on agg2 #")
