# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of role pwan_gateway by itself, made into the input that the plan gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..._grammar import slug_problem
from ..._model.desired_network import MASQUERADE, DesiredGateway, DesiredSpace, DesiredVpc, Report
from ..._model.names import MOST_OF_NETWORK, NETWORK_NAME, gateway_device
from ..._model.phases import PHASES
from ..._model.role_inputs import GatewayInput
from ..gateway.checks import check_egress
from ..gateway.port_forwards import port_forwards_of
from ..host.changes import NO_ZONE, natural_sort_key
from ..host.zones import conntrack_zone
from ..inputs.inventory_names import refuse
from ..inputs.spaces import read_gateway
from .gateway_aws import free_device_index
from .gateway_input import named_input, wanted_fields

_Found = Mapping[str, Any]


def input_of_options(options: _Found) -> tuple[GatewayInput | None, list[str]]:
    """Return the input of the role from the operator's options, None with problems, and the problems.

    `options` are the role's options without its name, `host` is the inventory's host, `gateway` an entry of
    `bonding_spaces[].gateways`; `spaces`, `instances`, `bonds` and `aggregators` are what the role has looked up.
    """
    report = Report()
    host, space = str(options["host"]), str(options["space"])
    refuse(slug_problem(space), "pwan_gateway_space", report)
    if not NETWORK_NAME.fullmatch(str(options["network"])):
        report.problem(
            f"pwan_gateway_network: not a name of a network (got {options['network']!r}, expected a small letter, and "
            f"up to {MOST_OF_NETWORK - 1} small letters, digits and _)."
        )
    wanted = read_gateway({**options["gateway"], "aggregator": host}, f"space {space}", (), report)
    if wanted is None:
        return None, report.problems
    ipv6 = bool(options["ipv6"])
    if options["state"] == "present":
        _check(space, wanted, options, report)
    if report.problems:
        return None, report.problems
    instance: _Found = next(iter(options["instances"]), {})
    number = next((int(one["id"]) for one in options["spaces"]), None)
    names = named_input(options["network"], space, host, instance.get("placement", {}).get("availability_zone", ""))
    on_server = wanted_fields(options["network"], number, wanted) if number is not None else {"egress": wanted.egress}
    routed = list(wanted.networks) if wanted.vpc_routes else []
    made = replace(
        names,
        **on_server,
        state=options["state"],
        aggregator=options["aggregator"],
        instance_id=options["instance_id"],
        device_index=free_device_index(instance),
        phases=list(PHASES),
        source_dest_check=wanted.egress == MASQUERADE and not routed,
        accept_ra=ipv6,
        networks=routed,
        absent_networks=None,
        release=bool(options["release"]),
        tags=dict(options["tags"]),
    )
    if made.state == "present" and wanted.egress == MASQUERADE and number is not None:
        made = replace(made, masquerade=_translation(number, wanted, options))
    return made, []


def _check(space: str, wanted: DesiredGateway, options: _Found, report: Report) -> None:
    label = f"space {space}, gateway on {wanted.host}"
    if wanted.auto:
        report.problem(f"{label}: networks: auto needs the plan of site.yml. Give the networks of the bonds.")
    if not wanted.interface and not options["manage_host"]:
        report.problem(
            f"{label}: interface is needed with pwan_gateway_manage_host: false: the name that the host gives the "
            "device."
        )
    # A subnet of the operator has the operator's routes, and NAT gateway.
    vpc = DesiredVpc(id=f"of {wanted.subnet_id}") if wanted.subnet_id else DesiredVpc("made", ipv6=options["ipv6"])
    check_egress(DesiredSpace(space, "unmanaged", vpc=vpc), wanted, report)
    if wanted.egress == MASQUERADE and not options["manage_host"]:
        report.problem(
            f"{label}: egress: masquerade needs rules on the aggregator, and the role may not log in there "
            "(pwan_gateway_manage_host: false): no bond would reach the Internet. "
            "Let the role log in, or use egress: nat_gateway or none."
        )
    if len(options["instances"]) != 1:
        report.problem(
            f"{label}: AWS has no instance {options['instance_id']} in this account and region. Correct "
            "pwan_gateway_instance_id or the region."
        )


def _translation(number: int, wanted: DesiredGateway, options: _Found) -> dict[str, Any]:
    """Return zone, devices (tunnels of the space, its interfaces on the aggregator) and port forwards of a gateway."""
    space, device = options["space"], wanted.interface or gateway_device(number)
    tunnels = {
        str(options["tunnel_device"]).replace("{bond}", str(one["id"]))
        for one in options["bonds"]
        if one["space"] == space
    }
    interfaces = {
        str(one["name"]) for found in options["aggregators"] for one in found["interfaces"] if one["space"] == space
    }
    incoming = tunnels | interfaces | set(wanted.incoming)
    return {
        "zone": conntrack_zone(number),
        "incoming": sorted(incoming - {device}, key=natural_sort_key),
        "port_forwards": port_forwards_of(wanted),
    }


def masquerade_rules(gateway: GatewayInput, installed: Iterable[_Found], subnet: str, in_zone: bool) -> list[_Found]:
    """Return the translation of a host with the gateway's rule, or without it; those of other spaces stay.

    Before the routes the rule is in no zone: in the space's own conntrack zone, connections that leave elsewhere until
    then would never be translated.
    """
    rules = [one for one in installed if one["space"] != gateway.space]
    if gateway.masquerade is None:
        return rules
    rule = {
        "space": gateway.space,
        "device": gateway.interface,
        "subnet": subnet,
        "untranslated": [],
        "ipv6": gateway.accept_ra,
        **gateway.masquerade,
    }
    return [*rules, rule if in_zone else {**rule, "zone": NO_ZONE}]
