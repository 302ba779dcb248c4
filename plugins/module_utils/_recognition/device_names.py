# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps by which an operator gives the VXLAN interfaces of a mesh one name.

An inventory has one name for all members. The management server fixes the name of an interface at its creation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .._design.checks.foreign_protocols import ROUTING, matches_interface
from .._model.names import vxlan_name
from .._objects import Object
from .model import Host, Live, some_of

Device = tuple[Host, Object]

INTERFACES = ("ethernet_interface", "vlan_interface", "vxlan_interface")


def way_to_one_name(devices: Sequence[Device], vni: int, live: Live) -> str:
    """Return what the operator does so that all devices have one name; empty if they have one."""
    counts = Counter(obj.key for _host, obj in devices)
    if len(counts) < 2:
        return ""
    ours = {obj.identity for _host, obj in devices}
    others = {
        obj.key for host, _obj in devices for obj in live.objects_of(host, *INTERFACES) if obj.identity not in ours
    }
    ranked = sorted(counts, key=lambda one: (-counts[one], one))
    name = next((one for one in ranked if one not in others), vxlan_name(vni))
    steps = [_step(host, obj, name, live) for host, obj in devices if obj.key != name]
    return f"and the management server changes no name: {'; '.join(steps)}; then import again"


def _step(host: Host, obj: Object, name: str, live: Live) -> str:
    space = obj.data.get("space")
    protocols = [
        one.key
        for one in live.objects_of(host, *ROUTING)
        if space is not None
        and one.data.get("space") == space
        and matches_interface(one, obj.key)
        and not matches_interface(one, name)
    ]
    again = f"add it again as {name}, with the same VNI, MTU, addresses and endpoints"
    text = f"on {host.name} delete {obj.key} and {again}"
    return f"{text}, and let {some_of(protocols)} name it" if protocols else text
