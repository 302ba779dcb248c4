# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""apply: ranks, parallel writes, look-ups after unclear outcomes, and what is said of a failure half-way."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import Client, Response
from ansible_collections.bonded.internet.plugins.module_utils._objects import Change, Object
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    Api,
    ReconcileError,
    Refs,
    apply,
    check,
    diff,
    read_aggregator,
    read_bond,
)
from tests.unit.plugins.api_objects import (
    bond_interface,
    connected_ip,
    ethernet,
    protocol,
    routing_filter,
    space,
    vxlan,
)
from tests.unit.plugins.scripted import API, CONNECTION, get, lost, patch, post, script

A7 = "aggregators/7"


def filters(*names: str) -> list[Object]:
    return [Object("filter", A7, name, {"family": "ipv4", "body": "accept;"}) for name in names]


class Echo:
    """Takes every write; notes how many are under way, and in which order they came."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.barrier = threading.Barrier(3, timeout=5)
        self.order: list[str] = []
        self.lock = threading.Lock()

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        path = url.removeprefix(API)
        with self.lock:
            self.order.append(f"{method} {path.split('/')[2]}")
        if "interfaces" in path:
            self.barrier.wait()  # opens only if three writes are under way at once
        data = json.loads(body or b"{}")
        if data.get("name") == self.failing:
            return Response(400, '{"name": ["No."]}')
        number = abs(hash(data["name"])) % 1000
        return Response(201, json.dumps({"id": number, "url": f"{url}{number}/", **data}))

    def close(self) -> None:
        """Nothing is open."""


def test_writes_of_one_rank_are_parallel_and_ranks_are_not() -> None:
    items = [Object("vxlan_interface", A7, f"v{number}", {"vni": number + 1}) for number in range(3)]
    items += [Object("babel_protocol", A7, "b", {}), *filters("f")]
    server = Echo()
    api = Api(Client(CONNECTION, transport=server))
    outcomes = apply(api, diff([], items), Refs(api), parallel=3)
    assert [outcome.status for outcome in outcomes] == ["done"] * 5
    assert server.order == ["POST vxlan_interfaces"] * 3 + ["POST filters", "POST babel_protocols"]


def test_after_a_failure_later_ranks_are_not_begun() -> None:
    items = [*filters("bad"), Object("babel_protocol", A7, "b", {})]
    server = Echo(failing="bad")
    api = Api(Client(CONNECTION, transport=server))
    with pytest.raises(ReconcileError) as caught:
        apply(api, diff([], items), Refs(api), parallel=4)
    assert server.order == ["POST filters"]
    assert [outcome.status for outcome in caught.value.outcomes] == ["failed", "not tried"]
    assert "Nothing was changed. Not tried: create Babel protocol 'b' of aggregator 7." in str(caught.value)
    assert caught.value.cause is not None
    assert caught.value.cause.fields == {"name": ["No."]}


def test_outcomes_are_in_the_order_of_the_changes() -> None:
    changes = [
        Change("create", "filter", A7, "b", None, {"name": "b", "family": "ipv4", "body": "accept;"}),
        Change("create", "filter", A7, "a", None, {"name": "a", "family": "ipv4", "body": "accept;"}),
    ]
    api = Api(Client(CONNECTION, transport=Echo()))
    assert [outcome.change.key for outcome in apply(api, changes, Refs(api), 2)] == ["b", "a"]


def test_what_was_made_can_be_named_at_once() -> None:
    slot = {"mode": "filter", "filter": "f1"}
    items = [
        *filters("f1"),
        Object("static_protocol", A7, "s", {
            "export_ipv4": slot,
            "routes": [{"network": "10.0.0.0/8", "destination": "interface", "interface": "vx1"}],
        }),
        Object("vxlan_interface", A7, "vx1", {"vni": 11}),
    ]  # fmt: skip
    route = {"network": "10.0.0.0/8", "destination": "interface", "address": None}
    wire_route = {**route, "interface": f"{API}{A7}/vxlan_interfaces/41/"}
    wire_slot = {"mode": "filter", "filter": f"{API}{A7}/filters/51/"}
    body = {"name": "s", "export_ipv4": wire_slot, "routes": [wire_route]}
    with script(
        post(f"{A7}/vxlan_interfaces/", {"name": "vx1", "vni": 11}, vxlan(41, "vx1", 11)),
        post(f"{A7}/filters/", {"name": "f1", "family": "ipv4", "body": "accept;"}, routing_filter(51, "f1")),
        post(f"{A7}/static_protocols/", body, protocol("static", 61, "s", export_ipv4=wire_slot, routes=[wire_route])),
    ) as server:
        api = Api(server.client())
        outcomes = apply(api, diff([], items), Refs(api), 1)
    made = outcomes[-1].object
    assert made is not None
    assert (made.id, made.data["export_ipv4"], made.data["routes"]) == (61, slot, [{**route, "interface": "vx1"}])


def test_an_object_of_the_same_name_but_other_content_is_not_taken_for_ours() -> None:
    body = {"name": "f1", "family": "ipv4", "body": "accept;"}
    other = routing_filter(51, "f1", body="reject;")
    with script(lost("POST", f"{A7}/filters/", body), get(f"{A7}/filters/", [other])) as server:
        api = Api(server.client())
        with pytest.raises(ReconcileError, match="body is 'reject;' there, not 'accept;'"):
            apply(api, diff([], filters("f1")), Refs(api), 1)


def test_a_connected_ip_is_found_again_in_any_spelling() -> None:
    item = Object("connected_ip", "bonds/17", "192.0.2.1/24", {"interface": "eth1"})
    body = {
        "ip": "192.0.2.1/24",
        "interface": f"{API}bonds/17/interfaces/172/",
        "enabled": True,
        "include_private_wan": False,
        "aggregator_routing": "auto",
    }
    with script(
        get("bonds/17/interfaces/", [bond_interface(172, "eth1")]),
        lost("POST", "bonds/17/connected_ips/", body),
        get("bonds/17/connected_ips/", [connected_ip(51, "192.0.2.1/255.255.255.0")]),
    ) as server:
        api = Api(server.client())
        (outcome,) = apply(api, diff([], [item]), Refs(api), 1)
    assert outcome.object is not None
    assert outcome.object.id == 51


def test_an_answer_that_leaves_the_object_out_is_read_again() -> None:
    made = routing_filter(51, "f1")
    where = f"{A7}/filters/"
    body = {"name": "f1", "family": "ipv4", "body": "accept;"}
    thin = {"id": 51, "url": f"{API}{where}51/"}
    for answer, look in ((thin, get(f"{where}51/", made)), ({"detail": "Created."}, get(where, [made]))):
        with script(post(where, body, answer), look) as server:
            api = Api(server.client())
            (outcome,) = apply(api, diff([], filters("f1")), Refs(api), 1)
        assert outcome.object is not None
        assert outcome.object.id == 51
        assert outcome.object.data["body"] == "accept;"


def test_an_answer_with_what_changed_alone_is_read_again() -> None:
    found = [Object("filter", A7, "f1", {"name": "f1", "family": "ipv4", "body": "reject;"}, 51)]
    path = f"{A7}/filters/51/"
    for now, text in ((routing_filter(51, "f1"), ""), (routing_filter(51, "f1", body="reject;"), "body is 'reject;'")):
        with script(patch(path, {"body": "accept;"}, {"body": "accept;"}), get(path, now)) as server:
            api = Api(server.client())
            if text:
                with pytest.raises(ReconcileError, match=text):
                    apply(api, diff(found, filters("f1")), Refs(api), 1)
            else:
                (outcome,) = apply(api, diff(found, filters("f1")), Refs(api), 1)
                assert outcome.object is not None
                assert outcome.object.data["body"] == "accept;"


def test_the_verification_sees_a_patch_that_did_not_take() -> None:
    found = [Object("filter", A7, "f1", {"name": "f1", "family": "ipv4", "body": "reject;"}, 51)]
    unchanged = routing_filter(51, "f1", body="reject;")
    with script(patch(f"{A7}/filters/51/", {"body": "accept;"}, unchanged)) as server:
        api = Api(server.client())
        with pytest.raises(ReconcileError, match="the server took the write, but body is 'reject;' there"):
            apply(api, diff(found, filters("f1")), Refs(api), 1)


def test_a_protocol_that_the_server_holds_disabled_says_why() -> None:
    found = [Object("babel_protocol", A7, "p1", {"name": "p1", "space": "acme", "enabled": False}, 61)]
    wanted = [Object("babel_protocol", A7, "p1", {"enabled": True})]
    held = protocol("babel", 61, "p1", enabled=False, space=f"{API}spaces/acme/")
    for shown, hint in ((held, True), ({**held, "space": None}, False)):
        with script(patch(f"{A7}/babel_protocols/61/", {"enabled": True}, shown)) as server:
            api = Api(server.client())
            with pytest.raises(ReconcileError, match="enabled is False there, not True") as caught:
                apply(api, diff(found, wanted), Refs(api), 1)
        assert ("while its space has no private WAN: enable that with space_private_wan." in str(caught.value)) is hint


def test_kinds_that_are_only_read_cannot_be_written() -> None:
    change = Change("create", "bond_route", "bonds/17", "10.0.0.0/8", None, {"network": "10.0.0.0/8"})
    with script() as server:
        api = Api(server.client())
        with pytest.raises(ReconcileError, match="cannot be written by this collection"):
            apply(api, [change], Refs(api), 1)


def test_check_names_all_that_is_missing_and_asks_once() -> None:
    items = [
        Object("vxlan_interface", A7, "v1", {"vni": 1, "space": "nope"}),
        Object("vxlan_interface", A7, "v2", {"vni": 2, "space": "neither"}),
        Object("babel_protocol", A7, "b", {"import_ipv6": {"mode": "filter", "filter": "f9"}}),
    ]
    with script(get("spaces/", [space("acme")]), get(f"{A7}/filters/", [])) as server:
        api = Api(server.client())
        with pytest.raises(ReconcileError) as caught:
            check(diff([], items), Refs(api))
    for name in ("'nope'", "'neither'", "'f9'"):
        assert name in str(caught.value)
    assert str(caught.value).endswith("Nothing was changed.")


def test_reading_an_aggregator() -> None:
    unknown = {"id": 9, "url": f"{API}{A7}/wireguard_interfaces/9/", "type": "wireguard", "name": "wg0"}
    # In a list of all kinds the id may be another than in the typed resource; the URL counts.
    odd = {**vxlan(41, "vx1", 11), "id": 1041}
    with script(
        get(f"{A7}/interfaces/", [odd, unknown, ethernet(1, "eth1")]),
        get(f"{A7}/filters/", [routing_filter(51, "f1")]),
        get(f"{A7}/protocols/", [protocol("babel", 61, "b", space=space("acme"))]),
    ) as server:
        api = Api(server.client())
        found = read_aggregator(7, Refs(api))
    assert [(item.kind, item.key, item.id) for item in found] == [
        ("filter", "f1", 51),
        ("ethernet_interface", "eth1", 1),
        ("vxlan_interface", "vx1", 41),
        ("wireguard_interface", "wg0", 9),
        ("babel_protocol", "b", 61),
    ]
    assert found[-1].data["space"] == "acme"
    assert found[3].data == {"name": "wg0", "type": "wireguard"}


def test_reading_a_bond_asks_only_for_what_is_wanted() -> None:
    with script(get("bonds/17/cpe_nat_ips/", [])) as server:
        api = Api(server.client())
        assert read_bond(17, Refs(api), ["cpe_nat_ips"]) == []


def test_a_space_by_its_number_is_looked_up_once() -> None:
    first, second = vxlan(41, "vx1", 11), vxlan(42, "vx2", 12)
    first["space"] = second["space"] = 3
    with script(get(f"{A7}/interfaces/", [first, second]), get("spaces/", [space("acme")])) as server:
        api = Api(server.client())
        found: list[Any] = read_aggregator(7, Refs(api), ["interfaces"])
    assert [item.data["space"] for item in found] == ["acme", "acme"]
