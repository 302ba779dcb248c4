# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host has what it should: devices up, addresses there, tunnel peers that answer.

Private to the collection.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # an aggregator's Python may be older than these are
    from collections.abc import Callable, Mapping

    from .facts import Run

    Ping = Callable[[str, str], bool]
    """(device, address): whether the address answers by this device."""

PARALLEL = 16


def by(run: Run) -> Ping:
    """One packet, bound to the device, so that the space's own routes do not matter: an echo, or an answer to ARP.

    The echo comes back by a route of the peer's. Where a space's table is chosen by the device, the peer looks for it
    in its main table, and the echo is lost. That it answers for its address on the device is what is asked.
    """

    def ping(device: str, address: str) -> bool:
        if run(["ping", "-n", "-q", "-c", "1", "-W", "1", "-I", device, address])[0] == 0:
            return True
        words = ["ip", "-4", "neigh", "show", "to", address, "dev", device, "nud", "reachable"]
        code, output, _errors = run(words)
        return code == 0 and bool(output.strip())

    return ping


def missing(devices: list[dict[str, Any]], expected: list[dict[str, Any]], ping: Ping) -> list[str]:
    """A sentence for each thing that is not as expected.

    Of `expected` each: `device` or `mac`, and what it shall have: `addresses` without prefix length, `peers`.
    """
    problems: list[str] = []
    pings: list[tuple[str, str]] = []
    for wanted in expected:
        found = find(devices, wanted)
        name = wanted.get("device") or f"with the MAC address {wanted.get('mac')}"
        if found is None:
            problems.append(f"there is no device {name}")
            continue
        if wanted.get("device") and found["name"] != wanted["device"]:
            problems.append(f"the device with the MAC address {wanted['mac']} is {found['name']}, not {name}")
            continue
        if not found["up"]:
            problems.append(f"the device {found['name']} is down")
        there = [text.split("/")[0] for text in found["addresses"]]
        problems += [
            f"the device {found['name']} has no address {address}"
            for address in wanted.get("addresses") or ()
            if address not in there
        ]
        if found["up"]:
            pings += [(found["name"], address) for address in wanted.get("peers") or ()]
    if pings:
        with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
            answers = list(pool.map(lambda pair: (pair, ping(*pair)), pings))
        problems += [f"{address} does not answer by {device}" for (device, address), answer in answers if not answer]
    return problems


def find(devices: list[dict[str, Any]], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """The device with the MAC address if one is given, else with the name."""
    field, value = ("mac", wanted["mac"].lower()) if wanted.get("mac") else ("name", wanted.get("device"))
    return next((device for device in devices if device[field] == value), None)
