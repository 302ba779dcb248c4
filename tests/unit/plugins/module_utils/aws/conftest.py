# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account with two aggregators, and time that does not pass."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws import client as _ec2
from ansible_collections.bonded.internet.plugins.module_utils._aws import creation as once
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat import elastic_ips as cpe_nat_elastic
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2

NETWORK = "prod"


class Clock:
    """In the place of the module `time`: sleeping takes no time, but moves the clock. `slept`: seconds, in order."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def monotonic(self) -> float:
        return sum(self.slept)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that does not pass while the engine waits."""
    fake = Clock()
    for module in (_ec2, cpe_nat_elastic, once):
        monkeypatch.setattr(module, "time", fake)
    return fake


@pytest.fixture
def ec2() -> FakeEc2:
    """eni-a1 and eni-a2 in one subnet, eni-b in another, each an aggregator's primary interface, at most 6 addresses.

    With things of others: a secondary address without an Elastic IP, and an Elastic IP without our tag.
    """
    fake = FakeEc2()
    fake.add_subnet("subnet-a", "10.0.1.0/24")
    fake.add_subnet("subnet-b", "10.0.2.0/24")
    fake.add_interface("eni-a1", "subnet-a", "10.0.1.10", "i-a1")
    fake.add_interface("eni-a2", "subnet-a", "10.0.1.20", "i-a2")
    fake.add_interface("eni-b", "subnet-b", "10.0.2.10", "i-b")
    fake.add_secondary("eni-a1", "10.0.1.77")
    fake.add_address("eipalloc-foreign", "203.0.113.9")
    return fake


def options(*entries: dict[str, Any], **others: Any) -> dict[str, Any]:
    """The module's options with these entries."""
    return {"network": NETWORK, "state": "present", "entries": list(entries), **others}


def entry(key: str, interface_id: str = "eni-a1", **others: Any) -> dict[str, Any]:
    """One entry of the option."""
    return {"key": key, "interface_id": interface_id, **others}
