# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""URLs of the resources. Every address ends with a slash."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from . import views

AGGREGATOR = r"aggregators/(?P<aggregator>\d+)/"
BOND = r"bonds/(?P<bond>\d+)/"

RESOURCES = {
    "spaces": views.Spaces,
    "routing_groups": views.RoutingGroups,
    "nodes": views.Nodes,
    "aggregators": views.Aggregators,
    AGGREGATOR + "bonds": views.BondsOfAggregator,
    AGGREGATOR + "bonds_secondary": views.BondsSecondary,
    AGGREGATOR + "bonds_current": views.BondsCurrent,
    AGGREGATOR + "interfaces": views.Interfaces,
    AGGREGATOR + "ethernet_interfaces": views.EthernetInterfaces,
    AGGREGATOR + "vlan_interfaces": views.VlanInterfaces,
    AGGREGATOR + "vxlan_interfaces": views.VxlanInterfaces,
    AGGREGATOR + "protocols": views.Protocols,
    AGGREGATOR + "static_protocols": views.StaticProtocols,
    AGGREGATOR + "bgp_protocols": views.BgpProtocols,
    AGGREGATOR + "babel_protocols": views.BabelProtocols,
    AGGREGATOR + "ospf_protocols": views.OspfProtocols,
    AGGREGATOR + "filters": views.Filters,
    "bonds": views.Bonds,
    BOND + "interfaces": views.BondInterfaces,
    BOND + "connected_ips": views.ConnectedIPs,
    BOND + "cpe_nat_ips": views.CpeNatIPs,
    BOND + "routes": views.BondRoutes,
}

router = SimpleRouter()
for prefix, view in RESOURCES.items():
    router.register(prefix, view, basename=prefix)

urlpatterns = [
    path("api/v4/", views.Root.as_view()),
    path("api/v4/login/", views.Login.as_view()),
    path("api/v4/", include(router.urls)),
]
