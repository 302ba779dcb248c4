# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two stand-ins with the demonstration's seeds, once for all playbook tests of a session."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
import pytest

from lab.demo import judge
from lab.demo.playbook import INVENTORY, Outcome, run_playbook
from lab.process import Running

SEEDS = pathlib.Path(judge.__file__).parent


class Lab:
    """Both stand-ins, and playbooks that talk to them."""

    def __init__(self, server: Running, aws: Running) -> None:
        self.server, self.aws = server, aws

    def run_playbook(
        self,
        playbook: str | pathlib.Path,
        *options: str,
        inventory: str | pathlib.Path = INVENTORY,
        extra: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Run it to its end; afterwards the logs hold the requests of this run only."""
        self.server.clear_log()
        self.aws.clear_log()
        where = {"bonding_api_url": self.server.url, "aws_endpoint_url": self.aws.url}
        return run_playbook(playbook, inventory=inventory, extra={**where, **(extra or {})}, options=options, env=env)

    def writes(self) -> list[str]:
        """The writing requests of the last run, on both sides."""
        return judge.writes(self.server.log()) + judge.writes(self.aws.log())

    def actions(self) -> list[str]:
        """The writing actions of the last run on AWS."""
        return judge.writes(self.aws.log())

    def reset(self) -> None:
        """Both sides as the seeds say."""
        self.server.reset()
        self.aws.reset()

    def save(self, name: str) -> None:
        """Keep both sides' states under this name."""
        self.server.save(name)
        self.aws.save(name)

    def load(self, name: str) -> None:
        """Both sides as they were saved."""
        self.server.load(name)
        self.aws.load(name)

    def aggregator(self, name: str) -> dict[str, Any]:
        """An aggregator of the server's state."""
        found: dict[str, Any] = next(one for one in self.server.state()["aggregators"] if one["name"] == name)
        return found

    def bond(self, number: int) -> dict[str, Any]:
        """A bond of the server's state."""
        found: dict[str, Any] = next(one for one in self.server.state()["bonds"] if one["id"] == number)
        return found

    def ours(self, kind: str, network: str = "demo") -> dict[str, dict[str, Any]]:
        """AWS's objects of a kind that carry the network's tags, by their key."""
        found = [one for one in self.aws.state()[kind] if one["tags"].get(judge.TAG_NETWORK) == network]
        return {one["tags"]["bonded.internet/key"]: one for one in found}


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    """The stand-ins; use `lab`, which begins with the seeds."""
    with (
        Running("lab.bondingadmin", "--seed", SEEDS / "bondingadmin.yml") as server,
        Running("lab.aws", "--seed", SEEDS / "aws.yml") as aws,
    ):
        yield Lab(server, aws)


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    """The stand-ins as the demonstration's seeds leave them: nothing of ours is there."""
    running_lab.reset()
    return running_lab


class Role:
    """One role on agg1, without the project's playbooks."""

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab, self._name = lab, name

    def __call__(self, state: str, variables: Mapping[str, Any], options: Sequence[str] = ()) -> Outcome:
        """Run the role. `variables` without the role's name before them."""
        given = {f"{self._name}_{name}": value for name, value in {"state": state, **variables}.items()}
        return self._lab.run_playbook(
            pathlib.Path(__file__).parent / "roles" / "role.yml",
            *options,
            extra={"tested_role": f"bonded.internet.{self._name}", **given},
        )

    def unchanged(self, state: str, variables: Mapping[str, Any], options: Sequence[str] = ()) -> None:
        """Run the role, and require that it changes nothing and writes nothing."""
        outcome = self(state, variables, options)
        assert outcome.rc == 0, outcome.stdout
        assert self._lab.writes() == []
        if "--check" not in options:
            assert outcome.changed == 0, outcome.stdout

    def changes(self, state: str, variables: Mapping[str, Any]) -> None:
        """Run the role, and require that it changes something; then again, and that it does not."""
        outcome = self(state, variables)
        assert outcome.rc == 0, outcome.stdout
        assert outcome.changed > 0, outcome.stdout
        self.unchanged(state, variables)


def client(lab: Lab) -> Any:
    """EC2 as somebody else uses it."""
    return boto3.client(
        "ec2",
        region_name="eu-central-1",
        endpoint_url=lab.aws.url,
        aws_access_key_id="somebody",
        aws_secret_access_key="else",
    )
