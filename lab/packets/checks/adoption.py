# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A network clicked after AN-001 is imported and adopted, under traffic: nothing may be lost."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any

import boto3

from lab.clicked import Clicked, Operator, Wish, click
from lab.demo import assertions
from lab.demo.playbook import Outcome, run_playbook

from ..aws_topology import INTERNET
from ..lab import Lab
from ..live_changes import ENVIRONMENT, WANTED
from ..namespace_sandbox import HOSTS
from ..probes import Path
from ..report import Check, need
from .non_disruptive_changes import succeeded
from .traffic import all_answer, nothing_lost, watched

TITLE = "Adoption of a network that was clicked"
WISH = Wish(
    babel="babel_acme",  # BIRD itself takes no hyphen
    static="gw_acme",
    gateway_host="agg1",
    bond=17,
    bond_host="agg1",
    connected_ip="192.168.17.1/24",
    nat_ip="192.168.17.10",
)
VPC_HOST = "host-acme"
LOGIN = {name: value for name, value in WANTED.items() if name.startswith(("bonding_api_", "aws_"))}


def checks(lab: Lab) -> Iterator[Check]:
    """Return the checks in order: each goes on from what the one before has left."""
    story = Story(lab)
    yield Check("AN-001 clicked: a public address, a mesh and a gateway work", story.clicked)
    yield Check("import: files written, both sides only read, nothing lost", story.imported)
    yield Check("site.yml: adopts by tags alone, nothing lost", story.adopted)
    yield Check("site.yml again: nothing to do, nothing lost", story.settled)


class Story:
    """The clicked network, and the inventory that the import has written."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.done = Clicked()
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=HOSTS)) / "inventory"

    def operator(self) -> Operator:
        """Return an operator with both consoles."""
        urls, keys = self.lab.urls(), {name: WANTED[f"aws_{name}"] for name in ("access_key", "secret_key")}
        ec2 = boto3.client(
            "ec2",
            region_name=WANTED["aws_region"],
            endpoint_url=urls["aws_endpoint_url"],
            aws_access_key_id=keys["access_key"],
            aws_secret_access_key=keys["secret_key"],
        )
        login = f"{WANTED['bonding_api_username']}:{WANTED['bonding_api_password']}"
        return Operator(ec2, urls["bonding_api_url"], login)

    def paths(self) -> list[Path]:
        """Return the ways that the clicked network is for: to the public address, in the space, and from its VPC."""
        near, far = self.lab.host(17), self.lab.host(18)
        return [
            Path("acme-berlin's address", INTERNET, self.done.public_ip),
            Path("acme-berlin to acme-hamburg", near.namespace, far.address),
            Path("the VPC to acme-berlin", VPC_HOST, near.address),
            Path("the VPC to acme-hamburg", VPC_HOST, far.address),
        ]

    def clicked(self) -> str:
        """Do the note's steps, and put a host into the VPC."""
        self.done = click(self.operator(), WISH)
        self.lab.hands.launch(self.done.subnet_id, VPC_HOST)
        self.lab.sync()
        paths = self.paths()
        all_answer(paths, "it is clicked, but these do not answer")
        return f"{len(paths)} paths"

    def play(self, playbook: str, *options: str, **extra: Any) -> tuple[Outcome, str]:
        """Run a playbook under traffic; return its outcome and the number of datagrams. Raises Failed at a loss."""
        self.lab.server_stand_in.clear_log()
        self.lab.aws_stand_in.clear_log()
        given = {**LOGIN, **self.lab.urls(), **extra}
        inventory = self.folder if self.folder.exists() else None
        arguments: dict[str, Any] = {"inventory": inventory} if inventory else {}
        outcome, traffic = watched(
            self.lab,
            lambda: run_playbook(playbook, extra=given, options=options, env=ENVIRONMENT, warmed=True, **arguments),
            self.paths(),
        )
        return outcome, nothing_lost(traffic)

    def written(self) -> tuple[list[str], list[str]]:
        """Return the writing requests of the last run to the management server and to EC2."""
        server, aws = self.lab.server_stand_in.log(), self.lab.aws_stand_in.log()
        return assertions.writes(server), assertions.writes(aws)

    def imported(self) -> str:
        """Import the network."""
        given = {"bonding_import_directory": str(self.folder), "bonding_network": "live"}
        outcome, sent = self.play("import_network.yml", **given)
        need(outcome.rc == 0, f"the import failed: {outcome.failures}")
        need(self.written() == ([], []), f"the import wrote {self.written()}")
        need((self.folder / "import-report.md").exists(), "there is no report")
        return sent

    def adopted(self) -> str:
        """Adopt the network."""
        outcome, sent = self.play("site.yml", bonding_adopt=True)
        did, (server, aws) = succeeded(outcome), self.written()
        others = [call for call in aws if "CreateTags" not in call]
        need(aws and not server and not others, f"more than tags was written: {server} {others}")
        need({item["phase"] for item in outcome.plan} == {"adopt"}, f"the plan has other items: {outcome.plan}")
        return f"{did}, {len(aws)} CreateTags; {sent}"

    def settled(self) -> str:
        """Run it again."""
        outcome, sent = self.play("site.yml")
        need(outcome.rc == 0, f"the run failed: {outcome.failures}")
        need(not outcome.plan and self.written() == ([], []), f"it planned {outcome.plan} and wrote {self.written()}")
        return sent
