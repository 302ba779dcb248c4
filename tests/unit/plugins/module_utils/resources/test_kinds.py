# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values: canonical forms, both directions of the wire, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._resources import RESOURCES, ShapeError

SLOT_NONE = {"mode": "none", "filter": None}


class OneFilter:
    """Names with one filter, f1 (5), and one interface, ens6 (1)."""

    def url(self, space: str, parent: str, key: Any) -> str:
        return f"/{space}/{key}/"

    def key(self, space: str, parent: str, value: Any) -> Any:
        return value.split("/")[2] if isinstance(value, str) else value


def canonical(kind: str, **data: Any) -> dict[str, Any]:
    return RESOURCES[kind].canonical(data)


@pytest.mark.parametrize(
    ("kind", "field", "given", "wanted"),
    [
        (
            "vxlan_interface",
            "addresses",
            ["2001:DB8::0:1/64", "10.2.0.1/24", "10.1.0.1"],
            ["10.1.0.1/32", "10.2.0.1/24", "2001:db8::1/64"],
        ),
        ("vxlan_interface", "addresses", None, []),
        ("vxlan_interface", "mtu", None, None),
        ("vxlan_interface", "mtu", "1500", 1500),
        (
            "vxlan_interface",
            "endpoints",
            [{"ip": "10.0.0.10", "vni": 5}, {"ip": "10.0.0.9", "vni": "5"}],
            [{"ip": "10.0.0.9", "vni": 5}, {"ip": "10.0.0.10", "vni": 5}],
        ),
        ("babel_protocol", "export_ipv4", {"mode": "none"}, SLOT_NONE),
        ("ospf_protocol", "areas", [{"area_id": 1, "interfaces": None}], [{"area_id": "0.0.0.1", "interfaces": []}]),
        ("connected_ip", "ip", "192.168.17.1/255.255.255.0", "192.168.17.1/24"),
        ("bond", "secondary_aggregator", None, None),
        ("vxlan_interface", "mtu", 1500.0, 1500),
        ("bgp_protocol", "hold_time", "9.00", 9),
        ("filter", "body", "\r\n  accept;\r\nreject;\r\r\n", "accept;\nreject;"),
    ],
)
def test_one_spelling_for_each_meaning(kind: str, field: str, given: Any, wanted: Any) -> None:
    assert canonical(kind, **{field: given}) == {field: wanted}


@pytest.mark.parametrize(
    ("kind", "field", "given", "text"),
    [
        ("vxlan_interface", "vni", 0, "vni: 0 is not a whole number from 1 to 16777215"),
        ("vxlan_interface", "vni", True, "True is not a whole number"),
        ("vxlan_interface", "vni", None, "vni: it cannot be null; leave it out to leave it as it is"),
        ("vxlan_interface", "enabled", "yes", "'yes' is neither true nor false"),
        ("vxlan_interface", "name", "a/b", "not the name of a network interface (got 'a/b', expected 1 to 15"),
        ("vxlan_interface", "name", "", "not the name of a network interface (got ''"),
        ("ethernet_interface", "name", 'ens5":12,"q', "not the name of a network interface"),
        ("ethernet_interface", "name", "lo", "'lo' is reserved by Linux"),
        ("ethernet_interface", "name", 5, "not the name of a network interface (got 5"),
        ("filter", "name", "x; }", "not a name that BIRD accepts (got 'x; }'"),
        ("static_protocol", "name", "a\nb", "not a name that BIRD accepts"),
        ("babel_protocol", "name", "a-b", "not a name that BIRD accepts"),
        ("babel_protocol", "interfaces", [{"patterns": ['a"b; }']}], "patterns: not a pattern of interface names"),
        (
            "ospf_protocol",
            "areas",
            [{"area_id": 0, "interfaces": [{"patterns": ["-eth0"]}]}],
            "interfaces: patterns: not a pattern of interface names (got '-eth0'",
        ),
        ("ospf_protocol", "areas", [{"area_id": "²"}], "'²' is neither a number nor a dotted quad"),
        ("vxlan_interface", "addresses", ["fe80::1%eth0/64"], "is not an IP address with prefix length"),
        ("vxlan_interface", "endpoints", [{"ip": "fe80::1%a b", "vni": 1}], "is not an IP address without prefix"),
        ("bgp_protocol", "neighbor_address", "fe80::1%x; }", "is not an IP address without prefix length"),
        ("bgp_protocol", "neighbor_address", 5, "is not an IP address without prefix length"),
        ("vxlan_interface", "vni", "²", "is not a whole number"),
        ("vxlan_interface", "space", "a/../b", "not a key of a space (got 'a/../b'"),
        ("space", "key", "..", "not a key of a space (got '..'"),
        ("bgp_protocol", "password", 'C4nary"', "(the value is not shown)"),
        ("vxlan_interface", "space", "", "does not name a space"),
        ("vxlan_interface", "addresses", "10.0.0.1/8", "is not a list"),
        ("vxlan_interface", "endpoints", [{"ip": "10.0.0.1"}], "endpoints: vni is missing"),
        ("vxlan_interface", "endpoints", [{"ip": "10.0.0.1", "vni": 1, "port": 1}], "port is not one of ip, vni"),
        ("vxlan_interface", "endpoints", ["10.0.0.1"], "is not a mapping of ip, vni"),
        ("filter", "family", "ipv5", "'ipv5' is none of ipv4, ipv6"),
        ("filter", "body", 5, "5 is not a text"),
        ("ospf_protocol", "areas", [{"area_id": "x"}], "'x' is neither a number nor a dotted quad"),
        ("cpe_nat_ip", "nat_ip", "192.0.2.0/24", "is not an IP address without prefix length"),
    ],
)
def test_what_is_refused(kind: str, field: str, given: Any, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        canonical(kind, **{field: given})
    assert text in str(caught.value)
    assert "C4nary" not in str(caught.value)


def test_to_the_wire_and_back() -> None:
    data = canonical(
        "static_protocol",
        name="s",
        space="acme",
        export_ipv4={"mode": "filter", "filter": "f1"},
        routes=[
            {"network": "10.0.0.0/8", "destination": "interface", "interface": "ens6"},
            {"network": "0.0.0.0/0", "destination": "gateway", "address": "192.0.2.1"},
        ],
    )
    body = RESOURCES["static_protocol"].to_wire(data, OneFilter(), "aggregators/7")
    assert body == {
        "name": "s",
        "space": "/space/acme/",
        "export_ipv4": {"mode": "filter", "filter": "/filter/f1/"},
        "routes": [
            {"network": "0.0.0.0/0", "destination": "gateway", "address": "192.0.2.1", "interface": None},
            {"network": "10.0.0.0/8", "destination": "interface", "address": None, "interface": "/interface/ens6/"},
        ],
    }
    assert RESOURCES["static_protocol"].from_wire(body, OneFilter(), "aggregators/7") == data


def test_what_the_server_has_more_is_left_out_and_what_it_has_else_is_kept() -> None:
    item = {
        "id": 5,
        "name": "b",
        "colour": "red",
        "password": "hush",
        "space": None,
        "import_ipv4": {"mode": "some", "filter": None, "id": 3},
        "interfaces": [{"id": 1, "patterns": ["vx1"], "type": "quantum"}],
    }
    assert RESOURCES["babel_protocol"].from_wire(item, OneFilter(), "aggregators/7") == {
        "name": "b",
        "space": None,
        "import_ipv4": {"mode": "some", "filter": None},
        "interfaces": [
            {"patterns": ["vx1"], "type": "quantum", "rxcost": None, "hello_interval": None, "update_interval": None}
        ],
    }
    assert "password" not in RESOURCES["bgp_protocol"].from_wire(item, OneFilter(), "aggregators/7")


def test_unknown_and_read_only_fields_are_never_sent() -> None:
    bond = RESOURCES["bond"]
    assert bond.to_wire({"id": 17, "name": "x", "other": 1}, OneFilter(), "") == {"name": "x"}
    assert bond.unknown({"id": 17, "other": 1}) == ["other"]


def test_addresses_as_objects_or_texts() -> None:
    vxlan = RESOURCES["vxlan_interface"]
    for addresses in ([{"id": 1, "address": "192.0.2.1/24"}], ["192.0.2.1/24"]):
        assert vxlan.from_wire({"addresses": addresses}, OneFilter(), "") == {"addresses": ["192.0.2.1/24"]}
    assert vxlan.from_wire({"addresses": None}, OneFilter(), "") == {"addresses": []}


@pytest.mark.parametrize(("shown", "read"), [(0.5, 0.5), ("0.50", 0.5), (4.0, 4), ("4.00", 4), (4, 4)])
def test_an_interval_of_others_may_be_a_fraction_of_a_second(shown: Any, read: Any) -> None:
    item = {"name": "b", "interfaces": [{"patterns": ["vx1"], "hello_interval": shown}]}
    found = RESOURCES["babel_protocol"].from_wire(item, OneFilter(), "aggregators/7")
    assert found["interfaces"][0]["hello_interval"] == read
    with pytest.raises(ValueError, match="0.5 is not a whole number"):
        canonical("babel_protocol", interfaces=[{"patterns": ["vx1"], "hello_interval": 0.5}])


def test_a_block_of_text_is_compared_without_the_space_around_it() -> None:
    body = RESOURCES["filter"].field("body")
    assert body is not None
    assert body.canonical("if net.len = 32 then accept;\nreject;\n") == "if net.len = 32 then accept;\nreject;"


@pytest.mark.parametrize(
    ("kind", "item", "text"),
    [
        ("vxlan_interface", {"vni": "x"}, "vni: got 'x', expected a whole number"),
        ("vxlan_interface", {"vni": 1.5}, "vni: got 1.5, expected a whole number"),
        ("bgp_protocol", {"hold_time": float("inf")}, "hold_time: got inf, expected a whole number"),
        ("vxlan_interface", {"enabled": 1}, "enabled: got 1, expected true or false"),
        ("vxlan_interface", {"space": [1]}, "space: got [1], expected a reference to a space"),
        ("vxlan_interface", {"addresses": 5}, "addresses: got 5, expected a list"),
        ("vxlan_interface", {"addresses": [5]}, "addresses: entry 1: got 5, expected an IP address with prefix length"),
        (
            "vxlan_interface",
            {"addresses": [{"address": None}]},
            "addresses: entry 1: got None, expected an IP address with prefix length",
        ),
        ("vxlan_interface", {"endpoints": [5]}, "endpoints: entry 1: got 5, expected a mapping of ip, vni"),
        (
            "vxlan_interface",
            {"endpoints": [{"ip": "192.0.2.1"}]},
            "endpoints: entry 1: vni: got None, expected a whole number",
        ),
        ("babel_protocol", {"import_ipv4": "all"}, "import_ipv4: got 'all', expected a mapping of mode, filter"),
        ("babel_protocol", {"import_ipv4": {"mode": []}}, "import_ipv4: mode: got [], expected a choice"),
        ("babel_protocol", {"interfaces": {"a": 1}}, "interfaces: got {'a': 1}, expected a list"),
        (
            "babel_protocol",
            {"interfaces": [{"patterns": None}]},
            "interfaces: entry 1: patterns: got None, expected a list",
        ),
        ("aggregator", {"ip": "n/a"}, "ip: got 'n/a', expected an IP address"),
        ("filter", {"body": ["x"]}, "body: got ['x'], expected a text"),
    ],
)
def test_an_answer_of_another_type_names_the_field(kind: str, item: dict[str, Any], text: str) -> None:
    with pytest.raises(ShapeError) as caught:
        RESOURCES[kind].from_wire(item, OneFilter(), "aggregators/7")
    assert text in str(caught.value)


def test_an_answer_may_have_more_than_users_may_give() -> None:
    names = {"name": 'a"b', "addresses": ["fe80::1%eth0/64"], "vni": 0, "endpoints": []}
    assert RESOURCES["vxlan_interface"].from_wire(names, OneFilter(), "") == names
    assert RESOURCES["filter"].from_wire({"name": "x; }"}, OneFilter(), "") == {"name": "x; }"}
    assert RESOURCES["aggregator"].from_wire({"ip": "", "version": 6.5}, OneFilter(), "") == {
        "ip": None,
        "version": "6.5",
    }
