# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory's variables, read and typed once for a whole run.

The playbooks read them before a host of the inventory is asked for anything, and register the result. From then on no
variable of the inventory decides what a run does, since Ansible puts the facts that a host sends above the inventory:
a compromised aggregator could say where the management server's password goes, or that the network is to be removed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from math import ceil
from pathlib import Path
from typing import Any, Protocol

import yaml

from ansible_collections.bonded.internet.plugins.module_utils._grammar import nearest
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import MASQUERADE
from ansible_collections.bonded.internet.plugins.module_utils._resources import ApiMapError, load_map

from ._members import absent_owner, declared, left_out
from ._retired_names import RETIRED
from ._typed import ABSENT, Absent, typed
from ._variables import (
    AWS,
    GROUP,
    HOST,
    HOST_NAMES,
    INTERNAL,
    MEMBERS,
    PLAN,
    PREFIXES,
    ROLE,
    ROLES,
    RUN,
    SERVER,
    SHARED_NAMES,
    Spec,
    host_specs,
    is_ours,
    shared_specs,
)

ROLES_FOLDER = Path(__file__).resolve().parents[2] / "roles"
MOST_PROBLEMS = 50
API_MAP = "bonding_api_map"


class TemplateError(Exception):
    """A variable's template cannot be evaluated."""


class Variables(Protocol):
    """The variables of the play's hosts; values are evaluated when they are asked for."""

    def names(self, host: str) -> Iterable[str]:
        """Return the names of a host's variables, without those of the play."""

    def value(self, host: str, name: str) -> Any:
        """Return a host's value of a variable, None if it has none.

        :raises TemplateError: if it cannot be evaluated
        """

    def play_names(self) -> Iterable[str]:
        """Return the names of the play's variables, with those of its first host."""

    def play_value(self, name: str) -> Any:
        """Return the value that a variable has in the play, where `vars` may set it for all hosts, None if none.

        :raises TemplateError: if it cannot be evaluated
        """


class InventoryError(Exception):
    """The variables cannot be used; the text has a line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        lines = [f"  {number}. {text}" for number, text in enumerate(problems[:MOST_PROBLEMS], 1)]
        if len(problems) > MOST_PROBLEMS:
            lines.append(f"  ... and {len(problems) - MOST_PROBLEMS} more.")
        super().__init__(
            f"The inventory's variables cannot be used, {count}. No host, server or cloud was asked. Nothing was "
            "changed.\n" + "\n".join(lines)
        )


def plain(value: Any) -> Any:
    """Return plain data in place of Ansible's lazily templated containers."""
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in value}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


RELOCATING = ("followed", "evacuated")
"""The plan states of runs that only move public addresses."""
CONVERGE_DELAY = 2
"""Seconds between two questions to a host for the devices and peers that a phase has changed."""


class Inventory:
    """The variables of the hosts of a group: `hosts` are the names of all that the inventory of this run has."""

    def __init__(self, hosts: list[str], variables: Variables, group: str = "aggregators") -> None:
        self._hosts = hosts
        self._group = group
        self._variables = variables
        self._problems: list[str] = []

    def read(self) -> dict[str, Any]:
        """Return everything that a run takes from the inventory.

        :returns: `plan`, `server` and `aws` with the options that are given, the options of RUN, `region` if all hosts
            have the same, `aggregators` as network_plan takes them (those of bonding_members, if it is given),
            `hosts` with what each host's tasks heed, `left_out` with a sentence if members are not in the inventory,
            `shared_by` with the first member by name if it is one of these
        :raises InventoryError: with all problems
        """
        if not self._hosts:
            raise InventoryError(["The group of aggregators has no host. Nothing can be done without one."])
        self._check_names()
        read = {name: self._shared(name, spec) for name, spec in shared_specs().items()}
        self._read_map(read)
        shared = {name: value for name, value in read.items() if value is not ABSENT}
        hosts = {host: self._of_host(host) for host in self._hosts}
        members = hosts
        if MEMBERS in shared:
            members = declared(shared[MEMBERS], hosts, self._group, self._problems)
            hosts = {host: members[host] for host in hosts}
        if "bonding_network" not in shared and not self._problems:
            self._problems.append(
                "bonding_network: is not given. Every object that is made carries this name. Give one."
            )
        if self._problems:
            raise InventoryError(self._problems)
        regions = {own.get("aws_region") for own in members.values()}
        run: dict[str, Any] = {
            name.removeprefix("bonding_"): shared.get(name, spec["default"]) for name, spec in RUN.items()
        }
        return {
            "network": shared["bonding_network"],
            "plan": {option: shared[name] for name, option in PLAN.items() if name in shared},
            "server": {option: shared[name] for name, option in SERVER.items() if name in shared},
            "aws": {name.removeprefix("aws_"): shared[name] for name in AWS if name in shared},
            **run,
            "converge_tries": ceil(run["converge_timeout"] / CONVERGE_DELAY),
            "converge_delay": CONVERGE_DELAY,
            **({"region": regions.pop()} if len(regions) == 1 and None not in regions else {}),
            "aggregators": [_aggregator(host, own) for host, own in members.items()],
            "hosts": (read_hosts := {host: _host(own) | _asked(host, own, shared) for host, own in hosts.items()}),
            "asks_hosts": any(own["manage_host"] for own in read_hosts.values()),
            "left_out": left_out(members, hosts),
            **({"shared_by": owner} if (owner := absent_owner(members, hosts)) else {}),
        }

    def _read_map(self, read: dict[str, Any]) -> None:
        """Put the map of the server's names in place of its file, so that a run reads the file once."""
        if read[API_MAP] is ABSENT:
            return
        try:
            read[API_MAP] = load_map(read[API_MAP]).as_dict()
        except ApiMapError as error:
            self._problem(f"{API_MAP}: {str(error).removeprefix('api_map: ')}")

    def _value(self, host: str, name: str) -> Any:
        """Return a host's value of a variable, None if the host has none."""
        try:
            return plain(self._variables.value(host, name))
        except TemplateError as error:
            self._problem(f"{name} of {host}: the template cannot be evaluated: {error}")
            return None

    def _problem(self, text: str) -> None:
        if text not in self._problems:
            self._problems.append(text)

    def _shared(self, name: str, spec: Spec) -> Any:
        """Return the one value of all hosts, typed; ABSENT if none has one."""
        first = self._value(self._hosts[0], name)
        try:
            value = plain(self._variables.play_value(name))
        except TemplateError as error:
            self._problem(f"{name}: the template cannot be evaluated: {error}")
            return ABSENT
        found: list[str] = []
        read = typed(value, spec, name, found)
        self._problems += found
        if _digest(value) == _digest(first):  # else the play sets it for all hosts
            self._require_same(name, spec, first)
        return read

    def _require_same(self, name: str, spec: Spec, first: Any) -> None:
        """Note a problem if hosts disagree on a variable, after each value got its type ("true" is true)."""
        digest = _digest(_typed_or_raw(first, spec))
        for host in self._hosts[1:]:
            value = self._value(host, name)
            if _digest(_typed_or_raw(value, spec)) != digest:
                self._problem(
                    f"{name}: differs between the hosts {self._hosts[0]} and {host}{_both(first, value, spec)}. "
                    "It holds for the whole run and has to be the same on all hosts: put it into the group's variables."
                )
                return

    def _of_host(self, host: str) -> dict[str, Any]:
        """Return a host's own variables that are given, typed."""
        found = {}
        for name, spec in host_specs().items():
            value = typed(self._value(host, name), spec, f"{name} of {host}", self._problems)
            if not isinstance(value, Absent):
                found[name] = value
        return found

    def _check_names(self) -> None:
        """Refuse variables that take the collection's names and are not known, and facts that do."""
        holders: dict[str, str] = {}
        for host in self._hosts:
            # Ansible keeps all facts there, without the prefix ansible_, and drops a fact of this very name
            facts = [str(fact) for fact in self._value(host, "ansible_facts") or {} if is_ours(str(fact))]
            for fact in sorted(facts):
                self._problem(
                    f"{host}: the facts of this host set the variable {fact}, which no aggregator may set. "
                    "Another playbook has put it into the fact cache: find out why the host sent it, and clear the "
                    "cache (ansible-playbook --flush-cache)."
                )
            for name in map(str, self._variables.names(host)):
                if name.startswith(PREFIXES) and name not in holders and name not in facts:
                    holders[name] = host
        for name in self._variables.play_names():
            if name.startswith(PREFIXES) and name not in INTERNAL:
                holders.setdefault(name, "")
        for name, host in sorted(holders.items()):
            self._check_name(name, host)

    def _check_name(self, name: str, host: str) -> None:
        known = SHARED_NAMES | HOST_NAMES | {GROUP}
        if name in known:
            return
        where = f"{name}: this variable{f' of {host}' if host else ''}"
        if name in INTERNAL:
            self._problem(f"{where} has a name that the playbooks use for their own results. Rename or remove it.")
            return
        prefix = next(prefix for prefix in PREFIXES if name.startswith(prefix))
        if prefix in ROLES:
            options = _role_options(prefix.rstrip("_"))
            if name in options:
                return
            known |= options
        renamed = f"; its name is {RETIRED[name]!r} now." if name in RETIRED else ""
        meant = renamed or nearest(name, known, prefix) or "."
        self._problem(f"{where} is not known{meant} It would be ignored.")


def _role_options(role: str) -> frozenset[str]:
    """Return the names of a role's options, which an inventory may hold for the role by itself."""
    text = (ROLES_FOLDER / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text)["argument_specs"]["main"]["options"])


def _aggregator(host: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a host as network_plan takes it."""
    given = {option: own[name] for name, option in HOST.items() if name in own}
    return {"aggregator": host, "manage_host": True, **given, "host": host}


def _host(own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that a host's own tasks use."""
    return {
        "host_skip": own.get("bonding_host_skip", []),
        **({"region": own["aws_region"]} if "aws_region" in own else {}),
        **{name: own.get(name, spec["default"]) for name, spec in ROLE.items()},
    }


def _asked(host: str, own: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, bool]:
    """Return if this run reads and configures a host.

    One that only moves public addresses and gateways needs the hosts for return routes, and those of a gateway and its
    standby for their conntrack zones; never the host that it evacuates, which `bonding_evacuate` may also name by its
    aggregator.
    """
    managed = bool(own.get("bonding_manage_hosts", True))
    if shared.get("bonding_plan_state") in RELOCATING:
        bgp = shared.get("bonding_bgp") or {"mode": "none"}
        has_return_routes = bgp.get("mode", "transit") == "transit"
        names = {host, str(own.get("bonding_aggregator", host))}
        is_evacuated = str(shared.get("bonding_evacuate")) in names
        managed = managed and not is_evacuated and (has_return_routes or host in _translating_pairs(shared))
    return {"manage_host": managed}


def _translating_pairs(shared: Mapping[str, Any]) -> set[str]:
    """Return the hosts of gateways with a standby that translate, in a run that evacuates or restores a host."""
    if shared["bonding_plan_state"] != "evacuated":
        return set()
    gateways = [gateway for space in shared.get("bonding_spaces", ()) for gateway in space.get("gateways") or ()]
    pairs = [one for one in gateways if one.get("standby") and one.get("egress", MASQUERADE) == MASQUERADE]
    return {one[name] for one in pairs for name in ("aggregator", "standby")}


def _typed_or_raw(value: Any, spec: Spec) -> Any:
    read = typed(value, spec, "", [])
    return value if isinstance(read, Absent) and value not in (None, "") else None if isinstance(read, Absent) else read


def _digest(value: Any) -> str:
    """Return a digest, since values may be large and are compared over all hosts."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def _both(first: Any, other: Any, spec: Spec) -> str:
    """Return both values for a message, where they are short and no secret."""
    if spec.get("no_log") or any(isinstance(value, (Mapping, list)) for value in (first, other)):
        return ""
    return f" (got {first!r} and {other!r})"
