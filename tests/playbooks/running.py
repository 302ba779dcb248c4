# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's network on the two stand-ins, ansible-playbook on it, and what both sides were asked. For tests."""

from __future__ import annotations

import base64
import json
import pathlib
import re
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import yaml

import lab.demo.playbook
from lab.demo import assertions
from lab.demo.playbook import run_playbook
from lab.process import ROOT, Running

DEMO = ROOT / "lab" / "demo"
INVENTORY = ROOT / "inventories" / "demo"
Json = dict[str, Any]


@dataclass
class Outcome:
    """One run of ansible-playbook, and what both sides were asked in it."""

    run: lab.demo.playbook.Outcome
    server: list[Json]
    aws: list[Json]

    @property
    def code(self) -> int:
        """The exit code."""
        return self.run.rc

    @property
    def output(self) -> str:
        """Everything that was printed."""
        return self.run.stdout

    @property
    def said(self) -> str:
        """The same in one line."""
        return in_one_line(self.run.stdout)

    @property
    def plan(self) -> Json:
        """Return the result of network_plan."""
        return self.run.preflight

    @property
    def changed(self) -> int:
        """The sum of changed= in the recap."""
        return self.run.changed

    @property
    def writes(self) -> list[str]:
        """Every writing request to either side."""
        return assertions.writes(self.server) + assertions.writes(self.aws)

    @property
    def problems(self) -> str:
        """All that the failing tasks said."""
        return "\n".join(self.run.failures)


def in_one_line(text: str) -> str:
    """Return a text without the breaks of ansible-core 2.18, which wraps warnings at blanks and hyphens."""
    return re.sub(r"(?<=\w)- (?=\w)", "-", " ".join(text.split()))


@contextmanager
def started(scratch: pathlib.Path) -> Iterator[Site]:
    """Both stand-ins with the demo's seeds."""
    with (
        Running("lab.bondingadmin", "--db", scratch / "server.db", "--seed", DEMO / "bondingadmin.yml") as server,
        Running("lab.aws", "--seed", DEMO / "aws.yml") as cloud,
    ):
        yield Site(server, cloud, scratch)


def server_writes(log: Iterable[Json]) -> list[Json]:
    """The writing requests of the server's log."""
    return [entry for entry in log if assertions.writes([entry])]


def aws_writes(log: Iterable[Json]) -> list[Json]:
    """The writing actions of AWS's log."""
    return [entry for entry in log if assertions.writes([entry])]


@dataclass
class Site:
    """Both stand-ins with the demo's seeds, and runs of playbooks on them."""

    server: Running
    cloud: Running
    scratch: pathlib.Path
    inventory: pathlib.Path = INVENTORY
    administrator: str = "admin@example.com:demo-admin-password"
    environment: Mapping[str, str] | None = None
    """More variables for ansible-playbook."""

    def writes(self) -> list[str]:
        """Every writing request of the last run, to either side."""
        return assertions.writes(self.server.log()) + assertions.writes(self.cloud.log())

    def reset(self) -> None:
        """Both sides as the seeds have them."""
        self.server.reset()
        self.cloud.reset()

    def save(self, name: str) -> None:
        """Keep a named copy of both sides."""
        self.server.save(name)
        self.cloud.save(name)

    def load(self, name: str) -> None:
        """Both sides as they were when they were saved; nobody's rights on AWS are bound, no listing is paged."""
        self.server.load(name)
        self.cloud.load(name)
        self.cloud.control("DELETE", "policies")
        self.cloud.control("DELETE", "pages")
        self.cloud.control("DELETE", "identities")

    def grant(self, policies: Iterable[Json]) -> None:
        """From now on, until a reset, the runs' access key may do on AWS what these IAM policies allow, and no more."""
        self.cloud.control("POST", "policies", {demo_variables()["aws_access_key"]: list(policies)})

    def run(self, playbook: str | pathlib.Path, *arguments: str, extra: Mapping[str, Any] | None = None) -> Outcome:
        """ansible-playbook on `self.inventory`; with extra variables. `playbook`: a name of playbooks/, or a path."""
        where = {"bonding_api_url": self.server.url, "aws_endpoint_url": self.cloud.url}
        return self.run_as_it_is(playbook, *arguments, extra={**where, **(extra or {})})

    def run_as_it_is(
        self, playbook: str | pathlib.Path, *arguments: str, extra: Mapping[str, Any] | None = None
    ) -> Outcome:
        """The same where the inventory itself says where both sides are."""
        self.server.clear_log()
        self.cloud.clear_log()
        done = run_playbook(
            playbook if isinstance(playbook, pathlib.Path) else f"{playbook}.yml",
            inventory=self.inventory,
            extra=extra,
            options=arguments,
            env=self.environment,
            warmed=True,
        )
        return Outcome(done, self.server.log(), self.cloud.log())

    def aggregator(self, name: str) -> Json:
        """An aggregator of the server's state."""
        found: Json = next(one for one in self.server.state()["aggregators"] if one["name"] == name)
        return found

    def bond(self, number: int) -> Json:
        """A bond of the server's state."""
        found: Json = next(one for one in self.server.state()["bonds"] if one["id"] == number)
        return found

    def ours(self, kind: str, network: str = "demo") -> dict[str, Json]:
        """AWS's objects of a kind that carry the network's tags, by their key."""
        found = [one for one in self.cloud.state()[kind] if one["tags"].get(assertions.TAG_NETWORK) == network]
        return {one["tags"]["bonded.internet/key"]: one for one in found}

    def ec2(self) -> Any:
        """EC2 as somebody else uses it."""
        return boto3.client(
            "ec2",
            region_name="eu-central-1",
            endpoint_url=self.cloud.url,
            aws_access_key_id="AKIA0000BYHAND000000",
            aws_secret_access_key="any-will-do-here",
        )

    def as_administrator(self, method: str, path: str, body: Json | None = None) -> None:
        """A request to the server's API by somebody who may do everything, as by hand."""
        login = base64.b64encode(self.administrator.encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.server.url}/api/v4/{path}", data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            assert answer.status in (200, 201, 204)

    def write_inventory(self, name: str, hosts: Json, group_vars: Json) -> Site:
        """Another inventory on the same stand-ins. It is beside this one: Ansible reads the folders below one too."""
        folder = self.scratch / name
        (folder / "group_vars").mkdir(parents=True, exist_ok=True)
        (folder / "hosts.yml").write_text(yaml.safe_dump({"aggregators": {"hosts": hosts}}), encoding="utf-8")
        (folder / "group_vars" / "aggregators.yml").write_text(yaml.safe_dump(group_vars), encoding="utf-8")
        return Site(self.server, self.cloud, self.scratch, folder)


def demo_variables() -> Json:
    """The demo's group variables, to be changed by a test."""
    found: Json = {}
    for path in sorted((INVENTORY / "group_vars").rglob("*.yml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def demo_hosts() -> Json:
    """The demo's hosts with their variables."""
    hosts: Json = yaml.safe_load((INVENTORY / "hosts.yml").read_text(encoding="utf-8"))["aggregators"]["hosts"]
    return hosts
