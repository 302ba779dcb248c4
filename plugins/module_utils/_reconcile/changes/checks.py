# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that are refused before any of them is made."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ..._objects import Change, group_of
from ..._parents import number_of
from ..model import DELETE, UPDATE, ReconcileError
from ..references import Refs


def check_own_address(refs: Refs, changes: Iterable[Change]) -> None:
    """Refuse to give an aggregator's own address to an interface: the host would not come back after a restart.

    Asks for the aggregator only if a change sets addresses.
    """
    for change in changes:
        addresses = (change.after or {}).get("addresses")
        if group_of(change.kind) != "interface" or change.verb == DELETE or not addresses:
            continue
        aggregator = refs.item("aggregator", number_of(change.parent))
        own = {_address(change, name, aggregator[name]) for name in ("ip", "ipv6") if aggregator.get(name)}
        for address in addresses:
            if str(ipaddress.ip_interface(address).ip) in own:
                raise ReconcileError(
                    f"{change.title}: addresses: {address} is the aggregator's own address; with it on an interface "
                    "the host would not come back after a restart. Nothing was changed."
                )


def _address(change: Change, name: str, value: object) -> str:
    """Return the aggregator's own address as the server has it."""
    try:
        return str(ipaddress.ip_address(str(value)))
    except ValueError as error:
        raise ReconcileError(
            f"{change.parent}/: the server's answer cannot be used: {name}: {error}. Nothing was changed."
        ) from error


def check_not_vlan(changes: Iterable[Change]) -> None:
    """Refuse to write VLAN interfaces, which this collection only reads: AWS has none."""
    for change in changes:
        if change.kind == "vlan_interface":
            fields = f" of {', '.join(change.after or {})}" if change.verb == UPDATE else ""
            raise ReconcileError(
                f"{change.title}: VLAN interfaces are read and kept, never written; this would need: {change.verb}"
                f"{fields}. Nothing was changed."
            )
