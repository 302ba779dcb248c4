# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both list shapes, search, order, OPTIONS, and what makes this no echo."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .conftest import Api

LISTS = [
    "spaces/",
    "routing_groups/",
    "nodes/",
    "aggregators/",
    "aggregators/7/bonds/",
    "aggregators/8/bonds_secondary/",
    "aggregators/8/bonds_current/",
    "aggregators/7/interfaces/",
    "aggregators/7/ethernet_interfaces/",
    "aggregators/7/vlan_interfaces/",
    "aggregators/7/vxlan_interfaces/",
    "aggregators/7/protocols/",
    "aggregators/7/static_protocols/",
    "aggregators/7/bgp_protocols/",
    "aggregators/7/babel_protocols/",
    "aggregators/7/ospf_protocols/",
    "aggregators/7/filters/",
    "bonds/",
    "bonds/17/interfaces/",
    "bonds/17/connected_ips/",
    "bonds/17/cpe_nat_ips/",
    "bonds/17/routes/",
]


@pytest.mark.parametrize("path", LISTS)
def test_both_shapes_and_urls_that_lead_back(api: Api, path: str) -> None:
    rows = api.get(path)
    assert rows
    paged = api.get(path, params={"page_size": 100})
    assert {key: paged[key] for key in ["count", "next", "previous"]} == {
        "count": len(rows),
        "next": None,
        "previous": None,
    }
    assert sorted(row["id"] for row in paged["results"]) == sorted(row["id"] for row in rows)
    for row in rows:
        assert isinstance(row["id"], int)
        assert isinstance(row["revision"], int)
        assert row["labels"] == []
        # The typed resource shows the object as the list of all kinds did.
        assert ordered(api.get(row["url"])) == ordered(row)


def ordered(value: Any) -> Any:
    """The value with its lists of objects in one order."""
    if isinstance(value, dict):
        return {key: ordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((ordered(item) for item in value), key=str)
    return value


def test_pages(api: Api) -> None:
    for n in range(7):
        api.write("POST", "aggregators/8/filters/", {"name": f"f{n}", "family": "ipv4", "body": "accept;"})
    seen: list[str] = []
    url: str | None = "aggregators/8/filters/?page_size=3"
    sizes = []
    while url is not None:
        page = api.get(url)
        assert page["count"] == 8
        sizes.append(len(page["results"]))
        seen += [row["name"] for row in page["results"]]
        url = page["next"]
    assert sizes == [3, 3, 2]
    assert sorted(seen) == ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "far4"]
    assert page["previous"].endswith("?page=2&page_size=3")


def test_page_that_is_not_there(api: Api) -> None:
    answer = api("GET", "spaces/?page_size=3&page=9")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Invalid page."}


def test_search_is_not_exact(api: Api) -> None:
    assert {row["key"] for row in api.get("spaces/", params={"search": "acme"})} == {"acme", "acme-east"}
    found = api.get("aggregators/7/interfaces/", params={"search": "eth", "page_size": 10})
    assert {row["name"] for row in found["results"]} == {"eth1", "eth1.5"}
    assert api.get("bonds/17/connected_ips/", params={"search": "10.99"}) == []


def test_ordering(api: Api) -> None:
    for _ in range(3):
        assert [row["key"] for row in api.get("spaces/?ordering=key")] == ["acme", "acme-east", "globex", "provider"]
        assert [row["id"] for row in api.get("aggregators/?ordering=-id")] == [1003, 8, 7]
        assert [row["name"] for row in api.get("aggregators/7/protocols/?ordering=name")] == [
            "oldmesh",
            "oldospf",
            "oldpeer",
            "oldroutes",
        ]


@pytest.mark.parametrize("query", ["", "?page_size=10"])
@pytest.mark.parametrize("path", ["spaces/", "aggregators/7/interfaces/", "aggregators/7/protocols/", "bonds/"])
def test_another_order_at_each_read(api: Api, path: str, query: str) -> None:
    orders = []
    for _ in range(4):
        found = api.get(path + query)
        orders.append([row["id"] for row in (found["results"] if query else found)])
    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert all(first != second for first, second in zip(orders, orders[1:], strict=False))


@pytest.mark.parametrize(
    ("path", "name", "field", "inner"),
    [
        ("aggregators/7/interfaces/", "vxold", "endpoints", "ip"),
        ("aggregators/7/interfaces/", "eth1", "addresses", "address"),
        ("aggregators/7/protocols/", "oldroutes", "routes", "network"),
    ],
)
def test_inner_lists_too(api: Api, path: str, name: str, field: str, inner: str) -> None:
    orders = [[row[inner] for row in api.named(path, name)[field]] for _ in range(3)]
    assert orders[0] != orders[1] != orders[2]
    assert len(set(orders[0])) == 2


def test_relations_field_by_field(api: Api) -> None:
    provider = {"id": 1, "url": api.url("spaces/provider/"), "name": "Provider", "key": "provider"}
    aggregator = api.get("aggregators/7/")
    assert aggregator["space"] == provider
    assert aggregator["routing_group"] == {"id": 1, "url": api.url("routing_groups/1/"), "name": "zone-a"}
    assert api.get("aggregators/8/")["routing_group"] is None
    bond = api.get("bonds/17/")
    assert bond["space"]["key"] == "acme"
    assert bond["aggregator"] == api.url("aggregators/7/")
    assert bond["secondary_aggregator"] == api.url("aggregators/8/")
    bonder = api.get(bond["bonder"]["url"])
    assert (bonder["type"], bonder["name"]) == ("bonder", "bonder-branch")
    assert bond["bonder"] == {"id": bonder["id"], "url": bonder["url"], "name": "bonder-branch", "status": "up"}
    assert api.get("spaces/acme/")["parent"] == api.url("spaces/provider/")
    assert api.get("bonds/17/connected_ips/")[0]["interface"] == api.url("bonds/17/interfaces/172/")
    assert api.named("aggregators/7/interfaces/", "vxold")["space"] == api.url("spaces/acme/")
    assert api.named("aggregators/7/interfaces/", "eth1")["space"] is None
    assert api.named("aggregators/7/interfaces/", "eth1.5")["parent"] == api.url("aggregators/7/ethernet_interfaces/1/")
    mesh = api.named("aggregators/7/protocols/", "oldmesh")
    assert mesh["space"] == api.url("spaces/acme/")
    assert mesh["export_ipv4"] == {"mode": "filter", "filter": api.url("aggregators/7/filters/1/")}
    routes = {row["network"]: row["interface"] for row in api.named("aggregators/7/protocols/", "oldroutes")["routes"]}
    assert routes == {"172.20.0.0/16": api.url("aggregators/7/ethernet_interfaces/1/"), "172.21.0.0/16": None}


def test_urls_are_those_of_the_host_that_was_asked(api: Api) -> None:
    answer = api("GET", "spaces/acme/", headers={"Host": "bonding.example.com"})
    assert answer.json()["url"] == "http://bonding.example.com/api/v4/spaces/acme/"


def test_primary_secondary_and_present_bonds(api: Api) -> None:
    def ids(path: str) -> set[int]:
        return {row["id"] for row in api.get(path)}

    assert ids("aggregators/7/bonds/") == {17, 18}
    assert ids("aggregators/7/bonds_secondary/") == set()
    assert ids("aggregators/7/bonds_current/") == {18}
    assert ids("aggregators/8/bonds/") == set()
    assert ids("aggregators/8/bonds_secondary/") == {17}
    assert ids("aggregators/8/bonds_current/") == {17}


def fields(api: Api, path: str, method: str = "POST") -> dict[str, Any]:
    answer = api("OPTIONS", path)
    assert answer.status_code == 200
    return dict(answer.json()["actions"][method])


def test_options_field_by_field(api: Api) -> None:
    vxlan = fields(api, "aggregators/7/vxlan_interfaces/")
    assert set(vxlan) == set(api.named("aggregators/7/interfaces/", "vxold"))
    assert vxlan["name"] == {
        "type": "string",
        "required": True,
        "read_only": False,
        "label": "Name",
        "max_length": 15,
    }
    assert (vxlan["vni"]["type"], vxlan["vni"]["required"]) == ("integer", True)
    assert (vxlan["vni"]["min_value"], vxlan["vni"]["max_value"]) == (1, 16777215)
    assert vxlan["id"]["read_only"] and vxlan["url"]["read_only"] and vxlan["type"]["read_only"]
    assert (vxlan["enabled"]["type"], vxlan["enabled"]["required"]) == ("boolean", False)
    children = vxlan["endpoints"]["child"]["children"]
    assert children["id"]["read_only"] and children["ip"]["required"] and children["vni"]["required"]


def test_options_choices(api: Api) -> None:
    space = fields(api, "spaces/")
    assert [choice["value"] for choice in space["private_wan_mode"]["choices"]] == [
        "managed_mesh",
        "unmanaged",
        "private_wan_routers",
    ]
    connected = fields(api, "bonds/17/connected_ips/")
    assert [choice["value"] for choice in connected["aggregator_routing"]["choices"]] == ["auto", "always", "never"]
    slot = fields(api, "aggregators/7/bgp_protocols/")["export_ipv6"]
    assert [choice["value"] for choice in slot["children"]["mode"]["choices"]] == ["all", "none", "filter"]


def test_options_of_an_object_is_put(api: Api) -> None:
    assert set(fields(api, "bonds/17/connected_ips/1/", "PUT")) == set(api.get("bonds/17/connected_ips/1/"))


def test_options_of_what_is_only_read_has_no_actions(api: Api) -> None:
    for path in ["aggregators/7/interfaces/", "aggregators/7/protocols/", "routing_groups/", "nodes/"]:
        answer = api("OPTIONS", path)
        assert answer.status_code == 200
        assert "actions" not in answer.json()


def test_options_needs_a_user(api: Api) -> None:
    assert requests.options(api.url("spaces/"), timeout=10).status_code == 401
