# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of the server: refusals with the field that they name, and values that are accepted on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from lab.process import Running

from .conftest import Api

VXLANS = "aggregators/7/vxlan_interfaces/"
VXLAN = {"name": "vx1", "vni": 1}


@pytest.fixture(autouse=True)
def nothing_by_halves(server: Running, request: pytest.FixtureRequest) -> Any:
    """A refused write leaves nothing behind."""
    before = server.state()
    yield
    refused = [row for row in server.log() if row["status"] == 400]
    done = [row for row in server.log() if row["method"] not in ("GET", "OPTIONS") and row["status"] != 400]
    assert refused or done
    if not done:
        assert server.state() == before


def check(api: Api, path: str, body: dict[str, Any], field: str, words: str, method: str = "POST") -> None:
    """The write is refused, with these words for this field and for no other."""
    errors = api.refused(method, path, body)
    assert list(errors) == [field]
    assert words in str(errors[field])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "This field may not be blank."),
        ("a" * 16, "no more than 15 characters"),
        ("a/b", "Enter 1 to 15 characters without slashes and white space."),
        ("a b", "Enter 1 to 15 characters without slashes and white space."),
        (" ab", "Enter 1 to 15 characters without slashes and white space."),
        ("ab\n", "Enter 1 to 15 characters without slashes and white space."),
        (None, "This field may not be null."),
        ("eth1", "An interface with this name exists on the node."),
        ("vxold", "An interface with this name exists on the node."),
    ],
)
def test_interface_name(api: Api, name: object, words: str) -> None:
    check(api, VXLANS, {**VXLAN, "name": name}, "name", words)


def test_longest_interface_name(api: Api, server: Running) -> None:
    assert api.write("POST", VXLANS, {**VXLAN, "name": "a" * 15})["name"] == "a" * 15


def test_same_name_on_another_node(api: Api) -> None:
    api.write("POST", "aggregators/8/vxlan_interfaces/", {**VXLAN, "name": "vxold"})


def test_interface_name_is_fixed(api: Api) -> None:
    url = api.named("aggregators/7/interfaces/", "vxold")["url"]
    check(api, url, {"name": "vxnew"}, "name", "cannot be changed after creation; it is vxold", "PATCH")
    check(api, url, {"name": "vxnew", "vni": 900}, "name", "cannot be changed after creation", "PUT")
    assert api.write("PATCH", url, {"name": "vxold", "mtu": 1450})["mtu"] == 1450


@pytest.mark.parametrize("vni", [0, -1, 16777216, "x", None])
def test_vni_range(api: Api, vni: object) -> None:
    check(api, VXLANS, {**VXLAN, "vni": vni}, "vni", "")
    check(api, VXLANS, {**VXLAN, "endpoints": [{"ip": "10.0.0.8", "vni": vni}]}, "endpoints", "vni")


def test_vni_that_two_spaces_use_is_accepted_as_the_real_server_does(api: Api) -> None:
    api.write("POST", VXLANS, {**VXLAN, "vni": 900, "space": api.url("spaces/globex/")})


def test_primary_address_of_the_aggregator_is_accepted_as_the_real_server_does(api: Api) -> None:
    api.write("POST", VXLANS, {**VXLAN, "addresses": [{"address": "198.51.100.7/24"}]})


@pytest.mark.parametrize("mtu", [0, 65536, "big"])
def test_mtu(api: Api, mtu: object) -> None:
    check(api, VXLANS, {**VXLAN, "mtu": mtu}, "mtu", "")


@pytest.mark.parametrize(
    ("addresses", "words"),
    [
        ([{"address": "10.1.0.5"}], "Enter an IP address with a prefix length"),
        ([{"address": "10.1.0.5/33"}], "Enter an IP address with a prefix length"),
        ([{"address": "host/24"}], "Enter an IP address with a prefix length"),
        (["10.1.0.5/24"], "Invalid data. Expected a dictionary, but got str."),
        ([{"ip": "10.1.0.5/24"}], "This field is required."),
        ("10.1.0.5/24", 'Expected a list of items but got type "str".'),
        ([{"address": "10.1.0.5/24"}, {"address": "10.1.0.5/24"}], "10.1.0.5/24 is given more than once."),
    ],
)
def test_addresses(api: Api, addresses: object, words: str) -> None:
    check(api, VXLANS, {**VXLAN, "addresses": addresses}, "addresses", words)
    url = api.named("aggregators/7/interfaces/", "vxold")["url"]
    check(api, url, {"addresses": addresses}, "addresses", words, "PATCH")


@pytest.mark.parametrize(
    ("endpoints", "words"),
    [
        ([{"ip": "10.0.0.300", "vni": 1}], "Enter a valid IPv4 or IPv6 address."),
        ([{"ip": "10.0.0.3"}], "This field is required."),
        ([{"ip": "10.0.0.3", "vni": 1}, {"ip": "10.0.0.3", "vni": 2}], "10.0.0.3 is given more than once."),
    ],
)
def test_endpoints(api: Api, endpoints: object, words: str) -> None:
    check(api, VXLANS, {**VXLAN, "endpoints": endpoints}, "endpoints", words)
    url = api.named("aggregators/7/interfaces/", "vxold")["url"]
    check(api, url, {"endpoints": endpoints}, "endpoints", words, "PATCH")


def test_vlan(api: Api) -> None:
    path, ethernet = "aggregators/7/vlan_interfaces/", api.url("aggregators/7/ethernet_interfaces/1/")
    for vlan_id in [0, 4095]:
        check(api, path, {"name": "v", "parent": ethernet, "vlan_id": vlan_id}, "vlan_id", "")
    vxlan = api.named("aggregators/7/interfaces/", "vxold")["url"]
    check(api, path, {"name": "v", "parent": vxlan, "vlan_id": 1}, "parent", "Incorrect URL match")
    other = {"name": "v", "parent": ethernet, "vlan_id": 1}
    check(
        api, "aggregators/8/vlan_interfaces/", other, "parent", "must be an ethernet interface of the same aggregator"
    )


def test_parent_of_a_vlan_stays(api: Api) -> None:
    (ids, url) = [api.named("aggregators/7/interfaces/", "eth1")[key] for key in ("id", "url")]
    assert ids == 1
    assert api.refused("DELETE", url) == {"non_field_errors": ["Still in use by: interface, static route."]}


def test_interface_whose_protocol_is_of_another_space(api: Api) -> None:
    url = api.named("aggregators/7/interfaces/", "vxold")["url"]
    words = "The protocol oldmesh, of another space, uses this interface."
    check(api, url, {"space": None}, "space", words, "PATCH")
    check(api, url, {"space": api.url("spaces/globex/")}, "space", words, "PATCH")
    words = "The protocol oldroutes, of another space, uses this interface."
    check(api, "aggregators/7/ethernet_interfaces/1/", {"space": api.url("spaces/acme/")}, "space", words, "PATCH")


def test_new_interface_that_a_protocol_of_another_space_names(api: Api) -> None:
    api.write("POST", "aggregators/7/babel_protocols/", {"name": "m", "interfaces": [{"patterns": ["vx1"]}]})
    check(api, VXLANS, {**VXLAN, "space": api.url("spaces/acme/")}, "space", "The protocol m, of another space")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("babel", "interfaces", [{"patterns": ["vxold"]}]),
        ("ospf", "areas", [{"area_id": "0", "interfaces": [{"patterns": ["vxold"]}]}]),
    ],
)
def test_interfaces_of_a_protocol_belong_to_its_space(api: Api, kind: str, field: str, value: object) -> None:
    path = f"aggregators/7/{kind}_protocols/"
    words = "The interface vxold must belong to the protocol's space."
    check(api, path, {"name": "p", field: value}, field, words)
    made = api.write("POST", path, {"name": "p", field: value, "space": api.url("spaces/acme/")})
    check(api, made["url"], {"space": api.url("spaces/globex/")}, field, words, "PATCH")


def test_wildcards_match_inside_the_space(api: Api) -> None:
    body = {"name": "p", "interfaces": [{"patterns": ["vx*", "nothing9"]}]}
    api.write("POST", "aggregators/7/babel_protocols/", body)


def test_static_route(api: Api) -> None:
    def refused(words: str, **route: Any) -> None:
        body = {"name": "s", "routes": [{"network": "10.5.0.0/16", **route}]}
        check(api, "aggregators/7/static_protocols/", body, "routes", words)

    vxold = api.named("aggregators/7/interfaces/", "vxold")["url"]
    api.write("POST", "aggregators/8/ethernet_interfaces/", {"name": "ens6"})
    far = api.named("aggregators/8/interfaces/", "ens6")["url"]
    refused("an address is required with the destination gateway", destination="gateway")
    refused("the address 2001:db8::1 is of the other family", destination="gateway", address="2001:db8::1")
    refused("an interface is required with the destination interface", destination="interface")
    refused("vxold must belong to the protocol's aggregator and space", destination="interface", interface=vxold)
    refused("ens6 must belong to the protocol's aggregator and space", destination="interface", interface=far)
    refused("is not a valid choice", destination="nowhere")
    refused("without host bits", destination="blackhole", network="10.5.0.1/16")
    refused("required", network="10.5.0.0/16")


def test_static_route_keeps_its_interface_in_the_space(api: Api) -> None:
    url = api.named("aggregators/7/protocols/", "oldroutes")["url"]
    check(api, url, {"space": api.url("spaces/acme/")}, "routes", "eth1 must belong", "PATCH")


@pytest.mark.parametrize("kind", ["static", "bgp", "babel", "ospf"])
def test_protocol_name_is_unique_on_the_node(api: Api, kind: str) -> None:
    body = {"name": "oldmesh", "local_as": 1, "neighbor_as": 1, "neighbor_address": "192.0.2.1"}
    check(api, f"aggregators/7/{kind}_protocols/", body, "name", "A protocol with this name exists on the node.")
    api.write("POST", f"aggregators/8/{kind}_protocols/", body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("local_as", 0),
        ("local_as", 4294967296),
        ("neighbor_as", -1),
        ("neighbor_address", "peer"),
        ("local_address", "10.0.0.1/24"),
        ("multihop", 256),
        ("hold_time", 2),
        ("hold_time", 65536),
        ("keepalive_time", 241),
    ],
)
def test_bgp(api: Api, field: str, value: object) -> None:
    body = {"name": "b", "local_as": 1, "neighbor_as": 1, "neighbor_address": "192.0.2.1", field: value}
    check(api, "aggregators/7/bgp_protocols/", body, field, "")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("babel", "interfaces", [{"patterns": []}]),
        ("babel", "interfaces", [{"patterns": ["x"], "type": "ptp"}]),
        ("babel", "interfaces", [{"patterns": ["x"], "rxcost": 65536}]),
        ("ospf", "areas", [{"interfaces": []}]),
        ("ospf", "areas", [{"area_id": "backbone"}]),
        ("ospf", "areas", [{"area_id": "0", "interfaces": [{"patterns": ["x"], "type": "wired"}]}]),
    ],
)
def test_babel_and_ospf(api: Api, kind: str, field: str, value: object) -> None:
    check(api, f"aggregators/7/{kind}_protocols/", {"name": "p", field: value}, field, "")


def test_filter_slots(api: Api) -> None:
    keep4, keep6 = (api.named("aggregators/7/filters/", name)["url"] for name in ("keep4", "keep6"))
    far4 = api.named("aggregators/8/filters/", "far4")["url"]
    path = "aggregators/7/babel_protocols/"

    def refused(slot: str, value: object, words: str) -> None:
        check(api, path, {"name": "p", slot: value}, slot, words)

    refused("export_ipv4", {"mode": "filter"}, "Required with the mode filter.")
    refused("export_ipv4", {"mode": "filter", "filter": None}, "Required with the mode filter.")
    refused("export_ipv4", {"mode": "filter", "filter": keep6}, "keep6 is a filter for ipv6, not ipv4.")
    refused("import_ipv6", {"mode": "filter", "filter": keep4}, "keep4 is a filter for ipv4, not ipv6.")
    refused("export_ipv4", {"mode": "filter", "filter": far4}, "The filter must be of the same aggregator.")
    refused("export_ipv4", {"mode": "all", "filter": keep4}, "Must be null with the mode all.")
    refused("export_ipv4", {"filter": keep4}, "This field is required.")
    refused("export_ipv4", {"mode": "some"}, "is not a valid choice")
    refused("export_ipv4", "all", "Invalid data. Expected a dictionary")
    slots = {"export_ipv4": {"mode": "filter", "filter": keep4}, "import_ipv6": {"mode": "filter", "filter": keep6}}
    made = api.write("POST", path, {"name": "p", **slots})
    assert {name: made[name] for name in slots} == slots
    changed = api.write("PATCH", made["url"], {"export_ipv4": {"mode": "all"}})
    assert changed["export_ipv4"] == {"mode": "all", "filter": None}
    assert changed["import_ipv6"] == slots["import_ipv6"]


def test_filter_in_use_stays(api: Api) -> None:
    keep4, keep6 = (api.named("aggregators/7/filters/", name)["url"] for name in ("keep4", "keep6"))
    assert api.refused("DELETE", keep4) == {"non_field_errors": ["The filter is in use by oldmesh."]}
    check(api, keep4, {"family": "ipv6"}, "family", "Cannot be changed: used by oldmesh.", "PATCH")
    api.write("PATCH", keep4, {"body": "reject;"})
    api.write("PATCH", keep6, {"family": "ipv4"})
    api.write("DELETE", api.named("aggregators/7/protocols/", "oldmesh")["url"])
    api.write("DELETE", keep4)


def test_filter_fields(api: Api) -> None:
    path = "aggregators/7/filters/"
    check(api, path, {"name": "keep4", "family": "ipv4", "body": "x"}, "name", "exists on the node")
    check(api, path, {"name": "f", "family": "ipx", "body": "x"}, "family", "is not a valid choice")
    check(api, path, {"name": "f", "family": "ipv4", "body": ""}, "body", "may not be blank")


def test_connected_ip(api: Api) -> None:
    path = "bonds/17/connected_ips/"
    eth1, other = api.url("bonds/17/interfaces/172/"), api.url("bonds/18/interfaces/181/")
    check(api, path, {"interface": other, "ip": "192.168.1.1/24"}, "interface", "must belong to the bond")
    check(api, path, {"interface": eth1, "ip": "192.168.17.1/24"}, "ip", "has this connected IP already")
    check(api, path, {"interface": eth1, "ip": "192.168.1.1"}, "ip", "with a prefix length")
    check(
        api, path, {"interface": eth1, "ip": "10.1.1.1/24", "aggregator_routing": "x"}, "aggregator_routing", "choice"
    )
    api.write("POST", "bonds/18/connected_ips/", {"interface": other, "ip": "192.168.17.1/24"})


def test_network_of_a_cpe_nat_ip_stays(api: Api) -> None:
    url = api.url("bonds/17/connected_ips/1/")
    words = "The CPE NAT IP 10.0.0.17 needs this network for 192.168.17.10."
    check(api, url, {"ip": "192.168.99.1/24"}, "ip", words, "PATCH")
    assert api.refused("DELETE", url) == {"non_field_errors": [words]}
    api.write("PATCH", url, {"ip": "192.168.17.2/25", "include_private_wan": True})
    api.write("DELETE", "bonds/17/cpe_nat_ips/1/")
    api.write("DELETE", url)


def test_cpe_nat_ip(api: Api) -> None:
    path = "bonds/17/cpe_nat_ips/"
    words = "Must be in a private connected network of the bond; it has: 192.168.17.0/24."
    check(api, path, {"ip": "10.0.0.9", "nat_ip": "192.168.18.10"}, "nat_ip", words)
    check(api, path, {"ip": "10.0.0.17", "nat_ip": "192.168.17.11"}, "ip", "The bond has this CPE NAT IP already.")
    check(api, path, {"ip": "2001:db8::1", "nat_ip": "192.168.17.11"}, "ip", "Enter a valid IPv4 address.")
    check(api, path, {"ip": "10.0.0.9/32", "nat_ip": "192.168.17.11"}, "ip", "Enter a valid IPv4 address.")
    check(api, "bonds/17/cpe_nat_ips/1/", {"nat_ip": "10.0.0.1"}, "nat_ip", words, "PATCH")


def test_a_pair_of_bonds_has_the_same_cpe_nat_ip(api: Api) -> None:
    eth1 = api.url("bonds/18/interfaces/181/")
    api.write("POST", "bonds/18/connected_ips/", {"interface": eth1, "ip": "192.168.17.1/24", "enabled": False})
    body = {"ip": "10.0.0.17", "nat_ip": "192.168.17.10", "enabled": False}
    backup = api.write("POST", "bonds/18/cpe_nat_ips/", body)
    # The vendor's script swaps the active bond: first the peer's objects go off, then the bond's own come on.
    for url, enabled in ((api.url("bonds/17/cpe_nat_ips/1/"), False), (backup["url"], True)):
        assert api.write("PATCH", url, {"enabled": enabled})["enabled"] is enabled


def test_cpe_nat_ip_wants_a_private_network(api: Api) -> None:
    path, body = "bonds/18/cpe_nat_ips/", {"ip": "10.0.0.18", "nat_ip": "8.8.8.10"}
    check(api, path, body, "nat_ip", "it has: none.")
    eth1 = api.url("bonds/18/interfaces/181/")
    api.write("POST", "bonds/18/connected_ips/", {"interface": eth1, "ip": "8.8.8.1/24"})
    check(api, path, body, "nat_ip", "it has: none.")
    api.write("POST", "bonds/18/connected_ips/", {"interface": eth1, "ip": "192.168.17.1/24"})
    api.write("POST", path, {"ip": "10.0.0.18", "nat_ip": "192.168.17.10"})


def test_bond_route(api: Api) -> None:
    path = "bonds/17/routes/"
    check(api, path, {"network": "172.16.0.1/16"}, "network", "without host bits")
    check(api, path, {"network": "172.16.0.0/16", "gateway": "x"}, "gateway", "valid IPv4 or IPv6 address")


def test_space_keys_are_unique(api: Api) -> None:
    body = {"name": "x", "key": "acme", "parent": api.url("spaces/provider/")}
    assert api.refused("POST", "spaces/", body) == {"key": ["Key must be unique."]}
    check(api, "spaces/", {**body, "key": "a b"}, "key", "valid")


def test_space(api: Api) -> None:
    check(api, "spaces/acme/", {"private_wan_mode": "mesh"}, "private_wan_mode", "is not a valid choice", "PATCH")
    check(api, "spaces/acme/", {"parent": api.url("spaces/acme-east/")}, "parent", "below itself", "PATCH")
    assert api.refused("DELETE", "spaces/acme/")["non_field_errors"][0].startswith("Still in use by:")


def test_all_private_wan_modes_are_accepted(api: Api) -> None:
    for mode in ["unmanaged", "private_wan_routers", "managed_mesh"]:
        assert api.write("PATCH", "spaces/acme/", {"private_wan_mode": mode})["private_wan_mode"] == mode


def test_aggregator(api: Api) -> None:
    body = {"name": "agg1", "ip": "198.51.100.9", "space": api.url("spaces/provider/")}
    check(api, "aggregators/", body, "name", "An aggregator with this name exists in the space.")
    check(api, "aggregators/", {**body, "name": "a", "ip": "2001:db8::1"}, "ip", "Enter a valid IPv4 address.")
    check(api, "aggregators/", {**body, "name": "a", "ipv6": "10.0.0.1"}, "ipv6", "Enter a valid IPv6 address.")
    api.write("POST", "aggregators/", {**body, "space": api.url("spaces/acme/")})
    assert api.refused("DELETE", "aggregators/7/") == {"non_field_errors": ["Still in use by: bond."]}


def test_bond(api: Api) -> None:
    check(
        api,
        "bonds/17/",
        {"secondary_aggregator": api.url("aggregators/7/")},
        "secondary_aggregator",
        "primary",
        "PATCH",
    )
    check(api, "bonds/17/", {"aggregator": None}, "aggregator", "may not be null", "PATCH")
