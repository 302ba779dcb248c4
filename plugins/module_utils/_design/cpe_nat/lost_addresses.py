# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses that have lost their aggregator, whose instance was terminated.

EC2 disassociates such an address, and forgets the network interface that its tags name: nothing there tells which of
several terminated instances had the address.
"""

from __future__ import annotations

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_FOLLOWED_FROM, TAG_INTERFACE
from ..._model.state import Cloud, ElasticIp
from ..aggregators.fleet import Fleet
from ..context import Context
from .entries import Entry, is_retired


def is_lost(address: ElasticIp, fleet: Fleet) -> bool:
    """Return True if an entry's address is nowhere, and the interface that it names is not an aggregator's any more.

    Its instance was terminated, or is another host's: the entry takes the address to a new place.
    """
    place = address.tags.get(TAG_INTERFACE)
    return not (address.interface_id or is_retired(address)) and fleet.by_interface(place) is None


def lost_hosts(desired: DesiredNetwork, cloud: Cloud) -> list[str]:
    """Return the hosts whose instances EC2 does not have."""
    return [one.host for one in desired.hosts if one.instance_id and one.instance_id not in cloud.instances]


def last_owners(entry: Entry, address: ElasticIp, context: Context) -> list[str]:
    """Return the host with which an address was lost; several where nothing tells, none if no host lacks its instance.

    An address is not where it has followed its bond from. One that has not followed is at home: on the aggregator that
    its entry names, else on the primary one of its bond.
    """
    desired, fleet = context.desired, context.fleet
    lost = lost_hosts(desired, context.cloud)
    if left := address.tags.get(TAG_FOLLOWED_FROM):
        names = {one.renamed_from: one.host for one in desired.hosts}
        return [host for host in lost if host != names.get(left, left)] or lost
    primary = (one.host for one in (*fleet.members, *fleet.decommissioned) if one.id == entry.bond.primary)
    home = entry.desired.aggregator or next(primary, None)
    return [home] if home in lost else lost
