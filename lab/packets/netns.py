# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Namespaces, `ip -batch`, nft and daemons; the only place of the packet lab that touches the kernel."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator

NAMESPACES = pathlib.Path("/run/netns")
CLONE_NEWNET = 0x40000000
SYSCTLS = {
    "net.ipv4.ip_forward": 1,
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.default.send_redirects": 0,
    "net.ipv4.conf.all.accept_redirects": 0,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.all.accept_dad": 0,
}
_libc = ctypes.CDLL(None, use_errno=True)


class KernelError(Exception):
    """A command failed; the text holds it, its input and what it printed."""


def run(*command: str, text: str | None = None, check: bool = True) -> str:
    """Run a command to its end with `text` as its input; returns what it printed on standard output."""
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    if check and done.returncode:
        raise KernelError(f"{' '.join(command)}: exit code {done.returncode}\n{text or ''}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def entered(namespace: str) -> Iterator[None]:
    """Inside, this thread is in that network namespace. A socket that is made there stays there."""
    own = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
    try:
        _setns(NAMESPACES / namespace)
        try:
            yield
        finally:
            if _libc.setns(own, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns: no way back into the own network namespace")
    finally:
        os.close(own)


def _setns(path: pathlib.Path) -> None:
    there = os.open(path, os.O_RDONLY)
    try:
        if _libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns", str(path))
    finally:
        os.close(there)


def add_namespaces(names: Iterable[str]) -> None:
    """Make them, with forwarding on, no filter of return paths, and `lo` up."""
    wanted = list(names)
    run("ip", "-batch", "-", text="".join(f"netns add {name}\n" for name in wanted))
    for name in wanted:
        with entered(name):
            for key, value in SYSCTLS.items():
                pathlib.Path("/proc/sys", *key.split(".")).write_text(str(value))
        batch("ip", name, ["link set lo up"])


def delete_namespace(name: str) -> None:
    """Take it away with its devices; a device whose other end is elsewhere takes that along."""
    run("ip", "netns", "del", name, check=False)


def batch(tool: str, namespace: str, lines: Iterable[str], force: bool = False) -> None:
    """Lines for `ip`, `ip -6` or `bridge` in one process. With `force`, a line that fails is passed over."""
    text = "".join(f"{line}\n" for line in lines)
    if text:
        options = ("-force",) if force else ()
        run(*tool.split(), "-n", namespace, *options, "-batch", "-", text=text, check=not force)


def inside(namespace: str, *command: str, text: str | None = None, check: bool = True) -> str:
    """Run a command in a namespace."""
    return run("ip", "netns", "exec", namespace, *command, text=text, check=check)


def nft(namespace: str, text: str) -> None:
    """One transaction."""
    inside(namespace, "nft", "-f", "-", text=text)


def counters(namespace: str) -> dict[str, int]:
    """Packets of each named counter in the namespace."""
    found = json.loads(inside(namespace, "nft", "-t", "-j", "list", "counters"))["nftables"]
    return {entry["counter"]["name"]: int(entry["counter"]["packets"]) for entry in found if "counter" in entry}


def received(namespace: str, device: str) -> int:
    """Packets that came in by a device."""
    shown = json.loads(run("ip", "-n", namespace, "-json", "-stats", "link", "show", "dev", device))
    return int(shown[0]["stats64"]["rx"]["packets"])


def forget_learned(namespace: str, device: str) -> None:
    """A VXLAN device forgets where it has seen MAC addresses; what was set stays."""
    entries = json.loads(run("bridge", "-n", namespace, "-json", "fdb", "show", "dev", device))
    learned = [one["mac"] for one in entries if one["mac"] != "00:00:00:00:00:00"]
    batch("bridge", namespace, [f"fdb del {mac} dev {device}" for mac in learned], force=True)


class Daemons:
    """The lab's daemons by name; each one's output is in a file of the folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, namespace: str, *command: str) -> None:
        """Start it in a namespace."""
        with open(self.folder / f"{name}.log", "wb") as log:
            self._running[name] = subprocess.Popen(
                ["ip", "netns", "exec", namespace, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to its process."""
        self._running[name].send_signal(number)

    def alive(self, name: str) -> bool:
        """Return True if the process runs."""
        return name in self._running and self._running[name].poll() is None

    def output(self, name: str) -> str:
        """Return the output of the process so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def stop(self, name: str) -> None:
        """End it, if it runs."""
        process = self._running.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self) -> None:
        """End all of them."""
        for name in list(self._running):
            self.stop(name)
