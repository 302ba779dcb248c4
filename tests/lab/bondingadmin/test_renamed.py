# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines on a server on which all paths, fields and values have other names, with a map that says them.

One name at a time: `test_each_renamed.py`.
"""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._resources import (
    LISTINGS,
    RESOURCES,
    ApiMap,
    Table,
    read_map,
)
from lab.process import Running
from tests.lab.bondingadmin.renaming import everything, outcome, renaming_of


@pytest.mark.parametrize("kind", [*RESOURCES, *LISTINGS])
def test_all_of_them_at_once(server: Running, expected: dict[str, str], kind: str) -> None:
    api_map = read_map(everything())
    server.rename(renaming_of(api_map))
    assert outcome(server, kind, Table(api_map)) == expected[kind]


def test_a_map_of_one_server_is_not_another_ones(server: Running, expected: dict[str, str]) -> None:
    Table(read_map(everything()))
    assert outcome(server, "vxlan_interface", Table(ApiMap())) == expected["vxlan_interface"]
