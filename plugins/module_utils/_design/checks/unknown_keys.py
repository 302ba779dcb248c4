# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of AWS with the network's tag and a key that this collection does not make: named, and left alone.

Whoever may tag can write one. The roles find objects by their keys, and an odd key would stop them in the middle of a
teardown, or, as `vpc/*`, stand for other objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from ..._model.desired_network import Report
from ..._model.finding import Difference
from ..._model.names import OWN_KEY, TAG_KEY, TAG_NETWORK
from ..._model.state import Cloud, ElasticIp


def without_strange_keys(network: str, cloud: Cloud, report: Report) -> Cloud:
    """Return the cloud in which objects with such a key count as others'; each is a warning."""
    changed: dict[str, Any] = {}
    for name in (field.name for field in fields(Cloud)):
        listed = getattr(cloud, name)
        objects: Iterable[Any] = listed.values() if isinstance(listed, dict) else listed or ()
        strange = {id(one) for one in objects if _is_strange(one, network)}
        if not strange:
            continue
        if isinstance(listed, dict):
            marked = {key: _foreign(one, strange, report) for key, one in listed.items()}
            # these two lists hold the network's objects alone
            kept = {key: one for key, one in marked.items() if id(listed[key]) not in strange}
            changed[name] = kept if name in ("groups", "nat_gateways") else marked
        else:
            changed[name] = [_foreign(one, strange, report) for one in listed]
    return replace(cloud, **changed) if changed else cloud


def _is_strange(found: Any, network: str) -> bool:
    tags: dict[str, str] = getattr(found, "tags", None) or {}
    return tags.get(TAG_NETWORK) == network and not OWN_KEY.fullmatch(tags.get(TAG_KEY, ""))


def _foreign(found: Any, strange: set[int], report: Report) -> Any:
    if id(found) not in strange:
        return found
    number = f"{found.public_ip} ({found.allocation_id})" if isinstance(found, ElasticIp) else found.id
    key = f"the key {found.tags[TAG_KEY]!r}" if TAG_KEY in found.tags else "no key"
    report.warn(
        f"{number}: carries the tag {TAG_NETWORK} of this network with {key} (expected a key that this collection "
        f"makes, such as cpe-nat/bond-17). It is left as it is: take the tag off, or delete it by hand.",
        Difference(
            "tag",
            number,
            "a key of this collection",
            key,
            severity="warning",
            source="bystander",
            remedy="Take the tag off, or delete the object by hand.",
        ),
    )
    return replace(found, tags={name: value for name, value in found.tags.items() if name != TAG_NETWORK})
