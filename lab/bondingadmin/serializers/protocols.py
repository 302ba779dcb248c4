# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Routing protocols of aggregators (static, BGP, Babel, OSPF) and their filters."""

from __future__ import annotations

import ipaddress
from typing import Any

from rest_framework import serializers

from .. import models, validators
from ..fields import NetworkField, UrlField, base_of
from .base import (
    HEAD,
    TAIL,
    AnyKindSerializer,
    Nested,
    RecordSerializer,
    ShuffledRows,
    StoredList,
    replace_rows,
    stored,
)

COMMON = (*HEAD, "protocol", "name", "enabled", "active", "space", *models.SLOTS)


class FilterSerializer(RecordSerializer):
    name = serializers.CharField(max_length=64)

    class Meta:
        model = models.Filter
        fields = (*HEAD, "name", "family", "body", *TAIL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        validators.routing_filter(self.context["parent"], self.instance, self.final(attrs))
        return attrs


class SlotSerializer(Nested):
    """One of the four places of a filter."""

    mode = serializers.ChoiceField(models.SLOT_MODES)
    filter = UrlField(models.Filter, allow_null=True, default=None)

    def get_attribute(self, instance: models.Protocol) -> tuple[str, str | None]:
        return instance.slot_paths(self.field_name)

    def to_representation(self, instance: tuple[str, str | None]) -> dict[str, Any]:
        mode, path = instance
        return {"mode": mode, "filter": path and base_of(self.context) + path}


class ProtocolSerializer(RecordSerializer):
    """Base serializer of all protocol kinds. ``active`` (the server runs the protocol) is no part of the contract."""

    protocol = serializers.CharField(read_only=True)
    name = serializers.CharField(max_length=64)
    active = serializers.BooleanField(read_only=True)
    space = UrlField(models.Space, allow_null=True, required=False)
    import_ipv4 = SlotSerializer(required=False)
    export_ipv4 = SlotSerializer(required=False)
    import_ipv6 = SlotSerializer(required=False)
    export_ipv6 = SlotSerializer(required=False)

    def current(self, name: str) -> Any:
        if name in models.SLOTS:
            return self.instance.slot(name)
        if name == "routes":
            return list(self.instance.routes.values("network", "destination", "address", "interface"))
        return super().current(name)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        values = self.final(attrs)
        if values.get("routes") is not None and "routes" not in attrs:
            values["routes"] = [
                {**route, "interface": models.Interface.objects.filter(pk=route["interface"]).first()}
                for route in values["routes"]
            ]
        validators.protocol(self.context["parent"], self.instance, values)
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Any:
        return self._write(self.Meta.model(protocol=self.Meta.model.objects.kind["protocol"]), validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        return self._write(instance, validated_data)

    def _write(self, found: Any, values: dict[str, Any]) -> Any:
        routes = values.pop("routes", None)
        for name, value in values.items():
            if name in models.SLOTS:
                found.set_slot(name, value["mode"], value["filter"])
            else:
                setattr(found, name, value)
        found.save()
        if routes is not None:
            replace_rows(found.routes, routes)
        return found


class RouteSerializer(Nested):
    """A static route; ``metric`` is no part of the contract."""

    id = serializers.IntegerField(read_only=True)
    network = NetworkField()
    destination = serializers.ChoiceField(models.DESTINATIONS)
    address = serializers.IPAddressField(allow_null=True, default=None)
    interface = UrlField(models.Interface, allow_null=True, default=None)
    metric = serializers.SerializerMethodField()

    class Meta:
        list_serializer_class = ShuffledRows

    def get_metric(self, found: models.StaticRoute) -> None:
        return None


class StaticSerializer(ProtocolSerializer):
    routes = RouteSerializer(many=True, required=False)

    class Meta:
        model = models.StaticProtocol
        fields = (*COMMON, "routes", *TAIL)


class BgpSerializer(ProtocolSerializer):
    local_as = serializers.IntegerField(min_value=1, max_value=4294967295)
    local_address = serializers.IPAddressField(allow_null=True, required=False)
    neighbor_address = serializers.IPAddressField()
    neighbor_as = serializers.IntegerField(min_value=1, max_value=4294967295)
    password = serializers.CharField(
        max_length=80, trim_whitespace=False, allow_null=True, required=False, write_only=True
    )
    multihop = serializers.IntegerField(min_value=1, max_value=255, allow_null=True, required=False)
    hold_time = serializers.IntegerField(min_value=0, max_value=65535, required=False)
    keepalive_time = serializers.IntegerField(min_value=0, max_value=65535, required=False)

    class Meta:
        model = models.BgpProtocol
        fields = (*COMMON, *models.BGP, *TAIL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # As in BIRD: a third of the hold time, unless it is given.
        if self.instance is None and "hold_time" in attrs and "keepalive_time" not in attrs:
            attrs["keepalive_time"] = attrs["hold_time"] // 3
        return super().validate(attrs)


class PatternsField(serializers.ListField):
    child = serializers.CharField(max_length=64)

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty=False, **options)


def number(least: int = 1, most: int = 65535) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=least, max_value=most, allow_null=True, default=None)


class BabelInterfaceSerializer(Nested):
    id = serializers.IntegerField(read_only=True)
    patterns = PatternsField()
    type = serializers.ChoiceField(["auto", "wired", "wireless", "tunnel"], default="auto")
    rxcost = number()
    hello_interval = number()
    update_interval = number()

    class Meta:
        list_serializer_class = StoredList


class BabelSerializer(ProtocolSerializer):
    interfaces = BabelInterfaceSerializer(many=True, required=False, source="babel_interfaces")

    class Meta:
        model = models.BabelProtocol
        fields = (*COMMON, "interfaces", *TAIL)

    def validate_interfaces(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return stored(self.instance.babel_interfaces if self.instance else [], value)


class OspfInterfaceSerializer(Nested):
    id = serializers.IntegerField(read_only=True)
    patterns = PatternsField()
    type = serializers.ChoiceField(["auto", "broadcast", "nbma", "ptp", "ptmp"], default="auto")
    cost = number()
    hello = number()
    dead = number()


class AreaSerializer(Nested):
    id = serializers.IntegerField(read_only=True)
    area_id = serializers.CharField(max_length=15)
    interfaces = OspfInterfaceSerializer(many=True, default=list)

    class Meta:
        list_serializer_class = StoredList

    def validate_area_id(self, value: str) -> str:
        try:
            # A number ("0") or dotted ("0.0.0.0").
            ipaddress.IPv4Address(int(value) if value.isdigit() else value)
        except ValueError as error:
            raise serializers.ValidationError("Enter an area, such as 0 or 0.0.0.0.") from error
        return value


class OspfSerializer(ProtocolSerializer):
    areas = AreaSerializer(many=True, required=False, source="ospf_areas")

    class Meta:
        model = models.OspfProtocol
        fields = (*COMMON, "areas", *TAIL)

    def validate_areas(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return stored([], [{**area, "interfaces": stored([], area["interfaces"])} for area in value])


class AnyProtocolSerializer(AnyKindSerializer):
    """Each protocol as its own kind's serializer shows it."""

    field = "protocol"
    kinds = {"static": StaticSerializer, "bgp": BgpSerializer, "babel": BabelSerializer, "ospf": OspfSerializer}
