# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of follow_table.py: the steps of a situation, the run, and the judgement of both sides."""

from __future__ import annotations

import pathlib
import sys

from tests.faults.recording import doubled, prefixes
from tests.playbooks.comparing import comparable
from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

from .follow_table import KEPT, REACHED, Row

BONDS = {17: "bond-17", 18: "bond-18", 19: "bond-19", 20: "bond-20"}
ADDRESSES_OF_AN_INTERFACE = 10
HOST_PARTS = ["attach", "checks", "converge", "firewall", "masquerade", "return_routes"]
"""All parts of the host configuration."""


def small_network() -> Json:
    """Return variables of a managed mesh without a VPC, and of the unmanaged space with its gateway on agg3."""
    variables = demo_variables()
    acme, _globex, initech = variables["bonding_spaces"]
    for name in ("vpc", "gateways"):
        del acme[name]
    variables["bonding_spaces"] = [acme, initech]
    entries = variables["bonding_cpe_nat_ips"]
    variables["bonding_cpe_nat_ips"] = [entries[0], *entries[2:5]]
    return variables


def instance_of(host: str) -> str:
    """Return the instance of a host."""
    return str(demo_hosts()[host]["aws_instance_id"])


def interfaces(site: Site) -> dict[str, str]:
    """Return the host of each primary network interface that exists, by the interface's id."""
    hosts = {one["aws_instance_id"]: name for name, one in demo_hosts().items()}
    return {
        one["NetworkInterfaceId"]: hosts[machine["InstanceId"]]
        for group in site.ec2().describe_instances()["Reservations"]
        for machine in group["Instances"]
        for one in machine["NetworkInterfaces"]
        if one["Attachment"]["DeviceIndex"] == 0
    }


def take(site: Site, step: tuple[str, ...]) -> None:
    """Let a step of a row happen."""
    verb, *given = step
    ec2 = site.ec2()
    if verb == "move":
        site.server.control("POST", "move", {"bond": int(given[0]), "aggregator": given[1]})
    elif verb == "hang":  # EC2 says "running"; SSH does not reach the host, by the row's hosts
        site.server.control("POST", "status", {"aggregator": given[0], "status": "down"})
    elif verb == "stop":
        ec2.stop_instances(InstanceIds=[instance_of(given[0])])
    elif verb == "terminate":
        ec2.terminate_instances(InstanceIds=[instance_of(given[0])])
    elif verb == "fill":
        primary = next(key for key, host in interfaces(site).items() if host == given[0])
        (found,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[primary])["NetworkInterfaces"]
        room = ADDRESSES_OF_AN_INTERFACE - len(found["PrivateIpAddresses"])
        ec2.assign_private_ip_addresses(NetworkInterfaceId=primary, SecondaryPrivateIpAddressCount=room)
    elif verb == "follow":
        must_pass(site.run("follow_bonds", extra={"bonding_follow_bonds": [int(one) for one in given]}))
    elif verb == "evacuate":
        must_pass(site.run("evacuate", extra={"bonding_evacuate": given[0]}))
    else:
        raise AssertionError(f"no step {verb}")


def must_pass(outcome: Outcome) -> None:
    assert outcome.code == 0, outcome.output


def entries_of(row: Row, variables: Json) -> Json:
    """Return the network's variables with the row's options of entries."""
    entries = [
        {**one, **row.entries.get(number, {})}
        for one, number in zip(variables["bonding_cpe_nat_ips"], BONDS, strict=True)
    ]
    return {**variables, "bonding_cpe_nat_ips": entries}


def managed(kind: str, scratch: pathlib.Path) -> Json:
    """Return variables of a managed host: this machine, on which nothing is installed, or none that SSH reaches."""
    if kind == REACHED:
        here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        nowhere = {"aggregator_host_directory": "/etc/bonded-internet-not-installed"}
        return {"bonding_manage_hosts": True, "bonding_host_skip": HOST_PARTS, **here, **nowhere}
    ssh = scratch / "ssh"
    ssh.write_text("#!/bin/sh\necho no route >&2\nexit 255\n", encoding="utf-8")
    ssh.chmod(0o755)
    return {"bonding_manage_hosts": True, "ansible_connection": "ssh", "ansible_ssh_executable": str(ssh)}


def with_entries(row: Row, network: Site, variables: Json) -> Site:
    """Return the stand-ins with an inventory that has the row's options of entries, and its managed hosts."""
    hosts = demo_hosts()
    for name, kind in row.hosts.items():
        hosts[name] |= managed(kind, network.scratch)
    return network.write_inventory("followed", hosts, entries_of(row, variables))


def check_bonds(site: Site) -> None:
    """Each bond translates to the private address that its Elastic IP has, and to no other."""
    addresses = site.ours("addresses")
    for number, key in BONDS.items():
        private = addresses[f"cpe-nat/{key}"]["private_ip"]
        if private is not None:
            assert [one["ip"] for one in site.bond(number)["cpe_nat_ips"]] == [private], key


def check_ends(row: Row, site: Site, before: dict[str, Json], lost: dict[str, Json]) -> None:
    """Compare both sides with a row.

    :param before: Elastic IPs before the row's steps
    :param lost: Elastic IPs after the steps, before the run
    """
    after, hosts = site.ours("addresses"), interfaces(site)
    for key, (host, private, tag) in row.ends.items():
        was, now = before[f"cpe-nat/{key}"], after[f"cpe-nat/{key}"]
        assert now["allocation_id"] == was["allocation_id"]
        place = now["network_interface_id"] or lost[f"cpe-nat/{key}"]["tags"]["bonded.internet/interface"]
        assert hosts.get(place) == host, key
        assert (now["private_ip"] == was["private_ip"]) == (private == KEPT), key
        assert now["tags"].get("bonded.internet/followed_from") == tag, key
        assert "bonded.internet/moving_from" not in now["tags"]
    unchanged = [key for key in after if key not in {f"cpe-nat/{name}" for name in row.ends} and "cpe-nat" in key]
    assert {key: after[key] for key in unchanged} == {key: lost[key] for key in unchanged}
    check_bonds(site)


def judge_row(row: Row, network: Site, variables: Json) -> None:
    """Let the row's steps happen, answer them by its run, and compare both sides with the row.

    The run has the rights of docs/ and no more; check mode comes before.
    """
    site = with_entries(row, network, variables)
    before = network.ours("addresses")
    for step in row.steps:
        take(site, step)
    lost = site.ours("addresses")
    site.grant([policy("read"), policy("change")])
    checked = site.run(row.run[0], "--check", extra=row.run[1])
    assert checked.writes == []
    outcome = site.run(row.run[0], extra=row.run[1])
    assert outcome.code == row.code, outcome.output
    assert row.says in outcome.said, outcome.said
    if row.code == 0:
        assert len(checked.plan["plan"]) == len(outcome.plan["plan"])
    check_ends(row, site, before, lost)
    again = site.run(row.run[0], extra=row.run[1])
    assert (again.code, again.writes) == (row.code, [])
    if row.code == 0:
        whole = site.run("site")
        assert (whole.code, whole.writes) == (0, []), whole.output


def judge_killed_runs(row: Row, network: Site, variables: Json) -> None:
    """Run a row's command again from the state after each of its writes, and require the same end."""
    site, sides = with_entries(row, network, variables), (network.server, network.cloud)
    for step in row.steps:
        take(site, step)
    for side in sides:
        side.begin_history()
    playbook, extra = row.run
    must_pass(site.run(playbook, extra=extra))
    states = prefixes(site.server.history(), site.cloud.history())
    assert len(states) > 2, "the row writes too little to be killed between two writes"
    end = [comparable(side.state()) for side in sides]
    for state in states[1:-1]:
        site.server.load(f"write-{state.server}")
        site.cloud.load(f"write-{state.cloud}")
        must_pass(site.run(playbook, extra=extra))
        assert doubled(site.server.state(), site.cloud.state()) == [], state.last
        assert [comparable(side.state()) for side in sides] == end, state.last
    for side in sides:
        side.end_history()
