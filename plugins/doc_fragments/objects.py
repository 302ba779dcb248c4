# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of objects on the management server, for modules of one object and of many."""

from __future__ import annotations

from textwrap import indent


def _elements(name: str, description: str, options: str, required: bool = False) -> str:
    """Return the documentation of an option that is a list of objects with these options.

    :param options: a reference to one of them is written O(.name)
    """
    kind = "type: list\n  elements: dict\n" + "  required: true\n" * required
    head = f"{name}:\n  description:\n    - {description}\n  {kind}  suboptions:\n"
    return indent(head + indent(options.replace("O(.", f"O({name}[]."), "    "), "  ")


def _options(options: str) -> str:
    """Return a fragment with these options."""
    return "options:\n" + indent(options.replace("O(.", "O("), "  ")


def _parent(kind: str) -> str:
    """Return the documentation of the option that names the aggregator or bond of an object."""
    return f"""
{kind}:
  description:
    - The {kind}. Digits are an id, anything else is its exact name.
    - If several {kind}s that the user can see have that name, the module fails and lists their ids and spaces.
  type: str
  required: true
"""


_AGGREGATOR, _BOND = _parent("aggregator"), _parent("bond")
_RETURNED = """
notes:
  - In check mode the returned object is what it would be, with the defaults of the server as far as they are known.
"""
_STATE = """
state:
  description: Whether the object is to be there. Under V(absent) only the options that are required count.
  type: str
  choices: [present, absent]
  default: present
"""
_INTERFACE = """
name:
  description:
    - The name of the interface on the aggregator, 1 to 15 ASCII letters, digits, C(_), C(.) and C(-).
    - It identifies the interface and cannot be changed.
  type: str
  required: true
space:
  description:
    - The key of the space that the interface belongs to.
    - V(null) puts it into the main routing table.
  type: str
enabled:
  description: Whether the interface is in use. The server's default for a new one is V(true).
  type: bool
mtu:
  description: The MTU in bytes. V(null) leaves it to the host.
  type: int
addresses:
  description:
    - All addresses of the interface with their prefix lengths, IPv4 and IPv6. The order means nothing.
    - The aggregator's own address is refused, because with it on an interface the host would not come back after a
      restart.
  type: list
  elements: str
"""
_ETHERNET = """
accept_ra:
  description: Whether an Ethernet interface accepts IPv6 router advertisements. The server's default is V(false).
  type: bool
"""
_VXLAN = """
vni:
  description:
    - The VXLAN network identifier, 1 to 16777215. Needed for a new VXLAN interface.
    - A wrong one connects two customers with each other.
  type: int
endpoints:
  description: All other ends of the tunnel of a VXLAN interface. The order means nothing.
  type: list
  elements: dict
  suboptions:
    ip:
      description: The address of the other aggregator; on AWS its private one.
      type: str
      required: true
    vni:
      description:
        - The VNI to send to that endpoint.
        - If not given, it is O(.vni), which must be given then.
      type: int
"""
_SECTION_INTERFACE = """
type:
  description:
    - The type of the interface; needed except under O(state=deleted). It cannot be changed.
    - An interface of type V(vlan) is accepted if it is as given, and refused if it would have to be written.
  type: str
  choices: [ethernet, vlan, vxlan]
parent:
  description: The name of the interface below it, for type V(vlan).
  type: str
vlan_id:
  description: The VLAN, for type V(vlan).
  type: int
"""
_FILTER = """
name:
  description:
    - The name of the filter. It identifies the filter on the aggregator and cannot be changed.
    - It is a symbol of BIRD, 1 to 64 ASCII letters, digits and C(_), the first no digit.
  type: str
  required: true
family:
  description: The IP version of the routes that the filter judges. Needed for a new one.
  type: str
  choices: [ipv4, ipv6]
body:
  description: The text of the filter, in the language of BIRD 2. Needed for a new one.
  type: str
"""


def _slot(direction: str, family: int, way: str, default: str) -> str:
    """Return the documentation of one of the four slots of a protocol, which decide on the routes that pass."""
    name = f"{direction}_ipv{family}"
    return f"""
{name}:
  description:
    - Which IPv{family} routes pass {way}.
    - The server's default for a new protocol is assumed to be mode {default}
  type: dict
  suboptions:
    mode:
      description: V(all) passes all routes, V(none) passes no route, V(filter) passes what O(.{name}.filter) accepts.
      type: str
      required: true
      choices: [all, none, filter]
    filter:
      description: The name of a filter of the same aggregator; only and always with mode V(filter).
      type: str
"""


_INTO_TABLE = ("from the protocol into the routing table", "V(all), as BIRD's is.")
_FROM_TABLE = (
    "from the routing table into the protocol",
    "V(none), as BIRD's is.\n      Without this option such a protocol announces nothing.",
)
_SLOTS = "".join(_slot("import", family, *_INTO_TABLE) + _slot("export", family, *_FROM_TABLE) for family in (4, 6))
_PATTERNS = """
patterns:
  description:
    - Patterns of interface names, where C(*) stands for any text and C(?) for any character.
      The first that matches counts.
  type: list
  elements: str
  required: true
"""
_BABEL = f"""
{_PATTERNS}
type:
  description: The kind of link. V(auto) if not given.
  type: str
  choices: [auto, wired, wireless, tunnel]
rxcost:
  description: The cost of receiving. Left to the protocol if not given.
  type: int
hello_interval:
  description: Seconds between hellos. Left to the protocol if not given.
  type: int
update_interval:
  description: Seconds between full updates. Left to the protocol if not given.
  type: int
"""
_OSPF = f"""
{_PATTERNS}
type:
  description: The kind of network. V(auto) if not given.
  type: str
  choices: [auto, broadcast, nbma, ptp, ptmp]
cost:
  description: The cost of sending. Left to the protocol if not given.
  type: int
hello:
  description: Seconds between hellos. Left to the protocol if not given.
  type: int
dead:
  description: After how many seconds without a hello a neighbour is gone. Left to the protocol if not given.
  type: int
"""
_PROTOCOL = f"""
name:
  description:
    - The name of the protocol. It identifies the protocol on the aggregator and cannot be changed.
    - It is a symbol of BIRD, 1 to 64 ASCII letters, digits and C(_), the first no digit.
  type: str
  required: true
protocol:
  description:
    - The kind of the protocol; needed except under O(state=deleted). It cannot be changed.
    - Options of another kind are refused.
  type: str
  choices: [static, bgp, babel, ospf]
space:
  description:
    - The key of the space whose routing table the protocol works on. Its interfaces must belong to the same space.
    - V(null) stands for the main table.
  type: str
enabled:
  description:
    - Whether the protocol runs. The server's default for a new one is V(true).
    - In a space without private WAN the server keeps a protocol disabled.
  type: bool
{_SLOTS}
routes:
  description: All routes of a V(static) protocol. The order means nothing.
  type: list
  elements: dict
  suboptions:
    network:
      description: The destination network, with all host bits zero.
      type: str
      required: true
    destination:
      description:
        - Where packets go.
        - V(gateway) sends them to O(.routes[].address), V(interface) out of O(.routes[].interface); the others drop
          them.
      type: str
      required: true
      choices: [gateway, interface, blackhole, unreachable, prohibit]
    address:
      description: The address of the gateway, for destination V(gateway).
      type: str
    interface:
      description:
        - The name of an interface of the aggregator, for destination V(interface);
          with V(gateway) the interface that the gateway is reached through.
      type: str
local_as:
  description: The own AS number of a V(bgp) protocol. Needed for a new one.
  type: int
local_address:
  description: The own address of a V(bgp) protocol. V(null) leaves it to the host.
  type: str
neighbor_address:
  description: The address of the peer of a V(bgp) protocol. Needed for a new one.
  type: str
neighbor_as:
  description: The AS number of the peer of a V(bgp) protocol. Needed for a new one.
  type: int
password:
  description:
    - The password of a V(bgp) session, 1 to 80 ASCII letters, digits and signs without double quotes,
      backslashes and white space. V(null) takes it away.
    - The server never shows it, so it cannot be compared; see O(update_password).
  type: str
multihop:
  description: The number of hops that the peer of a V(bgp) protocol may be away. V(null) if it is a direct neighbour.
  type: int
hold_time:
  description: After how many seconds without a message a V(bgp) session ends.
  type: int
keepalive_time:
  description: How many seconds lie between the keepalive messages of a V(bgp) session.
  type: int
next_hop_self:
  description: Whether a V(bgp) protocol announces its own address as the next hop.
  type: bool
rr_client:
  description: Whether the peer of a V(bgp) protocol is a client of this route reflector.
  type: bool
interfaces:
  description: All interface entries of a V(babel) protocol. The order means nothing.
  type: list
  elements: dict
  suboptions:
{indent(_BABEL, "    ")}
areas:
  description: All areas of an V(ospf) protocol. The order means nothing.
  type: list
  elements: dict
  suboptions:
    area_id:
      description: The area, as a number or a dotted quad; V(0) and V(0.0.0.0) are the same.
      type: str
      required: true
    interfaces:
      description: All interface entries of the area. The order means nothing.
      type: list
      elements: dict
      suboptions:
{indent(_OSPF, "        ")}
"""
_UPDATE_PASSWORD = """
update_password:
  description:
    - V(on_create) sends a password only with a new protocol, V(always) each time, which then counts as a change.
  type: str
  choices: [on_create, always]
  default: on_create
"""
_CONNECTED_NETWORK = """
include_private_wan:
  description:
    - Whether the connected network is part of the private WAN of the bond's space.
      A new one is created with V(false), whatever the server's default is.
  type: bool
aggregator_routing:
  description:
    - Whether the aggregator gets a route to the connected network.
    - Under V(auto), with which a new one is created, a private network gets none,
      and needs a CPE NAT IP to reach the Internet.
  type: str
  choices: [auto, always, never]
"""
_CPE_NAT = """
private_ip:
  description:
    - The address of the CPE NAT IP, on AWS the B(private) secondary address that an Elastic IP is associated with.
    - It identifies the CPE NAT IP of the bond. Two bonds may have the same one, if one of them has it enabled.
  type: str
  required: true
nat_ip:
  description:
    - The address that it is translated to; it must lie in the network of O(.connected_ip).
    - Needed under O(state=present).
  type: str
connected_ip:
  description:
    - The private address of the bonder with its prefix length. Several entries of a bond may have the same.
    - Needed under O(state=present).
    - Under O(state=absent) it is removed as well if given and no other CPE NAT IP of the bond lies in its network.
  type: str
interface:
  description: The name of the interface of the bonder that has the connected IP. Needed under O(state=present).
  type: str
enabled:
  description: Whether the CPE NAT IP is in use. A new one is created with V(true), whatever the server's default is.
  type: bool
"""
_PRIVATE_WAN = """
space:
  description: The key of the space.
  type: str
  required: true
enabled:
  description: Whether the space has a private WAN.
  type: bool
mode:
  description:
    - V(managed_mesh) lets the server build encrypted tunnels between the aggregators that have bonds of the space.
      On AWS they go through the public addresses.
    - V(unmanaged) leaves everything between the aggregators to custom interfaces and protocols.
    - V(private_wan_routers) is refused, because its GRE tunnels do not work behind the NAT of AWS.
  type: str
  choices: [managed_mesh, unmanaged, private_wan_routers]
include_interfaces:
  description: Whether the space's aggregator interfaces take part in the managed mesh.
  type: bool
"""


class ModuleDocFragment:
    """``bonded.internet.objects.X``: the options of one object, or of the sections of an aggregator, or of spaces."""

    # Annotated, since yamllint of ansible-test takes each plain assignment for a literal text.

    AGGREGATOR_OBJECT: str = _options(_AGGREGATOR + _STATE) + _RETURNED
    BOND_OBJECT: str = _options(_BOND + _STATE) + _RETURNED
    INTERFACE: str = _options(_INTERFACE)
    ETHERNET: str = _options(_ETHERNET)
    VXLAN: str = _options(_VXLAN)
    FILTER: str = _options(_FILTER)
    PROTOCOL: str = _options(_PROTOCOL + _UPDATE_PASSWORD)
    CONNECTED_NETWORK: str = _options(_CONNECTED_NETWORK)
    PRIVATE_WAN: str = _options(_PRIVATE_WAN) + _RETURNED
    PRIVATE_WANS: str = "options:\n" + _elements("spaces", "The spaces, each at most once.", _PRIVATE_WAN, True)
    CPE_NATS: str = "options:\n" + _elements("cpe_nats", "The entries.", _BOND + _CPE_NAT + _CONNECTED_NETWORK, True)
    AGGREGATOR_SECTIONS: str = (
        _options(_AGGREGATOR + _UPDATE_PASSWORD)
        + _elements(
            "interfaces",
            "The interfaces. VLAN interfaces are read and kept, never written or removed.",
            _INTERFACE + _SECTION_INTERFACE + _ETHERNET + _VXLAN,
        )
        + _elements("protocols", "The routing protocols.", _PROTOCOL)
        + _elements("filters", "The routing filters.", _FILTER)
    )
