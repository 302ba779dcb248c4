# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that is plugged into a running instance: what its system makes of it, by the instance's own files."""

from __future__ import annotations

import pathlib

import pytest

from lab.packets.aws_topology import Fabric
from lab.packets.guest_os import SETTINGS, Systems
from tests.lab.packets.states import aws, interface

MAC = "02:00:00:00:00:03"
LINK = f"[Match]\nMACAddress={MAC}\n\n[Link]\nName=gw11\n"
NETWORK = f"[Match]\nMACAddress={MAC}\n\n[Link]\nUnmanaged=yes\n"


def plugged() -> Fabric:
    state = aws()
    state["network_interfaces"].append(interface(3, 1, "10.1.0.33", "", index=1))
    return Fabric(state)


def write(systems: Systems, name: str, text: str) -> None:
    systems.hosts["agg1"].path(f"{SETTINGS}/{name}").write_text(text)


@pytest.fixture
def systems(tmp_path: pathlib.Path) -> Systems:
    found = Systems()
    found.furnish("agg1", tmp_path, "agg1")
    found.meet(Fabric(aws()))
    return found


def test_without_a_word_dhcp_moves_the_default_route_to_it(systems: Systems) -> None:
    assert systems.meet(plugged()) is False
    (piece,) = systems.pieces(plugged())
    assert (piece.namespace, piece.needs) == ("agg1", "eni/eni-00000003")
    assert piece.up == (
        "link set ens6 up",
        "addr add 10.1.0.33/24 dev ens6",
        "route add default via 10.1.0.1 dev ens6 metric 512",
    )


def test_files_name_it_and_keep_dhcp_off(systems: Systems) -> None:
    write(systems, "05-ours.link", LINK)
    write(systems, "05-ours.network", NETWORK)
    write(systems, "10-other.link", LINK.replace("gw11", "other"))
    assert systems.meet(plugged()) is True
    assert systems.names == {MAC: "gw11"}
    assert list(systems.pieces(plugged())) == []
    # Once plugged in it stays as it is.
    systems.hosts["agg1"].path(f"{SETTINGS}/05-ours.network").unlink()
    assert systems.meet(plugged()) is False
    assert (systems.names, list(systems.pieces(plugged()))) == ({MAC: "gw11"}, [])


def test_a_system_that_heeds_no_file(systems: Systems) -> None:
    write(systems, "05-ours.link", LINK)
    write(systems, "05-ours.network", NETWORK)
    systems.deaf = {"agg1"}
    assert systems.meet(plugged()) is False
    assert len(list(systems.pieces(plugged()))) == 1
    # Plugged in again, it is another time.
    systems.deaf = set()
    systems.meet(Fabric(aws()))
    systems.meet(plugged())
    assert (systems.names, list(systems.pieces(plugged()))) == ({MAC: "gw11"}, [])


def test_what_was_there_before_and_instances_without_files_are_left_alone() -> None:
    systems = Systems()
    assert systems.meet(plugged()) is False
    assert list(systems.pieces(plugged())) == []
