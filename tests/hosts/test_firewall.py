# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own firewall on a host: its documented chain, its service, and the file of the role that it includes."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from typing import Any

import pytest

from lab.hosts import Host
from lab.process import ROOT

from .conftest import PREFIX, Aggregator
from .packets import LAN_HOST, SERVER, python, world

SERVICE = "bonding-nftables.service"
FOLDER = "/etc/bonding/nftables"
INCLUDED = f"{FOLDER}/filter-input-50-bonded-internet-demo.nft"
SETTING = f"/etc/systemd/system/{SERVICE}.d/50-bonded-internet-demo.conf"
CHAIN = (ROOT / "lab" / "packets" / "firewall.nft").read_text(encoding="utf-8")
RELOAD = f"""#!/bin/sh
# What the service's reload is taken to do: all rules are replaced by one transaction, with what the folder has.
set -e
{{
    echo 'flush ruleset'
    cat /etc/bonding/chain.nft
    echo 'table inet filter {{ chain included {{'
    cat {FOLDER}/filter-input-*.nft 2>/dev/null || true
    printf '}}\\n}}\\n'
}} | nft -f -
"""
PEER = "10.1.0.13"
RULES: list[dict[str, Any]] = [
    {"device": "ens5", "protocol": "udp", "port": 4789, "sources": [PEER, "10.1.1.12"]},
    {"device": "vx10000011", "protocol": "udp", "port": 6696, "ipv6": True},
    {"device": "vx10000013", "protocol": "ospf", "sources": ["10.254.32.12"]},
    {"device": "vx10000000", "protocol": "tcp", "port": 179, "sources": ["10.253.0.12"]},
]


def furnish(host: Host) -> None:
    """Give the host the vendor's firewall, active."""
    host.path(FOLDER).mkdir(parents=True, exist_ok=True)
    host.path("/etc/bonding/chain.nft").write_text(CHAIN, encoding="utf-8")
    program = host.path(f"/etc/systemd/system/{SERVICE}.reload")
    program.write_text(RELOAD, encoding="utf-8")
    program.chmod(0o755)
    host.run("systemctl", "start", SERVICE)
    host.run("systemctl", "reload", SERVICE)


def listed(host: Host) -> str:
    return host.run("nft", "list", "ruleset").stdout


def admit(host: Host, text: str) -> str:
    """Let the program install this file, as if its check had let it by; returns what it says."""
    host.path("/etc/bonded-internet/demo.input").write_text(text, encoding="utf-8")
    done = host.run("/etc/bonded-internet/demo.sh", "apply", check=False)
    return f"{done.returncode} {done.stdout}{done.stderr}"


def test_what_a_mesh_needs_is_let_in_and_taken_back_where_the_service_does_not_take_it(aggregator: Aggregator) -> None:
    host = aggregator.host
    furnish(host)
    done = aggregator.role(firewall=RULES)
    assert done.rc == 0, done.stdout
    text = host.path(INCLUDED).read_text(encoding="utf-8")
    assert [line.partition(" counter")[0] for line in text.splitlines()[1:]] == [
        'iifname "ens5" ip saddr { 10.1.0.13, 10.1.1.12 } udp dport 4789',
        'iifname "vx10000011" ip6 saddr fe80::/10 udp dport 6696',
        'iifname "vx10000013" ip saddr { 10.254.32.12 } meta l4proto 89',
        'iifname "vx10000000" ip saddr { 10.253.0.12 } tcp dport 179',
    ]
    assert listed(host).count('comment "bonded.internet demo"') == 4
    assert (
        json.loads(host.path("/etc/bonded-internet/demo.json").read_text(encoding="utf-8"))["firewall"][0]["port"]
        == 4789
    )
    assert aggregator.role(firewall=RULES).changed == 0

    # the service's own reload takes all tables along, and the setting of the role puts ours back
    assert "table inet bonded_demo" in listed(host)
    host.run("systemctl", "reload", SERVICE)
    assert "table inet bonded_demo" in listed(host)
    assert "50-bonded" in SETTING and host.path(SETTING).exists()

    # what nft refuses never gets into the service's folder
    program = ("/etc/bonded-internet/demo.sh", "apply")
    good = host.path("/etc/bonded-internet/demo.input").read_text(encoding="utf-8")
    broken = good.replace("udp dport 4789", "udp dport nonsense")
    assert "1 " in admit(host, broken)
    assert host.path(INCLUDED).read_text(encoding="utf-8") == good
    # what only the service refuses is taken back, and its ruleset is as before
    place = host.path(f"/etc/systemd/system/{SERVICE}.reload")
    place.write_text(
        RELOAD.replace("set -e\n", f"set -e\nif grep -q 4790 {INCLUDED}; then exit 1; fi\n"), encoding="utf-8"
    )
    said = admit(host, good.replace("dport 4789", "dport 4790"))
    assert said.startswith("1 ") and "it does not take the file. The file before is back" in said
    assert host.path(INCLUDED).read_text(encoding="utf-8") == good
    # a service that is active, and has other rules than those of its folder
    place.write_text("#!/bin/sh\nnft flush ruleset\n", encoding="utf-8")
    assert "does not have the rules of the file" in admit(host, good + good.splitlines()[1] + "\n")
    assert host.path(INCLUDED).read_text(encoding="utf-8") == good
    place.write_text(RELOAD, encoding="utf-8")
    host.path("/etc/bonded-internet/demo.input").write_text(good, encoding="utf-8")
    assert host.run(*program).stdout == f"rules let in: {INCLUDED}\n"
    assert host.run(*program).stdout == ""
    assert listed(host).count('comment "bonded.internet demo"') == 4
    # a service that is not active is left alone
    host.run("systemctl", "stop", SERVICE)
    assert "is not active" in admit(host, good.replace("10.1.1.12", "10.1.1.14"))
    host.run("systemctl", "start", SERVICE)

    assert aggregator.role(state="absent").rc == 0
    assert "bonded" not in listed(host).replace("rejected", "")
    assert "chain input" in listed(host)
    assert [path.name for path in host.path(FOLDER).iterdir()] == []
    assert not host.path(SETTING).exists()
    assert list(host.path("/etc/bonded-internet").iterdir()) == []


def test_what_would_be_let_in_from_everywhere_is_refused(aggregator: Aggregator) -> None:
    refused = aggregator.role(firewall=[{"device": "ens5", "protocol": "udp", "port": 4789}])
    assert any("firewall[0].sources is empty" in text for text in refused.failures), refused.stdout
    assert not aggregator.host.path(INCLUDED).exists()


TRAFFIC = """
import select, socket, sys, time
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind((sys.argv[1], 5100))
client.setblocking(False)
sent = back = 0
print("ready", flush=True)
end = None
while end is None or time.monotonic() < end:
    if end is None:
        client.sendto(b"?", (sys.argv[2], 7777))
        sent += 1
    time.sleep(0.01)
    try:
        while True:
            back += client.recv(100) == sys.argv[3].encode()
    except BlockingIOError:
        pass
    if end is None and select.select([sys.stdin], [], [], 0)[0]:
        end = time.monotonic() + 1
print(sent, back)
"""
"""A datagram every 10 ms on one connection until a line comes in; counted are answers to the translated address."""
RELOADS = 100
DARK = 0.5
"""Seconds that a reload may cost at most, on average: the rules are loaded, and a program looks and loads its own."""


def test_a_hundred_reloads_under_traffic(aggregator: Aggregator) -> None:
    host = aggregator.host
    furnish(host)
    space = {
        "space": "acme",
        "zone": 11,
        "device": "gw11",
        "subnet": "10.101.0.0/24",
        "incoming": ["tun17"],
    }
    assert aggregator.role(masquerade=[space], firewall=RULES).rc == 0
    with world(host):
        command = python(f"{PREFIX}acme", TRAFFIC, LAN_HOST, SERVER, "10.101.0.4")
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        began = time.monotonic()
        for _number in range(RELOADS):
            host.run("systemctl", "reload", SERVICE)
            assert "bonded_demo" in host.run("nft", "list", "tables").stdout
        seconds = time.monotonic() - began
        sent, back = map(int, process.communicate("stop\n")[0].split())
    assert aggregator.role(state="absent").rc == 0
    print(f"{RELOADS} reloads in {seconds:.1f} s: {sent - back} of {sent} datagrams lost")
    assert 0 < back <= sent
    assert (sent - back) * seconds / sent < RELOADS * DARK


@pytest.fixture(autouse=True, scope="module")
def nothing_of_this_machine_is_touched() -> Any:
    find = shlex.split("find /etc -name '*bond*'")
    before = subprocess.run(find, capture_output=True, text=True, check=True).stdout
    yield
    assert subprocess.run(find, capture_output=True, text=True, check=True).stdout == before
