# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An operator's map: what it means for paths and objects, and each mistake in it by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._resources import (
    RESOURCES,
    TABLE,
    ApiMapError,
    Field,
    Table,
    read_map,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources.fields import (
    HostAddress,
    ListOf,
    Number,
    Part,
    Record,
)

VXLAN = {
    "id": 41,
    "url": "https://bonding.example.com/api/v4/aggregators/7/vxlan_interfaces/41/",
    "name": "vx1",
    "space": {"key": "acme", "url": "https://bonding.example.com/api/v4/spaces/acme/"},
    "endpoints": [{"ip": "198.51.100.12", "vni": 5, "id": 1}],
}


def table(**sections: Any) -> Table:
    return Table(read_map(sections))


def test_without_a_map_nothing_is_touched() -> None:
    assert TABLE.received("vxlan_interface", VXLAN) is VXLAN
    assert TABLE.sent("vxlan_interface", {"vni": 5}) == {"vni": 5}
    assert not read_map(None)
    assert not read_map({"paths": {}, "fields": {}})


def test_a_nested_name_is_one_line() -> None:
    renamed = table(fields={"vxlan_interface": {"endpoints.ip": "remote_address"}})
    sent = renamed.sent("vxlan_interface", {"endpoints": [{"ip": "198.51.100.12", "vni": 5}]})
    assert sent == {"endpoints": [{"remote_address": "198.51.100.12", "vni": 5}]}
    theirs = {**VXLAN, "endpoints": [{"remote_address": "198.51.100.12", "vni": 5, "id": 1}]}
    assert renamed.received("vxlan_interface", theirs) == VXLAN
    assert renamed.wire_name("vxlan_interface", "endpoints.ip") == "endpoints.remote_address"


def test_two_names_may_change_places() -> None:
    swapped = table(fields={"cpe_nat_ip": {"ip": "nat_ip", "nat_ip": "ip"}})
    assert swapped.sent("cpe_nat_ip", {"ip": "10.0.0.1", "nat_ip": "192.168.1.2"}) == {
        "nat_ip": "10.0.0.1",
        "ip": "192.168.1.2",
    }
    assert swapped.received("cpe_nat_ip", {"ip": "192.168.1.2", "nat_ip": "10.0.0.1"})["ip"] == "10.0.0.1"


def test_a_field_that_has_another_name_is_not_read_by_its_old_one() -> None:
    renamed = table(fields={"aggregator": {"ip": "public_ip"}})
    assert renamed.received("aggregator", {"ip": "10.0.0.1", "public_ip": "203.0.113.7"}) == {"ip": "203.0.113.7"}
    assert renamed.received("aggregator", {"ip": "10.0.0.1"}) == {}


def test_a_name_of_several_kinds_counts_less_than_a_kinds_own() -> None:
    both = table(fields={"interface": {"name": "label", "type": "kind"}, "vxlan_interface": {"name": "title"}})
    assert both.sent("vxlan_interface", {"name": "vx1"}) == {"title": "vx1"}
    assert both.sent("ethernet_interface", {"name": "eth1"}) == {"label": "eth1"}
    assert both.received("interface", {"kind": "vxlan", "title": "vx1"}) == {"type": "vxlan", "name": "vx1"}
    assert both.received("interface", {"kind": "wireguard", "label": "wg1"}) == {"type": "wireguard", "name": "wg1"}


def test_all_kinds_are_named_object() -> None:
    renamed = table(fields={"object": {"url": "href"}})
    assert renamed.received("bond", {"href": "u", "space": {"href": "v"}}) == {"url": "u", "space": {"url": "v"}}
    assert renamed.received("current_bond", {"href": "u"}) == {"url": "u"}


def test_values_of_an_enumeration() -> None:
    renamed = table(
        values={"babel_protocol": {"interfaces.type": {"wired": "cable"}}, "protocol": {"protocol": {"babel": "BABEL"}}}
    )
    body = {"interfaces": [{"patterns": ["eth1"], "type": "wired"}, {"patterns": ["vx1"], "type": "tunnel"}]}
    sent = renamed.sent("babel_protocol", body)
    assert [entry["type"] for entry in sent["interfaces"]] == ["cable", "tunnel"]
    assert renamed.received("protocol", {"protocol": "BABEL", **sent}) == {"protocol": "babel", **body}


def test_what_is_below_a_path_goes_along() -> None:
    moved = table(paths={"aggregator": "sdwan/aggs/", "filter": "aggregators/X/rules/"})
    assert moved.collection("aggregator") == "sdwan/aggs/"
    assert moved.collection("vxlan_interface", "aggregators/7") == "sdwan/aggs/7/vxlan_interfaces/"
    assert moved.collection("filter", "aggregators/7") == "aggregators/7/rules/"
    assert moved.item("current_bond", "aggregators/7", 17) == "sdwan/aggs/7/bonds_current/17/"


def test_a_line_of_the_table_itself_is_enough() -> None:
    """A maintainer corrects a name for everybody in the table, nested ones too."""
    part = Part(HostAddress(), wire_name="remote_address")
    endpoints = Field("endpoints", ListOf(Record({"ip": part, "vni": Part(Number())})), wire_name="peers")
    fields = tuple(endpoints if one.name == "endpoints" else one for one in RESOURCES["vxlan_interface"].fields)
    corrected = replace(RESOURCES["vxlan_interface"], fields=fields, path="aggregators/X/vxlans/")
    renamed = Table(resources={**RESOURCES, "vxlan_interface": corrected})
    owned_by_network = {"endpoints": [{"ip": "198.51.100.12", "vni": 5}]}
    theirs = {"peers": [{"remote_address": "198.51.100.12", "vni": 5}]}
    assert renamed.sent("vxlan_interface", owned_by_network) == theirs
    assert renamed.received("interface", {"type": "vxlan", **theirs}) == {"type": "vxlan", **owned_by_network}
    assert renamed.collection("vxlan_interface", "aggregators/7") == "aggregators/7/vxlans/"


def test_a_map_leaves_no_trace() -> None:
    table(paths={"aggregator": "aggs/"}, fields={"vxlan_interface": {"endpoints.ip": "remote"}})
    assert TABLE.collection("aggregator") == "aggregators/"
    assert Table().sent("vxlan_interface", {"endpoints": [{"ip": "a"}]}) == {"endpoints": [{"ip": "a"}]}
    assert RESOURCES["aggregator"].path == "aggregators/"


MISTAKES: dict[str, tuple[Any, str]] = {
    "no mapping": ([], "api_map: got [], expected a mapping with paths, fields, values."),
    "section": ({"path": {}}, "api_map: 'path' is not known; did you mean 'paths'?"),
    "kind of a path": (
        {"paths": {"cpe_nat": "x/"}},
        "api_map: paths: 'cpe_nat' is not known; did you mean 'cpe_nat_ip'",
    ),
    "no slash": ({"paths": {"space": "spaces"}}, "api_map: paths: space: got 'spaces', expected a path below /api/v4/"),
    "absolute": ({"paths": {"space": "/spaces/"}}, "expected a path below /api/v4/"),
    "upwards": ({"paths": {"space": "../x/"}}, "expected a path below /api/v4/"),
    "no parent": (
        {"paths": {"cpe_nat_ip": "nat_ips/"}},
        "got 'nat_ips/', expected a path with X once, for the id of its bond, as bonds/X/cpe_nat_ips/",
    ),
    "a parent": ({"paths": {"space": "x/X/"}}, "expected a path with no X, it has no parent, as spaces/"),
    "kind of a field": (
        {"fields": {"vxlan": {}}},
        "api_map: fields: 'vxlan' is not known; did you mean 'vxlan_interface'?",
    ),
    "field": (
        {"fields": {"vxlan_interface": {"endpoint.ip": "x"}}},
        "fields: vxlan_interface: 'endpoint.ip' is not known; did you mean 'endpoints.ip'?",
    ),
    "no name": ({"fields": {"bond": {"name": 5}}}, "fields: bond: name: got 5, expected the name that the server uses"),
    "whole name": (
        {"fields": {"vxlan_interface": {"endpoints.ip": "endpoints.remote"}}},
        "expected the name that the server uses in this place, without the names around it",
    ),
    "twice": ({"fields": {"bond": {"name": "space"}}}, "fields: bond: name and space would both be 'space'"),
    "no enumeration": ({"values": {"bond": {"name": {"a": "b"}}}}, "values: bond: name: it is not an enumeration"),
    "value": (
        {"values": {"babel_protocol": {"interfaces.type": {"wire": "x"}}}},
        "interfaces.type: 'wire' is not known; did you mean 'wired'?",
    ),
    "value twice": (
        {"values": {"filter": {"family": {"ipv4": "ipv6"}}}},
        "values: filter: family: 'ipv6' would stand for two values",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_named(case: str) -> None:
    given, words = MISTAKES[case]
    with pytest.raises(ApiMapError) as caught:
        read_map(given)
    assert words in str(caught.value)
