# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin reads 1,000 aggregators and 2,000 instances by lists, in little more than these take."""

from __future__ import annotations

import ipaddress
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from lab.process import Running
from tests.playbooks.running import Site
from tests.playbooks.site.test_live_inventory import LIVE, ansible_inventory

AGGREGATORS, INSTANCES = 1000, 2000
RUNS = 3
BARE = """
import sys
import boto3, requests
url, aws, pages = sys.argv[1], sys.argv[2], sys.argv[3:]
session = requests.Session()
session.auth = ("automation@example.com", "demo-password")
found = [session.get(url + page).json() for page in pages]
keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
ec2 = boto3.client("ec2", region_name="eu-central-1", endpoint_url=aws, **keys)
pages = ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 1000})
print(sum(len(one["Instances"]) for page in pages for one in page["Reservations"]))
"""
"""The same requests without an inventory."""


def public(number: int) -> str:
    """Return the public address of an aggregator."""
    return str(ipaddress.IPv4Address("198.18.0.1") + number)


def seeds(folder: pathlib.Path) -> None:
    """Write the seeds of both stand-ins."""
    user = {"email": "automation@example.com", "password": "demo-password", "space": "main", "permissions": ["view_*"]}
    place = {"space": "main", "routing_group": "all", "version": "6.6.1", "status": "up"}
    server: dict[str, Any] = {
        "users": [user],
        "spaces": [{"id": 1, "key": "main", "name": "Main"}],
        "routing_groups": [{"id": 1, "name": "all"}],
        "aggregators": [{"id": n + 1, "name": f"agg{n}", "ip": public(n), **place} for n in range(AGGREGATORS)],
    }
    subnet = {"id": "subnet-0b000000000000001", "vpc": "vpc-0b000000000000001", "cidr": "10.1.0.0/20"}
    instances = [
        {
            "id": f"i-{n + 1:017x}",
            "type": "c5.large",
            "subnet": subnet["id"],
            "private_ip": str(ipaddress.IPv4Address("10.1.0.10") + n),
            "interface_id": f"eni-{n + 1:017x}",
            **({"public_ip": public(n)} if n < AGGREGATORS else {}),
        }
        for n in range(INSTANCES)
    ]
    cloud = {
        "region": "eu-central-1",
        "vpcs": [{"id": subnet["vpc"], "cidr": "10.1.0.0/16", "internet_gateway": True}],
        "subnets": [{**subnet, "zone": "eu-central-1a"}],
        "instances": instances,
    }
    for name, seed in (("server", server), ("cloud", cloud)):
        (folder / f"{name}.yml").write_text(yaml.safe_dump(seed, sort_keys=False), encoding="utf-8")


def seconds(run: Callable[[], object]) -> float:
    """Return the median of the seconds that some runs take."""
    taken = []
    for _number in range(RUNS):
        began = time.monotonic()
        run()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def test_a_thousand_aggregators_are_read_by_lists(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds(tmp_path)
    source = tmp_path / "demo.bonding.yml"
    shutil.copy(LIVE / source.name, source)
    with (
        Running("lab.bondingadmin", "--db", tmp_path / "server.db", "--seed", tmp_path / "server.yml") as server,
        Running("lab.aws", "--seed", tmp_path / "cloud.yml") as cloud,
    ):
        site = Site(server, cloud, tmp_path)
        done = ansible_inventory(site, tmp_path, "-i", source, "--list", "--export")
        assert done.returncode == 0, done.stderr
        listed = json.loads(done.stdout)
        assert len(listed["aggregators"]["hosts"]) == AGGREGATORS
        assert listed["_meta"]["hostvars"]["agg999"]["aws_instance_id"] == {"__ansible_unsafe": f"i-{AGGREGATORS:017x}"}
        asked = [entry["path"] + (f"?{entry['query']}" if entry["query"] else "") for entry in server.log()]
        assert {page.rpartition("/v4/")[2].partition("?")[0] for page in asked} == {
            "aggregators/",
            "bonds/",
            "routing_groups/",
        }
        assert Counter(entry["action"] for entry in cloud.log()) == {"DescribeInstances": INSTANCES // 1000}
        empty = tmp_path / "empty.yml"
        empty.write_text("aggregators: {hosts: {}}\n", encoding="utf-8")

        def bare() -> None:
            words = [sys.executable, "-c", BARE, server.url, cloud.url, *asked]
            done = subprocess.run(words, env=os.environ, capture_output=True, text=True, check=True)
            assert done.stdout.strip() == str(INSTANCES)

        plugin = seconds(lambda: ansible_inventory(site, tmp_path, "-i", source, "--list", "--export"))
        start = seconds(lambda: ansible_inventory(site, tmp_path, "-i", empty, "--list", "--export"))
        least = seconds(bare)
    with capsys.disabled():
        print(f"\n{plugin:.2f} s; bare requests {least:.2f} s, ansible-inventory with an empty inventory {start:.2f} s")
    assert plugin - start <= 1.5 * least
