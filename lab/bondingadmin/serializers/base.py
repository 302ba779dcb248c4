# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Base classes and functions of the serializers."""

from __future__ import annotations

import functools
from typing import Any

from rest_framework import serializers

from ..fields import url_of
from ..pagination import shuffled

#: The fields that every object has in front of and behind its own.
HEAD = ("id", "url")
TAIL = ("revision", "labels")


class RecordSerializer(serializers.ModelSerializer):
    """An object with ``url``, and with ``revision`` and ``labels``, which no client knows."""

    url = serializers.SerializerMethodField()
    labels = serializers.SerializerMethodField()

    def get_url(self, found: Any) -> str:
        return url_of(found, self.context)

    def get_labels(self, found: Any) -> list[str]:
        return []

    def final(self, given: dict[str, Any]) -> dict[str, Any]:
        """The values of all writable fields as they will be after this write."""
        values: dict[str, Any] = {}
        for field in self._writable_fields:
            name = field.source
            if name in given:
                values[name] = given[name]
            elif self.instance is not None:
                values[name] = self.current(name)
            else:
                values[name] = self._defaults.get(name)
        return values

    def current(self, name: str) -> Any:
        """The present value of a field of the object that is written to."""
        return getattr(self.instance, name)

    @functools.cached_property
    def _defaults(self) -> dict[str, Any]:
        return {column.name: column.get_default() for column in self.Meta.model._meta.fields if column.has_default()}


class Nested(serializers.Serializer):
    """An object inside a list or field of another one: it is written whole, also by PATCH."""

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        missing = {}
        for field in self.fields.values():
            if field.read_only or field.source in values:
                continue
            if field.required:
                missing[field.field_name] = [field.error_messages["required"]]
            elif field.default is not serializers.empty:
                # Only in a PATCH: elsewhere the framework has filled it in.
                values[field.source] = field.default() if callable(field.default) else field.default
        if missing:
            raise serializers.ValidationError(missing)
        return values


class AnyKindSerializer(serializers.BaseSerializer):
    """Each object of several kinds as its own kind's serializer shows it; ``field`` of an object names its kind."""

    field: str
    kinds: dict[str, type[RecordSerializer]]

    def to_representation(self, instance: Any) -> Any:
        return self._serializers[getattr(instance, self.field)].to_representation(instance)

    @functools.cached_property
    def _serializers(self) -> dict[str, RecordSerializer]:
        return {name: kind(context=self.context) for name, kind in self.kinds.items()}


class StoredList(serializers.ListSerializer):
    """A list of objects that is kept as it looks on the wire, in an order that matters."""

    def to_representation(self, data: Any) -> list[Any]:
        return list(data)


class ShuffledList(StoredList):
    """The same where the order does not matter: it is another one at each read."""

    def to_representation(self, data: Any) -> list[Any]:
        return shuffled((self.field_name, str(data)), data)


class ShuffledRows(serializers.ListSerializer):
    """A list of objects that is a table of its own, in another order at each read."""

    def to_representation(self, data: Any) -> list[Any]:
        rows = super().to_representation(data)
        return shuffled((self.field_name, rows[0]["id"] if rows else None), rows)


def stored(before: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The wanted objects with ids, to be kept as JSON; one that stays the same keeps its id."""
    left = {row["id"]: row for row in before}
    unused = 1 + max(left, default=0)
    rows = []
    for values in wanted:
        same = next((pk for pk, row in left.items() if all(row[k] == v for k, v in values.items())), None)
        if same is None:
            same, unused = unused, unused + 1
        else:
            del left[same]
        rows.append({"id": same, **values})
    return rows


def replace_rows(manager: Any, wanted: list[dict[str, Any]]) -> None:
    """Make the rows of a relation the wanted ones; a row that stays the same keeps its id."""
    left = list(wanted)
    for row in manager.all():
        same = next((values for values in left if all(getattr(row, k) == v for k, v in values.items())), None)
        if same is None:
            row.delete()
        else:
            left.remove(same)
    for values in left:
        manager.create(**values)
