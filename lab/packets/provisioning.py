# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks in the stand-ins: from the seeds, by a run of site.yml, or as a copy of another scenario's network."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import yaml

from lab.demo.playbook import INVENTORY, Outcome, run_playbook
from lab.process import ROOT, LabError, Running, stand_ins

from . import expected
from .lab import FOLDER
from .report import say

StandIns = tuple[Running, Running]
"""The management server's and AWS's, which run."""
DATABASE = FOLDER / "server.sqlite"
DEMO = ROOT / "lab" / "demo"
AGGREGATORS = "sg-0d00000000000a901"
"""The group of the aggregators' first interfaces."""
COPY = "built"
PATIENCE = 180.0
"""Seconds that a stand-in may take to start: on a busy machine many programs start at once."""
_LENGTH = 8


def account() -> dict[str, Any]:
    """The demonstration's seed of AWS (docs/lab-aws.md), with a group for the aggregators, as an operator has one.

    It admits VXLAN from the group itself and, since the server's managed mesh hairpins, from the aggregators' public
    addresses; pages (TCP 80) and echoes (UDP 7, ICMP) from everywhere, on the aggregators' own addresses too: a group
    is an interface's, not an address's.
    """
    seed: dict[str, Any] = yaml.safe_load((DEMO / "aws.yml").read_text())
    public = [
        {"protocol": "udp", "from_port": 4789, "to_port": 4789, "cidr": f"{one['public_ip']}/32"}
        for one in seed["instances"]
    ]
    ingress = [
        {"protocol": "udp", "from_port": 4789, "to_port": 4789, "group": AGGREGATORS},
        *public,
        {"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr": "0.0.0.0/0"},
        {"protocol": "udp", "from_port": 7, "to_port": 7, "cidr": "0.0.0.0/0"},
        {"protocol": "icmp", "from_port": -1, "to_port": -1, "cidr": "0.0.0.0/0"},
    ]
    vpc = seed["vpcs"][0]["id"]
    seed["security_groups"] = [{"id": AGGREGATORS, "vpc": vpc, "name": "aggregators", "ingress": ingress}]
    for instance in seed["instances"]:
        instance["security_groups"] = [AGGREGATORS]
    return seed


def seeded() -> contextlib.AbstractContextManager[StandIns]:
    """The demonstration's stand-ins, before any run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copy(DEMO / "bondingadmin.yml", FOLDER)
    (FOLDER / "aws.yml").write_text(yaml.safe_dump(account()))
    return stand_ins(FOLDER, server=("--db", str(DATABASE)), aws=("--copies", str(FOLDER)), timeout=PATIENCE)


@contextlib.contextmanager
def demonstration() -> Iterator[StandIns]:
    """Run site.yml on the demonstration's stand-ins. Raises LabError with its last lines if it fails."""
    with seeded() as (server, aws):
        where = {"bonding_api_url": server.url, "aws_endpoint_url": aws.url}
        made(run_playbook("site.yml", extra=where, warmed=True))
        yield server, aws


def wanted() -> expected.Wanted:
    """Return the checks of the demonstration's network, by its inventory and the bonds of its seed."""
    hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text())["aggregators"]["hosts"]
    variables = yaml.safe_load((INVENTORY / "group_vars" / "aggregators.yml").read_text())
    bonds = yaml.safe_load((DEMO / "bondingadmin.yml").read_text())["bonds"]
    return expected.of_inventory(hosts, variables, bonds)


@contextlib.contextmanager
def direct() -> Iterator[StandIns]:
    """Two aggregators of the demonstration in one subnet, two of its public addresses, and `direct` BGP.

    And globex, whose VPC has IPv6: its gateway has a NAT gateway here, and so IPv6 an egress-only internet gateway.
    """
    with seeded() as (server, aws):
        hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text())["aggregators"]["hosts"]
        variables = yaml.safe_load((INVENTORY / "group_vars" / "aggregators.yml").read_text())
        globex = next(space for space in variables["bonding_spaces"] if space["key"] == "globex")
        # Not all of its bonds' aggregators are here, and nothing asks for its LANs.
        del globex["vxlan"]
        globex["gateways"] = [{**globex["gateways"][0], "egress": "nat_gateway", "interface": "ens6"}]
        variables |= {
            "bonding_api_url": server.url,
            "aws_endpoint_url": aws.url,
            "bonding_spaces": [globex],
            "bonding_cpe_nat_ips": [one for one in variables["bonding_cpe_nat_ips"] if one["bond"] in (17, 20)],
            "bonding_bgp": {"asn": 64512, "mode": "direct"},
            # What it is about is the clients' packets, which come to one aggregator and leave by another.
            "bonding_security_groups": True,
        }
        kept = {name: given for name, given in hosts.items() if name != "agg2"}
        path = FOLDER / "hosts.yml"
        path.write_text(yaml.safe_dump({"aggregators": {"hosts": kept, "vars": variables}}))
        made(run_playbook("site.yml", inventory=path, warmed=True))
        yield server, aws


def made(outcome: Outcome) -> None:
    """Return the time of the run that makes a scenario's network. Raises LabError with its last lines if it failed."""
    if outcome.rc:
        tail = "\n".join(outcome.stdout.splitlines()[-30:])
        raise LabError(f"site.yml ended with exit code {outcome.rc}\n{tail}")
    say(f"  site.yml made the network in {outcome.seconds:.1f} s")


def give(descriptor: int, server: Running, aws: Running) -> None:
    """Write what both stand-ins hold to a pipe that `taken` reads in another scenario, and close it."""
    aws.save(COPY)
    # Whoever does not read any more has ended, and said why.
    with contextlib.suppress(BrokenPipeError), open(descriptor, "wb") as pipe:
        for path in (DATABASE, FOLDER / COPY):
            content = path.read_bytes()
            pipe.write(len(content).to_bytes(_LENGTH, "big") + content)


@contextlib.contextmanager
def taken(descriptor: int) -> Iterator[StandIns]:
    """Stand-ins that hold what another scenario gives, started once it has. Raises LabError if it gives nothing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(descriptor, "rb") as pipe:
        for path in (DATABASE, FOLDER / COPY):
            length = int.from_bytes(pipe.read(_LENGTH), "big")
            content = pipe.read(length)
            if not length or len(content) < length:
                raise LabError("the scenario whose network this one takes over has not built it")
            path.write_bytes(content)
    with seeded() as (server, aws):
        aws.load(COPY)
        yield server, aws
