# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's state as kernel objects, as BIRD's configuration, and as a bonder's translation."""

from __future__ import annotations

from lab.packets import bird, bonders
from lab.packets.aggregators import LEARNED, steady_mac
from lab.packets.applied_state import Piece
from tests.lab.packets.states import SLOTS, bond, network


def made(on: str = "agg1") -> dict[str, Piece]:
    server = network(on)
    return {piece.key: piece for piece in [*server.pieces(), *server.return_routes()]}


def test_a_vxlan_of_a_space_lives_in_the_space_s_table() -> None:
    found = made()
    key = "interface/agg1/vx11"
    assert found[key].up == (
        f"link add vx11 address {steady_mac('agg1', 'vx11')} mtu 1500"
        " type vxlan id 10000011 dstport 4789 local 10.1.0.11 dev ens5 ttl 64",
        "link set vx11 up",
    )
    assert found[f"{key}/10.1.0.12"].up == ("fdb append 00:00:00:00:00:00 dev vx11 dst 10.1.0.12",)
    assert found[f"{key}/10.254.0.1/24"].up == ("addr add 10.254.0.1/24 dev vx11 noprefixroute",)
    assert found[f"{key}/10.254.0.1/24/net"].up == ("route replace 10.254.0.0/24 dev vx11 table 1011",)
    assert [found[f"{key}/{way}"].up for way in ("iif", "oif")] == [
        ("rule add iif vx11 lookup 1011 pref 1100",),
        ("rule add oif vx11 lookup 1011 pref 1100",),
    ]
    assert found["space/agg1/acme"].up == ("route replace unreachable default metric 4278198272 table 1011",)


def test_one_without_a_space_lives_in_the_main_table() -> None:
    found = made()
    assert found["interface/agg1/vx0/10.253.0.1/24"].up == ("addr add 10.253.0.1/24 dev vx0",)
    assert "interface/agg1/vx0/iif" not in found


def test_a_bond_s_tunnel_and_its_routes() -> None:
    found = made()
    assert (found["tunnel/17"].namespace, found["tunnel/17"].up[0]) == (
        "agg1",
        "link add tun17 mtu 1400 type veth peer name tun0 netns bond-17 mtu 1400",
    )
    assert found["tunnel/17/10.1.0.50"].up == (
        f"route replace 10.1.0.50/32 via 100.64.0.35 dev tun17 onlink proto {LEARNED}",
    )
    assert found["tunnel/17/10.1.0.50/main"].up == ("rule add from 10.1.0.50 iif tun17 lookup main pref 1000",)
    # Its LANs come by BGP: only the next hop is known from the beginning.
    assert found["tunnel/17/net"].up == ("route replace 100.64.0.35 dev tun17 table 1011",)
    assert not [key for key in found if key.startswith(("tunnel/17/172.16.1", "tunnel/17/192.168.17"))]


def test_the_way_back_leads_to_the_owner_from_everybody_else() -> None:
    found = made("agg2")
    assert {key for key in found if key.startswith("back/")} == {"back/agg2/agg1", "back/agg2/agg1/10.1.0.50"}
    assert found["back/agg2/agg1"].up == ("route replace default via 10.253.0.1 dev vx0 table 7001",)
    assert found["back/agg2/agg1/10.1.0.50"].up == ("rule add from 10.1.0.50 lookup 7001 pref 20",)


def test_bird_s_configuration_as_the_server_says_it() -> None:
    server = network()
    aggregator = server.aggregators()[0]
    block = {"patterns": ["vx11"], "type": "wired", "rxcost": 32, "hello_interval": 1, "update_interval": None}
    babel = {"name": "demo_babel_11", "protocol": "babel", "space": "acme", "enabled": True, "active": True, **SLOTS}
    text = bird.configuration(server, {**aggregator, "protocols": [{**babel, "interfaces": [block]}]})
    assert (
        text
        == """router id 10.1.0.11;
log stderr { info, warning, error, fatal, bug };
protocol device { scan time 10; }
protocol kernel kernel_main {
  kernel table 254; learn yes; scan time 10;
  ipv4 { table master4;
    import filter { if krt_source = 200 then { preference = 500; accept; } reject; };
    export filter { if source ~ [ RTS_INHERIT, RTS_DEVICE ] then reject; accept; };
  };
}
ipv4 table space_acme;
protocol kernel kernel_space_acme {
  kernel table 1011; learn yes; scan time 10;
  ipv4 { table space_acme;
    import filter { if krt_source = 200 then { preference = 500; accept; } reject; };
    export filter { if source ~ [ RTS_INHERIT, RTS_DEVICE ] then reject; accept; };
  };
}
filter demo_export_11 {
  if net.len > 24 then reject;
  accept;
}
protocol babel demo_babel_11 {
  ipv4 { table space_acme; import all; export filter demo_export_11; };
  interface "vx11" { type wired; rxcost 32; hello interval 1 s; };
}
protocol bgp bond_17 {
  ipv4 { table space_acme;
    import filter { preference = 500; accept; };
    export none;
  };
  local 100.64.0.34 as 64511; neighbor 100.64.0.35 as 64496;
  direct; passive; hold time 9; keepalive time 3; connect retry time 1; connect delay time 1; error wait time 1,2;
}
"""
    )


def test_a_bonder_tells_of_its_lans_of_the_private_wan_only() -> None:
    text = bird.bonder(bond(17, "agg1"))
    assert "protocol static lans {\n  ipv4;\n  route 172.16.1.0/24 blackhole;\n}\n" in text
    assert 'import none; export where proto = "lans";' in text
    assert "local 100.64.0.35 as 64496; neighbor 100.64.0.34 as 64511;" in text


def test_a_bond_has_a_session_where_it_is_and_only_if_it_has_something_to_say() -> None:
    away, quiet = network("agg2"), network()
    assert "bond_17" not in bird.configuration(away, away.aggregators()[0])
    assert "bond_17" in bird.configuration(away, away.aggregators()[1])
    for connected in quiet.bonds("agg1")[0]["connected_ips"]:
        connected["include_private_wan"] = False
    assert "bond_17" not in bird.configuration(quiet, quiet.aggregators()[0])


def test_what_is_switched_off_does_not_run() -> None:
    server = network()
    off = {"name": "off", "protocol": "static", "space": None, "enabled": False, "active": True, **SLOTS, "routes": []}
    assert "protocol static" not in bird.configuration(server, {**server.aggregators()[0], "protocols": [off]})


def test_a_bonder_translates_one_host_in_and_its_network_out() -> None:
    text = bonders.translation(bond(17, "agg1"))
    assert '    iifname "tun0" ip daddr 10.1.0.50 dnat to 192.168.17.10\n' in text
    assert '    oifname "tun0" ip saddr 192.168.17.0/24 snat to 10.1.0.50\n' in text
    assert "172.16.1" not in text
