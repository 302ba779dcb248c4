#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_audit
short_description: Begin and end the audit of a network
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Without O(plan) it begins an audit. It reads the earlier one, and replaces older files by those of a failed audit,
    so that an audit that does not end leaves no older one.
  - With O(plan) it ends the audit. It adds what the hosts have answered to the findings of
    M(bonded.internet.network_plan), compares them with the earlier audit, writes the files, and displays a table.
  - Nobody but the user may read O(file) (mode 0600); everybody may read O(metrics) (mode 0644). Each is replaced in one
    step.
  - It runs on the controller, and sends no request. See the playbook C(bonded.internet.audit).
extends_documentation_fragment:
  - bonded.internet.attributes.controller
attributes:
  check_mode:
    support: full
    details:
      - The files are no change of the network, so check mode writes them too.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Each audit has its own time. The files are no change of the network, and are never reported as one.
options:
  network:
    description: The name of the network. It may be left out as long as the inventory has not been read.
    type: str
  file:
    description: The file for the audit, as JSON; none if empty.
    type: path
  metrics:
    description: The file for the counts, as OpenMetrics text for node_exporters textfile collector; none if empty.
    type: path
  earlier:
    description: The file of an audit to compare with. Default is the one that O(file) replaces.
    type: path
  artifact:
    description: RV(artifact) of an earlier job, to compare with where there is no file.
    type: dict
  begun:
    description: The result of an earlier call in this run. Required with O(plan).
    type: dict
  plan:
    description:
      - The result of M(bonded.internet.network_plan) with
        O(bonded.internet.network_plan#module:state=audited). The answers of the hosts are those that
        M(bonded.internet.aggregator_host_info) has left in C(bonding_verified).
    type: dict
seealso:
  - module: bonded.internet.network_plan
  - module: bonded.internet.aggregator_host_info
"""

EXAMPLES = r"""
- name: Begin the audit
  bonded.internet.network_audit:
    network: prod
    file: /var/lib/bonding/audit.json
  register: bonding_audit_begun
  run_once: true

- name: End the audit
  bonded.internet.network_audit:
    network: prod
    begun: "{{ bonding_audit_begun }}"
    plan: "{{ bonding_plan }}"
  register: bonding_audited
  run_once: true
"""

RETURN = r"""
time:
  description: The time of the audit, in UTC.
  returned: without O(plan)
  type: str
  sample: "2026-11-29T07:26:43Z"
seconds:
  description: The same, since the epoch.
  returned: without O(plan)
  type: float
earlier:
  description: The earlier audit; empty if there is none.
  returned: without O(plan)
  type: dict
paths:
  description: The files that were given.
  returned: without O(plan)
  type: dict
audit:
  description: The audit, as the file has it.
  returned: with O(plan)
  type: dict
  contains:
    format:
      description: The format of this dictionary.
      type: int
      sample: 1
    network:
      description: The name of the network.
      type: str
    time:
      description: The time of the audit, in UTC.
      type: str
      sample: "2026-11-29T07:26:43Z"
    status:
      description:
        - V(clean) without a difference; V(drift) with one; V(incomplete) if a side, a region or a host could not be
          read; V(failed) if nothing could be judged, or the run has not ended.
      type: str
      sample: drift
    next_run:
      description:
        - The outcome of the next C(site.yml) as a whole - V(refused) if a single finding is refused, else V(changed) or
          V(left).
      type: str
      sample: changed
    counts:
      description: The number of findings of each severity.
      type: dict
      sample: {error: 2, warning: 1, info: 0}
    findings:
      description: As RV(bonded.internet.network_plan#module:audit.findings), with C(since).
      type: list
      elements: dict
    unjudged:
      description:
        - Findings of the earlier audit that this one could not judge, since a side, a region or their host was not
          read. The next audit counts them among the findings of this one.
      type: list
      elements: dict
    compared:
      description:
        - The time of the C(earlier) audit, the ids of findings that are C(new), and the findings that are C(resolved),
          which this audit has judged.
      type: dict
artifact:
  description: The audit with as many findings as 30 kB hold; C(left_out) is the number of all others.
  returned: with O(plan)
  type: dict
summary:
  description: The audit in one sentence.
  returned: with O(plan)
  type: str
text:
  description: The table, of at most 100 columns.
  returned: with O(plan)
  type: list
  elements: str
"""
