# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook audit.yml on the small network: its exit code, its files, and what it asks of both sides."""

from __future__ import annotations

import json
import pathlib

import pytest

from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Outcome, Site

VIEWER = {"bonding_api_username": "viewer@example.com", "bonding_api_password": "viewer-password"}


@pytest.fixture
def clean(network: Site) -> Site:
    """The small network, with each bond where its address is."""
    network.server.control("POST", "move", {"bond": 19, "aggregator": "agg1"})
    return network


def files(folder: pathlib.Path) -> Json:
    return {"bonding_audit_file": str(folder / "audit.json"), "bonding_audit_metrics": str(folder / "bonding.prom")}


def read(folder: pathlib.Path) -> Json:
    found: Json = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    return found


def status_in_metrics(folder: pathlib.Path) -> list[str]:
    lines = (folder / "bonding.prom").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "# EOF"
    return [line.split('"')[3] for line in lines if line.startswith("bonding_audit_status") and line.endswith(" 1")]


def audit(site: Site, folder: pathlib.Path, *arguments: str, **more: str) -> Outcome:
    outcome = site.run("audit", *arguments, extra={**files(folder), **more})
    assert outcome.writes == []
    assert status_in_metrics(folder) == [read(folder)["status"]]
    return outcome


def test_a_clean_network_is_clean_with_the_rights_to_look(clean: Site, tmp_path: pathlib.Path) -> None:
    clean.grant([policy("read")])
    outcome = audit(clean, tmp_path, **VIEWER)
    assert outcome.code == 0, outcome.output
    assert read(tmp_path)["status"] == "clean"
    assert read(tmp_path)["counts"] | {"info": 0} == {"error": 0, "warning": 0, "info": 0}
