# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slips on the command line of awx_setup, which are refused before AWX is asked."""

from __future__ import annotations

from typing import Any

import pytest

from lab.demo.playbook import run_playbook

GIVEN = {"bonding_awx_image": "registry.example.com/ee:1", "bonding_awx_project_url": "https://git.example.com/n.git"}
SLIPS: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt word for true": ({"bonding_awx_update_secrets": "yess"}, "bonding_awx_update_secrets"),
    "no number": ({"bonding_awx_approval_timeout": "1 day"}, "bonding_awx_approval_timeout"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_refused_before_awx_is_asked(slip: str) -> None:
    given, name = SLIPS[slip]
    outcome = run_playbook("awx_setup.yml", inventory="localhost,", extra={**GIVEN, **given}, env={})
    assert outcome.rc == 2
    (failure,) = outcome.failures
    assert name in failure
    assert str(given[name]) in failure
    assert "Create the objects in AWX" not in outcome.stdout
