# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups as they are read of DescribeSecurityGroups."""

from __future__ import annotations

from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.security_group import OURS, group_of
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Rule


def test_a_group_has_its_rules_for_ipv4_and_ipv6_and_of_ipv6_none_is_the_network_s() -> None:
    everything = {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": OURS}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}, {"CidrIpv6": "2001:db8::/32", "Description": OURS}],
    }
    found = group_of({"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [everything]})
    own = Rule("-1", None, None, "192.0.2.0/24")
    of_others = {Rule("-1", None, None, "::/0"), Rule("-1", None, None, "2001:db8::/32")}
    assert set(found.rules) == {own, *of_others}
    assert set(found.own) == {own}
