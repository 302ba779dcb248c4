# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data that may get into the files that the roles write on an aggregator.

These files are read by nft, a shell, systemd, udev and NetworkManager, none of which sees where a name ends if the name
has a quote, a space or a line break in it. So the data are checked, whatever their source, and the templates need not
escape. The plan checks by the same shapes what it hands to the roles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

from ..._grammar import MOST_OF_INTERFACE, MOST_OF_SLUG, SLUG, interface_name_problem
from ..._model.names import NETWORK_NAME
from .shapes import Flag, Many, Number, Record, Shape, Text, say, shown

MOST_DEVICES = 4096
MOST_ENTRIES = 4096
UNSIGNED = (1 << 32) - 1
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}").fullmatch
_FOLDER = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+")
_UNSEEN = ("/home/", "/root/", "/run/", "/tmp/", "/var/tmp/", "/dev/", "/proc/", "/sys/")
"""Folders that the unit does not see, or that a start empties."""


def is_address(text: str) -> bool:
    """Return True if the text is an IPv4 or IPv6 address, without a scope."""
    try:
        IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def is_prefix(text: str) -> bool:
    """Return True if the text is an address with a prefix length."""
    address, _slash, length = text.partition("/")
    longest = 128 if ":" in text else 32
    return len(length) < 4 and length.isascii() and length.isdigit() and int(length) <= longest and is_address(address)


def is_network(text: str) -> bool:
    """Return True if the text is a network, or an address alone."""
    return is_prefix(text) if "/" in text else is_address(text)


def _is_folder(text: str) -> bool:
    return bool(_FOLDER.fullmatch(text)) and not f"{text}/".startswith(_UNSEEN)


def _is_ipv4(text: str) -> bool:
    return ":" not in text and is_address(text)


def _is_ipv4_network(text: str) -> bool:
    return ":" not in text and is_network(text)


_ADDRESS = Text("an IPv4 address", 15, _is_ipv4)
_NETWORK = Text("an IPv4 network", 18, _is_ipv4_network)
_PORT = Number(1, 65535, as_text=True)
_NAME = Text(
    "the name of an interface, in letters, digits, _, . and -, not one that Linux reserves",
    MOST_OF_INTERFACE,
    lambda text: interface_name_problem(text) is None,
)
_KEY = Text("the key of a space", MOST_OF_SLUG, SLUG.fullmatch)
_OF_NETWORK = Text("the name of a network", 16, NETWORK_NAME.fullmatch)
_FORWARD = Record(
    {
        "protocol": Text("tcp or udp", 3, ("tcp", "udp").__contains__),
        "port": _PORT,
        "to": _ADDRESS,
        "to_port": _PORT,
        "from": Many(_NETWORK, MOST_ENTRIES, least=1),
    }
)
_MASQUERADE = Record(
    {
        "space": _KEY,
        "zone": Number(0, 65535, as_text=True),
        "device": _NAME,
        "subnet": _NETWORK,
        "untranslated": Many(_NETWORK, MOST_ENTRIES),
        "ipv6": Flag(as_text=True),
        "incoming": Many(_NAME, MOST_DEVICES),
        "port_forwards": Many(_FORWARD, MOST_ENTRIES),
    },
    defaults={"untranslated": [], "ipv6": False, "incoming": [], "port_forwards": []},
)
_RETURN_ROUTE = Record(
    {"address": _ADDRESS, "via": _ADDRESS, "device": _NAME, "table": Number(1, UNSIGNED, as_text=True)}
)
_FIREWALL = Record(
    {
        "device": _NAME,
        "protocol": Text("udp, tcp or ospf", 4, ("udp", "tcp", "ospf").__contains__),
        "port": Number(0, 65535, as_text=True),
        "ipv6": Flag(as_text=True),
        "sources": Many(_ADDRESS, MOST_ENTRIES),
    },
    defaults={"port": 0, "ipv6": False, "sources": []},
)
_LISTS: Mapping[str, Shape] = {
    "masquerade": Many(_MASQUERADE, MOST_ENTRIES),
    "return_routes": Many(_RETURN_ROUTE, MOST_ENTRIES),
    "firewall": Many(_FIREWALL, MOST_ENTRIES),
}
INSTALLED = Record(_LISTS, defaults={"firewall": []})
"""Shape of the JSON file in which role aggregator_host records on the host what it installed."""
FILES: Mapping[str, Record] = {
    "aggregator_host": Record(
        {
            "network": _OF_NETWORK,
            "directory": Text("the path of a folder that a unit of systemd sees", 200, _is_folder),
            "rule_priority": Number(1, 32765, as_text=True),
            "interval": Number(1, 86400, as_text=True),
            **_LISTS,
        }
    ),
    "pwan_gateway": Record(
        {
            "network": _OF_NETWORK,
            "space": _KEY,
            "key": Text("the key of a gateway", 255),
            # of a removed gateway it may be unknown
            "interface": replace(_NAME, optional=True),
        }
    ),
    "device": Record({"mac": Text("a MAC address", 17, _MAC), "interface": _NAME}),
}
"""Shapes of the data for each role's templates; `device` is a gateway's device, once AWS has created it."""


def check_files(given: Any, of: str) -> tuple[dict[str, Any], list[str]]:
    """Return the data of a role's templates, numbers and flags as such, and a sentence for each part that is wrong."""
    wrong: list[str] = []
    data: dict[str, Any] = FILES[of].read(given, "", wrong)
    if not wrong:
        _check_devices(data.get("masquerade") or (), wrong)
        _check_sources(data.get("firewall") or (), wrong)
    return data, wrong


def check_masquerade(entries: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the problems of the masquerading of one host that the plan has made, by space."""
    wrong: list[str] = []
    for space, entry in sorted(entries.items()):
        _MASQUERADE.read(entry, f"masquerade of space {space}", wrong)
    if not wrong:
        _check_devices([entries[space] for space in sorted(entries)], wrong)
    return wrong


def _check_sources(entries: Any, wrong: list[str]) -> None:
    """Refuse a rule that lets packets in from everywhere, or to every port."""
    for number, entry in enumerate(entries):
        if not entry["sources"] and not entry["ipv6"]:
            say(wrong, f"firewall[{number}].sources is empty: by IPv4 nothing is let in from everywhere.")
        if not entry["port"] and entry["protocol"] != "ospf":
            say(wrong, f"firewall[{number}].port is missing: {entry['protocol']} is let in to one port only.")


def _check_devices(entries: Any, wrong: list[str]) -> None:
    """Refuse a device in two zones: nft takes a key once, and the packets of two customers would meet."""
    owners: dict[str, str] = {}
    for entry in entries:
        for name in (entry["device"], *entry["incoming"]):
            other = owners.setdefault(name, entry["space"])
            if other != entry["space"]:
                say(wrong, f"The device {shown(name)} is in the spaces {shown(other)} and {shown(entry['space'])}.")
