# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole page of a report."""

from __future__ import annotations

from collections import Counter

from .network import Network, aggregator_status, mesh_status
from .sections.addresses import addresses_section, bonds_section
from .sections.aggregators import aggregators_section, failure_section
from .sections.attention import attention_section, limits_section
from .sections.spaces import gateways_section, meshes_section, spaces_section
from .view import KeyFigure, Page, Status, counted


def page_of(network: Network, made: str) -> Page:
    """Return the page of a network.

    :param made: the time at which both systems were read
    """
    return Page(
        title=f"Network {network.description.network}",
        made=made,
        lead=lead_of(network),
        figures=key_figures(network),
        sections=(
            attention_section(network),
            aggregators_section(network),
            addresses_section(network),
            failure_section(network),
            spaces_section(network),
            gateways_section(network),
            meshes_section(network),
            bonds_section(network),
            limits_section(network),
        ),
    )


def lead_of(network: Network) -> str:
    """Return the sentence that says whether the network wants attention."""
    findings = network.findings
    if network.unread:
        return f"Not whole: {' and '.join(network.unread)} could not be read."
    if findings is None:
        return "Not audited: what is there, and not what is wrong."
    counts = Counter(one.severity for one in findings)
    if not (counts["error"] or counts["warning"]):
        return "The audit has found no error and no warning."
    return f"The audit has found {counted(counts['error'], 'error')} and {counted(counts['warning'], 'warning')}."


def key_figures(network: Network) -> tuple[KeyFigure, ...]:
    """Return the numbers at the head of the page, each with what of it wants attention."""
    described = network.description
    gateways = [one for one in network.gateways if one.role != "standby"]
    down = sum(aggregator_status(one, described.unread)[0] != "good" for one in described.aggregators)
    apart = sum(one.state != "with_bond" for one in described.addresses)
    alone = sum(not one.spare for one in gateways)
    broken = sum(mesh_status(space)[0] == "bad" for space in described.spaces)
    single = sum(not bond.spare for bond in described.bonds)
    cost = sum(one.usd_per_month for one in described.costs)
    return (
        _figure("aggregators", len(described.aggregators), "aggregator", down, ("not up", "all up")),
        _figure(
            "addresses",
            len(described.addresses),
            "public address",
            apart,
            ("not with its bond" if apart == 1 else "not with their bonds", "all with their bonds"),
        ),
        _figure("gateways", len(gateways), "gateway", alone, ("without a standby", "each with a standby")),
        _figure("spaces", len(described.spaces), "space", broken, ("with an incomplete mesh", "each mesh complete")),
        _figure("bonds", len(described.bonds), "bond", single, ("without a secondary", "each with a secondary")),
        KeyFigure(f"${cost:,.2f}", "a month", "list price, without instances", "", "#limits"),
    )


def _figure(anchor: str, number: int, noun: str, wrong: int, notes: tuple[str, str]) -> KeyFigure:
    """Return a number with its note: `notes` if some are wrong, and if none is."""
    plural = "public addresses" if noun == "public address" else f"{noun}s"
    status: Status = "" if not number else "warn" if wrong else "good"
    note = "" if not number else f"{wrong:,} {notes[0]}" if wrong else notes[1]
    return KeyFigure(f"{number:,}", noun if number == 1 else plural, note, status, f"#{anchor}")
