# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role aggregator_host on a host with nftables, proved by packets."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from .conftest import Aggregator
from .packets import SERVER, SPACES, ask, fetch, ip, world

FORWARD = {"protocol": "tcp", "port": 8080, "to": "172.16.1.10", "to_port": 80, "from": ["203.0.113.0/24"]}
WAY = {"address": "10.1.0.77", "via": "10.253.0.12", "device": "vx10000000", "table": 10000012}
WAY_BACK = "from 10.1.0.77 lookup 10000012 proto 211"
OLD_RULE = ("ip", "rule", "add", "priority", "5253", "lookup", "10000012", "proto", "211")


def masquerade(space: str, **more: Any) -> dict[str, Any]:
    number, tunnel, octets = SPACES[space]
    given = {
        "space": space,
        "zone": number,
        "device": f"gw{number}",
        "subnet": f"{octets}.0/24",
        "untranslated": [f"{octets}.0/16"],
        "ipv6": space == "globex",
        "incoming": [tunnel, f"vx100000{number}"],
        "port_forwards": [FORWARD] if space == "acme" else [],
    }
    return {**given, **more}


BOTH = [masquerade("acme"), masquerade("globex")]


def rules(aggregator: Aggregator) -> str:
    return aggregator.host.run("ip", "-4", "rule", "show").stdout


def test_what_is_installed_works_comes_back_and_goes(aggregator: Aggregator) -> None:
    host = aggregator.host
    ip(host.namespace, "link add vx10000000 type vxlan id 10000000 dstport 4789 local 127.0.0.1")
    ip(host.namespace, "addr add 10.253.0.7/20 dev vx10000000", "link set vx10000000 up")
    host.run("nft", "add table inet somebody")
    with world(host):
        assert ask("acme", 5000) == "no answer"  # nobody translates

        checked = aggregator.role("--check", masquerade=BOTH, return_routes=[WAY])
        assert (checked.rc, checked.changed > 0) == (0, True), checked.stdout
        assert not host.path("/etc/bonded-internet").exists()

        done = aggregator.role(masquerade=BOTH, return_routes=[WAY])
        assert done.rc == 0, done.stdout
        again = aggregator.role(masquerade=BOTH, return_routes=[WAY])
        assert (again.rc, again.changed) == (0, 0), again.stdout

        # two spaces with the same LAN, the same host, the same ports: each leaves by its own gateway's address
        assert [ask(space, 5001) for space in SPACES] == ["10.101.0.4", "10.102.0.4"]
        # by the VPC's routes an answer finds back, so nothing is translated
        assert ask("acme", 5002, "10.101.0.9") == "172.16.1.10"
        assert fetch("10.101.0.4") == SERVER
        assert fetch("10.102.0.4") == "no answer"
        assert WAY_BACK in rules(aggregator)
        # before anything but the kernel's own: whatever the aggregator's rules are, they come later
        assert rules(aggregator).splitlines()[1].startswith("10:")
        table = host.run("ip", "-4", "route", "show", "table", "10000012").stdout
        assert table.startswith("default via 10.253.0.12 dev vx10000000")

        # another program flushes everything, and the timer's next look brings it back
        host.run("nft", "flush", "ruleset")
        host.run("ip", "rule", "del", "priority", "10")
        assert ask("acme", 5003) == "no answer"
        put_back = aggregator.restore()
        assert put_back.splitlines() == ["table loaded: bonded_demo", "rule added: from 10.1.0.77 lookup 10000012"]
        assert aggregator.restore() == ""
        assert [ask(space, 5004) for space in SPACES] == ["10.101.0.4", "10.102.0.4"]

        # of an older program, and of somebody else's network: only ours goes
        host.run(*OLD_RULE, "from", "10.1.0.77")
        host.run(*OLD_RULE, "from", "10.1.0.78")
        assert aggregator.restore() == "rule deleted: from 10.1.0.77 lookup 10000012\n"
        assert [line for line in rules(aggregator).splitlines() if "5253" in line and "10.1.0.78" in line]
        host.run("ip", "rule", "del", "priority", "5253")

        # it is the zones that keep the spaces apart; that they are gone is noticed too
        host.run("nft", "flush", "chain", "inet", "bonded_demo", "zones")
        assert [ask(space, 5005) for space in SPACES] != ["10.101.0.4", "10.102.0.4"]
        assert aggregator.restore() == "table loaded: bonded_demo\n"

        # a space goes, a bond joins the other, an owner changes
        host.run("nft", "add table inet somebody")
        other = {**WAY, "table": 10000007, "via": "10.253.0.8"}
        joined = masquerade("acme", incoming=["tun17", "tun18", "vx10000011"])
        assert aggregator.role(masquerade=[joined], return_routes=[other]).rc == 0
        assert ask("acme", 5006) == "10.101.0.4"
        assert ask("globex", 5006) == "no answer"
        assert (WAY_BACK in rules(aggregator), "lookup 10000007" in rules(aggregator)) == (False, True)
        tables = host.run("ip", "-4", "route", "show", "table", "all").stdout
        assert ("table 10000012" in tables, "table 10000007" in tables) == (False, True)

    assert aggregator.role(state="absent").rc == 0
    again = aggregator.role(state="absent")
    assert (again.rc, again.changed) == (0, 0), again.stdout
    assert host.run("nft", "list", "tables").stdout.split("\n")[0] == "table inet somebody"
    assert "bonded" not in host.run("nft", "list", "ruleset").stdout
    assert "proto 211" not in rules(aggregator) + host.run("ip", "-4", "route", "show", "table", "all").stdout
    left = [path.name for path in host.path("/etc/systemd/system").rglob("*bonded*")]
    assert (left, list(host.path("/etc/bonded-internet").iterdir())) == ([], [])


def test_two_networks_of_an_aggregator_leave_each_others_return_routes(aggregator: Aggregator) -> None:
    second = {"network": "second", "return_routes": [{**WAY, "address": "10.1.0.78", "table": 11000012}]}
    theirs = "from 10.1.0.78 lookup 11000012 proto 211"
    assert aggregator.role(**second).rc == 0
    assert aggregator.role(return_routes=[WAY]).rc == 0
    assert (WAY_BACK in rules(aggregator), theirs in rules(aggregator)) == (True, True)
    assert aggregator.restore() == ""
    assert aggregator.role(state="absent").rc == 0
    assert (WAY_BACK in rules(aggregator), theirs in rules(aggregator)) == (False, True)
    assert aggregator.role(**{**second, "state": "absent"}).rc == 0
    assert "proto 211" not in rules(aggregator)
    assert list(aggregator.host.path("/etc/bonded-internet").iterdir()) == []


def test_a_timer_looks_after_it_and_the_units_are_sound(aggregator: Aggregator) -> None:
    host = aggregator.host
    (host.path("/run/systemd.log")).unlink(missing_ok=True)
    assert aggregator.role(masquerade=[masquerade("acme")], cloud_init=True).rc == 0
    assert host.systemd_log() == [
        "systemctl daemon-reload",
        "systemctl enable bonded-internet-demo.timer",
        "systemctl start bonded-internet-demo.timer",
    ]
    timer = host.path("/etc/systemd/system/bonded-internet-demo.timer").read_text(encoding="utf-8")
    assert "OnUnitActiveSec=10\n" in timer
    if shutil.which("systemd-analyze"):
        units = [f"/etc/systemd/system/bonded-internet-demo.{kind}" for kind in ("service", "timer")]
        host.run("systemd-analyze", "verify", "--man=no", *units)
        # of 10 points of exposure; root itself, its network and what that needs are the rest
        host.run("systemd-analyze", "security", "--offline=true", "--threshold=20", units[0])
    setting = host.path("/etc/cloud/cloud.cfg.d/99-bonded-internet-demo.cfg").read_text(encoding="utf-8")
    assert "apply_full_imds_network_config: false" in setting
    installed = json.loads(host.path("/etc/bonded-internet/demo.json").read_text(encoding="utf-8"))
    assert installed == {"masquerade": [masquerade("acme")], "return_routes": [], "firewall": []}
    assert aggregator.role(state="absent").rc == 0
    assert list(host.path("/etc/cloud/cloud.cfg.d").iterdir()) == []


HARDENED = """
folder=/run/bonded-internet-demo
mkdir -p $folder && mount --bind $folder $folder
mount -o remount,bind,ro /run && mount -o remount,bind,ro /etc
for place in /run /etc; do if touch $place/x 2>/dev/null; then exit 9; fi; done
exec setpriv --bounding-set=-all,+net_admin --inh-caps=-all --no-new-privs /etc/bonded-internet/demo.sh restore
"""
"""Script that restricts the program as the systemd unit does, as far as that is possible without systemd."""


def test_the_program_needs_no_more_than_the_unit_leaves_it(aggregator: Aggregator) -> None:
    host = aggregator.host
    assert aggregator.role(masquerade=[masquerade("acme")], return_routes=[WAY]).rc == 0
    host.run("nft", "flush", "ruleset")
    host.run("ip", "rule", "del", "priority", "10")
    done = host.run("sh", "-e", "-c", HARDENED).stdout
    assert done.splitlines() == ["table loaded: bonded_demo", "rule added: from 10.1.0.77 lookup 10000012"]
    assert (WAY_BACK in rules(aggregator), host.run("sh", "-e", "-c", HARDENED).stdout) == (True, "")
    unit = host.path("/etc/systemd/system/bonded-internet-demo.service").read_text(encoding="utf-8")
    for line in ("CapabilityBoundingSet=CAP_NET_ADMIN", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert f"\n{line}\n" in unit
    for path in ("demo.nft", "demo.sh", "demo.ways", "demo.json"):
        assert host.path(f"/etc/bonded-internet/{path}").stat().st_mode & 0o022 == 0
    assert aggregator.role(state="absent").rc == 0
    assert not host.path("/run/bonded-internet-demo").exists()


def test_what_fits_into_no_file_is_refused_and_what_nft_would_not_take_is_not_installed(aggregator: Aggregator) -> None:
    strange = masquerade("acme", incoming=['ens5":12,"q'])
    refused = aggregator.role(masquerade=[strange])
    text = "masquerade[0].incoming[0] is not as expected (got 'ens5\":12,\"q', expected the name of an interface"
    assert any(text in failure and "Nothing was written" in failure for failure in refused.failures), refused.stdout
    assert not aggregator.host.path("/etc/bonded-internet/demo.nft").exists()

    # as if the check had let something by
    broken = {**masquerade("acme"), "subnet": "10.101.0.0/99"}
    checked = {"network": "demo", "directory": "/etc/bonded-internet", "rule_priority": 10, "interval": 10}
    extra = {"__aggregator_host_checked": {**checked, "masquerade": [broken], "return_routes": [], "firewall": []}}
    outcome = aggregator.role("-e", json.dumps(extra))
    assert outcome.rc != 0
    assert any("failed to validate" in text for text in outcome.failures)
    assert not aggregator.host.path("/etc/bonded-internet/demo.nft").exists()
    assert "bonded" not in aggregator.host.run("nft", "list", "ruleset").stdout


@pytest.fixture(autouse=True, scope="module")
def nothing_of_this_machine_is_touched() -> Any:
    before = subprocess.run(["find", "/etc", "-name", "*bonded*"], capture_output=True, text=True, check=True).stdout
    yield
    after = subprocess.run(["find", "/etc", "-name", "*bonded*"], capture_output=True, text=True, check=True).stdout
    assert after == before
