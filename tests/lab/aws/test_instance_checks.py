# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Status checks of instances: passed, impaired on demand, and passed again on other hardware."""

from __future__ import annotations

from typing import Any

import pytest

from lab.process import LabError

from .conftest import Lab

FIRST, SECOND = "i-0a000001", "i-0a000002"
REBOOT = {"code": "system-reboot", "description": "The host is maintained.", "not_before": "2026-12-01T02:00:00+00:00"}


def statuses(lab: Lab) -> dict[str, tuple[str, str]]:
    listed = lab.ec2.describe_instance_status()["InstanceStatuses"]
    return {one["InstanceId"]: (one["InstanceStatus"]["Status"], one["SystemStatus"]["Status"]) for one in listed}


def test_checks_are_passed_until_they_are_impaired(lab: Lab) -> None:
    assert set(statuses(lab).values()) == {("ok", "ok")}
    lab.server.control("POST", "checks", {FIRST: {"system": "impaired", "events": [REBOOT]}})
    lab.server.control("POST", "checks", {SECOND: {"instance": "insufficient-data"}})
    found = statuses(lab)
    assert (found.pop(FIRST), found.pop(SECOND)) == (("ok", "impaired"), ("insufficient-data", "ok"))
    assert set(found.values()) == {("ok", "ok")}
    (one,) = lab.ec2.describe_instance_status(InstanceIds=[FIRST])["InstanceStatuses"]
    assert one["SystemStatus"]["Details"] == [{"Name": "reachability", "Status": "failed"}]
    (event,) = one["Events"]
    assert (event["Code"], event["Description"]) == ("system-reboot", "The host is maintained.")
    assert event["NotBefore"].isoformat() == "2026-12-01T02:00:00+00:00"


def test_a_stop_and_a_start_bring_it_to_other_hardware(lab: Lab) -> None:
    lab.server.control("POST", "checks", {FIRST: {"system": "impaired", "events": [REBOOT]}})
    lab.ec2.stop_instances(InstanceIds=[FIRST])
    assert FIRST not in statuses(lab)
    lab.ec2.start_instances(InstanceIds=[FIRST])
    assert statuses(lab)[FIRST] == ("ok", "ok")


def test_a_copy_has_the_checks(lab: Lab) -> None:
    lab.server.control("POST", "checks", {FIRST: {"instance": "impaired"}})
    lab.server.save("impaired")
    lab.server.reset()
    assert statuses(lab)[FIRST] == ("ok", "ok")
    lab.server.load("impaired")
    assert statuses(lab)[FIRST] == ("impaired", "ok")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([], "an object is wanted"),
        ({"i-9": {}}, "there is no instance 'i-9'"),
        ({FIRST: {"sistem": "impaired"}}, "expected some of instance, system and events"),
        ({FIRST: {"system": "broken"}}, "is none of ok, impaired"),
        ({FIRST: {"events": [{"code": "reboot"}]}}, "a code is wanted"),
        ({FIRST: {"events": [{"code": "system-reboot", "not_before": "soon"}]}}, "not_before is no time"),
    ],
)
def test_checks_that_cannot_be_are_refused_and_change_nothing(lab: Lab, given: Any, text: str) -> None:
    with pytest.raises(LabError) as error:
        lab.server.control("POST", "checks", given)
    assert text in str(error.value)
    assert set(statuses(lab).values()) == {("ok", "ok")}
