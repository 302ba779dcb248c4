# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definition of the execution environment: pinned, and one. tests/awx_programs gives it to ansible-builder."""

from __future__ import annotations

import re

import yaml

from lab.process import ROOT
from tests.awx.credential_types import PATTERN, Json

EXAMPLE = ROOT / "examples" / "site-repository" / "execution-environment.yml"
DEFINITION: Json = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))


def test_the_pattern_has_the_definition_of_the_site_repository() -> None:
    assert (PATTERN / "exec_env" / EXAMPLE.name).read_bytes() == EXAMPLE.read_bytes()


def test_everything_is_pinned() -> None:
    parts = DEFINITION["dependencies"]
    for part in ("ansible_core", "ansible_runner"):
        assert re.fullmatch(r"[a-z-]+==\d+\.\d+\.\d+", parts[part]["package_pip"])
    assert {one["name"] for one in parts["galaxy"]["collections"]} == {"bonded.internet", "amazon.aws"}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one["version"]) for one in parts["galaxy"]["collections"])
    assert re.fullmatch(r".+:\d[\d.]*", DEFINITION["images"]["base_image"]["name"])


def test_the_pins_are_those_of_the_support_line_that_is_tested() -> None:
    lock = (ROOT / "requirements" / "awx.txt").read_text(encoding="utf-8")
    parts = DEFINITION["dependencies"]
    assert f"\n{parts['ansible_core']['package_pip']}\n" in lock
    assert f"\n{parts['ansible_runner']['package_pip']}\n" in lock
    versions = {one["name"]: one["version"] for one in parts["galaxy"]["collections"]}
    assert f" carries amazon.aws=={versions['amazon.aws']}\n" in lock


def test_the_collection_asks_for_an_ssh_client() -> None:
    meta = yaml.safe_load((ROOT / "meta" / "execution-environment.yml").read_text(encoding="utf-8"))
    for name in meta["dependencies"].values():
        assert (ROOT / name).is_file()
    system = (ROOT / meta["dependencies"]["system"]).read_text(encoding="utf-8")
    assert {"openssh-client [platform:dpkg]", "openssh-clients [platform:rpm]"} <= set(system.splitlines())
