# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of network_plan read into the desired network.

Types were checked before, by Ansible's argument specification; here every value is checked for its meaning, and every
problem is collected, so that one run names all of them. What cannot be used is left out of the inventory, so that the
design meets nothing that it cannot compute with. `null` and an empty text mean that an option is absent.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ..._grammar import password_problem, tunnel_template_problem
from ..._model.desired_network import (
    DEFAULT_TUNNEL_DEVICE,
    DEFAULT_VNI_BASE,
    DesiredBgp,
    DesiredEntry,
    DesiredHost,
    DesiredNetwork,
    Report,
)
from ..._model.names import ANYWHERE
from ..._private_wan_rules import MAX_VNI
from .deviations import read_deviations
from .inventory_names import check_host_name, check_network_name, refuse
from .relocation import read_relocation, read_spaces
from .tags import read_tags
from .values import (
    chosen_hosts,
    given_options,
    is_address,
    is_blank,
    never_empty,
    number,
    several,
    sources,
    tunnel_network,
)

MAX_INDEX = 2**24 - 2
"""The largest tunnel network has 24 bits for hosts (10.0.0.0/8)."""
MAX_ASN = 4294967294
MANY = 1_000_000
"""More than any account has of anything, and any server has objects."""
SWITCHES = (
    "allow_disruption",
    "adopt",
    "prune",
    "prune_addresses",
    "release_addresses",
    "teardown_private_wan",
    "security_groups",
    "keep_public_address",
    "followed",
    "warn_unprotected",
)
OTHER_RUNS = ("adopt", "prune", "prune_addresses", "release_addresses", "teardown_private_wan")
"""Switches that mean nothing to a run that only moves public addresses: it adopts and removes nothing."""


def read_desired_network(params: Mapping[str, Any], report: Report) -> DesiredNetwork:
    """Return the desired network of network_plan's arguments (`params` by Ansible's argument specification)."""
    network = params["network"]
    check_network_name(network, bool(params.get("security_groups")), params.get("state") == "absent", report)
    hosts = tuple(_host(given, report) for given in params["aggregators"])
    if not hosts:
        report.problem("The group of aggregators has no host: nothing to do, and nothing was changed.")
    relocation = read_relocation(params, report)
    spaces = tuple(read_spaces(params.get("spaces") or (), hosts, relocation, report))
    for key in several(space.key for space in spaces):
        report.problem(f"space {key}: is in bonding_spaces twice. Leave one of them out.")
    numbers = _numbers(params, report)
    for option in ("hosts", "parts"):
        if params.get(option) is not None and not params[option]:
            report.problem(f"{option}: the list is empty: nothing would be done. Leave it out for all.")
    return DesiredNetwork(
        network=network,
        hosts=hosts,
        spaces=spaces,
        cpe_nat_ips=tuple(_entries(params.get("cpe_nat_ips") or (), report)),
        bgp=read_bgp(params.get("bgp"), report),
        vni_base=numbers.get("vni_base") or DEFAULT_VNI_BASE,
        tunnel_device=_tunnel_device(params.get("tunnel_device"), report),
        decommissioned=tuple(params.get("decommissioned") or ()),
        deviations=tuple(read_deviations(params.get("deviations"), report)),
        relocation=relocation,
        absent=params.get("state") == "absent",
        tags=read_tags(params.get("tags"), "bonding_tags", report),
        quotas=_quotas(params.get("quotas"), report),
        cpe_nat_inbound=tuple(_inbound(given, report) for given in params.get("cpe_nat_inbound") or ()),
        managed_mesh_ports=tuple(params.get("managed_mesh_ports") or ()),
        **{option: bool(params.get(option)) for option in SWITCHES if not (relocation and option in OTHER_RUNS)},
    )


def _numbers(params: Mapping[str, Any], report: Report) -> dict[str, Any]:
    found = {name: params.get(name) for name in ("vni_base", "max_deletions")}
    number(found, "vni_base", "bonding_vni_base", (1, MAX_VNI), report)
    number(found, "max_deletions", "bonding_max_deletions", (0, MANY), report)
    return found


def _quotas(given: Mapping[str, Any] | None, report: Report) -> dict[str, int]:
    options = given_options(given)
    for name in list(options):
        number(options, name, f"bonding_quotas.{name}", (0, MANY), report)
    return options


def _tunnel_device(given: Any, report: Report) -> str:
    if is_blank(given):
        return DEFAULT_TUNNEL_DEVICE
    refuse(tunnel_template_problem(str(given)), "bonding_tunnel_device", report)
    return str(given)


def _host(given: Mapping[str, Any], report: Report) -> DesiredHost:
    options = given_options(given)
    host = options["host"]
    check_host_name(host, report)
    number(options, "index", f"{host}: bonding_aggregator_index", (1, MAX_INDEX), report)
    never_empty(options, "primary_devices", f"{host}: bonding_primary_devices", "eth0 and ens5", report)
    private_ip = options.pop("private_ip_address", None)
    if private_ip is not None and not is_address(private_ip):
        report.problem(f"{host}: aws_private_ip_address: {private_ip!r} is not an IPv4 address. Give it without /.")
        private_ip = None
    for name in ("primary_devices", "host_skip"):
        if name in options:
            options[name] = tuple(options[name])
    options.setdefault("aggregator", host)
    return DesiredHost(**options, private_ip=private_ip)


def _connected(text: str) -> ipaddress.IPv4Interface:
    if "/" not in text:
        raise ValueError("a prefix length is missing")
    return ipaddress.IPv4Interface(text)


CANONICAL = {"connected_ip": _connected, "nat_ip": ipaddress.IPv4Address}
"""The one form of an address, by which the server and other entries know it."""


def _entries(given: Iterable[Mapping[str, Any]], report: Report) -> Iterable[DesiredEntry]:
    needed = ("bond", "interface", "connected_ip", "nat_ip")
    for place, one in enumerate(given, 1):
        options = given_options(one)
        if one.get("reverse_dns") == "":  # takes the name away
            options["reverse_dns"] = ""
        for name, form in CANONICAL.items():
            with contextlib.suppress(KeyError, ValueError):  # what is no address is refused with the entry
                options[name] = str(form(options[name]))
        missing = [name for name in needed if name not in options]
        if missing:
            what = f"bond {options['bond']}" if "bond" in options else f"entry {place}"
            report.problem(f"bonding_cpe_nat_ips, {what}: {' and '.join(missing)} must be given. Complete the entry.")
        else:
            yield DesiredEntry(**options, number=place)


def read_bgp(given: Any, report: Report) -> DesiredBgp | None:
    """Return the BGP between the aggregators that `bonding_bgp` describes, or None."""
    if not given:
        return None
    if not isinstance(given, Mapping):
        report.problem(f"bonding_bgp: got {str(given).lower()}, expected a dictionary with an asn.")
        return None
    options = given_options(given)
    mode = options.get("mode", "transit")
    subnet = None
    if mode == "transit":
        if "subnet" in options:
            subnet = tunnel_network(options["subnet"], "bonding_bgp.subnet", report)
        else:
            report.problem("bonding_bgp: mode: transit needs a subnet for the tunnels, for example 10.253.0.0/20.")
    elif "subnet" in options:
        report.problem(
            f"bonding_bgp: subnet: {options['subnet']} with mode: {mode}: only transit has tunnels. Leave it out."
        )
    number(options, "asn", "bonding_bgp: asn", (1, MAX_ASN), report)
    reflectors = tuple(dict.fromkeys(options.get("route_reflectors") or ()))
    aggregators = chosen_hosts(options, "bonding_bgp", report)
    if "asn" not in options:
        if given.get("asn") is None:
            report.problem("bonding_bgp: asn is missing.")
        return None
    password = options.get("password") or None
    problem = password_problem(password) if password is not None else None
    if problem:
        report.problem(f"bonding_bgp.password: {problem}")
    update_password = options.get("update_password") == "always"
    if update_password and password is None:
        report.problem(
            "bonding_bgp.update_password: always, and no password is given. Give one, or leave update_password out."
        )
    return DesiredBgp(options["asn"], mode, subnet, reflectors, aggregators, update_password)


def _inbound(given: Mapping[str, Any], report: Report) -> dict[str, Any]:
    options = given_options({name: value for name, value in given.items() if name != "from"})
    what = f"bonding_cpe_nat_inbound: {options.get('protocol')} {options.get('ports') or ''}".rstrip()
    found = sources(given, what, report)
    return {**options, "from": [ANYWHERE] if found is None else found}
