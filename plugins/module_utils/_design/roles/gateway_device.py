# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device of a gateway on its host: the files that name it, and the harm that it did to the host.

Many images run DHCP on a new device and move the default route to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_Host = Mapping[str, Any]
NETWORK_MANAGER = "network_manager"
_FILES = (
    ("udev", "/etc/systemd/network/05-{}.link", "device.link.j2", "udevadm control --reload"),
    ("networkd", "/etc/systemd/network/05-{}.network", "device.network.j2", "networkctl reload"),
    (NETWORK_MANAGER, "/etc/NetworkManager/conf.d/90-{}.conf", "device.networkmanager.j2", "nmcli general reload conf"),
)
_DEFAULTS = ("default", "::/0")
_LINK_LOCAL = ("fe", "ff")
"""First letters of link-local and multicast networks, which the kernel gives each device."""


def device_files(name: str, managers: Mapping[str, bool] | None = None) -> list[dict[str, str]]:
    """Return the files that name a device and keep the host's network managers off it.

    `managers` tells which of them run on the host. systemd's files are read by one that starts later, too; the folder
    of NetworkManager exists only with it. Without `managers` all files are returned. `reload` is the command after a
    change, empty for a manager that does not run.
    """
    return [
        {"dest": dest.format(name), "src": src, "reload": reload if managers and managers.get(manager) else ""}
        for manager, dest, src, reload in _FILES
        if managers is None or manager != NETWORK_MANAGER or managers.get(manager)
    ]


def attached_device(mac: str, before: _Host, after: _Host) -> dict[str, Any]:
    """Return the `name` of a device that was attached, and the `harm` that it did to its host meanwhile."""
    device = next((one for one in after["devices"] if one["mac"] == mac), None)
    led = [one["destination"] for one in after["routes"] if device and one["device"] == device["name"]]
    led = [destination for destination in led if not destination.startswith(_LINK_LOCAL)]
    remaining = _addresses(after)
    lost = [address for address in _addresses(before) if address not in remaining]
    harm = []
    if device is None:
        harm.append("the device is gone again")
    elif device["addresses"]:
        harm.append(f"it had been given the addresses {', '.join(device['addresses'])}")
    if led:
        harm.append(f"the main routing table led by it to {', '.join(led)}")
    if _defaults(before) != _defaults(after):
        harm.append("the default route had changed")
    if lost:
        harm.append(f"the addresses {', '.join(lost)} were gone")
    return {"name": device["name"] if device else "", "harm": harm}


def _addresses(host: _Host) -> list[str]:
    return [address for device in host["devices"] for address in device["addresses"]]


def _defaults(host: _Host) -> Sequence[Any]:
    """Return the default routes in an order of their own, each once."""
    return sorted({tuple(sorted((k, str(v)) for k, v in one.items())) for one in host["routes"] if _is_default(one)})


def _is_default(route: Mapping[str, Any]) -> bool:
    return route["destination"] in _DEFAULTS
