# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The aggregators' own side: site.yml works on them by Ansible's connection, and packets use what it has installed.

The last part of its scenario: what it installs stays. Before it the lab has set the way back of moved bonds, then the
role does.
"""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import yaml

from lab.demo.playbook import INVENTORY, run_playbook

from .. import netns
from ..aws_topology import INTERNET, INTERNET_HOST, Device
from ..bonders import LanHost
from ..echo_servers import fetch
from ..lab import Lab, until
from ..live_changes import ENVIRONMENT
from ..namespace_sandbox import HOSTS
from ..probes import Traffic
from ..report import Check, need
from . import ipv6_egress
from .cpe_nat import both_ways, goes_out, goes_out_as, public_of
from .gateways import Gateway, admitted, gateways
from .traffic import all_answer, demonstration_paths, run_under_traffic

DEADLINE = 15.0
FORWARDED = 8080
WATCHED = 3
"""Seconds for which the role watches a new device, in place of its ten: here nothing waits before it configures one."""
MARGIN, FOUND_AGAIN = 0.5, 30.0
"""Seconds before and after an aggregator's death in which what goes by it may be lost: others have to see it."""
OWN = ("agg1's own", "agg2's own")
"""The paths to the other aggregators' own addresses."""
MORE, HARMED = ("globex", "agg2"), ("acme", "agg3")
"""Gateways, space and aggregator, that the demonstration does not have: an interface is attached. The second one does
not come about.
"""


def checks(lab: Lab) -> Iterator[Check]:
    """In order: the first one makes what the others use."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=HOSTS))
    install, harm = _installed(lab, folder)
    yield Check("masquerading, ways back, an interface attached to agg2: nothing lost", install)
    yield Check("... DHCP configures agg3's: that costs packets, and it is detached", harm)
    yield Check("the way back of a moved bond, as the role sets it", lambda: _return_route(lab))
    yield Check("masquerade: LAN hosts of acme and globex reach the Internet", lambda: _out(lab))
    yield Check("... with the same source and port at once: both translated", lambda: _same_tuple(lab))
    yield Check("... and a forwarded port of acme's gateway leads to its LAN host", lambda: _forward(lab))
    yield from ipv6_egress.checks(lab)
    yield Check("agg1's own system has a CPE NAT IP: dead, and the preflight names it", lambda: _own(lab, folder))


def inventory(lab: Lab, folder: pathlib.Path) -> pathlib.Path:
    """The demonstration's inventory, with the lab's namespaces as its hosts, and two gateways more."""
    path = folder / "hosts.yml"
    hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text())["aggregators"]["hosts"]
    variables = yaml.safe_load((INVENTORY / "group_vars" / "aggregators.yml").read_text())
    for name, given in hosts.items():
        given.update(lab.systems.furnish(name, folder, lab.server.namespace(name)).variables())
    # They name no device: the role does.
    for key, aggregator in (MORE, HARMED):
        gateway = {"aggregator": aggregator, "networks": ["172.31.0.0/16"], "egress": "none"}
        next(space for space in variables["bonding_spaces"] if space["key"] == key)["gateways"].append(gateway)
    # A route inside of another gateway's network takes its traffic; here nobody has any in it.
    variables.update(bonding_manage_hosts=True, bonding_allow_disruption=True, pwan_gateway_watch_seconds=WATCHED)
    variables.update(lab.urls())
    path.write_text(yaml.safe_dump({"aggregators": {"hosts": hosts, "vars": variables}}))
    return path


def _run(lab: Lab, folder: pathlib.Path) -> dict[str, Any]:
    """Return the arguments for a run of site.yml on these hosts."""
    return {"inventory": inventory(lab, folder), "env": ENVIRONMENT}


def _attached(lab: Lab, aggregator: str) -> list[Device]:
    """Its further devices."""
    namespace = lab.server.namespace(aggregator)
    return [one for one in lab.fabric.devices if one.holder == namespace and not one.primary]


def _installed(lab: Lab, folder: pathlib.Path) -> tuple[Callable[[], str], Callable[[], str]]:
    """One run for two checks: two interfaces are attached at a time, and on one of the aggregators the role's files,
    which name the device and leave it to nobody, might as well not be there: DHCP moves the default route to it.
    """
    seen: list[Traffic] = []
    internet = next(one.device.vpc for one in gateways(lab) if one.space == HARMED[0]).replace("vpc-", "igw-", 1)
    dropped = lab.counter(internet, "out_drop")

    def install() -> str:
        arguments = _run(lab, folder)
        lab.systems.deaf = {lab.server.namespace(HARMED[1])}
        outcome, traffic = run_under_traffic(lab, **arguments)
        lab.sync()
        seen.extend(traffic)
        said = " ".join(outcome.failures)
        need(
            f"attached to {HARMED[1]}" in said and "It was detached again" in said, f"the run said {said or outcome.rc}"
        )
        names = [device.name for device in _attached(lab, MORE[1])]
        need(names, f"{MORE[1]} did not get its interface")
        made = [f"{item['kind']} {item['key']} on {item['host']}" for item in outcome.plan if item["system"] == "host"]
        need(made, "it has installed nothing")
        # What goes by the harmed aggregator may be lost while that is dead, and until the routing has found it again.
        first, last = next(one for one in traffic if one.path.name == f"{HARMED[1]}'s own").silences()
        lost = {
            one.path.name: one.silences()
            for one in traffic
            if one.lost() and not (first - MARGIN <= one.silences()[0] and one.silences()[1] <= last + FOUND_AGAIN)
        }
        lost |= {one.path.name: one.silences() for one in traffic if one.lost() and one.path.name in OWN}
        need(not lost, f"lost, though {HARMED[1]} was dead from {first:.1f} to {last:.1f} only: {lost}")
        sent = sum(len(one.sent) for one in traffic)
        return (
            f"{len(made)} things installed, {', '.join(names)} attached to {MORE[1]}: {sent} datagrams on"
            f" {len(traffic)} paths, {outcome.seconds:.0f} s"
        )

    return install, lambda: _harm(lab, seen, internet, dropped)


def _harm(lab: Lab, seen: list[Traffic], internet: str, before: int) -> str:
    aggregator = HARMED[1]
    need(seen, "the run before has not come to its end")
    need(not _left(lab), f"{aggregator} still has the interface")
    own = next(one for one in seen if one.path.name == f"{aggregator}'s own")
    need(own.lost(), f"{aggregator} lost nothing")
    dropped = lab.counter(internet, "out_drop") - before
    need(dropped > 0, f"none of {aggregator}'s answers came out by the device")
    all_answer(demonstration_paths(lab), "these do not work after the detachment")
    return (
        f"{aggregator} lost {len(own.lost())} of {len(own.sent)} (out_drop of {internet} +{dropped}); detached,"
        f" and back after {own.gap():.1f} s"
    )


def _left(lab: Lab) -> list[Device]:
    """Devices of the harmed aggregator that DHCP has configured and that are still there."""
    return [one for one in _attached(lab, HARMED[1]) if one.interface_id in lab.systems.configured]


def _return_route(lab: Lab) -> str:
    host = lab.host(19, cpe_nat=True)
    lab.returns = False
    lab.sync()
    seconds = both_ways(lab, host, DEADLINE)
    return f"{public_of(lab, str(host.cpe_nat_ip))} of {host.bond} after {seconds:.1f} s"


def _masqueraded(lab: Lab) -> list[tuple[Gateway, str]]:
    """Gateways whose own address has a public one, with it; their LAN hosts are on other aggregators, not on MORE."""
    found = []
    for one in gateways(lab, avoid=MORE[1]):
        mapped = {key: value for pairs in lab.fabric.gateways().values() for key, value in pairs.items()}
        if one.device.addresses[0] in mapped:
            found.append((one, mapped[one.device.addresses[0]]))
    return found


def _out(lab: Lab) -> str:
    texts = []
    for gateway, public in _masqueraded(lab):
        seconds = until(partial(goes_out_as, gateway.host, public), DEADLINE)
        need(seconds is not None, f"{gateway.host.bond} is seen as '{goes_out(gateway.host)}', not as {public}")
        texts.append(f"{gateway.host.bond} ({gateway.host.address}) as {public}")
    need(len(texts) > 1, f"there are not two gateways that translate: {texts}")
    return ", ".join(texts)


def _same_tuple(lab: Lab) -> str:
    (acme, first), (globex, second) = _masqueraded(lab)[:2]
    need(acme.aggregator == globex.aggregator, "the two gateways are not on one aggregator")
    hosts = [(host, _twin(lab, host, globex.space)) for host in lab.bonders.hosts if host.space == acme.space]
    away = {bond["id"] for bond in lab.server.bonds(MORE[1])}
    pairs = [(one, two) for one, two in hosts if two is not None and not away & {one.bond_id, two.bond_id}]
    need(pairs, "the two spaces have no address in common")
    one, two = pairs[0]
    seen = []
    for host in (one, two):
        page = fetch(host.namespace, INTERNET_HOST, source_port=40123, timeout=2)
        seen.append(page.client if page is not None and page.host == INTERNET else "")
    need(seen == [first, second], f"{one.address} of both spaces is seen as {seen}, not as {first} and {second}")
    return f"{one.address}:40123 of {acme.space} as {first}, of {globex.space} as {second}"


def _twin(lab: Lab, host: LanHost, space: str) -> LanHost | None:
    found = (one for one in lab.bonders.hosts if (one.space, one.address) == (space, host.address))
    return next(found, None)


def _forward(lab: Lab) -> str:
    gateway, public = next(pair for pair in _masqueraded(lab) if pair[0].space == "acme")
    target = lab.host(18)
    group = gateway.device.groups[0]
    rule = {"IpProtocol": "tcp", "FromPort": FORWARDED, "ToPort": FORWARDED, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    before = lab.counter(gateway.device.vpc, "group_in_drop")
    need(fetch(INTERNET, public, port=FORWARDED, timeout=0.5) is None, "it is open though the group is closed")
    dropped = lab.counter(gateway.device.vpc, "group_in_drop") - before
    need(dropped > 0, "it is closed, but not by the group")

    def arrives() -> bool:
        page = fetch(INTERNET, public, port=FORWARDED, timeout=0.5)
        return page is not None and (page.host, page.client) == (target.namespace, INTERNET_HOST)

    with admitted(lab, group, rule):
        need(until(arrives, DEADLINE) is not None, f"{public}:{FORWARDED} does not lead to {target.address}")
    return f"{public}:{FORWARDED} -> {target.address}; before the group was opened group_in_drop +{dropped}"


def _own(lab: Lab, folder: pathlib.Path) -> str:
    """Check that site.yml refuses an aggregator on which cloud-init has configured a secondary address."""
    host, device = lab.host(17, cpe_nat=True), lab.device("agg1")
    address, public = str(host.cpe_nat_ip), public_of(lab, str(host.cpe_nat_ip))
    both_ways(lab, host, DEADLINE)
    netns.batch("ip", device.holder, [f"addr add {address}/32 dev {device.name}"])
    try:
        page = fetch(INTERNET, public, timeout=0.5)
        need(page is not None and page.host == device.holder, f"{public} leads to {page}, not to agg1 itself")
        outcome = run_playbook("site.yml", options=["--check"], **_run(lab, folder))
        said = next((text for text in outcome.failures if address in text), "")
        need(outcome.rc and "agg1" in said, f"site.yml does not refuse it: {outcome.failures or outcome.rc}")
    finally:
        netns.batch("ip", device.holder, [f"addr del {address}/32 dev {device.name}"])
    back = both_ways(lab, host, DEADLINE)
    line = next(line for line in said.splitlines() if address in line).strip().partition(", so")[0]
    return f"{public} is agg1 itself; site.yml refuses: '{line}'; taken away: back after {back:.1f} s"
