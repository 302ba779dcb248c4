# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated pages of the reference have every inventory key, playbook, tag and file on the aggregators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_device import device_files
from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.plugin_utils import _variables
from tools.docs.reference import PAGES
from tools.docs.reference.inventory import inventory_page, markdown
from tools.docs.reference.run import (
    files_page,
    object_tags,
    playbooks,
    playbooks_page,
    run_tags,
    tags_page,
    written_files,
)
from tools.fresh_copy import ROOT


@pytest.fixture(scope="module")
def inventory() -> str:
    """The page of all variables."""
    return inventory_page()


def sections(page: str) -> dict[str, str]:
    """Return the text of each variable by its name."""
    parts = page.split("\n### `")[1:]
    return {part.partition("`")[0]: part.partition("`")[2] for part in parts}


def keys(options: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[int, str]]:
    """Yield depth and name of each key of options."""
    for name, option in options.items():
        yield depth, name
        yield from keys(option.get("options") or {}, depth + 1)


def test_every_variable_is_explained(inventory: str) -> None:
    found = sections(inventory)
    known = _variables.SHARED_NAMES | _variables.HOST_NAMES | {_variables.GROUP}
    assert set(found) == known
    short = {name for name, text in found.items() if len(text.split("*\n\n")[1].partition("\n")[0].split()) < 2}
    assert short == set()


def test_every_key_of_a_variable_is_explained(inventory: str) -> None:
    found = sections(inventory)
    for name in ("bonding_spaces", "bonding_cpe_nat_ips", "bonding_bgp", "bonding_cpe_nat_inbound"):
        option = ARGUMENT_SPEC[_variables.PLAN[name]]
        wanted = list(keys(option.get("options") or {}))
        assert wanted
        for depth, key in wanted:
            assert f"\n{'  ' * depth}- `{key}` (*" in found[name], (name, key)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("V(auto) of O(spaces[].vxlan) (see C(a\\)b))", "`auto` of `bonding_spaces[].vxlan` (see `a)b`)"),
        (
            "L(a page, https://aws.example/x), U(https://aws.example)",
            "[a page](https://aws.example/x), [https://aws.example](https://aws.example)",
        ),
        ("a * and <b>", r"a \* and \<b>"),
    ],
)
def test_marks_of_ansible_become_marks_of_markdown(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_every_playbook_is_explained() -> None:
    names = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    found = playbooks()
    assert set(found) == names >= {"site", "teardown", "init"}
    assert {name for name, comment in found.items() if len(comment.split()) < 5} == set()
    assert all(f"## `bonded.internet.{name}`" in playbooks_page() for name in names)


def test_every_tag_is_explained() -> None:
    page = tags_page()
    assert run_tags() == ["cpe_nat", "gateways", "private_wan", "verify"]
    assert len(object_tags()) > 8
    assert all(f"| `{tag}` | " in page for tag in (*run_tags(), *object_tags()))
    assert "| `natgw-rtb/<space>/<zone>` | the route table of that public subnet |" in page


def test_every_file_on_an_aggregator_is_named() -> None:
    page = files_page()
    endings = written_files()
    assert {".nft", ".sh", ".timer", ".json"} <= set(endings)
    assert [ending for ending in endings if f"{ending}`" not in page] == []
    devices = [file["dest"] for file in device_files("bonded-internet-<network>-<space>")]
    assert len(devices) == 3
    assert [file for file in devices if f"| `{file}` |" not in page] == []


def test_all_pages_of_the_reference_are_made() -> None:
    assert sorted(PAGES) == [
        "reference/files.md",
        "reference/inventory.md",
        "reference/playbooks.md",
        "reference/tags.md",
    ]
