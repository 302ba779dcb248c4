# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces around an aggregator: two spaces with the same LAN, and the Internet. One exchange by UDP or TCP."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from lab.hosts import Host

from .conftest import PREFIX

SERVER = "203.0.113.10"
LAN_HOST = "172.16.1.10"
SPACES = {"acme": (11, "tun17", "10.101.0"), "globex": (12, "tun21", "10.102.0")}
"""Name: (id, the device of its bond, the first octets of its gateway's subnet)."""

ECHO = """
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 7777))
print("ready", flush=True)
while True:
    data, peer = server.recvfrom(100)
    server.sendto(peer[0].encode(), peer)
"""
ASK = """
import socket, sys
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind((sys.argv[1], int(sys.argv[2])))
client.settimeout(2)
client.sendto(b"?", (sys.argv[3], 7777))
try:
    print(client.recvfrom(100)[0].decode())
except TimeoutError:
    print("no answer")
"""
PAGE = """
import socket, sys
server = socket.create_server((sys.argv[1], 80))
print("ready", flush=True)
while True:
    connection, peer = server.accept()
    connection.sendall(peer[0].encode())
    connection.close()
"""
FETCH = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], 8080), 2, (sys.argv[2], 0)) as client:
        print(client.recv(100).decode())
except OSError as error:
    print("no answer")
"""


def ip(namespace: str, *lines: str) -> None:
    """Run lines of iproute2 in a namespace."""
    subprocess.run(["ip", "-n", namespace, "-batch", "-"], input="\n".join(lines) + "\n", text=True, check=True)


def python(namespace: str, program: str, *arguments: str) -> list[str]:
    return ["ip", "netns", "exec", namespace, "python3", "-c", program, *arguments]


def link(one: str, name: str, other: str, peer: str) -> None:
    """A pair of devices that are up."""
    command = ["ip", "link", "add", name, "netns", one, "type", "veth", "peer", "name", peer, "netns", other]
    subprocess.run(command, check=True)
    ip(one, f"link set {name} up")
    ip(other, f"link set {peer} up")


def ask(space: str, port: int, server: str = SERVER) -> str:
    """The source address that the server sees of a packet of the space's LAN host, if the answer comes back."""
    command = python(f"{PREFIX}{space}", ASK, LAN_HOST, str(port), server)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def fetch(address: str) -> str:
    """From the Internet, by TCP port 8080: the source address that the host behind sees."""
    command = python(f"{PREFIX}inet", FETCH, address, SERVER)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def world(host: Host) -> Iterator[None]:
    """Two LANs behind the aggregator and the Internet before it; each space is a routing table of its own."""
    agg, inet = host.namespace, f"{PREFIX}inet"
    names = [inet, *(PREFIX + space for space in SPACES)]
    with ExitStack() as stack:
        for name in names:
            subprocess.run(["ip", "netns", "add", name], check=True)
            stack.callback(subprocess.run, ["ip", "netns", "del", name], check=True)
            ip(name, "link set lo up")
        ip(inet, f"addr add {SERVER}/32 dev lo")
        for space, (number, tunnel, octets) in SPACES.items():
            lan = PREFIX + space
            link(agg, tunnel, lan, "eth0")
            link(agg, f"gw{number}", inet, f"eth{number}")
            ip(lan, f"addr add {LAN_HOST}/24 dev eth0", "route add default dev eth0")
            ip(inet, f"addr add {octets}.1/24 dev eth{number}")
            ip(
                agg,
                f"addr add {octets}.4/24 dev gw{number} noprefixroute",
                f"route add {octets}.0/24 dev gw{number} table {number}",
                f"route add default via {octets}.1 dev gw{number} table {number}",
                f"route add 172.16.1.0/24 dev {tunnel} table {number}",
                f"rule add iif {tunnel} lookup {number}",
                f"rule add iif gw{number} lookup {number}",
            )
            host.run("sysctl", "-q", "-w", f"net.ipv4.conf.{tunnel}.proxy_arp=1")
        # AWS's internet gateway lets nothing pass that has no public address
        drop = f"ip saddr 172.16.0.0/12 ip daddr {SERVER} drop"
        text = f"table inet igw {{ chain input {{ type filter hook input priority 0; {drop}; }}; }}\n"
        subprocess.run(["ip", "netns", "exec", inet, "nft", "-f", "-"], input=text, text=True, check=True)
        # a host of acme's VPC, whose route table leads to the gateway
        ip(inet, "addr add 10.101.0.9/24 dev eth11", "route add 172.16.1.0/24 via 10.101.0.4")
        for namespace, program, address in (
            (inet, ECHO, SERVER),
            (inet, ECHO, "10.101.0.9"),
            (f"{PREFIX}acme", PAGE, LAN_HOST),
        ):
            process = subprocess.Popen(python(namespace, program, address), stdout=subprocess.PIPE, text=True)
            stack.callback(process.wait)
            stack.callback(process.kill)
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise AssertionError("a server did not start")
            stack.callback(process.stdout.close)
        yield
