# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The aggregators' own side: site.yml works on them by Ansible's connection, and packets use what it has installed.

The last part: what it installs stays. Until here the lab has set the way back of moved bonds, now the role does.
"""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterator
from functools import partial

import yaml

from lab import hosts as lab_hosts
from lab.demo.playbook import INVENTORY
from lab.hosts import Host
from lab.process import ROOT

from ..answers import fetch
from ..bonders import LanHost
from ..fabric import INTERNET, INTERNET_HOST
from ..network import Lab, until
from ..report import Check, Failed, need
from ..sandbox import HOSTS
from . import ipv6_out
from .cpe_nat import both_ways, goes_out, goes_out_as, public_of
from .gateways import Gateway, gateways
from .traffic import under_traffic

DEADLINE = 15.0
FORWARDED = 8080
MORE = "agg2"
"""Gets a gateway that does not translate and that the demonstration does not have: an interface is attached."""


def checks(lab: Lab) -> Iterator[Check]:
    """In order: the first one makes what the others use."""
    yield Check("masquerading, ways back, a gateway on agg2 more: nothing is lost", lambda: _install(lab))
    yield Check("the way back of a moved bond, as the role sets it", lambda: _way_back(lab))
    yield Check("masquerade: LAN hosts of acme and globex reach the Internet", lambda: _out(lab))
    yield Check("... with the same source and port at once: both translated", lambda: _same_tuple(lab))
    yield Check("... and a forwarded port of acme's gateway leads to its LAN host", lambda: _forward(lab))
    yield from ipv6_out.checks(lab)


def inventory(lab: Lab, folder: pathlib.Path) -> pathlib.Path:
    """The demonstration's inventory, with the lab's namespaces as its hosts, and one gateway more."""
    hosts = yaml.safe_load((INVENTORY / "hosts.yml").read_text())["aggregators"]["hosts"]
    variables = yaml.safe_load((INVENTORY / "group_vars" / "aggregators.yml").read_text())
    for name, given in hosts.items():
        host = Host(name, folder, lab.server.namespace(name))
        host.furnish()
        given.update(host.variables())
    gateway = {"aggregator": MORE, "networks": ["172.31.0.0/16"], "egress": "none", "interface": "ens6"}
    next(space for space in variables["bonding_spaces"] if space["key"] == "globex")["gateways"].append(gateway)
    variables.update(bonding_host_side=True, **lab.urls())
    path = folder / "hosts.yml"
    path.write_text(yaml.safe_dump({"aggregators": {"hosts": hosts, "vars": variables}}))
    return path


def _install(lab: Lab) -> str:
    folder = pathlib.Path(tempfile.mkdtemp(dir=HOSTS))
    environment = {
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_CONNECTION_PLUGINS": str(pathlib.Path(lab_hosts.__file__).parent / "connection"),
        "PYTHONPATH": str(ROOT),
    }
    outcome, sent = under_traffic(lab, inventory=inventory(lab, folder), env=environment)
    need(outcome.rc == 0, f"the run failed: {outcome.failures or outcome.stdout[-500:]}")
    made = [f"{item['kind']} {item['key']} on {item['host']}" for item in outcome.plan if item["system"] == "host"]
    need(made, "it has installed nothing")
    device = next((one for one in lab.fabric.devices if (one.holder, one.name) == (MORE, "ens6")), None)
    if device is None:
        raise Failed(f"{MORE} did not get its interface")
    return f"{len(made)} things installed, ens6 attached to {MORE}: {sent}"


def _way_back(lab: Lab) -> str:
    host = lab.host(19, cpe_nat=True)
    lab.returns = False
    lab.sync()
    seconds = both_ways(lab, host, DEADLINE)
    return f"{public_of(lab, str(host.cpe_nat_ip))} of {host.bond} after {seconds:.1f} s"


def _masqueraded(lab: Lab) -> list[tuple[Gateway, str]]:
    """Gateways whose own address has a public one, with it; their LAN hosts are on other aggregators, not on MORE."""
    found = []
    for one in gateways(lab, avoid=MORE):
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
    away = {bond["id"] for bond in lab.server.bonds(MORE)}
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
    lab.hands.admit(group, True, **rule)
    try:
        lab.sync()

        def arrives() -> bool:
            page = fetch(INTERNET, public, port=FORWARDED, timeout=0.5)
            return page is not None and (page.host, page.client) == (target.namespace, INTERNET_HOST)

        need(until(arrives, DEADLINE) is not None, f"{public}:{FORWARDED} does not lead to {target.address}")
    finally:
        lab.hands.admit(group, False, **rule)
        lab.sync()
    return f"{public}:{FORWARDED} -> {target.address}; before the group was opened group_in_drop +{dropped}"
