# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settling: until a host has its devices and its tunnel peers answer, and no longer."""

from __future__ import annotations

import pathlib
import threading
from typing import Any

from lab.demo.playbook import Outcome, run_playbook

from .conftest import ENVIRONMENT, Aggregator
from .packets import ip

EXPECTED = {"device": "vx10000011", "addresses": ["10.254.0.7"], "peers": ["10.254.0.7"]}


def settle(aggregator: Aggregator, tries: int) -> Outcome:
    work: dict[str, Any] = {"host_config": {"agg1": {}}, "expect": {"agg1": {"add": [EXPECTED]}}}
    inventory = {
        "network": "demo",
        "converge_tries": tries,
        "converge_delay": 2,
        "converge_seconds": 0,
        "hosts": {"agg1": {"host_skip": []}},
    }
    given = {"bonding_plan": {"work": work}, "bonding_inventory": inventory}
    return run_playbook(
        pathlib.Path(__file__).parent / "converge.yml",
        inventory=aggregator.inventory,
        extra={"bonding_converge_phase": "add", **given},
        env=ENVIRONMENT,
    )


def test_a_host_is_asked_until_it_has_everything(aggregator: Aggregator) -> None:
    namespace = aggregator.host.namespace
    late = settle(aggregator, 1)
    assert late.rc != 0
    assert late.failures == ["Not as expected: there is no device vx10000011."]

    ip(namespace, "link add vx10000011 type vxlan id 10000011 dstport 4789 local 127.0.0.1", "link set vx10000011 up")
    timer = threading.Timer(4, ip, (namespace, "addr add 10.254.0.7/20 dev vx10000011"))
    timer.start()
    settled = settle(aggregator, 30)
    timer.join()
    assert settled.rc == 0, settled.stdout
    assert [event["outcome"] for event in settled.events if "Wait for routing" in event["task"]] == ["skipped"]
