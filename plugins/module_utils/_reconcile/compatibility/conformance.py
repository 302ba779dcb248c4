# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live server against the table of resources: what it has, lacks, and does not show.

Two witnesses for each field: what the server says of itself (OPTIONS), and an object that exists. What an object shows
is there, whatever OPTIONS say; what neither shows is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..._client import ApiError, AuthError
from ..._parents import AGGREGATOR, BOND, number_of, parent_of
from ..._resources import LISTINGS, RESOURCES, Field, Listing, Resource
from ..._resources.api_map import choices_of
from ..._resources.fields import Kind, ListOf, Record
from ..._resources.resource import IDENTITY
from ..api import Api
from .proposal import Level, Proposal

CONFORMS, DIFFERS, NOT_SHOWN = "conforms", "does not conform", "not shown"
CURE = "Lines for api_map that may cure it; check each of them:"
_MOST_OBJECTS = 100


def conformance(api: Api, roots: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Ask OPTIONS of every path of the table, and for the objects that are there.

    Nested paths are asked under the first aggregator and the first bond; without one they are not asked.

    :param roots: the paths that the API's root lists, by their names
    :returns: {answer, conforms, counts, paths: [{path, kind, sure, exists, answer, lacks, fields: [{field, sure, has,
        lacking_choices}], unknown}], proposal, text}; ``exists`` and ``has`` are None where the server does not say
    """
    proposal = Proposal(api.table)
    parents = {"": "", **{kind: _first(api, kind) for kind in (AGGREGATOR, BOND)}}
    reports = []
    tabled: list[Listing | Resource] = [*LISTINGS.values(), *RESOURCES.values()]
    for one in tabled:
        reports.append(_Witnesses(api, one, parents[one.below], proposal).report())
    proposal.paths([report["kind"] for report in reports if report["exists"] is False], roots or {})
    reports.sort(key=lambda report: (report["path"], report["kind"]))
    counts: Counter[str] = Counter()
    for report in reports:
        answers = [_answer(one["has"], one["lacking_choices"]) for one in report["fields"]]
        counts.update([_answer(report["exists"], []), *answers])
    answer = _worst(report["answer"] for report in reports)
    lines = proposal.lines()
    return {
        "answer": answer,
        "conforms": answer != DIFFERS,
        "counts": {"conforms": counts[CONFORMS], "differs": counts[DIFFERS], "not_shown": counts[NOT_SHOWN]},
        "paths": reports,
        "proposal": proposal.as_dict(),
        "text": [*_summary(reports, counts), *([CURE, *lines] if lines else [])],
    }


class _Witnesses:
    """OPTIONS and objects of one path: the two witnesses of what the server has."""

    def __init__(self, api: Api, one: Resource | Listing, parent: str | None, proposal: Proposal) -> None:
        self._api, self._one, self._proposal = api, one, proposal
        self._described: Mapping[str, Any] | None = None
        self._objects: list[Mapping[str, Any]] = []
        self._exists: bool | None = None
        if parent is not None:
            self._ask(parent)

    def report(self) -> dict[str, Any]:
        """Return the report of this path; what may cure it is proposed."""
        fields = self._level(self._all_fields(), "", self._described, self._objects)
        lacks = [one["field"] for one in fields if one["has"] is False or one["lacking_choices"]]
        answers = [_answer(self._exists, []), *(_answer(one["has"], one["lacking_choices"]) for one in fields)]
        return {
            "path": self._api.table.path(self._one.kind),
            "kind": self._one.kind,
            "sure": self._one.sure,
            "exists": self._exists,
            "answer": _worst(answers),
            "lacks": lacks,
            "fields": fields,
            "unknown": self._unknown(),
        }

    def _ask(self, parent: str) -> None:
        kind = self._one.kind
        answer = _allowed(lambda: self._api.describe(kind, parent) or {})
        self._exists = answer is not None
        if answer is None:
            return
        actions = answer.get("actions") if isinstance(answer, Mapping) else None
        for method in ("POST", "PUT"):
            if isinstance(actions, Mapping) and isinstance(actions.get(method), Mapping):
                self._described = actions[method]
                break
        found = _allowed(lambda: self._api.sample(kind, parent))
        objects = [one for one in found or [] if isinstance(one, Mapping)][:_MOST_OBJECTS]
        self._objects = [one if self._leads_to_its_kind(one, parent) else _without_url(one) for one in objects]

    def _leads_to_its_kind(self, one: Mapping[str, Any], parent: str) -> bool:
        """Return False if an object in a listing of several kinds has a URL that is not of its kind's own path."""
        if isinstance(self._one, Resource) or not self._one.tells:
            return True
        kind = f"{one.get(self._one.tells)}_{self._one.kind}"
        url = one.get("url")
        if kind not in RESOURCES or not isinstance(url, str):
            return True
        try:
            path = self._api.client.path_of(url)
        except ValueError:
            return False  # no URL at all
        self._proposal.seen(kind, path, number_of(parent))
        return path.startswith(self._api.table.collection(kind, parent))

    def _wire_name(self, dotted: str) -> str:
        """Return the server's name of a field, without the names around it."""
        one = self._one
        of_each = isinstance(one, Listing) and dotted not in self._api.table.names(one.kind)
        owner = one.of[0] if of_each and isinstance(one, Listing) else one.kind
        return self._api.table.wire_name(owner, dotted).rpartition(".")[2]

    def _all_fields(self) -> dict[str, tuple[Kind, Field]]:
        if isinstance(self._one, Listing) and not self._one.tells:
            return {}
        own = {field.name for field in self._one.fields}
        fields = (*(field for field in IDENTITY if field.name not in own), *self._one.fields)
        return {field.name: (field.kind, field) for field in fields}

    def _level(
        self,
        fields: Mapping[str, tuple[Kind, Field]],
        outer: str,
        described: Mapping[str, Any] | None,
        objects: list[Mapping[str, Any]],
    ) -> list[dict[str, Any]]:
        """Return the reports of the fields of one level, and of all that is inside of them."""
        kind = self._one.kind
        result = []
        level = Level(kind, outer, described, objects)
        for name, (value_kind, field) in fields.items():
            dotted = f"{outer}.{name}" if outer else name
            wire = self._wire_name(dotted)
            about = (described or {}).get(wire)
            has = _has(name, wire, field, described, objects)
            lacking = _lacking_choices(self._api, kind, dotted, value_kind, about)
            result.append({"field": dotted, "sure": field.sure, "has": has, "lacking_choices": lacking})
            level.knows(wire, name)
            if has is False:
                level.lacks(name, value_kind, field)
            if lacking:
                self._proposal.values(kind, dotted, lacking, _offered(about), choices_of(value_kind))
            inner = _parts(value_kind)
            if inner is not None and has is not False:
                parts = {part: (part_kind, field) for part, part_kind in inner.items()}
                result += self._level(parts, dotted, _children(about), _entries(objects, name))
        self._proposal.fields(level)
        return result

    def _unknown(self) -> list[str]:
        """Return the names of fields that the server has and the table has not."""
        if isinstance(self._one, Listing):
            return []
        table, kind = self._api.table, self._one.kind
        names = [name for name in table.names(kind) if "." not in name]
        owned_by_network = {table.wire_name(kind, name) for name in names} | set(names) | set(self._one.tags or {})
        return sorted(({*(self._described or {})} | {key for one in self._objects for key in one}) - owned_by_network)


def _without_url(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "url"}


def _has(
    name: str, wire: str, field: Field, described: Mapping[str, Any] | None, objects: list[Mapping[str, Any]]
) -> bool | None:
    """Return whether the server has a field; None if neither witness can tell."""
    if any(name in one for one in objects) or (described is not None and wire in described):
        return True
    if field.write_only:
        return None if described is None else False
    if objects:
        return False
    # OPTIONS may leave out fields that are read-only.
    return None if described is None or field.read_only else False


def _parts(kind: Kind) -> Mapping[str, Kind] | None:
    """Return the parts inside of a list or mapping."""
    if isinstance(kind, ListOf):
        return _parts(kind.entry)
    return {name: part.kind for name, part in kind.parts.items()} if isinstance(kind, Record) else None


def _children(about: Any) -> Mapping[str, Any] | None:
    """Return the description of a field's inside by OPTIONS, as Django REST framework writes it."""
    child = about.get("child") if isinstance(about, Mapping) else None
    for one in (about, child):
        if isinstance(one, Mapping) and isinstance(one.get("children"), Mapping):
            found: Mapping[str, Any] = one["children"]
            return found
    return None


def _entries(objects: list[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """Return the values that the objects have inside of a field."""
    found = []
    for one in objects:
        value = one.get(name)
        found += [entry for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, Mapping)]
    return found


def _offered(about: Any) -> list[str]:
    """Return the values that OPTIONS offer for a field, also for the entries of a list."""
    for one in (about, about.get("child")) if isinstance(about, Mapping) else ():
        choices = one.get("choices") if isinstance(one, Mapping) else None
        if isinstance(choices, list) and choices:
            return [str(choice.get("value")) for choice in choices if isinstance(choice, Mapping)]
    return []


def _lacking_choices(api: Api, kind: str, dotted: str, value_kind: Kind, about: Any) -> list[str]:
    offered = _offered(about)
    if not offered:
        return []
    return [one for one in choices_of(value_kind) if api.table.wire_value(kind, dotted, one) not in offered]


def _first(api: Api, kind: str) -> str | None:
    found = _allowed(lambda: api.sample(kind, "")) or []
    ids = (one.get("id") for one in found if isinstance(one, Mapping))
    numbers = [number for number in ids if isinstance(number, int) and not isinstance(number, bool)]
    return parent_of(kind, min(numbers)) if numbers else None


def _allowed(ask: Any) -> Any:
    """Return an answer; None if there is no such path, {} if the user may not see it, or it is asked otherwise."""
    try:
        return ask()
    except AuthError:
        raise
    except ApiError as error:
        if error.status == 404:
            return None
        if error.status in (403, 405):
            return {}
        raise


def _answer(has: bool | None, lacking: list[str]) -> str:
    if has is False or lacking:
        return DIFFERS
    return NOT_SHOWN if has is None else CONFORMS


def _worst(answers: Iterable[str]) -> str:
    found = set(answers)
    return next((one for one in (DIFFERS, NOT_SHOWN) if one in found), CONFORMS)


def _summary(reports: list[dict[str, Any]], counts: Counter[str]) -> list[str]:
    lines = [
        f"Of {counts.total()} paths and fields {counts[CONFORMS]} conform, {counts[DIFFERS]} do not, and "
        f"{counts[NOT_SHOWN]} the server does not show to this user."
    ]
    for report in reports:
        if report["exists"] is False:
            lines.append(f"{report['kind']}: there is no {report['path']}.")
        for one in report["fields"]:
            if one["has"] is False:
                lines.append(f"{report['kind']}: has no field {one['field']}.")
            elif one["lacking_choices"]:
                lines.append(f"{report['kind']}: {one['field']} does not take {', '.join(one['lacking_choices'])}.")
    return lines
