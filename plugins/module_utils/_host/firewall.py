# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The input path of a host's nftables: does it admit a packet?

Evaluates what ``nft -j list ruleset`` prints, with every branch that the packet may take. What is not understood (an
extension of iptables, a rate limit, a state) may match or not, so an answer is "yes" or "no" only if it is the same
either way.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # an aggregator's Python may be older than these are
    from collections.abc import Iterable, Mapping

    from .facts import Run

YES, NO, UNKNOWN = "yes", "no", "unknown"
ACCEPT, DROP, ON, BACK = "accept", "drop", "on", "back"
"""Verdicts of a rule: accept, drop, go on to the next rule, or go back to the calling chain."""
HOOKS = ("prerouting", "input")
OLD_TABLES = "/proc/net/ip_tables_names"
"""Lists the tables of iptables' own kernel code, which nft does not show."""
PROTOCOLS = {
    "icmp": 1,
    "tcp": 6,
    "udp": 17,
    "gre": 47,
    "esp": 50,
    "ipv6-icmp": 58,
    "icmpv6": 58,
    "ospf": 89,
    "ospfigp": 89,
}
STRANGER = "192.0.2.1"
"""A source that no rule names (RFC 5737)."""
NEEDS: dict[str, dict[str, Any]] = {
    "vxlan": {"protocol": "udp", "port": 4789},
    "babel": {"protocol": "udp", "port": 6696, "ipv6": True, "device": "vx10000000", "source": "fe80::1"},
    "ospf": {"protocol": "ospf", "port": None, "device": "vx10000000"},
    "bgp": {"protocol": "tcp", "port": 179, "device": "vx10000000"},
}
"""Packets that a mesh needs. VXLAN comes by the first interface, all others by a device with a name like ours."""
MOST_SOURCES = 1024
_DEEPEST = 16


class Ruleset:
    """Ruleset as nft prints it, by tables."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self.chains: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.rules: dict[tuple[str, str, str], list[Any]] = {}
        self.sets: dict[tuple[str, str, str], Any] = {}
        for entry in entries:
            for kind, found in entry.items():
                if kind == "chain":
                    self.chains[found["family"], found["table"], found["name"]] = found
                elif kind == "rule":
                    self.rules.setdefault((found["family"], found["table"], found["chain"]), []).append(found["expr"])
                elif kind in ("set", "map"):
                    self.sets[found["family"], found["table"], found["name"]] = found.get("elem") or []

    def admits(self, packet: Mapping[str, Any]) -> str:
        """Return YES, NO or UNKNOWN of a new packet: {protocol, port, ipv6, source, device}, the last two if known."""
        families = ("inet", "ip6" if packet.get("ipv6") else "ip")
        ends = {ACCEPT}
        for place, chain in sorted(self.chains.items()):
            if chain.get("hook") in HOOKS and chain.get("type") == "filter" and place[0] in families:
                outcomes = self._chain(place, packet, 0)
                if ON in outcomes:
                    outcomes = outcomes - {ON} | {DROP if chain.get("policy") == "drop" else ACCEPT}
                if outcomes == {DROP}:
                    return NO
                ends |= outcomes
        return YES if ends == {ACCEPT} else UNKNOWN

    def sources(self) -> list[str]:
        """Return the IPv4 addresses and networks that any rule or set names."""
        found: set[str] = set()
        pending: list[Any] = [self.rules, self.sets]
        while pending:
            one = pending.pop()
            if isinstance(one, dict) and set(one) == {"addr", "len"}:
                pending.append(f"{one['addr']}/{one['len']}")
            elif isinstance(one, dict):
                pending += one.values()
            elif isinstance(one, (list, tuple)):
                pending += one
            elif isinstance(one, str):
                try:
                    found.add(str(ipaddress.IPv4Network(one)))
                except ValueError:
                    continue
        return sorted(found)

    def _chain(self, place: tuple[str, str, str], packet: Mapping[str, Any], depth: int) -> set[str]:
        """Return the ways by which the packet may leave a chain."""
        ends: set[str] = set()
        for expressions in self.rules.get(place, ()) if depth < _DEEPEST else ():
            outcomes = self._rule(place, expressions, packet, depth)
            ends |= outcomes - {ON}
            if ON not in outcomes:
                break
        else:
            ends.add(ON)
        return ends - {BACK} | {ON} if BACK in ends else ends

    def _rule(self, place: tuple[str, str, str], expressions: Any, packet: Mapping[str, Any], depth: int) -> set[str]:
        matched: bool | None = True
        for expression in expressions:
            for kind, found in expression.items():
                if kind in ("accept", "drop", "reject"):
                    end = ACCEPT if kind == "accept" else DROP
                    return {end} if matched else {end, ON}
                if kind in ("jump", "goto"):
                    outcomes = self._chain((place[0], place[1], found["target"]), packet, depth + 1)
                    if kind == "goto" and ON in outcomes:
                        outcomes = outcomes - {ON} | {BACK}
                    return outcomes if matched else outcomes | {ON}
                if kind == "vmap":
                    return self._map(place, found, packet, depth, matched)
                if kind == "return":
                    return {BACK} if matched else {BACK, ON}
                if kind in ("counter", "log", "comment", "mangle", "notrack"):
                    continue
                now = self._match(place, found, packet) if kind == "match" else None
                if now is False:
                    return {ON}
                matched = matched if now else None
        return {ON}

    def _map(
        self, place: tuple[str, str, str], found: Any, packet: Mapping[str, Any], depth: int, matched: bool | None
    ) -> set[str]:
        data = found.get("data")
        entries = data.get("set") if isinstance(data, dict) else self._named(place, data)
        ends: set[str] = set() if matched else {ON}
        for entry in entries or ():
            key, verdict = entry
            now = _equals(found.get("key"), key, packet, self, place)
            if now is False:
                continue
            ends |= self._rule(place, [verdict], packet, depth)
            if now:
                return ends
        return ends | {ON}

    def _named(self, place: tuple[str, str, str], name: Any) -> Any:
        if isinstance(name, str) and name.startswith("@"):
            return self.sets.get((place[0], place[1], name[1:]), ())
        return None

    def _match(self, place: tuple[str, str, str], found: Mapping[str, Any], packet: Mapping[str, Any]) -> bool | None:
        now = _equals(found.get("left"), found.get("right"), packet, self, place)
        if now is None or found.get("op") in ("==", "in"):
            return now
        return not now if found.get("op") == "!=" else None


def _equals(
    left: Any, right: Any, packet: Mapping[str, Any], rules: Ruleset, place: tuple[str, str, str]
) -> bool | None:
    """Return True, False, or None where it cannot be told whether what `left` reads of the packet is in `right`."""
    there, value = _read(left, packet)
    if not there:
        return False
    if value is None:
        return None
    named = rules._named(place, right)
    options = named if named is not None else right.get("set") if isinstance(right, dict) and "set" in right else right
    found = [_same(value, one) for one in (options if isinstance(options, (list, tuple)) else [options])]
    return True if True in found else None if None in found else False


def _read(left: Any, packet: Mapping[str, Any]) -> tuple[bool, Any]:
    """Return False if the packet has no such field; else the field's value, None if it is not known."""
    kind, found = next(iter(left.items())) if isinstance(left, dict) and left else ("", {})
    if kind == "meta":
        key = found.get("key")
        if key in ("iifname", "iif"):
            return True, packet.get("device")
        if key in ("l4proto", "protocol"):
            return True, _number(packet["protocol"]) if key == "l4proto" else None
        if key == "nfproto":
            return True, "ipv6" if packet.get("ipv6") else "ipv4"
    if kind == "payload":
        protocol, field = found.get("protocol"), found.get("field")
        if protocol in ("ip", "ip6"):
            if (protocol == "ip6") != bool(packet.get("ipv6")):
                return False, None
            if field in ("protocol", "nexthdr"):
                return True, _number(packet["protocol"])
            return True, packet.get("source") if field == "saddr" else None
        if protocol in PROTOCOLS and PROTOCOLS[protocol] != _number(packet["protocol"]):
            return False, None
        if protocol in ("tcp", "udp", "th"):
            if packet.get("port") is None:
                return False, None
            return True, packet["port"] if field == "dport" else None
    if kind == "ct" and found.get("key") == "state":
        return True, "new"
    return True, None


def _same(value: Any, option: Any) -> bool | None:
    """Return True if a value of the packet is an option of a rule, None if that is not understood."""
    if isinstance(option, dict):
        if "elem" in option:
            return _same(value, option["elem"].get("val"))
        if "range" in option and isinstance(value, int):
            first, last = option["range"]
            return first <= value <= last
        try:
            address = ipaddress.ip_address(value)
            if "prefix" in option:
                return address in ipaddress.ip_network("{addr}/{len}".format(**option["prefix"]))
            if "range" in option:
                first, last = (ipaddress.ip_address(one) for one in option["range"])
                return int(first) <= int(address) <= int(last) if first.version == address.version else False
        except (ValueError, TypeError):
            pass
        return None
    if isinstance(value, int):
        return value == _number(option)
    if isinstance(option, str) and option.endswith("*"):
        return value.startswith(option[:-1])
    return value == option


def _number(protocol: Any) -> Any:
    """Return the number of a protocol or port; None if its name is not known."""
    if isinstance(protocol, int):
        return protocol
    if protocol in PROTOCOLS:
        return PROTOCOLS[protocol]
    try:
        return socket.getprotobyname(protocol)
    except (OSError, TypeError):
        return None


def read_ruleset(run: Run, old: str = OLD_TABLES) -> Ruleset | None:
    """Return the host's rules; None if they cannot be read (nft wants root), or if iptables' own code has some."""
    try:
        code, output, _errors = run(["nft", "-j", "list", "ruleset"])
    except OSError:
        return None
    if code != 0:
        return None
    try:
        entries = json.loads(output or "{}").get("nftables") or []
    except ValueError:
        return None
    if os.path.exists(old):
        try:
            with open(old, encoding="ascii") as file:
                if "filter" in file.read().split():
                    return None
        except OSError:
            return None
    return Ruleset(entries)


def read_admitted(ruleset: Ruleset | None, device: str | None) -> dict[str, Any]:
    """Return for each of NEEDS whether a stranger's is let in, and the sources in any rule whose VXLAN is.

    :param device: the one that leads to the other aggregators.
    """
    if ruleset is None:
        return {**dict.fromkeys(NEEDS, UNKNOWN), "sources": []}
    packets = {name: {"source": STRANGER, "device": device, **need} for name, need in NEEDS.items()}
    answers: dict[str, Any] = {name: ruleset.admits(packet) for name, packet in packets.items()}
    named = [
        text for text in ruleset.sources() if ruleset.admits({**packets["vxlan"], "source": text.split("/")[0]}) == YES
    ]
    return {**answers, "sources": named[:MOST_SOURCES]}
