# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries for CPE NAT IPs drawn at random: what the plan accepts, the engines accept."""

from __future__ import annotations

import random
from typing import Any

from tests.unit.plugins.module_utils.design.test_cpe_nat_entries import engines_refuse, full_world, work_of

GOOD: dict[str, list[Any]] = {
    "bond": ["17", "17", "18", "acme-hamburg"],
    "name": [None, None, "mail", "old", "web 1"],
    "nat_ip": ["192.168.17.10", "192.168.17.11", "192.168.17.12"],
    "private_ip": [None, None, None, "10.1.0.70", "10.1.0.71", "10.1.1.70", "10.1.0.50"],
    "public_ip": [None, None, None, "198.51.100.4"],
    "reverse_dns": [None, None, "", "mail.example.com", "Mail.Example.com."],
    "pool": [None, None, "ipv4pool-ec2-0123456789abcdef0"],
    "aggregator": [None, None, "agg1", "agg2", "agg3"],
    "interface": ["eth1"],
    "connected_ip": ["192.168.17.1/24", "192.168.17.1/255.255.255.0", "192.168.16.9/23"],
    "include_private_wan": [None, True, False],
}
BAD: dict[str, list[Any]] = {
    "bond": ["99", "²", "nobody"],
    "name": ["bücher", "a\nb", "a/b", "a" * 201, "-a", " a", "bond-17", "bond-18"],
    "nat_ip": ["192.168.17.0", "192.168.17.255", "192.168.17.1", "192.168.19.1", "x", "::1", "192.168.17.9/24"],
    "private_ip": ["10.1.0.11", "10.1.0.60", "10.1.0.3", "10.1.0.255", "10.9.9.9", "x", "10.1.0.70/24", "::1"],
    "public_ip": ["1.2.3.4", "bastion", "198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.5", "198.51.100.6"],
    "reverse_dns": ["a b", "a..b", "-a.example.com", "mail", "x" * 64 + ".example.com", "a.example.com\n"],
    "pool": ["x", "ipv4pool-ec2-", "amazon"],
    "aggregator": ["agg9"],
    "interface": ["eth9"],
    "connected_ip": ["192.168.17.0/24", "192.168.17.1", "192.168.17.10/31", "192.168.17.10/32", "8.8.8.1/24", "x"],
    "include_private_wan": [],
}


def test_whatever_the_plan_accepts_the_engines_accept() -> None:
    """Seeded, so that a failure comes again; most lists have something wrong, and hundreds have nothing."""
    dice = random.Random(13)
    accepted, refused = 0, 0
    world = full_world()
    for _round in range(1500):
        entries = []
        for _number in range(dice.choice((1, 1, 2, 3))):
            bad = {name for name in GOOD if BAD[name] and dice.random() < 0.04}
            one = {name: dice.choice(BAD[name] if name in bad else GOOD[name]) for name in GOOD}
            entries.append({name: value for name, value in one.items() if value is not None})
        world.plan(cpe_nat_ips=entries)
        if world.report.problems:
            refused += 1
            continue
        accepted += 1
        assert engines_refuse(work_of(world), world.cloud) == [], entries
    assert accepted > 200, accepted
    assert refused > 200, refused
