# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of a run, and the variables that are refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import AGGREGATOR, ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.plugin_utils import _inventory, _variables
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import Inventory, InventoryError, TemplateError
from ansible_collections.bonded.internet.plugins.plugin_utils._retired_names import RETIRED

Variables = dict[str, Any]
GROUP = {"bonding_network": "demo", "bonding_api_url": "https://192.0.2.1", "aws_region": "eu-central-1"}


class Given:
    """Variables that need no evaluation."""

    def __init__(self, hosts: dict[str, Variables], play: Variables) -> None:
        self._hosts, self._play = hosts, play

    def names(self, host: str) -> list[str]:
        return list(self._hosts[host])

    def value(self, host: str, name: str) -> Any:
        return self._hosts[host].get(name)

    def play_names(self) -> list[str]:
        return list(self._play)

    def play_value(self, name: str) -> Any:
        return self._play.get(name)


def given(hosts: dict[str, Variables], play: Variables | None, group: Variables) -> Given:
    hostvars = {name: {**GROUP, **group, **own} for name, own in hosts.items()}
    return Given(hostvars, {**next(iter(hostvars.values()), {}), **(play or {})})


def read(hosts: dict[str, Variables], play: Variables | None = None, **group: Any) -> Any:
    """Read an inventory of hosts with `group` on each; `play` is what the play sets."""
    return Inventory(list(hosts), given(hosts, play, group)).read()


def problems(hosts: dict[str, Variables], play: Variables | None = None, **group: Any) -> list[str]:
    with pytest.raises(InventoryError) as refusal:
        read(hosts, play, **group)
    head, *lines = str(refusal.value).splitlines()
    assert head.endswith("No host, server or cloud was asked. Nothing was changed.")
    return [line.strip().split(". ", 1)[1] for line in lines]


SWITCHES = [name for name, spec in _variables.shared_specs().items() if spec.get("type") == "bool"]


@pytest.mark.parametrize("name", SWITCHES)
def test_a_misspelt_word_for_true_is_refused_in_each_switch_of_a_run(name: str) -> None:
    assert problems({"agg1": {}}, None, **{name: "yess"}) == [f"{name}: got 'yess', expected true or false."]


@pytest.mark.parametrize("name", [name for name, spec in _variables.host_specs().items() if spec.get("type") == "bool"])
def test_a_misspelt_word_for_true_is_refused_in_each_switch_of_a_host(name: str) -> None:
    assert problems({"agg1": {name: "yess"}}) == [f"{name} of agg1: got 'yess', expected true or false."]


def test_inventory_is_parted_by_who_takes_it() -> None:
    found = read(
        {"agg1": {"aws_instance_id": "i-1"}, "agg2": {"bonding_manage_hosts": "false", "bonding_aggregator": 12}},
        bonding_prune="no",
        bonding_api_token="t0ken",
        aws_profile="bonding",
        bonding_converge_seconds="0",
        bonding_host_skip=["attach"],
    )
    assert found["plan"] == {"network": "demo", "prune": False}
    assert found["server"] == {"api_url": "https://192.0.2.1", "api_token": "t0ken"}
    assert (found["aws"], found["region"]) == ({"profile": "bonding"}, "eu-central-1")
    assert (found["converge_seconds"], found["converge_timeout"], found["host_cloud_init"]) == (0, 60, False)
    assert (found["converge_tries"], found["converge_delay"]) == (30, 2)
    assert found["aggregators"] == [
        {
            "host": "agg1",
            "aggregator": "agg1",
            "manage_host": True,
            "instance_id": "i-1",
            "region": "eu-central-1",
            "host_skip": ["attach"],
        },
        {"host": "agg2", "aggregator": "12", "manage_host": False, "region": "eu-central-1", "host_skip": ["attach"]},
    ]
    assert found["hosts"]["agg2"] == {
        "manage_host": False,
        "host_skip": ["attach"],
        "region": "eu-central-1",
        "aggregator_host_directory": "/etc/bonded-internet",
        "aggregator_host_rule_priority": 10,
        "aggregator_host_interval": 10,
        "pwan_gateway_watch_seconds": 10,
    }
    assert found["asks_hosts"] is True


BGP = {"asn": 64512, "subnet": "10.253.0.0/20"}
GATEWAY = {"aggregator": "agg1", "networks": ["172.16.0.0/12"]}
SPACE = {"key": "acme", "private_wan": "unmanaged"}
PAIR = [{**SPACE, "key": "globex"}, {**SPACE, "gateways": [{**GATEWAY, "standby": "agg2"}]}]
ALONE = [{**SPACE, "gateways": [GATEWAY, {**GATEWAY, "standby": "agg2", "egress": "nat_gateway"}]}]


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({"bonding_plan_state": "followed"}, set()),
        ({"bonding_plan_state": "followed", "bonding_bgp": BGP}, {"agg1", "agg2"}),
        ({"bonding_plan_state": "followed", "bonding_bgp": {"asn": 64512, "mode": "direct"}}, set()),
        ({"bonding_plan_state": "evacuated", "bonding_evacuate": "agg1", "bonding_bgp": BGP}, {"agg2"}),
        ({"bonding_plan_state": "evacuated", "bonding_evacuate": "7", "bonding_bgp": BGP}, {"agg2"}),
        ({"bonding_plan_state": "evacuated", "bonding_evacuate": "8", "bonding_bgp": BGP}, {"agg1", "agg2"}),
        ({"bonding_plan_state": "evacuated", "bonding_evacuate": "agg1", "bonding_spaces": PAIR}, {"agg2"}),
        ({"bonding_plan_state": "evacuated", "bonding_restore": "agg1", "bonding_spaces": PAIR}, {"agg1", "agg2"}),
        ({"bonding_plan_state": "evacuated", "bonding_evacuate": "agg1", "bonding_spaces": ALONE}, set()),
        ({"bonding_plan_state": "followed", "bonding_spaces": PAIR}, set()),
    ],
)
def test_moves_ask_hosts_for_routes_and_zones_alone(variables: dict[str, Any], asked: set[str]) -> None:
    found = read({"agg1": {"bonding_aggregator": 7}, "agg2": {}}, **variables)
    assert {host for host, own in found["hosts"].items() if own["manage_host"]} == asked
    assert found["asks_hosts"] is bool(asked)


@pytest.mark.parametrize("name", sorted({*_variables.SHARED_NAMES} - {"bonding_network"}))
def test_variable_of_the_network_is_the_same_on_all_hosts(name: str) -> None:
    spec = _variables.shared_specs()[name]
    value: Any = {"int": 7, "bool": True, "list": [], "dict": {"asn": 64512}}.get(spec.get("type", "str"), "value")
    if spec.get("choices"):
        value = spec["choices"][0]
    if name == "bonding_quotas":
        value = {"vpcs": 9}
    for hosts in ({"agg1": {name: value}, "agg2": {}}, {"agg1": {}, "agg2": {name: value}}):
        text = " ".join(problems(hosts))
        assert text.startswith(f"{name}: differs between the hosts agg1 and agg2")
        assert "value" not in text or not spec.get("no_log")


def test_a_host_is_asked_to_the_end_of_its_time() -> None:
    assert [read({"agg1": {}}, bonding_converge_timeout=given)["converge_tries"] for given in (1, 4, 5)] == [1, 2, 3]


def test_same_switch_in_another_spelling_is_no_difference() -> None:
    assert read({"agg1": {"bonding_prune": "yes"}, "agg2": {"bonding_prune": True}})["plan"]["prune"] is True


def test_play_sets_a_variable_for_all_hosts() -> None:
    found = read({"agg1": {}, "agg2": {}}, {"bonding_plan_state": "absent", "bonding_spaces": []})
    assert (found["plan"]["state"], found["plan"]["spaces"]) == ("absent", [])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bonding_cpenat_ips", "did you mean 'bonding_cpe_nat_ips'?"),
        ("bonding_alow_disruption", "did you mean 'bonding_allow_disruption'?"),
        ("bonding_space", "did you mean 'bonding_spaces'?"),
        ("bonding_prune_elastic_isp", "did you mean 'bonding_prune_elastic_ips'?"),
        ("pwan_vpc_cidrs", "did you mean 'pwan_vpc_cidr'?"),
        ("bonding_xyzzy", "is not known. It would be ignored."),
        ("bonding_tunnels", "is not known. It would be ignored."),  # bonding_tunnel_device shares the prefix
        ("bonding_stage", "is not known. It would be ignored."),
        ("bonding_leaving", "is not known; its name is 'bonding_decommissioned' now."),
        ("bonding_host_side", "is not known; its name is 'bonding_manage_hosts' now."),
        ("bonding_plan", "has a name that the playbooks use for their own results"),
        ("bonding_inventory", "has a name that the playbooks use for their own results"),
    ],
)
def test_unknown_variable_is_refused_with_the_nearest_known_name(name: str, sentence: str) -> None:
    (problem,) = problems({"agg1": {}, "agg2": {name: True}})
    assert problem.startswith(f"{name}: this variable of agg2")
    assert sentence in problem


def test_new_name_of_a_retired_variable_is_known() -> None:
    known = _variables.SHARED_NAMES | _variables.HOST_NAMES
    assert set(RETIRED.values()) <= known
    assert not set(RETIRED) & known


def test_option_of_a_role_is_known() -> None:
    assert read({"agg1": {"pwan_vpc_cidr": "10.0.0.0/16"}})["network"] == "demo"


@pytest.mark.parametrize("fact", ["bonding_api_url", "aws_endpoint_url", "bonding_confirm_teardown", "pwan_vpc_id"])
def test_fact_with_the_name_of_a_variable_is_refused(fact: str) -> None:
    found = problems({"agg1": {}, "agg2": {"ansible_facts": {fact: "x", "kernel": "6.1"}, fact: "x"}})
    assert any(text.startswith(f"agg2: the facts of this host set the variable {fact}") for text in found)


def test_template_that_cannot_be_evaluated_names_the_variable() -> None:
    class Broken(Given):
        def value(self, host: str, name: str) -> Any:
            if name == "aws_instance_id":
                raise TemplateError("'found' is undefined")
            return super().value(host, name)

    with pytest.raises(InventoryError, match="aws_instance_id of agg1: the template cannot be evaluated: 'found' is"):
        Inventory(["agg1"], Broken({"agg1": GROUP}, GROUP)).read()


def test_network_and_a_host_are_needed() -> None:
    assert problems({"agg1": {"bonding_network": ""}}) == [
        "bonding_network: is not given. Every object that is made carries this name. Give one."
    ]
    assert problems({}) == ["The group of aggregators has no host. Nothing can be done without one."]


def test_long_list_of_problems_is_cut() -> None:
    found = str(pytest.raises(InventoryError, read, {"agg1": {}}, bonding_cpe_nat_ips=[{}] * 1000).value)
    assert found.count("\n") == _inventory.MOST_PROBLEMS + 1
    assert found.endswith("... and 3950 more.")


def test_table_has_every_option_of_the_plan_and_of_an_aggregator() -> None:
    of_the_run = {"aggregators", "hosts", "shared_by", "verify", "details", "display", "record"}
    assert set(_variables.PLAN.values()) | of_the_run == set(ARGUMENT_SPEC)
    assert set(_variables.HOST.values()) | {"host", "found"} == set(AGGREGATOR)


def role_options(role: str, entry_point: str = "main") -> dict[str, Any]:
    path = _inventory.ROLES_FOLDER / role / "meta" / "argument_specs.yml"
    options: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"][entry_point]["options"]
    return options


@pytest.mark.parametrize("role", sorted(path.name for path in _inventory.ROLES_FOLDER.iterdir()))
def test_playbooks_give_every_option_of_a_role(role: str) -> None:
    """A role's default counts less than a fact: an option that the playbooks leave out could come from a host."""
    playbooks = Path(_inventory.ROLES_FOLDER).parent / "playbooks"
    given: set[str] = set()
    options: set[str] = set()
    for path in (playbooks / "tasks").glob("*.yml"):
        for task in yaml.safe_load(path.read_text(encoding="utf-8")):
            include = task.get("ansible.builtin.include_role", {})
            if include.get("name") == f"bonded.internet.{role}":
                given |= set(task["vars"])
                options |= set(role_options(role, include.get("tasks_from", "main")))
    assert options
    assert options - given == set()


def test_defaults_of_role_options_are_those_of_the_roles() -> None:
    for name, spec in _variables.ROLE.items():
        role = next(prefix for prefix in _variables.ROLES if name.startswith(prefix)).rstrip("_")
        assert role_options(role)[name].get("default") == spec["default"]


def test_the_map_of_the_servers_names_is_read_with_the_inventory(tmp_path: Path) -> None:
    (tmp_path / "map.yml").write_text("paths: {cpe_nat_ip: bonds/X/nat_ips/}", encoding="utf-8")
    wanted = {"paths": {"cpe_nat_ip": "bonds/X/nat_ips/"}, "fields": {}, "values": {}}
    for given in (str(tmp_path / "map.yml"), {"paths": {"cpe_nat_ip": "bonds/X/nat_ips/"}}):
        assert read({"agg1": {}}, bonding_api_map=given)["server"]["api_map"] == wanted
    assert problems({"agg1": {}}, bonding_api_map={"paths": {"cpe_nat": "bonds/X/nat_ips/"}}) == [
        "bonding_api_map: paths: 'cpe_nat' is not known; did you mean 'cpe_nat_ip'?"
    ]
    assert problems({"agg1": {}}, bonding_api_map="/nowhere/map.yml") == [
        "bonding_api_map: the file '/nowhere/map.yml' cannot be read: No such file or directory."
    ]
