# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small EC2 in memory that records its calls and can fail at each of them.

It keeps the rules that the CPE NAT engine depends on: one interface for an address in a subnet, the limits by instance
type, associations to exactly one private address, a move with its Elastic IP.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError

Answer = dict[str, Any]


class Killed(BaseException):
    """The program died: nothing may catch this."""


def client_error(code: str, message: str = "", operation: str = "Operation", status: int = 400) -> ClientError:
    """An error as boto3 raises it."""
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


def lost_answer() -> ConnectionClosedError:
    """Return the exception that boto3 raises if the connection breaks before the answer."""
    return ConnectionClosedError(endpoint_url="https://ec2.example.com")


class FakeEc2:
    """Answers like a boto3 client. `calls`: (method, parameters) in order.

    `before` and `after` may be set: called with the method and how many times it was called (from 1), before and after
    it takes effect; what they raise is the call's outcome.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.addresses: dict[str, Answer] = {}
        self.interfaces: dict[str, Answer] = {}
        self.subnets: dict[str, Answer] = {}
        self.reserved: dict[str, list[str]] = {}
        self.instances: dict[str, str] = {}
        self.limits = {"t3.medium": 6}
        self.quota = 99
        self.ptr: dict[str, str] = {}
        self.serial = 0
        self.before: Callable[[str, int], None] | None = None
        self.after: Callable[[str, int], None] | None = None
        self._lock = threading.RLock()

    def __getattr__(self, method: str) -> Callable[..., Answer]:
        if method.startswith("_"):
            raise AttributeError(method)
        act: Callable[..., Answer] = getattr(self, f"_do_{method}")

        def run(**params: Any) -> Answer:
            with self._lock:
                self.calls.append((method, copy.deepcopy(params)))
                count = sum(name == method for name, _params in self.calls)
                if self.before:
                    self.before(method, count)
                # Everything here fits into one page.
                params.pop("MaxResults", None)
                answer = copy.deepcopy(act(**params))
                if self.after:
                    self.after(method, count)
                return answer

        return run

    # --- for tests ---------------------------------------------------------------------------------------------------

    @property
    def methods(self) -> list[str]:
        return [method for method, _params in self.calls]

    @property
    def writes(self) -> list[tuple[str, dict[str, Any]]]:
        return [call for call in self.calls if not call[0].startswith(("describe_", "get_"))]

    def add_subnet(self, subnet_id: str, cidr: str) -> None:
        self.subnets[subnet_id] = {"SubnetId": subnet_id, "CidrBlock": cidr}

    def add_interface(self, interface_id: str, subnet_id: str, primary: str, instance_id: str | None = None) -> None:
        public = {"PublicIp": "203.0.113.250", "IpOwnerId": "amazon"}
        self.interfaces[interface_id] = {
            "NetworkInterfaceId": interface_id,
            "SubnetId": subnet_id,
            "PrivateIpAddress": primary,
            "PrivateIpAddresses": [{"PrivateIpAddress": primary, "Primary": True, "Association": public}],
            "TagSet": [],
        }
        if instance_id:
            self.interfaces[interface_id]["Attachment"] = {"InstanceId": instance_id, "DeviceIndex": 0}
            self.instances[instance_id] = "t3.medium"

    def add_address(self, allocation_id: str, public_ip: str, tags: dict[str, str] | None = None) -> None:
        self.addresses[allocation_id] = {
            "AllocationId": allocation_id,
            "PublicIp": public_ip,
            "Domain": "vpc",
            "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        }

    def add_secondary(self, interface_id: str, private_ip: str) -> None:
        self.interfaces[interface_id]["PrivateIpAddresses"].append({"PrivateIpAddress": private_ip, "Primary": False})

    def private_ips(self, interface_id: str) -> list[str]:
        return sorted(item["PrivateIpAddress"] for item in self.interfaces[interface_id]["PrivateIpAddresses"])

    def tags(self, allocation_id: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.addresses[allocation_id]["Tags"]}

    def by_key(self, key: str) -> Answer:
        """The one Elastic IP with this key."""
        found = [
            address
            for allocation_id, address in self.addresses.items()
            if self.tags(allocation_id).get("bonded.internet/key") == f"cpe-nat/{key}"
        ]
        assert len(found) == 1, found
        return found[0]

    def picture(self) -> dict[str, Any]:
        """The end state without ids that AWS chooses."""
        return {
            "addresses": sorted(
                (
                    sorted(self.tags(allocation_id).items()),
                    address.get("NetworkInterfaceId"),
                    address.get("PrivateIpAddress"),
                )
                for allocation_id, address in self.addresses.items()
            ),
            "interfaces": {
                name: sorted(
                    (item["PrivateIpAddress"], bool(item.get("Association")))
                    for item in interface["PrivateIpAddresses"]
                )
                for name, interface in self.interfaces.items()
            },
        }

    # --- listings ----------------------------------------------------------------------------------------------------

    def _do_describe_addresses(self, Filters: list[Answer]) -> Answer:
        getters = {
            "public-ip": lambda item: item["PublicIp"],
            "allocation-id": lambda item: item["AllocationId"],
        }
        return {"Addresses": [item for item in self.addresses.values() if _matches(item, Filters, getters)]}

    def _do_describe_network_interfaces(self, Filters: list[Answer]) -> Answer:
        getters = {
            "network-interface-id": lambda item: item["NetworkInterfaceId"],
            "attachment.instance-id": lambda item: item["Attachment"]["InstanceId"],
            "subnet-id": lambda item: item["SubnetId"],
        }
        return {"NetworkInterfaces": [item for item in self.interfaces.values() if _matches(item, Filters, getters)]}

    def _do_describe_subnets(self, Filters: list[Answer]) -> Answer:
        getters = {"subnet-id": lambda item: item["SubnetId"]}
        return {"Subnets": [item for item in self.subnets.values() if _matches(item, Filters, getters)]}

    def _do_get_subnet_cidr_reservations(self, SubnetId: str) -> Answer:
        listed = [{"Cidr": cidr} for cidr in self.reserved.get(SubnetId, ())]
        owned_by_network = [item for item in listed if ":" not in item["Cidr"]]
        return {
            "SubnetIpv4CidrReservations": owned_by_network,
            "SubnetIpv6CidrReservations": [i for i in listed if i not in owned_by_network],
        }

    def _do_describe_instances(self, Filters: list[Answer]) -> Answer:
        wanted = Filters[0]["Values"]
        found = [{"InstanceId": name, "InstanceType": kind} for name, kind in self.instances.items() if name in wanted]
        return {"Reservations": [{"Instances": [item], "Groups": []} for item in found]}

    def _do_describe_instance_types(self, Filters: list[Answer]) -> Answer:
        wanted = Filters[0]["Values"]
        return {
            "InstanceTypes": [
                {"InstanceType": name, "NetworkInfo": {"Ipv4AddressesPerInterface": limit}}
                for name, limit in self.limits.items()
                if name in wanted
            ]
        }

    def _do_describe_addresses_attribute(self, AllocationIds: list[str], Attribute: str) -> Answer:
        assert Attribute == "domain-name"
        return {
            "Addresses": [
                {"AllocationId": name, "PtrRecord": f"{self.ptr[name]}."} for name in AllocationIds if name in self.ptr
            ]
        }

    # --- changes -----------------------------------------------------------------------------------------------------

    def _do_allocate_address(
        self, Domain: str, TagSpecifications: list[Answer], PublicIpv4Pool: str | None = None
    ) -> Answer:
        assert Domain == "vpc"
        if len(self.addresses) >= self.quota:
            raise client_error("AddressLimitExceeded", "The maximum number of addresses has been reached.")
        self.serial += 1
        allocation_id = f"eipalloc-{self.serial}"
        self.add_address(allocation_id, f"198.51.100.{self.serial}")
        self.addresses[allocation_id]["Tags"] = TagSpecifications[0]["Tags"]
        return {"AllocationId": allocation_id, "PublicIp": f"198.51.100.{self.serial}"}

    def _do_create_tags(self, Resources: list[str], Tags: list[Answer]) -> Answer:
        for name in Resources:
            new = {tag["Key"] for tag in Tags}
            kept = [tag for tag in self._address(name)["Tags"] if tag["Key"] not in new]
            self._address(name)["Tags"] = [*kept, *Tags]
        return {}

    def _do_delete_tags(self, Resources: list[str], Tags: list[Answer]) -> Answer:
        gone = {tag["Key"] for tag in Tags}
        for name in Resources:
            self._address(name)["Tags"] = [tag for tag in self._address(name)["Tags"] if tag["Key"] not in gone]
        return {}

    def _do_assign_private_ip_addresses(
        self, NetworkInterfaceId: str, PrivateIpAddresses: list[str], AllowReassignment: bool
    ) -> Answer:
        interface = self.interfaces[NetworkInterfaceId]
        owners = {
            item["PrivateIpAddress"]: (other, item)
            for other in self.interfaces.values()
            for item in other["PrivateIpAddresses"]
            if other["SubnetId"] == interface["SubnetId"]
        }
        for private_ip in PrivateIpAddresses:
            other, item = owners.get(private_ip, (interface, {}))
            if (other is not interface and not AllowReassignment) or item.get("Primary"):
                raise client_error("InvalidParameterValue", f"[{private_ip}] is assigned, but move is not allowed.")
        new = [private_ip for private_ip in PrivateIpAddresses if owners.get(private_ip, (None,))[0] is not interface]
        instance_type = self.instances.get(interface.get("Attachment", {}).get("InstanceId", ""), "")
        if len(interface["PrivateIpAddresses"]) + len(new) > self.limits.get(instance_type, 99):
            raise client_error("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.")
        for private_ip in new:
            origin, item = owners.get(private_ip, (None, {"PrivateIpAddress": private_ip, "Primary": False}))
            if origin:
                origin["PrivateIpAddresses"].remove(item)
                for address in self.addresses.values():
                    if address.get("PrivateIpAddress") == private_ip:
                        address["NetworkInterfaceId"] = NetworkInterfaceId
            interface["PrivateIpAddresses"].append(item)
        return {}

    def _do_unassign_private_ip_addresses(self, NetworkInterfaceId: str, PrivateIpAddresses: list[str]) -> Answer:
        interface = self.interfaces[NetworkInterfaceId]
        there = {item["PrivateIpAddress"]: item for item in interface["PrivateIpAddresses"] if not item["Primary"]}
        if not set(PrivateIpAddresses) <= set(there):
            raise client_error("InvalidParameterValue", "Some addresses are not assigned to the interface.")
        for private_ip in PrivateIpAddresses:
            assert "Association" not in there[private_ip], "unassigned with its Elastic IP on it"
            interface["PrivateIpAddresses"].remove(there[private_ip])
        return {}

    def _do_associate_address(
        self, AllocationId: str, NetworkInterfaceId: str, PrivateIpAddress: str, AllowReassociation: bool
    ) -> Answer:
        address = self._address(AllocationId)
        listed = self.interfaces[NetworkInterfaceId]["PrivateIpAddresses"]
        item = next((item for item in listed if item["PrivateIpAddress"] == PrivateIpAddress), None)
        if item is None:
            raise client_error("InvalidParameterValue", f"{PrivateIpAddress} is not assigned")
        if ("AssociationId" in address or "Association" in item) and not AllowReassociation:
            raise client_error("Resource.AlreadyAssociated", f"resource {AllocationId} is already associated")
        self._disassociate(address)
        address.update(
            AssociationId=f"eipassoc-{AllocationId.removeprefix('eipalloc-')}",
            NetworkInterfaceId=NetworkInterfaceId,
            PrivateIpAddress=PrivateIpAddress,
        )
        item["Association"] = {"PublicIp": address["PublicIp"], "AllocationId": AllocationId}
        return {"AssociationId": address["AssociationId"]}

    def _do_disassociate_address(self, AssociationId: str) -> Answer:
        for address in self.addresses.values():
            if address.get("AssociationId") == AssociationId:
                self._disassociate(address)
                return {}
        raise client_error("InvalidAssociationID.NotFound", f"{AssociationId} does not exist")

    def _do_release_address(self, AllocationId: str) -> Answer:
        address = self._address(AllocationId)
        if AllocationId in self.ptr:
            raise client_error("InvalidAddress.PtrSet", "The address has a reverse DNS record.")
        if "AssociationId" in address:
            raise client_error("InvalidIPAddress.InUse", f"Address {address['PublicIp']} is in use.")
        del self.addresses[AllocationId]
        return {}

    def _do_modify_address_attribute(self, AllocationId: str, DomainName: str) -> Answer:
        self.ptr[AllocationId] = DomainName
        return {}

    def _do_reset_address_attribute(self, AllocationId: str, Attribute: str) -> Answer:
        assert Attribute == "domain-name"
        self.ptr.pop(AllocationId, None)
        return {}

    def _address(self, allocation_id: str) -> Answer:
        if allocation_id not in self.addresses:
            raise client_error("InvalidAllocationID.NotFound", f"{allocation_id} does not exist")
        return self.addresses[allocation_id]

    def _disassociate(self, address: Answer) -> None:
        if "AssociationId" not in address:
            return
        for item in self.interfaces[address["NetworkInterfaceId"]]["PrivateIpAddresses"]:
            if item.get("Association", {}).get("AllocationId") == address["AllocationId"]:
                del item["Association"]
        for name in ("AssociationId", "NetworkInterfaceId", "PrivateIpAddress"):
            del address[name]


def _matches(item: Answer, filters: list[Answer], getters: dict[str, Callable[[Answer], str]]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
    for wanted in filters:
        name = wanted["Name"]
        value = tags.get(name.removeprefix("tag:")) if name.startswith("tag:") else getters[name](item)
        if value not in wanted["Values"]:
            return False
    return True
