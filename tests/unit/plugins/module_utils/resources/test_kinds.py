# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values: canonical forms, both directions of the wire, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._resources import RESOURCES

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
        ("vxlan_interface", "name", "a/b", "without white space and /"),
        ("vxlan_interface", "name", "", "is not 1 to 15 characters"),
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
    assert RESOURCES["static_protocol"].to_friendly(body, OneFilter(), "aggregators/7") == data


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
    assert RESOURCES["babel_protocol"].to_friendly(item, OneFilter(), "aggregators/7") == {
        "name": "b",
        "space": None,
        "import_ipv4": {"mode": "some", "filter": None},
        "interfaces": [
            {"patterns": ["vx1"], "type": "quantum", "rxcost": None, "hello_interval": None, "update_interval": None}
        ],
    }
    assert "password" not in RESOURCES["bgp_protocol"].to_friendly(item, OneFilter(), "aggregators/7")


def test_unknown_and_read_only_fields_are_never_sent() -> None:
    bond = RESOURCES["bond"]
    assert bond.to_wire({"id": 17, "name": "x", "other": 1}, OneFilter(), "") == {"name": "x"}
    assert bond.unknown({"id": 17, "other": 1}) == ["other"]


def test_addresses_as_objects_or_texts() -> None:
    vxlan = RESOURCES["vxlan_interface"]
    for addresses in ([{"id": 1, "address": "192.0.2.1/24"}], ["192.0.2.1/24"]):
        assert vxlan.to_friendly({"addresses": addresses}, OneFilter(), "") == {"addresses": ["192.0.2.1/24"]}
    assert vxlan.to_friendly({"addresses": None}, OneFilter(), "") == {"addresses": []}


def test_a_block_of_text_is_compared_without_the_space_around_it() -> None:
    body = RESOURCES["filter"].field("body")
    assert body is not None
    assert body.canonical("if net.len = 32 then accept;\nreject;\n") == "if net.len = 32 then accept;\nreject;"
