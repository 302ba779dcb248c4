# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on instances; private to the stand-in."""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response

from .describe import Kind, chosen
from .errors import refuse
from .interface_actions import INTERFACES
from .pages import page

# An instance's own filters, by moto's attributes.
_OWN = {
    "architecture": "architecture",
    "availability-zone": "placement.zone",
    "client-token": "client_token",
    "dns-name": "public_dns_name",
    "image-id": "image_id",
    "instance-id": "id",
    "instance-state-code": "state_code",
    "instance-state-name": "state",
    "instance-type": "instance_type",
    "instance.group-id": "security_groups.id",
    "instance.group-name": "security_groups.name",
    "ip-address": "public_ip",
    "key-name": "key_name",
    "launch-time": "launch_time",
    "owner-id": "owner_id",
    "private-dns-name": "private_dns_name",
    "private-ip-address": "private_ip",
    "root-device-name": "root_device_name",
    "source-dest-check": "source_dest_check",
    "subnet-id": "subnet_id",
    "tenancy": "placement.tenancy",
    "vpc-id": "vpc_id",
}
# EC2 documents the filters of an interface for its instance too, except for some that are called in another way.
_NAMED_SO = ("network-interface-id", "interface-type", "addresses.association.owner-id")
_INTERFACES = {
    f"network-interface.{name}": f"network_interfaces.{path}"
    for name, path in INTERFACES.filters.items()
    if name not in _NAMED_SO
}

INSTANCES = Kind(
    action="DescribeInstances",
    result="Reservations",
    id="id",
    ids="InstanceIds",
    filters={
        **_OWN,
        **_INTERFACES,
        "network-interface.addresses.association.ip-owner-id": (
            "network_interfaces.PrivateIpAddresses.Association.IpOwnerId"
        ),
        "network-interface.group-name": "network_interfaces.Groups.GroupName",
        "network-interface.network-interface-id": "network_interfaces.NetworkInterfaceId",
    },
    tags="tag_items",
)
# The attributes of an instance that are switches of its own, and where moto keeps them.
SWITCHES = {
    "disableApiStop": "disable_api_stop",
    "disableApiTermination": "disable_api_termination",
    "ebsOptimized": "ebs_optimized",
}
STATUSES = Kind(
    action="DescribeInstanceStatus",
    result="InstanceStatuses",
    id="id",
    ids="InstanceIds",
    filters={
        "availability-zone": "placement.zone",
        "instance-state-code": "state_code",
        "instance-state-name": "state",
        "instance-status.status": "instance_status.Status",
        "system-status.status": "system_status.Status",
    },
    tags=None,
)


class InstanceActions(EC2Response):
    """The actions on instances, as far as moto does them in another way than EC2."""

    def describe_instances(self) -> ActionResult:
        reservations = []
        wanted = {one.id for one in chosen(self, INSTANCES, self.ec2_backend.all_instances())}
        for reservation in self.ec2_backend.reservations.values():
            kept = [instance for instance in reservation.instances if instance.id in wanted]
            if kept:
                # A copy, for the answer shows only those instances of the reservation.
                shown = copy.copy(reservation)
                shown.instances = kept
                reservations.append(shown)
        found, token = page(self, reservations)
        return ActionResult({"Reservations": found, "NextToken": token})

    def describe_instance_status(self) -> ActionResult:
        every = self._get_bool_param("IncludeAllInstances", False)
        # The id of one that does not run is known; there is just no status of it.
        listed = chosen(self, STATUSES, self.ec2_backend.all_instances())
        found, token = page(self, [one for one in listed if every or one.state == "running"])
        return ActionResult({"InstanceStatuses": found, "NextToken": token})

    def _instances(self) -> list[Any]:
        ids = self._get_param("InstanceIds", [])
        if not ids:
            refuse("MissingParameter", "The request must contain the parameter InstanceId")
        return [self.ec2_backend.get_instance(one) for one in ids]

    def terminate_instances(self) -> ActionResult:
        for instance in self._instances():
            if instance.disable_api_termination:
                refuse(
                    "OperationNotPermitted",
                    f"The instance '{instance.id}' may not be terminated. Modify its 'disableApiTermination' "
                    "instance attribute and try again.",
                )
        return self._change("TerminatingInstances", "terminate")

    def start_instances(self) -> ActionResult:
        return self._change("StartingInstances", "start")

    def stop_instances(self) -> ActionResult:
        for instance in self._instances():
            if instance.disable_api_stop:
                refuse(
                    "OperationNotPermitted",
                    f"The instance '{instance.id}' may not be stopped. Modify its 'disableApiStop' instance attribute "
                    "and try again.",
                )
        return self._change("StoppingInstances", "stop")

    def _change(self, result: str, verb: str) -> ActionResult:
        changes = []
        # A request that is refused for one instance changes none.
        for instance in self._instances():
            if verb != "terminate" and instance.state == "terminated":
                participle = "started" if verb == "start" else "stopped"
                refuse(
                    "IncorrectInstanceState",
                    f"The instance '{instance.id}' is not in a state from which it can be {participle}.",
                )
        for instance in self._instances():
            previous = getattr(instance, verb)()
            current = {"Code": instance.state_code, "Name": instance.state}
            changes.append({"InstanceId": instance.id, "CurrentState": current, "PreviousState": previous})
        return ActionResult({result: changes})

    def describe_instance_attribute(self) -> ActionResult:
        if self._get_param("Attribute") != "enclaveOptions":
            return super().describe_instance_attribute()
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        return ActionResult({"InstanceId": instance.id, "EnclaveOptions": {"Enabled": False}})

    def modify_instance_attribute(self) -> ActionResult:
        switch, value = SWITCHES.get(self._get_param("Attribute") or ""), self._get_param("Value")
        if switch is not None and value is not None:
            # As a text: moto keeps 'false', which it then takes for true.
            if str(value).lower() not in ("true", "false"):
                refuse("InvalidParameterValue", f"Value ({value}) for parameter value is invalid. Expecting a boolean.")
            setattr(self.ec2_backend.get_instance(self._get_param("InstanceId")), switch, str(value).lower() == "true")
            return EmptyResult()
        instance_id, check = self._get_param("InstanceId"), self._get_param("SourceDestCheck")
        groups = self._get_param("Groups", [])
        if check is None and not groups:
            return super().modify_instance_attribute()
        # Both are attributes of an interface, so it must be clear of which one.
        interface = self.ec2_backend.sole_interface(instance_id)
        if check is not None:
            interface.source_dest_check = bool(check.get("Value"))
        if groups:
            other = ("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
            interface.group_set = self.ec2_backend.groups_for(groups, interface.vpc_id, other)
        return EmptyResult()
