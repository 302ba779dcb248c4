# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The aggregators' versions, and what the API's root lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._client import ApiError
from ..._grammar import version_numbers
from ..api import Api
from ..references import Refs


def versions(refs: Refs, minimum: str) -> dict[str, Any]:
    """Return the aggregators' versions against a minimum.

    :returns: {aggregators: [{id, name, version, supported}], supported}; ``supported`` of an aggregator that has not
        told its version is None, and does not count
    """
    least = version_numbers(minimum)
    aggregators = []
    for item in sorted(refs.items("aggregator"), key=lambda item: int(item["id"])):
        found = version_numbers(str(item.get("version") or ""))
        aggregators.append(
            {
                "id": item["id"],
                "name": item.get("name"),
                "version": item.get("version"),
                "supported": found >= least if found else None,
            }
        )
    return {"aggregators": aggregators, "supported": all(item["supported"] is not False for item in aggregators)}


def listed_resources(api: Api) -> dict[str, str]:
    """Return the paths that the API's root lists, by their names; empty where the server has no such page."""
    try:
        root = api.root()
    except ApiError as error:
        if error.status in (403, 404):
            return {}
        raise
    return {str(name): _path(api, name, url) for name, url in root.items()} if isinstance(root, Mapping) else {}


def _path(api: Api, name: Any, url: Any) -> str:
    try:
        path = api.client.path_of(url) if isinstance(url, str) and "/" in url else str(name)
        return f"{path.strip('/')}/"
    except ValueError:
        return f"{name}/"
