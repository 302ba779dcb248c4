# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of others on the management server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.audit.bystanders import find_bystanders
from ansible_collections.bonded.internet.plugins.module_utils._design.cpe_nat.entries import resolve_entries
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import (
    DesiredEntry,
    DesiredHost,
    DesiredNetwork,
    Report,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.names import tags
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Aggregator,
    Bond,
    Cloud,
    ElasticIp,
    Rule,
    SecurityGroup,
    Server,
)
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

ENTRY = DesiredEntry("17", "eth2", "192.168.17.1/24", "192.168.17.10")
NETWORK = DesiredNetwork("demo", (DesiredHost("agg1", "7"),), cpe_nat_ips=(ENTRY,))


def found(*cpe_nats: tuple[str, str]) -> list[tuple[str, str, str]]:
    server = Server(
        aggregators={7: Aggregator(7, "agg1", "203.0.113.11"), 8: Aggregator(8, "spare", "203.0.113.18")},
        bonds={17: Bond(17, "berlin", "acme", 7, None, 7)},
        bond_objects={17: [Object("cpe_nat_ip", "bonds/17", ip, {"ip": ip, "nat_ip": to}) for ip, to in cpe_nats]},
    )
    address = ElasticIp("eipalloc-1", "198.51.100.17", tags("demo", "cpe-nat/bond-17"), "eni-1", "10.1.0.17")
    entries = resolve_entries(NETWORK, server, Report())
    findings = find_bystanders(NETWORK, server, Cloud(addresses=[address]), entries)
    return [(one.kind, one.object, one.severity) for one in findings]


def test_an_aggregator_of_no_inventory_is_named_and_is_no_difference() -> None:
    assert found() == [("aggregator", "aggregators/8", "info")]


def test_a_second_cpe_nat_ip_to_the_destination_of_an_entry_is_an_error() -> None:
    own, other, second = ("10.1.0.17", "192.168.17.10"), ("10.1.0.18", "192.168.17.11"), ("10.1.0.19", "192.168.17.10")
    assert ("cpe_nat_ip", "bonds/17/10.1.0.19", "error") in found(own, other, second)
    assert len(found(own, other)) == 1


@pytest.mark.parametrize(
    ("rule", "is_named"),
    [
        (Rule("-1", None, None, "0.0.0.0/0"), True),
        (Rule("tcp", 0, 65535, "0.0.0.0/0"), True),
        (Rule("udp", 1, 65535, "0.0.0.0/0"), True),
        (Rule("tcp", 443, 443, "0.0.0.0/0"), False),
        (Rule("-1", None, None, "10.0.0.0/8"), False),
        (Rule("icmp", -1, -1, "0.0.0.0/0"), False),
        (Rule("-1", None, None, "::/0"), True),
        (Rule("tcp", 0, 65535, "::/0"), True),
        (Rule("tcp", 443, 443, "::/0"), False),
        (Rule("-1", None, None, "2001:db8::/32"), False),
    ],
)
def test_a_rule_of_others_that_lets_everybody_in_is_named_unless_the_group_does_so_itself(
    rule: Rule, is_named: bool
) -> None:
    own, key = frozenset({Rule("udp", 4789, 4789, "self")}), "sg/aggregators/vpc-1"
    group = SecurityGroup("sg-1", "vpc-1", tags("demo", key), own | {rule}, own)

    def named(one: SecurityGroup) -> list[str]:
        listed = find_bystanders(NETWORK, Server(), Cloud(groups={"sg-1": one}), ())
        return [found.object for found in listed if found.kind == "security_group_rule"]

    assert named(group) == ([f"{key}/{rule.label}"] if is_named else [])
    assert named(replace(group, own=group.rules)) == []
    assert named(replace(group, own=frozenset({replace(rule, protocol="-1", from_port=None, to_port=None)}))) == []
    assert named(replace(group, tags=tags("other", key))) == []


def test_a_group_that_lets_in_all_of_ipv4_by_itself_is_still_opened_by_a_rule_for_ipv6() -> None:
    own, opened = Rule("-1", None, None, "0.0.0.0/0"), Rule("-1", None, None, "::/0")
    group = SecurityGroup("sg-1", "vpc-1", tags("demo", "sg/cpe-nat/vpc-1"), frozenset({own, opened}), frozenset({own}))
    listed = find_bystanders(NETWORK, Server(), Cloud(groups={"sg-1": group}), ())
    assert [one.object for one in listed if one.kind == "security_group_rule"] == ["sg/cpe-nat/vpc-1/all from ::/0"]
