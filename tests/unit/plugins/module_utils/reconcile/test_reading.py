# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that show a server with other paths and names: refused, with what is missing and the way to the map."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    Api,
    ReconcileError,
    Refs,
    read_aggregator,
    read_current_bonds,
)
from tests.unit.plugins.api_objects import aggregator, vxlan
from tests.unit.plugins.scripted import get, script

MAP = "Other names of a server are said by api_map (docs/api-map.md)."
MISSING = get("aggregators/7/filters/", {"detail": "Not found."}, 404)


def test_a_path_that_is_missing_below_an_aggregator_that_is_there() -> None:
    with script(get("aggregators/", [aggregator(7, "agg1")]), MISSING) as server:
        refs = Refs(Api(server.client()))
        refs.items("aggregator")
        with pytest.raises(ReconcileError) as caught:
            read_aggregator(7, refs, ["filters"])
    assert str(caught.value) == (
        "GET aggregators/7/filters/ was answered with 404, and the aggregator 7 is there: this server has the path of "
        f"filter elsewhere. {MAP} Nothing was changed."
    )


def test_an_aggregator_that_nobody_has_seen_may_be_missing_itself() -> None:
    with (
        script(get("aggregators/7/bonds_current/", {}, 404)) as server,
        pytest.raises(ReconcileError, match="There is no aggregator with the id 7 that this user can see"),
    ):
        read_current_bonds(Refs(Api(server.client())), 7)


def test_an_interface_that_does_not_say_its_kind() -> None:
    """The interface would count as one of an unknown kind, and the plan would create a second one."""
    one = vxlan(5, "vx1", 77)
    one["kind"] = one.pop("type")
    with script(get("aggregators/7/interfaces/", [one])) as server, pytest.raises(ReconcileError) as caught:
        read_aggregator(7, Refs(Api(server.client())), ["interfaces"])
    assert "aggregators/7/interfaces/: the server's answer cannot be used: type: an object does not say" in str(
        caught.value
    )
    assert str(caught.value).endswith(MAP)


def test_a_part_of_an_entry_that_has_another_name() -> None:
    one = vxlan(5, "vx1", 77, space_key=None)
    one["endpoints"] = [{"remote_address": "192.0.2.50", "vni": 77}]
    with script(get("aggregators/7/interfaces/", [one])) as server, pytest.raises(ReconcileError) as caught:
        read_aggregator(7, Refs(Api(server.client())), ["interfaces"])
    assert str(caught.value).endswith(f"expected an IP address. It has no endpoints.ip. {MAP}")
