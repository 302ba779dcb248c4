# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook audit.yml on the small network: its exit code, its files, and what it asks of both sides."""

from __future__ import annotations

import json
import pathlib
import sys

import pytest

from tests.playbooks.rights import policy, without
from tests.playbooks.running import Json, Outcome, Site, demo_hosts

VIEWER = {"bonding_api_username": "viewer@example.com", "bonding_api_password": "viewer-password"}


@pytest.fixture
def clean(network: Site) -> Site:
    """The small network, with each bond where its address is."""
    network.server.control("POST", "move", {"bond": 19, "aggregator": "agg1"})
    return network


def files(folder: pathlib.Path) -> Json:
    return {"bonding_audit_file": str(folder / "audit.json"), "bonding_audit_metrics": str(folder / "bonding.prom")}


def read(folder: pathlib.Path) -> Json:
    found: Json = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    return found


def status_in_metrics(folder: pathlib.Path) -> list[str]:
    lines = (folder / "bonding.prom").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "# EOF"
    return [line.split('"')[3] for line in lines if line.startswith("bonding_audit_status") and line.endswith(" 1")]


def audit(site: Site, folder: pathlib.Path, *arguments: str, **more: str) -> Outcome:
    outcome = site.run("audit", *arguments, extra={**files(folder), **more})
    assert outcome.writes == []
    assert status_in_metrics(folder) == [read(folder)["status"]]
    return outcome


def test_a_clean_network_is_clean_with_the_rights_to_look(clean: Site, tmp_path: pathlib.Path) -> None:
    clean.grant([policy("read")])
    outcome = audit(clean, tmp_path, **VIEWER)
    assert outcome.code == 0, outcome.output
    assert read(tmp_path)["status"] == "clean"
    assert read(tmp_path)["counts"] | {"info": 0} == {"error": 0, "warning": 0, "info": 0}


def test_a_difference_is_drift_and_known_in_the_next_audit(clean: Site, tmp_path: pathlib.Path) -> None:
    assert audit(clean, tmp_path).code == 0
    first = read(tmp_path)
    clean.as_administrator("PATCH", "spaces/initech/", {"private_wan_enabled": False})
    outcome = audit(clean, tmp_path)
    assert outcome.code == 2
    assert "Audit of demo: drift" in outcome.problems
    second = read(tmp_path)
    (found,) = [one for one in second["findings"] if one["severity"] == "error"]
    assert (found["kind"], found["object"], found["at_next_run"]) == ("space", "initech", "changed")
    assert second["compared"] == {"earlier": first["time"], "new": [found["id"]], "resolved": []}
    assert found["since"] == second["time"]
    kept = tmp_path / "kept.json"
    kept.write_text((tmp_path / "audit.json").read_text(encoding="utf-8"), encoding="utf-8")
    again = audit(clean, tmp_path, "--check", bonding_audit_earlier=str(kept))
    assert again.code == 2
    third = read(tmp_path)
    assert [one for one in third["findings"] if one["id"] == found["id"]] == [found]
    assert (third["compared"]["new"], third["compared"]["resolved"]) == ([], [])
    assert f"(since {second['time']})" in again.said
    clean.as_administrator("PATCH", "spaces/initech/", {"private_wan_enabled": True})
    assert audit(clean, tmp_path, "--limit", "agg2").code == 0  # an audit is about the whole network all the same
    assert [one["id"] for one in read(tmp_path)["compared"]["resolved"]] == [found["id"]]


def test_a_server_that_is_down_is_a_line_and_aws_is_judged(clean: Site, tmp_path: pathlib.Path) -> None:
    clean.ec2().stop_instances(InstanceIds=["i-0d00000000000a902"])
    clean.as_administrator("PATCH", "spaces/initech/", {"private_wan_enabled": False})
    assert audit(clean, tmp_path).code == 2
    first = {one["id"] for one in read(tmp_path)["findings"]}
    outcome = audit(clean, tmp_path, bonding_api_url="http://127.0.0.1:9")
    assert outcome.code == 2
    found = read(tmp_path)
    assert found["status"] == "incomplete"
    left = {one["id"] for one in found["unjudged"]}
    assert (left | {one["id"] for one in found["findings"]} >= first, found["compared"]["resolved"]) == (True, [])
    assert f"{len(left)} of that audit not judged" in " ".join(outcome.said.split())
    kinds = {(one["kind"], one["object"]) for one in found["findings"]}
    assert kinds == {("management_server", "management server"), ("instance", "agg2")}
    assert audit(clean, tmp_path).code == 2  # the server is back, and no difference is new
    compared = read(tmp_path)["compared"]
    assert (compared["new"], [one["kind"] for one in compared["resolved"]]) == ([], ["management_server"])


def test_a_region_without_rights_is_a_line(clean: Site, tmp_path: pathlib.Path) -> None:
    clean.server.control("POST", "status", {"aggregator": "agg3", "status": "down"})
    clean.grant([])
    outcome = audit(clean, tmp_path)
    assert outcome.code == 2
    found = read(tmp_path)
    assert found["status"] == "incomplete"
    assert {one["kind"] for one in found["findings"]} == {"aws", "aggregator"}


def test_a_right_that_only_an_audit_needs_is_a_line_and_all_else_is_judged(clean: Site, tmp_path: pathlib.Path) -> None:
    """A policy of an older version."""
    clean.server.control("POST", "status", {"aggregator": "agg3", "status": "down"})
    clean.grant(without([policy("read")], "DescribeInstanceStatus"))
    assert audit(clean, tmp_path).code == 2
    found = read(tmp_path)
    assert found["status"] == "incomplete"
    named = {(one["kind"], one["object"]): one["found"] for one in found["findings"] if one["severity"] != "info"}
    assert set(named) == {("aws", "the status checks of the instances"), ("aggregator", "agg3")}
    assert "ec2:DescribeInstanceStatus" in named["aws", "the status checks of the instances"]


def test_status_checks_cost_one_request(clean: Site, tmp_path: pathlib.Path) -> None:
    outcome = audit(clean, tmp_path)
    assert [entry["action"] for entry in outcome.aws].count("DescribeInstanceStatus") == 1


def test_an_inventory_that_is_refused_leaves_no_older_audit(clean: Site, tmp_path: pathlib.Path) -> None:
    assert audit(clean, tmp_path).code == 0
    outcome = audit(clean, tmp_path, bonding_spacez="[]")
    assert outcome.code == 2
    assert read(tmp_path)["status"] == "failed"
    assert "bonding_spacez" in outcome.problems


def test_a_folder_that_is_not_there_is_named_once(clean: Site, tmp_path: pathlib.Path) -> None:
    outcome = clean.run("audit", extra=files(tmp_path / "none"))
    assert (outcome.code, list(tmp_path.iterdir())) == (2, [])
    assert outcome.problems.count("audit.json: cannot be written (No such file or directory)") == 1
    assert "Errno" not in outcome.problems


def test_a_host_that_does_not_answer_is_a_line_and_the_others_are_judged(
    clean: Site, variables: Json, tmp_path: pathlib.Path
) -> None:
    """agg1 is this machine, which lacks the devices of an aggregator; SSH does not reach agg2."""
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\necho no route >&2\nexit 255\n", encoding="utf-8")
    ssh.chmod(0o755)
    hosts = demo_hosts()
    everything = ["attach", "checks", "converge", "firewall", "masquerade", "return_routes"]
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    hosts["agg1"] |= {"bonding_manage_hosts": True, "bonding_host_skip": everything, **here}
    hosts["agg2"] |= {"bonding_manage_hosts": True, "ansible_connection": "ssh", "ansible_ssh_executable": str(ssh)}
    outcome = audit(clean.write_inventory("silent", hosts, variables), tmp_path)
    assert outcome.code == 2
    found = read(tmp_path)
    assert found["status"] == "incomplete"
    by_kind = {one["kind"]: one for one in found["findings"] if one["severity"] == "error"}
    assert set(by_kind) == {"host", "host_state"}
    assert (by_kind["host"]["object"], by_kind["host"]["at_next_run"]) == ("agg2", "left")
    assert "no route" in by_kind["host"]["found"]
    assert by_kind["host_state"]["object"] == "agg1"
    assert "vx100000" in by_kind["host_state"]["found"]
