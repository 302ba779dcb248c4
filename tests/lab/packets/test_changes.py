# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts of the checks of changes under traffic, and the inventory of their network. No packet is sent."""

from __future__ import annotations

import pathlib
from typing import Any, cast

import pytest
import yaml

from lab.demo.playbook import Outcome
from lab.packets import live_changes
from lab.packets.checks import disruptive_changes, non_disruptive_changes
from lab.packets.lab import Lab
from lab.packets.probes import Path, Traffic
from lab.packets.report import Failed

GLOBEX, OTHER = Path("globex: paris to lyon", "lan-21", "172.16.2.10"), Path("agg1's own", "inet", "203.0.113.11")


def traffic(path: Path, *lost: int, sent: int = 10) -> Traffic:
    """Datagrams of 20 ms each, of which these did not come back."""
    return Traffic(path, [0.02 * number for number in range(sent)], set(range(sent)) - set(lost))


class Stub:
    """Stands where the lab is not asked anything but where the stand-ins are."""

    def urls(self) -> dict[str, str]:
        return {"bonding_api_url": "http://127.0.0.1:1", "aws_endpoint_url": "http://127.0.0.1:2"}


@pytest.fixture
def intent(tmp_path: pathlib.Path) -> live_changes.Intent:
    return live_changes.Intent(cast(Lab, Stub()), folder=tmp_path)


def outcome(*items: dict[str, Any], rc: int = 0) -> Outcome:
    return Outcome(rc, "", 1.0, {}, [{"outcome": "ok", "result": {"plan": list(items)}}])


def test_one_datagram_is_too_many_and_its_path_is_named() -> None:
    non_disruptive_changes.nothing_lost([traffic(GLOBEX), traffic(OTHER)])
    with pytest.raises(Failed, match=r"lost of 20 datagrams on 2 paths: agg1's own: 1 in 0\.04 s"):
        non_disruptive_changes.nothing_lost([traffic(GLOBEX), traffic(OTHER, 4)])


@pytest.mark.parametrize(
    ("lost", "others", "items", "says"),
    [
        (
            (3, 4),
            (),
            [{"disruptive": True}],
            "globex: paris to lyon lost 2 of 10, silence 0.06 s; none on 1 other paths",
        ),
        ((3, 4, 5, 6, 7), (), [{"disruptive": True}], "lost 5 of 10, silence 0.12 s; at most 0.1 s may be"),
        ((), (5,), [{"disruptive": True}], "agg1's own lost 1 of 10, silence 0.04 s; at most 0 s may be"),
        ((), (), [{"disruptive": False}], "does not say that it interrupts anything"),
        ((), (), [], "had nothing to do"),
    ],
)
def test_what_is_lost_is_bounded_on_the_named_paths_and_nothing_on_the_others(
    intent: live_changes.Intent,
    monkeypatch: pytest.MonkeyPatch,
    lost: tuple[int, ...],
    others: tuple[int, ...],
    items: list[dict[str, Any]],
    says: str,
) -> None:
    seen = outcome(*items), [traffic(GLOBEX, *lost), traffic(OTHER, *others)]
    monkeypatch.setattr(disruptive_changes, "watched", lambda *_: seen)
    monkeypatch.setattr(disruptive_changes, "paths", lambda _lab: [])
    try:
        told = disruptive_changes.measured(intent, {"globex:": 0.1})
    except Failed as failure:
        told = str(failure)
    assert says in told


def test_the_inventory_has_the_lab_s_hosts_and_what_a_check_has_changed(intent: live_changes.Intent) -> None:
    intent.hosts.append(live_changes.FOURTH)
    intent.host_variables["agg4"] = {"bonding_manage_hosts": False}
    intent.space("globex")["vxlan"]["vni"] = 10000912
    written = yaml.safe_load(intent.write().read_text())["aggregators"]
    assert list(written["hosts"]) == ["agg1", "agg2", "agg3", "agg4"]
    agg4 = written["hosts"]["agg4"]
    assert (agg4["aws_instance_id"], agg4["lab_namespace"], agg4["bonding_manage_hosts"]) == (
        "i-0c000004",
        "agg4",
        False,
    )
    assert written["vars"]["bonding_spaces"][1]["vxlan"]["vni"] == 10000912
    assert written["vars"]["bonding_api_url"] == "http://127.0.0.1:1"
    assert "vni" not in live_changes.WANTED["bonding_spaces"][1]["vxlan"]


def test_the_seeds_have_the_inventory_s_instances() -> None:
    cloud = yaml.safe_load((live_changes.SEEDS / "aws.yml").read_text())
    server = yaml.safe_load((live_changes.SEEDS / "bondingadmin.yml").read_text())
    assert {one["tags"]["Name"]: one["id"] for one in cloud["instances"]} == live_changes.INSTANCES
    assert {one["ip"]: one["name"] for one in server["aggregators"]} == {
        one["public_ip"]: one["tags"]["Name"] for one in cloud["instances"]
    }
