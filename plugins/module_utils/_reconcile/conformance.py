# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live server against the table of resources: what it has, and what it lacks (private to the collection)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._client import ApiError, AuthError
from .._parents import AGGREGATOR, BOND, parent_of
from .._resources import LISTINGS, RESOURCES, Field, Listing, Resource
from .._resources.kinds import Choice
from .api import Api
from .refs import Refs


def versions(refs: Refs, minimum: str) -> dict[str, Any]:
    """The aggregators' versions against a minimum.

    :returns: {aggregators: [{id, name, version, supported}], supported}; ``supported`` of an aggregator that has not
        told its version is None, and does not count
    """
    least = _version(minimum)
    aggregators = []
    for item in sorted(refs.items("aggregator"), key=lambda item: int(item["id"])):
        found = _version(str(item.get("version") or ""))
        aggregators.append(
            {
                "id": item["id"],
                "name": item.get("name"),
                "version": item.get("version"),
                "supported": found >= least if found else None,
            }
        )
    return {"aggregators": aggregators, "supported": all(item["supported"] is not False for item in aggregators)}


def listed_resources(api: Api) -> list[str]:
    """The names that the API's root lists; empty where the server has no such page."""
    try:
        root = api.root()
    except ApiError as error:
        if error.status in (403, 404):
            return []
        raise
    return sorted(root) if isinstance(root, Mapping) else []


def conformance(api: Api, refs: Refs) -> dict[str, Any]:
    """Ask OPTIONS of every path of the table.

    Nested paths are asked under the first aggregator and the first bond; without one they are not asked.

    :returns: {conforms, paths: [{path, kind, sure, exists, lacks, fields: [{field, sure, has, lacking_choices}],
        unknown}]}; ``exists`` and ``has`` are None where the server does not say
    """
    parents = {"": "", **{kind: _first(refs, kind) for kind in (AGGREGATOR, BOND)}}
    reports = [_listing(api, listing, parents[listing.below]) for listing in LISTINGS.values()]
    reports += [_resource(api, resource, parents[resource.below]) for resource in RESOURCES.values()]
    reports.sort(key=lambda report: (report["path"], report["kind"]))
    bad = [report for report in reports if report["exists"] is False or report["lacks"]]
    return {"conforms": not bad, "paths": reports}


def _first(refs: Refs, kind: str) -> str | None:
    numbers = sorted(int(item["id"]) for item in refs.items(kind))
    return parent_of(kind, numbers[0]) if numbers else None


def _listing(api: Api, listing: Listing, parent: str | None) -> dict[str, Any]:
    exists = None if parent is None else _ask(api, listing.kind, parent) is not None
    path = api.table.path(listing.kind)
    return {"path": path, "kind": "", "sure": listing.sure, "exists": exists, "lacks": [], "fields": [], "unknown": []}


def _resource(api: Api, resource: Resource, parent: str | None) -> dict[str, Any]:
    answer = None if parent is None else _ask(api, resource.kind, parent)
    described, known = (
        _fields_of(api, resource.kind, parent, answer) if parent is not None and answer is not None else (False, None)
    )
    fields = [_field(field, known, described) for field in resource.fields]
    ours = {field.wire for field in resource.fields} | set(resource.tags or {}) | {"id", "url"}
    return {
        "path": api.table.path(resource.kind),
        "kind": resource.kind,
        "sure": resource.sure,
        "exists": None if parent is None else answer is not None,
        "lacks": [item["field"] for item in fields if item["has"] is False or item["lacking_choices"]],
        "fields": fields,
        "unknown": sorted(set(known or {}) - ours),
    }


def _field(field: Field, known: Mapping[str, Any] | None, described: bool) -> dict[str, Any]:
    has: bool | None = None if known is None else field.wire in known
    description = (known or {}).get(field.wire)
    lacking: list[str] = []
    choices = description.get("choices") if isinstance(description, Mapping) else None
    if isinstance(field.kind, Choice) and isinstance(choices, list) and choices:
        offered = {str(choice.get("value")) for choice in choices if isinstance(choice, Mapping)}
        lacking = [choice for choice in field.kind.choices if choice not in offered]
    if has is False and field.write_only and not described:
        has = None  # it is never read back, so an object cannot tell
    return {"field": field.name, "sure": field.sure, "has": has, "lacking_choices": lacking}


def _fields_of(api: Api, kind: str, parent: str, answer: Any) -> tuple[bool, Mapping[str, Any] | None]:
    """Whether the server describes its fields, and they; else those that its first object shows."""
    actions = answer.get("actions") if isinstance(answer, Mapping) else None
    if isinstance(actions, Mapping):
        for method in ("POST", "PUT"):
            if isinstance(actions.get(method), Mapping):
                return True, actions[method]
    items = api.list(kind, parent)
    return False, items[0] if items else None


def _ask(api: Api, kind: str, parent: str) -> Any:
    """The answer to OPTIONS; None if there is no such path; {} if it exists but does not describe itself."""
    try:
        return api.describe(kind, parent) or {}
    except AuthError:
        raise
    except ApiError as error:
        if error.status == 404:
            return None
        if error.status in (403, 405):
            return {}
        raise


def _version(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: "6.5.3-1" -> (6, 5, 3); empty if it has none."""
    match = re.match(r"\s*v?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match.group(1).split(".")) if match else ()
