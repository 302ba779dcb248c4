# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections on spaces, gateways and meshes."""

from __future__ import annotations

from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    GatewayDescription,
    MeshDescription,
    RouteTableDescription,
    SpaceDescription,
    VpcDescription,
)

from ..network import Network, gateway_status, mesh_status
from ..pictures.space import space_picture
from ..view import MOST_OPEN, Block, Cell, Column, Figure, Group, Row, Section, Status, TableView, counted, grouped

GATEWAY_COLUMNS = (
    Column("Gateway"),
    Column("State"),
    Column("Egress"),
    Column("Network interface"),
    Column("Networks", is_prose=True),
    Column("Port forwards", is_prose=True),
)
MOST_NAMED = 40
"""Members of a mesh that the page names one by one; more are in the CSV file."""


def spaces_section(network: Network) -> Section:
    """Return the section with a folded part for each space."""
    spaces = network.description.spaces
    few = len(spaces) <= MOST_OPEN
    return Section(
        "spaces",
        "Spaces",
        "Spaces",
        "What meets in each space: its bonds, the direct mesh of its aggregators, and the gateways in its VPC.",
        [_space(space, network, is_open=few and number < 3) for number, space in enumerate(spaces)]
        or [Block(text="The inventory has no space.")],
    )


def _space(space: SpaceDescription, network: Network, is_open: bool) -> Block:
    bonds, addresses = network.bonds_of.get(space.key, []), network.addresses_of.get(space.key, [])
    unread = network.description.unread
    status, mesh = mesh_status(space, unread)
    facts = ["bonds not read" if unread.server else counted(len(bonds), "bond")]
    facts.append(counted(len(space.gateways), "gateway"))
    facts += [f"mesh {mesh}"] if status == "bad" else []
    href = network.links.server("space", space.key if space.id is not None else None)
    server = Cell(space.name or ("not read" if unread.server else "not on the management server"), href)
    details = Block(table=_facts(space, server, network))
    return Block(
        title=space.key,
        note=" · ".join(facts),
        anchor=network.space_anchors[space.key],
        figures=[Figure([space_picture(space, len(bonds), len(addresses), unread)])],
        blocks=[details],
        is_folded=True,
        is_open=is_open,
    )


def _facts(space: SpaceDescription, server: Cell, network: Network) -> TableView:
    """Return the facts of a space as a table of two columns."""
    mode = space.private_wan.replace("_", " ")
    off = Cell("off", status="warn") if network.is_server_read else Cell("not read", status="unknown")
    rows = [("On the management server", server), ("Private WAN", Cell(mode) if mode else off)]
    if space.vpc:
        rows += _vpc(space.vpc, network)
    if space.mesh:
        rows += _mesh(space.mesh, network.is_server_read)
    bonds = network.bonds_of.get(space.key, [])
    alone = [f"{bond.id} {bond.name}" for bond in bonds if not bond.spare]
    if alone:
        rows.append(("Bonds without a secondary aggregator", Cell(_some(alone), status="warn")))
    return TableView((), [Group("", [Row([Cell(name), cell]) for name, cell in rows])])


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f", and {more} more" if more > 0 else "")


def _vpc(vpc: VpcDescription, network: Network) -> list[tuple[str, Cell]]:
    links = network.links
    notes = ["adopted"] if vpc.is_adopted else []
    notes += ["IPv6"] if vpc.ipv6 else []
    is_unread = network.description.unread.lacks(vpc.region)
    rows = [
        (
            "VPC",
            Cell(
                f"{', '.join(vpc.cidrs)}{f' ({chr(44).join(notes)})' if notes else ''}",
                status="" if vpc.id else "unknown" if is_unread else "bad",
                below=vpc.id or ("not read" if is_unread else "not built"),
                below_href=links.aws("vpc", vpc.region, vpc.id),
            ),
        )
    ]
    if vpc.internet_gateway:
        href = links.aws("internet_gateway", vpc.region, vpc.internet_gateway)
        outgoing = f"for IPv6 out also {vpc.egress_only_gateway}" if vpc.egress_only_gateway else ""
        rows.append(("Internet gateway", Cell(vpc.internet_gateway, href, below=outgoing)))
    rows += [
        (
            f"Subnet in {one.zone}",
            Cell(one.cidr, below=one.key or one.id, below_href=links.aws("subnet", vpc.region, one.id)),
        )
        for one in vpc.subnets
    ]
    rows += [
        (
            "Main route table" if one.is_main else "Route table",
            Cell(_routes(one), below=one.key or one.id, below_href=links.aws("route_table", vpc.region, one.id)),
        )
        for one in vpc.route_tables
        if one.destinations
    ]
    return rows


def _routes(table: RouteTableDescription) -> str:
    return ", ".join(f"{destination} to the gateway on {host}" for destination, host in table.destinations.items())


def _mesh(mesh: MeshDescription, is_read: bool) -> list[tuple[str, Cell]]:
    absent = "not built" if is_read else "not read"
    vni = f"VNI {mesh.vni}, interface {mesh.interface}" if mesh.vni is not None else absent
    rows = [("Direct mesh", Cell(f"{mesh.protocol} in {mesh.subnet}", below=vni))]
    members = [f"{host} {address}" for host, address in mesh.members.items()]
    text = ", ".join(members) if len(members) <= MOST_NAMED else f"{len(members):,} aggregators (see the CSV file)"
    none = Cell("none", status="bad") if is_read else Cell("not read", status="unknown")
    rows.append(("Mesh members", Cell(text) if members else none))
    if mesh.missing and is_read:
        rows.append(("Mesh members missing", Cell(_some(list(mesh.missing)), status="bad")))
    if mesh.incomplete:
        lacking = [f"{host} lacks {counted(number, 'endpoint')}" for host, number in mesh.incomplete.items()]
        rows.append(("Mesh members incomplete", Cell(_some(lacking), status="bad")))
    return rows


def gateways_section(network: Network) -> Section:
    """Return the section with the table of all gateways."""
    return Section(
        "gateways",
        "Gateways",
        "Gateways",
        "",
        [
            Block(
                table=grouped(
                    GATEWAY_COLUMNS,
                    ((one.space, _gateway(one, network)) for one in network.gateways),
                    "The inventory has no gateway.",
                )
            )
        ],
    )


def _gateway(one: GatewayDescription, network: Network) -> Row:
    status, words = gateway_status(one, network.description.unread)
    links = network.links
    anchor, pair = network.space_anchors.get(one.space), {"active": "standby on", "standby": "stands in for"}
    if one.nat_gateway_id:
        below, below_href = one.nat_gateway_id, links.aws("nat_gateway", one.region, one.nat_gateway_id)
    else:
        below, below_href = one.public_ip, links.aws("elastic_ip", one.region, one.allocation_id)
    egress = f"NAT gateway {one.public_ip}" if one.nat_gateway_id else one.egress.replace("_", " ")
    return Row(
        [
            Cell(
                one.space,
                f"#{anchor}" if anchor else "",
                below=f"on {one.host}",
                below_href=f"#{network.aggregator_anchors[one.host]}" if one.host in network.aggregator_anchors else "",
            ),
            Cell(words, status=status, below=f"{pair[one.role]} {one.peer}" if one.role in pair else ""),
            Cell("–") if one.role == "standby" else Cell(egress, below=below, below_href=below_href),
            Cell(
                f"{one.private_ip} {one.device}".strip() or "–",
                below=one.interface_id,
                below_href=links.aws("network_interface", one.region, one.interface_id),
            ),
            Cell(", ".join(one.networks) or "–"),
            Cell(", ".join(one.port_forwards) or "–"),
        ]
    )


MESH_COLUMNS = (
    Column("Mesh"),
    Column("State"),
    Column("Protocol"),
    Column("VNI", True),
    Column("Tunnel addresses"),
    Column("Members", True),
)


def meshes_section(network: Network) -> Section:
    """Return the section with the direct meshes, and BGP between the aggregators."""
    bgp = network.description.bgp
    unread = network.description.unread
    rows = [
        (space.key, _mesh_row(network.space(space.key), space.mesh, mesh_status(space, unread)))
        for space in network.description.spaces
        if space.mesh
    ]
    intro = "No BGP between the aggregators: a public address works while its bond is on the aggregator that has it."
    if bgp:
        intro = (
            f"BGP between {counted(len(bgp.speakers), 'aggregator')} (AS {bgp.asn}, {bgp.mode}), with "
            f"{counted(bgp.sessions, 'configured end', 'configured ends')} of sessions."
        )
        if bgp.mesh:
            transit = SpaceDescription(key="", mesh=bgp.mesh)
            rows.insert(0, ("BGP", _mesh_row(Cell("transit of BGP"), bgp.mesh, mesh_status(transit, unread))))
    return Section(
        "meshes",
        "Meshes",
        "Meshes and BGP",
        intro,
        [Block(table=grouped(MESH_COLUMNS, rows, "The inventory has no direct mesh."))],
    )


def _mesh_row(name: Cell, mesh: MeshDescription, state: tuple[Status, str]) -> Row:
    return Row(
        [
            name,
            Cell(state[1], status=state[0]),
            Cell(mesh.protocol),
            Cell("–" if mesh.vni is None else str(mesh.vni)),
            Cell(mesh.subnet),
            Cell(f"{len(mesh.members):,}"),
        ]
    )
