# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample of a refused request in each module's documentation is one that this module sends."""

from __future__ import annotations

import importlib
import pathlib
import re

import pytest
import yaml

from ansible_collections.bonded.internet.plugins import modules
from ansible_collections.bonded.internet.plugins.module_utils._resources import RESOURCES

NAMES = sorted(path.stem for path in pathlib.Path(list(modules.__path__)[0]).glob("[a-z]*.py"))
SEVERAL = {
    "aggregator_info": "filter",
    "aggregator_network": "vxlan_interface",
    "bond_cpe_nat": "cpe_nat_ip",
    "bond_cpe_nats": "cpe_nat_ip",
    "bond_info": "bond_route",
    "bonding_api_info": "routing_group",
    "routing_filter": "filter",
    "routing_protocol": "babel_protocol",
    "space_info": "space",
    "space_private_wan": "space",
    "space_private_wans": "space",
    "bond_connected_ip": "connected_ip",
}
"""The kind of the sample's object, of modules that are not named after it or have several."""


def returned(name: str) -> dict[str, dict[str, dict[str, object]]]:
    module = importlib.import_module(f"ansible_collections.bonded.internet.plugins.modules.{name}")
    found: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(module.RETURN) or {}
    return found


WITH_SAMPLE = [name for name in NAMES if "sample" in returned(name).get("failure", {})]


def test_there_are_samples() -> None:
    assert len(WITH_SAMPLE) == 14


@pytest.mark.parametrize("name", WITH_SAMPLE)
def test_the_sample_is_of_this_module(name: str) -> None:
    sample = returned(name)["failure"]["sample"]
    resource = RESOURCES[SEVERAL.get(name, name)]
    path = str(sample["path"])
    pattern = re.sub("X", "[0-9]+", re.escape(resource.path)) + "([a-z]+/)?"
    assert re.fullmatch(pattern, path), path
    fields = sample["fields"]
    assert isinstance(fields, dict)
    assert set(fields) <= {"name", *(field.name for field in resource.fields)}
    is_info = name.endswith("_info")
    assert (sample["method"] == "GET") == is_info
