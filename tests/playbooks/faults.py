# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's two sides and its inventory, to be spoilt: what the tables of faults are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.security_group import permission_of

from .rights import policy, without
from .running import Json, Site, demo_hosts, demo_variables


@dataclass
class Fault:
    """The demo's two sides and its inventory, to be spoilt."""

    site: Site
    variables: Json = field(default_factory=demo_variables)
    hosts: Json = field(default_factory=demo_hosts)
    more: Json = field(default_factory=dict)

    def account(self, **quotas: int) -> Fault:
        """Set the quotas of the AWS account."""
        self.site.cloud.control("POST", "quotas", quotas)
        return self

    def said(self, **quotas: int) -> Fault:
        """Set the quotas that the operator's inventory states."""
        self.variables["bonding_quotas"] = quotas
        return self

    def acme(self) -> Json:
        """The space acme of the inventory."""
        found: Json = self.variables["bonding_spaces"][0]
        return found

    def gateway(self, space: int = 0, **more: object) -> Fault:
        """Another gateway of a space: of acme 0, globex 1, initech 2."""
        given = {"networks": ["172.31.0.0/16"], "egress": "none", "interface": "ens7"}
        self.variables["bonding_spaces"][space].setdefault("gateways", []).append({**given, **more})
        return self

    def in_subnet(self, host: str, subnet: str) -> Fault:
        """acme's gateway on this host, its interface in this subnet, without routes of the VPC."""
        self.acme()["gateways"][0].update(aggregator=host, subnet_id=subnet, vpc_routes=False)
        return self

    def networks(self, number: int) -> Fault:
        """So many networks for acme's gateway, and none of them a forwarded port's."""
        wanted = [f"100.{64 + n // 256}.{n % 256}.0/24" for n in range(number)]
        self.acme()["gateways"][0].update(networks=wanted, port_forwards=[])
        return self

    def addresses(self, number: int, on: str) -> Fault:
        """So many private addresses more on the primary interface of a host."""
        interface = f"eni-0d00000000000a90{on[-1]}"
        self.site.ec2().assign_private_ip_addresses(NetworkInterfaceId=interface, SecondaryPrivateIpAddressCount=number)
        return self

    def fill(self, subnet: str) -> Fault:
        """All addresses of a subnet are taken by interfaces of others."""
        ec2 = self.site.ec2()
        (found,) = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
        left = found["AvailableIpAddressCount"]
        for count in [100] * (left // 100) + [left % 100]:
            ec2.create_network_interface(SubnetId=subnet, SecondaryPrivateIpAddressCount=count - 1)
        return self

    def vpcs(self, number: int, gateways: int = 0) -> Fault:
        """So many VPCs and internet gateways of others."""
        ec2 = self.site.ec2()
        for index in range(number):
            ec2.create_vpc(CidrBlock=f"10.{77 + index}.0.0/16")
        for _number in range(gateways):
            ec2.create_internet_gateway()
        return self

    def attach(self, *hosts: str) -> Fault:
        """An interface of others more on each of these hosts."""
        ec2 = self.site.ec2()
        for index, host in enumerate(hosts, 1):
            subnet = f"subnet-0d00000000000001{'b' if host == 'agg2' else 'a'}"
            made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
            instance = f"i-0d00000000000a90{host[-1]}"
            ec2.attach_network_interface(NetworkInterfaceId=made, InstanceId=instance, DeviceIndex=index)
        return self

    def nat_gateways(self, number: int) -> Fault:
        """So many NAT gateways of others in agg3's zone."""
        ec2 = self.site.ec2()
        for _number in range(number):
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            ec2.create_nat_gateway(SubnetId="subnet-0d00000000000001a", AllocationId=address)
        return self

    def small_vpc(self, cidr: str, taken: int) -> Fault:
        """acme has a VPC already, with a gateway subnet in which so few are free."""
        ec2 = self.site.ec2()
        tags = [{"Key": "bonded.internet/network", "Value": "demo"}]

        def tagged(kind: str, key: str) -> list[Json]:
            return [{"ResourceType": kind, "Tags": [*tags, {"Key": "bonded.internet/key", "Value": key}]}]

        vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=tagged("vpc", "vpc/acme"))["Vpc"]["VpcId"]
        key = "subnet/acme/eu-central-1a"
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=cidr, AvailabilityZone="eu-central-1a", TagSpecifications=tagged("subnet", key)
        )["Subnet"]["SubnetId"]
        for _number in range(taken):
            ec2.create_network_interface(SubnetId=subnet)
        self.acme()["vpc"] = {
            "cidr": cidr,
            "subnets": [{"zone": "eu-central-1a", "cidr": cidr}],
        }
        return self

    def groups(self, *hosts: str) -> Fault:
        """Our security groups are wanted; an interface of these hosts carries one of others more."""
        self.more["security_groups"] = True
        ec2 = self.site.ec2()
        for host in hosts:
            number = f"eni-0d00000000000a90{host[-1]}"
            (found,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[number])["NetworkInterfaces"]
            made = ec2.create_security_group(GroupName=host, Description=host, VpcId=found["VpcId"])["GroupId"]
            ec2.modify_network_interface_attribute(
                NetworkInterfaceId=number, Groups=[*(group["GroupId"] for group in found["Groups"]), made]
            )
        return self

    def our_group(self, key: str, port: int) -> Fault:
        """A security group of ours in the aggregators' VPC that lets in this port, by a rule of ours."""
        ec2, vpc = self.site.ec2(), "vpc-0d000000000000001"
        tags = {"bonded.internet/network": "demo", "bonded.internet/key": key}
        given = [{"ResourceType": "security-group", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]
        made = ec2.create_security_group(GroupName=key, Description=key, VpcId=vpc, TagSpecifications=given)["GroupId"]
        rule = {"protocol": "tcp", "from_port": port, "to_port": port, "source": "192.0.2.0/24"}
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[permission_of(rule, made)])
        return self

    def address(self, key: str) -> str:
        """The allocation id of the Elastic IP with this key."""
        found: str = self.site.ours("addresses")[key]["allocation_id"]
        return found

    def lacking(self, action: str) -> Fault:
        """The policies of docs/ but for one action, and the rights are asked for."""
        self.site.grant([*without([policy("read"), policy("change")], action), policy("ask")])
        self.more["check_rights"] = True
        return self

    def as_viewer(self) -> Fault:
        """As somebody who may look at the server and no more."""
        self.variables |= {"bonding_api_username": "viewer@example.com", "bonding_api_password": "viewer-password"}
        self.more["check_rights"] = True
        return self

    def on_server(self, method: str, path: str, body: Json) -> Fault:
        """By somebody who may do everything there."""
        self.site.as_administrator(method, path, body)
        return self


Spoil = Callable[[Fault], object]
