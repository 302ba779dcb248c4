# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attaching interfaces to instances, and what makes EC2 refuse it; private to the stand-in."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

from .errors import not_found, refuse
from .interfaces import LabInterface
from .private_addresses import interface_limits


class AttachmentRules(EC2Backend):
    """EC2's rules for attachments. An interface may be of another VPC of the account, but not of another zone."""

    def sole_interface(self, instance_id: str) -> LabInterface:
        """The interface that is meant by an instance's id alone."""
        nics = list(self.get_instance(instance_id).nics.values())
        if not nics:
            refuse(
                "IncorrectInstanceState", f"The instance '{instance_id}' has no network interface (is it terminated?)"
            )
        if len(nics) > 1:
            refuse(
                "InvalidInstanceID",
                f"There are multiple interfaces attached to instance '{instance_id}'. "
                "Please specify an interface ID for the operation instead.",
            )
        found: LabInterface = nics[0]
        return found

    def attach_network_interface(self, eni_id: str, instance_id: str, device_index: int) -> Any:
        interface, instance = self.get_network_interface(eni_id), self.get_instance(instance_id)
        if interface.instance is not None or interface.requester_managed:
            refuse("InvalidNetworkInterface.InUse", f"Interface: [{eni_id}] in use.")
        if instance.state not in ("running", "stopped"):
            refuse(
                "IncorrectInstanceState", f"The instance '{instance_id}' is not in the 'running' or 'stopped' state."
            )
        index = int(device_index)
        if index in instance.nics:
            refuse(
                "InvalidParameterValue",
                f"Instance '{instance_id}' already has an interface attached at device index '{index}'.",
            )
        if interface.availability_zone != instance.availability_zone:
            refuse(
                "InvalidParameterCombination",
                "You may not attach a network interface to an instance if they are not in the same availability zone",
            )
        most, per_interface = interface_limits(instance.instance_type)
        if len(instance.nics) >= most:
            refuse(
                "AttachmentLimitExceeded",
                f"Interface count {len(instance.nics) + 1} exceeds the limit for {instance.instance_type}",
            )
        if len(interface.ips) > per_interface:
            refuse("PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit.")
        if len(interface.ipv6_addresses) > per_interface:
            refuse("PrivateIpAddressLimitExceeded", "Number of IPv6 addresses will exceed limit.")
        instance.attach_eni(interface, index)
        return interface.attachment

    def detach_network_interface(self, attachment_id: str) -> None:
        held = (interface for interface in self.enis.values() if interface.attachment_id == attachment_id)
        interface = next(held, None) or not_found(attachment_id, "eni-attach")
        if interface.requester_managed:
            refuse("OperationNotPermitted", f"You are not allowed to manage '{attachment_id}': a NAT gateway does.")
        if interface.device_index == 0:
            refuse("OperationNotPermitted", "The network interface at device index 0 cannot be detached.")
        interface.instance.detach_eni(interface)
