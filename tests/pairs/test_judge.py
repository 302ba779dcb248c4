# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans that are spoilt on purpose: the judge names the rule that each of them breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from tests.pairs import pure
from tests.pairs.planning import Planned
from tests.pairs.test_found import WORLD, entry, gateway, inventory, judged, space

Items = list[PlannedChange]
FIRST = inventory(
    spaces=[space(gateway("agg1", "172.16.0.0/16"))],
    cpe_nat_ips=[entry(public_ip=WORLD.publics[0])],
)
SECOND = inventory(spaces=[space(gateway("agg2", "172.16.0.0/16"))], cpe_nat_ips=[])


def unmarked(items: Items) -> Items:
    """Say of nothing that it interrupts."""
    return [replace(one, disruptive=False, interrupts="", switch="") for one in items]


def too_early(items: Items) -> Items:
    """Take the old gateway off before the new one is made, in the words of another gateway."""
    gone = [one for one in items if one.kind == "attachment" and one.verb == "delete"]
    quiet = [replace(one, phase="add", interrupts="nothing", disruptive=False) for one in gone]
    return [*quiet, *(one for one in items if one not in gone)]


def left_out(items: Items) -> Items:
    """Forget to delete the old network interface."""
    return [one for one in items if not (one.kind == "network_interface" and one.verb == "delete")]


def twice(items: Items) -> Items:
    """Make a route a second time."""
    return [copy for one in items for copy in ([one, one] if one.kind == "route" else [one])]


def released(items: Items) -> Items:
    """Release what the operator had before."""
    return [
        replace(one, verb="delete", before={"public_ip": WORLD.publics[0]}, after=None)
        if one.kind == "elastic_ip" and one.key == "cpe-nat/bond-17"
        else one
        for one in items
    ]


@pytest.mark.parametrize(
    ("spoil", "rules"), [(unmarked, "3"), (too_early, "3"), (left_out, "12"), (twice, "4"), (released, "5")]
)
def test_a_spoilt_plan_breaks_its_rule(
    monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Items], Items], rules: str
) -> None:
    assert judged(FIRST, SECOND, stops=0).broken == []
    real = pure.plan

    def spoilt(state: Any, given: Any, **switches: Any) -> Planned:
        planned = real(state, given, **switches)
        if given is SECOND and any(one.kind == "network_interface" and one.verb == "create" for one in planned.items):
            planned.items = spoil(planned.items)
        return planned

    monkeypatch.setattr(pure, "plan", spoilt)
    broken = judged(FIRST, SECOND, stops=0).broken
    assert broken
    assert {text[0] for text in broken} & set(rules), broken
