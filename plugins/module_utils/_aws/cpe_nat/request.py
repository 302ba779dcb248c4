# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the CPE NAT addresses, and the checks that need no look at AWS."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ..._cpe_nat_rules import address_problem, key_problem, pool_problem, reverse_dns_problem
from ..._model.names import NETWORK_NAME

_RULES: dict[str, Callable[[str], str | None]] = {
    "private_ip": address_problem,
    "preferred_private_ip": address_problem,
    "public_ip": address_problem,
    "pool": pool_problem,
    "reverse_dns": reverse_dns_problem,
}


class CpeNatError(Exception):
    """The wanted entries cannot be had. `problems` has one sentence for each reason; nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(
            f"{'; '.join(problems)}. Nothing was changed."
            if len(problems) == 1
            else f"{len(problems)} problems, nothing was changed: " + "; ".join(problems)
        )


@dataclass(frozen=True)
class Entry:
    """One wanted entry; the fields are the module's options."""

    key: str
    interface_id: str = ""
    private_ip: str | None = None
    preferred_private_ip: str | None = None
    pool: str | None = None
    public_ip: str | None = None
    reverse_dns: str | None = None
    made_connected_ip: str | None = None
    followed_from: str | None = None
    tags: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Request:
    """All options of one call. `max_deletions` None: as many as there are."""

    network: str
    entries: tuple[Entry, ...] = ()
    state: str = "present"
    allow_moves: bool = False
    prune: bool = False
    max_deletions: int | None = None
    release: bool = False
    check_mode: bool = False

    @classmethod
    def of(cls, params: Mapping[str, Any], check_mode: bool = False) -> Request:
        """Read the request from the module's parameters. Raises CpeNatError with all that is wrong in them."""
        names = {item.name for item in fields(Entry)}
        request = cls(
            network=params["network"],
            entries=tuple(
                Entry(**{name: value for name, value in entry.items() if name in names and value is not None})
                for entry in params.get("entries") or []
            ),
            state=params.get("state") or "present",
            allow_moves=bool(params.get("allow_moves")),
            prune=bool(params.get("prune")),
            max_deletions=params.get("max_deletions"),
            release=bool(params.get("release")),
            check_mode=check_mode,
        )
        problems = request.problems()
        if problems:
            raise CpeNatError(problems)
        return request

    def problems(self) -> list[str]:
        """Return the problems of the options themselves, without a look at AWS."""
        found: list[str] = []
        if not NETWORK_NAME.fullmatch(self.network):
            found.append(
                f"network is '{self.network}'; wanted a small letter, then at most 15 small letters, digits or '_'"
            )
        if self.prune and self.max_deletions is None:
            found.append("prune is true without max_deletions; give the number of entries that may go at most")
        if self.max_deletions is not None and self.max_deletions < 0:
            found.append(f"max_deletions is {self.max_deletions}; wanted 0 or more")
        if self.prune and self.state == "absent":
            found.append("prune is true with state absent; prune removes what is not listed, so it needs state present")
        for key, count in Counter(entry.key for entry in self.entries).items():
            if count > 1:
                found.append(f"entry {key}: the key is given {count} times")
        for name in ("public_ip", "private_ip"):
            # two subnets of two VPCs may have the same address, one interface may not
            given = Counter(
                (getattr(entry, name), entry.interface_id if name == "private_ip" else "")
                for entry in self.entries
                if getattr(entry, name)
            )
            found += [
                f"{name} {value} is given for {count} entries" for (value, _where), count in given.items() if count > 1
            ]
        for entry in self.entries:
            found += self._problems_of(entry)
        return found

    def _problems_of(self, entry: Entry) -> list[str]:
        found: list[str] = []
        if problem := key_problem(entry.key):
            found.append(f"entry {entry.key!r}: {problem}")
        if self.state == "absent":
            return found
        if not re.fullmatch(r"eni-\w+", entry.interface_id):
            found.append(
                f"entry {entry.key}: interface_id is '{entry.interface_id}'; wanted a network interface's id (eni-...)"
                ", or instance_id"
            )
        for name, problem_of in _RULES.items():
            value = getattr(entry, name)
            if value is not None and (problem := problem_of(value)):
                found.append(f"entry {entry.key}: {name} is {value!r}; {problem}")
        return found
