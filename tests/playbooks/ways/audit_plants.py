# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences planted in the demo's built network: by hand on AWS or the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.playbooks.running import Json, Site

Plant = Callable[["Ground"], None]
NETWORK = "demo"
VPC = "vpc-0d000000000000001"
TABLE = "rtb-0d000000000000001"
SUBNET = "subnet-0d00000000000001a"
LANS = "172.16.0.0/12"
BABEL, STATIC, VXLAN, ETHERNET = "babel_protocol", "static_protocol", "vxlan_interface", "ethernet_interface"
INSTANCES = {name: f"i-0d00000000000a90{number}" for number, name in enumerate(("agg1", "agg2", "agg3"), 1)}
INTERFACES = {name: f"eni-0d00000000000a90{number}" for number, name in enumerate(("agg1", "agg2", "agg3"), 1)}
IDS = {"agg1": 7, "agg2": 12, "agg3": 1007}


@dataclass
class Ground:
    """The built network before an audit, to be changed by a row."""

    site: Site
    variables: Json
    """The group variables of the inventory."""
    hosts: dict[str, Json]
    """Answers of the aggregators over SSH, as aggregator_host_info returns them."""

    @property
    def ec2(self) -> Any:
        return self.site.ec2()

    def ours(self, kind: str, key: str) -> Json:
        """Return AWS's object of the network with this key."""
        return self.site.ours(kind)[key]

    def find(self, place: str, kind: str, name: str, field: str = "name") -> tuple[str, Json]:
        """Return the path and the state of an object on an aggregator or a bond."""
        site = self.site
        parent = site.aggregator(place) if place in IDS else site.bond(int(place))
        folder = f"aggregators/{IDS[place]}" if place in IDS else f"bonds/{place}"
        listing = {"interface": "interfaces", "protocol": "protocols", "filter": "filters"}
        collection = next((known for end, known in listing.items() if kind.endswith(end)), f"{kind}s")
        found = next(one for one in parent[collection] if one[field] == name)
        return f"{folder}/{kind}s/{found['id']}/", found

    def patch(self, place: str, kind: str, name: str, body: Json, field: str = "name") -> None:
        path, _found = self.find(place, kind, name, field)
        self.site.as_administrator("PATCH", path, body)

    def delete(self, place: str, kind: str, name: str, field: str = "name") -> None:
        path, _found = self.find(place, kind, name, field)
        self.site.as_administrator("DELETE", path)

    def add(self, place: str, kind: str, body: Json) -> None:
        folder = f"aggregators/{IDS[place]}" if place in IDS else f"bonds/{place}"
        self.site.as_administrator("POST", f"{folder}/{kind}s/", body)

    def space(self, key: str) -> str:
        """Return the address of a space, as a body names it."""
        return f"{self.site.server.url}/api/v4/spaces/{key}/"

    def tags(self, kind: str, key: str) -> list[Json]:
        """Return tags for an object that is to look like the network's."""
        tags = {"bonded.internet/network": NETWORK, "bonded.internet/key": key}
        return [{"ResourceType": kind, "Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}]

    def translated(self, bond: int) -> str:
        """Return the private address that a bond's Elastic IP is on."""
        return str(self.ours("addresses", f"cpe-nat/bond-{bond}")["private_ip"])


def on_server(place: str, kind: str, name: str, **body: Any) -> Plant:
    """Return a change of an object on the server by hand."""
    return lambda ground: ground.patch(place, kind, name, body)


def gone(place: str, kind: str, name: str) -> Plant:
    """Return the end of an object on the server by hand."""
    return lambda ground: ground.delete(place, kind, name)


def without(*names: str) -> Plant:
    """Return an inventory that has lost variables of the group."""

    def edit(ground: Ground) -> None:
        for name in names:
            del ground.variables[name]

    return edit


def route_goes(table: str, destination: str) -> Plant:
    """Return the end of a route of one of the network's route tables."""

    def plant(ground: Ground) -> None:
        number = ground.ours("route_tables", table)["id"]
        ground.ec2.delete_route(RouteTableId=number, DestinationCidrBlock=destination)

    return plant


def installed(host: str, edit: Callable[[Json], None]) -> Plant:
    """Return a change of what is installed on an aggregator."""
    return lambda ground: edit(ground.hosts[host]["installed"])


# On AWS.


def disassociate(ground: Ground) -> None:
    ground.ec2.disassociate_address(AssociationId=ground.ours("addresses", "cpe-nat/bond-17")["association_id"])


def associate_elsewhere(ground: Ground) -> None:
    number = ground.ours("addresses", "cpe-nat/bond-18")["allocation_id"]
    ground.ec2.associate_address(
        AllocationId=number, NetworkInterfaceId="eni-0d00000000000f001", AllowReassociation=True
    )


def gateway(ground: Ground, space: str, host: str) -> str:
    return str(ground.ours("network_interfaces", f"gateway/{space}/{host}")["id"])


def check_on(ground: Ground) -> None:
    ground.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=gateway(ground, "globex", "agg1"), SourceDestCheck={"Value": True}
    )


def detach(ground: Ground) -> None:
    number = gateway(ground, "initech", "agg3")
    (found,) = ground.ec2.describe_network_interfaces(NetworkInterfaceIds=[number])["NetworkInterfaces"]
    ground.ec2.detach_network_interface(AttachmentId=found["Attachment"]["AttachmentId"], Force=True)


def release(ground: Ground) -> None:
    found = ground.ours("addresses", "gateway-ip/acme/agg1")
    ground.ec2.disassociate_address(AssociationId=found["association_id"])
    ground.ec2.release_address(AllocationId=found["allocation_id"])


def unassign(ground: Ground) -> None:
    ground.ec2.unassign_private_ip_addresses(
        NetworkInterfaceId=INTERFACES["agg3"], PrivateIpAddresses=[ground.translated(22)]
    )


def route_turns(ground: Ground) -> None:
    table = ground.ours("route_tables", "rtb/globex")["id"]
    target = gateway(ground, "globex", "agg1")
    other = ground.ours("internet_gateways", "igw/globex")["id"]
    assert target != other
    ground.ec2.replace_route(RouteTableId=table, DestinationCidrBlock=LANS, GatewayId=other)


def way_out_turns(ground: Ground) -> None:
    """A NAT gateway of others, and a route that leads to it."""
    address = ground.ec2.allocate_address(Domain="vpc")["AllocationId"]
    subnet = ground.ours("subnets", "subnet/acme/eu-central-1a")["id"]
    nat = ground.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    table = ground.ours("route_tables", "rtb/acme")["id"]
    ground.ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)


def nat_gateway_goes(ground: Ground) -> None:
    ground.ec2.delete_nat_gateway(NatGatewayId=ground.ours("nat_gateways", "natgw/initech/agg3")["id"])


def table_off(ground: Ground) -> None:
    found = ground.ec2.describe_route_tables(RouteTableIds=[ground.ours("route_tables", "rtb/acme")["id"]])
    (association,) = found["RouteTables"][0]["Associations"]
    ground.ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])


def ipv6_off(ground: Ground) -> None:
    number = gateway(ground, "globex", "agg1")
    (found,) = ground.ec2.describe_network_interfaces(NetworkInterfaceIds=[number])["NetworkInterfaces"]
    addresses = [one["Ipv6Address"] for one in found["Ipv6Addresses"]]
    ground.ec2.unassign_ipv6_addresses(NetworkInterfaceId=number, Ipv6Addresses=addresses)


def stop(ground: Ground) -> None:
    ground.ec2.stop_instances(InstanceIds=[INSTANCES["agg2"]])


def terminate(ground: Ground) -> None:
    ground.ec2.terminate_instances(InstanceIds=[INSTANCES["agg2"]])


def impair(ground: Ground) -> None:
    """A host that AWS replaces, and a system that does not answer; one event is over."""
    retirement = {"code": "instance-retirement", "not_before": "2026-12-24T20:00:00+00:00"}
    done = {"code": "system-reboot", "not_before": "2026-11-01T00:00:00+00:00", "description": "[Completed] Rebooted."}
    impaired = {
        "agg1": {"system": "impaired", "events": [retirement]},
        "agg3": {"instance": "impaired", "events": [done]},
    }
    ground.site.cloud.control("POST", "checks", {INSTANCES[host]: given for host, given in impaired.items()})


def way_out_goes(ground: Ground) -> None:
    ground.ec2.delete_route(RouteTableId=TABLE, DestinationCidrBlock="0.0.0.0/0")


def group_closes(ground: Ground) -> None:
    given = [{"Name": "vpc-id", "Values": [VPC]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = ground.ec2.describe_security_groups(Filters=given)["SecurityGroups"]
    ground.ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])


def names_off(ground: Ground) -> None:
    number = ground.ours("vpcs", "vpc/acme")["id"]
    ground.ec2.modify_vpc_attribute(VpcId=number, EnableDnsHostnames={"Value": False})


def second_vpc(ground: Ground) -> None:
    ground.ec2.create_vpc(CidrBlock="10.111.0.0/16", TagSpecifications=ground.tags("vpc", "vpc/acme"))


def idle_address(ground: Ground) -> None:
    ground.ec2.allocate_address(Domain="vpc", TagSpecifications=ground.tags("elastic-ip", "cpe-nat/bond-99"))


def idle_interface(ground: Ground) -> None:
    subnet = ground.ours("subnets", "subnet/acme/eu-central-1a")["id"]
    ground.ec2.create_network_interface(
        SubnetId=subnet, TagSpecifications=ground.tags("network-interface", "gateway/acme/agg2")
    )


def strange_key(ground: Ground) -> None:
    ground.ec2.create_network_interface(
        SubnetId=SUBNET, TagSpecifications=ground.tags("network-interface", "somebody/elses")
    )


# On the server.


def endpoint_goes(ground: Ground) -> None:
    _path, found = ground.find("agg3", VXLAN, "vx10000013")
    ground.patch("agg3", VXLAN, "vx10000013", {"endpoints": found["endpoints"][1:]})


def address_twice(ground: Ground) -> None:
    ground.patch("agg2", VXLAN, "vx10000012", {"addresses": [{"address": "10.254.16.7/20"}]})


def way_out_unsaid(ground: Ground) -> None:
    _path, found = ground.find("agg1", STATIC, "demo_gateway_12")
    kept = [route for route in found["routes"] if route["network"] != "0.0.0.0/0"]
    ground.patch("agg1", STATIC, "demo_gateway_12", {"routes": kept})


def disable_connected_ip(ground: Ground) -> None:
    ground.patch("20", "connected_ip", "192.168.20.1/24", {"enabled": False}, "ip")


def disable_cpe_nat(ground: Ground) -> None:
    ground.patch("21", "cpe_nat_ip", ground.translated(21), {"enabled": False}, "ip")


def host_of_address_differs(ground: Ground) -> None:
    ground.patch("26", "cpe_nat_ip", ground.translated(26), {"nat_ip": "192.168.26.77"}, "ip")


def cpe_nat_goes(ground: Ground) -> None:
    ground.delete("18", "cpe_nat_ip", ground.translated(18), "ip")


def both_of_an_entry_go(ground: Ground) -> None:
    ground.delete("22", "cpe_nat_ip", ground.translated(22), "ip")
    ground.delete("22", "connected_ip", "192.168.22.1/24", "ip")


def second_translation(ground: Ground) -> None:
    ground.add("19", "cpe_nat_ip", {"ip": "198.51.100.119", "nat_ip": "192.168.19.10"})


def address_of_aggregator(ground: Ground) -> None:
    ground.site.as_administrator("PATCH", "aggregators/1007/", {"ip": "203.0.113.99"})


def addresses_exchanged(ground: Ground) -> None:
    for number, address in ((12, "203.0.113.98"), (1007, "203.0.113.12"), (12, "203.0.113.13")):
        ground.site.as_administrator("PATCH", f"aggregators/{number}/", {"ip": address})


def down(ground: Ground) -> None:
    ground.site.server.control("POST", "status", {"aggregator": "agg3", "status": "down"})


def moved(ground: Ground) -> None:
    ground.site.server.control("POST", "move", {"bond": 17, "aggregator": "agg2"})


def second_babel(ground: Ground) -> None:
    body = {"name": "babel_acme", "interfaces": [{"patterns": ["vx*"]}], "space": ground.space("acme")}
    ground.add("agg1", BABEL, {**body, "enabled": True})


def second_default(ground: Ground) -> None:
    route = {"network": "0.0.0.0/0", "destination": "blackhole"}
    ground.add("agg2", STATIC, {"name": "gw_acme", "routes": [route], "space": ground.space("acme"), "enabled": True})


def name_of_gateway(ground: Ground) -> None:
    ground.add("agg1", "filter", {"name": "demo_gateway_11", "family": "ipv4", "body": "accept;"})


def subnet_of_gateway(ground: Ground) -> None:
    subnet = ground.ours("subnets", "subnet/globex/eu-central-1a")["cidr"].replace(".0/", ".99/")
    body = {"name": "ens9", "space": ground.space("initech"), "addresses": [{"address": subnet}]}
    ground.add("agg1", ETHERNET, body)


def orphan(ground: Ground) -> None:
    """A mesh that a killed removal has left: the protocol of a space that the inventory does not name."""
    body = {"name": "demo_babel_1", "interfaces": [{"patterns": ["vx1"]}], "space": ground.space("main")}
    ground.add("agg2", BABEL, {**body, "enabled": True})


def subnet_of_others(ground: Ground) -> None:
    body = {"name": "ens8", "space": ground.space("globex"), "addresses": [{"address": "10.254.16.200/24"}]}
    ground.add("agg3", ETHERNET, body)
