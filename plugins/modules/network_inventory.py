#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_inventory
short_description: Read and judge the variables of all aggregators once
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Reads the variables of this collection from the inventory, the play and the extra variables, for all hosts of a
    group, and returns them with their types. The playbooks do this before they ask a host for anything, and take
    everything that decides what they do from the result.
  - Ansible takes each fact that a host sends for a variable, and prefers it to the inventory's. From the result
    of this module no host can change where credentials go, or what is removed.
  - Refuses all problems at once, before anything is asked or changed. Variables that begin with a prefix of this
    collection and are not known, unknown keys in lists, values of a wrong type, variables of the whole network that
    differ between two hosts, and facts of a host that have the name of such a variable.
  - V(null) and an empty text count as absent.
  - It runs on the controller, and sends no request. Its result holds credentials, so Ansible never prints it.
extends_documentation_fragment:
  - bonded.internet.attributes.controller_info
options:
  group:
    description: The group of the inventory whose hosts are the aggregators.
    type: str
    default: aggregators
seealso:
  - module: bonded.internet.network_plan
"""

EXAMPLES = r"""
- name: Read the inventory
  bonded.internet.network_inventory:
  run_once: true
  register: bonding_inventory
"""

RETURN = r"""
network:
  description: The name of the network.
  returned: success
  type: str
plan:
  description: The options of M(bonded.internet.network_plan) that are given.
  returned: success
  type: dict
server:
  description: The options of the connection to the management server that are given.
  returned: success
  type: dict
aws:
  description: The options of the connection to AWS that are given, without O(ignore:region).
  returned: success
  type: dict
region:
  description: The region of all hosts.
  returned: if all hosts have the same C(aws_region)
  type: str
converge_seconds:
  description: Seconds to wait between the phases where hosts are not asked.
  returned: success
  type: int
converge_timeout:
  description: Seconds that a host has for what was changed.
  returned: success
  type: int
converge_tries:
  description: Number of times that the playbooks ask a host within C(converge_timeout).
  returned: success
  type: int
converge_delay:
  description: Seconds between two of these questions.
  returned: success
  type: int
host_cloud_init:
  description: V(true) if cloud-init is told to leave the addresses of aggregators alone.
  returned: success
  type: bool
record_directory:
  description: The folder for records of runs; empty if there is none.
  returned: success
  type: str
record:
  description:
    - The file of the record of this run with what is known when the run starts, as
      O(bonded.internet.run_record#module:record) takes it; empty without a folder and in check mode.
  returned: success
  type: dict
started:
  description: The time at which the inventory was read, in UTC.
  returned: success
  type: str
  sample: "2026-11-29T07:26:43Z"
report_file:
  description: The file for the page of a report.
  returned: success
  type: str
audit:
  description: The artifact of an earlier audit; empty if none is given.
  returned: success
  type: dict
audit_file:
  description: The file for an audit; empty if there is none.
  returned: success
  type: str
audit_metrics:
  description: The file for the metrics of an audit; empty if there is none.
  returned: success
  type: str
audit_earlier:
  description: The file of an audit to compare with; empty if none is given.
  returned: success
  type: str
members:
  description: All aggregators of the network, whatever hosts a run has, as C(bonding_members) lists them.
  returned: success
  type: list
  elements: dict
left_out:
  description: A sentence that names the members that the inventory does not have as hosts; empty if it has all.
  returned: success
  type: str
shared_by:
  description: The first member by name, as O(bonded.internet.network_plan#module:shared_by) takes it.
  returned: if the inventory does not have this member as a host
  type: str
aggregators:
  description: The hosts as O(bonded.internet.network_plan#module:aggregators) takes them.
  returned: success
  type: list
  elements: dict
hosts:
  description: The variables that the tasks of each host read, by its name.
  returned: success
  type: dict
tagged_parts:
  description: The parts whose tasks run, by the run's tags, as O(bonded.internet.network_plan#module:parts) takes them.
  returned: success
  type: list
  elements: str
asks_hosts:
  description: V(true) if at least one aggregator is asked over SSH.
  returned: success
  type: bool
"""
