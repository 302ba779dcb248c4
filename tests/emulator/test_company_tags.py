# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account that refuses every creation without its own tag lets our engines create what they are given it for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws import owned
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat import module as cpe_nat
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources import security_group as security
from lab.process import Running
from tests.playbooks.company import REFUSED, WITH_THE_TAG
from tests.unit.plugins.module_utils.aws.conftest import entry, options

from .conftest import A1
from .test_owned import KINDS
from .test_owned import options as owned_options

TAGS = {"CostCenter": "4711", "bonded.internet/network": "another"}
"""Ours among them count for nothing."""
GROUP = "sg/aggregators/vpc-00000001"
RULE = {"protocol": "udp", "from_port": 4789, "to_port": 4789, "source": "self"}


def group(**more: Any) -> dict[str, Any]:
    return {"network": "prod", "groups": [{"key": GROUP, "vpc_id": "vpc-00000001", "rules": [RULE], **more}]}


Step = Callable[[Any, dict[str, Any]], Any]
STEPS: dict[str, Step] = {
    **{
        kind: lambda client, tags, kind=kind: owned.run(client, owned_options(kind, **tags), False)  # type: ignore[misc]
        for kind in KINDS
    },
    "security_group": lambda client, tags: security.apply_changes(client, group(**tags), False),
    "cpe_nat": lambda client, tags: cpe_nat.run(client, options(entry("bond-17", A1, **tags)), False),
}
LISTS = (
    "addresses",
    "egress_only_internet_gateways",
    "internet_gateways",
    "network_interfaces",
    "route_tables",
    "vpcs",
    "security_groups",
)


def owned_by_network(state: dict[str, Any]) -> list[dict[str, str]]:
    """The tags of the network's objects."""
    every = [one["tags"] for name in LISTS for one in state[name]]
    return [tags for tags in every if tags.get("bonded.internet/network") == "prod"]


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_creation_has_the_tag_in_its_call(aws: Running, client: Any, step: Step) -> None:
    aws.control("POST", "policies", {"any": [WITH_THE_TAG]})
    before = aws.state()
    with pytest.raises(Exception, match=REFUSED):
        step(client, {})
    assert aws.state() == before
    step(client, {"tags": TAGS})
    known = owned_by_network(before)
    (tags,) = [one for one in owned_by_network(aws.state()) if one not in known]
    assert tags["CostCenter"] == "4711" and "another" not in tags.values()
    aws.control("DELETE", "policies")
