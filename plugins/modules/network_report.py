#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_report
short_description: Write a report of the network
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Writes one page of HTML that shows a network as M(bonded.internet.network_plan) has found it. It has the
    aggregators by region and zone, who owns which public address and where its bond is, what is lost with an
    aggregator, what meets in each space, limits and costs.
  - The page needs no network and no script to be read. It prints, and has a light and a dark face.
  - Beside the page it writes the same as Markdown, as a Mermaid graph and as CSV files, whose names begin with that of
    the page. A network that did not change makes the same texts.
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
    support: full
    details:
      - The page has the time at which it was made, which alone is reported as no change.
options:
  path:
    description:
      - The file of the page, which ends in V(.html). Its folder has to be there.
      - The other files are beside it, for V(network.html) those named V(network.md), V(network.mmd) and
        V(network-addresses.csv), for example.
    type: path
    required: true
  description:
    description: The network, RV(bonded.internet.network_plan#module:description).
    type: dict
    required: true
  findings:
    description: The findings of an audit. Without them the page says that no audit was made.
    type: list
    elements: dict
  api_url:
    description:
      - The management server, to whose objects the page links. Environment variable E(BONDING_API_URL) is used in its
        place.
    type: str
  api_map:
    description: The server's names, as for the other modules; the links are made of its paths.
    type: raw
seealso:
  - module: bonded.internet.network_plan
"""

EXAMPLES = r"""
- name: Write the report
  bonded.internet.network_report:
    path: report.html
    description: "{{ bonding_plan.description }}"
    findings: "{{ bonding_plan.audit.findings }}"
    api_url: https://bonding.example.com
    api_map: "{{ bonding_inventory.server.api_map | default(omit) }}"
  run_once: true
"""

RETURN = r"""
path:
  description: The file of the page, as an absolute path.
  returned: success
  type: str
  sample: /home/operator/my-network/report.html
files:
  description: All files of the report, as absolute paths; the page is the first.
  returned: success
  type: list
  elements: str
"""
