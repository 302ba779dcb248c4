# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as tables of plain values: the CSV files, and the tables of the Markdown file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Optional, Union

from .network import Network, address_status, aggregator_status, gateway_status

# pylint of ansible-test takes `|` outside of annotations for an error.
Value = Optional[Union[str, int, float]]  # noqa: UP007, UP045
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a cell that a spreadsheet would compute (OWASP, "CSV Injection")."""


@dataclass(frozen=True)
class Sheet:
    """A table of plain values."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]


def sheets_of(network: Network) -> Mapping[str, Sheet]:
    """Return the tables by the ends of their files' names. Nothing in them is the time of the report."""
    return {
        "aggregators": _aggregators(network),
        "addresses": _addresses(network),
        "spaces": _spaces(network),
        "gateways": _gateways(network),
        "members": _members(network),
        "bonds": _bonds(network),
        "unprotected": _unprotected(network),
        "limits": _limits(network),
        **({} if network.findings is None else {"findings": _findings(network)}),
    }


def csv_of(sheet: Sheet) -> str:
    """Return a table as CSV (RFC 4180) that a spreadsheet shows and does not compute."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows([_plain(value) for value in row] for row in sheet.rows)
    return file.getvalue()


def _plain(value: Value) -> Value:
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return "" if value is None else value


def _aggregators(network: Network) -> Sheet:
    columns = (
        *("host", "id", "state", "version", "region", "zone", "instance_id", "instance_type", "instance_state"),
        *("private_ip", "public_ip", "public_ip_is_automatic", "addresses", "gateways", "bonds"),
    )
    return Sheet(
        "Aggregators",
        columns,
        [
            (
                *(
                    one.host,
                    one.id,
                    aggregator_status(one, network.description.unread)[1],
                    one.version,
                    one.region,
                    one.zone,
                ),
                *(one.instance_id, one.instance_type, one.instance_state, one.private_ip, one.public_ip),
                "yes" if one.is_automatic else "no",
                *astuple(network.counts_on(one)),
            )
            for one in network.description.aggregators
        ],
    )


def _addresses(network: Network) -> Sheet:
    columns = (
        *("entry", "public_ip", "bond", "bond_name", "space", "state", "is_on", "bond_is_on", "can_follow_to"),
        *("private_ip", "nat_ip", "on_bond"),
    )
    return Sheet(
        "Public addresses",
        columns,
        [
            (
                *(one.key, one.public_ip, one.bond, one.bond_name, one.space),
                address_status(one, network.description.unread)[1],
                *(one.owner, one.bond_is_on, one.spare, one.private_ip, one.nat_ip, one.on_bond),
            )
            for one in network.description.addresses
        ],
    )


def _spaces(network: Network) -> Sheet:
    columns = ("space", "id", "private_wan", "bonds", "gateways", "vpc", "vpc_networks", "vni", "mesh", "members")
    rows = []
    for space in network.description.spaces:
        mesh, vpc = space.mesh, space.vpc
        rows.append(
            (
                *(space.key, space.id, space.private_wan or "off"),
                *(len(network.bonds_of.get(space.key, [])), len(space.gateways)),
                *((vpc.id, " ".join(vpc.cidrs)) if vpc else ("", "")),
                *((mesh.vni, f"{mesh.protocol} {mesh.subnet}", len(mesh.members)) if mesh else (None, "", 0)),
            )
        )
    return Sheet("Spaces", columns, rows)


def _gateways(network: Network) -> Sheet:
    columns = ("space", "host", "state", "standby", "egress", "public_ip", "interface", "private_ip", "networks")
    return Sheet(
        "Gateways",
        columns,
        [
            (
                *(one.space, one.host, gateway_status(one, network.description.unread)[1]),
                *(one.peer, one.egress, one.public_ip),
                *(one.interface_id, one.private_ip, " ".join(one.networks)),
            )
            for one in network.gateways
        ],
    )


def _members(network: Network) -> Sheet:
    rows: list[Sequence[Value]] = []
    bgp = network.description.bgp
    meshes = [(space.key, space.mesh) for space in network.description.spaces]
    for space, mesh in [*meshes, ("", bgp.mesh if bgp else None)]:
        if mesh:
            rows += [
                (space, host, address, mesh.vni, mesh.incomplete.get(host, 0)) for host, address in mesh.members.items()
            ]
            rows += [(space, host, "missing", None, None) for host in mesh.missing]
    return Sheet("Mesh members", ("space", "host", "tunnel_address", "vni", "missing_endpoints"), rows)


def _bonds(network: Network) -> Sheet:
    return Sheet(
        "Bonds",
        ("bond", "name", "space", "is_on", "primary", "secondary"),
        [(one.id, one.name, one.space, one.present, one.primary, one.secondary) for one in network.description.bonds],
    )


def _unprotected(network: Network) -> Sheet:
    return Sheet(
        "Unprotected",
        ("object", "on", "space", "why", "remedy"),
        [(one.object, one.host, one.space, one.reason, one.remedy) for one in network.description.unprotected],
    )


def _limits(network: Network) -> Sheet:
    return Sheet(
        "Limits",
        ("limit", "where", "used", "of", "says"),
        [
            (one.limit, one.where, one.used, "not read" if one.most is None else one.most, one.source)
            for one in network.description.limits
        ],
    )


def _findings(network: Network) -> Sheet:
    columns = ("id", "severity", "kind", "object", "host", "space", "expected", "found", "remedy", "at_next_run")
    return Sheet("Findings", columns, [tuple(getattr(one, name) for name in columns) for one in network.findings or ()])
