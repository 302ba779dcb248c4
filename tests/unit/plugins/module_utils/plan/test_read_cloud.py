# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to AWS by the plan: gateways' interfaces and NAT gateways only where some may exist."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import (
    DesiredEntry,
    DesiredGateway,
    DesiredHost,
    DesiredNetwork,
    DesiredSpace,
    DesiredVpc,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.state import NatGateway
from ansible_collections.bonded.internet.plugins.module_utils._plan.aws_reader import CloudReader

Json = dict[str, Any]


def tags(key: str) -> list[Json]:
    return [
        {"Key": "bonded.internet/network", "Value": "prod"},
        {"Key": "bonded.internet/key", "Value": key},
    ]


def subnet(number: str, key: str, zone: str) -> Json:
    place = {"VpcId": "vpc-9", "CidrBlock": "10.101.0.0/28", "AvailabilityZone": f"eu-central-1{zone}"}
    return {"SubnetId": number, "Tags": tags(key), **place}


def nat(number: str, inside: str, *more: Json) -> Json:
    addresses = [{"AllocationId": "eipalloc-1", "PublicIp": "198.51.100.5"}]
    place = {"VpcId": "vpc-9", "SubnetId": inside, "State": "available", "NatGatewayAddresses": addresses}
    return {"NatGatewayId": number, "Tags": list(more), **place}


class Ec2:
    """Answers each listing with what it was given, and remembers what it was asked."""

    def __init__(self, **lists: list[Json]) -> None:
        self._lists = lists
        self.asked: list[tuple[str, Json]] = []

    def __getattr__(self, name: str) -> Callable[..., Json]:
        def answer(**params: Any) -> Json:
            self.asked.append((name, params))
            return {"Found": self._lists.get(name, [])}

        return answer

    def named(self, name: str) -> list[Json]:
        return [params for asked, params in self.asked if asked == name]


REGIONS = ("eu-central-1", "eu-west-1")
VPC = {"VpcId": "vpc-9", "CidrBlock": "10.101.0.0/16", "Tags": tags("vpc/acme")}


@pytest.fixture
def desired() -> DesiredNetwork:
    return DesiredNetwork(network="prod", hosts=(DesiredHost(host="agg1", aggregator="agg1"),), absent=True)


def read(ec2: Ec2, desired: DesiredNetwork) -> CloudReader:
    reader = CloudReader(lambda _region, _service: ec2)
    reader.read_network(desired)
    return reader


def test_without_a_public_subnet_nothing_is_asked(desired: DesiredNetwork) -> None:
    ec2 = Ec2(describe_vpcs=[VPC], describe_subnets=[subnet("subnet-1", "subnet/acme/eu-central-1a", "a")])
    assert read(ec2, desired).cloud.nat_gateways == {}
    assert ec2.named("describe_nat_gateways") == []


def test_with_one_ours_are_read_by_their_tag_and_the_dead_left_out(desired: DesiredNetwork) -> None:
    key = "natgw-subnet/acme/eu-central-1a"
    found = nat("nat-1", "subnet-2", *tags("natgw/acme/agg1"))
    ec2 = Ec2(describe_vpcs=[VPC], describe_subnets=[subnet("subnet-2", key, "a")], describe_nat_gateways=[found])
    own = {"bonded.internet/network": "prod", "bonded.internet/key": "natgw/acme/agg1"}
    assert read(ec2, desired).cloud.nat_gateways == {
        "nat-1": NatGateway("nat-1", "vpc-9", "subnet-2", own, "eipalloc-1")
    }
    assert ec2.named("describe_nat_gateways") == [
        {
            "Filter": [
                {"Name": "tag:bonded.internet/network", "Values": ["prod"]},
                {"Name": "state", "Values": ["pending", "available", "failed"]},
            ],
            "MaxResults": 1000,
        }
    ]


def test_a_nat_gateway_that_failed_is_none_of_those_that_are_there(desired: DesiredNetwork) -> None:
    key = "natgw-subnet/acme/eu-central-1a"
    why = {"State": "failed", "FailureCode": "Gateway.NotAttached", "FailureMessage": "Network vpc-9 has none"}
    found = {**nat("nat-1", "subnet-2", *tags("natgw/acme/agg1")), **why}
    ec2 = Ec2(describe_vpcs=[VPC], describe_subnets=[subnet("subnet-2", key, "a")], describe_nat_gateways=[found])
    cloud = read(ec2, desired).cloud
    assert cloud.nat_gateways == {}
    assert [(one.id, one.failure) for one in cloud.failed_nat_gateways] == [
        ("nat-1", "Gateway.NotAttached: Network vpc-9 has none")
    ]


def test_a_new_one_asks_once_how_many_each_zone_has(desired: DesiredNetwork) -> None:
    subnets = [subnet("subnet-2", "natgw-subnet/acme/eu-central-1a", "a"), subnet("subnet-3", "", "b")]
    nats = [nat("nat-1", "subnet-2"), nat("nat-2", "subnet-3"), nat("nat-3", "subnet-3")]
    ec2 = Ec2(describe_vpcs=[VPC], describe_subnets=subnets, describe_nat_gateways=nats)
    reader = read(ec2, desired)
    asked = len(ec2.asked)
    assert reader.read_nat_zones() is True
    assert reader.cloud.nat_gateways_in == {"eu-central-1a": 1, "eu-central-1b": 2}
    assert len(ec2.asked) == asked + 2
    assert reader.read_nat_zones() is False
    assert len(ec2.asked) == asked + 2


def instance(*devices: int) -> Json:
    interfaces = [{"NetworkInterfaceId": f"eni-{n}", "Attachment": {"DeviceIndex": n}} for n in devices]
    place = {"VpcId": "vpc-1", "SubnetId": "subnet-1", "Placement": {"AvailabilityZone": "eu-central-1a"}}
    state = {"State": {"Name": "running"}, "InstanceType": "m5.large", "PrivateIpAddress": "10.1.0.11"}
    return {"InstanceId": "i-1", "NetworkInterfaces": interfaces, **place, **state}


def address(key: str) -> Json:
    return {"AllocationId": "eipalloc-1", "PublicIp": "198.51.100.5", "Tags": tags(key)}


SPACE = DesiredSpace(key="acme", private_wan="unmanaged", vpc=DesiredVpc(cidr="10.101.0.0/16"))
WITH_VPCS = DesiredNetwork(
    network="prod", hosts=(DesiredHost(host="agg1", aggregator="agg1", instance_id="i-1"),), spaces=(SPACE,)
)
WITH_A_GATEWAY = replace(SPACE, gateways=(DesiredGateway(host="agg1", networks=("172.16.0.0/12",)),))


def calls(desired: DesiredNetwork, devices: tuple[int, ...] = (0,), addresses: tuple[str, ...] = ()) -> list[str]:
    """The calls that reading this network takes."""
    ec2 = Ec2(
        describe_instances=[{"Instances": [instance(*devices)]}],
        describe_addresses=[address(key) for key in addresses],
        describe_vpcs=[VPC],
    )
    CloudReader(lambda _region, _service: ec2).read_network(desired)
    return [name for name, _params in ec2.asked]


def test_vpcs_without_gateways_are_six_calls() -> None:
    asked = calls(WITH_VPCS, addresses=("cpe-nat/bond-17",))
    # the order within each of the two waves is chance
    assert [sorted(asked[:4]), sorted(asked[4:])] == [
        ["describe_addresses", "describe_instances", "describe_internet_gateways", "describe_vpcs"],
        ["describe_route_tables", "describe_subnets"],
    ]


class Patient(Ec2):
    """Answers the listings of a wave when all of them were asked for."""

    def __init__(self, *waves: set[str], **lists: list[Json]) -> None:
        super().__init__(**lists)
        self._meet = {name: barrier for wave in waves for barrier in [threading.Barrier(len(wave))] for name in wave}

    def __getattr__(self, name: str) -> Callable[..., Json]:
        answer = super().__getattr__(name)

        def when_all_are_there(**params: Any) -> Json:
            self._meet[name].wait(20)
            return answer(**params)

        return when_all_are_there


def test_only_two_answers_are_waited_for() -> None:
    ec2 = Patient(
        {"describe_addresses", "describe_instances", "describe_internet_gateways", "describe_vpcs"},
        {"describe_network_interfaces", "describe_route_tables", "describe_subnets"},
        describe_instances=[{"Instances": [instance(0, 1)]}],
        describe_vpcs=[VPC],
    )
    CloudReader(lambda _region, _service: ec2).read_network(WITH_VPCS)
    assert len(ec2.asked) == 7


class Refusing(Ec2):
    """Answers some listings with an error."""

    def __init__(self, **codes: str) -> None:
        super().__init__()
        self._codes = codes

    def __getattr__(self, name: str) -> Callable[..., Json]:
        code = self._codes.get(name)
        if code is None:
            return super().__getattr__(name)

        def refuse(**_params: Any) -> Json:
            raise ClientError({"Error": {"Code": code, "Message": "why"}}, name)

        return refuse


DENIED = "UnauthorizedOperation"


def test_all_rights_that_one_wave_lacks_are_named_at_once() -> None:
    ec2 = Refusing(describe_addresses=DENIED, describe_vpcs=DENIED)
    with pytest.raises(Ec2Error) as refused:
        CloudReader(lambda _region, _service: ec2).read_network(WITH_VPCS)
    text = "EC2 call {0} failed: the credentials lack the IAM right ec2:{0}. EC2 says UnauthorizedOperation: why."
    assert str(refused.value) == f"{text.format('DescribeAddresses')} {text.format('DescribeVpcs')}"
    assert refused.value.code == DENIED


def test_another_failure_than_of_rights_is_told_alone() -> None:
    ec2 = Refusing(describe_addresses="AuthFailure", describe_vpcs=DENIED)
    with pytest.raises(Ec2Error, match="AuthFailure") as refused:
        CloudReader(lambda _region, _service: ec2).read_network(WITH_VPCS)
    assert "DescribeVpcs" not in str(refused.value)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({"desired": replace(WITH_VPCS, spaces=(WITH_A_GATEWAY,))}, id="wanted"),
        pytest.param({"desired": replace(WITH_VPCS, prune=True)}, id="pruning"),
        pytest.param({"desired": replace(WITH_VPCS, decommissioned=("agg1",))}, id="decommissioned"),
        pytest.param({"desired": replace(WITH_VPCS, absent=True)}, id="teardown"),
        pytest.param({"desired": WITH_VPCS, "devices": (0, 1)}, id="attached"),
        pytest.param({"desired": WITH_VPCS, "addresses": ("gateway-ip/acme/agg1",)}, id="its address"),
        pytest.param({"desired": WITH_VPCS, "addresses": ("natgw-ip/acme/agg1",)}, id="its NAT gateway's address"),
    ],
)
def test_gateways_are_looked_for_where_some_may_be(found: Json) -> None:
    assert "describe_network_interfaces" in calls(**found)


def test_an_elastic_ip_that_an_entry_names_is_asked_for_where_it_is_not_ours_yet(desired: DesiredNetwork) -> None:
    given = replace(desired, absent=False, cpe_nat_ips=(DesiredEntry("17", "eth1", "", "", public_ip="198.51.100.9"),))
    found = {"AllocationId": "eipalloc-9", "PublicIp": "198.51.100.9", "Tags": []}
    owned_by_network = Ec2(describe_addresses=[found])
    assert read(owned_by_network, given).cloud.named == []
    assert len(owned_by_network.named("describe_addresses")) == 1
    theirs = Ec2()
    read(theirs, given)
    assert theirs.named("describe_addresses")[1]["Filters"] == [{"Name": "public-ip", "Values": ["198.51.100.9"]}]
    teardown = Ec2()
    read(teardown, replace(given, absent=True))
    assert len(teardown.named("describe_addresses")) == 1
    gateway = DesiredGateway("agg1", (), public_ip="198.51.100.9")
    of_gateway = Ec2()
    read(of_gateway, replace(desired, absent=False, spaces=(DesiredSpace("acme", "unmanaged", gateways=(gateway,)),)))
    assert of_gateway.named("describe_addresses")[1]["Filters"] == theirs.named("describe_addresses")[1]["Filters"]


def test_an_instance_is_read_with_its_public_addresses_and_its_prefixes(desired: DesiredNetwork) -> None:
    def on(private: str, public: str | None) -> Json:
        return {"PrivateIpAddress": private, **({"Association": {"PublicIp": public}} if public else {})}

    def interface(index: int, *addresses: Json, **more: Any) -> Json:
        place = {"NetworkInterfaceId": f"eni-{index}", "Attachment": {"DeviceIndex": index}}
        return {**place, "PrivateIpAddresses": list(addresses), **more}

    primary = interface(0, on("10.1.0.11", "203.0.113.11"), on("10.1.0.50", None), Ipv4Prefixes=[{"Ipv4Prefix": "x"}])
    instance = {
        "InstanceId": "i-1",
        "InstanceType": "c5.large",
        "State": {"Name": "running"},
        "Placement": {"AvailabilityZone": "eu-central-1a"},
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "PrivateIpAddress": "10.1.0.11",
        "NetworkInterfaces": [interface(1, on("10.101.0.9", "198.51.100.9")), primary],
    }
    given = replace(desired, hosts=(DesiredHost(host="agg1", aggregator="agg1", instance_id="i-1"),))
    found = read(Ec2(describe_instances=[{"Instances": [instance]}]), given).cloud.instances["i-1"]
    assert found.publics == {"10.1.0.11": "203.0.113.11", "10.101.0.9": "198.51.100.9"}
    assert (found.interface_id, found.prefixes, found.addresses) == ("eni-0", 1, ("10.1.0.11", "10.1.0.50"))


@pytest.mark.parametrize(
    ("name", "asked"), [("prod-cpe-nat-vpc-1", 1), ("prod-web", 0), ("other-cpe-nat-vpc-1", 0)], ids=str
)
def test_groups_are_asked_for_where_an_interface_carries_one_of_such_a_name(name: str, asked: int) -> None:
    found = instance(0)
    found["NetworkInterfaces"][0]["Groups"] = [{"GroupId": "sg-1", "GroupName": name}]
    ec2 = Ec2(describe_instances=[{"Instances": [found]}])
    read(ec2, WITH_VPCS)
    assert len(ec2.named("describe_security_groups")) == asked


def test_reservations_are_read_where_an_address_is_chosen(desired: DesiredNetwork) -> None:
    listed = [{"Cidr": "10.1.0.64/28"}, {"Cidr": "10.1.0.32/28"}, {"Cidr": "2001:db8::/80"}]
    ec2 = Ec2(describe_vpcs=[VPC], describe_subnets=[subnet("subnet-1", "", "a")], get_subnet_cidr_reservations=listed)
    reader = read(ec2, desired)
    assert ec2.named("get_subnet_cidr_reservations") == []
    assert reader.read_reservations(set()) is False
    assert reader.read_reservations({"subnet-1"}) is True
    assert reader.cloud.subnets["subnet-1"].reserved == ("10.1.0.32/28", "10.1.0.64/28")
    assert reader.read_reservations({"subnet-1"}) is False
    assert ec2.named("get_subnet_cidr_reservations") == [{"SubnetId": "subnet-1", "MaxResults": 1000}]


def test_reservations_are_asked_of_the_region_of_the_subnet() -> None:
    asked = []

    def client_of(region: str | None, _service: str) -> Ec2:
        asked.append(region)
        return Ec2(describe_vpcs=[VPC], describe_subnets=[subnet("subnet-1", "", "a")])

    hosts = tuple(DesiredHost(host=f"agg{n}", aggregator=f"agg{n}", region=one) for n, one in enumerate(REGIONS))
    reader = CloudReader(client_of)
    reader.read_network(DesiredNetwork(network="prod", hosts=hosts, absent=True))
    asked.clear()
    reader.read_reservations({"subnet-1"})
    assert asked == ["eu-central-1"]


def test_foreign_objects_are_read_where_a_vpc_goes(desired: DesiredNetwork) -> None:
    place = {"VpcId": "vpc-9", "SubnetId": "subnet-1"}
    interfaces: list[Json] = [
        {"NetworkInterfaceId": "eni-1", "Description": "a load balancer's", **place},
        {"NetworkInterfaceId": "eni-2", "TagSet": tags("gateway/acme/agg1"), **place},
        {"NetworkInterfaceId": "eni-3", "InterfaceType": "nat_gateway", **place},
    ]
    groups: list[Json] = [
        {"GroupId": "sg-1", "GroupName": "default", "VpcId": "vpc-9"},
        {"GroupId": "sg-2", "GroupName": "GuardDuty", "VpcId": "vpc-9"},
        {"GroupId": "sg-3", "GroupName": "ours", "VpcId": "vpc-9", "Tags": tags("sg/gateway/acme/agg1")},
    ]
    ec2 = Ec2(describe_network_interfaces=interfaces, describe_security_groups=groups)
    reader = CloudReader(lambda _region, _service: ec2)
    reader.read_network(DesiredNetwork(network="prod", hosts=desired.hosts))
    ec2.asked.clear()
    assert reader.read_foreign_objects(set(), "prod") is False
    assert ec2.asked == []
    assert reader.read_foreign_objects({"vpc-9"}, "prod") is True
    found = "network interface eni-1 (a load balancer's)"
    assert reader.cloud.foreign_objects == {"subnet-1": (found,), "vpc-9": (found, "security group sg-2 (GuardDuty)")}
    assert len(ec2.asked) == 2
    assert reader.read_foreign_objects({"vpc-9"}, "prod") is False


def test_a_block_that_was_taken_away_is_no_block_of_the_vpc(desired: DesiredNetwork) -> None:
    def block(name: str, network: str, state: str) -> Json:
        return {name: network, f"{name}State": {"State": state}}

    vpc: Json = {
        **VPC,
        "CidrBlockAssociationSet": [
            block("CidrBlock", "10.101.0.0/16", "associated"),
            block("CidrBlock", "10.102.0.0/16", "disassociated"),
        ],
        "Ipv6CidrBlockAssociationSet": [block("Ipv6CidrBlock", "2001:db8::/56", "disassociated")],
    }
    found = read(Ec2(describe_vpcs=[vpc]), desired).cloud.vpcs["vpc-9"]
    assert (found.cidrs, found.ipv6) == (("10.101.0.0/16",), False)
    vpc["Ipv6CidrBlockAssociationSet"] = [block("Ipv6CidrBlock", "2001:db8::/56", "associated")]
    assert read(Ec2(describe_vpcs=[vpc]), desired).cloud.vpcs["vpc-9"].ipv6 is True


class Interfaces(Ec2):
    """Lists a network interface by its tags, if it has any, or by its id."""

    def describe_network_interfaces(self, **params: Any) -> Json:
        self.asked.append(("describe_network_interfaces", params))
        (found,) = self._lists["describe_network_interfaces"]
        by_id = [one for one in params["Filters"] if one["Name"] == "network-interface-id"]
        return {"Found": [found] if by_id or found["TagSet"] else []}


@pytest.mark.parametrize(("tagged", "count"), [([], 2), (tags("gateway/acme/agg1"), 1)])
def test_the_network_interface_of_a_gateway_is_asked_for_by_its_id_if_it_has_no_tags(
    tagged: list[Json], count: int
) -> None:
    space = replace(SPACE, gateways=(DesiredGateway(host="agg1", networks=(), interface_id="eni-7"),))
    found: Json = {"NetworkInterfaceId": "eni-7", "SubnetId": "subnet-1", "VpcId": "vpc-9", "TagSet": tagged}
    found |= {"PrivateIpAddress": "10.101.0.4", "Attachment": {"InstanceId": "i-1"}}
    ec2 = Interfaces(
        describe_instances=[{"Instances": [instance(0)]}], describe_vpcs=[VPC], describe_network_interfaces=[found]
    )
    cloud = read(ec2, replace(WITH_VPCS, spaces=(space,))).cloud
    assert len(ec2.named("describe_network_interfaces")) == count
    owner = cloud.interfaces if tagged else cloud.named_interfaces
    assert owner["eni-7"].instance_id == "i-1"
    assert len(cloud.interfaces) + len(cloud.named_interfaces) == 1
