# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's engines on a small network of the second server: everything once, told as one result."""

from __future__ import annotations

import base64
import copy
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils import _reconcile as reconcile
from ansible_collections.bonded.internet.plugins.module_utils._client import (
    ApiError,
    Client,
    Connection,
    Response,
    Retry,
    UnclearError,
)
from tests.second_server.api import Api, Request
from tests.second_server.fields import Json
from tests.second_server.seed import seeded
from tests.second_server.server import Server

ADDRESS = "http://bonding.invalid"
USER = {"email": "root@example.com", "password": "root-secret"}
SEED: Json = {
    "users": [USER],
    "objects": [
        {"at": "spaces/", "object": {"id": 1, "key": "main", "name": "Main"}},
        {"at": "spaces/", "object": {"id": 2, "key": "acme", "name": "Acme", "parent": "/api/v4/spaces/main/"}},
        {"at": "routing_groups/", "object": {"id": 3, "name": "east"}},
        *(
            {
                "at": "aggregators/",
                "object": {
                    "id": number,
                    "name": name,
                    "ip": f"198.51.100.{number}",
                    "space": "/api/v4/spaces/main/",
                    "routing_group": "/api/v4/routing_groups/3/",
                    "version": "6.6.1",
                    "status": "up",
                },
            }
            for number, name in ((5, "agg0"), (7, "agg1"), (8, "agg2"), (9, "agg3"))
        ),
        {
            "at": "aggregators/8/babel_protocols/",
            "object": {"id": 80, "name": "theirs", "interfaces": [{"patterns": ["wg9"], "hello_interval": 0.5}]},
        },
        {
            "at": "bonds/",
            "object": {
                "id": 17,
                "name": "branch",
                "space": "/api/v4/spaces/acme/",
                "aggregator": "/api/v4/aggregators/7/",
                "secondary_aggregator": "/api/v4/aggregators/8/",
                "current_aggregator": 8,
            },
        },
        *(
            {"at": "bonds/17/interfaces/", "object": {"id": 170 + number, "type": "any", "name": f"eth{number}"}}
            for number in range(4)
        ),
    ],
}

INTERFACES: list[Json] = [
    {"type": "ethernet", "name": "ens6", "space": "acme", "addresses": ["10.1.5.9/24", "2001:db8:5::9/64"]},
    {
        "type": "vxlan",
        "name": "vxacme",
        "space": "acme",
        "vni": 1002,
        "addresses": ["10.254.0.7/24", "fd00:1::7/64"],
        "endpoints": [{"ip": "10.1.0.8", "vni": 1002}, {"ip": "10.1.0.9", "vni": 1002}],
    },
    {"type": "vxlan", "name": "vxone", "vni": 7},
    {"type": "vxlan", "name": "vxtwo", "vni": 8},
]
FILTERS: list[Json] = [
    {"name": "lan4", "family": "ipv4", "body": "\n\n  if net ~ [ 10.0.0.0/8+ ] then accept;\n  reject;\n\n"},
    {"name": "lan6", "family": "ipv6", "body": "accept;"},
]
SLOT = {"mode": "filter", "filter": "lan4"}
PROTOCOLS: list[Json] = [
    {
        "protocol": "babel",
        "name": "a_babel",
        "space": "acme",
        "export_ipv4": SLOT,
        "interfaces": [{"patterns": ["vxacme", "eth*"], "type": "tunnel", "rxcost": 96, "update_interval": 16}],
    },
    {
        "protocol": "bgp",
        "name": "a_bgp",
        "local_as": 65000,
        "neighbor_as": 65001,
        "neighbor_address": "2001:db8::1",
        "password": "secret",
        "multihop": 2,
        "keepalive_time": 80,  # the one default that the collection leaves to the server
    },
    {
        "protocol": "ospf",
        "name": "a_ospf",
        "space": "acme",
        "areas": [{"area_id": "0.0.0.0", "interfaces": [{"patterns": ["vxacme"], "type": "ptp", "cost": 5}]}],
    },
    {
        "protocol": "static",
        "name": "a_static",
        "space": "acme",
        "export_ipv4": {"mode": "all"},
        "routes": [
            {"network": "10.8.0.0/16", "destination": "gateway", "address": "10.254.0.8"},
            {"network": "10.9.0.0/16", "destination": "interface", "interface": "ens6"},
            {"network": "2001:db8:9::/48", "destination": "gateway", "address": "fd00:1::9"},
        ],
    },
]
SECTIONS = {"interfaces": INTERFACES, "filters": FILTERS, "protocols": PROTOCOLS}
NATS: list[Json] = [
    {
        "bond": "branch",
        "interface": f"eth{number}",
        "connected_ip": f"192.168.{number}.1/24",
        "nat_ip": f"192.168.{number}.10",
        "private_ip": f"10.1.0.1{number}",
    }
    for number in range(4)
]


class Direct:
    """A transport that asks the server's API itself, without sockets."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """Answer one request."""
        login = base64.b64encode(f"{USER['email']}:{USER['password']}".encode()).decode()
        target = url.removeprefix(ADDRESS)
        given = {**headers, "Host": "bonding.invalid", "Authorization": f"Basic {login}"}
        answer = self._api.answer(Request(method, target, given, body or b""))
        text, told = answer.sent
        return Response(answer.status, text, {name.lower(): value for name, value in told.items()})

    def close(self) -> None:
        """Close nothing: there is no connection."""


@contextmanager
def connected(habits: frozenset[str], *, by_http: bool) -> Iterator[tuple[Api, Client]]:
    """Serve the small network; yields the API, and a client that waits for nothing and asks one thing at a time."""

    def connection(url: str) -> Connection:
        return Connection(url, USER["email"], USER["password"])

    retry = Retry(sleep=lambda _seconds: None)
    if not by_http:
        api = Api(seeded(habits, SEED), SEED["users"])
        with Client(connection(ADDRESS), parallel=1, transport=Direct(api), retry=retry) as client:
            yield api, client
        return
    server = Server(SEED, habits)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        with Client(connection(server.url), parallel=1, retry=retry) as client:
            yield server.api, client
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tell(habits: frozenset[str], *, by_http: bool = False) -> Json:
    """Return what the engines have found and made on a server with these habits."""
    with connected(habits, by_http=by_http) as (api, client):
        asked = reconcile.Api(client)
        told = _built(asked)
        told["made"] = network(api)
        told["again"] = _wanted(asked, SECTIONS).changed, _translated(asked).changed
        told["changed"] = _changed(asked)
        told["moved"] = network(api)
        told["refused"] = _refused(asked)
        told["emptied"] = _emptied(asked)
        told["left"] = network(api)
    return {name: _stripped(value) for name, value in told.items()}


def _stripped(value: Any) -> Any:
    """Return a value without what means nothing: white space at the ends of texts, and the spelling of a version."""
    if isinstance(value, dict):
        return {name: _stripped(one) for name, one in value.items() if name != "version"}
    if isinstance(value, list):
        return [_stripped(one) for one in value]
    return value.strip() if isinstance(value, str) else value


def network(api: Api) -> Json:
    """Return what is there, without ids, order, and the fields that the contract does not name."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"id", "url"}:
                return plain(value["url"])
            return {name: plain(one) for name, one in value.items() if name not in ("id", "url", "parent_id")}
        if isinstance(value, list):
            return sorted((plain(one) for one in value), key=str)
        if isinstance(value, str) and value.startswith("http"):
            path = value.partition("/api/v4/")[2]
            return names.get(path, path)
        return value

    state = api.state()
    names = {
        one["url"].partition("/api/v4/")[2]: f"{one['url'].split('/')[-3]} {one['name']}"
        for objects in state.values()
        for one in objects
        if "name" in one
    }
    return {kind: plain(objects) for kind, objects in state.items()}


def _wanted(asked: reconcile.Api, sections: Any, *, check_mode: bool = False) -> reconcile.Result:
    return reconcile.manage_aggregator(
        reconcile.Run(reconcile.Refs(asked), check_mode),
        "agg1",
        copy.deepcopy(sections),
        "replaced",  # so that the collection's defaults are sent
        reconcile.Removal(),
    )


def _translated(asked: reconcile.Api, *, present: bool = True) -> reconcile.Result:
    run = reconcile.Run(reconcile.Refs(asked), check_mode=False)
    return reconcile.manage_cpe_nats(run, copy.deepcopy(NATS), present=present)


def _built(asked: reconcile.Api) -> Json:
    """Make everything, and ask for it as the information modules do."""
    space = {"key": "acme", "private_wan_enabled": True, "private_wan_mode": "unmanaged"}
    foretold = _wanted(asked, SECTIONS, check_mode=True)
    reconcile.manage_space(reconcile.Run(reconcile.Refs(asked), check_mode=False), space)
    return {
        "foretold": [one["action"] for one in foretold.objects],
        "built": _wanted(asked, SECTIONS).objects,
        "translated": _translated(asked).objects,
        "aggregators": reconcile.survey_aggregators(
            reconcile.Refs(asked), None, ["interfaces", "filters", "protocols"], 1
        ),
        "bonds": reconcile.survey_bonds(
            reconcile.Refs(asked), None, ["connected_ips", "cpe_nat_ips", "current_aggregator"], 1
        ),
        "spaces": reconcile.survey_spaces(reconcile.Refs(asked), None),
        "conformance": _conformance(asked),
        "supported": reconcile.versions(reconcile.Refs(asked), "6.5")["supported"],
    }


def _conformance(asked: reconcile.Api) -> Json:
    found = reconcile.conformance(asked)["paths"]
    # The contract names no field of a bond's route.
    return {one["path"]: (one["exists"], one["lacks"]) for one in found if one["kind"] != "bond_route"}


def _changed(asked: reconcile.Api) -> list[Json]:
    """Change an interface, a filter and a protocol."""
    interface = {**INTERFACES[1], "mtu": 1400, "endpoints": [{"ip": "10.1.0.8", "vni": 1002}]}
    sections = {
        "interfaces": [interface],
        "filters": [{**FILTERS[1], "body": "reject;"}],
        "protocols": [{**PROTOCOLS[0], "export_ipv4": {"mode": "all"}}],
    }
    return _wanted(asked, sections).objects


def _refused(asked: reconcile.Api) -> list[Any]:
    """Ask for what is not there, and write what the server refuses."""
    words: list[Any] = []
    bodies = (
        {"vni": 9, "name": "a/b"},
        {"vni": 9, "name": "vxnine", "addresses": [{"address": "10.0.0.1/24"}, {"address": "nonsense"}]},
        {"vni": 9, "name": "vxnine", "space": "/api/v4/spaces/nobody/"},
    )
    for body in bodies:
        words.append(_refusal(asked, body))
    try:
        asked.client.one("aggregators/99/")
    except ApiError as error:
        words.append(error.status)
    return words


def _refusal(asked: reconcile.Api, body: Json) -> Any:
    """Return status and errors of a write; where a proxy has answered it, of the next one."""
    for _time in range(2):
        try:
            asked.client.post("aggregators/7/vxlan_interfaces/", body)
        except UnclearError:
            continue
        except ApiError as error:
            return error.status, error.fields
    return "not refused"


def _emptied(asked: reconcile.Api) -> list[Json]:
    """Delete everything."""
    gone = reconcile.manage_aggregator(
        reconcile.Run(reconcile.Refs(asked), check_mode=False),
        "agg1",
        {"interfaces": [], "protocols": [], "filters": []},
        "overridden",
        reconcile.Removal(["*"], 20),
    )
    return [*gone.objects, *_translated(asked, present=False).objects]
