# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole page of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ansible_collections.bonded.internet.plugins.module_utils._model.description import GatewayDescription

from .network import NOT_READ, Network, address_status, aggregator_status, gateway_status, mesh_status
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
    described, unread = network.description, network.description.unread
    gateways = [one for one in network.gateways if one.role != "standby"]
    states = [address_status(one, unread) for one in described.addresses]
    apart = [_wrong(state, state[0] != "good") for state in states]
    meshes = [mesh_status(space, unread) for space in described.spaces]
    up = [aggregator_status(one, unread) for one in described.aggregators]
    away = "not with its bond" if apart.count(True) == 1 else "not with their bonds"
    cost = sum(one.usd_per_month for one in described.costs)
    return (
        _figure("aggregators", "aggregator", [_wrong(one, one[0] != "good") for one in up], ("not up", "all up")),
        _figure("addresses", "public address", apart, (away, "all with their bonds"), network.is_server_read),
        _figure(
            "gateways",
            "gateway",
            [_alone(one, network) for one in gateways],
            ("without a standby", "each with a standby"),
        ),
        _figure(
            "spaces",
            "space",
            [_wrong(one, one[0] == "bad") for one in meshes],
            ("with an incomplete mesh", "each mesh complete"),
        ),
        _figure(
            "bonds",
            "bond",
            [not bond.spare for bond in described.bonds],
            ("without a secondary", "each with a secondary"),
            network.is_server_read,
        ),
        KeyFigure(f"${cost:,.2f}", "a month", "list price, without instances", "", "#limits")
        if network.is_aws_read
        else KeyFigure(f"${cost:,.2f}" if cost else "–", "a month", "AWS not read", "unknown", "#limits"),
    )


def _wrong(state: tuple[Status, str], is_wrong: bool) -> bool | None:
    """Return None for the judgement of an object that was not read."""
    return None if state == NOT_READ else is_wrong


def _alone(one: GatewayDescription, network: Network) -> bool | None:
    """Return True if a gateway has no standby, None if its standby was not read."""
    unread = network.description.unread
    if gateway_status(one, unread) == NOT_READ or (one.role == "active" and not one.spare and network.unread):
        return None
    return not one.spare


def _figure(
    anchor: str, noun: str, wrong: Sequence[bool | None], notes: tuple[str, str], is_read: bool = True
) -> KeyFigure:
    """Return a number with its note: `notes` if some are wrong, and if none is.

    :param wrong: an entry for each object, None where it was not read
    :param is_read: False if the objects themselves may be missing
    """
    number, bad, unknown = len(wrong), wrong.count(True), wrong.count(None)
    plural = "public addresses" if noun == "public address" else f"{noun}s"
    texts = [f"{bad:,} {notes[0]}"] if bad else []
    if not is_read or unknown:
        texts.append(f"{unknown:,} not read" if is_read and unknown < number else "not read")
    status: Status = "warn" if bad else "unknown" if texts else "good" if number else ""
    shown = f"{number:,}" if number or is_read else "–"
    note = ", ".join(texts) or (notes[1] if number else "")
    return KeyFigure(shown, noun if number == 1 else plural, note, status, f"#{anchor}")
