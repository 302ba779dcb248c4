# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of requests to the management server, and the faults that are put into each of them."""

from __future__ import annotations

from typing import Any

from tests.faults.matrix import Fault, Kind
from tests.faults.world import Call

ENDPOINTS = [{"ip": "10.1.1.12"}, {"ip": "10.1.0.13"}]
VXLAN: dict[str, Any] = {
    "aggregator": "7",
    "name": "vx10000011",
    "space": "acme",
    "vni": 10000011,
    "mtu": 1500,
    "addresses": ["10.254.0.7/20"],
    "endpoints": ENDPOINTS,
}
MAKE_VXLAN = Call("vxlan_interface", VXLAN)
NO_VXLAN = Call("vxlan_interface", {**VXLAN, "state": "absent"})
BABEL = {
    "aggregator": "7",
    "name": "demo_babel_11",
    "protocol": "babel",
    "space": "acme",
    "interfaces": [{"patterns": ["vx10000011"], "rxcost": 32}],
}
FILTER = {"aggregator": "7", "name": "demo_export_11", "family": "ipv4", "body": "accept;"}
CONNECTED = {"bond": "17", "interface": "eth2", "ip": "192.168.17.1/24"}
MAKE_CONNECTED = Call("bond_connected_ip", CONNECTED)
CPE_NAT = {"bond": "17", "ip": "10.1.0.40", "nat_ip": "192.168.17.10"}
MAKE_CPE_NAT = Call("bond_cpe_nat", CPE_NAT)
BULK = {
    "aggregator": "7",
    "parallel": 1,
    "interfaces": [{"type": "vxlan", **{key: value for key, value in VXLAN.items() if key != "aggregator"}}],
    "protocols": [{key: value for key, value in BABEL.items() if key != "aggregator"}],
    "filters": [{key: value for key, value in FILTER.items() if key != "aggregator"}],
}
NATS = {
    "parallel": 1,
    "cpe_nats": [
        {
            "bond": str(bond),
            "interface": "eth2",
            "connected_ip": f"192.168.{bond}.1/24",
            "nat_ip": f"192.168.{bond}.10",
            "private_ip": f"10.1.0.{bond + 23}",
        }
        for bond in (17, 18)
    ],
}
BY_NAME = Call("vxlan_interface", {**VXLAN, "aggregator": "agg1"})

KINDS = (
    Kind("find an aggregator", BY_NAME, "GET", r"/aggregators/($|\?)"),
    Kind("read interfaces", MAKE_VXLAN, "GET", r"/aggregators/7/\w*interfaces/($|\?)"),
    Kind("create a VXLAN interface", MAKE_VXLAN, "POST", r"/vxlan_interfaces/"),
    Kind("update a VXLAN interface", Call("vxlan_interface", {**VXLAN, "mtu": 1400}), "PATCH", r"", (MAKE_VXLAN,)),
    Kind("delete a VXLAN interface", NO_VXLAN, "DELETE", "", (MAKE_VXLAN,)),
    Kind("create a protocol", Call("routing_protocol", BABEL), "POST", r"/babel_protocols/", (MAKE_VXLAN,)),
    Kind("create a filter", Call("routing_filter", FILTER), "POST", r"filters/"),
    Kind("create a connected IP", MAKE_CONNECTED, "POST", r"/connected_ips/"),
    Kind("create a CPE NAT IP", MAKE_CPE_NAT, "POST", r"/cpe_nat_ips/", (MAKE_CONNECTED,)),
    Kind(
        "delete a CPE NAT IP",
        Call("bond_cpe_nat", {**CPE_NAT, "state": "absent"}),
        "DELETE",
        r"/cpe_nat_ips/",
        (MAKE_CONNECTED, MAKE_CPE_NAT),
    ),
    Kind(
        "update a space",
        Call("space_private_wan", {"space": "acme", "enabled": True, "mode": "unmanaged"}),
        "PATCH",
        r"/spaces/",
    ),
    Kind("create the second of three objects", Call("aggregator_network", BULK), "POST", r"filters/|_protocols/"),
    Kind("create the CPE NAT IPs of two bonds", Call("bond_cpe_nats", NATS), "POST", r"/cpe_nat_ips/"),
)
"""Requests of a run to the server, each kind once. The last two calls create several objects, and one request fails."""

SLOW = {"api_timeout": 1}
REFUSAL = {"detail": "Not today."}
WRITES = frozenset({"POST", "PATCH", "DELETE"})
READS = frozenset({"GET"})


def _status(status: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "body": REFUSAL, **more}


FAULTS = (
    Fault("400", _status(400, body={"name": ["This is not accepted."]})),
    Fault("401", _status(401)),
    Fault("403", _status(403)),
    Fault("404", _status(404), WRITES - {"DELETE"} | READS),
    Fault("409", _status(409)),
    Fault("500", _status(500)),
    Fault("501 for ever", _status(501, count=None)),
    Fault("429", _status(429)),
    Fault("429, Retry-After 7", _status(429, headers={"Retry-After": 7}, count=2)),
    Fault("429 for ever", _status(429, count=None)),
    Fault("502", _status(502)),
    Fault("502 for ever", _status(502, count=None)),
    Fault("503, Retry-After 7", _status(503, headers={"Retry-After": 7})),
    Fault("503 for ever", _status(503, count=None)),
    Fault("504 three times", _status(504, count=3)),
    Fault("an HTML page", {"html": True}),
    Fault("an HTML page with 502", {"html": True, "status": 502}),
    Fault("a redirect", {"redirect": "https://elsewhere.example.com/"}),
    Fault("cut before", {"break": True}),
    Fault("cut before, for ever", {"break": True, "count": None}),
    Fault("answer lost", {"lost": True}),
    Fault("answer lost for ever", {"lost": True, "count": None}),
    Fault("answer cut in the middle", {"truncate": True}, READS | {"POST", "PATCH"}),
    Fault("answer cut in the middle, for ever", {"truncate": True, "count": None}, READS | {"POST", "PATCH"}),
    Fault(
        "an empty answer",
        {"status": 200, "body": None, "headers": {"Content-Length": 0}, "done": True},
        WRITES,
    ),
    Fault("done, then 500", _status(500, done=True), WRITES),
    Fault("done, then 503", _status(503, done=True), WRITES),
    Fault("done, then 503 for ever", _status(503, done=True, count=None), WRITES),
    Fault("done, then an HTML page", {"html": True, "done": True}, WRITES),
    Fault("another object in the answer", {"alter": {"name": "another", "ip": "192.0.2.1"}}, frozenset({"POST"})),
    Fault("a list in the answer", {"status": 200, "body": [1, 2], "done": True}),
    Fault("a number in the answer", {"status": 200, "body": 5, "done": True}),
    Fault("ids that are texts", {"alter": {"id": "x", "url": 5}, "count": None}, READS | {"POST", "PATCH"}),
    Fault("in pages", {"page_size": 1, "count": None}, READS),
    Fault("an answer that comes too late", {"delay": 2.5}, options=SLOW),
)
