# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions behind the filters of role pwan_gateway: its input, its objects, its routes, its device."""

from __future__ import annotations

import pathlib
from dataclasses import fields, replace
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_aws import (
    find_objects,
    free_device_index,
    route_changes,
)
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_device import (
    attached_device,
    device_files,
)
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_input import (
    GatewayInput,
    named_input,
)
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_objects import (
    FALLBACK_ROUTE_FILTER,
    named_objects,
    server_objects,
)
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_options import (
    input_of_options,
    masquerade_rules,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC

SPECS: dict[str, Any] = yaml.safe_load(
    (pathlib.Path(__file__).parents[5] / "roles/pwan_gateway/meta/argument_specs.yml").read_text(encoding="utf-8")
)["argument_specs"]
ENTRY = ARGUMENT_SPEC["spaces"]["options"]["gateways"]["options"]
LANS = "172.16.0.0/12"
INSTANCE = {
    "placement": {"availability_zone": "eu-central-1a"},
    "network_interfaces": [{"attachment": {"device_index": index}} for index in (0, 2)],
}
OPTIONS: dict[str, Any] = {
    "state": "present",
    "host": "agg1",
    "network": "prod",
    "space": "acme",
    "aggregator": "agg1",
    "instance_id": "i-1",
    "gateway": {"networks": [LANS]},
    "ipv6": False,
    "manage_host": True,
    "tunnel_device": "tun{bond}",
    "release": False,
    "tags": {"team": "network"},
    "spaces": [{"id": 11}],
    "instances": [INSTANCE],
    "bonds": [{"id": 17, "space": "acme"}, {"id": 9, "space": "acme"}, {"id": 18, "space": "globex"}],
    "aggregators": [{"interfaces": [{"name": "vx1", "space": "acme"}, {"name": "gw11", "space": "acme"}]}],
}
GATEWAY = replace(named_input("prod", "acme", "agg1", "eu-central-1a"), egress="masquerade", networks=[LANS])


def made(**options: Any) -> GatewayInput:
    """Return the input of options that have no problem."""
    found, problems = input_of_options({**OPTIONS, **options})
    assert found is not None, problems
    return found


def refused(**options: Any) -> str:
    """Return the problems of options."""
    found, problems = input_of_options({**OPTIONS, **options})
    assert found is None
    return " ".join(problems)


def test_the_argument_specs_have_the_fields_of_the_plans_input() -> None:
    planned = SPECS["planned"]["options"]["pwan_gateway_planned"]["options"]
    assert set(planned) == {one.name for one in fields(GatewayInput)}


def test_an_operators_gateway_has_the_keys_of_the_inventorys() -> None:
    own = SPECS["main"]["options"]["pwan_gateway_gateway"]["options"]
    assert set(own) == set(ENTRY) - {"aggregator", "max_networks", "standby", "standby_interface", "interface_id"}
    for name, option in own.items():
        assert [option.get(key) for key in ("type", "choices", "default")] == [
            ENTRY[name].get(key) for key in ("type", "choices", "default")
        ], name


def test_an_adopted_interface_is_none_of_those_that_are_deleted() -> None:
    theirs = {**ENI, "adopted": True}
    for one, expected in ((theirs, ([], [theirs])), (ENI, ([ENI], []))):
        objects = found(network_interfaces=[one])
        assert (objects["deleted_network_interfaces"], objects["returned_network_interfaces"]) == expected


def test_an_operator_has_at_most_twelve_options() -> None:
    assert len(SPECS["main"]["options"]) <= 12


def test_the_options_become_the_plans_input() -> None:
    found = made()
    assert (found.key, found.ip_key) == ("gateway/acme/agg1", "gateway-ip/acme/agg1")
    assert (found.subnet_key, found.public_table_key) == (
        "subnet/acme/eu-central-1a",
        "natgw-rtb/acme/eu-central-1a",
    )
    assert (found.interface, found.protocol, found.filter) == ("gw11", "prod_gateway_11", "prod_gateway_import_11")
    assert (found.device_index, found.phases, found.tags) == (1, ["add", "switch", "remove"], {"team": "network"})
    assert found.masquerade == {"zone": 11, "incoming": ["tun9", "tun17", "vx1"], "port_forwards": []}
    assert (found.source_dest_check, found.networks, found.absent_networks) == (False, [LANS], None)


def test_without_routes_ec2_may_check_addresses() -> None:
    found = made(gateway={"networks": [LANS], "vpc_routes": False})
    assert (found.source_dest_check, found.networks) == (True, [])


def test_port_forwards_are_completed() -> None:
    forward = {"protocol": "tcp", "port": 443, "to": "172.16.0.9"}
    found = made(gateway={"networks": [LANS], "port_forwards": [forward], "incoming": ["wan0"]}).masquerade
    assert found and found["port_forwards"] == [{**forward, "to_port": 443, "from": ["0.0.0.0/0"]}]
    assert "wan0" in found["incoming"]


@pytest.mark.parametrize("egress", ["none", "nat_gateway"])
def test_another_egress_has_no_translation(egress: str) -> None:
    assert made(gateway={"networks": [LANS], "egress": egress}, manage_host=True).masquerade is None


def test_a_gateway_that_goes_needs_neither_instance_nor_space() -> None:
    found = made(state="absent", instances=[], spaces=[], aggregator=None)
    assert (found.state, found.interface, found.protocol, found.masquerade) == ("absent", None, None, None)
    assert named_objects(found) == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"gateway": {"networks": ["auto"]}}, "networks: auto needs the plan of site.yml"),
        ({"gateway": {"networks": ["172.16.0.1/12"]}}, "networks"),
        ({"gateway": {"networks": [LANS]}, "manage_host": False}, "no bond would reach the Internet"),
        ({"gateway": {"networks": [LANS], "egress": "none"}, "manage_host": False}, "interface is needed"),
        ({"gateway": {"networks": [LANS], "egress": "none", "vpc_routes": False}}, "vpc_routes: false"),
        ({"instances": []}, "AWS has no instance i-1"),
        ({"space": "ac/me"}, "ac/me"),
        ({"network": "Prod!"}, "pwan_gateway_network"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], words: str) -> None:
    assert words in refused(**options)


def test_the_objects_on_the_server_have_the_addresses_that_ec2_chose() -> None:
    gateway = replace(made(), accept_ra=True)
    found = server_objects(gateway, "10.101.0.0/24", "10.101.0.9", ["2001:db8::9", "2001:db8::8"])
    (device,), (protocol,), (by,) = found["interfaces"], found["protocols"], found["filters"]
    assert device["addresses"] == ["10.101.0.9/24", "2001:db8::9/64"]
    assert [(one["network"], one["destination"], one["address"]) for one in protocol["routes"]] == [
        ("0.0.0.0/0", "gateway", "10.101.0.1"),
        (LANS, "unreachable", None),
    ]
    assert by == {"name": "prod_gateway_import_11", "family": "ipv4", "body": FALLBACK_ROUTE_FILTER}
    assert {section: objects[0]["name"] for section, objects in named_objects(gateway).items()} == {
        section: objects[0]["name"] for section, objects in found.items()
    }


def test_the_router_of_a_small_subnet_is_its_first_address() -> None:
    (protocol,) = server_objects(made(), "10.101.0.240/28", "10.101.0.244", [])["protocols"]
    assert protocol["routes"][0]["address"] == "10.101.0.241"


def test_what_the_plan_keeps_and_routes_wins() -> None:
    routes = [{"network": "0.0.0.0/0", "destination": "gateway", "address": "10.0.0.1", "interface": None}]
    protocol = {"routes": [*routes, *routes]}
    kept = {"addresses": ["2001:db8::7/64"], "interface": {"accept_ra": True}, "protocol": protocol}
    found = server_objects(replace(made(), routes=routes, kept=kept), "10.101.0.0/24", "10.101.0.9", [])
    assert found["interfaces"][0]["addresses"] == ["10.101.0.9/24", "2001:db8::7/64"]
    assert found["interfaces"][0]["accept_ra"] is True
    assert found["protocols"][0]["routes"] == [*routes, *routes]


def tagged(key: str, **more: Any) -> dict[str, Any]:
    return {"tags": {"bonded.internet/network": "prod", "bonded.internet/key": key}, **more}


def table(number: str, key: str = "", *routes: tuple[str, str], main: bool = False) -> dict[str, Any]:
    """Return a route table as amazon.aws shows one; `routes` are destinations and network interfaces."""
    shown = [{"destination_cidr_block": where, "network_interface_id": to} for where, to in routes]
    return {**(tagged(key) if key else {"tags": {}}), "id": number, "associations": [{"main": main}], "routes": shown}


def changes(gateway: GatewayInput, *tables: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = route_changes(gateway, tables, ["eni-1"])
    assert all(one["network_interface_id"] == "eni-1" for one in found)
    return [(one["route_table_id"], one["destination"], one["state"]) for one in found]


TABLES = (
    table("rtb-main", main=True),
    table("rtb-own", "rtb/acme"),
    table("rtb-public", "natgw-rtb/acme/eu-central-1a"),
    table("rtb-other", "rtb/globex"),
)


def test_routes_are_in_the_main_table_and_the_gateway_subnets_own() -> None:
    assert changes(GATEWAY, *TABLES) == [("rtb-main", LANS, "present"), ("rtb-own", LANS, "present")]
    nat = changes(replace(GATEWAY, egress="nat_gateway"), *TABLES)
    assert [number for number, _where, _state in nat] == ["rtb-main", "rtb-own", "rtb-public"]
    assert changes(replace(GATEWAY, route_table_ids=["rtb-other"]), *TABLES) == [("rtb-other", LANS, "present")]


def test_routes_that_are_not_wanted_go() -> None:
    old = ("10.9.0.0/16", "eni-1")
    given_up = replace(GATEWAY, networks=[LANS], absent_networks=None)
    tables = (
        table("rtb-main", "", old, (LANS, "eni-1"), ("10.8.0.0/16", "eni-9"), main=True),
        table("rtb-else", "", old),
        table("rtb-public", "natgw-rtb/acme/eu-central-1a", old),
    )
    assert changes(given_up, *tables) == [
        ("rtb-main", LANS, "present"),
        ("rtb-main", "10.9.0.0/16", "absent"),
        ("rtb-else", "10.9.0.0/16", "absent"),
    ]
    # a plan names what goes, and where
    planned = replace(GATEWAY, networks=[], absent_networks=["10.9.0.0/16"], route_table_ids=["rtb-else"])
    assert changes(planned, *tables) == [("rtb-else", "10.9.0.0/16", "absent")]


def test_a_gateway_that_goes_loses_all_its_routes() -> None:
    gone = replace(GATEWAY, state="absent", networks=[], absent_networks=[])
    lost = table("rtb-main", "", (LANS, "eni-1"), ("10.8.0.0/16", "eni-9"), main=True)
    lost["routes"].append({"destination_ipv6_cidr_block": "2001:db8::/48", "network_interface_id": "eni-1"})
    assert changes(gone, lost) == [("rtb-main", LANS, "absent"), ("rtb-main", "2001:db8::/48", "absent")]


SUBNET = {"id": "subnet-1", "cidr_block": "10.101.0.0/24", "ipv6_cidr_block_association_set": []}
ENI = {"id": "eni-1", "subnet_id": "subnet-1", "vpc_id": "vpc-1"}
IP = tagged("gateway-ip/acme/agg1", public_ip="192.0.2.1", allocation_id="eipalloc-1", network_interface_id="eni-1")
NAT_IP = tagged("natgw-ip/acme/agg1", public_ip="192.0.2.2", allocation_id="eipalloc-2", network_interface_id="eni-8")


def nat(state: str, number: str = "nat-1") -> dict[str, Any]:
    return {"nat_gateway_id": number, "state": state, "vpc_id": "vpc-1"}


def found(gateway: GatewayInput = GATEWAY, **lookups: Any) -> dict[str, Any]:
    returns = {"nat_gateways": "result", "vpc_nat_gateways": "result", "public_subnets": "subnets"}
    given = {"subnets": [SUBNET], **lookups}
    return find_objects(gateway, {name: {returns.get(name, name): listed} for name, listed in given.items()})


def test_nothing_is_found_before_anything_is_looked_up() -> None:
    objects = find_objects(GATEWAY, {"subnets": {}, "addresses": {"skipped": True}})
    assert (objects["subnet"], objects["address"], objects["vpc_id"], objects["route_table_id"]) == ({}, {}, "", "")


def test_objects_are_found_by_their_tags() -> None:
    nats = [nat("failed", "nat-0"), nat("pending")]
    objects = found(network_interfaces=[ENI], addresses=[NAT_IP, IP], nat_gateways=nats)
    assert objects["problem"] == ""
    assert (objects["address"]["public_ip"], objects["nat_address"]["public_ip"]) == ("192.0.2.1", "192.0.2.2")
    assert objects["address"]["network_interface_id"] == "eni-1"
    assert objects["nat_address"]["network_interface_id"] is None
    assert (objects["nat_gateway"]["nat_gateway_id"], objects["failed_nat_gateways"]) == ("nat-1", ["nat-0"])
    assert found(nat_gateways=[nat("deleting")])["deleting_nat_gateways"] == ["nat-1"]
    assert found(nat_gateways=[nat("deleting")])["nat_gateway"] == {}


@pytest.mark.parametrize(("instance", "attached"), [("i-1", True), ("i-2", False), (None, False)])
def test_an_interface_is_attached_to_the_instance_of_the_gateway(instance: str | None, attached: bool) -> None:
    objects = found(replace(GATEWAY, instance_id="i-1"), network_interfaces=[{**ENI, "instance_id": instance}])
    assert objects["attached"] is attached
    assert found(replace(GATEWAY, instance_id=None), network_interfaces=[ENI])["attached"] is False


@pytest.mark.parametrize(
    ("wanted", "now", "first"), [(True, True, True), (True, False, False), (False, True, False), (False, False, False)]
)
def test_a_check_that_is_off_stays_off_until_the_end(wanted: bool, now: bool, first: bool) -> None:
    """Check also that a new network interface has the wanted one at once."""
    gateway = replace(GATEWAY, source_dest_check=wanted)
    assert found(gateway, network_interfaces=[{**ENI, "source_dest_check": now}])["first_source_dest_check"] is first
    assert found(gateway)["first_source_dest_check"] is wanted


def test_an_adopted_address_is_never_released() -> None:
    adopted = {**IP, "tags": {**IP["tags"], "bonded.internet/adopted": "true"}}
    released = replace(GATEWAY, release=True)
    assert [found(released, addresses=[one])["address"]["release"] for one in (IP, adopted)] == [True, False]
    assert found(addresses=[IP])["address"]["release"] is False


@pytest.mark.parametrize(
    ("lookups", "words"),
    [
        ({"subnets": []}, "got subnets none"),
        ({"subnets": [SUBNET, {**SUBNET, "id": "subnet-2"}]}, "got subnets subnet-1, subnet-2"),
        ({"network_interfaces": [ENI, {**ENI, "id": "eni-2"}]}, "network interfaces eni-1, eni-2"),
        ({"network_interfaces": [{**ENI, "subnet_id": "subnet-9"}]}, "in subnet-9"),
        ({"addresses": [IP, {**IP, "allocation_id": "eipalloc-3"}]}, "Elastic IPs eipalloc-1, eipalloc-3"),
        ({"nat_gateways": [nat("available"), nat("pending", "nat-2")]}, "NAT gateways nat-1, nat-2"),
    ],
)
def test_objects_that_are_not_unique_are_a_problem(lookups: dict[str, Any], words: str) -> None:
    assert words in found(**lookups)["problem"]


def test_the_default_route_is_that_of_the_gateway_subnets() -> None:
    default = {"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}
    tables = [{**table("rtb-own", "rtb/acme"), "routes": [default]}, table("rtb-main", main=True)]
    objects = found(route_tables=tables)
    assert (objects["route_table_id"], objects["default_nat_gateway_id"]) == ("rtb-own", "nat-1")
    assert objects["has_default_route"]
    assert not found(route_tables=[table("rtb-own", "rtb/acme")])["has_default_route"]


def test_route_tables_of_another_vpc_are_a_problem() -> None:
    gateway = replace(GATEWAY, route_table_ids=["rtb-main", "rtb-far"])
    assert "got rtb-far, expected some of rtb-main" in found(gateway, route_tables=[TABLES[0]])["table_problem"]
    assert found(gateway, route_tables=[TABLES[0], table("rtb-far")])["table_problem"] == ""


def test_a_nat_gateway_needs_the_public_subnet_and_both_tables() -> None:
    whole: dict[str, Any] = {"route_tables": list(TABLES), "public_subnets": [SUBNET]}
    assert found(**whole)["nat_problem"] == ""
    assert "got no natgw-subnet/acme/eu-central-1a" in found(**{**whole, "public_subnets": []})["nat_problem"]
    assert "got no natgw-rtb/acme/eu-central-1a" in found(**{**whole, "route_tables": TABLES[:2]})["nat_problem"]
    assert found(**{**whole, "public_subnets": [], "nat_gateways": [nat("available")]})["nat_problem"] == ""


@pytest.mark.parametrize(("state", "has"), [("associated", True), ("associating", True), ("disassociated", False)])
def test_a_subnet_has_ipv6_by_its_block(state: str, has: bool) -> None:
    block = {"ipv6_cidr_block_state": {"state": state}}
    assert found(subnets=[{**SUBNET, "ipv6_cidr_block_association_set": [block]}])["has_ipv6"] is has


def test_a_network_interface_is_attached_at_the_first_free_index() -> None:
    assert free_device_index(INSTANCE) == 1
    assert free_device_index({"network_interfaces": [{"attachment": {"device_index": n}} for n in (0, 1)]}) == 2


def test_files_name_a_device_for_the_managers_of_the_host() -> None:
    running = {"udev": True, "networkd": False, "network_manager": False, "cloud_init": True}
    files = device_files("bonded-internet-prod-acme", running)
    assert [(one["dest"], one["reload"]) for one in files] == [
        ("/etc/systemd/network/05-bonded-internet-prod-acme.link", "udevadm control --reload"),
        ("/etc/systemd/network/05-bonded-internet-prod-acme.network", ""),
    ]
    assert device_files("x", {**running, "network_manager": True})[-1]["reload"] == "nmcli general reload conf"
    assert [one["dest"] for one in device_files("x")][-1] == "/etc/NetworkManager/conf.d/90-x.conf"


def host(*devices: tuple[str, str, list[str]], routes: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    return {
        "devices": [{"name": name, "mac": mac, "addresses": addresses} for name, mac, addresses in devices],
        "routes": [{"destination": where, "gateway": None, "device": device} for where, device in routes],
    }


ETH0 = ("eth0", "02:aa", ["10.1.0.4/24"])
BEFORE = host(ETH0, routes=(("default", "eth0"),))


def test_a_device_that_did_nothing_did_no_harm() -> None:
    after = host(ETH0, ("gw11", "02:bb", []), routes=(("default", "eth0"), ("fe80::/64", "gw11"), ("ff00::/8", "gw11")))
    assert attached_device("02:bb", BEFORE, after) == {"name": "gw11", "harm": []}


def test_harm_of_a_device_is_named() -> None:
    after = host(("ens6", "02:bb", ["10.1.0.99/24"]), routes=(("default", "ens6"), ("10.1.0.0/24", "ens6")))
    assert attached_device("02:bb", BEFORE, after)["harm"] == [
        "it had been given the addresses 10.1.0.99/24",
        "the main routing table led by it to default, 10.1.0.0/24",
        "the default route had changed",
        "the addresses 10.1.0.4/24 were gone",
    ]
    assert attached_device("02:bb", BEFORE, BEFORE) == {"name": "", "harm": ["the device is gone again"]}


def test_the_rule_is_installed_beside_those_of_other_spaces() -> None:
    other = {"space": "globex", "zone": 12}
    old = {"space": "acme", "zone": 11}
    *others, rule = masquerade_rules(made(), [old, other], "10.101.0.0/24", in_zone=True)
    assert others == [other]
    assert (rule["space"], rule["zone"], rule["device"], rule["subnet"]) == ("acme", 11, "gw11", "10.101.0.0/24")
    *_others, early = masquerade_rules(made(), [], "10.101.0.0/24", in_zone=False)
    assert early == {**rule, "zone": 0}
    assert masquerade_rules(made(state="absent"), [old, other], "", in_zone=True) == [other]
