# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the modules' documentation runs: in check mode, for real, and a second time without a change."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._client import client
from tests.unit.plugins.api_objects import aggregator, bond, bond_interface, routing_filter, space
from tests.unit.plugins.scripted import LOGIN, call
from tests.unit.plugins.store import StoreServer

MODULES = "ansible_collections.bonded.internet.plugins.modules"
# These talk to AWS as well, or to no server at all, and have tests of their own.
ELSEWHERE = {
    "__init__",
    "aggregator_host_info",
    "aggregator_security",
    "cpe_nat_eips",
    "failed_nat_gateway",
    "network_audit",
    "network_import_info",
    "network_interface_ipv6",
    "network_plan",
    "network_report",
    "owned_interface_info",
    "owned_object",
    "run_record",
    "run_result",
    "vpc_route",
}
ROOT = Path(__file__).parents[4]
NAMES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))


def examples() -> list[Any]:
    found = []
    for name in NAMES:
        if name in ELSEWHERE:
            continue
        for task in yaml.safe_load(importlib.import_module(f"{MODULES}.{name}").EXAMPLES):
            arguments = task.get(f"bonded.internet.{name}")
            if arguments is not None:
                # A template's value is the operator's.
                arguments = {key: "value" if "{{" in str(value) else value for key, value in arguments.items()}
                found.append(pytest.param(name, arguments, id=f"{name}: {task['name']}"))
    return found


def server() -> StoreServer:
    return StoreServer(
        spaces=[space("acme"), space("initech", id=13), space("root")],
        aggregators=[aggregator(7, "agg1")],
        aggregators__7__filters=[routing_filter(5, "prod_export_3", body="reject;")],
        bonds=[bond(17, "One"), bond(18, "Branch office")],
        bonds__17__interfaces=[bond_interface(172, "eth1")],
        bonds__18__interfaces=[bond_interface(182, "eth1", 18)],
    )


@pytest.mark.parametrize(("name", "arguments"), examples())
def test_an_example_runs(monkeypatch: pytest.MonkeyPatch, name: str, arguments: dict[str, Any]) -> None:
    store = server()
    monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: store)
    main = importlib.import_module(f"{MODULES}.{name}").main
    whole = {**LOGIN, **arguments}

    foretold = call(monkeypatch, main, {**whole, "_ansible_check_mode": True})
    assert not foretold.get("failed"), foretold
    assert store.writes == 0

    done = call(monkeypatch, main, whole)
    assert not done.get("failed"), done
    assert done["changed"] == foretold["changed"] == bool(store.writes)
    if "objects" in done:
        strip = ("name", "kind", "changed", "action")
        assert [[item[key] for key in strip] for item in done["objects"]] == [
            [item[key] for key in strip] for item in foretold["objects"]
        ]

    written = store.writes
    again = call(monkeypatch, main, whole)
    assert (again["changed"], store.writes) == (False, written)


def test_there_are_examples() -> None:
    assert len(examples()) >= 18


def meshes() -> list[Any]:
    """The Babel and OSPF protocols in the examples of the modules and in the roles' READMEs."""
    tasks = [task for name in NAMES for task in yaml.safe_load(importlib.import_module(f"{MODULES}.{name}").EXAMPLES)]
    for readme in sorted((ROOT / "roles").glob("*/README.md")):
        blocks = readme.read_text(encoding="utf-8").split("```yaml\n")[1:]
        tasks += [yaml.safe_load(block.split("```")[0]) for block in blocks]
    return [found for found in everywhere(tasks) if found.get("protocol") in ("babel", "ospf")]


def everywhere(value: Any) -> Iterator[dict[str, Any]]:
    """All mappings in a document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everywhere(inner)


def test_each_mesh_protocol_of_an_example_announces_something() -> None:
    """A new protocol's default may be to export nothing: a mesh with neighbors, and no routes."""
    found = [mesh for mesh in meshes() if "name" in mesh]
    assert len(found) >= 3
    assert [mesh["name"] for mesh in found if mesh.get("export_ipv4", {}).get("mode") not in ("all", "filter")] == []
