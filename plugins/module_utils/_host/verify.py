# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verification of a host: devices that are up, their addresses, tunnel peers that answer."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from .firewall import NO, UNKNOWN, YES

if TYPE_CHECKING:  # an aggregator's Python may be older than these are
    from collections.abc import Callable, Mapping

    from .facts import Run
    from .firewall import Ruleset

    Ping = Callable[[str, str], bool]
    """(device, address): whether the address answers by this device."""

PARALLEL = 16


def by(run: Run) -> Ping:
    """Return a function that asks a peer by a device, whatever the routes are: by an echo, or by ARP.

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
    """Return a sentence for each thing that is not as expected.

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


def judged(
    expected: list[dict[str, Any]],
    ruleset: Ruleset | None,
    neighbours: list[dict[str, Any]] | None,
    configuration: str | None,
) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Return how much of what is expected is seen, and a sentence for each thing that is seen not to be there.

    What cannot be looked at is unknown, and nothing wrong: the host may be asked without the rights for it, and the
    format of the configuration is not documented, so that a name that is not in it says nothing.
    """
    seen = {part: dict.fromkeys((YES, NO, UNKNOWN), 0) for part in ("input", "neighbours", "sent")}
    problems: list[str] = []
    for wanted in expected:
        name = wanted.get("device") or wanted.get("mac")
        for packet in wanted.get("admits") or ():
            for source in packet.get("sources") or (None,):
                answer = UNKNOWN
                if ruleset is not None:
                    device = packet.get("device") or wanted.get("device")
                    answer = ruleset.admits({**packet, "device": device, "source": source})
                seen["input"][answer] += 1
                if answer == NO:
                    what = f"{packet['protocol']} {packet['port']}" if packet.get("port") else str(packet["protocol"])
                    whence = f"from {source} " if source else ""
                    problems.append(f"the firewall rejects {what} {whence}by {packet.get('device') or name}")
        for protocol in ("babel", "ospf", "bgp"):
            addresses, count = wanted.get(protocol) or (), 0
            if protocol == "babel":
                # Babel's neighbours have addresses that only the link knows, so they are counted.
                count = wanted.get("babel") or 0
                addresses = ()
            total = count or len(addresses)
            if not total:
                continue
            if neighbours is None:
                seen["neighbours"][UNKNOWN] += total
                continue
            up = [one for one in neighbours if one["protocol"] == protocol and one["up"]]
            here = [one for one in up if protocol == "bgp" or one["device"] == wanted.get("device")]
            absent = [address for address in addresses if address not in {one["address"] for one in here}]
            met = min(len(here), total) if protocol == "babel" else total - len(absent)
            seen["neighbours"][YES] += met
            seen["neighbours"][NO] += total - met
            if protocol == "babel" and met < total:
                problems.append(f"the device {name} has {met} of {total} neighbours of Babel")
            problems += [f"{address} is not a neighbour of {NAMES[protocol]} by {name}" for address in absent]
        if wanted.get("device"):
            there = configuration is not None and re.search(rf'"{re.escape(wanted["device"])}"', configuration)
            seen["sent"][YES if there else UNKNOWN] += 1
    return seen, problems


NAMES = {"ospf": "OSPF", "bgp": "BGP"}


def find(devices: list[dict[str, Any]], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the device with the MAC address if one is given, else with the name."""
    field, value = ("mac", wanted["mac"].lower()) if wanted.get("mac") else ("name", wanted.get("device"))
    return next((device for device in devices if device[field] == value), None)
