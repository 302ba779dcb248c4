# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An administrator's manual changes to the two stand-ins, through their public APIs; the lab follows with `sync()`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
import requests

from lab.process import Running

ADMINISTRATOR = ("admin@example.com", "demo-admin-password")


class Hands:
    """Changes what the stand-ins hold."""

    def __init__(self, server: Running, aws: Running, region: str) -> None:
        self._server, self._region = server, region
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = ADMINISTRATOR
        self.ec2: Any = boto3.client(
            "ec2",
            endpoint_url=aws.url,
            region_name=region,
            aws_access_key_id="AKIA0000BYHAND000000",
            aws_secret_access_key="any-will-do-here",
        )

    def patch(self, path: str, **fields: Any) -> Mapping[str, Any]:
        """Change fields of an object of the server, such as ``aggregators/7/vxlan_interfaces/3``."""
        return self._ask("PATCH", path, fields)

    def post(self, path: str, **fields: Any) -> Mapping[str, Any]:
        """Make an object on the server."""
        return self._ask("POST", path, fields)

    def delete(self, path: str) -> None:
        """Delete an object of the server."""
        self._ask("DELETE", path, None)

    def _ask(self, method: str, path: str, fields: Mapping[str, Any] | None) -> Mapping[str, Any]:
        answer = self._session.request(method, f"{self._server.url}/api/v4/{path}/", json=fields, timeout=30)
        if not answer.ok:
            raise OSError(f"{method} {path} {fields} was answered {answer.status_code}: {answer.text[:300]}")
        found: Mapping[str, Any] = answer.json() if answer.content else {}
        return found

    def take_address(self, interface_id: str, private_ip: str) -> None:
        """A secondary private address moves to this interface, inside its subnet, and its Elastic IP with it."""
        self.ec2.assign_private_ip_addresses(
            NetworkInterfaceId=interface_id, PrivateIpAddresses=[private_ip], AllowReassignment=True
        )

    def launch(self, subnet_id: str, name: str) -> str:
        """A small instance in a subnet, with its VPC's default group; returns its id."""
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
        launched = self.ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet_id,
            TagSpecifications=tags,
        )
        return str(launched["Instances"][0]["InstanceId"])

    def terminate(self, instance_id: str) -> None:
        """Terminate the instance; its namespace is deleted with it."""
        self.ec2.terminate_instances(InstanceIds=[instance_id])

    def admit(self, group_id: str, wanted: bool, **rule: Any) -> None:
        """Open a group for a rule as EC2 writes it, or close it."""
        change = self.ec2.authorize_security_group_ingress if wanted else self.ec2.revoke_security_group_ingress
        change(GroupId=group_id, IpPermissions=[rule])

    def check(self, interface_id: str, wanted: bool) -> None:
        """Switch the source/destination check of an interface."""
        self.ec2.modify_network_interface_attribute(NetworkInterfaceId=interface_id, SourceDestCheck={"Value": wanted})
