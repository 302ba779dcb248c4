# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each field of each object in the server's answers, spoilt: an error that says where, or no matter; no traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import Client, ClientError, Response, client
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    AGGREGATOR_PARTS,
    BOND_PARTS,
    Api,
    ReconcileError,
    Refs,
    conformance,
    survey_aggregators,
    survey_bonds,
    survey_spaces,
    versions,
)
from ansible_collections.bonded.internet.plugins.modules import network_plan
from tests.unit.plugins.api_objects import (
    aggregator,
    bond,
    bond_interface,
    connected_ip,
    cpe_nat_ip,
    ethernet,
    protocol,
    routing_filter,
    space,
    vxlan,
)
from tests.unit.plugins.scripted import API, CONNECTION, LOGIN, call

Path = tuple[Any, ...]
BAD: list[Any] = [
    None,
    5,
    -1,
    1.5,
    True,
    "x",
    "",
    "²",
    [],
    {},
    ["a"],
    [1],
    {"url": 5},
    "http://[::1",
    "/²/",
    {"id": None},
]
ENTRY = {"patterns": ["vx10000003"], "type": "auto", "rxcost": None, "hello_interval": 1, "update_interval": 1}
AREA = {"area_id": "0.0.0.0", "interfaces": [{"patterns": ["vx1"], "type": "ptp", "cost": 1, "hello": 1, "dead": 4}]}
ROUTE = {"network": "10.0.0.0/8", "destination": "gateway", "address": "192.0.2.1", "interface": None}
HOSTS = [
    {"host": "agg1", "aggregator": "7", "private_ip_address": "192.0.2.11"},
    {"host": "agg2", "aggregator": "12", "private_ip_address": "192.0.2.12"},
]
ACME = {"key": "acme", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.0.0/20", "protocol": "babel"}}


class Fixed:
    """A server that answers each listing with what it is given, whatever that is."""

    def __init__(self, collections: dict[str, Any]) -> None:
        self.collections = collections

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        assert method in ("GET", "OPTIONS")
        return Response(
            200, "{}" if method == "OPTIONS" else json.dumps(self.collections.get(url.removeprefix(API), []))
        )

    def close(self) -> None:
        """Nothing is open."""


def world() -> dict[str, Any]:
    """One object of each kind."""
    own: dict[str, Any] = {"addresses": ["10.254.0.7/20"], "endpoints": ["192.0.2.12"]}
    return {
        "spaces/": [space("acme"), space("root", id=1)],
        "aggregators/": [aggregator(7, "agg1"), aggregator(12, "agg2")],
        "bonds/": [bond(17, "One", secondary_aggregator={"id": 12, "url": f"{API}aggregators/12/"})],
        "aggregators/7/interfaces/": [
            vxlan(41, "vx10000003", 10000003, **own),
            ethernet(1, "gw3", space_key="acme", addresses=["10.9.0.4/24"]),
        ],
        "aggregators/7/filters/": [routing_filter(51, "prod_export_3")],
        "aggregators/7/protocols/": [
            protocol("babel", 61, "prod_babel_3", space=3, interfaces=[ENTRY]),
            protocol("ospf", 62, "prod_ospf_3", areas=[AREA]),
            protocol("static", 63, "prod_gateway_3", routes=[ROUTE]),
            protocol("bgp", 64, "prod_bgp_12"),
        ],
        "aggregators/7/bonds_current/": [bond(17, "One")],
        "bonds/17/interfaces/": [bond_interface(172, "eth1")],
        "bonds/17/connected_ips/": [connected_ip(1, "192.168.1.1/24")],
        "bonds/17/cpe_nat_ips/": [cpe_nat_ip(2, "192.0.2.40", "192.168.1.25")],
        "bonds/17/routes/": [{"id": 3, "network": "10.1.0.0/16", "gateway": "192.168.1.2", "enabled": True}],
    }


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all parts of a value."""
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, name)
        yield from places(item, (*path, name))


def spoilt(path: Path, bad: Any) -> Fixed:
    """The world with one value exchanged."""
    found = copy.deepcopy(world())
    target: Any = found
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = copy.deepcopy(bad)
    return Fixed(found)


ALL = [path for path in places(world()) if len(path) > 1]
COLLECTIONS = sorted({path[0] for path in ALL})


def read(server: Fixed) -> None:
    """All that modules read."""
    api = Api(Client(CONNECTION, 1, transport=server))
    for work in (
        lambda refs: survey_aggregators(refs, None, AGGREGATOR_PARTS, 1),
        lambda refs: survey_bonds(refs, None, (*BOND_PARTS, "current_aggregator"), 1),
        lambda refs: survey_bonds(refs, "One", (), 1),
        lambda refs: survey_spaces(refs, None),
        lambda refs: versions(refs, "6.5"),
        lambda _refs: conformance(api),
    ):
        try:
            work(Refs(api))
        except (ClientError, ReconcileError) as error:
            assert "/: " in str(error) or "There is no bond named" in str(error), error


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_no_spoilt_field_breaks_a_reading(collection: str) -> None:
    for path in ALL:
        if path[0] == collection:
            for bad in BAD:
                read(spoilt(path, bad))


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_no_spoilt_field_breaks_the_plan(collection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """network_plan in this process; nothing in what it is given needs AWS."""
    given = {"network": "prod", "aggregators": HOSTS, "spaces": [ACME], "prune": True}
    for path, bad in ((path, bad) for path in ALL if path[0] == collection for bad in BAD):
        server = spoilt(path, bad)
        monkeypatch.setattr(client, "RequestsTransport", lambda _c, _p, server=server: server)
        result = call(monkeypatch, network_plan.main, {**LOGIN, **given})
        assert "plan" in result or result["msg"], path
        assert "exception" not in result, (path, result)
