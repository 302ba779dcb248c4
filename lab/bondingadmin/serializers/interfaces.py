# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interfaces of aggregators: ethernet, VLAN, VXLAN."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from rest_framework import serializers

from .. import models, validators
from ..fields import AddressField, UrlField
from .base import HEAD, TAIL, AnyKindSerializer, Nested, RecordSerializer, ShuffledList, stored

NAME = re.compile(r"[^/\s]{1,15}")
COMMON = (*HEAD, "type", "name", "space", "enabled", "mtu", "addresses")


class InterfaceName(serializers.CharField):
    default_error_messages = {"name": "Enter 1 to 15 characters without slashes and white space."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=15, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if not NAME.fullmatch(text) and len(text) <= 15:
            self.fail("name")
        return text


class AddressSerializer(Nested):
    """An address of an interface; ``family`` is no part of the contract."""

    id = serializers.IntegerField(read_only=True)
    address = AddressField()
    family = serializers.CharField(read_only=True)

    class Meta:
        list_serializer_class = ShuffledList


class EndpointSerializer(Nested):
    """The far end of a VXLAN; ``description`` is no part of the contract."""

    id = serializers.IntegerField(read_only=True)
    ip = serializers.IPAddressField()
    vni = serializers.IntegerField(min_value=1, max_value=16777215)
    description = serializers.CharField(read_only=True)

    class Meta:
        list_serializer_class = ShuffledList


def with_families(addresses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The addresses as they are kept, but for their ids."""
    return [{**row, "family": f"ipv{ipaddress.ip_interface(row['address']).version}"} for row in addresses]


def with_descriptions(endpoints: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The endpoints as they are kept, but for their ids."""
    return [{**row, "description": ""} for row in endpoints]


class InterfaceSerializer(RecordSerializer):
    """Base serializer of all interface types, with their common fields and rules."""

    type = serializers.CharField(read_only=True)
    name = InterfaceName()
    space = UrlField(models.Space, allow_null=True, required=False)
    mtu = serializers.IntegerField(min_value=68, max_value=65535, allow_null=True, required=False)
    addresses = AddressSerializer(many=True, required=False)

    def validate_addresses(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return stored(self.instance.addresses if self.instance else [], with_families(value))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validators.interface(self.context["parent"], self.instance, self.final(attrs))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Any:
        return self.Meta.model.objects.create(**validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        for name, value in validated_data.items():
            setattr(instance, name, value)
        instance.save()
        return instance


class EthernetSerializer(InterfaceSerializer):
    class Meta:
        model = models.EthernetInterface
        fields = (*COMMON, "accept_ra", *TAIL)


class VlanSerializer(InterfaceSerializer):
    parent = UrlField(models.EthernetInterface)
    vlan_id = serializers.IntegerField(min_value=1, max_value=4094)

    class Meta:
        model = models.VlanInterface
        fields = (*COMMON, "parent", "vlan_id", *TAIL)


class VxlanSerializer(InterfaceSerializer):
    vni = serializers.IntegerField(min_value=1, max_value=16777215)
    endpoints = EndpointSerializer(many=True, required=False)

    def validate_endpoints(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return stored(self.instance.endpoints if self.instance else [], with_descriptions(value))

    class Meta:
        model = models.VxlanInterface
        fields = (*COMMON, "vni", "endpoints", *TAIL)


class AnyInterfaceSerializer(AnyKindSerializer):
    """Each interface as its own type's serializer shows it."""

    field = "type"
    kinds = {"ethernet": EthernetSerializer, "vlan": VlanSerializer, "vxlan": VxlanSerializer}
