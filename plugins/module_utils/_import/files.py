# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of an import: the inventory as YAML, and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.module_utils.common.yaml import HAS_YAML, yaml_dump

from .._recognition.fitting import Fit
from .._recognition.model import Live, NotPlaced
from .._recognition.report import report_of

HOSTS, REPORT = "hosts.yml", "import-report.md"
VARIABLES = "/".join(("group_vars", "aggregators", "network.yml"))
FILES = (HOSTS, VARIABLES, REPORT)
HEAD = """\
---
# Written by bonded.internet.import_network from the management server and AWS; import-report.md says the reasons.
"""


def files_of(
    live: Live, hosts: Mapping[str, Any], variables: Mapping[str, Any], fit: Fit, left: Sequence[NotPlaced]
) -> list[dict[str, str]]:
    """Return the path below the inventory's folder and the text of each file."""
    placed = [one for piece in fit.pieces for one in piece.placed]
    report = report_of(live.network, live.hosts, placed, fit.drift, left)
    return [
        {"path": HOSTS, "content": _yaml({"aggregators": {"hosts": dict(hosts)}})},
        {"path": VARIABLES, "content": _yaml(dict(variables))},
        {"path": REPORT, "content": report},
    ]


def _yaml(document: dict[str, Any]) -> str:
    if not HAS_YAML:
        raise ValueError("this Python has no PyYAML")
    return HEAD + str(yaml_dump(document, sort_keys=False, width=120))
