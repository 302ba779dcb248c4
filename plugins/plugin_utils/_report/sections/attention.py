# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections on findings and drift, and on limits and costs."""

from __future__ import annotations

from collections import Counter

from ansible_collections.bonded.internet.plugins.module_utils._model.description import Usage
from ansible_collections.bonded.internet.plugins.module_utils._model.finding import Finding

from ..network import Network
from ..view import Block, Cell, Column, Row, Section, Status, TableView, counted, grouped

SEVERITIES: dict[str, Status] = {"error": "bad", "warning": "warn", "info": "unknown"}
NEXT_RUN = {
    "changed": "the next run changes it",
    "refused": "the next run refuses it",
    "left": "the next run leaves it",
}
NEARLY, NEARLY_FULL = "Nearly reached", 0.8
"""Group of the limits that are marked, and the share from which one is."""


def attention_section(network: Network) -> Section:
    """Return the section with what an audit has found, and what has drifted."""
    blocks = []
    if network.unread:
        listing = " and ".join(network.unread)
        blocks.append(
            Block("Not read", f"{listing[0].upper()}{listing[1:]}: what is known there alone is missing here.")
        )
    if network.findings is None:
        blocks.append(
            Block(text="This report was made without an audit: it says what is there, and not what is wrong.")
        )
    else:
        blocks.append(Block("Findings", _counts(network.findings), table=_findings(network.findings, network)))
    drift = network.description.drift
    rows = (("", Row([Cell(f"{one.text}.", status="warn")])) for one in drift)
    blocks.append(
        Block(
            "Drift",
            "Differences between the network and the inventory that no run changes." if drift else "",
            table=grouped((Column("Drift", is_prose=True),), rows, network.none("Nothing has drifted.")),
        )
    )
    return Section("attention", "Attention", "Attention", "", blocks)


def _counts(findings: tuple[Finding, ...]) -> str:
    counts = Counter[str](one.severity for one in findings)
    return ", ".join(counted(counts[name], name) if name != "info" else f"{counts[name]:,} info" for name in SEVERITIES)


def _findings(findings: tuple[Finding, ...], network: Network) -> TableView:
    columns = (
        Column("Finding"),
        Column("Object", is_prose=True),
        Column("Found", is_prose=True),
        Column("Remedy", is_prose=True),
    )
    return grouped(
        columns,
        ((one.severity, _finding(one, network)) for one in findings),
        "The audit has found nothing.",
        opened="error",
    )


def _finding(one: Finding, network: Network) -> Row:
    place = network.host(one.host) if one.host else network.space(one.space) if one.space else Cell()
    notes = [f"expected {one.expected}"] if one.expected else []
    notes += [f"since {one.since}"] if one.since else []
    return Row(
        [
            Cell(one.severity, status=SEVERITIES[one.severity], below=one.kind.replace("_", " ")),
            Cell(one.object, below=place.text, below_href=place.href),
            Cell(one.found or "nothing", below=", ".join(notes)),
            Cell(one.remedy or "–", below=NEXT_RUN.get(one.at_next_run, one.at_next_run)),
        ]
    )


def limits_section(network: Network) -> Section:
    """Return the section with the limits, those nearly reached first, and the costs."""
    listed = network.description.limits
    tight = [one for one in listed if _is_tight(one)]
    others = [one for one in listed if not _is_tight(one)]
    columns = (
        Column("Limit"),
        Column("Where"),
        Column("Used", True),
        Column("Of", True),
        Column("Left", True),
        Column("Source"),
    )
    rows = [(NEARLY, _usage(one)) for one in tight] + [(one.limit, _usage(one)) for one in others]
    return Section(
        "limits",
        "Limits",
        "Limits and costs",
        "Counted is what this network has: others of the account may use the same limits.",
        [
            Block("Limits", _unread(listed), table=grouped(columns, rows, "No limit was read.", NEARLY)),
            Block("Costs", "AWS's list prices a month, without instances and traffic.", table=_costs(network)),
            Block(
                "Elastic IPs that nothing uses",
                "AWS charges them all the same." if network.description.kept else "",
                table=_kept(network),
            ),
        ],
    )


def _is_tight(one: Usage) -> bool:
    return one.most is not None and one.used >= NEARLY_FULL * one.most


def _unread(listed: tuple[Usage, ...]) -> str:
    unread = sum(one.most is None for one in listed)
    if not unread:
        return ""
    them = "it" if unread == 1 else "them"
    return f"{counted(unread, 'limit')} not read: a plan reads {them} when something new comes under {them}."


def _usage(one: Usage) -> Row:
    status: Status = ""
    if one.most is not None:
        status = "bad" if one.used > one.most else "warn" if _is_tight(one) else ""
    left = one.left
    return Row(
        [
            Cell(one.limit, status=status),
            Cell(one.where),
            Cell(f"{one.used:,}"),
            Cell("not read" if one.most is None else f"{one.most:,}"),
            Cell("–" if left is None else f"{left:,}"),
            Cell(one.source or "–"),
        ]
    )


def _costs(network: Network) -> TableView:
    listed = network.description.costs
    rows = [
        ("", Row([Cell(one.objects, below=one.without), Cell(f"{one.number:,}"), Cell(f"{one.usd_per_month:,.2f}")]))
        for one in listed
    ]
    if rows:
        total = sum(one.usd_per_month for one in listed)
        rows.append(("", Row([Cell("in all"), Cell(""), Cell(f"{total:,.2f}")])))
    columns = (Column("Objects"), Column("Number", True), Column("US dollars a month", True))
    none = network.none("The network has nothing on AWS that costs by itself.", network.is_aws_read)
    return grouped(columns, rows, none)


def _kept(network: Network) -> TableView:
    columns = (Column("Elastic IP"), Column("Kept for"), Column("Adopted"), Column("US dollars a month", True))
    rows = (
        (
            "",
            Row(
                [
                    Cell(one.public_ip, network.links.aws("elastic_ip", one.region, one.allocation_id)),
                    Cell(one.key),
                    Cell("yes" if one.is_adopted else "no"),
                    Cell(f"{one.usd_per_month:,.2f}"),
                ]
            ),
        )
        for one in network.description.kept
    )
    return grouped(columns, rows, network.none("None.", network.is_aws_read))
