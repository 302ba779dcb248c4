# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A running stand-in, back at its seed for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lab.process import Running

SEED = Path(__file__).with_name("seed.yml")
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"


@dataclass
class Lab:
    """The stand-in, and a client of it that never tries twice."""

    server: Running
    ec2: Any
    clients: list[Any] = field(default_factory=list)

    def client(
        self, service: str = "ec2", attempts: int = 1, region: str = "eu-central-1", key: str = ACCESS_KEY
    ) -> Any:
        """Another client, closed after the test."""
        self.clients.append(client(self.server.url, service, attempts, region, key))
        return self.clients[-1]

    def interface(self, wanted: str) -> dict[str, Any]:
        """One interface as EC2 describes it."""
        found: dict[str, Any] = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[wanted])["NetworkInterfaces"][
            0
        ]
        return found

    def public(self, interface: str) -> dict[str, str]:
        """The public address of each private address that has one."""
        listed = self.interface(interface)["PrivateIpAddresses"]
        return {one["PrivateIpAddress"]: one["Association"]["PublicIp"] for one in listed if "Association" in one}

    def private(self, interface: str) -> list[str]:
        """All private addresses, the primary one first."""
        return [one["PrivateIpAddress"] for one in self.interface(interface)["PrivateIpAddresses"]]

    def address(self, allocation: str) -> dict[str, Any]:
        """One Elastic IP as EC2 describes it."""
        found: dict[str, Any] = self.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]
        return found

    def route(self, table: str, destination: str) -> dict[str, Any] | None:
        """One route as EC2 describes it."""
        routes = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        keys = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
        return next((one for one in routes if destination in [one.get(key) for key in keys]), None)


def client(
    url: str, service: str = "ec2", attempts: int = 1, region: str = "eu-central-1", key: str = ACCESS_KEY
) -> Any:
    """A boto3 client of the stand-in.

    :param attempts: how often it tries in all.
    :param key: the access key id that it signs with.
    """
    config = Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=20)
    # boto3's own types want each service's name as a literal.
    make: Any = boto3.client
    return make(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key="secret",
        config=config,
    )


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    with Running("lab.aws", "--seed", SEED) as running:
        yield running


@pytest.fixture(scope="session")
def ec2(server: Running) -> Iterator[Any]:
    made = client(server.url)
    yield made
    made.close()


@pytest.fixture
def lab(server: Running, ec2: Any) -> Iterator[Lab]:
    server.reset()
    server.clear_log()
    made = Lab(server, ec2)
    yield made
    for one in made.clients:
        one.close()


@contextmanager
def refused(code: str, text: str = "") -> Iterator[None]:
    """Expect that EC2 refuses the enclosed call with this code, and with this text somewhere in the message."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert (error["Code"], text in error["Message"]) == (code, True), error


@pytest.fixture
def marked(lab: Lab) -> Lab:
    """Of the seed, VPC a and what is in it are the network demo's, VPC c another's, the rest nobody's."""
    ours = ("vpc-0a000000", "igw-0a000000", "rtb-0a000001", "subnet-0a00000a", "eni-0a00000f", "eipalloc-0a000001")
    groups = {"demo": "sg-0a000003", "other": "sg-0a000004"}
    other = ("vpc-0c000000", "rtb-0c000000", "eni-0a00000e", "eipalloc-0a000003", "i-0a000003")
    for network, ids in (("demo", ours), ("other", other)):
        lab.ec2.create_tags(
            Resources=[*ids, groups[network]], Tags=[{"Key": "bonded.internet/network", "Value": network}]
        )
    return lab
