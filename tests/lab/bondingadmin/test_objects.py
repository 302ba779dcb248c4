# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each resource from its making to its end: defaults, PUT, PATCH, what is ignored, what is never shown."""

from __future__ import annotations

from typing import Any

import pytest

from lab.process import Running

from .conftest import Api

EXTRAS = {"id", "url", "revision", "labels"}
ALL = {"mode": "all", "filter": None}
NONE = {"mode": "none", "filter": None}
SLOTS = {"import_ipv4": ALL, "export_ipv4": NONE, "import_ipv6": ALL, "export_ipv6": NONE}


def own(found: dict[str, Any]) -> dict[str, Any]:
    """An object without what each has, and without ids and extras inside its lists."""

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if k not in {"id", "family", "description", "metric"}}
        return value

    return {key: plain(value) for key, value in found.items() if key not in EXTRAS}


CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    # name: (path, the least body, what the server fills in)
    "ethernet": (
        "aggregators/8/ethernet_interfaces/",
        {"name": "ens6"},
        {"type": "ethernet", "space": None, "enabled": True, "mtu": None, "addresses": [], "accept_ra": False},
    ),
    "vlan": (
        "aggregators/7/vlan_interfaces/",
        {"name": "eth1.9", "parent": "{base}aggregators/7/ethernet_interfaces/1/", "vlan_id": 9},
        {"type": "vlan", "space": None, "enabled": True, "mtu": None, "addresses": []},
    ),
    "vxlan": (
        "aggregators/8/vxlan_interfaces/",
        {"name": "vx1", "vni": 1},
        {"type": "vxlan", "space": None, "enabled": True, "mtu": None, "addresses": [], "endpoints": []},
    ),
    "static": (
        "aggregators/8/static_protocols/",
        {"name": "s"},
        {"protocol": "static", "enabled": True, "active": True, "space": None, **SLOTS, "routes": []},
    ),
    "bgp": (
        "aggregators/8/bgp_protocols/",
        {"name": "b", "local_as": 64512, "neighbor_address": "192.0.2.1", "neighbor_as": 4294967295},
        {
            "protocol": "bgp",
            "enabled": True,
            "active": True,
            "space": None,
            **SLOTS,
            "local_address": None,
            "multihop": None,
            "hold_time": 240,
            "keepalive_time": 80,
            "next_hop_self": False,
            "rr_client": False,
        },
    ),
    "babel": (
        "aggregators/8/babel_protocols/",
        {"name": "m"},
        {"protocol": "babel", "enabled": True, "active": True, "space": None, **SLOTS, "interfaces": []},
    ),
    "ospf": (
        "aggregators/8/ospf_protocols/",
        {"name": "o"},
        {"protocol": "ospf", "enabled": True, "active": True, "space": None, **SLOTS, "areas": []},
    ),
    "filter": ("aggregators/8/filters/", {"name": "f", "family": "ipv6", "body": "reject;"}, {}),
    "connected IP": (
        "bonds/18/connected_ips/",
        {"interface": "{base}bonds/18/interfaces/181/", "ip": "192.168.18.1/24"},
        {"enabled": True, "include_private_wan": False, "aggregator_routing": "auto"},
    ),
    "CPE NAT IP": (
        "bonds/17/cpe_nat_ips/",
        {"ip": "10.0.0.99", "nat_ip": "192.168.17.11"},
        {"enabled": True},
    ),
    "route": (
        "bonds/17/routes/",
        {"network": "172.16.18.0/24"},
        {"gateway": None, "include_private_wan": False, "enabled": True},
    ),
    "space": (
        "spaces/",
        {"name": "New", "key": "new", "parent": "{base}spaces/acme/"},
        {
            "private_wan_enabled": False,
            "private_wan_mode": "managed_mesh",
            "private_wan_include_interfaces": False,
        },
    ),
}


def body_of(api: Api, given: dict[str, Any]) -> dict[str, Any]:
    return {k: v.replace("{base}", api.base) if isinstance(v, str) else v for k, v in given.items()}


@pytest.mark.parametrize("name", CASES)
def test_life_of_an_object(api: Api, name: str) -> None:
    path, least, defaults = CASES[name]
    body = body_of(api, least)
    made = api.write("POST", path, {**body, "no_such_field": 1, "revision": 99, "id": 4711})
    assert own(made) == {**body, **defaults}
    assert set(made) == EXTRAS | set(body) | set(defaults)
    assert made["id"] != 4711
    assert made["url"].startswith(api.url(path))
    assert api.get(made["url"]) == made
    # A PATCH of nothing changes nothing, a PUT needs what a POST needs.
    assert own(api.write("PATCH", made["url"], {})) == own(made)
    assert own(api.write("PUT", made["url"], body)) == own(made)
    missing = api.refused("PUT", made["url"], {})
    assert missing == {key: ["This field is required."] for key in body if key != "parent" or name == "vlan"}
    assert api.refused("POST", path, {}) == missing
    api.write("DELETE", made["url"])
    assert api("GET", made["url"]).status_code == 404
    assert api("DELETE", made["url"]).status_code == 404
    # Ids are never used again.
    assert api.write("POST", path, body)["id"] > made["id"]


def test_patch_changes_only_what_it_names(api: Api) -> None:
    old = api.named("aggregators/7/interfaces/", "vxold")
    new = api.write("PATCH", old["url"], {"mtu": 1500})
    assert own(new) | {"endpoints": 0} == own(old) | {"mtu": 1500, "endpoints": 0}
    assert new["revision"] == old["revision"] + 1


def test_lists_are_written_whole_and_rows_that_stay_keep_their_ids(api: Api) -> None:
    old = api.named("aggregators/7/interfaces/", "vxold")
    ids = {row["ip"]: row["id"] for row in old["endpoints"]}
    wanted = [{"ip": "10.0.0.9", "vni": 900}, {"ip": "10.0.0.10", "vni": 900, "id": 77, "colour": "red"}]
    new = api.write("PATCH", old["url"], {"endpoints": wanted, "addresses": []})
    after = {row["ip"]: row["id"] for row in new["endpoints"]}
    assert set(after) == {"10.0.0.9", "10.0.0.10"}
    assert after["10.0.0.9"] == ids["10.0.0.9"]
    assert after["10.0.0.10"] not in {77, *ids.values()}
    assert new["addresses"] == []
    assert set(new["endpoints"][0]) == {"id", "ip", "vni", "description"}


def test_static_routes_keep_their_ids(api: Api) -> None:
    old = api.named("aggregators/7/protocols/", "oldroutes")
    kept = next(row for row in old["routes"] if row["network"] == "172.21.0.0/16")
    wanted = [
        {"network": "172.21.0.0/16", "destination": "gateway", "address": "10.9.9.2"},
        {"network": "172.22.0.0/16", "destination": "blackhole"},
    ]
    new = api.write("PATCH", old["url"], {"routes": wanted})
    routes = {row["network"]: row for row in new["routes"]}
    assert routes["172.21.0.0/16"] == kept
    assert routes["172.22.0.0/16"] == {
        "id": routes["172.22.0.0/16"]["id"],
        "network": "172.22.0.0/16",
        "destination": "blackhole",
        "address": None,
        "interface": None,
        "metric": None,
    }


def test_addresses_come_back_as_objects_in_canonical_form(api: Api) -> None:
    body = {"name": "ens6", "addresses": [{"address": "2001:DB8:0::1/64"}, {"address": "10.1.0.5/24"}]}
    made = api.write("POST", "aggregators/8/ethernet_interfaces/", body)
    shown = {row["address"]: row["family"] for row in made["addresses"]}
    assert shown == {"2001:db8::1/64": "ipv6", "10.1.0.5/24": "ipv4"}
    assert all(set(row) == {"id", "address", "family"} for row in made["addresses"])


def test_null_clears(api: Api) -> None:
    old = api.named("aggregators/7/interfaces/", "eth1")
    assert old["mtu"] == 1500
    assert api.write("PATCH", old["url"], {"mtu": None})["mtu"] is None
    vxlan = api.write(
        "POST", "aggregators/8/vxlan_interfaces/", {"name": "v", "vni": 1, "space": api.url("spaces/acme/")}
    )
    assert api.write("PATCH", vxlan["url"], {"space": None})["space"] is None


def test_relations_are_read_from_urls_of_any_host_and_from_paths(api: Api) -> None:
    for url in ["https://bonding.example.com/api/v4/spaces/acme/", "/api/v4/spaces/acme/"]:
        vxlan = api.write("POST", "aggregators/8/vxlan_interfaces/", {"name": "v", "vni": 1, "space": url})
        assert vxlan["space"] == api.url("spaces/acme/")
        api.write("DELETE", vxlan["url"])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2, "Incorrect type. Expected URL string, received int."),
        ({"url": "/api/v4/spaces/acme/"}, "Incorrect type. Expected URL string, received dict."),
        ("acme", "Invalid hyperlink - No URL match."),
        ("/api/v4/bonds/17/", "Invalid hyperlink - Incorrect URL match."),
        ("/api/v4/spaces/", "Invalid hyperlink - Incorrect URL match."),
        ("/api/v4/spaces/nowhere/", "Invalid hyperlink - Object does not exist."),
    ],
)
def test_relations_that_are_none(api: Api, value: object, words: str) -> None:
    body = {"name": "v", "vni": 1, "space": value}
    assert api.refused("POST", "aggregators/8/vxlan_interfaces/", body) == {"space": [words]}


def test_relation_below_another_parent_does_not_exist(api: Api) -> None:
    body = {"name": "v", "parent": api.url("aggregators/8/ethernet_interfaces/1/"), "vlan_id": 1}
    assert api.refused("POST", "aggregators/7/vlan_interfaces/", body) == {
        "parent": ["Invalid hyperlink - Object does not exist."]
    }


def test_object_below_another_parent_is_404(api: Api) -> None:
    assert api("GET", "aggregators/8/ethernet_interfaces/1/").status_code == 404
    assert api("GET", "aggregators/7/vxlan_interfaces/1/").status_code == 404
    assert api("GET", "bonds/18/connected_ips/1/").status_code == 404


def test_bgp_password_is_never_shown(api: Api, server: Running) -> None:
    body = {"name": "b", "local_as": 1, "neighbor_address": "192.0.2.1", "neighbor_as": 2, "password": " s3 "}
    made = api.write("POST", "aggregators/8/bgp_protocols/", body)

    def kept() -> Any:
        return server.state()["aggregators"][1]["protocols"][0]["password"]

    assert kept() == " s3 "
    assert "password" not in made
    assert "password" not in api.get(made["url"])
    assert "password" not in api.named("aggregators/8/protocols/", "b")
    api.write("PATCH", made["url"], {"multihop": 2})
    assert kept() == " s3 "
    api.write("PATCH", made["url"], {"password": None})
    assert kept() is None


def test_bgp_keepalive_follows_the_hold_time(api: Api) -> None:
    body = {"name": "b", "local_as": 1, "neighbor_address": "192.0.2.1", "neighbor_as": 2, "hold_time": 9}
    assert api.write("POST", "aggregators/8/bgp_protocols/", body)["keepalive_time"] == 3


def test_babel_blocks_and_patterns_keep_their_order(api: Api) -> None:
    blocks = [{"patterns": ["vx1", "tun*", "eth*"], "rxcost": 32}, {"patterns": ["a*"], "type": "wired"}]
    made = api.write("POST", "aggregators/8/babel_protocols/", {"name": "m", "interfaces": blocks})
    wanted: list[dict[str, Any]] = [
        {
            "patterns": ["vx1", "tun*", "eth*"],
            "type": "auto",
            "rxcost": 32,
            "hello_interval": None,
            "update_interval": None,
        },
        {"patterns": ["a*"], "type": "wired", "rxcost": None, "hello_interval": None, "update_interval": None},
    ]
    for _ in range(3):
        assert own(api.get(made["url"]))["interfaces"] == wanted
    # Also in a PATCH the blocks are filled in.
    changed = api.write("PATCH", made["url"], {"interfaces": [{"patterns": ["vx2"]}]})
    assert own(changed)["interfaces"] == [{**wanted[1], "patterns": ["vx2"], "type": "auto"}]
    assert api.refused("PATCH", made["url"], {"interfaces": [{"type": "auto"}]}) == {
        "interfaces": {"0": {"patterns": ["This field is required."]}}
    }


def test_ospf_areas(api: Api) -> None:
    areas = [
        {"area_id": "0.0.0.0", "interfaces": [{"patterns": ["vx1"], "type": "ptmp", "hello": 1}]},
        {"area_id": "7"},
    ]
    made = api.write("POST", "aggregators/8/ospf_protocols/", {"name": "o", "areas": areas})
    assert own(made)["areas"] == [
        {
            "area_id": "0.0.0.0",
            "interfaces": [{"patterns": ["vx1"], "type": "ptmp", "cost": None, "hello": 1, "dead": None}],
        },
        {"area_id": "7", "interfaces": []},
    ]


def test_protocol_in_a_space_without_private_wan_is_held(api: Api, server: Running) -> None:
    body = {"name": "m", "space": api.url("spaces/globex/"), "enabled": True}
    made = api.write("POST", "aggregators/8/babel_protocols/", body)
    assert (made["enabled"], made["active"]) == (True, False)
    api.write("PATCH", "spaces/globex/", {"private_wan_enabled": True})
    found = api.get(made["url"])
    assert (found["enabled"], found["active"]) == (True, True)
    found = api.write("PATCH", made["url"], {"enabled": False})
    assert (found["enabled"], found["active"]) == (False, False)


def test_aggregator_and_bond(api: Api, server: Running) -> None:
    aggregator = api.write(
        "POST",
        "aggregators/",
        {"name": "agg9", "ip": "198.51.100.9", "space": api.url("spaces/provider/"), "status": "up"},
    )
    assert aggregator["id"] > 1003
    assert (aggregator["status"], aggregator["version"], aggregator["ipv6"]) == ("unknown", "", None)
    bond = api.write(
        "POST", "bonds/", {"name": "new", "space": api.url("spaces/acme/"), "aggregator": aggregator["url"]}
    )
    assert bond["bonder"]["name"] == "new"
    assert api.get(aggregator["url"] + "bonds_current/")[0]["id"] == bond["id"]
    # At home, it goes along with its home.
    api.write("PATCH", bond["url"], {"aggregator": api.url("aggregators/7/")})
    assert api.get(aggregator["url"] + "bonds_current/") == []
    api.write("DELETE", bond["url"])
    api.write("DELETE", aggregator["url"])
    assert {node["name"] for node in api.get("nodes/")} == {"agg1", "agg2", "acme-agg", "bonder-branch"}


def test_bond_that_is_away_stays_away(api: Api) -> None:
    api.write("PATCH", "bonds/17/", {"aggregator": api.url("aggregators/1003/")})
    assert [row["id"] for row in api.get("aggregators/8/bonds_current/")] == [17]


def test_restore_to_primary(api: Api) -> None:
    answer = api("POST", "bonds/17/restore_to_primary_agg/")
    assert (answer.status_code, answer.json()["id"]) == (200, 17)
    assert {row["id"] for row in api.get("aggregators/7/bonds_current/")} == {17, 18}
    assert api.refused("POST", "bonds/17/restore_to_primary_agg/") == {
        "non_field_errors": ["The bond is on its primary aggregator already."]
    }


def test_space_is_addressed_by_its_key(api: Api) -> None:
    assert api("GET", "spaces/2/").status_code == 404
    renamed = api.write("PATCH", "spaces/globex/", {"key": "globex2"})
    assert renamed["url"] == api.url("spaces/globex2/")
    assert api("GET", "spaces/globex/").status_code == 404
