# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections on public addresses and bonds."""

from __future__ import annotations

from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    AddressDescription,
    BondDescription,
)

from ..network import NOT_READ, Network, address_status
from ..pictures.places import places_picture
from ..view import Block, Cell, Column, Figure, Row, Section, TableView, counted, grouped

COLUMNS = (
    Column("Public address"),
    Column("Bond"),
    Column("Space"),
    Column("State"),
    Column("Address is on"),
    Column("Bond is on"),
    Column("Can follow to"),
    Column("CPE NAT IP"),
)


def addresses_section(network: Network) -> Section:
    """Return the section with the picture and the table of the public addresses."""
    addresses = network.description.addresses
    drawn = places_picture(addresses, network.address_anchors)
    captions = []
    if drawn.level:
        captions.append(f"{counted(drawn.level, 'address is', 'addresses are')} where their bonds are, and not drawn.")
    if drawn.more:
        captions.append(f"{drawn.more:,} more are in the table only.")
    figures = [Figure([drawn.picture], caption=" ".join(captions))] if drawn.picture else []
    text = " ".join(captions) if not drawn.picture else ""
    return Section(
        "addresses",
        "Addresses",
        "Public addresses",
        "Each CPE NAT entry with the aggregator that has its public address, and the one that its bond is on now. "
        "A line across is a bond that is not where its address is.",
        [
            Block(text=text, figures=figures),
            Block(
                table=grouped(
                    COLUMNS,
                    ((one.space, _address(one, network)) for one in addresses),
                    network.none("The inventory has no CPE NAT entry.", network.is_server_read),
                )
            ),
        ],
    )


def _address(one: AddressDescription, network: Network) -> Row:
    status, words = address_status(one, network.description.unread)
    nowhere = Cell("–") if (status, words) == NOT_READ else Cell("nowhere", status="warn")
    notes = ["pinned: never follows"] if one.is_pinned else []
    notes += [f"has left {one.home}"] if one.home else []
    disabled = {"disabled": "disabled on the bond", "missing": "not on the bond"}.get(one.on_bond, "")
    return Row(
        [
            Cell(
                one.public_ip or "–",
                network.links.aws("elastic_ip", one.region, one.allocation_id),
                below=one.key,
            ),
            Cell(
                f"{one.bond} {one.bond_name}",
                network.links.server("bond", one.bond),
                below=f"pair with bond {one.standby_bond}" if one.standby_bond else "",
            ),
            network.space(one.space),
            Cell(words, status=status, below=", ".join(notes)),
            network.host(one.owner),
            network.host(one.bond_is_on),
            network.host(one.spare) if one.spare else nowhere,
            Cell(
                one.private_ip or "–",
                status="bad" if disabled else "",
                below=disabled or f"to {one.nat_ip}",
            ),
        ],
        network.address_anchors[one.key],
    )


BOND_COLUMNS = (Column("Bond"), Column("Space"), Column("Is on"), Column("Primary"), Column("Secondary"))


def bonds_table(bonds: list[BondDescription], network: Network) -> TableView:
    """Return the table of some bonds."""
    rows = ((bond.space, _bond(bond, network)) for bond in bonds)
    return grouped(BOND_COLUMNS, rows, network.none("The network's spaces have no bond.", network.is_server_read))


def _bond(bond: BondDescription, network: Network) -> Row:
    there = network.host(bond.present) if bond.present else Cell("no aggregator", status="unknown")
    if bond.present and bond.present != bond.primary:
        there = network.host(bond.present, "warn")
    secondary = network.host(bond.secondary) if bond.secondary else Cell("none", status="warn")
    return Row(
        [
            network.bond(bond.id, bond.name),
            network.space(bond.space),
            there,
            network.host(bond.primary),
            secondary,
        ]
    )


def bonds_section(network: Network) -> Section:
    """Return the section with all bonds of the network's spaces."""
    return Section(
        "bonds",
        "Bonds",
        "Bonds",
        "The bonds of the network's spaces and entries. Marked are bonds that are not on their primary aggregator, and "
        "those without a secondary.",
        [Block(table=bonds_table(list(network.description.bonds), network))],
    )
