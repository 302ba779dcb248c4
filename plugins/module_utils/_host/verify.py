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
    from collections.abc import Callable, Collection, Mapping

    from .facts import Run
    from .firewall import Ruleset

    Ping = Callable[[str, str], bool]
    """(device, address): whether the address answers by this device."""

PARALLEL = 16
BABEL, OSPF, BGP = "babel", "ospf", "bgp"
NAMES = {BABEL: "Babel", OSPF: "OSPF", BGP: "BGP"}
"""The routing protocols by their names in messages."""


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
    """Return by part how many expectations are met, not met and unknown, and a sentence for each that is not met."""
    judgement = _Judgement()
    for wanted in expected:
        judgement.judge_firewall(wanted, ruleset)
        judgement.judge_neighbours(wanted, neighbours)
        judgement.judge_sent(wanted, configuration)
    return judgement.seen, judgement.problems


class _Judgement:
    """Counts and sentences of a host, expectation by expectation.

    What cannot be looked at is unknown, and nothing wrong: the host may be asked without the rights for it, and the
    format of the configuration is not documented, so that a name that is not in it says nothing.
    """

    def __init__(self) -> None:
        self.seen = {part: dict.fromkeys((YES, NO, UNKNOWN), 0) for part in ("input", "neighbours", "sent")}
        self.problems: list[str] = []

    def judge_firewall(self, wanted: Mapping[str, Any], ruleset: Ruleset | None) -> None:
        """Count the packets of a device that the firewall admits, from each source."""
        for packet in wanted.get("admits") or ():
            device = packet.get("device") or wanted.get("device")
            for source in packet.get("sources") or (None,):
                answer = UNKNOWN
                if ruleset is not None:
                    answer = ruleset.admits({**packet, "device": device, "source": source})
                self.seen["input"][answer] += 1
                if answer == NO:
                    what = f"{packet['protocol']} {packet['port']}" if packet.get("port") else str(packet["protocol"])
                    whence = f"from {source} " if source else ""
                    self.problems.append(f"the firewall rejects {what} {whence}by {device or wanted.get('mac')}")

    def judge_neighbours(self, wanted: Mapping[str, Any], neighbours: list[dict[str, Any]] | None) -> None:
        """Count the neighbours of each routing protocol of a device that are up."""
        for protocol in NAMES:
            # Babel's neighbours have addresses that only the link knows, so they are counted.
            addresses = () if protocol == BABEL else wanted.get(protocol) or ()
            total = (wanted.get(BABEL) or 0) if protocol == BABEL else len(addresses)
            if total and neighbours is None:
                self.seen["neighbours"][UNKNOWN] += total
            elif total:
                self._compare(wanted, protocol, total, addresses, neighbours or [])

    def _compare(
        self,
        wanted: Mapping[str, Any],
        protocol: str,
        total: int,
        addresses: Collection[str],
        neighbours: list[dict[str, Any]],
    ) -> None:
        name = wanted.get("device") or wanted.get("mac")
        up = [one for one in neighbours if one["protocol"] == protocol and one["up"]]
        here = [one for one in up if protocol == BGP or one["device"] == wanted.get("device")]
        absent = [address for address in addresses if address not in {one["address"] for one in here}]
        met = min(len(here), total) if protocol == BABEL else total - len(absent)
        self.seen["neighbours"][YES] += met
        self.seen["neighbours"][NO] += total - met
        if protocol == BABEL and met < total:
            self.problems.append(f"the device {name} has {met} of {total} neighbours of Babel")
        self.problems += [f"{address} is not a neighbour of {NAMES[protocol]} by {name}" for address in absent]

    def judge_sent(self, wanted: Mapping[str, Any], configuration: str | None) -> None:
        """Count a device that the configuration from the management server names."""
        if wanted.get("device"):
            there = configuration is not None and re.search(rf'"{re.escape(wanted["device"])}"', configuration)
            self.seen["sent"][YES if there else UNKNOWN] += 1


def find(devices: list[dict[str, Any]], wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the device with the MAC address if one is given, else with the name."""
    field, value = ("mac", wanted["mac"].lower()) if wanted.get("mac") else ("name", wanted.get("device"))
    return next((device for device in devices if device[field] == value), None)
