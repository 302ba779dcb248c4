# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engines on a server on which all paths, fields and values have other names, with a map that says them.

One name at a time: `test_each_renamed.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import Client, Connection
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Api, conformance, listed_resources
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


STRANGE = {
    "paths": {"vxlan_interface": "aggregators/X/tunnels/", "node": "all_nodes/"},
    "fields": {
        "interface": {"type": "kind", "addresses.address": "ip_address"},
        "vxlan_interface": {"endpoints.ip": "remote_address"},
        "babel_protocol": {"interfaces.patterns": "pattern_list", "export_ipv4.mode": "policy"},
        "static_protocol": {"routes.network": "destination_network"},
        "connected_ip": {"include_private_wan": "private_wan"},
    },
    "values": {"ospf_protocol": {"areas.interfaces.type": {"ptp": "PTP"}}},
}


def test_ask_map_and_ask_again(server: Running) -> None:
    """The lines that the comparison proposes are those that cure it, as docs/api-map.md leads through it."""
    wanted = read_map(STRANGE)
    server.rename(renaming_of(wanted))
    given: dict[str, Any] = {"paths": {}, "fields": {}, "values": {}}
    answers = []
    connection = Connection(server.url, username="root@example.com", password="root-secret")
    with Client(connection, 1) as client:
        for _round in range(4):
            api = Api(client, Table(read_map(given)))
            found = conformance(api, listed_resources(api))
            answers.append(found["answer"])
            for section, kinds in found["proposal"].items():
                for kind, entry in kinds.items():
                    if section == "paths":
                        given[section][kind] = entry
                    else:
                        given[section].setdefault(kind, {}).update(entry)
    assert answers[0] == "does not conform"
    assert answers[-1] == "conforms"
    assert read_map(given) == wanted
