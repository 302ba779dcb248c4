# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A gateway comes, and its way out is changed, under traffic: the aggregator translates, then a NAT gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..aws_topology import INTERNET_HOST
from ..echo_servers import PAGE_PORT
from ..lab import Lab, until
from ..live_changes import Intent
from ..probes import Path
from ..report import Check, need
from .cpe_nat import goes_out
from .disruptive_changes import measured
from .non_disruptive_changes import unharmed
from .traffic import DEADLINE, all_answer, paths

FORWARDED = 8080
DEVICE = "agg1", "ens6"
"""The gateway's aggregator and device."""
GATEWAY = {"aggregator": DEVICE[0], "networks": ["172.16.0.0/12"], "egress": "masquerade", "interface": DEVICE[1]}
VPC = {"cidr": "10.101.0.0/16"}
HOST = 18
"""The bond whose LAN goes out; it is on another aggregator."""
ROUTE_REPLACED = 5.0
"""Seconds of silence for a default route that is replaced."""


def gateway(intent: Intent) -> Iterator[Check]:
    """Yield the check of a gateway that is created."""
    yield Check("a gateway that masquerades: nothing is lost, LANs get out", lambda: _gateway(intent))


def egress(intent: Intent) -> Iterator[Check]:
    """Yield the check of a gateway whose egress changes."""
    yield Check("its way out from masquerade to a NAT gateway", lambda: _egress(intent))


def way_out(lab: Lab) -> Path:
    """From a LAN host by the gateway to the Internet."""
    host = lab.host(HOST)
    return Path(f"{host.bond} to the Internet", host.namespace, INTERNET_HOST)


def _skipped_host_parts(intent: Intent) -> dict[str, Any]:
    """Only the aggregator that translates is worked on itself: the others have nothing to install."""
    intent.host_variables = {name: {"bonding_manage_hosts": name == GATEWAY["aggregator"]} for name in intent.hosts}
    return {"bonding_host_skip": ["attach", "checks", "converge", "return_routes"]}


def _gateway(intent: Intent) -> str:
    forward = {"protocol": "tcp", "port": FORWARDED, "to": intent.lab.host(HOST).address, "to_port": PAGE_PORT}
    intent.space("acme").update(vpc=dict(VPC), gateways=[{**GATEWAY, "port_forwards": [forward]}])
    _outcome, did = unharmed(intent, lambda: intent.run(**_skipped_host_parts(intent)))
    path = way_out(intent.lab)
    all_answer([path], "this does not work")
    return f"{did}; {path.name} works, as {goes_out(intent.lab.host(HOST))}"


def _egress(intent: Intent) -> str:
    intent.space("acme")["gateways"] = [{**GATEWAY, "egress": "nat_gateway"}]
    before, path = goes_out(intent.lab.host(HOST)), way_out(intent.lab)
    told = measured(intent, {path.name: ROUTE_REPLACED}, [*paths(intent.lab), path], **_skipped_host_parts(intent))
    nats = {one["public_ip"] for one in intent.lab.fabric.state["nat_gateways"]}
    seconds = until(lambda: goes_out(intent.lab.host(HOST)) in nats, DEADLINE)
    need(seconds is not None, f"{path.name} is seen as '{goes_out(intent.lab.host(HOST))}', not as {nats}")
    return f"{told}; seen as {before}, then as {', '.join(sorted(nats))}"
