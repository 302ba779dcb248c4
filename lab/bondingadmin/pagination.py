# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists come in another order at each read, so that no client leans on one."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any, TypeVar

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

T = TypeVar("T")
_reads: collections.Counter[object] = collections.Counter()


def shuffled(key: object, items: Sequence[T]) -> list[T]:
    """The items in another order than at the last call with this key; the same calls give the same orders again.

    Each call starts one further on; every other round is turned round as well.
    """
    found = list(items)
    if len(found) < 2:
        return found
    _reads[key] += 1
    shift = _reads[key] % len(found)
    found = found[shift:] + found[:shift]
    if len(found) > 2 and _reads[key] // len(found) % 2:
        found.reverse()
    return found


def forget() -> None:
    """Start over with the orders."""
    _reads.clear()


class Pages(PageNumberPagination):
    """Pages only when ``page_size`` is given: otherwise the whole list, as a bare array.

    Which objects a page has is the same at each read (or some would be missed); their order in it is not.
    """

    page_size = None
    page_size_query_param = "page_size"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        if not queryset.query.order_by:
            queryset = queryset.order_by("pk")
        found: list[Any] | None = super().paginate_queryset(queryset, request, view)
        return found
