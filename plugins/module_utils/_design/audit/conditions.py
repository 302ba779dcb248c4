# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions on AWS that no plan looks at: instances, the egress of the aggregators, security groups, DNS names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ..._model.desired_network import DesiredNetwork
from ..._model.finding import Difference, Finding, Severity, finding_of
from ..._model.names import ANYWHERE, TAG_KEY
from ..._model.state import SELF, Cloud, Instance, RouteTable, Rule, Server
from ..._model.surroundings import Surroundings
from ..aggregators.differences import about_aggregator, about_instance, about_no_instance, about_silence
from ..aggregators.fleet import find_aggregator

VXLAN_PORT = 4789
DAYS_BEFORE_END, LAST_DAYS = 21, 7
"""Days from which on the end of a certificate is a warning, and an error."""
NOT_ASKED = "it was not asked in this run: --limit, a slice or a disabled host"
IMPAIRED = "impaired"
MOVING = ("instance-retirement", "instance-stop")
"""Events of which a stop and a start bring the instance to other hardware in time."""
EVACUATE = "Evacuate the aggregator before it is interrupted (docs/failover.md)."
MOVES = f"{EVACUATE} Then stop and start the instance, which brings it to other hardware."
SETS = "amazon.aws.ec2_vpc_net or the console switches it on; no run of site.yml does."


def find_conditions(
    desired: DesiredNetwork,
    cloud: Cloud,
    around: Surroundings,
    endpoints: Mapping[str, Collection[str]],
) -> list[Finding]:
    """Return findings of what surrounds the network.

    :param endpoints: private addresses of the peers of a host's tunnels, by host
    """
    instances = {
        host.host: cloud.instances[host.instance_id] for host in desired.hosts if host.instance_id in cloud.instances
    }
    differences = [*_statuses(instances, around), *_routes(instances, around), *_names(cloud, around)]
    if not desired.security_groups:  # else the plan judges the network's own groups
        differences += _groups(instances, endpoints, around)
    return [finding_of(one, "left") for one in differences]


def find_certificate(days: float | None) -> list[Finding]:
    """Return a finding of a certificate of the management server that ends soon.

    :param days: days that are left; None if the certificate cannot be seen
    """
    if days is None or days > DAYS_BEFORE_END:
        return []
    severity: Severity = "error" if days <= LAST_DAYS else "warning"
    found = f"it ends in {int(days)} days"
    remedy = "Renew it: without a valid certificate no playbook reaches the management server."
    expected = f"valid for more than {DAYS_BEFORE_END} days"
    return [
        finding_of(Difference("certificate", "management server", expected, found, severity, remedy=remedy), "left")
    ]


def find_without_server(desired: DesiredNetwork, cloud: Cloud, regions: Collection[str | None]) -> list[Finding]:
    """Return the findings of the instances of some regions; with the server's side the design makes them itself."""
    found = []
    for host in (one for one in desired.hosts if one.region in regions):
        instance = cloud.instances.get(host.instance_id or "")
        if instance and instance.state != "running":
            found.append(about_instance(host.host, instance))
        elif host.instance_id and not instance:
            found.append(about_no_instance(host.host, host.instance_id))
    return [finding_of(one, "left") for one in found]


def find_without_cloud(desired: DesiredNetwork, server: Server) -> list[Finding]:
    """Return findings of aggregators, which the design names wherever it has AWS's side too."""
    found = []
    for host in desired.hosts:
        number = find_aggregator(host.aggregator, server)
        if isinstance(number, int) and server.aggregators[number].status == "down":
            found.append(finding_of(about_aggregator(host.host, "down"), "left"))
    return found


def find_silent(desired: DesiredNetwork) -> list[Finding]:
    """Return findings of the hosts that could not be read, which the design names wherever it has both sides."""
    asked = [host for host in desired.hosts if host.manage_host]
    silent = {host.host: NOT_ASKED if host.found is None else host.found.get("unreachable") for host in asked}
    return [finding_of(about_silence(host, str(reason)), "left") for host, reason in silent.items() if reason]


def _statuses(instances: Mapping[str, Instance], around: Surroundings) -> Iterator[Difference]:
    """Yield failed status checks and scheduled events; a check that has not ended yet says nothing."""
    for host, instance in instances.items():
        status = around.statuses.get(instance.id)
        checks = {"system": status.system, "instance": status.instance} if status else {}
        failed = [name for name, result in checks.items() if result == IMPAIRED]
        if failed:
            found = f"{' and '.join(failed)} status check {IMPAIRED} ({instance.id})"
            remedy = MOVES if "system" in failed else f"Reboot the instance, or look at its console output. {EVACUATE}"
            yield Difference(
                "instance_status", host, "both status checks of EC2 passed", found, host=host, remedy=remedy
            )
        for event in status.events if status else ():
            yield Difference(
                "instance_event",
                f"{host}/{event.code}",
                "no event that AWS has scheduled",
                f"{event.code}, not before {event.not_before} ({instance.id})",
                "warning",
                host=host,
                remedy=MOVES if event.code in MOVING else EVACUATE,
            )


def _routes(instances: Mapping[str, Instance], around: Surroundings) -> Iterator[Difference]:
    """Yield aggregators with a public address whose subnet has no working default route."""
    for host, instance in instances.items():
        table = _table_of(instance, around.tables.route_tables.values())
        if table is None or not (instance.public_ip or instance.publics):
            continue
        route = next((one for one in table.routes if one.destination == ANYWHERE), None)
        if route is None or route.state != "active":
            found = "no such route" if route is None else f"a route to {route.target}, {route.state}"
            remedy = f"Create the default route of {table.id} to the internet gateway of {instance.vpc_id}."
            name = f"a default route in {table.id}, the table of {instance.subnet_id}"
            yield Difference("aggregator_route", host, name, found, host=host, remedy=remedy)


def _table_of(instance: Instance, tables: Collection[RouteTable]) -> RouteTable | None:
    """Return the route table of an instance's subnet: the one that names the subnet, else the main one of its VPC."""
    own = (table for table in tables if instance.subnet_id in table.subnet_ids)
    main = (table for table in tables if table.vpc_id == instance.vpc_id and table.main)
    return next(own, next(main, None))


def _groups(
    instances: Mapping[str, Instance], endpoints: Mapping[str, Collection[str]], around: Surroundings
) -> Iterator[Difference]:
    """Yield aggregators whose security groups let in no VXLAN of some of their peers."""
    carried = {one.private_ip: one.groups for one in instances.values()}
    for host, instance in instances.items():
        if around.unclear_groups.intersection(instance.groups):
            continue
        peers = sorted(peer for peer in endpoints.get(host, ()) if peer in carried)
        shut = [peer for peer in peers if not _admits(instance, peer, carried[peer], around)]
        if shut:
            listing = " ".join(instance.groups)
            yield Difference(
                "aggregator_security_group",
                host,
                f"UDP {VXLAN_PORT} from {' '.join(peers)}",
                f"not from {' '.join(shut)} ({listing})",
                host=host,
                remedy=f"Admit UDP {VXLAN_PORT} from these addresses, or say bonding_security_groups: true.",
            )


def _admits(instance: Instance, peer: str, carried: Collection[str], around: Surroundings) -> bool:
    """Return True if a security group of an instance lets in VXLAN of a peer.

    :param carried: the ids of the security groups of the peer
    """
    wanted = Rule("udp", VXLAN_PORT, VXLAN_PORT, f"{peer}/32")
    for number in instance.groups:
        for rule in around.groups[number].rules if number in around.groups else ():
            source = number if rule.source == SELF else rule.source
            by_group = source in carried
            if Rule(rule.protocol, rule.from_port, rule.to_port, ANYWHERE if by_group else rule.source).covers(wanted):
                return True
    return False


def _names(cloud: Cloud, around: Surroundings) -> Iterator[Difference]:
    """Yield VPCs of the network without the DNS names that site.yml gave them."""
    for number, (support, hostnames) in around.dns.items():
        if not (support and hostnames):
            off = [*([] if support else ["DNS support"]), *([] if hostnames else ["DNS host names"])]
            key = cloud.vpcs[number].tags.get(TAG_KEY, number)
            yield Difference(
                "vpc_dns", key, "DNS support and host names on", f"{' and '.join(off)} off ({number})", "warning",
                space=key.partition("/")[2], remedy=SETS,
            )  # fmt: skip
