# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals: one clear error for each mistake, before the first change."""

from __future__ import annotations

import copy
import pathlib
import shutil

import pytest

from lab.process import Running
from tests.certificates import self_signed
from tests.playbooks.running import DEMO, INVENTORY, Json, Outcome, Site, demo_hosts, demo_variables


def refused(site: Site, outcome: Outcome, *texts: str) -> None:
    assert outcome.code != 0, outcome.output
    assert outcome.writes == []
    for text in texts:
        assert text in outcome.problems, outcome.problems
    assert "Nothing was changed" in outcome.problems


def test_a_host_that_is_gone_from_the_inventory_is_refused_by_name(built: Site) -> None:
    hosts = demo_hosts()
    del hosts["agg2"]
    site = built.write_inventory("gone", hosts, demo_variables())
    outcome = site.run("site")
    refused(site, outcome, "aggregator agg2 (id 12): no host of the inventory is this aggregator", "1 problem.")
    assert "bonding_decommissioned" not in outcome.problems


def test_a_preflight_failure_on_one_host_changes_nothing_on_any(empty: Site) -> None:
    hosts = demo_hosts()
    hosts["agg3"]["aws_instance_id"] = "i-0000000000000dead"
    site = empty.write_inventory("typo", hosts, demo_variables())
    for limit in ([], ["--limit", "agg1"]):
        refused(site, site.run("site", *limit), "agg3: AWS has no instance i-0000000000000dead")


def test_one_host_alone_is_looked_at_and_not_reached(empty: Site, tmp_path: pathlib.Path) -> None:
    """The others say bonding_manage_hosts: false. That nobody answers is a problem of the plan, beside its others."""
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\necho no route >&2\nexit 255\n", encoding="utf-8")
    ssh.chmod(0o755)
    hosts = demo_hosts()
    hosts["agg2"] |= {"bonding_manage_hosts": True, "ansible_connection": "ssh", "ansible_ssh_executable": str(ssh)}
    hosts["agg3"]["aws_instance_id"] = "i-0000000000000dead"
    outcome = empty.write_inventory("silent", hosts, demo_variables()).run("site")
    refused(empty, outcome, "agg2: the host cannot be read", "no route", "agg3: AWS has no instance")
    looked = [
        event["host"] for event in outcome.run.events if event["task"].startswith("Read the state of the aggregators")
    ]
    assert "agg2" in looked


def test_one_host_that_cannot_be_looked_at_ends_the_run_for_all(empty: Site) -> None:
    hosts = demo_hosts()
    python = {"ansible_connection": "local", "ansible_python_interpreter": "/nowhere/python"}
    hosts["agg2"] |= {"bonding_manage_hosts": True, **python}
    outcome = empty.write_inventory("pythonless", hosts, demo_variables()).run("site")
    assert (outcome.code, outcome.server, outcome.aws) == (2, [], []), outcome.output
    assert "interpreter" in outcome.problems  # the words differ between versions of Ansible


def test_all_the_errors_of_an_inventory_come_at_once_before_the_first_change(empty: Site) -> None:
    hosts, variables = copy.deepcopy(demo_hosts()), copy.deepcopy(demo_variables())
    hosts["agg2"]["bonding_aggregator"] = "agg22"
    acme, globex, initech = variables["bonding_spaces"]
    acme["vxlan"]["vni"] = 10000012
    acme["gateways"][0]["interface"] = "ens5"
    globex["vxlan"]["subnet"] = "10.254.0.0/24"
    globex["vpc"]["cidr"] = "10.1.1.0/24"
    initech["private_wan"] = "private_wan_routers"
    initech["gateways"][0].update(egress="masquerade", networks=["0.0.0.0/0"])
    variables["bonding_spaces"].append({"key": "hooli", "private_wan": "managed_mesh"})
    entries = variables["bonding_cpe_nat_ips"]
    entries[0]["nat_ip"] = "192.168.18.10"
    entries[2]["bond"] = "acme-hanover"
    entries[4]["private_ip"] = "10.1.0.1"
    entries[5]["interface"] = "eth7"
    site = empty.write_inventory("wrong", hosts, variables)
    refused(
        site,
        site.run("site"),
        "agg2: bonding_aggregator: the server has no aggregator named 'agg22'",
        "the VNI 10000012 is also that of space acme",
        "interface 'ens5' is the aggregator's primary device",
        "the tunnel subnet 10.254.0.0/24 has no address for agg3 (1007)",
        "the VPC network 10.1.1.0/24 of space globex overlaps the aggregators' subnet 10.1.1.0/24",
        "private_wan_routers does not work on AWS",
        "networks: 0.0.0.0/0 with egress: masquerade",
        "space hooli: the server has no space with this key",
        "nat_ip 192.168.18.10 lies outside of its connected network 192.168.17.0/24",
        "the server has no bond named 'acme-hanover'",
        "private_ip 10.1.0.1 is reserved by AWS",
        "the bonder of bond 21 has no interface 'eth7'",
    )


def meet(site: Site) -> None:
    """Create a second Babel on acme's interfaces and a second default route on the server, as by hand."""
    common = {"space": f"{site.server.url}/api/v4/spaces/acme/", "enabled": True}
    babel = {"name": "babel_acme", "interfaces": [{"patterns": ["vx*"]}]}
    site.as_administrator("POST", "aggregators/7/babel_protocols/", common | babel)
    route = {"network": "0.0.0.0/0", "destination": "blackhole"}
    site.as_administrator("POST", "aggregators/12/static_protocols/", common | {"name": "gw_acme", "routes": [route]})


MET = (
    "agg1: the Babel protocol babel_acme of space acme runs on vx10000011",
    "(got babel_acme and demo_babel_11, expected demo_babel_11 alone)",
    "agg2: the static protocol gw_acme of space acme has a second route to 0.0.0.0/0 beside that of the gateway on",
    "2 problems",
)


def test_hand_made_protocols_that_meet_ours_are_refused_before_the_first_change(empty: Site) -> None:
    meet(empty)
    refused(empty, empty.run("site"), *MET)


def test_hand_made_protocols_that_meet_ours_are_refused_in_every_plan_and_not_in_a_teardown(built: Site) -> None:
    meet(built)
    refused(built, built.run("site"), *MET)
    gone = built.run("teardown", extra={"bonding_confirm_teardown": "demo"})
    assert gone.code == 0, gone.output
    left = {one["name"] for name in ("agg1", "agg2") for one in built.aggregator(name)["protocols"]}
    assert {"babel_acme", "gw_acme"} <= left


def test_variables_that_cannot_be_used_are_refused_together_before_anybody_is_asked(empty: Site) -> None:
    hosts, variables = copy.deepcopy(demo_hosts()), copy.deepcopy(demo_variables())
    hosts["agg3"]["bonding_vni_base"] = 5
    hosts["agg2"]["bonding_prune_elastic_ips"] = True
    variables |= {"bonding_cpenat_ips": [], "bonding_converge_seconds": "15s", "bonding_prune": "ja"}
    variables["bonding_spaces"][0]["gateways"][0]["egres"] = "none"
    outcome = empty.write_inventory("unreadable", hosts, variables).run("site")
    refused(
        empty,
        outcome,
        "bonding_vni_base: differs between the hosts agg1 and agg3 (got None and 5)",
        "bonding_prune_elastic_ips: differs between the hosts agg1 and agg2 (got None and True)",
        "bonding_cpenat_ips: this variable of agg1 is not known; did you mean 'bonding_cpe_nat_ips'?",
        "bonding_converge_seconds: got '15s', expected a whole number from 0 on.",
        "bonding_prune: got 'ja', expected true or false.",
        "bonding_spaces, space acme, gateways, gateway on agg1: the key 'egres' is not known; did you mean 'egress'?",
    )
    assert (outcome.server, outcome.aws) == ([], [])
    assert "6 problems" in outcome.problems


@pytest.mark.parametrize("value", [None, "", " "])
def test_a_surveys_empty_field_is_an_absent_variable(empty: Site, value: str | None) -> None:
    lists = ("bonding_spaces", "bonding_cpe_nat_ips", "bonding_decommissioned")
    names = (*lists, "bonding_bgp", "bonding_prune", "bonding_max_deletions")
    outcome = empty.run("site", "--check", extra=dict.fromkeys((*names, "bonding_converge_seconds"), value))
    assert outcome.code == 0, outcome.output
    assert {item["kind"] for item in outcome.plan["plan"]}.isdisjoint({"cpe_nat_ip", "bgp_protocol"})


def test_a_group_without_hosts_is_refused(empty: Site, tmp_path: pathlib.Path) -> None:
    site = Site(empty.server, empty.cloud, tmp_path, tmp_path / "inventory")
    site.inventory.write_text("agg1\nlocalhost\n", encoding="utf-8")
    outcome = site.run("site")
    assert outcome.code == 2
    assert "The group aggregators has no host in this inventory. Nothing was changed." in outcome.problems
    assert (outcome.server, outcome.aws) == ([], [])


def test_a_localhost_of_the_inventory_needs_no_connection(empty: Site, tmp_path: pathlib.Path) -> None:
    """A bare localhost in an inventory is reached by SSH, unless the tasks that run on the controller say otherwise."""
    folder = tmp_path / "inventory"
    shutil.copytree(INVENTORY, folder)
    (folder / "local.yml").write_text("all: {hosts: {localhost: {}}, vars: {ansible_become: true}}", encoding="utf-8")
    outcome = Site(empty.server, empty.cloud, tmp_path, folder).run("site", "--check", "-b")
    assert outcome.code == 0, outcome.output


CONNECTIONS: dict[str, tuple[Json, str]] = {
    "a wrong password": ({"bonding_api_password": "wrong"}, "user"),
    "an unreachable server": ({"bonding_api_url": "http://127.0.0.1:9"}, "127.0.0.1:9"),
    "an unreachable AWS": ({"aws_endpoint_url": "http://127.0.0.1:9"}, "127.0.0.1:9"),
}


@pytest.mark.parametrize(("extra", "text"), CONNECTIONS.values(), ids=CONNECTIONS.keys())
def test_a_side_that_cannot_be_read_is_one_clear_error(empty: Site, extra: Json, text: str) -> None:
    outcome = empty.run("site", extra=extra)
    refused(empty, outcome, text)
    assert "Traceback" not in outcome.output


def test_an_untrusted_certificate_is_one_clear_error_and_a_ca_file_cures_it(
    empty: Site, tmp_path: pathlib.Path
) -> None:
    pem = self_signed(tmp_path)
    seed = DEMO / "bondingadmin.yml"
    with Running("lab.bondingadmin", "--seed", seed, "--tls-cert", pem, "--tls-key", pem) as server:
        secure = Site(server, empty.cloud, tmp_path)
        refused(secure, secure.run("site"), "certificate", "ca_path")
        assert secure.run("site", "--check", extra={"bonding_api_ca_path": str(pem)}).code == 0
