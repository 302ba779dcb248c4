#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read devices, routes and rules on an aggregator itself."""

from __future__ import annotations

DOCUMENTATION = r"""
module: aggregator_host_info
short_description: Read devices, routes and rules on an aggregator itself
version_added: "1.0.0"
description:
  - Runs on the aggregator, over SSH, and reads what the management server does not show.
  - M(bonded.internet.network_plan) takes its result as
    O(bonded.internet.network_plan#module:aggregators[].found).
  - With O(expect) it judges whether the aggregator has what it should, which is how the playbooks converge.
extends_documentation_fragment:
  - bonded.internet.attributes.info
attributes:
  check_mode:
    support: full
    details:
      - This module reads only; it does the same in check mode. With peers in O(expect) it sends one ping to each.
  action_group:
    description: Use C(group/bonded.internet.host) in C(module_defaults) for all modules that run on an aggregator.
    support: full
    membership:
      - bonded.internet.host
options:
  network:
    description: The name of the network; what of it is installed on the host is returned.
    type: str
    required: true
  directory:
    description: The folder in which P(bonded.internet.aggregator_host#role) keeps its files.
    type: path
    default: /etc/bonded-internet
  expect:
    description: The objects that the host shall have; RV(missing) lists those that it lacks.
    type: list
    elements: dict
    default: []
    suboptions:
      device:
        description: The name of a device, which has to be up.
        type: str
      mac:
        description: Its MAC address. Alone it finds the device, whatever its name is.
        type: str
      addresses:
        description: The addresses that it has to have, without prefix lengths.
        type: list
        elements: str
        default: []
      peers:
        description: Addresses that have to answer by it, to a ping or to ARP.
        type: list
        elements: str
        default: []
      admits:
        description:
          - Packets that the host's firewall has to let in by it. A packet that the firewall rejects is in RV(missing).
          - Where the rules cannot be read, which wants root, or do not say, it is counted as unknown in RV(seen).
        type: list
        elements: dict
        default: []
        suboptions:
          protocol:
            description: The protocol of the packets.
            type: str
            choices: [udp, tcp, ospf]
            required: true
          port:
            description: The port that they are sent to.
            type: int
          device:
            description: The device by which they come, if it is another one.
            type: str
          ipv6:
            description: Whether they are packets of IPv6.
            type: bool
            default: false
          sources:
            description: The addresses that they come from.
            type: list
            elements: str
            default: []
      babel:
        description: The least number of neighbours of Babel, where BIRD answers.
        type: int
        default: 0
      ospf:
        description: The addresses of its neighbours of OSPF, where BIRD can be asked.
        type: list
        elements: str
        default: []
      bgp:
        description: The addresses with which there has to be a session of BGP, where BIRD can be asked.
        type: list
        elements: str
        default: []
  bird_sockets:
    description: The paths of BIRD's control sockets, as patterns. The vendor does not document its own.
    type: list
    elements: path
    default: [/run/bird/*.ctl, /run/bird*.ctl, /run/bonding/*bird*.ctl, /run/bonding/bird*/*.ctl]
  configuration:
    description:
      - The node's cached copy of what the management server has for it.
      - Its format is not documented, so it is searched for the names of devices.
    type: path
    default: /var/lib/bonding/configuration.json
requirements:
  - iproute2 4.14 or later on the aggregator
  - ping, for peers
  - nft and birdc, and root, for RV(host.admits) and RV(seen); without them these are unknown
seealso:
  - module: bonded.internet.network_plan
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: What an aggregator itself has
  bonded.internet.aggregator_host_info:
    network: prod
  register: found

- name: Wait until a tunnel is up and its other end answers
  bonded.internet.aggregator_host_info:
    network: prod
    expect:
      - device: vx10000011
        addresses: [192.0.2.7]
        peers: [192.0.2.12]
  register: settled
  until: settled.missing | length == 0
  retries: 15
  delay: 2
"""

RETURN = r"""
host:
  description: The state of the host.
  returned: success
  type: dict
  contains:
    devices:
      description: The network devices.
      type: list
      elements: dict
      contains:
        name:
          description: Name.
          type: str
        mac:
          description: MAC address.
          type: str
        kind:
          description: Kind, such as V(vxlan); none for hardware.
          type: str
        vni:
          description: VNI, of a VXLAN device.
          type: int
        mtu:
          description: MTU.
          type: int
        up:
          description: Whether it is switched on.
          type: bool
        carrier:
          description: Whether it can carry anything.
          type: bool
        master:
          description: The device that it belongs to, such as a VRF.
          type: str
        elsewhere:
          description: Whether its other end is in another network namespace.
          type: bool
        addresses:
          description: Its addresses with prefix lengths; those of the link itself are left out.
          type: list
          elements: str
    routes:
      description: The main table.
      type: list
      elements: dict
    rules:
      description: The rules of IPv4.
      type: list
      elements: dict
    programs:
      description: The programs on the host.
      type: dict
    managers:
      description: The programs on the host that may configure a new device.
      type: dict
    installed:
      description: The files that P(bonded.internet.aggregator_host#role) has installed.
      type: dict
    admits:
      description:
        - Whether the host's firewall lets in C(vxlan) from a stranger by the device of the default route, and C(babel),
          C(ospf) and C(bgp) by a device with a name as the collection gives, V(yes) or V(no).
        - It is V(unknown) where the rules cannot be read, or do not say.
        - C(sources) are the addresses and networks that any rule names, and whose VXLAN is let in.
      type: dict
    firewall:
      description: The vendor's firewall, as far as it takes rules of others.
      type: dict
      contains:
        directory:
          description: Whether C(/etc/bonding/nftables) is there (6.6 and later).
          type: bool
        known_ips:
          description: Whether C(/etc/bonding/known_ips) is there (6.5).
          type: bool
    namespaces:
      description: The named network namespaces, with the names of their devices; null where these cannot be read.
      type: list
      elements: dict
seen:
  description:
    - The number of objects of O(expect) that were seen (C(yes)), seen not to be there (C(no)) and could not be looked
      at (C(unknown)).
    - C(input) is about packets that the firewall has to let in, C(neighbours) about those of the routing protocols, and
      C(sent) about devices that have to be in the node's cached configuration.
  returned: success
  type: dict
missing:
  description: A sentence for each thing of O(expect) that is not there.
  returned: success
  type: list
  elements: str
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bonded.internet.plugins.module_utils._host import facts
from ansible_collections.bonded.internet.plugins.module_utils._host.firewall import read_admitted, read_ruleset
from ansible_collections.bonded.internet.plugins.module_utils._host.neighbours import SOCKETS, read_neighbours
from ansible_collections.bonded.internet.plugins.module_utils._host.verify import by, judged, missing

PROGRAMS = ("ip", "nft", "ping", "systemctl")
PACKET = {
    "protocol": {"type": "str", "choices": ["udp", "tcp", "ospf"], "required": True},
    "port": {"type": "int"},
    "device": {"type": "str"},
    "ipv6": {"type": "bool", "default": False},
    "sources": {"type": "list", "elements": "str", "default": []},
}
ARGUMENT_SPEC = {
    "network": {"type": "str", "required": True},
    "directory": {"type": "path", "default": "/etc/bonded-internet"},
    "expect": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "device": {"type": "str"},
            "mac": {"type": "str"},
            "addresses": {"type": "list", "elements": "str", "default": []},
            "peers": {"type": "list", "elements": "str", "default": []},
            "admits": {"type": "list", "elements": "dict", "default": [], "options": PACKET},
            "babel": {"type": "int", "default": 0},
            "ospf": {"type": "list", "elements": "str", "default": []},
            "bgp": {"type": "list", "elements": "str", "default": []},
        },
        "required_one_of": [("device", "mac")],
    },
    "bird_sockets": {"type": "list", "elements": "path", "default": list(SOCKETS)},
    "configuration": {"type": "path", "default": facts.CONFIGURATION},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    # a log-in that is not root's may not find what is in the directories for root
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    expected = module.params["expect"]
    ruleset = read_ruleset(module.run_command) if module.get_bin_path("nft") else None
    try:
        devices = facts.read_devices(module.run_command)
        routes = facts.read_routes(module.run_command)
        default_device = next((route["device"] for route in routes if route["destination"] == "default"), None)
        host = {
            "devices": devices,
            "routes": routes,
            "rules": facts.read_rules(module.run_command),
            "programs": {name: bool(module.get_bin_path(name)) for name in PROGRAMS},
            "managers": facts.read_managers(),
            "admits": read_admitted(ruleset, default_device),
            "firewall": facts.read_firewall(),
            "namespaces": facts.read_namespaces(module.run_command),
            "installed": facts.read_installed(f"{module.params['directory']}/{module.params['network']}.json"),
        }
    except facts.HostError as error:
        module.fail_json(msg=f"{error} Nothing was changed.")
    else:
        neighbours = configuration = None
        if expected and module.get_bin_path("birdc"):
            neighbours = read_neighbours(module.run_command, module.params["bird_sockets"])
        if expected:
            configuration = facts.read_configuration(module.params["configuration"])
        seen, unseen = judged(expected, ruleset, neighbours, configuration)
        absent = [*missing(devices, expected, by(module.run_command)), *unseen]
        more = {"msg": f"Not as expected: {'; '.join(absent)}."} if absent else {}
        module.exit_json(changed=False, host=host, seen=seen, missing=absent, **more)


if __name__ == "__main__":
    main()
