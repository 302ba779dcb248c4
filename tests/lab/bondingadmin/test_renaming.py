# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in's renaming: new names in bodies, answers, URLs, OPTIONS and refusals; the old ones are none any more."""

from __future__ import annotations

import pytest

from lab.process import LabError, Running

from .conftest import Api

VXLANS = "aggregators/X/vxlan_interfaces/"
NEW = {"name": "vxnew", "vni": 901, "endpoints": [{"remote": "10.0.0.8", "vni": 901}]}


def test_a_path_and_what_is_below_it(server: Running, api: Api) -> None:
    server.rename({"paths": {"aggregators/": "aggs/", "aggregators/X/filters/": "aggs/X/rules/"}})
    assert api("GET", "aggregators/7/").status_code == 404
    assert api("GET", "aggregators/7/filters/").status_code == 404
    assert api("GET", "aggs/7/filters/").status_code == 404
    assert [one["url"] for one in api.get("aggs/") if one["name"] == "agg1"] == [api.url("aggs/7/")]
    one = api.named("aggs/7/rules/", "keep4")
    assert one["url"].startswith(api.url("aggs/7/rules/"))
    assert api.get(one["url"])["name"] == "keep4"
    slot = api.named("aggs/7/protocols/", "oldmesh")["export_ipv4"]
    assert slot == {"mode": "filter", "filter": one["url"]}
    page = api.get("aggs/?page_size=1")
    assert page["next"].startswith(api.url("aggs/"))


def test_a_field_inside_of_a_list(server: Running, api: Api) -> None:
    server.rename({"fields": {VXLANS: {"endpoints.ip": "remote"}}})
    assert api.refused("POST", "aggregators/7/vxlan_interfaces/", {**NEW, "endpoints": [{"ip": "10.0.0.8", "vni": 1}]})
    made = api.write("POST", "aggregators/7/vxlan_interfaces/", NEW)
    assert [one["remote"] for one in made["endpoints"]] == ["10.0.0.8"]
    listed = api.named("aggregators/7/interfaces/", "vxnew")
    assert [sorted(set(one) & {"ip", "remote"}) for one in listed["endpoints"]] == [["remote"]]
    described = api("OPTIONS", "aggregators/7/vxlan_interfaces/").json()["actions"]["POST"]
    assert "remote" in described["endpoints"]["child"]["children"]
    assert "ip" not in described["endpoints"]["child"]["children"]


def test_a_value(server: Running, api: Api) -> None:
    server.rename({"values": {"aggregators/X/filters/": {"family": {"ipv4": "inet"}}}})
    body = {"name": "new4", "family": "ipv4", "body": "accept;"}
    assert "family" in api.refused("POST", "aggregators/7/filters/", body)
    assert api.write("POST", "aggregators/7/filters/", {**body, "family": "inet"})["family"] == "inet"
    choices = api("OPTIONS", "aggregators/7/filters/").json()["actions"]["POST"]["family"]["choices"]
    assert [choice["value"] for choice in choices] == ["inet", "ipv6"]


def test_a_nested_object_of_another_kind_has_the_names_of_its_own(server: Running, api: Api) -> None:
    server.rename({"fields": {"spaces/": {"key": "slug", "url": "href"}}})
    assert api.get("bonds/17/")["space"]["slug"] == "acme"
    assert api.get("spaces/acme/")["href"] == api.url("spaces/acme/")


def test_a_reset_ends_it_and_nonsense_is_refused(server: Running, api: Api) -> None:
    given = {"paths": {"bonds/": "lines/"}}
    server.rename(given)
    assert server.control("GET", "renaming") == given
    server.reset()
    assert server.control("GET", "renaming") == {}
    assert api("GET", "bonds/17/").status_code == 200
    with pytest.raises(LabError, match="there is no path bond/; there are: spaces/"):
        server.rename({"paths": {"bond/": "lines/"}})
    with pytest.raises(LabError, match="a renaming is an object with paths, fields, values"):
        server.rename({"path": {}})
