# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM rights that the plan's items need: the actions of the calls that carry them out, kind by kind.

The resources and condition keys of each action are those of AWS's Service Authorization Reference, "Actions, resources,
and condition keys for Amazon EC2". An object with the network's tag, or created with it, is named without id, as EC2
itself names an object that a call creates (`vpc/*`). All other objects are named by id, so that a policy may name them
too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from ..._model.names import TAG_KEY, TAG_NETWORK
from ..._model.plan import PlannedChange
from ..._model.state import Cloud
from ..client import as_tags
from ..kind import AwsState, Call, Calls, parent_of
from ..resources import (
    elastic_ip,
    internet_gateway,
    nat_gateway,
    network_interface,
    private_address,
    route,
    route_table,
    security_group,
    subnet,
    vpc,
)

KINDS = (
    internet_gateway.EGRESS_ONLY_GATEWAY,
    elastic_ip.ELASTIC_IP,
    internet_gateway.INTERNET_GATEWAY,
    nat_gateway.NAT_GATEWAY,
    network_interface.NETWORK_INTERFACE,
    route_table.ROUTE_TABLE,
    security_group.SECURITY_GROUP,
    subnet.SUBNET,
    vpc.VPC,
)
"""The kinds whose objects carry the network's tags."""


_RETAG = (
    Call("describe_tags"),
    *(
        Call(
            "create_tags",
            (kind.ours,),
            tags=lambda item, _state: item.after or (),
            when=partial(lambda kind, item, _state: kind.is_id(item.parent), kind),
            params=lambda item, _state: {"Resources": [item.parent], "Tags": as_tags(item.after or {})},
        )
        for kind in KINDS
    ),
)
_ADOPT = (
    Call("describe_tags"),
    *(
        Call(
            "create_tags",
            (kind.at(parent_of),),
            tags=lambda item, _state: (item.after or {}).get("tags") or (),
            when=partial(lambda kind, item, _state: kind.is_id(item.parent), kind),
            params=lambda item, _state: {"Resources": [item.parent], "Tags": as_tags((item.after or {})["tags"])},
        )
        for kind in (elastic_ip.ELASTIC_IP, network_interface.NETWORK_INTERFACE)
    ),
)
CALLS: Calls = {
    **elastic_ip.CALLS,
    **internet_gateway.CALLS,
    **nat_gateway.CALLS,
    **network_interface.CALLS,
    **private_address.CALLS,
    **route.CALLS,
    **route_table.CALLS,
    **security_group.CALLS,
    **subnet.CALLS,
    **vpc.CALLS,
    ("key_tag", "update"): _RETAG,
    ("object_tags", "update"): _RETAG,
    ("ownership_tags", "update"): _ADOPT,
}
"""The calls of each planned change. A kind that is not here is a defect of this table."""


@dataclass(frozen=True)
class Need:
    """One action on one resource.

    :ivar action: without its service, such as ``CreateVpc``.
    :ivar resource: the last part of its ARN, such as ``vpc/*``; ``*`` where EC2 knows none.
    :ivar owned: whether it carries the network's tag by then.
    :ivar given: the keys of the tags that the call gives it or takes off it.
    :ivar maker: for CreateTags the call that makes the resource with these tags.
    :ivar values: tags of the operator's own among them, which conditions may ask for.
    """

    action: str
    resource: str
    owned: bool = False
    given: tuple[str, ...] = ()
    maker: str = ""
    values: tuple[tuple[str, str], ...] = ()


def calls_of(item: PlannedChange, state: AwsState) -> list[Call]:
    """Return the calls that carry out a change; none of one that is not on AWS."""
    if item.system != "aws":
        return []
    return [call for call in CALLS[item.kind, item.verb] if call.when(item, state)]


def needed(items: Iterable[PlannedChange], network: str, cloud: Cloud) -> list[Need]:
    """Return each right once, in the order in which the items want them."""
    state = AwsState(network, cloud)
    found = (need for item in items for call in calls_of(item, state) for need in _needs(call, item, state))
    return list(dict.fromkeys(found))


def _needs(call: Call, item: PlannedChange, state: AwsState) -> Iterator[Need]:
    tags = call.tags(item, state)
    if call.creates:
        values = _own_tags(item)
        given = tuple(sorted({TAG_NETWORK, TAG_KEY, *tags, *dict(values)}))
        yield Need(call.action, f"{call.creates}/*", given=given, values=values)
        yield Need("CreateTags", f"{call.creates}/*", given=given, maker=call.action, values=values)
        tags = ()
    elif not call.on:
        yield Need(call.action, "*")
    for place in call.on:
        for name, ours in place.found(item, state) if place.found else [("*", True)]:
            yield Need(call.action, f"{place.resource}/{name}", ours, tuple(sorted(tags)))


def _own_tags(item: PlannedChange) -> tuple[tuple[str, str], ...]:
    """Return the operator's own tags of an object that is created."""
    given: dict[str, str] = (item.after or {}).get("tags") or {}
    return tuple(sorted((key, value) for key, value in given.items() if not key.startswith("bonded.internet/")))
