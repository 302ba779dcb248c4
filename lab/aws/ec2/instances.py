# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances, as far as their network goes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, chosen
from .elastic_network_interface_actions import INTERFACES, present_interface
from .elastic_network_interfaces import OTHER_NETWORK, interface_limits
from .errors import invalid, not_found, refuse
from .instance_checks import CheckedInstance
from .pages import page
from .tags import tag_list

IMAGES = {"ami-0d000000000000064": "x86_64", "ami-0d0000000000000a6": "arm64"}
DEFAULT_IMAGE = "ami-0d000000000000064"
LAUNCHED = {
    *("AssociatePublicIpAddress", "DeleteOnTermination", "Description", "DeviceIndex", "Groups", "Ipv6AddressCount"),
    *("NetworkInterfaceId", "PrivateIpAddress", "PrivateIpAddresses", "SecondaryPrivateIpAddressCount", "SubnetId"),
}
"""Parameters of RunInstances for each of its network interfaces that are modelled."""


class LabInstance(CheckedInstance):
    """An instance. Its groups and its source/destination check are its primary interface's, as in EC2."""

    @property
    def primary(self) -> Any:
        """The interface at device index 0; None before the launch has made it, and after the end."""
        return getattr(self, "nics", {}).get(0)

    @property
    def security_groups(self) -> list[Any]:
        return list(self.primary.group_set) if self.primary is not None else self.__dict__.get("launch_groups", [])

    @security_groups.setter
    def security_groups(self, groups: Sequence[Any]) -> None:
        if self.primary is None:
            self.__dict__["launch_groups"] = list(groups)
        else:
            self.primary.group_set = groups

    @property
    def source_dest_check(self) -> bool:
        return bool(self.primary.source_dest_check) if self.primary is not None else True

    @source_dest_check.setter
    def source_dest_check(self, value: bool) -> None:
        if self.primary is not None:
            self.primary.source_dest_check = bool(value)

    @property
    def network_interfaces(self) -> list[dict[str, Any]]:
        return [present_interface(nic) for _, nic in sorted(self.nics.items())]

    @property
    def instance_id(self) -> str:
        """For moto, which derives an attribute's name from the class's."""
        return str(self.id)

    @property
    def tag_items(self) -> list[dict[str, str]]:
        """Its tags as filters want them."""
        return tag_list(self)

    @property
    def vpc_id(self) -> str | None:
        return None if self.state == "terminated" else super().vpc_id

    @property
    def subnet_id(self) -> str | None:
        return None if self.state == "terminated" else super().subnet_id

    @property
    def private_ip(self) -> str | None:
        return self.primary.private_ip_address if self.primary is not None else None

    @property
    def private_dns_name(self) -> str:
        return super().private_dns_name if self.primary is not None else ""

    @property
    def public_dns_name(self) -> str:
        return super().public_dns_name or ""

    @property
    def public_ip(self) -> str | None:
        return self.primary.public_ip if self.primary is not None else None

    private_ip_address, public_ip_address = private_ip, public_ip

    def prep_nics(self, nic_spec: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        for nic in nic_spec:
            for name in nic.keys() - LAUNCHED:
                unmodelled = f"NetworkInterface.{name} of RunInstances is not modelled by this stand-in"
                refuse("UnsupportedOperation", unmodelled)
            nic.setdefault("DeviceIndex", 0)
            if existing := nic.get("NetworkInterfaceId"):
                interface = self.ec2_backend.get_network_interface(existing)
                if interface.instance is not None or interface.requester_managed:
                    refuse("InvalidNetworkInterface.InUse", f"Interface: [{existing}] in use.")
        super().prep_nics(nic_spec, *args, **kwargs)
        for nic in nic_spec:
            interface = self.nics[int(nic["DeviceIndex"])]
            # moto does not tell what is left out, which is true for the primary one, from what is false.
            if nic.get("DeleteOnTermination") is False:
                interface.delete_on_termination = False
            listed = [item["PrivateIpAddress"] for item in nic.get("PrivateIpAddresses", []) if not item.get("Primary")]
            count = int(nic.get("SecondaryPrivateIpAddressCount") or 0)
            if listed or count:
                self.ec2_backend.assign(interface, listed, count, False)
        # Launched with an interface that was there before, moto does not look where that is.
        self._placement.zone = self.primary.availability_zone
        for interface in self.nics.values():
            if interface.availability_zone != self.availability_zone:
                refuse("InvalidParameterCombination", "All interfaces of an instance must be in the same zone")
            self.ec2_backend.check_room(interface)
            interface.give_automatic_address()

    def start(self) -> Any:
        was_running = self.state == "running"
        previous = super().start()
        if not was_running:
            for nic in self.nics.values():
                nic.give_automatic_address()
        return previous

    def terminate(self) -> Any:
        for nic in list(self.nics.values()):
            delete = nic.delete_on_termination
            nic.stop()
            self.detach_eni(nic)
            if delete:
                self.ec2_backend.drop_interface(nic)
        return super().terminate()


class ImageRules(EC2Backend):
    """One image for each architecture; any other can be launched too.

    moto brings 1,300 of them, which cost more time at each reset and copy than everything else.
    """

    def _load_amis(self) -> None:
        for image_id, architecture in IMAGES.items():
            self.amis[image_id] = Ami(
                self,
                image_id,
                name=f"linux-{architecture}",
                owner_alias="amazon",
                public=True,
                virtualization_type="hvm",
                architecture=architecture,
                image_location=f"amazon/linux-{architecture}",
                hypervisor="xen",
                root_device_type="ebs",
                region_name=self.region_name,
            )


class InstanceRules(EC2Backend):
    """EC2's rules for launching instances."""

    def get_instance(self, instance_id: str) -> Any:
        found = next((instance for instance in self.all_instances() if instance.id == instance_id), None)
        return found if found is not None else not_found(instance_id, "i")

    def run_instances(
        self, image_id: str, count: int, user_data: Any, security_group_names: Sequence[str], **kwargs: Any
    ) -> Any:
        instance_type, nics = kwargs.get("instance_type", "m1.small"), kwargs.get("nics") or []
        if instance_type not in INSTANCE_TYPES:
            invalid(f"Invalid value '{instance_type}' for InstanceType.")
        if len(nics) > max(1, interface_limits(instance_type)[0]):
            refuse("AttachmentLimitExceeded", f"Interface count {len(nics)} exceeds the limit for {instance_type}")
        if len(nics) > 1 and any(nic.get("AssociatePublicIpAddress") for nic in nics):
            refuse(
                "InvalidParameterCombination",
                "The associatePublicIPAddress parameter cannot be specified when launching with multiple network "
                "interfaces.",
            )
        self._choose_subnet(nics, kwargs)
        reservations, interfaces = set(self.reservations), set(self.enis)
        try:
            return super().run_instances(image_id, count, user_data, security_group_names, **kwargs)
        except Exception:
            self._forget_launch(set(self.reservations) - reservations, set(self.enis) - interfaces)
            raise

    def _forget_launch(self, reservations: set[str], interfaces: set[str]) -> None:
        """A refused launch leaves nothing; in moto it would leave its reservation and its interfaces."""
        for one in reservations:
            del self.reservations[one]
        alive = {instance.id for instance in self.all_instances()}
        for interface in list(self.enis.values()):
            if interface.instance is not None and interface.instance.id not in alive:
                interface.instance.detach_eni(interface)
            if interface.id in interfaces:
                self.drop_interface(interface)

    def _choose_subnet(self, nics: list[dict[str, Any]], launch: dict[str, Any]) -> None:
        """Choose a subnet of the default VPC for interfaces without one; refuse the launch if there is none."""
        wanted = [nic for nic in nics if not nic.get("SubnetId") and not nic.get("NetworkInterfaceId")]
        if nics and not wanted or launch.get("subnet_id"):
            return
        subnets = [one for one in self.describe_subnets() if one.default_for_az]
        zone = launch.get("placement")
        subnets = [one for one in subnets if zone in (None, one.availability_zone)]
        if not subnets:
            refuse("VPCIdNotSpecified", "No default VPC for this user")
        if not nics:
            launch["subnet_id"] = subnets[0].id
        for nic in wanted:
            nic["SubnetId"] = subnets[0].id


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

INSTANCES = DescribeSpec(
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
STATUSES = DescribeSpec(
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

    def run_instances(self) -> ActionResult:
        least, most = self._get_int_param("MinCount"), self._get_int_param("MaxCount")
        if not 1 <= least <= most:
            invalid(f"Value ({least}) for parameter minCount is invalid. It is from 1 to maxCount, here {most}.")
        # EC2 launches as many as it can; moto launches the least number.
        self.params["MinCount"] = most
        made = super().run_instances()
        for instance in made.result.instances:
            instance.disable_api_termination = self._get_param("DisableApiTermination", False) is True
        return made

    def _instances(self) -> list[Any]:
        return [self.ec2_backend.get_instance(one) for one in self._get_param("InstanceIds")]

    def terminate_instances(self) -> ActionResult:
        return self._change("TerminatingInstances", "terminate", "terminated", "disableApiTermination")

    def start_instances(self) -> ActionResult:
        return self._change("StartingInstances", "start", "started")

    def stop_instances(self) -> ActionResult:
        return self._change("StoppingInstances", "stop", "stopped", "disableApiStop")

    def _change(self, result: str, verb: str, participle: str, switch: str = "") -> ActionResult:
        """Change the state of the request's instances, or of none if the request is refused for one of them."""
        changes = []
        for instance in self._instances():
            if switch and getattr(instance, SWITCHES[switch]):
                hint = f"Modify its '{switch}' instance attribute and try again."
                refuse("OperationNotPermitted", f"The instance '{instance.id}' may not be {participle}. {hint}")
            if verb != "terminate" and instance.state == "terminated":
                text = f"The instance '{instance.id}' is not in a state from which it can be {participle}."
                refuse("IncorrectInstanceState", text)
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
                invalid(f"Value ({value}) for parameter value is invalid. Expecting a boolean.")
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
            interface.group_set = self.ec2_backend.groups_for(groups, interface.vpc_id, OTHER_NETWORK)
        return EmptyResult()
