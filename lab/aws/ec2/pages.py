# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of listings: what EC2 demands of them, and what a test may force; private to the stand-in.

Which listing has pages, and of what size, botocore's model of EC2 says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.utils import get_service_model

from lab.kit.messages import ControlError

from .errors import invalid, refuse

# The documentation's bounds, for the actions of which the model has none.
LEAST, MOST = 5, 1000
FILTERS, VALUES = 50, 200
# With one of these EC2 lists interfaces unpaged in every account. Its documentation does not name network-interface-id,
# which is supposed to be as good as ids: amazon.aws's ec2_eni finds every interface so.
_NARROW = frozenset(
    {
        "network-interface-id",
        "attachment.instance-id",
        "group-id",
        "mac-address",
        "private-dns-name",
        "private-ip-address",
        "subnet-id",
        "vpc-id",
    }
)


class BadPages(ControlError):
    """Pages that cannot be had; the text says what would do."""


@dataclass
class Paging:
    """Rules of a test for all listings.

    :ivar pages: the size of the pages that are given also unasked; None: only what is asked for.
    :ivar refuse_unpaged: whether the account has so many interfaces that EC2 lists them in pages only.
    """

    pages: int | None = None
    refuse_unpaged: bool = False

    def given(self) -> dict[str, object]:
        """Return both, as they are set."""
        return {"pages": self.pages, "refuse_unpaged": self.refuse_unpaged}

    def change(self, wanted: object) -> None:
        """Set what is named, and leave the other. Raises BadPages before anything has changed."""
        if not isinstance(wanted, Mapping) or not wanted.keys() <= self.given().keys():
            raise BadPages('pages: an object is wanted, such as {"pages": 5, "refuse_unpaged": true}')
        pages, refuses = wanted.get("pages", self.pages), wanted.get("refuse_unpaged", self.refuse_unpaged)
        if pages is not None and (isinstance(pages, bool) or not isinstance(pages, int) or pages < 1):
            raise BadPages(f"pages: {pages!r} is not a whole number of 1 or more, nor null")
        if not isinstance(refuses, bool):
            raise BadPages(f"refuse_unpaged: {refuses!r} is neither true nor false")
        self.pages, self.refuse_unpaged = pages, refuses

    def clear(self) -> None:
        """Pages are given as they are asked for."""
        self.pages, self.refuse_unpaged = None, False


PAGING = Paging()


def members_of(action: str) -> Mapping[str, Any]:
    """Return the shapes of an action's parameters by name, as botocore's model of EC2 has them."""
    shape = get_service_model("ec2").operation_model(action).input_shape
    members: Mapping[str, Any] = {} if shape is None else shape.members
    return members


def required_members(action: str) -> list[str]:
    """Return the names of the parameters without which an action cannot be asked for."""
    shape = get_service_model("ec2").operation_model(action).input_shape
    return [] if shape is None else list(shape.required_members)


def has_pages(action: str) -> bool:
    """Return True if the listing has pages at all."""
    return "MaxResults" in members_of(action)


def ids_given(response: Any) -> list[str]:
    """Return the parameters of a listing that name ids."""
    names = [name for name, shape in members_of(response._get_action()).items() if shape.type_name == "list"]
    return [name for name in names if name.endswith("Ids") and response._get_param(name)]


def check_listing(response: Any) -> None:
    """Refuse a listing whose pages or filters EC2 would refuse."""
    action, filters = response._get_action(), response._filters_from_querystring()
    size = response._get_int_param("MaxResults")
    if len(filters) > FILTERS or any(len(values) > VALUES for values in filters.values()):
        refuse(
            "FilterLimitExceeded",
            f"A request has at most {FILTERS} filters, and each of them at most {VALUES} values.",
        )
    if size is None:
        if (
            PAGING.refuse_unpaged
            and action == "DescribeNetworkInterfaces"
            and not ids_given(response)
            and not _NARROW & filters.keys()
        ):
            refuse(
                "OperationNotPermitted",
                "The account has too many network interfaces to list them at once. Use pagination, or one of the "
                f"filters {', '.join(sorted(_NARROW))}.",
            )
        return
    shape = members_of(action)["MaxResults"]
    least, most = shape.metadata.get("min", LEAST), shape.metadata.get("max", MOST)
    if not least <= size <= most:
        invalid(f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value from {least} to {most}.")
    if ids := ids_given(response):
        refuse(
            "InvalidParameterCombination",
            f"The parameter {ids[0]} cannot be used with the parameter maxResults in the same request.",
        )


def page(response: Any, found: list[Any]) -> tuple[list[Any], str | None]:
    """Return the page that MaxResults and NextToken ask for, and the token of the following one."""
    token, size = response._get_param("NextToken"), response._get_int_param("MaxResults")
    if token is not None and not str(token).isdigit():
        refuse("InvalidNextToken", f"The token '{token}' is invalid.")
    if PAGING.pages is not None and has_pages(response._get_action()) and not ids_given(response):
        size = min(PAGING.pages, size or PAGING.pages)
    start = int(token or 0)
    if size is None:
        return found[start:], None
    end = start + size
    return found[start:end], str(end) if end < len(found) else None
