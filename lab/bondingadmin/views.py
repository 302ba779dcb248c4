# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources: one class each, all on Django REST framework's own view sets."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.shortcuts import get_object_or_404
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.authtoken.models import Token
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from . import models, permissions, validators
from .pagination import shuffled
from .serializers import interfaces, protocols, spaces

#: The resources that the root lists.
ROOTS = ("aggregators", "bonds", "nodes", "routing_groups", "spaces")


class Root(APIView):
    """The resources that are not below another object."""

    def get(self, request: Request) -> Response:
        return Response({name: request.build_absolute_uri(f"/api/v4/{name}/") for name in ROOTS})


class LoginSerializer(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, write_only=True)


class Login(APIView):
    """E-mail and password for a token."""

    authentication_classes = ()
    permission_classes = ()

    def get_serializer(self) -> LoginSerializer:
        return LoginSerializer()

    def post(self, request: Request) -> Response:
        serializer = LoginSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        user = authenticate(request._request, email=given["email"], password=given["password"])
        if user is None:
            refusal = AuthenticationFailed("Unable to log in with provided credentials.")
            return Response({"detail": refusal.detail}, status=status.HTTP_401_UNAUTHORIZED)
        token, _made = Token.objects.get_or_create(user=user)
        return Response({"auth_token": token.key})


class ListViewSet(viewsets.GenericViewSet):
    """Objects of one model that the user sees; below an aggregator or a bond where ``below`` says so."""

    model: type[models.Record]
    below: type[models.Record] | None = None
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()
    search_fields: tuple[str, ...] = ("name",)
    ordering_fields: str | tuple[str, ...] = "__all__"
    lookup_value_regex = r"\d+"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.serializer_class is not None and hasattr(cls.serializer_class, "Meta"):
            cls.model = cls.serializer_class.Meta.model

    @property
    def parent_name(self) -> str:
        """The name of the parent: in the address, and of the model's field."""
        return "" if self.below is None else str(self.below._meta.model_name)

    @property
    def parent(self) -> models.Record:
        """The object that this one is below; 404 where the user does not see it."""
        if not hasattr(self, "_parent"):
            assert self.below is not None
            queryset = permissions.visible(self.below, self.request.user)
            self._parent: models.Record = get_object_or_404(queryset, pk=self.kwargs[self.parent_name])
        return self._parent

    def get_queryset(self) -> QuerySet:
        queryset = permissions.visible(self.model, self.request.user)
        if self.below is not None:
            queryset = queryset.filter(**{self.parent_name: self.parent})
        # Without a name it would join whatever it can.
        joined = queryset.select_related(*self.related) if self.related else queryset
        return joined.prefetch_related(*self.prefetched)

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()
        if self.below is not None:
            context["parent"] = self.parent
        return context

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(queryset)
        rows = list(queryset) if page is None else page
        if not queryset.query.order_by:
            rows = shuffled(request.path, rows)
        data = self.get_serializer(rows, many=True).data
        return Response(data) if page is None else self.get_paginated_response(data)


class ReadViewSet(mixins.RetrieveModelMixin, ListViewSet):
    """A list, and each object at an address of its own."""


class WriteViewSet(mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, ReadViewSet):
    def perform_create(self, serializer: Any) -> None:
        serializer.save(**({} if self.below is None else {self.parent_name: self.parent}))

    def perform_destroy(self, instance: models.Record) -> None:
        validators.deletion(instance)
        try:
            with transaction.atomic():
                instance.delete()
        except (ProtectedError, RestrictedError) as error:
            held = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
            kinds = ", ".join(sorted({str(row._meta.verbose_name) for row in held}))
            raise ValidationError({"non_field_errors": [f"Still in use by: {kinds}."]}) from error


class BelowAggregatorViewSet(WriteViewSet):
    below = models.Aggregator


class BelowBondViewSet(WriteViewSet):
    below = models.Bond


class SpaceViewSet(WriteViewSet):
    serializer_class = spaces.SpaceSerializer
    related = ("parent",)
    search_fields = ("name", "key")
    lookup_field = "key"
    lookup_value_regex = r"[^/]+"


class RoutingGroupViewSet(ReadViewSet):
    serializer_class = spaces.RoutingGroupSerializer


class NodeViewSet(ReadViewSet):
    serializer_class = spaces.NodeSerializer
    related = ("space",)


class AggregatorViewSet(WriteViewSet):
    serializer_class = spaces.AggregatorSerializer
    related = ("space", "routing_group")
    search_fields = ("name", "ip")


class BondViewSet(WriteViewSet):
    serializer_class = spaces.BondSerializer
    related = ("space", "aggregator", "secondary_aggregator", "bonder")
    #: The permission of an action where it is not the one that the method says.
    needs = {"restore_to_primary_agg": "change"}

    @action(detail=True, methods=["post"])
    def restore_to_primary_agg(self, request: Request, **kwargs: Any) -> Response:
        found = self.get_object()
        if found.current_aggregator_id == found.aggregator_id:
            raise ValidationError({"non_field_errors": ["The bond is on its primary aggregator already."]})
        found.current_aggregator = found.aggregator
        found.save()
        return Response(self.get_serializer(found).data)

    def perform_destroy(self, instance: models.Record) -> None:
        assert isinstance(instance, models.Bond)
        bonder = instance.bonder
        super().perform_destroy(instance)
        bonder.delete()


class AggregatorBondViewSet(ListViewSet):
    """The bonds whose primary, secondary or present aggregator this is: ``relation`` is the bond's field."""

    below = models.Aggregator
    relation = "aggregator"
    serializer_class = spaces.BondSerializer
    related = BondViewSet.related

    def get_queryset(self) -> QuerySet:
        queryset = permissions.visible(self.model, self.request.user).filter(**{self.relation: self.parent})
        return queryset.select_related(*self.related)


class SecondaryBondViewSet(AggregatorBondViewSet):
    relation = "secondary_aggregator"


class CurrentBondViewSet(AggregatorBondViewSet):
    relation = "current_aggregator"


class BondInterfaceViewSet(ReadViewSet):
    below = models.Bond
    serializer_class = spaces.BondInterfaceSerializer


class ConnectedIPViewSet(BelowBondViewSet):
    serializer_class = spaces.ConnectedIPSerializer
    related = ("interface",)
    search_fields = ("ip",)


class CpeNatIPViewSet(BelowBondViewSet):
    serializer_class = spaces.CpeNatIPSerializer
    search_fields = ("ip", "nat_ip")


class BondRouteViewSet(BelowBondViewSet):
    serializer_class = spaces.BondRouteSerializer
    search_fields = ("network",)


class InterfaceViewSet(ListViewSet):
    """All types; read here, written at the typed resources."""

    model = models.Interface
    below = models.Aggregator
    serializer_class = interfaces.AnyInterfaceSerializer
    prefetched = ("space", "parent")
    ordering_fields = ("id", "name", "type")


class EthernetInterfaceViewSet(BelowAggregatorViewSet):
    serializer_class = interfaces.EthernetSerializer
    prefetched = ("space",)


class VlanInterfaceViewSet(BelowAggregatorViewSet):
    serializer_class = interfaces.VlanSerializer
    prefetched = ("space", "parent")


class VxlanInterfaceViewSet(BelowAggregatorViewSet):
    serializer_class = interfaces.VxlanSerializer
    prefetched = ("space",)


class ProtocolViewSet(ListViewSet):
    """All kinds; read here, written at the typed resources."""

    model = models.Protocol
    below = models.Aggregator
    serializer_class = protocols.AnyProtocolSerializer
    prefetched = ("space", "routes__interface")
    ordering_fields = ("id", "name", "protocol")


class StaticProtocolViewSet(BelowAggregatorViewSet):
    serializer_class = protocols.StaticSerializer
    prefetched = ("space", "routes__interface")


class BgpProtocolViewSet(BelowAggregatorViewSet):
    serializer_class = protocols.BgpSerializer
    prefetched = ("space",)


class BabelProtocolViewSet(BelowAggregatorViewSet):
    serializer_class = protocols.BabelSerializer
    prefetched = ("space",)


class OspfProtocolViewSet(BelowAggregatorViewSet):
    serializer_class = protocols.OspfSerializer
    prefetched = ("space",)


class FilterViewSet(BelowAggregatorViewSet):
    serializer_class = protocols.FilterSerializer
