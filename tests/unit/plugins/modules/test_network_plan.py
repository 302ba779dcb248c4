# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""network_plan: what it asks the server, what it returns, and how it ends; the design has tests of its own."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._client import client
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DeviationDrift, Drift
from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.modules import network_plan
from tests.unit.plugins.api_objects import aggregator, bond, connected_ip, protocol, routing_filter, space
from tests.unit.plugins.modules.aws_module import documented, returned, specified
from tests.unit.plugins.scripted import LOGIN, call
from tests.unit.plugins.store import StoreServer

TWO = [
    {"host": "agg1", "aggregator": "7", "private_ip_address": "192.0.2.11"},
    {"host": "agg2", "aggregator": "agg2", "private_ip_address": "192.0.2.12"},
]
ACME = {"key": "acme", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.0.0/20", "protocol": "ospf"}}


class Recording(StoreServer):
    """A server that remembers what it was asked."""

    def __init__(self, **collections: Any) -> None:
        super().__init__(**collections)
        self.asked: list[tuple[str, str]] = []

    def send(self, method: str, url: str, *more: Any) -> Any:
        self.asked.append((method, url.split("/api/v4/")[1]))
        return super().send(method, url, *more)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Recording:
    found = Recording(
        spaces=[space("acme"), space("root", id=1)],
        aggregators=[aggregator(7, "agg1"), aggregator(12, "agg2")],
        bonds=[bond(17, "One")],
        bonds__17__connected_ips=[connected_ip(1, "192.168.1.1/24", 172)],
    )
    monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: found)
    return found


def plan(monkeypatch: pytest.MonkeyPatch, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    internal = {"_ansible_check_mode": check, "_ansible_diff": diff}
    arguments = {**LOGIN, "network": "prod", "aggregators": TWO, **internal, **options}
    return call(monkeypatch, network_plan.main, arguments)


def test_it_reads_each_side_once(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(monkeypatch, prune=True)
    parts = ("interfaces", "protocols", "filters", "bonds_current")
    of_aggregators = [("GET", f"aggregators/{number}/{part}/") for number in (7, 12) for part in parts]
    lists = [("GET", "aggregators/"), ("GET", "spaces/"), ("GET", "bonds/")]
    assert sorted(server.asked) == sorted(lists + of_aggregators)


def test_without_spaces_filters_are_read_only_where_a_protocol_is_or_something_may_be_removed(
    server: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.collections["aggregators/12/static_protocols/"] = [protocol("static", 5, "others", on=12)]
    plan(monkeypatch)
    assert [path for _method, path in server.asked if "filters" in path] == ["aggregators/12/filters/"]
    server.asked.clear()
    plan(monkeypatch, decommissioned=["203.0.113.99"])
    assert len([path for _method, path in server.asked if "filters" in path]) == 2


def test_the_bonds_of_a_space_are_read_only_when_its_mesh_is_new(
    server: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = plan(monkeypatch, spaces=[ACME])
    assert ("GET", "bonds/17/connected_ips/") in server.asked
    assert ("GET", "bonds/17/routes/") in server.asked
    assert len(result["plan"]) == 5
    assert server.writes == 0


def test_check_mode_reports_a_change_and_the_diff_and_a_real_run_does_not(
    server: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = plan(monkeypatch, check=True, diff=True, spaces=[ACME])
    assert checked["changed"] is True
    titles = [diff["after_header"] for diff in checked["diff"]]
    assert "add: create server vxlan_interface aggregators/7 vx10000003 on agg1" in titles
    real = plan(monkeypatch, spaces=[ACME])
    assert real["changed"] is False
    assert "diff" not in real
    assert server.writes == 0


def test_items_without_details_say_what_and_not_how(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    items = plan(monkeypatch, spaces=[ACME], hosts=["agg1"])
    bare = plan(monkeypatch, spaces=[ACME], hosts=["agg1"], details=False)
    for name in ("plan", "deferred"):
        assert items[name]
        assert bare[name] == [{k: v for k, v in item.items() if k not in ("before", "after")} for item in items[name]]
    assert bare["work"] == items["work"]


def test_the_text_counts_what_is_done_and_what_is_left(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    assert plan(monkeypatch, spaces=[ACME], hosts=["agg1"])["text"] == [
        "add     create ospf_protocol prod_ospf_3 on agg1",
        "add     update space acme",
        "add     create vxlan_interface vx10000003 on agg1",
        "",
        "phase         cpe_nat  private_wan     gateways     together",
        "add                 0            3            0            3",
        "switch              0            0            0            0",
        "remove              0            0            0            0",
        "Left for another run: 2 (agg2 is not in the play: --limit, a slice or a disabled host)",
    ]


def test_the_work_is_by_host_and_phase(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    work = plan(monkeypatch, spaces=[ACME])["work"]
    assert work["shared"]["add"]["private_wan"] == [{"space": "acme", "enabled": True, "mode": "unmanaged"}]
    assert set(work["hosts"]) == {"agg1", "agg2"}
    (net,) = work["hosts"]["agg2"]["add"]["mesh"]
    assert net["aggregator"] == 12
    assert [item["name"] for item in net["interfaces"]] == ["vx10000003"]
    assert [item["name"] for item in net["protocols"]] == ["prod_ospf_3"]
    assert net["known"]["objects"] == []
    assert work["rounds"]["add"] == {"vpcs": [], "gateways": []}
    assert work["steps"] == ["private_wan", "mesh"]


def test_a_run_is_recorded_before_its_first_step_and_after_its_last(
    server: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = plan(monkeypatch, spaces=[ACME], record=True)["work"]
    assert (work["steps"], work["last_steps"]) == (["record", "private_wan", "mesh"], ["record_end"])
    unrecorded: list[dict[str, Any]] = [
        {"record": False, "spaces": [ACME]},
        {"record": True, "verify": True, "spaces": [ACME]},
        {"record": True, "spaces": []},
    ]
    for more in unrecorded:
        work = plan(monkeypatch, **more)["work"]
        assert {"record", "record_end"} & {*work["steps"], *work["last_steps"]} == set(), more


def test_what_is_out_of_scope_is_deferred_with_its_reason(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    result = plan(monkeypatch, spaces=[ACME], hosts=["agg1"])
    assert {item["host"] for item in result["plan"]} == {None, "agg1"}
    assert {item["reason"] for item in result["deferred"]} == {
        "agg2 is not in the play: --limit, a slice or a disabled host"
    }
    result = plan(monkeypatch, spaces=[ACME], parts=["cpe_nat"])
    assert result["plan"] == []
    assert {item["reason"] for item in result["deferred"]} == {"the part private_wan is not run"}


def test_all_problems_come_at_once(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    spaces = [ACME, {"key": "none", "private_wan": "managed_mesh"}, {"key": "root", "private_wan": "unmanaged"}]
    result = plan(monkeypatch, spaces=spaces)
    assert result["failed"] is True
    assert len(result["problems"]) == 2
    assert result["msg"].startswith("The network cannot be built as described, 2 problems. Nothing was changed.")


def test_a_secret_that_is_part_of_a_name_is_refused(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ansible would mask it in the work, and the roles would make objects with mangled names."""
    result = plan(monkeypatch, spaces=[ACME], api_password="prod")
    assert result["failed"] is True
    assert "also part of a name" in result["msg"]
    assert "VALUE_SPECIFIED" not in str(plan(monkeypatch, spaces=[ACME], api_password="quite-another")["work"])
    bgp = {"asn": 64512, "subnet": "10.253.0.0/20"}
    result = plan(monkeypatch, bgp={**bgp, "password": "prod_bgp"})
    assert "also part of a name" in result["msg"]
    again = plan(monkeypatch, bgp={**bgp, "password": "C4nary"})
    assert (again["work"], "C4nary" in str(again)) == (plan(monkeypatch, bgp=bgp)["work"], False)


def test_a_server_that_refuses_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    result = call(monkeypatch, network_plan.main, {"network": "prod", "aggregators": TWO, "api_url": ""})
    assert result["failed"] is True
    assert "BONDING_API_URL" in result["msg"]


def test_more_deletions_than_allowed_are_refused(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    server.collections["aggregators/7/filters/"] = [routing_filter(5, "prod_export_3", body="reject;")]
    server.collections["aggregators/7/static_protocols/"] = [protocol("static", 6, "others")]
    kept = plan(monkeypatch)
    assert kept["plan"] == []
    assert any("prod_export_3 is not in the inventory any more. It is kept" in str(text) for text in kept["warnings"])
    refused = plan(monkeypatch, prune=True, max_deletions=0)
    assert refused["problems"] == [
        "The plan deletes 1 objects (1 filter), more than the 0 that bonding_max_deletions allows. Say "
        "bonding_max_deletions: 1 if all are to go."
    ]
    allowed = plan(monkeypatch, prune=True, max_deletions=1)
    assert [(item["verb"], item["key"]) for item in allowed["plan"]] == [("delete", "prod_export_3")]


def test_the_documentation_is_the_argument_spec() -> None:
    own = {name: option for name, option in ARGUMENT_SPEC.items() if name not in CONNECTION_SPEC}
    described = {name: option for name, option in documented(network_plan).items() if name not in CONNECTION_SPEC}
    assert specified(own) == described


def test_the_documented_drift_has_the_fields_of_the_returned_one() -> None:
    kinds = (*fields(Drift), *fields(DeviationDrift))
    assert returned(network_plan, "drift") == {field.name for field in kinds}


def test_the_example_runs(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    (task,) = yaml.safe_load(network_plan.EXAMPLES)
    arguments = {**LOGIN, **task["bonded.internet.network_plan"], "api_token": "token", "_ansible_check_mode": True}
    assert len(call(monkeypatch, network_plan.main, arguments)["plan"]) == 5


@pytest.mark.parametrize("confirmed", [None, "", "other"])
def test_a_teardown_without_its_confirmation_reads_nothing(
    server: Recording, monkeypatch: pytest.MonkeyPatch, confirmed: str | None
) -> None:
    refused = plan(monkeypatch, state="absent", confirm_teardown=confirmed)
    assert refused["failed"] is True
    assert f"(got confirm_teardown {confirmed!r}, expected 'prod'). Nothing was changed." in refused["msg"]
    assert server.asked == []


def test_of_many_problems_fifty_are_shown(server: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    spaces = [{"key": f"s{number}", "private_wan": "managed_mesh"} for number in range(10_000)]
    refused = plan(monkeypatch, spaces=spaces)
    assert len(refused["problems"]) == 51
    assert refused["problems"][-1] == "... and 9950 more."
    first, *lines = refused["msg"].splitlines()
    assert first == "The network cannot be built as described, 10000 problems. Nothing was changed."
    assert len(lines) == 51
    assert lines[-1] == "  ... and 9950 more."
