# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fabric's filters as nftables text: source/destination check, security groups, internet and NAT gateways. Pure.

Each text is one transaction. Counters are made once and live on; rules and elements are replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .aws_topology import Device

VPC_COUNTERS = ("mac_drop", "mcast_drop", "bcast_drop", "src_drop", "dst_drop", "group_out_drop", "group_in_drop")

_VPC = """table bridge vpc {
  set ports { type ifname; }
  set mac { type ifname . ether_addr; }
  set own { type ifname . ipv4_addr; }
  set checked { type ifname; }
  set dead { type ifname; }
  set guarded { type ifname; }
  set flows {
    type ifname . ipv4_addr . inet_service . ipv4_addr . inet_service
    size 65535; flags dynamic,timeout; timeout 5m;
  }
  set echoes { typeof iifname . ip saddr . ip daddr . icmp id; size 65535; flags dynamic,timeout; timeout 5m; }
%(counters)s
  chain egress { }
  chain ingress { }
  chain by_address { }
  chain pre { type filter hook prerouting priority 0; policy accept;
    iifname @dead counter name dead_drop drop
    iifname @ports iifname . ether saddr != @mac counter name mac_drop drop
    iifname @ports icmpv6 type nd-neighbor-solicit accept
    iifname @ports meta pkttype multicast counter name mcast_drop drop
    iifname @ports meta pkttype broadcast ether type != arp counter name bcast_drop drop
    iifname @checked ether type ip iifname . ip saddr != @own counter name src_drop drop
    iifname @guarded ether type ip jump egress
  }
  # A chain of its own: what a rule of a group accepts is not looked at again in the other one.
  chain router { type filter hook prerouting priority 10; policy accept;
    jump by_address
  }
  chain post { type filter hook postrouting priority 0; policy accept;
    oifname @dead counter name dead_drop drop
    oifname @checked ether type ip oifname . ip daddr != @own counter name dst_drop drop
    oifname @guarded ether type ip jump ingress
  }
}
"""

_INTERNET_GATEWAY = """table ip igw {
  map outward { type ipv4_addr : ipv4_addr; }
  map inward { type ipv4_addr : ipv4_addr; }
  set private { type ipv4_addr; }
  set public { type ipv4_addr; }
  counter out_drop { }
  counter in_drop { }
  chain pre { type filter hook prerouting priority -300; policy accept;
    iifname "inet0" ip daddr != @public counter name in_drop drop
    iifname "inet0" ip daddr set ip daddr map @inward
  }
  chain forward { type filter hook forward priority 0; policy accept;
    iifname "vpc" ip saddr != @private counter name out_drop drop
  }
  chain post { type filter hook postrouting priority 300; policy accept;
    oifname "inet0" ip saddr set ip saddr map @outward
  }
}
"""


def vpc_base() -> str:
    """The part of a VPC's filter that never changes."""
    counters = "\n".join(f"  counter {name} {{ }}" for name in ("dead_drop", *VPC_COUNTERS))
    return _VPC % {"counters": counters}


def internet_gateway_base() -> str:
    """The part of an internet gateway's filter that never changes: it translates mapped addresses, drops all others."""
    return _INTERNET_GATEWAY


def _elements(name: str, elements: Iterable[str], table: str) -> Iterator[str]:
    found = sorted(set(elements))
    yield f"flush set {table} {name}" if name not in ("outward", "inward") else f"flush map {table} {name}"
    if found:
        yield f"add element {table} {name} {{ {', '.join(found)} }}"


def internet_gateway(mapped: Mapping[str, str]) -> str:
    """Return the nftables script of an internet gateway's translations: private address -> public one."""
    table = "ip igw"
    lines = [
        *_elements("outward", (f"{private} : {public}" for private, public in mapped.items()), table),
        *_elements("inward", (f"{public} : {private}" for private, public in mapped.items()), table),
        *_elements("private", mapped, table),
        *_elements("public", mapped.values(), table),
    ]
    return "".join(f"{line}\n" for line in lines)


def nat_gateway(private_ip: str) -> str:
    """A NAT gateway translates what comes to it into its own private address; nothing comes in unasked."""
    return f"""table ip nat {{
  counter invalid_drop {{ }}
  chain forward {{ type filter hook forward priority 0; policy accept;
    ct state invalid counter name invalid_drop drop
  }}
  chain post {{ type nat hook postrouting priority srcnat; policy accept;
    ct direction original oifname "eth0" snat to {private_ip}
  }}
}}
"""


def vpc(devices: Sequence[Device], groups: Sequence[Mapping[str, Any]]) -> str:
    """Return the nftables script of a VPC: addresses, source checks, and a counted rule for each rule of a group."""
    table = "bridge vpc"
    lines = [
        *_elements("ports", (f'"{one.port}"' for one in devices), table),
        *_elements("mac", (f'"{one.port}" . {one.mac}' for one in devices), table),
        *_elements("own", (f'"{one.port}" . {address}' for one in devices for address in one.addresses), table),
        *_elements("checked", (f'"{one.port}"' for one in devices if one.checked), table),
        *_elements("guarded", (f'"{one.port}"' for one in devices if not one.nat_gateway), table),
    ]
    for direction in ("egress", "ingress"):
        lines += [f"flush chain {table} {direction}", *_tracked(table, direction)]
        for group in groups:
            members = [one for one in devices if group["id"] in one.groups]
            for rule in group[direction] if members else ():
                lines += _rule(table, direction, group["id"], members, rule, devices)
        lines.append(f"add rule {table} {direction} counter name {_DROPPED[direction]} drop")
    return "".join(f"{line}\n" for line in lines)


_DROPPED = {"egress": "group_out_drop", "ingress": "group_in_drop"}
_REMOTE = {"egress": ("iifname", "d", "s"), "ingress": ("oifname", "s", "d")}
"""For each direction: how the interface is matched, and whether the remote side is the destination or the source."""


def _flow(direction: str) -> tuple[str, str]:
    name, far, near = _REMOTE[direction]
    # Without the protocol: nftables 1.0.6 cannot show elements of more than five parts.
    flow = f"{name} . ip {far}addr . th {far}port . ip {near}addr . th {near}port"
    return flow, f"{name} . ip {far}addr . ip {near}addr . icmp id"


def _tracked(table: str, direction: str) -> Iterator[str]:
    """Groups are stateful: what belongs to a flow that was let through the other way passes."""
    flow, echo = _flow(direction)
    yield f"add rule {table} {direction} ip protocol {{ tcp, udp }} {flow} @flows accept"
    yield f"add rule {table} {direction} icmp type echo-reply {echo} @echoes accept"
    yield f"add rule {table} {direction} icmp type {{ destination-unreachable, time-exceeded }} accept"


def counter_name(direction: str, group_id: str, rule: Mapping[str, Any]) -> str:
    """The name of the counter of one rule of a group."""
    parts = (direction, group_id, rule["protocol"], rule["from_port"], rule["to_port"], rule["peer"])
    return "".join(letter if letter.isalnum() else "_" for letter in "_".join(map(str, parts)))


def _rule(
    table: str,
    direction: str,
    group_id: str,
    members: Sequence[Device],
    rule: Mapping[str, Any],
    devices: Sequence[Device],
) -> Iterator[str]:
    """One rule of AWS. A peer that is a group means the private addresses of its members, and nothing else."""
    name, far, _near = _REMOTE[direction]
    peer = str(rule["peer"])
    if ":" in peer:
        return
    match = [f"{name} {{ {', '.join(sorted(_quoted(one.port) for one in members))} }}"]
    if peer.startswith("sg-"):
        addresses = sorted({address for one in devices if peer in one.groups for address in one.addresses})
        if not addresses:
            return
        match.append(f"ip {far}addr {{ {', '.join(addresses)} }}")
    elif peer != "0.0.0.0/0":
        match.append(f"ip {far}addr {peer}")
    counter, flow, echo = counter_name(direction, group_id, rule), *_flow(direction)
    yield f"add counter {table} {counter}"
    start = f"add rule {table} {direction} {' '.join(match)}"
    protocol = str(rule["protocol"])
    if protocol in ("-1", "tcp", "udp"):
        ports = "" if rule["from_port"] in (None, -1) else f" th dport {rule['from_port']}-{rule['to_port']}"
        kinds = "{ tcp, udp }" if protocol == "-1" else protocol
        yield f"{start} ip protocol {kinds}{ports} update @flows {{ {flow} }} counter name {counter} accept"
    if protocol in ("-1", "icmp"):
        yield f"{start} icmp type echo-request update @echoes {{ {echo} }} counter name {counter} accept"
        yield f"{start} ip protocol icmp counter name {counter} accept"
    if protocol == "-1":
        yield f"{start} counter name {counter} accept"


def _quoted(name: str) -> str:
    """A device's name as nft wants it."""
    return f'"{name}"'


def by_address(ports: Mapping[str, str], wanted: bool) -> str:
    """A fabric that overlooks the next hop's MAC address: all goes to the router. `ports`: port -> its router's MAC."""
    lines = ["flush chain bridge vpc by_address"]
    if wanted:
        start = "add rule bridge vpc by_address"
        for port, mac in sorted(ports.items()):
            lines.append(f'{start} iifname "{port}" ether type ip ether daddr set {mac} meta pkttype set host')
    return "".join(f"{line}\n" for line in lines)


def forget_flows() -> str:
    """The groups forget which flows they have let through."""
    return "flush set bridge vpc flows\nflush set bridge vpc echoes\n"


def hung(port: str, wanted: bool) -> str:
    """An instance that hangs: nothing comes out of it or in, and no device goes down."""
    return f'{"add" if wanted else "delete"} element bridge vpc dead {{ "{port}" }}\n'
