# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab: what the two stand-ins hold, carried out by the kernel, BIRD and nftables."""

from __future__ import annotations

import pathlib
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from lab.process import Running

from . import bird, filters, ipv6, managed_mesh, netns
from .admin_client import Hands
from .aggregators import Server
from .applied_state import Ledger
from .aws_topology import INTERNET, Device, Fabric, router_mac
from .bonders import Bonders, LanHost
from .echo_servers import Answers
from .guest_os import Systems
from .report import Failed

COPY = "packets"
FOLDER = pathlib.Path("/run/packets")


class Lab:
    """Follows both stand-ins: `sync()` carries out what they hold now.

    :param returns: whether transit's way back is set on the aggregators (the collection leaves it to their operators).
    """

    def __init__(self, server: Running, aws: Running, returns: bool = True) -> None:
        self.server_stand_in, self.aws_stand_in, self.returns = server, aws, returns
        self.ledger = Ledger()
        self.daemons = netns.Daemons(FOLDER)
        self.answers = Answers()
        self.hands = Hands(server, aws, aws.state()["region"])
        self.systems = Systems()
        self.stopped: set[str] = set()
        """Namespaces of the aggregators whose programs do nothing any more."""
        self._namespaces: set[str] = set()
        self._texts: dict[tuple[str, str], str] = {}
        self._configurations: dict[str, str] = {}
        self._held: tuple[dict[str, Any], dict[str, Any], bool] | None = None
        self.fabric: Fabric
        self.server: Server
        self.bonders: Bonders

    def sync(self) -> float:
        """Carry out the states; returns the seconds that the kernel's part took."""
        aws, server = self.aws_stand_in.state(), self.server_stand_in.state()
        began = time.monotonic()
        if (aws, server, self.returns) == self._held:
            return 0.0
        self._held = None
        self.fabric = Fabric(aws, self.systems.names)
        if self.systems.meet(self.fabric):
            self.fabric = Fabric(aws, self.systems.names)
        self.server = Server(server, self.fabric)
        self.bonders = Bonders(server)
        wanted = [*self.fabric.namespaces(), *self.bonders.namespaces()]
        new = [name for name in wanted if name not in self._namespaces]
        netns.add_namespaces(new)
        self._namespaces.update(new)
        self._bases(new)
        self._filters()
        back = self.server.return_routes() if self.returns else ()
        self.ledger.apply_or_predict(
            [
                *self.fabric.pieces(),
                *self.systems.pieces(self.fabric),
                *self.bonders.pieces(),
                *self.server.pieces(),
                *managed_mesh.pieces(self.server),
                *back,
                *ipv6.pieces(self.server, self.bonders),
            ]
        )
        for name in self._namespaces - set(wanted):
            self._gone(name)
        self._birds()
        instances = [device.holder for device in self.fabric.devices if not device.nat_gateway]
        for name in (INTERNET, *instances, *(host.namespace for host in self.bonders.hosts)):
            if name not in self.stopped:
                self.answers.open(name)
        self._held = (aws, server, self.returns)
        return time.monotonic() - began

    def _bases(self, new: list[str]) -> None:
        vpcs, gateways = set(self.fabric.vpcs()), set(self.fabric.gateways())
        nats = self.fabric.nat_gateways()
        for name in new:
            if name in vpcs:
                netns.nft(name, filters.vpc_base())
            elif name in gateways:
                netns.nft(name, filters.internet_gateway_base())
            elif name in nats:
                netns.nft(name, filters.nat_gateway(nats[name]))

    def _filters(self) -> None:
        texts = {name: filters.internet_gateway(mapped) for name, mapped in self.fabric.gateways().items()}
        for name in self.fabric.vpcs():
            texts[name] = filters.vpc([one for one in self.fabric.devices if one.vpc == name], self.fabric.groups(name))
        texts.update(self.bonders.filters())
        tables = {(name, ""): text for name, text in texts.items()}
        tables |= ipv6.filters(self.fabric)
        for (name, table), text in tables.items():
            if self._texts.get((name, table)) != text:
                netns.nft(name, text)
                self._texts[name, table] = text

    def _birds(self) -> None:
        wanted = {
            self.server.namespace(one["name"]): bird.configuration(self.server, one)
            for one in self.server.aggregators()
        }
        # A bonder whose tunnel leads nowhere has nobody to talk to.
        wanted |= {
            f"bond-{bond['id']}": bird.bonder(bond)
            for name in self.server.primary
            for bond in self.server.bonds(name)
            if self.server.announces(bond)
        }
        for holder in [key for key in self._configurations if key not in wanted]:
            self._no_bird(holder)
        started = []
        for holder, text in wanted.items():
            # A BIRD that does nothing takes no configuration: it gets the last one when it goes on.
            if self._configurations.get(holder) == text or holder in self.stopped:
                continue
            self._configurations[holder] = text
            path = FOLDER / f"bird-{holder}.conf"
            path.write_text(text)
            if self.daemons.alive(f"bird-{holder}"):
                answer = self.birdc(holder, "configure")
                if "Reconfigur" not in answer:
                    raise netns.KernelError(f"the BIRD of {holder} does not take {path}: {answer}\n{text}")
            else:
                self._control(holder).unlink(missing_ok=True)
                self.daemons.start(
                    f"bird-{holder}", holder, "bird", "-f", "-c", str(path), "-s", str(self._control(holder))
                )
                started.append(holder)
        for holder in started:
            if not until(partial(self._answers, holder), 5):
                said = self.daemons.output(f"bird-{holder}")
                raise netns.KernelError(f"the BIRD of {holder} does not start: {said}\n{self._configurations[holder]}")

    def _answers(self, holder: str) -> bool:
        """Return True if BIRD in the holder's namespace has read its configuration. Its socket exists before that."""
        return self._control(holder).exists() and "Daemon is up" in self.birdc(holder, "show", "status")

    def forget_routes(self) -> None:
        """Start all BIRDs anew, so that none of them remembers a neighbour."""
        for holder in list(self._configurations):
            self._no_bird(holder)
        self._held = None
        self.sync()

    @staticmethod
    def _control(holder: str) -> pathlib.Path:
        return FOLDER / f"bird-{holder}.ctl"

    def _no_bird(self, holder: str) -> None:
        if self._configurations.pop(holder, None) is not None:
            self.daemons.stop(f"bird-{holder}")

    def _gone(self, name: str) -> None:
        self.answers.close(name)
        self._no_bird(name)
        self._texts = {key: text for key, text in self._texts.items() if key[0] != name}
        self.ledger.forget(name)
        netns.delete_namespace(name)
        self._namespaces.discard(name)

    def close(self) -> None:
        """End the daemons, and take all namespaces away."""
        self.answers.end()
        self.daemons.stop_all()
        for name in sorted(self._namespaces):
            netns.delete_namespace(name)
        self._namespaces.clear()

    # What the checks ask

    def save(self) -> None:
        """Keep what both stand-ins hold now."""
        self.server_stand_in.save(COPY)
        self.aws_stand_in.save(COPY)

    def restore(self) -> None:
        """Back to what was saved."""
        self.server_stand_in.load(COPY)
        self.aws_stand_in.load(COPY)
        self.sync()

    def urls(self) -> dict[str, str]:
        """Return the stand-ins' addresses as variables of site.yml."""
        return {"bonding_api_url": self.server_stand_in.url, "aws_endpoint_url": self.aws_stand_in.url}

    def size(self) -> str:
        """Return the size of the network as a sentence."""
        names = f"{len(self._namespaces)} namespaces, {len(self.ledger.pieces)} kernel objects"
        return f"{names}, {len(self._configurations)} BIRD daemons"

    def birdc(self, holder: str, *words: str) -> str:
        """Return the output of birdc for the BIRD of an aggregator's or a bonder's namespace."""
        return netns.run("birdc", "-s", str(self._control(holder)), *words, check=False)

    def routes(self, aggregator: str, space: str | None = None) -> str:
        """A routing table of an aggregator, as `ip route` shows it."""
        table = "main" if space is None else str(self.server.tables[space])
        return netns.run("ip", "-n", self.server.namespace(aggregator), "route", "show", "table", table, check=False)

    def counter(self, namespace: str, name: str) -> int:
        """Packets of a named counter; 0 where there is no such."""
        return netns.counters(namespace).get(name, 0)

    def device(self, aggregator: str) -> Device:
        """An aggregator's first interface."""
        return self.server.primary[aggregator]

    def host(self, bond_id: int, *, cpe_nat: bool = False) -> LanHost:
        """A LAN host of a bond: that of its private WAN, or the first one with a CPE NAT IP."""
        for one in self.bonders.hosts:
            if one.bond_id == bond_id and (one.cpe_nat_ip is not None if cpe_nat else one.private_wan):
                return one
        raise Failed(f"bond {bond_id} has no LAN host {'with a CPE NAT IP' if cpe_nat else 'in its private WAN'}")

    def hang(self, aggregator: str, hung: bool) -> None:
        """From now on an aggregator's instance hangs, or does so no more; none of its devices goes down."""
        for device in self.fabric.devices:
            if device.holder == self.server.namespace(aggregator):
                netns.nft(device.vpc, filters.hung(device.port, hung))

    def stop_programs(self, aggregator: str, stopped: bool) -> None:
        """From now on an aggregator's programs do nothing (SIGSTOP), SSH's among them, or they go on."""
        holder = self.server.namespace(aggregator)
        if stopped:
            self.stopped.add(holder)
            self.answers.close(holder)
        self.daemons.send(f"bird-{holder}", signal.SIGSTOP if stopped else signal.SIGCONT)
        if holder in self.systems.hosts:
            self.systems.hosts[holder].hang(stopped)
        if not stopped:
            self.stopped.discard(holder)
            self._held = None
            self.sync()

    def by_address(self, wanted: bool) -> None:
        """Let the fabric ignore a packet's destination MAC address and send all to the router, or end that."""
        for vpc in self.fabric.vpcs():
            ports = {one.port: router_mac(one.subnet_id) for one in self.fabric.devices if one.vpc == vpc}
            netns.nft(vpc, filters.by_address(ports, wanted))

    def way(self, namespace: str, address: str, source: str, device: str) -> str:
        """Return the device by which a packet that came in by `device` leaves; "nowhere" if no route leads on."""
        words = ("route", "get", address, "from", source, "iif", device)
        said = netns.run("ip", "-n", namespace, *words, check=False).split()
        return said[said.index("dev") + 1] if "dev" in said else "nowhere"

    def move(self, bond: str | int, aggregator: str) -> float:
        """A bond moves, as after a failover; returns the seconds of the tunnel's swap."""
        self.server_stand_in.control("POST", "move", {"bond": bond, "aggregator": aggregator})
        return self.sync()


def until(true: Callable[[], Any], seconds: float, step: float = 0.02) -> float | None:
    """Ask again and again; the seconds until it was true, or None if it never was within `seconds`."""
    began = time.monotonic()
    while True:
        if true():
            return max(time.monotonic() - began, 0.001)
        if time.monotonic() - began > seconds:
            return None
        time.sleep(step)
