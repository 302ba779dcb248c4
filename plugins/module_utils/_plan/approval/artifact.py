# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Result of a run for other programs: `bonding_result`, an artifact of a job in AWX.

AWX hands it to the next job as an extra variable, and stores it in its database: so it has a bound for any network.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from ..._design.aggregators.fleet import find_aggregator
from ..._design.checks.kept_addresses import KeptAddress
from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_KEY, TAG_NETWORK
from ..._model.plan import PlannedChange
from ..._model.state import Cloud, Server
from ..._printable import printable_all

MOST = 30_000
"""Bytes of all lists together, as JSON. With the rest, the artifact stays below 32 kB."""
MOST_LINES = 14_000
MOST_DRIFT = 4_000


def result_of(
    planned: Mapping[str, Any], network: str, state: str, addresses: Mapping[str, str], lines: Sequence[str]
) -> Any:
    """Return the artifact of a plan.

    :param planned: the plan as network_plan returns it
    :param state: the state of network_plan, which tells the runs of the playbooks apart
    :param addresses: see `addresses_of`
    :param lines: see `item_lines`; the first ones of them are kept
    """
    kept = _cut(lines, MOST_LINES)
    drift = _cut(printable_all(planned["drift"]), MOST_DRIFT)
    pairs = _cut([list(pair) for pair in sorted(printable_all(addresses).items())], MOST - _size(kept) - _size(drift))
    return {
        "network": network,
        "state": state,
        "digest": planned["digest"],
        "counts": planned["counts"],
        "addresses": dict(pairs),
        "drift": drift,
        "lines": kept,
        "left_out": {
            "addresses": len(addresses) - len(pairs),
            "drift": len(planned["drift"]) - len(drift),
            "lines": len(lines) - len(kept),
        },
    }


def _size(entries: Iterable[Any]) -> int:
    """Return the bytes of entries in a list of JSON, with the space between them."""
    return sum(len(json.dumps(entry)) + 2 for entry in entries)


def _cut(entries: Sequence[Any], most: int) -> list[Any]:
    """Return the first entries that have no more than so many bytes together."""
    sizes = accumulate(_size([entry]) for entry in entries)
    return [entry for entry, size in zip(entries, sizes, strict=True) if size <= most]


def addresses_of(
    desired: DesiredNetwork,
    items: Iterable[PlannedChange],
    kept: Iterable[KeptAddress],
    server: Server,
    cloud: Cloud,
) -> dict[str, str]:
    """Return the public addresses that are known, by the keys of the objects that have them.

    An Elastic IP that the plan allocates is not known yet; one that it releases, or that is kept for nothing, is left
    out. An aggregator's own address is that of its instance, else the one that the server has.
    """
    gone = {str((item.before or {}).get("public_ip")) for item in items if _is_release(item)}
    gone |= {address.public_ip for address in kept}
    found = {
        address.tags.get(TAG_KEY, ""): address.public_ip
        for address in cloud.addresses
        if address.tags.get(TAG_NETWORK) == desired.network and address.public_ip not in gone
    }
    for host in desired.hosts:
        instance = cloud.instances.get(host.instance_id or "")
        number = find_aggregator(host.aggregator, server)
        listed = server.aggregators.get(number) if isinstance(number, int) else None
        address = (instance.public_ip if instance else None) or (listed.ip if listed else None)
        if address:
            found[f"aggregator/{host.host}"] = address
    return found


def _is_release(item: PlannedChange) -> bool:
    return item.kind == "elastic_ip" and item.verb == "delete"
