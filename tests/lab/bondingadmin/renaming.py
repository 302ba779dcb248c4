# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each name of the table as another one, and all that the engines do with it on the stand-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import Client, ClientError, Connection
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    AGGREGATOR_PARTS,
    BOND_PARTS,
    Api,
    ReconcileError,
    Refs,
    Run,
    manage_object,
    manage_space,
    survey_aggregators,
    survey_bonds,
    survey_spaces,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources import (
    LISTINGS,
    RESOURCES,
    TABLE,
    ApiMap,
    Table,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources.api_map import choices_of
from lab.process import Running

KEEP4, KEEP6 = {"mode": "filter", "filter": "keep4"}, {"mode": "filter", "filter": "keep6"}
PROTOCOL = {
    "space": "acme",
    "enabled": True,
    "import_ipv4": KEEP4,
    "export_ipv4": KEEP4,
    "import_ipv6": KEEP6,
    "export_ipv6": KEEP6,
}
INTERFACE = {"space": "acme", "enabled": True, "mtu": 1400, "addresses": ["10.251.0.7/24"]}
NEW: dict[str, dict[str, Any]] = {
    "ethernet_interface": {**INTERFACE, "name": "eth7", "accept_ra": True},
    "vxlan_interface": {**INTERFACE, "name": "vxnew", "vni": 901, "endpoints": [{"ip": "10.0.0.8", "vni": 901}]},
    "filter": {"name": "new4", "family": "ipv4", "body": "reject;"},
    "static_protocol": {
        **PROTOCOL,
        "name": "newroutes",
        "routes": [
            {"network": "172.22.0.0/16", "destination": "interface", "interface": "vxold"},
            {"network": "172.23.0.0/16", "destination": "gateway", "address": "10.250.0.2"},
        ],
    },
    "bgp_protocol": {
        **PROTOCOL,
        "name": "newpeer",
        "local_as": 64512,
        "local_address": "10.250.0.7",
        "neighbor_address": "10.250.0.8",
        "neighbor_as": 64513,
        "password": "hush",
        "multihop": 2,
        "hold_time": 90,
        "keepalive_time": 20,
        "next_hop_self": True,
        "rr_client": True,
    },
    "babel_protocol": {
        **PROTOCOL,
        "name": "newmesh",
        "interfaces": [
            {"patterns": ["vxold"], "type": "tunnel", "rxcost": 96, "hello_interval": 4, "update_interval": 16}
        ],
    },
    "ospf_protocol": {
        **PROTOCOL,
        "name": "newospf",
        "areas": [
            {
                "area_id": "0.0.0.1",
                "interfaces": [{"patterns": ["vxold"], "type": "ptp", "cost": 5, "hello": 4, "dead": 16}],
            }
        ],
    },
    "connected_ip": {
        "ip": "192.168.18.1/24",
        "interface": "eth1",
        "enabled": True,
        "include_private_wan": True,
        "aggregator_routing": "always",
    },
    "cpe_nat_ip": {"ip": "10.0.0.18", "nat_ip": "192.168.17.11", "enabled": True},
}
CHANGE: dict[str, dict[str, Any]] = {"filter": {"body": "accept;"}}


def _renamings() -> Iterator[Any]:
    for kind in (*RESOURCES, *LISTINGS):
        owner = f"{TABLE.path(kind).partition('X/')[0]}X/" if "X/" in TABLE.path(kind) else ""
        yield pytest.param(kind, {"paths": {kind: f"{owner}another_{kind}/"}}, id=f"path of {kind}")
        for dotted, value in TABLE.names(kind).items():
            new = f"another_{dotted.rpartition('.')[2]}"
            yield pytest.param(kind, {"fields": {kind: {dotted: new}}}, id=f"{kind}: {dotted}")
            if choices_of(value):
                words = {choice: f"another-{choice}" for choice in choices_of(value)}
                yield pytest.param(kind, {"values": {kind: {dotted: words}}}, id=f"values of {kind}: {dotted}")


RENAMINGS = list(_renamings())


def everything() -> dict[str, Any]:
    """All renamings together."""
    found: dict[str, Any] = {"paths": {}, "fields": {}, "values": {}}
    for renaming in RENAMINGS:
        for section, kinds in renaming.values[1].items():
            for kind, entry in kinds.items():
                if section == "paths":
                    found[section][kind] = entry
                else:
                    found[section].setdefault(kind, {}).update(entry)
    return found


def outcome(server: Running, kind: str, table: Table) -> str:
    """All that the engines read and write of a kind, as a text; an error is one too."""
    connection = Connection(server.url, username="root@example.com", password="root-secret")
    with Client(connection, 1) as client:
        try:
            return json.dumps(_work(Api(client, table), kind, server), sort_keys=True)
        except (ClientError, ReconcileError) as error:
            return f"{type(error).__name__}: {error}"


def _work(api: Api, kind: str, server: Running) -> Any:
    if kind in NEW:
        made = []
        change = CHANGE.get(kind, {"enabled": False})
        for data, present in ((NEW[kind], True), ({**NEW[kind], **change}, True), ({}, True), (NEW[kind], False)):
            if not data:
                made += [_read(api, kind), _passwords(server)]
                continue
            run = Run(Refs(api), check_mode=False)
            owner = 17 if RESOURCES[kind].below == "bond" else "agg1"
            made.append(manage_object(run, owner, kind, data, present=present).objects)
        return made
    if kind == "space":
        data = {
            "key": "acme",
            "private_wan_enabled": False,
            "private_wan_mode": "unmanaged",
            "private_wan_include_interfaces": True,
        }
        return [manage_space(Run(Refs(api), check_mode=False), data).objects, _read(api, kind)]
    return _read(api, kind)


def _passwords(server: Running) -> list[Any]:
    """Return the protocols' passwords from the server's state: no answer of the API shows them."""
    found = [one for aggregator in server.state()["aggregators"] for one in aggregator["protocols"]]
    return [one.get("password") for one in found]


def _read(api: Api, kind: str) -> Any:
    if kind == "space":
        return survey_spaces(Refs(api), None)
    if kind in ("node", "routing_group", "primary_bond", "secondary_bond"):
        parent = "" if kind in RESOURCES else "aggregators/7"
        # What a URL is depends on the path, so only whether there is one.
        return sorted((one["id"], one.get("name"), "url" in one) for one in api.list(kind, parent))
    below = (RESOURCES.get(kind) or LISTINGS[kind]).below or kind
    if below == "bond" or kind == "current_bond":
        gather = (*BOND_PARTS, "current_aggregator") if kind in ("bond", "current_bond") else BOND_PARTS
        return survey_bonds(Refs(api), "17", gather, 1)
    return survey_aggregators(Refs(api), "agg1", AGGREGATOR_PARTS, 1)


def renaming_of(api_map: ApiMap) -> dict[str, Any]:
    """Return the names as `lab.bondingadmin` takes them: by paths, and in a listing each kind's own."""
    found: dict[str, Any] = {"paths": {}, "fields": {}, "values": {}}
    for kind, path in api_map.paths.items():
        found["paths"][TABLE.path(kind)] = path
    for section, names in (("fields", api_map.fields), ("values", api_map.values)):
        for kind, entry in names.items():
            for one in LISTINGS[kind].of if kind in LISTINGS else (kind,):
                found[section].setdefault(RESOURCES[one].path, {}).update(entry)
    return found
