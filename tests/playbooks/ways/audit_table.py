# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of a built network, each with the findings that an audit has to have, and no others.

Written by hand from the rules, before the audit: a row that fails shows a wrong audit, or a wrong rule.
"""

from __future__ import annotations

from . import audit_edits as edits
from . import audit_plants as plants
from .audit_plants import (
    BABEL,
    ETHERNET,
    INTERFACES,
    LANS,
    STATIC,
    VXLAN,
    gone,
    installed,
    on_server,
    route_goes,
    without,
)
from .audit_row import CHANGED, LEFT, REFUSED, Found, Row, bystander, condition, waste

OF_AN_ENTRY = frozenset({"elastic_ip", "address_association", "private_address", "cpe_nat_ip"})
OSPF, BGP = "ospf_protocol", "bgp_protocol"

ROWS = (
    # Twenty-five differences of which `site.yml --tags verify` has seen thirteen, and warned of two.
    Row("a route is gone", route_goes("rtb/acme", LANS), (Found("route", f"rtb/acme/{LANS}"),)),
    Row("an Elastic IP is on nothing", plants.disassociate, (Found("address_association", "cpe-nat/bond-17"),)),
    Row(
        "an Elastic IP is elsewhere",
        plants.associate_elsewhere,
        (Found("problem", "CPE NAT entry of bond acme-hamburg", REFUSED),),
        frozenset({"return_route"}),
        alone=True,
    ),
    Row(
        "Babel is disabled",
        on_server("agg1", BABEL, "demo_babel_11", enabled=False),
        (Found(BABEL, "aggregators/7/demo_babel_11"),),
    ),
    Row(
        "a tunnel is disabled",
        on_server("agg2", VXLAN, "vx10000011", enabled=False),
        (Found(VXLAN, "aggregators/12/vx10000011", REFUSED),),
    ),
    Row("a gateway's check is on", plants.check_on, (Found("network_interface", "gateway/globex/agg1"),)),
    Row("a gateway is detached", plants.detach, (Found("attachment", "gateway/initech/agg3"),), frozenset({"route"})),
    Row(
        "a gateway's Elastic IP is released",
        plants.release,
        (Found("elastic_ip", "gateway-ip/acme/agg1"), Found("address_association", "gateway-ip/acme/agg1")),
    ),
    Row("a table has no way out", route_goes("rtb/globex", "0.0.0.0/0"), (Found("route", "rtb/globex/0.0.0.0/0"),)),
    Row(
        "a private WAN is off",
        lambda g: g.site.as_administrator("PATCH", "spaces/initech/", {"private_wan_enabled": False}),
        (Found("space", "initech"),),
    ),
    Row(
        "a gateway has lost its default route", plants.way_out_unsaid, (Found(STATIC, "aggregators/7/demo_gateway_12"),)
    ),
    Row("a tunnel address is twice", plants.address_twice, (Found("problem", "space globex", REFUSED),), alone=True),
    Row(
        "an MTU differs",
        on_server("agg3", VXLAN, "vx10000011", mtu=1400),
        (Found(VXLAN, "aggregators/1007/vx10000011", REFUSED),),
    ),
    Row("an Elastic IP has no entry", plants.idle_address, (waste("elastic_ip", "cpe-nat/bond-99"),)),
    Row(
        "an interface has no gateway",
        plants.idle_interface,
        (Found("network_interface", "gateway/acme/agg2", LEFT, "warning"),),
    ),
    Row("a CPE NAT IP is disabled", plants.disable_cpe_nat, (condition("cpe_nat_ip", "bonds/21/"),)),
    Row(
        "a connected IP is disabled",
        plants.disable_connected_ip,
        (condition("connected_ip", "bonds/20/192.168.20.1/24"),),
    ),
    Row("an instance is stopped", plants.stop, (condition("instance", "agg2"),), frozenset({"aggregator_address"})),
    Row(
        "status checks of instances have failed",
        plants.impair,
        (
            condition("instance_status", "agg1"),
            condition("instance_event", "agg1/instance-retirement", "warning"),
            condition("instance_status", "agg3"),
        ),
    ),
    Row(
        "the server has another address of an aggregator",
        plants.address_of_aggregator,
        (condition("aggregator_address", "agg3"),),
    ),
    Row(
        "a second Babel is on our interface", plants.second_babel, (bystander("foreign_object", "babel_acme", REFUSED),)
    ),
    Row(
        "a second default route is in our space",
        plants.second_default,
        (bystander("foreign_object", "gw_acme", REFUSED),),
    ),
    Row(
        "a second CPE NAT IP has our nat_ip",
        plants.second_translation,
        (bystander("cpe_nat_ip", "bonds/19/198.51.100.119"),),
    ),
    Row(
        "the aggregators' own table has no way out",
        plants.way_out_goes,
        (
            condition("aggregator_route", "agg1"),
            condition("aggregator_route", "agg2"),
            condition("aggregator_route", "agg3"),
        ),
    ),
    Row(
        "the operator's security group is closed",
        plants.group_closes,
        (
            condition("aggregator_security_group", "agg1"),
            condition("aggregator_security_group", "agg2"),
            condition("aggregator_security_group", "agg3"),
        ),
    ),
    Row("a VPC gives no DNS names", plants.names_off, (condition("vpc_dns", "vpc/acme", "warning"),)),
    # On AWS: a kind of planned change each.
    Row(
        "a private address is not assigned",
        plants.unassign,
        (Found("private_address", f"{INTERFACES['agg3']}/"), Found("address_association", "cpe-nat/bond-22")),
    ),
    Row("a route leads elsewhere", plants.route_turns, (Found("problem", "space globex, gateway on agg1", REFUSED),)),
    Row(
        "a space's own table leads elsewhere",
        plants.way_out_turns,
        (bystander("route", "rtb/acme/0.0.0.0/0", REFUSED),),
    ),
    Row(
        "a NAT gateway is gone",
        plants.nat_gateway_goes,
        (Found("nat_gateway", "natgw/initech/agg3"),),
        frozenset({"route"}),
        alone=True,
    ),
    Row("a subnet has lost its table", plants.table_off, (Found("route_table", "rtb/acme"),)),
    Row(
        "a gateway has no IPv6 address",
        plants.ipv6_off,
        (Found("ipv6_address", "gateway/globex/agg1"),),
        frozenset({ETHERNET}),
        alone=True,
    ),
    Row(
        "an instance is terminated",
        plants.terminate,
        (condition("instance", "agg2"),),
        alone=True,
        more=OF_AN_ENTRY | {"return_route"},
    ),
    Row(
        "a VPC is twice",
        plants.second_vpc,
        (Found("problem", "vpc/acme", REFUSED),),
        frozenset({"vpc_dns"}),
        alone=True,
    ),
    Row(
        "an interface has the network's tag and another key",
        plants.strange_key,
        (bystander("tag", "eni-", LEFT, "warning"),),
    ),
    # On the server: a kind of planned change each.
    Row("Babel is gone", gone("agg3", BABEL, "demo_babel_12"), (Found(BABEL, "aggregators/1007/demo_babel_12"),)),
    Row(
        "OSPF is disabled",
        on_server("agg2", OSPF, "demo_ospf_13", enabled=False),
        (Found(OSPF, "aggregators/12/demo_ospf_13"),),
    ),
    Row("OSPF is gone", gone("agg1", OSPF, "demo_ospf_13"), (Found(OSPF, "aggregators/7/demo_ospf_13"),)),
    Row(
        "BGP is disabled",
        on_server("agg1", BGP, "demo_bgp_1007", enabled=False),
        (Found(BGP, "aggregators/7/demo_bgp_1007"),),
    ),
    Row("BGP is gone", gone("agg2", BGP, "demo_bgp_1007"), (Found(BGP, "aggregators/12/demo_bgp_1007"),)),
    Row(
        "a static protocol is gone",
        gone("agg3", STATIC, "demo_gateway_13"),
        (Found(STATIC, "aggregators/1007/demo_gateway_13"),),
    ),
    Row("an endpoint is gone", plants.endpoint_goes, (Found(VXLAN, "aggregators/1007/vx10000013"),)),
    Row("a tunnel is gone", gone("agg1", VXLAN, "vx10000012"), (Found(VXLAN, "aggregators/7/vx10000012"),)),
    Row(
        "a filter differs",
        on_server("agg2", "filter", "demo_export_0", body="accept;"),
        (Found("filter", "aggregators/12/demo_export_0"),),
    ),
    Row(
        "a gateway's interface is disabled",
        on_server("agg1", ETHERNET, "ens6", enabled=False),
        (Found(ETHERNET, "aggregators/7/ens6", REFUSED),),
    ),
    Row("a gateway's interface is gone", gone("agg1", ETHERNET, "ens7"), (Found(ETHERNET, "aggregators/7/ens7"),)),
    Row("a CPE NAT IP is gone", plants.cpe_nat_goes, (Found("cpe_nat_ip", "bonds/18/"),), alone=True),
    Row(
        "a CPE NAT IP and its connected IP are gone",
        plants.both_of_an_entry_go,
        (Found("cpe_nat_ip", "bonds/22/"), Found("connected_ip", "bonds/22/192.168.22.1/24")),
        alone=True,
    ),
    Row(
        "a CPE NAT IP leads to another host",
        plants.host_of_address_differs,
        (Found("cpe_nat_ip", "bonds/26/", REFUSED),),
    ),
    Row(
        "the addresses of two aggregators are exchanged",
        plants.addresses_exchanged,
        (Found("problem", "agg2", REFUSED), Found("problem", "agg3", REFUSED)),
        alone=True,
    ),
    Row("an aggregator is down", plants.down, (condition("aggregator", "agg3"),)),
    Row(
        "a bond has moved",
        plants.moved,
        (
            Found("bond_moved", "cpe-nat/bond-17", LEFT, "info", "condition"),
            Found("bond_moved", "cpe-nat/berlin-mail", LEFT, "info", "condition"),
        ),
    ),
    Row(
        "a protocol of ours has no space",
        plants.orphan,
        (Found(BABEL, "aggregators/12/demo_babel_1", LEFT, "warning"),),
    ),
    Row(
        "an interface of others has an address of our tunnels",
        plants.subnet_of_others,
        (bystander("foreign_object", "ens8", REFUSED),),
    ),
    Row(
        "a filter of others has the name of a gateway's protocol",
        plants.name_of_gateway,
        (bystander("foreign_object", "agg1/demo_gateway_11", REFUSED),),
    ),
    Row(
        "an interface of others has an address of a gateway's subnet",
        plants.subnet_of_gateway,
        (bystander("foreign_object", "agg1/ens9", REFUSED),),
    ),
    # In the inventory: what it names no more is left, without a switch.
    Row(
        "an entry is not named",
        edits.entry_goes,
        (
            Found("elastic_ip", "cpe-nat/bond-26", LEFT, "warning"),
            Found("address_association", "cpe-nat/bond-26", LEFT, "warning"),
            Found("cpe_nat_ip", "bonds/26/", LEFT, "warning"),
            Found("private_address", f"{INTERFACES['agg3']}/", LEFT, "warning"),
            Found("connected_ip", "bonds/26/192.168.26.1/24", LEFT, "warning"),
        ),
        more=frozenset({"return_route"}),
        alone=True,
    ),
    Row(
        "BGP is not named",
        without("bonding_bgp"),
        (
            Found(BGP, "aggregators/7/demo_bgp_12", LEFT, "warning"),
            Found(VXLAN, "aggregators/7/vx10000000", LEFT, "warning"),
            Found("filter", "aggregators/7/demo_export_0", LEFT, "warning"),
        ),
        frozenset({"return_route", BGP, VXLAN, "filter"}),
        alone=True,
    ),
    Row(
        "a space is not named",
        edits.space_goes,
        (
            Found("vpc", "vpc/initech", LEFT, "warning"),
            Found("subnet", "subnet/initech/eu-central-1a", LEFT, "warning"),
            Found("nat_gateway", "natgw/initech/agg3", LEFT, "warning"),
            Found("internet_gateway", "igw/initech", LEFT, "warning"),
            Found("route_table", "rtb/initech", LEFT, "warning"),
            Found(OSPF, "aggregators/7/demo_ospf_13", LEFT, "warning"),
            Found(STATIC, "aggregators/1007/demo_gateway_13", LEFT, "warning"),
            Found(ETHERNET, "aggregators/1007/ens6", LEFT, "warning"),
            Found("attachment", "gateway/initech/agg3", LEFT, "warning"),
            Found("network_interface", "gateway/initech/agg3", LEFT, "warning"),
            Found("elastic_ip", "natgw-ip/initech/agg3", LEFT, "warning"),
        ),
        frozenset({OSPF, VXLAN, "filter", "subnet", "route_table", "route", "address_association", "space"}),
        alone=True,
    ),
    Row(
        "a gateway is not named",
        edits.gateway_goes,
        (
            Found("route", f"rtb/acme/{LANS}", LEFT, "warning"),
            Found("route", f"vpc/acme/main/{LANS}", LEFT, "warning"),
            Found("elastic_ip", "gateway-ip/acme/agg1", LEFT, "warning"),
            Found("address_association", "gateway-ip/acme/agg1", LEFT, "warning"),
            Found("attachment", "gateway/acme/agg1", LEFT, "warning"),
            Found("network_interface", "gateway/acme/agg1", LEFT, "warning"),
            Found(STATIC, "aggregators/7/demo_gateway_11", LEFT, "warning"),
            Found("filter", "aggregators/7/demo_gateway_import_11", LEFT, "warning"),
            Found(ETHERNET, "aggregators/7/ens6", LEFT, "warning"),
            waste("subnet", "subnet/acme/eu-central-1a"),
        ),
        frozenset({"masquerade"}),
        alone=True,
    ),
    Row(
        "security groups are wanted",
        edits.groups_wanted,
        (
            Found("security_group", "sg/aggregators/"),
            Found("security_group_rule", "sg/aggregators/"),
            Found("group_attachment", "sg/aggregators/"),
        ),
        frozenset({"security_group", "security_group_rule", "group_attachment"}),
        alone=True,
    ),
    Row(
        "a tunnel subnet is another",
        edits.other_subnet,
        (
            Found(VXLAN, "aggregators/7/vx10000011", REFUSED),
            Found(VXLAN, "aggregators/12/vx10000011", REFUSED),
            Found(VXLAN, "aggregators/1007/vx10000011", REFUSED),
        ),
        frozenset({BABEL, "return_route", "masquerade"}),
        alone=True,
    ),
    Row(
        "an entry names a bond that is not there",
        edits.wrong_bond,
        (Found("problem", "acme-hanover", REFUSED),),
        frozenset(
            {"return_route", "elastic_ip", "address_association", "private_address", "cpe_nat_ip", "connected_ip"}
        ),
        alone=True,
    ),
    # On hosts.
    Row("a host does not answer", edits.silent, (condition("host", "agg2"),), alone=True),
    Row("a host does not translate a space", installed("agg1", edits.rule_goes), (Found("masquerade", "acme"),)),
    Row("a host translates less", installed("agg1", edits.rule_differs), (Found("masquerade", "globex"),)),
    Row(
        "a host translates a space of old",
        installed("agg2", edits.rule_of_old),
        (Found("masquerade", "hooli", LEFT, "warning"),),
        alone=True,
    ),
    Row("a return route is gone", installed("agg2", edits.way_back_goes), (Found("return_route", "agg2"),)),
    Row("a return route differs", installed("agg3", edits.way_back_differs), (Found("return_route", "agg3"),)),
    Row(
        "a return route of old is there",
        installed("agg1", edits.way_back_of_old),
        (Found("return_route", "192.168.250.10", CHANGED, "warning"),),
        alone=True,
    ),
    Row("a host has no nft", edits.name_missing, (Found("problem", "agg1", REFUSED),), alone=True),
)
