# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operating systems of instances, which configure a device that is attached at run time: udev names it, DHCP
configures it.

Only instances with files of their own (`furnish`) do so, and they obey these files: a .link file gives the device its
name, and a .network file that says Unmanaged keeps DHCP off. A device keeps the configuration that it got at first.
"""

from __future__ import annotations

import configparser
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lab.hosts import Host

from .applied_state import Piece, configured
from .aws_topology import METRIC, Fabric

SETTINGS = "/etc/systemd/network"


@dataclass
class Systems:
    """The instances with files of their own, by their namespaces.

    :param deaf: those on which a new device is treated as if there were no files.
    :param names: the names that udev has given, by MAC address.
    :param configured: the network interfaces that DHCP has configured.
    """

    hosts: dict[str, Host] = field(default_factory=dict)
    deaf: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    configured: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    def furnish(self, name: str, folder: pathlib.Path, namespace: str) -> Host:
        """Give an instance files of its own, once."""
        if namespace not in self.hosts:
            self.hosts[namespace] = Host(name, folder, namespace)
            self.hosts[namespace].furnish()
        return self.hosts[namespace]

    def meet(self, fabric: Fabric) -> bool:
        """Look at the devices that are new, and forget those that are gone; whether one of them gets another name."""
        named = False
        there = {device.interface_id for device in fabric.devices}
        self.configured &= there
        self._seen &= there
        for device in fabric.devices:
            if device.interface_id in self._seen:
                continue
            self._seen.add(device.interface_id)
            self.names.pop(device.mac, None)
            host = self.hosts.get(device.holder)
            if host is None or device.primary:
                continue
            name, alone = ("", False) if device.holder in self.deaf else settings(host, device.mac)
            if name:
                self.names[device.mac] = name
                named = True
            if not alone:
                self.configured.add(device.interface_id)
        return named

    def pieces(self, fabric: Fabric) -> Iterator[Piece]:
        """Yield the configuration by DHCP: address, and a default route preferred to the first interface's."""
        for device in fabric.devices:
            if device.interface_id not in self.configured:
                continue
            network = fabric.network(device)
            lines = (
                f"link set {device.name} up",
                f"addr add {device.addresses[0]}/{network.prefixlen} dev {device.name}",
                f"route add default via {network[1]} dev {device.name} metric {METRIC // 2}",
            )
            key = f"eni/{device.interface_id}"
            yield configured(f"{key}/dhcp", device.holder, key, *lines)


def settings(host: Host, mac: str) -> tuple[str, bool]:
    """The name that the host's files give to a device, and whether they want it left alone."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(host.path(SETTINGS).glob("*.*")):
        parsed = configparser.ConfigParser(strict=False)
        parsed.read_string(path.read_text(encoding="utf-8"))
        if parsed.has_section("Match") and parsed["Match"].get("MACAddress") == mac and parsed.has_section("Link"):
            # The first file that matches is the one that counts.
            found.setdefault(path.suffix, parsed["Link"])
    unmanaged = found.get(".network", {}).get("Unmanaged", "no")
    return found.get(".link", {}).get("Name", ""), unmanaged in ("yes", "true")
