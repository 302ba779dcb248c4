# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client with one route table, and things that may be targets; it records its calls."""

from __future__ import annotations

from typing import Any

TABLE = "rtb-1"
READ = ("describe_route_tables", {"Filters": [{"Name": "route-table-id", "Values": [TABLE]}], "MaxResults": 100})
LOCAL: list[dict[str, Any]] = [
    {"DestinationCidrBlock": "10.101.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"},
    {"DestinationIpv6CidrBlock": "2001:db8::/56", "GatewayId": "local", "State": "active"},
]
TAGS = [{"Key": "bonded.internet/network", "Value": "prod"}]


class Client:
    """A route table, and things that may be targets. `errors`: raised once by the method of that name."""

    def __init__(self, *routes: dict[str, Any], errors: dict[str, Exception] | None = None) -> None:
        self.routes = [*LOCAL, *routes]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.tags: dict[str, list[dict[str, str]]] = {"eni-ours": TAGS, "eni-other": []}
        self.errors = errors or {}

    def __getattr__(self, method: str) -> Any:
        def act(**params: Any) -> dict[str, Any]:
            self.calls.append((method, params))
            if method in self.errors:
                raise self.errors.pop(method)
            return self.answer(method, params)

        return act

    def answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "describe_route_tables":
            known = params["Filters"][0]["Values"] == [TABLE]
            return {"RouteTables": [{"RouteTableId": TABLE, "Routes": self.routes}] if known else []}
        if method.startswith("describe_"):
            (wanted,) = params.get("Filters") or params["Filter"]
            return {"Things": [{"Tags": self.tags[name]} for name in wanted["Values"] if name in self.tags]}
        return {}

    @property
    def writes(self) -> list[tuple[str, dict[str, Any]]]:
        return [made for made in self.calls if not made[0].startswith("describe_")]


def to(target: str, **others: Any) -> dict[str, Any]:
    return {"DestinationCidrBlock": "172.16.0.0/12", "NetworkInterfaceId": target, "State": "active", **others}
