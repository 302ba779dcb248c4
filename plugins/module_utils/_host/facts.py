# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Linux host's devices, routes and rules, and what this collection has left on it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # an aggregator's Python may be older than these are
    from collections.abc import Callable

    Run = Callable[[list[str]], tuple[int, str, str]]
    """Runs a program: (exit code, output, errors)."""

MANAGERS = {
    "networkd": "run/systemd/netif",
    "udev": "run/udev/control",
    "network_manager": "run/NetworkManager",
    "cloud_init": "etc/cloud",
}
"""Programs that may configure a new device, and the path that exists if they are installed."""
EMPTY: dict[str, list[Any]] = {"masquerade": [], "return_routes": [], "firewall": []}
FIREWALL = {"directory": "etc/bonding/nftables", "known_ips": "etc/bonding/known_ips"}
"""Paths at which the vendor's firewall takes additional rules (6.6 and later) and addresses (6.5)."""
CONFIGURATION = "/var/lib/bonding/configuration.json"
"""The cached copy of what the management server has for the node. Its format is not documented."""
MOST_OF_CONFIGURATION = 64 * 1024 * 1024


class HostError(Exception):
    """The host cannot be read; the text says what was tried."""


def read_devices(run: Run) -> list[dict[str, Any]]:
    """Return every device; its addresses are those configured on it, and those that are local by a route to it."""
    devices = []
    for link in _ip(run, "-d", "address", "show"):
        info = link.get("linkinfo") or {}
        flags = link.get("flags") or []
        devices.append(
            {
                "name": link["ifname"],
                "mac": link.get("address"),
                "kind": info.get("info_kind"),
                "vni": (info.get("info_data") or {}).get("id") if info.get("info_kind") == "vxlan" else None,
                "mtu": link.get("mtu"),
                "up": "UP" in flags,
                "carrier": "LOWER_UP" in flags,
                "master": link.get("master"),
                "elsewhere": info.get("info_kind") == "veth" and "link_netnsid" in link,
                "addresses": [
                    f"{address['local']}/{address['prefixlen']}"
                    for address in link.get("addr_info") or ()
                    if address.get("scope") != "link"
                ],
            }
        )
    by_name = {device["name"]: device for device in devices}
    for route in _ip(run, "-4", "route", "show", "table", "local", "type", "local"):
        device = by_name.get(route.get("dev"))
        if device is None or "/" in route["dst"]:
            continue
        if route["dst"] not in [address.split("/")[0] for address in device["addresses"]]:
            device["addresses"].append(f"{route['dst']}/32")
    return devices


def read_routes(run: Run) -> list[dict[str, Any]]:
    """Return the main table, both families."""
    return [
        {"destination": route["dst"], "gateway": route.get("gateway"), "device": route.get("dev")}
        for family in ("-4", "-6")
        for route in _ip(run, family, "route", "show", "table", "main")
    ]


def read_rules(run: Run) -> list[dict[str, Any]]:
    """Return the IPv4 rules."""
    return [
        {
            "priority": rule.get("priority"),
            "from": rule.get("src"),
            "incoming": rule.get("iif"),
            "outgoing": rule.get("oif"),
            "table": rule.get("table"),
        }
        for rule in _ip(run, "-4", "rule", "show")
    ]


def read_managers(root: str = "/") -> dict[str, bool]:
    """Return for each of MANAGERS if its path exists."""
    return {name: os.path.exists(os.path.join(root, path)) for name, path in MANAGERS.items()}


def read_namespaces(run: Run) -> list[dict[str, Any]]:
    """Return the named network namespaces with their devices; None where these cannot be read, which wants root."""
    code, output, _errors = run(["ip", "netns", "list"])
    found: list[dict[str, Any]] = []
    for line in output.splitlines() if code == 0 else ():
        name = (line.split() or [""])[0]
        if name:
            found.append({"name": name, "devices": _devices_of(run, name)})
    return found


def _devices_of(run: Run, namespace: str) -> list[str] | None:
    code, output, _errors = run(["ip", "-n", namespace, "-j", "link", "show"])
    if code != 0:
        return None
    try:
        return [link["ifname"] for link in json.loads(output or "[]") if link]
    except ValueError:
        return None


def read_firewall(root: str = "/") -> dict[str, bool]:
    """Return which of FIREWALL are there."""
    return {name: os.path.exists(os.path.join(root, path)) for name, path in FIREWALL.items()}


def read_configuration(path: str = CONFIGURATION) -> str | None:
    """Return the text of the node's cached configuration, or None if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(MOST_OF_CONFIGURATION)
    except OSError:
        return None


def read_installed(path: str) -> dict[str, Any]:
    """Return the record that role aggregator_host wrote on the host; an empty one if there is no such file."""
    if not os.path.exists(path):
        return dict(EMPTY)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise HostError(f"{path} is not JSON ({error}): delete it, and the next run makes it again.") from error
    return found


def _ip(run: Run, *arguments: str) -> list[dict[str, Any]]:
    command = ["ip", "-j", *arguments]
    code, output, errors = run(command)
    if code != 0:
        raise HostError(f"{' '.join(command)} ended with {code}: {errors.strip() or 'no word'}")
    try:
        # an iproute2 that has nothing to say prints nothing, and some leave empty objects
        return [entry for entry in json.loads(output or "[]") if entry]
    except ValueError as error:
        raise HostError(f"{' '.join(command)} printed no JSON ({error}): iproute2 4.14 or later is needed.") from error
