# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on which every path, field and value has another name: one file makes all playbooks work as ever."""

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.bonded.internet.plugins.module_utils._resources import read_map
from tests.lab.bondingadmin.renaming import everything, renaming_of
from tests.playbooks.running import Json, Outcome, Site, demo_hosts


def without_ids(value: Any) -> Any:
    """The state without what depends on the order of parallel requests."""
    if isinstance(value, dict):
        return {name: without_ids(inner) for name, inner in value.items() if name != "id"}
    return [without_ids(one) for one in value] if isinstance(value, list) else value


def test_site_and_teardown_with_one_file(network: Site, variables: Json) -> None:
    wanted = without_ids(network.server.state())
    network.reset()
    empty = without_ids(network.server.state()["aggregators"])
    network.server.rename(renaming_of(read_map(everything())))

    blind = network.run("site", "--check")
    assert blind.code != 0
    assert blind.writes == []

    site = network.write_inventory("renamed", demo_hosts(), {**variables, "bonding_api_map": "{{ inventory_dir }}/map"})
    (site.inventory / "map").write_text(yaml.safe_dump(everything()), encoding="utf-8")
    made = site.run("site")
    assert made.code == 0, made.output
    assert without_ids(site.server.state()) == wanted

    again: Outcome = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output

    gone = site.run(
        "teardown",
        extra={
            "bonding_confirm_teardown": "demo",
            "bonding_release_elastic_ips": True,
            "bonding_teardown_private_wan": True,
        },
    )
    assert gone.code == 0, gone.output
    assert without_ids(site.server.state()["aggregators"]) == empty
