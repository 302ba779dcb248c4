# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of a report to the AWS console and to the objects of the management server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from ansible_collections.bonded.internet.plugins.module_utils._resources import Table

_CONSOLES = {"cn-": "amazonaws.cn", "us-gov-": "amazonaws-us-gov.com"}
"""The domains of AWS's other partitions, by the beginning of their regions."""
_PAGES: Mapping[str, tuple[str, str]] = {
    "instance": ("ec2", "InstanceDetails:instanceId="),
    "network_interface": ("ec2", "NetworkInterface:networkInterfaceId="),
    "elastic_ip": ("ec2", "ElasticIpDetails:AllocationId="),
    "vpc": ("vpcconsole", "VpcDetails:VpcId="),
    "subnet": ("vpcconsole", "SubnetDetails:subnetId="),
    "route_table": ("vpcconsole", "RouteTableDetails:RouteTableId="),
    "nat_gateway": ("vpcconsole", "NatGatewayDetails:natGatewayId="),
    "internet_gateway": ("vpcconsole", "InternetGateway:internetGatewayId="),
}
"""Kind of object -> the console's service and the fragment before the object's id."""


@dataclass(frozen=True)
class Links:
    """The addresses of objects; an empty text for one that has none."""

    server_root: str = ""
    """The URL of the server's API, which ends with a slash; empty without links to it."""
    table: Table = field(default_factory=Table, repr=False)

    def aws(self, kind: str, region: str, number: str) -> str:
        """Return the page of an object in the AWS console."""
        if not (region and number):
            return ""
        domain = next((name for start, name in _CONSOLES.items() if region.startswith(start)), "aws.amazon.com")
        service, fragment = _PAGES[kind]
        place = quote(region, safe="")
        return f"https://{place}.console.{domain}/{service}/home?region={place}#{fragment}{quote(number, safe='')}"

    def server(self, kind: str, number: int | str | None) -> str:
        """Return the URL of an object in the server's API, which a browser with a log-in there shows as a page."""
        if not self.server_root or number in (None, ""):
            return ""
        return f"{self.server_root}{self.table.item(kind, '', number)}"
