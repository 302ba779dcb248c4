# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small described network: two aggregators, a space with a gateway, and three public addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    AddressDescription,
    AggregatorDescription,
    BondDescription,
    Cost,
    Description,
    DriftDescription,
    GatewayDescription,
    KeptElasticIp,
    MeshDescription,
    SpaceDescription,
    Unprotected,
    Usage,
    VpcDescription,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.finding import Finding
from ansible_collections.bonded.internet.plugins.plugin_utils._report.links import Links
from ansible_collections.bonded.internet.plugins.plugin_utils._report.network import Network

ROOT = "https://bonding.example.com/api/v4/"
FINDING = Finding(
    id="0123456789ab",
    severity="error",
    kind="route",
    object="route 172.16.0.0/12 of rtb/acme",
    host="agg1",
    space="acme",
    expected="eni-1",
    found="no such route",
    since=None,
    source="plan",
    at_next_run="changed",
    remedy="Run site.yml.",
)


def aggregator(host: str, number: int, zone: str = "eu-central-1a", **more: Any) -> AggregatorDescription:
    """An aggregator that is up."""
    given: dict[str, Any] = {
        "id": number,
        "name": host,
        "status": "up",
        "version": "6.6.1",
        "region": "eu-central-1",
        "zone": zone,
        "instance_id": f"i-{host}",
        "instance_type": "c5.large",
        "instance_state": "running",
        "interface_id": f"eni-{host}",
        "private_ip": f"10.1.0.{number}",
        "public_ip": f"203.0.113.{number}",
        "bonds": 2,
    }
    return AggregatorDescription(host, **{**given, **more})


def address(bond: int, owner: str = "agg1", bond_is_on: str = "agg1", **more: Any) -> AddressDescription:
    """A public address with its bond, or apart from it."""
    given: dict[str, Any] = {
        "state": "with_bond" if owner == bond_is_on else "away",
        "owner": owner,
        "bond_is_on": bond_is_on,
        "spare": "agg2" if owner == "agg1" else "agg1",
        "public_ip": f"198.51.100.{bond}",
        "allocation_id": f"eipalloc-{bond}",
        "private_ip": f"10.1.0.{100 + bond}",
        "nat_ip": "192.168.1.10",
        "on_bond": "enabled",
        "region": "eu-central-1",
    }
    return AddressDescription(f"bond-{bond}", bond, f"site-{bond}", "acme", **{**given, **more})


GATEWAY = GatewayDescription(
    space="acme",
    host="agg1",
    egress="masquerade",
    role="alone",
    interface_id="eni-gw",
    private_ip="10.101.0.4",
    device="ens6",
    public_ip="198.51.100.200",
    allocation_id="eipalloc-gw",
    networks=("172.16.0.0/12",),
    region="eu-central-1",
)
MESH = MeshDescription(10000011, "vx10000011", "10.254.0.0/20", "babel", {"agg1": "10.254.0.1", "agg2": "10.254.0.2"})
DESCRIPTION = Description(
    network="prod",
    aggregators=(aggregator("agg1", 1), aggregator("agg2", 2, "eu-central-1b")),
    spaces=(
        SpaceDescription(
            key="acme",
            id=11,
            name="Acme",
            private_wan="managed_mesh",
            mesh=MESH,
            vpc=VpcDescription("vpc-9", ("10.101.0.0/16",), "eu-central-1"),
            gateways=(GATEWAY,),
        ),
    ),
    bonds=(
        BondDescription(17, "site-17", "acme", "agg1", "agg2", "agg1", "agg2"),
        BondDescription(18, "site-18", "acme", "agg1", "agg2", "agg2", "agg1"),
        BondDescription(19, "site-19", "acme", "agg2", "", "agg2"),
    ),
    addresses=(address(17), address(18, "agg1", "agg2"), address(19, "agg2", "agg2", spare="")),
    unprotected=(Unprotected("gateway", "gateway of acme", "agg1", "acme", "has no standby", "Give it one."),),
    drift=(DriftDescription("bond_moved", "bond 18 (site-18) is on agg2, its address (bond-18) on agg1"),),
    limits=(Usage("routes", "rtb/acme", 48, 50, "AWS's default"), Usage("network interfaces", "agg1 (c5.large)", 2)),
    costs=(Cost("Elastic IPs", 4, 14.6),),
    kept=(KeptElasticIp("198.51.100.99", "eipalloc-99", "cpe-nat/old", False, 3.65, "eu-central-1"),),
)


def network(findings: tuple[Finding, ...] | None = (FINDING,), **changed: Any) -> Network:
    """Return the network of a report, some of its description changed."""
    return Network(replace(DESCRIPTION, **changed), findings, Links(ROOT))
