# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that was clicked after AN-001 is adopted by tags alone, changed on request, and given back."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from lab.clicked import Clicked
from tests.playbooks.planning import plan
from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Site, aws_writes, demo_hosts, server_writes

from .clicked import clicked, variables

ADOPT: Json = {"bonding_adopt": True}
KEYS = ["cpe-nat/bond-20", "gateway-ip/acme/agg3", "gateway/acme/agg3"]


def without_tags(side: Json) -> Json:
    """Return the state of AWS without tags of objects."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(one) for name, one in value.items() if name != "tags"}
        return [bare(one) for one in value] if isinstance(value, list) else value

    found: Json = bare(side)
    return found


def planned(site: Site, given: Json, **more: Any) -> Json:
    """Return the plan of group variables, with their deviations."""
    return plan(site, given, deviations=given["bonding_deviations"], **more)


def refused(site: Site, given: Json, **more: Any) -> str:
    with pytest.raises(PlanError) as error:
        planned(site, given, **more)
    return str(error.value)


def named(site: Site, host: str, part: str) -> dict[str, Json]:
    return {one["name"]: one for one in site.aggregator(host)[part]}


def test_a_clicked_network_is_adopted_changed_and_given_back(empty: Site) -> None:
    done = clicked(empty)
    given, server, cloud = variables(done), empty.server.state(), empty.cloud.state()
    site = empty.write_inventory("clicked", demo_hosts(), given)
    site.grant([policy("read"), policy("change"), policy("adopt")])

    looked = site.run("site", "--check", extra=ADOPT)
    assert (looked.code, looked.writes) == (0, []), looked.output
    assert sorted(item["key"] for item in looked.plan["plan"]) == KEYS
    assert looked.plan["counts"] == {"adopt": 3, "add": 0, "switch": 0, "remove": 0}
    assert looked.plan["deferred"] == []
    assert [line for line in looked.plan["text"] if line.startswith("Left as found")] == [
        "Left as found: 13 objects differ from the inventory (bonding_deviations)."
    ]
    assert "The plan adopts 3 objects on AWS" in refused(site, given)
    judge_what_is_refused(site, given)

    taken = site.run("site", extra=ADOPT)
    assert taken.code == 0, taken.output
    assert [entry["action"] for entry in aws_writes(taken.aws)] == ["CreateTags"] * 3
    assert server_writes(taken.server) == []
    assert site.server.state() == server
    assert without_tags(site.cloud.state()) == without_tags(cloud)
    assert site.ours("network_interfaces")["gateway/acme/agg3"]["tags"] == {
        "bonded.internet/adopted": "true",
        "bonded.internet/key": "gateway/acme/agg3",
        "bonded.internet/network": "demo",
    }
    again = planned(site, given)
    assert (again["plan"], again["deferred"], site.writes()) == ([], [], [])

    judge_a_change(site, given)
    judge_a_teardown(site, given, done, cloud)


def judge_what_is_refused(site: Site, given: Json) -> None:
    """An address without the private address that it is on; rights, and their lack, are told before the run."""
    entry = {name: value for name, value in given["bonding_cpe_nat_ips"][0].items() if name != "private_ip"}
    text = refused(site, {**given, "bonding_cpe_nat_ips": [entry]}, adopt=True)
    assert "is associated, at 10.1.0.77 on eni-0d00000000000a903 of agg3; disassociate it first" in text
    site.grant([policy("read"), policy("change"), policy("ask")])
    text = refused(site, given, adopt=True, check_rights=True)
    assert "ec2:CreateTags" in text
    site.grant([policy("read"), policy("change"), policy("adopt"), policy("ask")])
    assert len(planned(site, given, adopt=True, check_rights=True)["plan"]) == 3


def judge_a_change(site: Site, given: Json) -> None:
    """A deviation that is taken out becomes one planned change: Babel on agg1 gets its filter, under its own name."""
    kept = given["bonding_deviations"]["agg1"]
    del kept["demo_export_11"]
    kept["demo_babel_11"] = {"name": "babel-acme", "keep": ["import_ipv6", "interfaces"]}
    (new, changed) = planned(site, given)["plan"]
    assert (new["phase"], new["verb"], new["key"], new["host"]) == ("add", "create", "demo_export_11", "agg1")
    assert (changed["phase"], changed["verb"], changed["key"], changed["host"]) == (
        "switch",
        "update",
        "babel-acme",
        "agg1",
    )
    before = named(site, "agg1", "protocols")
    site = site.write_inventory("clicked", demo_hosts(), given)
    done = site.run("site")
    assert done.code == 0, done.output
    assert [(entry["method"], entry["path"].split("/")[-3]) for entry in server_writes(done.server)] == [
        ("POST", "7"),
        ("PATCH", "babel_protocols"),
    ]
    assert aws_writes(done.aws) == []
    after = named(site, "agg1", "protocols")
    assert list(after) == list(before)
    assert after["babel-acme"] == {
        **before["babel-acme"],
        "export_ipv4": {"mode": "filter", "filter": "demo_export_11"},
    }
    assert "demo_export_11" not in named(site, "agg2", "filters")
    assert planned(site, given)["plan"] == []


def judge_a_teardown(site: Site, given: Json, made: Clicked, cloud: Json) -> None:
    """The objects on the server go under their own names; those on AWS are given back, and none is deleted."""
    extra = {"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True}
    done = site.run("teardown", extra=extra)
    assert done.code == 0, done.output
    actions = [entry["action"] for entry in aws_writes(done.aws)]
    assert not {"ReleaseAddress", "DeleteNetworkInterface", "DetachNetworkInterface"} & set(actions)
    for host in demo_hosts():
        left = {name for part in ("interfaces", "protocols") for name in named(site, host, part)}
        assert not left & {"vxacme", "babel-acme", "gw-acme", "ens6"}
    state = site.cloud.state()
    before = {one["id"]: one for one in cloud["network_interfaces"]}
    (interface,) = [one for one in state["network_interfaces"] if one["id"] == made.interface_id]
    assert interface["attachment"] == before[made.interface_id]["attachment"]
    assert interface["tags"]["bonded.internet/retired"] == "true"
    kept = {one["public_ip"]: one for one in state["addresses"]}
    for address in (made.public_ip, made.gateway_ip):
        assert kept[address]["tags"]["bonded.internet/retired"] == "true"
    assert planned(site, given, state="absent", confirm_teardown="demo")["plan"] == []
