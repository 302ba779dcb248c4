# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of site.yml while datagrams go every 20 ms on every path that the network is for; the lab follows them."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import yaml

from lab.demo import assertions
from lab.demo.playbook import INVENTORY, Outcome, run_playbook

from ..aws_topology import INTERNET, INTERNET_HOST
from ..echo_servers import fetch
from ..lab import Lab, until
from ..netns import KernelError
from ..probes import Path, Probes, Traffic
from ..report import Check, Failed, need
from .cpe_nat import public_of

DEADLINE = 20.0
"""Seconds until every path must work."""
AFTER = 1.5
"""Seconds of traffic after a run: Babel's hello and update are of 1 s."""
PAUSE = 0.3
"""Seconds between two looks at the stand-ins while a run goes on."""


def checks(lab: Lab) -> Iterator[Check]:
    """In order: each leaves the network as it was."""
    yield Check("a second run: nothing is changed, nothing is lost", lambda: _second(lab))
    yield Check("an inventory without agg3 is refused, nothing is lost", lambda: _partial(lab))


def public_paths(lab: Lab) -> list[Path]:
    """From the Internet to each CPE NAT IP and to each aggregator's own address."""
    owners = lab.server.owners()
    found = [
        Path(f"{host.bond}'s {host.cpe_nat_ip}", INTERNET, public_of(lab, host.cpe_nat_ip))
        for host in lab.bonders.hosts
        if host.cpe_nat_ip in owners
    ]
    for name, device in lab.server.primary.items():
        found.append(Path(f"{name}'s own", INTERNET, public_of(lab, device.addresses[0])))
    return found


def demonstration_paths(lab: Lab) -> list[Path]:
    """The demonstration's: to each public address, in each space, and out by the NAT gateway."""
    found = public_paths(lab)
    for source, target in ((18, 20), (21, 25), (26, 28)):
        near, far = lab.host(source), lab.host(target)
        found.append(Path(f"{near.space}: {near.bond} to {far.bond}", near.namespace, far.address))
    out = lab.host(27)
    found.append(Path(f"{out.bond} to the Internet", out.namespace, INTERNET_HOST))
    return found


@contextlib.contextmanager
def following(lab: Lab) -> Iterator[None]:
    """Inside, the lab carries out every change of the stand-ins. Raises Failed at the end if it could not."""
    ended, errors = threading.Event(), list[Exception]()

    def follow() -> None:
        while not ended.wait(PAUSE):
            try:
                lab.sync()
            except (KernelError, OSError) as error:
                errors.append(error)
                return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if errors:
        raise Failed(f"the lab could not follow: {errors[0]}")
    # What came after the last look is not to be missed by who looks next.
    lab.sync()


def paths(lab: Lab) -> list[Path]:
    """From the Internet to each public address, and in each space that has a private WAN."""
    spaces = [one["key"] for one in lab.server.state["spaces"] if one["private_wan_enabled"]]
    return public_paths(lab) + [space_path(lab, key) for key in spaces]


def space_path(lab: Lab, space: str) -> Path:
    """Between the first two LANs of a space; their bonds are on two aggregators."""
    near, far = [host for host in lab.bonders.hosts if host.space == space and host.private_wan][:2]
    return Path(f"{space}: {near.bond} to {far.bond}", near.namespace, far.address)


def watched(
    lab: Lab, change: Callable[[], Outcome], all_paths: list[Path] | None = None
) -> tuple[Outcome, list[Traffic]]:
    """Make a change while datagrams go on all paths, and the lab follows it.

    Raises Failed if a path does not work before it: what is lost then is not the change's.
    """
    lab.sync()
    chosen = paths(lab) if all_paths is None else all_paths
    all_answer(chosen, "these do not work even without a change")
    with Probes(chosen) as probes:
        with following(lab):
            outcome = change()
        # What the last write means is carried out under traffic too, and so is what it may break.
        probes.go_on(AFTER)
    return outcome, probes.traffic


def run_under_traffic(lab: Lab, **arguments: Any) -> tuple[Outcome, list[Traffic]]:
    """Run site.yml on the demonstration under traffic; its outcome, and what each path saw."""
    return watched(lab, lambda: run_playbook("site.yml", warmed=True, **arguments), demonstration_paths(lab))


def all_answer(all_paths: list[Path], otherwise: str) -> None:
    """Raises Failed with this text and the names of the paths whose ends do not send their page for a while."""
    late = [path.name for path in all_paths if until(partial(answers, path), DEADLINE) is None]
    need(not late, f"{otherwise}: {late}")


def under_traffic(lab: Lab, **arguments: Any) -> tuple[Outcome, str]:
    """Run site.yml under traffic; its outcome, and what was sent. Raises Failed if anything was lost."""
    outcome, traffic = run_under_traffic(lab, **arguments)
    return outcome, f"{nothing_lost(traffic)}, {outcome.seconds:.0f} s"


def nothing_lost(traffic: list[Traffic]) -> str:
    """Return the number of datagrams sent. Raises Failed if one of them did not come back."""
    sent = f"{sum(len(one.sent) for one in traffic)} datagrams on {len(traffic)} paths"
    lost = [f"{one.path.name}: {len(one.lost())} in {one.gap():.2f} s" for one in traffic if one.lost()]
    need(not lost, f"lost of {sent}: {'; '.join(lost)}")
    return f"{sent}, none lost"


def answers(path: Path) -> bool:
    """Return True if the end of the path sends its page."""
    return fetch(path.namespace, path.address, source=path.source, timeout=0.5) is not None


def _second(lab: Lab) -> str:
    outcome, sent = under_traffic(lab, extra=lab.urls())
    need(outcome.rc == 0, f"the run failed: {outcome.failures}")
    need(not outcome.changed and not outcome.plan, f"it changed {outcome.changed} and planned {len(outcome.plan)}")
    return sent


def _partial(lab: Lab) -> str:
    lab.server_stand_in.clear_log()
    lab.aws_stand_in.clear_log()
    with tempfile.TemporaryDirectory() as folder:
        inventory = pathlib.Path(folder) / "demo"
        shutil.copytree(INVENTORY, inventory)
        hosts = yaml.safe_load((inventory / "hosts.yml").read_text())
        del hosts["aggregators"]["hosts"]["agg3"]
        (inventory / "hosts.yml").write_text(yaml.safe_dump(hosts))
        outcome, sent = under_traffic(lab, extra=lab.urls(), inventory=inventory)
    written = assertions.writes(lab.server_stand_in.log()) + assertions.writes(lab.aws_stand_in.log())
    need(outcome.rc != 0 and outcome.failures, "the run was not refused")
    need(not written, f"it wrote {written}")
    return sent
