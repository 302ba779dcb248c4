#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run_record
short_description: Write the record of a run
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Writes a file of JSON that says who runs which playbook on which network since when, with what plan, and how far the
    run got. The playbooks write it before the first change, at the beginning of each later phase, and at the end, where
    C(bonding_record_directory) is given.
  - Ansible ends a failed run without another task, so that its record stays V(unfinished), with the last phase that the
    run began.
  - Nobody but the user may read the file (mode 0600). It is replaced in one step.
  - It runs on the controller, and sends no request.
extends_documentation_fragment:
  - bonded.internet.attributes.controller
attributes:
  check_mode:
    support: full
    details:
      - In check mode it writes nothing.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - The record of a finished run has the time of its end. It is no change of the network, and is never reported as
        one.
options:
  record:
    description: RV(bonded.internet.network_inventory#module:record), the file and what is known of the run.
    type: dict
    required: true
  phase:
    description: The phase that begins. Without it the run has ended, and is recorded as V(finished).
    type: str
  network:
    description: The name of the network.
    type: str
    required: true
  digest:
    description: The digest of the plan, RV(bonded.internet.network_plan#module:digest).
    type: str
    required: true
  counts:
    description: The counts of the plan, RV(bonded.internet.network_plan#module:counts).
    type: dict
    required: true
  lines:
    description: The lines of the plan, RV(bonded.internet.network_plan#module:text).
    type: list
    elements: str
    required: true
seealso:
  - module: bonded.internet.network_inventory
  - module: bonded.internet.network_plan
"""

EXAMPLES = r"""
- name: Record the run
  bonded.internet.run_record:
    record: "{{ bonding_inventory.record }}"
    phase: add
    network: "{{ bonding_inventory.network }}"
    digest: "{{ bonding_plan.digest }}"
    counts: "{{ bonding_plan.counts }}"
    lines: "{{ bonding_plan.text }}"
  run_once: true
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /var/log/bonding/20261129T072643Z-prod-4711.json
"""
