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
    "spaces": views.SpaceViewSet,
    "routing_groups": views.RoutingGroupViewSet,
    "nodes": views.NodeViewSet,
    "aggregators": views.AggregatorViewSet,
    AGGREGATOR + "bonds": views.AggregatorBondViewSet,
    AGGREGATOR + "bonds_secondary": views.SecondaryBondViewSet,
    AGGREGATOR + "bonds_current": views.CurrentBondViewSet,
    AGGREGATOR + "interfaces": views.InterfaceViewSet,
    AGGREGATOR + "ethernet_interfaces": views.EthernetInterfaceViewSet,
    AGGREGATOR + "vlan_interfaces": views.VlanInterfaceViewSet,
    AGGREGATOR + "vxlan_interfaces": views.VxlanInterfaceViewSet,
    AGGREGATOR + "protocols": views.ProtocolViewSet,
    AGGREGATOR + "static_protocols": views.StaticProtocolViewSet,
    AGGREGATOR + "bgp_protocols": views.BgpProtocolViewSet,
    AGGREGATOR + "babel_protocols": views.BabelProtocolViewSet,
    AGGREGATOR + "ospf_protocols": views.OspfProtocolViewSet,
    AGGREGATOR + "filters": views.FilterViewSet,
    "bonds": views.BondViewSet,
    BOND + "interfaces": views.BondInterfaceViewSet,
    BOND + "connected_ips": views.ConnectedIPViewSet,
    BOND + "cpe_nat_ips": views.CpeNatIPViewSet,
    BOND + "routes": views.BondRouteViewSet,
}

router = SimpleRouter()
for prefix, view in RESOURCES.items():
    router.register(prefix, view, basename=prefix)

urlpatterns = [
    path("api/v4/", views.Root.as_view()),
    path("api/v4/login/", views.Login.as_view()),
    path("api/v4/", include(router.urls)),
]
