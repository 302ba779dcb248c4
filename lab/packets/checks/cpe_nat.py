# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Public addresses of single bonds (AN-001's first scenario), and the aggregators' own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from .. import titles
from ..aws_topology import INTERNET, INTERNET_HOST
from ..bonders import LanHost
from ..echo_servers import fetch
from ..lab import Lab, until
from ..report import Check, Failed, need


def public_of(lab: Lab, private_ip: str) -> str:
    """The public address of a private one. Raises Failed if it has none."""
    for mapped in lab.fabric.gateways().values():
        if private_ip in mapped:
            return mapped[private_ip]
    raise Failed(f"{private_ip} has no public address")


def reaches(host: LanHost, public: str) -> bool:
    """Return True if the Internet host gets the page of this LAN host from the public address."""
    page = fetch(INTERNET, public, timeout=0.5)
    return page is not None and page.host == host.namespace and page.client == INTERNET_HOST


def goes_out(host: LanHost, internet: str = INTERNET_HOST) -> str:
    """The address with which the Internet sees the LAN host; empty if it does not get there."""
    page = fetch(host.namespace, internet, timeout=0.7)
    return page.client if page is not None and page.host == INTERNET else ""


def goes_out_as(host: LanHost, public: str) -> bool:
    """Return True if the LAN host gets the Internet host's page, and the Internet host sees the public address."""
    return goes_out(host) == public


def both_ways(lab: Lab, host: LanHost, seconds: float) -> float:
    """Seconds until the Internet reaches the host by its address and the host goes out with it."""
    public = public_of(lab, str(host.cpe_nat_ip))
    inward = until(lambda: reaches(host, public), seconds)
    need(inward is not None, f"after {seconds:g} s nobody answers at {public} for {host.namespace}")
    outward = until(lambda: goes_out_as(host, public), seconds)
    need(outward is not None, f"{host.namespace} does not get out as {public}, though the way in works")
    return (inward or 0) + (outward or 0)


def checks(lab: Lab) -> Iterator[Check]:
    """One for each CPE NAT IP that has a public address, and one for each aggregator."""
    owners = lab.server.owners()
    for host in lab.bonders.hosts:
        if host.cpe_nat_ip in owners:
            name = titles.cpe_nat(host.bond, host.address)
            yield Check(name, partial(_proved, lab, host, owners[host.cpe_nat_ip]))
    for name in lab.server.primary:
        yield Check(titles.own(name), partial(_own, lab, name))


def _proved(lab: Lab, host: LanHost, owner: str) -> str:
    here = lab.server.aggregator_of(host.bond_id)
    both_ways(lab, host, 10)
    public = public_of(lab, str(host.cpe_nat_ip))
    where = f"{host.cpe_nat_ip} on {owner}" + (f", bond on {here}" if here != owner else "")
    return f"{public} -> {host.address}; {host.address} -> Internet as {public}; {where}"


def _own(lab: Lab, aggregator: str) -> str:
    device = lab.device(aggregator)
    public = public_of(lab, device.addresses[0])

    def answers() -> bool:
        page = fetch(INTERNET, public, timeout=0.5)
        return page is not None and page.host == device.holder

    need(until(answers, 5) is not None, f"{aggregator} does not answer at {public}")
    return f"{public} answers"
