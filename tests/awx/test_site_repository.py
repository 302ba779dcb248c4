# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site repository: what init makes, and its playbooks on the stand-ins with the demo's network in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lab.demo.playbook import Outcome, run_playbook
from lab.process import ROOT
from tests.playbooks.running import INVENTORY, Site, demo_variables, started
from tests.playbooks.trees import differing

EXAMPLE = ROOT / "examples" / "site-repository"
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]


def init(shell: Path, dest: str) -> Outcome:
    """Run init as from a shell in a folder."""
    return run_playbook("init.yml", inventory="localhost,", extra={"dest": dest}, env={"PWD": str(shell)}, cwd=shell)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that init made of a relative name, with the demo's network in place of the example's."""
    shell = tmp_path_factory.mktemp("shell")
    made = init(shell, "network")
    assert made.rc == 0, made.stdout
    assert differing(shell / "network", EXAMPLE) == []
    inventory = shell / "network" / "inventory"
    shutil.copy(INVENTORY / "hosts.yml", inventory / "hosts.yml")
    network = inventory / "group_vars" / "aggregators" / "network.yml"
    shutil.copy(INVENTORY / "group_vars" / "aggregators.yml", network)
    return shell / "network"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("site")) as site:
        yield site


def run(network: Path, playbook: str, *options: str, **environment: str) -> Outcome:
    """Run a playbook of the folder with the folder's own ansible.cfg."""
    settings = {"ANSIBLE_CONFIG": str(network / "ansible.cfg"), **environment}
    return run_playbook(
        network / playbook, inventory=network / "inventory/hosts.yml", options=options, env=settings, cwd=network
    )


def test_init_refuses_a_folder_with_files(network: Path) -> None:
    written = (network / "inventory" / "hosts.yml").read_bytes()
    assert written != (EXAMPLE / "inventory" / "hosts.yml").read_bytes()
    again = init(network.parent, str(network))
    assert again.rc != 0
    assert f"{network}: not empty" in again.stdout
    assert (network / "inventory" / "hosts.yml").read_bytes() == written


def test_the_playbooks_are_read(network: Path) -> None:
    names = ("site.yml", "audit.yml", "report.yml", "follow_bonds.yml", "evacuate.yml", "teardown.yml", "info.yml")
    plays = [{"name": f"Read {name}", "ansible.builtin.import_playbook": name} for name in names]
    (network / "all.yml").write_text(yaml.safe_dump(plays), encoding="utf-8")
    checked = run(network, "all.yml", "--syntax-check")
    assert checked.rc == 0, checked.stdout
    assert "WARNING" not in checked.stdout


def test_a_check_run_shows_the_plan_and_writes_nothing(network: Path, site: Site) -> None:
    site.reset()
    before = site.server.state(), site.cloud.state()
    extra = f"bonding_api_url={site.server.url} aws_endpoint_url={site.cloud.url}"
    checked = run(network, "site.yml", "--check", "-e", extra)
    assert checked.rc == 0, checked.stdout
    assert checked.preflight["counts"]["add"] > 0
    assert (site.server.state(), site.cloud.state()) == before
    assert site.writes() == []


def test_info_needs_the_environment_of_a_credential_only(network: Path, site: Site) -> None:
    site.reset()
    variables = demo_variables()
    login = {f"BONDING_API_{name}": variables[f"bonding_api_{name.lower()}"] for name in ("USERNAME", "PASSWORD")}
    shown = run(network, "info.yml", BONDING_API_URL=site.server.url, **login)
    assert shown.rc == 0, shown.stdout
    assert '"name": "agg1"' in shown.stdout
    assert login["BONDING_API_PASSWORD"] not in shown.stdout


def test_both_lists_of_collections_are_the_same_and_current() -> None:
    required = yaml.safe_load((EXAMPLE / "collections" / "requirements.yml").read_text(encoding="utf-8"))["collections"]
    image = yaml.safe_load((EXAMPLE / "execution-environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert required == image["galaxy"]["collections"]
    assert {one["name"]: one["version"] for one in required}["bonded.internet"] == VERSION
