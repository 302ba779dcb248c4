# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines on a server on which one path, field or value has another name: one line of a map makes all work again.

Each path, each field (nested ones too) and each enumeration of the table is renamed by itself. What is read and written
is the same as on the server without the renaming; without the map it is not. All at once: `test_renamed.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._resources import TABLE, Table, read_map
from lab.process import Running
from tests.lab.bondingadmin.renaming import RENAMINGS, outcome, renaming_of

UNUSED = {"url", "id", "path of vlan_interface"}
"""Fields that are not used for each kind: a relation is known by its URL, an object of a listing by its id, and a VLAN
interface is never written.
"""


@pytest.mark.parametrize(("kind", "given"), RENAMINGS)
def test_one_line_of_a_map_cures_one_name(
    server: Running, expected: dict[str, str], kind: str, given: dict[str, Any]
) -> None:
    api_map = read_map(given)
    server.rename(renaming_of(api_map))
    assert outcome(server, kind, Table(api_map)) == expected[kind]


@pytest.mark.parametrize(("kind", "given"), [one for one in RENAMINGS if not UNUSED & set(one.id.split(": "))])
def test_without_it_the_name_is_missed(
    server: Running, expected: dict[str, str], kind: str, given: dict[str, Any]
) -> None:
    server.rename(renaming_of(read_map(given)))
    assert outcome(server, kind, TABLE) != expected[kind]
