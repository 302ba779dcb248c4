# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spaces, nodes, aggregators, bonds and what hangs on a bond."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from .. import models, validators
from ..fields import AddressField, NetworkField, UrlField, url_of
from .base import HEAD, TAIL, RecordSerializer

SPACE = ("name", "key")


class SpaceSerializer(RecordSerializer):
    parent = UrlField(models.Space, allow_null=True, required=False)

    class Meta:
        model = models.Space
        fields = (*HEAD, "name", "key", "parent", *models.PRIVATE_WAN, *TAIL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validators.space(self.instance, self.final(attrs), self.context["request"].user)
        return attrs


class RoutingGroupSerializer(RecordSerializer):
    class Meta:
        model = models.RoutingGroup
        fields = (*HEAD, "name", *TAIL)


class NodeSerializer(RecordSerializer):
    """An aggregator or a bonder, with what both have."""

    type = serializers.CharField(source="kind", read_only=True)
    space = UrlField(nested=SPACE, read_only=True)

    class Meta:
        model = models.Node
        fields = (*HEAD, "type", "name", "space", "status", "version", *TAIL)

    def get_url(self, found: models.Node) -> str:
        url_of(found, self.context)
        return f"{self.context['base']}nodes/{found.pk}/"


class AggregatorSerializer(RecordSerializer):
    name = serializers.CharField(max_length=100)
    space = UrlField(models.Space, nested=SPACE)
    ip = serializers.IPAddressField(protocol="ipv4")
    ipv6 = serializers.IPAddressField(protocol="ipv6", allow_null=True, required=False)
    routing_group = UrlField(models.RoutingGroup, nested=("name",), allow_null=True, required=False)
    status = serializers.CharField(read_only=True)
    version = serializers.CharField(read_only=True)

    class Meta:
        model = models.Aggregator
        fields = (*HEAD, "name", "ip", "ipv6", "routing_group", "space", "status", "version", *TAIL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validators.aggregator(self.instance, self.final(attrs))
        return attrs


class BondSerializer(RecordSerializer):
    space = UrlField(models.Space, nested=SPACE)
    aggregator = UrlField(models.Aggregator)
    secondary_aggregator = UrlField(models.Aggregator, allow_null=True, required=False)
    bonder = UrlField(nested=("name", "status"), read_only=True)

    class Meta:
        model = models.Bond
        fields = (*HEAD, "name", "space", "aggregator", "secondary_aggregator", "bonder", *TAIL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validators.bond(self.final(attrs))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> models.Bond:
        bonder = models.Bonder.objects.create(name=validated_data["name"], space=validated_data["space"])
        validated_data.update(bonder=bonder, current_aggregator=validated_data["aggregator"])
        found: models.Bond = super().create(validated_data)
        return found

    def update(self, instance: models.Bond, validated_data: dict[str, Any]) -> models.Bond:
        primary = validated_data.get("aggregator")
        # A bond that is at home goes along with its home.
        if primary is not None and instance.current_aggregator_id == instance.aggregator_id:
            instance.current_aggregator = primary
        found: models.Bond = super().update(instance, validated_data)
        return found


class BondInterfaceSerializer(RecordSerializer):
    class Meta:
        model = models.BondInterface
        fields = (*HEAD, "type", "name", *TAIL)
        read_only_fields = ("type", "name")


class ConnectedIPSerializer(RecordSerializer):
    interface = UrlField(models.BondInterface)
    ip = AddressField()

    class Meta:
        model = models.ConnectedIP
        fields = (*HEAD, "interface", "ip", "enabled", "include_private_wan", "aggregator_routing", *TAIL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validators.connected_ip(self.context["parent"], self.instance, self.final(attrs))
        return attrs


class CpeNatIPSerializer(RecordSerializer):
    ip = serializers.IPAddressField(protocol="ipv4")
    nat_ip = serializers.IPAddressField(protocol="ipv4")

    class Meta:
        model = models.CpeNatIP
        fields = (*HEAD, "ip", "nat_ip", "enabled", *TAIL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validators.cpe_nat_ip(self.context["parent"], self.instance, self.final(attrs))
        return attrs


class BondRouteSerializer(RecordSerializer):
    network = NetworkField()
    gateway = serializers.IPAddressField(allow_null=True, required=False)

    class Meta:
        model = models.BondRoute
        fields = (*HEAD, "network", "gateway", "include_private_wan", "enabled", *TAIL)
