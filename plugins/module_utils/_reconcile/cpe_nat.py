# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connected IPs and CPE NAT IPs together, over many bonds."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .._cpe_nat_rules import nat_problems
from .._objects import Object
from .._parents import BOND, number_of, parent_of
from .changes.diff import diff
from .changes.executor import Result, Run, apply_or_predict
from .model import ReconcileError, wanted
from .reading import read_bond
from .references import Refs

_NEEDED = ("interface", "connected_ip", "nat_ip")
_CONNECTED_OPTIONS = ("include_private_wan", "aggregator_routing")


def manage_cpe_nats(run: Run, entries: Sequence[dict[str, Any]], *, present: bool) -> Result:
    """Create and update the connected IP and CPE NAT IP of each entry, or delete them.

    Reads three lists for each bond that is named (two to remove), and the list of bonds if one is named by its name.

    :param entries: {bond, interface, connected_ip, nat_ip, private_ip, ...}, only what was given
    :raises ReconcileError: before any change, naming all entries that are not acceptable
    """
    refs = run.refs
    items = _wanted(refs, entries, present)
    bonds = sorted({item.parent for item in items})
    parts = ("interfaces", "connected_ips", "cpe_nat_ips") if present else ("connected_ips", "cpe_nat_ips")

    def read(parent: str) -> list[Object]:
        return read_bond(number_of(parent), refs, parts)

    with ThreadPoolExecutor(max_workers=max(1, run.parallel)) as pool:
        found = [item for objects in pool.map(read, bonds) for item in objects]
    changes = diff(found, items) if present else diff(found, [], _removable(found, items))
    return apply_or_predict(run, found, changes, items)


def _wanted(refs: Refs, entries: Sequence[dict[str, Any]], present: bool) -> list[Object]:
    items: dict[tuple[str, str, str], Object] = {}
    places: dict[tuple[str, str, str], str] = {}
    problems: list[str] = []
    for number, entry in enumerate(entries, 1):
        where = f"entry {number} (bond {entry.get('bond')}, private_ip {entry.get('private_ip')})"
        try:
            connected, nat = _entry(refs, entry, present, where)
        except ReconcileError as error:
            text = str(error).removesuffix(" Nothing was changed.")
            problems.append(text if text.startswith(where) else f"{where}: {text}")
            continue
        if nat.identity in places:
            problems.append(
                f"{where}: the same private_ip is given for {places[nat.identity]} (got {nat.key} twice, expected an "
                "address for each entry)."
            )
        places[nat.identity] = where
        items[nat.identity] = nat
        if connected is not None:
            other = items.setdefault(connected.identity, connected)
            # Two CPE NAT IPs may lie in one connected network; then both entries speak of one connected IP.
            if other.data != connected.data:
                problems.append(
                    f"{where}: connected_ip {connected.key} is given twice with different options "
                    f"(got {_told(connected)} and {_told(other)}, expected the same)."
                )
    if problems:
        raise ReconcileError(f"{' '.join(problems)} Nothing was changed. Correct the entries and run again.")
    return list(items.values())


def _told(connected: Object) -> str:
    """Return the options of a connected IP as a message shows them."""
    return ", ".join(f"{name}: {value}" for name, value in sorted(connected.data.items()) if name != "ip")


def _entry(refs: Refs, entry: dict[str, Any], present: bool, where: str) -> tuple[Object | None, Object]:
    missing = [name for name in _NEEDED if not entry.get(name)] if present else []
    if missing:
        raise ReconcileError(f"{where}: {' and '.join(missing)} must be given (got none).")
    parent = parent_of(BOND, refs.find(BOND, entry.get("bond")))
    nat_data: dict[str, Any] = {"ip": entry.get("private_ip")}
    if present:
        nat_data["nat_ip"] = entry["nat_ip"]
        nat_data.update({name: entry[name] for name in ("enabled",) if name in entry})
    nat = wanted("cpe_nat_ip", parent, nat_data)
    if not entry.get("connected_ip"):
        return None, nat
    connected_data = {"ip": entry["connected_ip"]}
    if present:
        connected_data["interface"] = entry["interface"]
        connected_data.update({name: entry[name] for name in _CONNECTED_OPTIONS if name in entry})
    connected = wanted("connected_ip", parent, connected_data)
    if present:
        _check(nat, str(entry["connected_ip"]), where)
    return connected, nat


def _check(nat: Object, connected_ip: str, where: str) -> None:
    """Reject an entry that the plan rejects too: other addresses than IPv4, a host outside of the connected network."""
    versions = {ipaddress.ip_interface(text).version for text in (connected_ip, nat.key, nat.data["nat_ip"])}
    if versions != {4}:
        raise ReconcileError(
            f"{where}: CPE NAT IPs are IPv4 only (got {connected_ip}, {nat.key} and {nat.data['nat_ip']})."
        )
    if problems := nat_problems(connected_ip, nat.data["nat_ip"]):
        raise ReconcileError(f"{where}: {'; '.join(problems)}.")


def _removable(found: Sequence[Object], items: Sequence[Object]) -> list[Object]:
    """Return the named CPE NAT IPs, and those connected IPs in which no other CPE NAT IP of the bond lies."""
    going = {item.identity for item in items if item.kind == "cpe_nat_ip"}
    staying = [item for item in found if item.kind == "cpe_nat_ip" and item.identity not in going]
    removable = []
    for item in items:
        network = ipaddress.ip_interface(item.key).network
        used = item.kind == "connected_ip" and any(
            nat.parent == item.parent and ipaddress.ip_address(nat.data["nat_ip"]) in network for nat in staying
        )
        if not used:
            removable.append(item)
    return removable
