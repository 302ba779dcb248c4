# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role eip_cpe_nat on the stand-ins: two entries of one bond, from nothing and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.running import Site

from .running import Role

PRIMARY = "eni-0d00000000000a901"


@pytest.fixture
def role(empty: Site) -> Role:
    return Role(empty, "eip_cpe_nat")


def entries(*names: str) -> dict[str, Any]:
    """Entries of bond 17, each with a connected network of its own."""
    made = [
        {
            "key": name,
            "bond": 17,
            "interface": "eth2",
            "connected_ip": f"192.168.{number}.1/24",
            "nat_ip": f"192.168.{number}.10",
            "interface_id": PRIMARY,
            "private_ip": None,
            "preferred_private_ip": f"10.1.0.{number}",
            "include_private_wan": number == 100,
        }
        for number, name in enumerate(names, 100)
    ]
    return {"network": "demo", "ips": made}


def test_makes_entries_and_takes_them_away(empty: Site, role: Role) -> None:
    server, aws = empty.server.state(), empty.cloud.state()
    wanted = entries("web", "mail")
    role.unchanged("present", wanted, ["--check"])
    role.changes("present", wanted)

    addresses = empty.ours("addresses")
    assert {key: (one["network_interface_id"], one["private_ip"]) for key, one in addresses.items()} == {
        "cpe-nat/web": (PRIMARY, "10.1.0.100"),
        "cpe-nat/mail": (PRIMARY, "10.1.0.101"),
    }
    bond = empty.bond(17)
    assert {(one["ip"], one["nat_ip"]) for one in bond["cpe_nat_ips"]} == {
        ("10.1.0.100", "192.168.100.10"),
        ("10.1.0.101", "192.168.101.10"),
    }
    connected = {one["ip"]: (one["interface"], one["include_private_wan"]) for one in bond["connected_ips"]}
    assert connected["192.168.100.1/24"] == ("eth2", True)
    assert connected["192.168.101.1/24"] == ("eth2", False)
    # The aggregator's own public address is the one that it had.
    interface = next(one for one in empty.cloud.state()["network_interfaces"] if one["id"] == PRIMARY)
    assert interface["addresses"][0]["association"]["public_ip"] == "203.0.113.11"

    # Its private address is not known to whoever removes it; the Elastic IP is kept.
    mail = entries("web", "mail")["ips"][1]
    assert role("absent", {"network": "demo", "ips": [mail]}).code == 0
    assert [one["ip"] for one in empty.bond(17)["cpe_nat_ips"]] == ["10.1.0.100"]
    kept = empty.ours("addresses")["cpe-nat/mail"]
    assert kept["public_ip"] == addresses["cpe-nat/mail"]["public_ip"]
    assert (kept["tags"]["bonded.internet/retired"], kept["private_ip"]) == ("true", None)

    # Both are released: the kept one, whose bond is not named any more, and the other.
    web = {**entries("web")["ips"][0], "private_ip": "10.1.0.100"}
    assert role("absent", {"network": "demo", "ips": [web, {"key": "mail"}], "release": True}).code == 0
    assert empty.cloud.state() == aws
    assert empty.server.state()["bonds"] == server["bonds"]
