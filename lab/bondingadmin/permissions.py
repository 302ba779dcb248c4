# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access rights: permissions by object type, through groups, and visibility of a user's space and its descendants."""

from __future__ import annotations

import copy
from typing import Any

from django.db.models import Model, Q, QuerySet
from rest_framework.authentication import BasicAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from . import models

ACTIONS = {
    "GET": "view",
    "HEAD": "view",
    "OPTIONS": "view",
    "POST": "add",
    "PUT": "change",
    "PATCH": "change",
    "DELETE": "delete",
}

#: Where the spaces of an object of this model are found, as query paths. ``?`` in front: null is seen by all.
SPACE_PATHS: dict[type[Model], tuple[str, ...]] = {
    models.Space: ("id",),
    models.Node: ("space_id",),
    models.Bond: ("space_id",),
    models.BondInterface: ("bond__space_id",),
    models.ConnectedIP: ("bond__space_id",),
    models.CpeNatIP: ("bond__space_id",),
    models.BondRoute: ("bond__space_id",),
    models.Interface: ("aggregator__space_id", "?space_id"),
    models.Protocol: ("aggregator__space_id", "?space_id"),
    models.Filter: ("aggregator__space_id",),
    models.RoutingGroup: (),
}


_logged_in: dict[tuple[str, str], models.User] = {}
"""Users with their permissions, by name and password: half of the time of a request went into finding them anew."""


def forget_users() -> None:
    """To be called when the database becomes another one, or rights change; no request to the API changes them."""
    _logged_in.clear()


class RememberingAuthentication(BasicAuthentication):
    """Basic authentication that looks a user up once."""

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> tuple[models.User, None]:
        key = (userid, password)
        if key not in _logged_in:
            user, _nothing = super().authenticate_credentials(userid, password, request)
            user.get_all_permissions()  # Django keeps them on the user
            _logged_in[key] = user
        # each request has a user of its own, on which it keeps what it finds out
        return copy.copy(_logged_in[key]), None


class ObjectTypePermission(BasePermission):
    """view, add, change or delete of the object type of the view's model; 401 without a user."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        model = getattr(view, "model", None)
        if model is None:
            return True
        # Without permissions of its own, a model has those of its table.
        meta = model._meta if model._meta.default_permissions else model._meta.concrete_model._meta
        usual = ACTIONS.get(request.method, "change")
        action = getattr(view, "needs", {}).get(getattr(view, "action", None), usual)
        return bool(request.user.has_perm(f"bondingadmin.{action}_{meta.model_name}"))


def visible_spaces(user: models.User) -> set[int] | None:
    """The ids of the user's space and its descendants; None: all of them. Kept on the user for the request."""
    if not hasattr(user, "_visible_spaces"):
        user._visible_spaces = _descendants(user)
    found: set[int] | None = user._visible_spaces
    return found


def _descendants(user: models.User) -> set[int] | None:
    if user.space_id is None:
        return None if user.is_superuser else set()
    children: dict[int, list[int]] = {}
    for pk, parent in models.Space.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found: set[int] = set()
    todo = [user.space_id]
    while todo:
        pk = todo.pop()
        found.add(pk)
        todo += children.get(pk, [])
    return found


def visible(model: type[Model], user: models.User) -> QuerySet:
    """The objects of the model that the user sees."""
    queryset: QuerySet = model._default_manager.all()
    spaces = visible_spaces(user)
    if spaces is None:
        return queryset
    for path in SPACE_PATHS[model._meta.concrete_model]:
        name = path.removeprefix("?")
        wanted = Q(**{f"{name}__in": spaces})
        queryset = queryset.filter(wanted | Q(**{f"{name}__isnull": True}) if path.startswith("?") else wanted)
    return queryset
