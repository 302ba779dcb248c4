# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections on the aggregators: where they are, and what is lost with each of them."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field

from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    AggregatorDescription,
    Unprotected,
)

from ..network import Network, aggregator_status
from ..pictures.zones import Tile, zone_figures
from ..view import Block, Cell, Column, Row, Section, TableView, counted, grouped

COLUMNS = (
    Column("Aggregator"),
    Column("State"),
    Column("Zone"),
    Column("Instance"),
    Column("Private address"),
    Column("Public address"),
    Column("Addresses", True),
    Column("Gateways", True),
    Column("Bonds", True),
)


def aggregators_section(network: Network) -> Section:
    """Return the section with a picture of each zone, and the table of the aggregators."""
    listed = network.description.aggregators
    figures = zone_figures(_tile(one, network) for one in listed)
    table = grouped(COLUMNS, ((network.place(one), _row(one, network)) for one in listed))
    return Section(
        "aggregators",
        "Aggregators",
        "Aggregators",
        "A tile is an aggregator: its state as the management server and EC2 say, and what is on it.",
        [Block(figures=figures), Block(table=table)],
    )


def _tile(one: AggregatorDescription, network: Network) -> Tile:
    status, words = aggregator_status(one, network.description.unread)
    counts = network.counts_on(one)
    return Tile(
        host=one.host,
        region=one.region,
        zone=one.zone,
        status=status,
        words=words,
        addresses=counts.addresses,
        gateways=counts.gateways,
        bonds=counts.bonds,
        anchor=network.aggregator_anchors[one.host],
    )


def _row(one: AggregatorDescription, network: Network) -> Row:
    status, words = aggregator_status(one, network.description.unread)
    links = network.links
    number = f"aggregator {one.id}, {one.version}".rstrip(", ") if one.id is not None else one.unavailable
    public = "automatic" if one.is_automatic else ""
    return Row(
        [
            Cell(one.host, links.server("aggregator", one.id), below=number),
            Cell(words, status=status, below=one.unavailable),
            Cell(one.zone or "–"),
            Cell(
                one.instance_id or "–",
                links.aws("instance", one.region, one.instance_id),
                below=one.instance_type,
            ),
            Cell(
                one.private_ip or "–",
                below=one.interface_id,
                below_href=links.aws("network_interface", one.region, one.interface_id),
            ),
            Cell(one.public_ip or "–", below=public),
            *(Cell("–" if count is None else f"{count:,}") for count in astuple(network.counts_on(one))),
        ],
        network.aggregator_anchors[one.host],
    )


@dataclass
class Loss:
    """Objects of one kind on an aggregator: those that move to another one, and those that end with it."""

    follow: list[str] = field(default_factory=list)
    end: list[str] = field(default_factory=list)

    def add(self, name: str, spare: str) -> None:
        """Count an object."""
        (self.follow if spare else self.end).append(name)

    @property
    def cell(self) -> Cell:
        """Return the cell of the table."""
        if not (self.follow or self.end):
            return Cell("–")
        texts = [f"{len(self.follow)} {'moves' if len(self.follow) == 1 else 'move'}"] if self.follow else []
        texts += [f"{len(self.end)} lost"] if self.end else []
        return Cell(", ".join(texts), status="bad" if self.end else "good")


@dataclass
class Losses:
    """Losses with one aggregator, by kind."""

    addresses: Loss = field(default_factory=Loss)
    gateways: Loss = field(default_factory=Loss)
    bonds: Loss = field(default_factory=Loss)

    @property
    def lost(self) -> int:
        """Return the number of objects that end with the aggregator."""
        return len(self.addresses.end) + len(self.gateways.end) + len(self.bonds.end)


def losses_by_host(network: Network) -> dict[str, Losses]:
    """Return for each aggregator what `evacuate` could move away from it, and what it would leave."""
    found = {one.host: Losses() for one in network.description.aggregators}
    for address in network.description.addresses:
        if address.owner in found:
            found[address.owner].addresses.add(address.key, address.spare)
    for gateway in network.gateways:
        if gateway.host in found and gateway.role != "standby" and gateway.interface_id:
            found[gateway.host].gateways.add(gateway.space, gateway.spare)
    for bond in network.description.bonds:
        if bond.present in found:
            found[bond.present].bonds.add(str(bond.id), bond.spare)
    return found


def failure_section(network: Network) -> Section:
    """Return the section on what is lost with an aggregator."""
    losses = losses_by_host(network)
    places = {one.host: network.place(one) for one in network.description.aggregators}
    columns = (
        Column("If this aggregator fails"),
        Column("Public addresses"),
        Column("Gateways"),
        Column("Bonds"),
        Column("Lost in all", True),
    )
    rows = (
        (
            places[host],
            Row([network.host(host), one.addresses.cell, one.gateways.cell, one.bonds.cell, Cell(f"{one.lost:,}")]),
        )
        for host, one in losses.items()
    )
    unprotected = network.description.unprotected
    partly = " What was not read is not counted." if network.unread else ""
    return Section(
        "failure",
        "Failure",
        "If an aggregator fails",
        "What bonded.internet.evacuate can move away from each aggregator, and what it would have to leave. "
        "A bond goes to its secondary aggregator by itself, a public address after its bond, a gateway to its standby."
        f"{partly}",
        [
            Block(table=grouped(columns, rows)),
            Block(
                "Unprotected",
                f"{counted(len(unprotected), 'object')} that nothing can take the place of.",
                table=_unprotected(unprotected, network),
                anchor="unprotected",
            ),
        ],
    )


def _unprotected(listed: tuple[Unprotected, ...], network: Network) -> TableView:
    columns = (
        Column("Object"),
        Column("On"),
        Column("Space"),
        Column("Why", is_prose=True),
        Column("Remedy", is_prose=True),
    )
    return grouped(
        columns,
        (
            (
                KINDS[one.kind],
                Row(
                    [
                        Cell(one.object),
                        network.host(one.host),
                        network.space(one.space),
                        Cell(one.reason),
                        Cell(one.remedy),
                    ]
                ),
            )
            for one in listed
        ),
        network.none("Each gateway has a standby, and each bond another aggregator."),
    )


KINDS = {
    "gateway": "Gateways",
    "address": "Public addresses",
    "bond": "Bonds without a public address",
    "aggregator": "Aggregators",
}
"""Titles of the kinds of unprotected objects."""
