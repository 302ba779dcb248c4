#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run_result
short_description: Display what a run did, and publish its result
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Displays the last three lines of a run. They say how many changes it made, what it left, and how long it took.
  - Publishes C(bonding_result) as M(ansible.builtin.set_stats) does. AWX stores it with the job, and gives it to the
    next job of a workflow.
  - Ansible ends a failed run without another task, so that such a run has neither.
  - It runs on the controller, and sends no request.
extends_documentation_fragment:
  - bonded.internet.attributes.controller
attributes:
  check_mode:
    support: full
    details:
      - In check mode the first line speaks of planned changes.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  result:
    description: RV(bonded.internet.network_plan#module:result), the artifact.
    type: dict
    required: true
  left:
    description: RV(bonded.internet.network_plan#module:left), what the run leaves.
    type: list
    elements: str
    required: true
  started:
    description: RV(bonded.internet.network_inventory#module:started), the time at which the run read the inventory.
    type: str
    required: true
  planned_only:
    description: Whether the run has only planned, as with C(--tags verify). Check mode implies it.
    type: bool
    default: false
seealso:
  - module: bonded.internet.network_inventory
  - module: bonded.internet.network_plan
  - module: bonded.internet.run_record
"""

EXAMPLES = r"""
- name: Publish the result as an artifact
  bonded.internet.run_result:
    result: "{{ bonding_plan.result }}"
    left: "{{ bonding_plan.left }}"
    started: "{{ bonding_inventory.started }}"
    planned_only: "{{ 'verify' in ansible_run_tags }}"
  run_once: true
"""

RETURN = r"""
text:
  description: The lines.
  returned: success
  type: list
  elements: str
  sample:
    - "Made 129 changes of the network prod: add 129."
    - "Left: 1 difference (drift)."
    - "Took 41 s, from 07:26:43 to 07:27:24 UTC."
"""
