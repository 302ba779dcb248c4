# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances, as far as their network goes: launch, stop, start, end; private to the stand-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import Instance

from .errors import not_found, refuse
from .interface_actions import present_interface
from .private_addresses import interface_limits
from .tags import tag_list


class LabInstance(Instance):
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
    def private_ip_address(self) -> str | None:
        return self.private_ip

    @property
    def private_dns_name(self) -> str:
        return super().private_dns_name if self.primary is not None else ""

    @property
    def public_dns_name(self) -> str:
        return super().public_dns_name or ""

    @property
    def public_ip(self) -> str | None:
        return self.primary.public_ip if self.primary is not None else None

    @property
    def public_ip_address(self) -> str | None:
        return self.public_ip

    def prep_nics(self, nic_spec: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        for nic in nic_spec:
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
            self.ec2_backend.check_room(interface, 0)
            self.ec2_backend.check_ipv6_room(interface, 0)
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
            refuse("InvalidParameterValue", f"Invalid value '{instance_type}' for InstanceType.")
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
