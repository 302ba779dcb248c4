# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's side of what AWS attaches and detaches: a device with the network interface's MAC address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lab.hosts import Host
from tests.playbooks.running import Site

from .packets import ip


@contextmanager
def hotplug(site: Site, host: Host, *then: str, network: str = "demo") -> Iterator[None]:
    """For each network interface of a gateway that gets attached a device; `then` is what others do to the first."""
    end, known = threading.Event(), set[str]()

    def watch() -> None:
        while not end.wait(0.3):
            for interface in site.ours("network_interfaces", network).values():
                if interface["attachment"] and interface["mac"] not in known:
                    known.add(interface["mac"])
                    name, peer = f"ens{5 + len(known)}", f"other{len(known)}"
                    add = f"link add {name} address {interface['mac']} type veth peer name {peer}"
                    ip(host.namespace, add, *(then if len(known) == 1 else ()))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def unplug(host: Host, count: int = 1) -> None:
    """The kernel's side of their detachment."""
    ip(host.namespace, *(f"link del other{number + 1}" for number in range(count)))
