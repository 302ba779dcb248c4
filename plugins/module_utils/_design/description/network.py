# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole description of a network."""

from __future__ import annotations

from collections.abc import Iterable

from ..._model.description import Description, DriftDescription, DriftOfAnyKind, Unread
from ..._model.desired_network import DesiredNetwork
from ..._model.state import Cloud, Server
from .addresses import describe_addresses, describe_bonds, describe_kept
from .aggregators import describe_aggregators
from .limits import describe_costs, describe_limits
from .meshes import describe_bgp
from .protection import find_unprotected
from .spaces import describe_spaces
from .state import PresentState


def describe_network(
    desired: DesiredNetwork, server: Server, cloud: Cloud, drift: Iterable[DriftOfAnyKind], unread: Unread | None = None
) -> Description:
    """Return the description of the network as a plan has read it.

    :param drift: the differences that the plan has found and no run changes
    :param unread: the sides that could not be read, if any
    """
    state, unread = PresentState.of(desired, server, cloud), unread or Unread()
    aggregators, spaces = describe_aggregators(state), describe_spaces(state)
    addresses, bonds = describe_addresses(state), describe_bonds(state)
    gateways = [gateway for space in spaces for gateway in space.gateways]
    return Description(
        network=desired.network,
        aggregators=aggregators,
        spaces=spaces,
        bonds=bonds,
        addresses=addresses,
        bgp=describe_bgp(state),
        unprotected=find_unprotected(aggregators, gateways, addresses, bonds, unread),
        drift=tuple(DriftDescription(one.kind, one.text) for one in drift),
        limits=describe_limits(state),
        costs=describe_costs(state),
        kept=describe_kept(state),
        unread=unread,
    )
