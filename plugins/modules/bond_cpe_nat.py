#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a CPE NAT IP of a bond."""

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_cpe_nat
short_description: Manage a CPE NAT IP of a bond
version_added: "1.0.0"
description:
  - Creates, changes and removes one CPE NAT IP, an address that the bonder translates, one to one, to an address of a
    private connected network.
  - On AWS the address is the B(private) secondary address of the aggregator's network interface that an Elastic IP is
    associated with, not the Elastic IP.
  - What is not given is left as it is.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server
  - bonded.internet.objects.bond_object
options:
  ip:
    description:
      - The IPv4 address, without prefix length. It identifies the CPE NAT IP of the bond and cannot be changed.
    type: str
    required: true
  nat_ip:
    description:
      - The address that it is translated to; it must lie in a private connected network of the bond.
        Needed for a new one.
    type: str
  enabled:
    description: Whether the CPE NAT IP is in use. A new one is created with V(true), whatever the server's default is.
    type: bool
seealso:
  - module: bonded.internet.bond_connected_ip
  - module: bonded.internet.bond_cpe_nats
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: Translate the private address of an Elastic IP to a host behind the bonder
  bonded.internet.bond_cpe_nat:
    api_url: https://bonding.example.com
    bond: 17
    ip: 198.51.100.20
    nat_ip: 192.0.2.10
"""

RETURN = r"""
cpe_nat_ip:
  description: The CPE NAT IP, in the shape of the module's options.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    bond: 17
    ip: 198.51.100.20
    nat_ip: 192.0.2.10
    enabled: true
action:
  description: The change, in check mode the planned one.
  returned: success
  type: str
  choices: [create, update, delete, none]
  sample: update
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample:
    method: POST
    path: bonds/17/cpe_nat_ips/
    status: 400
    fields: {nat_ip: [Must be in a private connected network.]}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import run_object_module


def main() -> None:
    run_object_module("cpe_nat_ip", "bond", "cpe_nat_ip")


if __name__ == "__main__":
    main()
