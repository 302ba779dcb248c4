# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/an-001.md names only files, roles, modules and variables that exist, and says why wherever it says otherwise."""

from __future__ import annotations

import re

from ansible_collections.bonded.internet.plugins.plugin_utils import _variables
from lab.process import ROOT

PAGE = (ROOT / "docs" / "an-001.md").read_text(encoding="utf-8")
KNOWN = {name for table in vars(_variables).values() if isinstance(table, dict) for name in table}


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_variables_roles_and_modules_are_there() -> None:
    named = set(re.findall(r"`(bonding_[a-z_]+)", PAGE))
    assert {"bonding_cpe_nat_ips", "bonding_bgp"} <= named <= KNOWN
    for kind, place in (("role", "roles/{}/README.md"), ("module", "plugins/modules/{}.py")):
        names = re.findall(rf"{kind} `([a-z_]+)`", PAGE)
        assert names
        assert [name for name in names if not (ROOT / place.format(name)).exists()] == []


def test_each_step_that_is_done_otherwise_has_its_reason() -> None:
    said = re.findall(r"^\| (\d+) \|.*\*\*[Oo]therwise\*\*", PAGE, re.MULTILINE)
    assert re.findall(r"^\*\*(\d+)\. ", PAGE, re.MULTILINE) == said
    assert len(said) == 8
