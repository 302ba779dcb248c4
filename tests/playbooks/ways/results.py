# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact of a run, as Ansible's statistics have it at the end."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.playbooks.running import Json, Outcome, Site, demo_variables


def reporting(site: Site) -> Site:
    """Return the site with runs that print their artifacts."""
    return replace(site, environment={**(site.environment or {}), "ANSIBLE_SHOW_CUSTOM_STATS": "true"})


def artifacts(outcome: Outcome) -> Json:
    """Return the artifacts of a run: those of the run as a whole, none of a host."""
    assert "CUSTOM STATS:" in outcome.output, outcome.output
    lines = outcome.output.partition("CUSTOM STATS:")[2].strip().splitlines()[1:]
    name, _, text = "\n".join(lines).strip().partition(": ")
    assert name == "RUN", outcome.output
    found: Json = json.loads(text)
    return found


def secrets() -> list[str]:
    """Return the secrets of the demo's inventory."""
    variables = demo_variables()
    found = [str(variables[name]) for name in ("bonding_api_password", "aws_secret_key")]
    assert all(found)
    return found
