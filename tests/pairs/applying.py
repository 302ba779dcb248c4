# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan's items carried out on a state, one after the other; what EC2 or the server would refuse is an error."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.phases import PLANNED_PHASES
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import KNOWN_AFTER_APPLY, PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._objects import Change
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import predict
from tests.pairs import applying_addresses, applying_aws
from tests.pairs.planning import Planned
from tests.pairs.state import State

AWS: dict[str, Callable[[State, PlannedChange], None]] = {**applying_aws.ACTIONS, **applying_addresses.ACTIONS}


class Refused(Exception):
    """EC2 or the server would refuse a step of the plan."""


def steps(state: State, planned: Planned) -> Iterator[tuple[PlannedChange | None, State]]:
    """Yield each item with the state after it; the state is a new one each time.

    A host's rules are written whole, once in a phase in which it has an item, and in each run at the end.
    """
    now = state
    for phase in PLANNED_PHASES:
        written: set[str] = set()
        for item in (one for one in planned.items if one.phase == phase):
            if item.system == "host" and item.host in written:
                continue
            now = now.copy()
            try:
                if item.system == "host":
                    written.add(item.host or "")
                    _write_host(now, planned, item.host or "", phase)
                elif item.system == "server":
                    _on_server(now, item, planned.spaces.get(f"{item.parent}:{item.key}"))
                else:
                    AWS[item.kind](now, item)
            except (applying_aws.Ec2Refused, StopIteration, ValueError) as error:
                name = f"{item.phase}: {item.verb} {item.kind} {item.parent} {item.key}"
                raise Refused(f"{name}: {type(error).__name__}: {error}") from error
            yield item, now
    now = now.copy()
    for host in planned.design.host_configs:
        _write_host(now, planned, host, "remove")
    yield None, now


def applied(state: State, planned: Planned) -> State:
    """Return the state that a whole plan leaves."""
    ((_item, end),) = deque(steps(state, planned), maxlen=1)
    return end


def _write_host(state: State, planned: Planned, host: str, phase: Any) -> None:
    state.installed[host] = planned.design.host_configs[host].after(phase).as_dict()


def _on_server(state: State, item: PlannedChange, space: str | None) -> None:
    after = dict(item.after) if item.after is not None else None
    if after is not None:
        after = {name: _known(value, state, item, space, after.get("accept_ra", True)) for name, value in after.items()}
    found = {one.identity: one for one in state.objects.values()}
    change = Change(item.verb, item.kind, item.parent, item.key, item.before, after)
    if (item.verb == "create") == (change.identity in found):
        raise ValueError(f"is {'' if change.identity in found else 'not '}there")
    state.objects = {one.identity: one for one in predict(state.objects.values(), [change])}
    if item.kind == "space":
        data = state.objects[change.identity].data
        one = state.server.spaces[item.key]
        enabled = bool(data["private_wan_enabled"])
        state.server.spaces[item.key] = replace(one, enabled=enabled, mode=data.get("private_wan_mode"))


def _known(value: Any, state: State, item: PlannedChange, space: str | None, ipv6: bool) -> Any:
    """Return a list with what AWS has chosen: the addresses of the gateway's network interface."""
    if not isinstance(value, list) or KNOWN_AFTER_APPLY not in value:
        return value
    (interface,) = state.keyed("interfaces", f"gateway/{space}/{item.host}")
    prefix = ipaddress.IPv4Network(state.cloud.subnets[interface.subnet_id].cidr).prefixlen
    chosen = [f"{interface.private_ip}/{prefix}"]
    if ipv6 and interface.ipv6:
        chosen.append(f"{interface.ipv6}/64")
    kept = [one for one in value if one != KNOWN_AFTER_APPLY]
    return [*kept, *(one for one in chosen if one not in kept)]
