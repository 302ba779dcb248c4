# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes of an inventory, each with the words that refuse it."""

from __future__ import annotations

from tests.faults.bad_input import Spoil

MISTAKES: dict[str, tuple[Spoil, str]] = {
    # who and where
    "network: capital letters": (lambda g: g.group(bonding_network="Demo"), "'Demo' is not a name for a network"),
    "network: too long": (
        lambda g: g.group(bonding_network="a" * 17),
        "'aaaaaaaaaaaaaaaaa' is not a name for a network",
    ),
    "network: missing": (lambda g: g.variables.pop("bonding_network"), "bonding_network: is not given"),
    "network: a template's leftovers": (
        lambda g: g.group(bonding_network="{{ x }}"),
        "'{{ x }}' is not a name for a network",
    ),
    "host: no instance": (lambda g: g.hosts["agg1"].pop("aws_instance_id"), "agg1: its private address is not known"),
    "host: an unknown instance": (
        lambda g: g.host(aws_instance_id="i-0000000000000dead"),
        "agg1: AWS has no instance i-0000000000000dead",
    ),
    "host: an instance id that is none": (lambda g: g.host(aws_instance_id="agg1"), "agg1: AWS has no instance agg1"),
    "host: an unknown aggregator": (
        lambda g: g.host(bonding_aggregator="agg9"),
        "agg1: bonding_aggregator: the server has no aggregator named 'agg9'",
    ),
    "host: an aggregator's id that is unknown": (
        lambda g: g.host(bonding_aggregator=99),
        "agg1: bonding_aggregator: the server has no aggregator with the id 99",
    ),
    "host: two for one aggregator": (
        lambda g: g.host("agg2", bonding_aggregator="agg1"),
        "agg2: is aggregator 7 on the server, and so is agg1",
    ),
    "host: an index that is none": (
        lambda g: g.host(bonding_aggregator_index="first"),
        "bonding_aggregator_index of agg1: got 'first'",
    ),
    "host: a negative index": (
        lambda g: g.host(bonding_aggregator_index=-1),
        "agg1: bonding_aggregator_index: -1 is outside of 1 to 16777214",
    ),
    "host: another's instance": (
        lambda g: g.host("agg2", aws_instance_id="i-0d00000000000a901"),
        "agg2: aws_instance_id i-0d00000000000a901 is also that of agg1",
    ),
    "host: two exchanged": (
        lambda g: [
            g.host("agg1", aws_instance_id="i-0d00000000000a902"),
            g.host("agg2", aws_instance_id="i-0d00000000000a901"),
        ],
        "agg1: aws_instance_id is not the instance of aggregator agg1 (got i-0d00000000000a902 with 203.0.113.12; "
        "expected i-0d00000000000a901, which has 203.0.113.11",
    ),
    "host: two with one index": (
        lambda g: g.host(bonding_aggregator_index=5).host("agg2", bonding_aggregator_index=5),
        "agg1 and agg2 would both have the tunnel address 10.254.0.5",
    ),
    "host: a switch that is none": (
        lambda g: g.host(bonding_manage_hosts="maybe"),
        "bonding_manage_hosts of agg1: got 'maybe'",
    ),
    "host: an address that is none": (
        lambda g: g.host(aws_private_ip_address="10.1.0.300"),
        "aws_private_ip_address: '10.1.0.300' is not an IPv4 address",
    ),
    "a region that differs": (
        lambda g: g.host("agg2", aws_region="eu-west-1"),
        "agg2: AWS has no instance i-0d00000000000a902 in the region eu-west-1",
    ),
    "a variable that is misspelt": (
        lambda g: g.group(bonding_spcaes=[]),
        "bonding_spcaes: this variable of agg1 is not known; did you mean 'bonding_spaces'",
    ),
    "a number that is none": (lambda g: g.group(bonding_vni_base="many"), "bonding_vni_base: got 'many'"),
    "a list that is a dictionary": (lambda g: g.group(bonding_spaces={"acme": {}}), "bonding_spaces: got a dictionary"),
    "an unknown quota": (
        lambda g: g.group(bonding_quotas={"vpc": 5}),
        "bonding_quotas: the key 'vpc' is not known; did you mean 'vpcs'",
    ),
    "spaces that are texts": (lambda g: g.group(bonding_spaces=["acme"]), "bonding_spaces, entry 1: got 'acme'"),
    # spaces and meshes
    "space: unknown": (lambda g: g.space().update(key="hooli"), "space hooli: the server has no space with this key"),
    "space: twice": (lambda g: g.space(1).update(key="acme"), "space acme: is in bonding_spaces twice"),
    "space: without a key": (lambda g: g.space().pop("key"), "bonding_spaces, entry 1: key is missing"),
    "space: a mode that is none": (
        lambda g: g.space().update(private_wan="mesh"),
        "space acme: private_wan: 'mesh' is unknown",
    ),
    "space: routers": (
        lambda g: g.space().update(private_wan="private_wan_routers"),
        "private_wan_routers does not work on AWS",
    ),
    "space: an unknown option": (lambda g: g.space().update(vlan={}), "space acme: the key 'vlan' is not known"),
    "mesh: no subnet": (lambda g: g.space()["vxlan"].pop("subnet"), "space acme, vxlan: subnet is missing"),
    "mesh: a subnet that is none": (
        lambda g: g.vxlan(subnet="10.254.0.0/40"),
        "vxlan.subnet: '10.254.0.0/40' is not an IPv4 network",
    ),
    "mesh: a subnet with host bits": (lambda g: g.vxlan(subnet="10.254.0.1/20"), "10.254.0.1/20 has host bits set"),
    "mesh: a subnet of IPv6": (
        lambda g: g.vxlan(subnet="2001:db8::/64"),
        "vxlan.subnet: '2001:db8::/64' is not an IPv4 network",
    ),
    "mesh: a subnet that is too small": (
        lambda g: g.vxlan(subnet="10.254.0.0/24"),
        "the tunnel subnet 10.254.0.0/24 has no address for agg3 (1007)",
    ),
    "mesh: the subnet of BGP's tunnels": (
        lambda g: g.vxlan(subnet="10.253.0.0/20"),
        "the tunnel subnet 10.253.0.0/20 of space acme overlaps",
    ),
    "mesh: the aggregators' network": (
        lambda g: g.vxlan(subnet="10.1.0.0/20"),
        "the tunnel subnet 10.1.0.0/20 of space acme overlaps the aggregators' subnet 10.1.0.0/24",
    ),
    "mesh: a VNI beyond 24 bits": (lambda g: g.vxlan(vni=16777216), "vxlan.vni: 16777216 is outside of 1 to 16777215"),
    "mesh: the VNI of another": (lambda g: g.vxlan(vni=10000012), "the VNI 10000012 is also that of space acme"),
    "mesh: a protocol that is none": (lambda g: g.vxlan(protocol="rip"), "vxlan, protocol: got 'rip'"),
    "mesh: an interface with a slash": (
        lambda g: g.vxlan(interface="a/b"),
        "not the name of a network interface (got 'a/b'",
    ),
    "mesh: an interface that is too long": (
        lambda g: g.vxlan(interface="a" * 16),
        "not the name of a network interface (got 'aaaaaaaaaaaaaaaa'",
    ),
    "mesh: a member that is unknown": (
        lambda g: g.vxlan(aggregators=["agg1", "agg9"]),
        "vxlan.aggregators: 'agg9' is not a host of the inventory's group",
    ),
    "mesh: an address outside": (
        lambda g: g.vxlan(addresses={"agg1": "10.1.1.1"}),
        "the tunnel address 10.1.1.1 of agg1 lies outside of its subnet",
    ),
    "mesh: one address for two": (
        lambda g: g.vxlan(addresses={"agg1": "10.254.0.9", "agg2": "10.254.0.9"}),
        "agg1 and agg2 would both have the tunnel address 10.254.0.9",
    ),
    # VPCs
    "VPC: a network that is none": (lambda g: g.vpc(cidr="10.101.0.0"), "vpc.cidr: 10.101.0.0/32 has a /32"),
    "VPC: too large": (lambda g: g.vpc(cidr="10.0.0.0/8"), "vpc.cidr: 10.0.0.0/8 has a /8"),
    "VPC: too small": (lambda g: g.vpc(cidr="10.101.0.0/29"), "vpc.cidr: 10.101.0.0/29 has a /29"),
    "VPC: the network of another": (
        lambda g: g.vpc(cidr="10.102.0.0/16"),
        "overlaps the subnet 10.102.0.0/24 of space acme",
    ),
    "VPC: an id that is unknown": (lambda g: g.vpc(id="vpc-00000000000000bad"), "AWS has no VPC vpc-00000000000000bad"),
    "VPC: an id and a network": (
        lambda g: g.vpc(id="vpc-0d000000000000001", cidr="10.101.0.0/16"),
        "with an adopted VPC the gateway on agg1 needs subnet_id",
    ),
    "VPC: a subnet outside": (
        lambda g: g.vpc(cidr="10.101.0.0/16", subnets=[{"zone": "eu-central-1a", "cidr": "10.9.0.0/24"}]),
        "vpc.subnets: 10.9.0.0/24 does not lie in the VPC's network",
    ),
    # gateways
    "gateway: unknown host": (lambda g: g.gateway(aggregator="agg9"), "'agg9' is not a host of the inventory's group"),
    "gateway: without a VPC": (lambda g: g.space().pop("vpc"), "gateway on agg1: needs a vpc for the space"),
    "gateway: a network that is none": (
        lambda g: g.gateway(networks=["172.16.0.0/33"]),
        "networks: '172.16.0.0/33' is not an IPv4 network",
    ),
    "gateway: all networks": (
        lambda g: g.gateway(networks=["0.0.0.0/0"]),
        "networks: 0.0.0.0/0 with egress: masquerade",
    ),
    "gateway: the VPC's own network": (
        lambda g: g.gateway(networks=["10.101.0.0/16"]),
        "to: 172.16.2.10 lies outside of the gateway's networks",
    ),
    "gateway: an egress that is none": (lambda g: g.gateway(egress="nat"), "gateway on agg1, egress: got 'nat'"),
    "gateway: the primary device": (
        lambda g: g.gateway(interface="eth0"),
        "interface 'eth0' is the aggregator's primary device",
    ),
    "gateway: the device of another": (
        lambda g: g.gateway(interface="ens7"),
        "interface 'ens7' is also that of space acme, gateway on agg1",
    ),
    "gateway: no device": (lambda g: g.space()["gateways"][0].pop("interface"), "gateway on agg1: interface is needed"),
    "gateway: a subnet that is unknown": (
        lambda g: g.gateway(subnet_id="subnet-00000000000000bad"),
        "AWS has no subnet subnet-00000000000000bad",
    ),
    "gateway: a forwarded port beyond 65535": (lambda g: g.forward(port=65536), "port: 65536 is outside of 1 to 65535"),
    "gateway: a forwarded port for nobody": (
        lambda g: g.forward(to="192.0.2.1"),
        "to: 192.0.2.1 lies outside of the gateway's networks",
    ),
    "gateway: a forwarded protocol that is none": (lambda g: g.forward(protocol="sctp"), "protocol: got 'sctp'"),
    "gateway: a forward with NAT gateway": (
        lambda g: g.gateway(egress="nat_gateway"),
        "with egress: nat_gateway: a NAT gateway lets nothing in",
    ),
    # addresses
    "entry: an unknown bond": (lambda g: g.entry(bond=99), "the server has no bond with the id 99"),
    "entry: a bond's name that is unknown": (
        lambda g: g.entry(bond="acme-bonn"),
        "the server has no bond named 'acme-bonn'",
    ),
    "entry: without a bond": (
        lambda g: g.variables["bonding_cpe_nat_ips"][0].pop("bond"),
        "bonding_cpe_nat_ips, entry 1: bond is missing",
    ),
    "entry: an unknown interface": (
        lambda g: g.entry(interface="eth7"),
        "the bonder of bond 17 has no interface 'eth7'",
    ),
    "entry: twice": (
        lambda g: g.variables["bonding_cpe_nat_ips"].append(dict(g.variables["bonding_cpe_nat_ips"][0])),
        "bond 17 (acme-berlin) has more than one CPE NAT entry without a name",
    ),
    "entry: two of one name": (
        lambda g: g.entry(2, name="berlin-mail"),
        "have one key, berlin-mail, by which an entry keeps its public address",
    ),
    "entry: an address that is none": (
        lambda g: g.entry(connected_ip="192.168.17.1.1/24"),
        "connected_ip is '192.168.17.1.1/24'; wanted an IPv4 address with its prefix length",
    ),
    "entry: an address without a prefix": (
        lambda g: g.entry(connected_ip="192.168.17.1"),
        "connected_ip is '192.168.17.1'",
    ),
    "entry: a public address of nobody": (
        lambda g: g.entry(public_ip="192.0.2.77"),
        "public_ip 192.0.2.77 is not an Elastic IP of this account and region",
    ),
    "entry: an address of IPv6": (
        lambda g: g.entry(connected_ip="2001:db8::1/64", nat_ip="2001:db8::2"),
        "connected_ip is '2001:db8::1/64'; wanted an IPv4 address with its prefix length",
    ),
    "entry: outside of its network": (
        lambda g: g.entry(nat_ip="192.168.18.10"),
        "nat_ip 192.168.18.10 lies outside of its connected network",
    ),
    "entry: a private address outside": (
        lambda g: g.entry(private_ip="10.9.0.9"),
        "private_ip 10.9.0.9 lies outside of agg1's subnet",
    ),
    "entry: a private address that is reserved": (
        lambda g: g.entry(private_ip="10.1.0.1"),
        "private_ip 10.1.0.1 is reserved by AWS",
    ),
    "entry: a private address that is taken": (
        lambda g: g.entry(private_ip="10.1.0.50"),
        "private_ip 10.1.0.50 is already used in agg1's subnet",
    ),
    "entry: an aggregator that is unknown": (
        lambda g: g.entry(aggregator="agg9"),
        "aggregator: 'agg9' is not a host of the inventory's group",
    ),
    "entry: an unknown option": (
        lambda g: g.entry(nat_adress="192.168.17.11"),
        "bonding_cpe_nat_ips, entry of bond 17: the key 'nat_adress' is not known",
    ),
    # BGP, and what else
    "BGP: no number": (lambda g: g.variables["bonding_bgp"].pop("asn"), "bonding_bgp: asn is missing"),
    "BGP: a number that is none": (lambda g: g.bgp(asn="AS64512"), "bonding_bgp, asn: got 'AS64512'"),
    "BGP: zero": (lambda g: g.bgp(asn=0), "asn: 0 is outside of 1 to 4294967294"),
    "BGP: beyond 32 bits": (lambda g: g.bgp(asn=2**32), "asn: 4294967296 is outside of 1 to 4294967294"),
    "BGP: no subnet": (
        lambda g: g.variables["bonding_bgp"].pop("subnet"),
        "mode: transit needs a subnet for the tunnels",
    ),
    "BGP: the subnet of a space": (
        lambda g: g.bgp(subnet="10.254.0.0/20"),
        "the tunnel subnet 10.254.0.0/20 of space acme overlaps",
    ),
    "BGP: direct between subnets": (lambda g: g.bgp(mode="direct"), "mode: direct: the aggregators are in 2 subnets"),
    "BGP: an unknown reflector": (
        lambda g: g.bgp(route_reflectors=["agg9"]),
        "bonding_bgp.route_reflectors: 'agg9' is not a host",
    ),
    "inbound: a port that is none": (
        lambda g: g.group(bonding_security_groups=True, bonding_cpe_nat_inbound=[{"protocol": "tcp", "ports": "http"}]),
        "bonding_cpe_nat_inbound: tcp http",
    ),
    "inbound: a source that is none": (
        lambda g: g.group(
            bonding_security_groups=True, bonding_cpe_nat_inbound=[{"protocol": "tcp", "ports": "80", "from": ["any"]}]
        ),
        "from: 'any' is not an IPv4 network",
    ),
}
