# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of the API that Django REST framework has not."""

from __future__ import annotations

import ipaddress
import urllib.parse
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.urls import Resolver404, resolve
from rest_framework import serializers

from . import models, permissions

API = "/api/v4/"


def url_of(found: models.Record, context: dict[str, Any]) -> str:
    """The object's absolute address, by the host that the request named."""
    return base_of(context) + found.path()


def base_of(context: dict[str, Any]) -> str:
    """The API's absolute address, by the host that the request named."""
    if "base" not in context:
        context["base"] = context["request"].build_absolute_uri(API)
    return str(context["base"])


class UrlField(serializers.RelatedField):
    """A relation: written as the other object's URL, read as its URL, or as an object of these fields with ``url``.

    Objects that the user does not see do not exist for it.
    """

    default_error_messages = {
        "no_match": "Invalid hyperlink - No URL match.",
        "incorrect_match": "Invalid hyperlink - Incorrect URL match.",
        "does_not_exist": "Invalid hyperlink - Object does not exist.",
        "incorrect_type": "Incorrect type. Expected URL string, received {data_type}.",
    }

    def __init__(self, model: type[Model] | None = None, nested: tuple[str, ...] = (), **options: Any) -> None:
        self.model = model
        self.nested = nested
        if not options.get("read_only"):
            options["queryset"] = () if model is None else model._default_manager.all()
        super().__init__(**options)

    def use_pk_only_optimization(self) -> bool:
        return False

    def to_representation(self, value: models.Record) -> Any:
        url = url_of(value, self.context)
        if not self.nested:
            return url
        return {"id": value.pk, "url": url, **{name: getattr(value, name) for name in self.nested}}

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        try:
            match = resolve(urllib.parse.unquote(urllib.parse.urlsplit(data).path))
        except Resolver404:
            self.fail("no_match")
        view: Any = getattr(match.func, "cls", None)
        model: type[Model] | None = getattr(view, "model", None)
        lookup = match.kwargs.get("pk", match.kwargs.get("key"))
        if model is None or lookup is None or self.model is None or not issubclass(model, self.model):
            self.fail("incorrect_match")
        assert model is not None
        where = {name: value for name, value in match.kwargs.items() if name in ("pk", "key")}
        where.update({f"{name}_id": value for name, value in match.kwargs.items() if name in ("aggregator", "bond")})
        try:
            found: Model = permissions.visible(model, self.context["request"].user).get(**where)
        except ObjectDoesNotExist:
            self.fail("does_not_exist")
        return found


class AddressField(serializers.CharField):
    """An address with its prefix length, "10.254.0.7/20"; kept in its canonical form."""

    default_error_messages = {"address": "Enter an IP address with a prefix length, such as 192.0.2.1/24."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            found = ipaddress.ip_interface(text)
        except ValueError:
            self.fail("address")
        if "/" not in text:
            self.fail("address")
        return found.with_prefixlen


class NetworkField(serializers.CharField):
    """A network, "192.0.2.0/24"; kept in its canonical form."""

    default_error_messages = {"network": "Enter a network without host bits, such as 192.0.2.0/24."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            found = ipaddress.ip_network(text)
        except ValueError:
            self.fail("network")
        return str(found)
