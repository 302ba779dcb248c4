# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both stand-ins, and the collection's modules called in this process: what all parts of the harness work on."""

from __future__ import annotations

import contextlib
import importlib
import os
import pathlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
from ansible.module_utils import basic
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.config import Config

from ansible_collections.bonded.internet.plugins.plugin_utils._call import call
from tests.faults.clock import Clock, stopped
from tests.playbooks.comparing import comparable
from tests.playbooks.running import Json, Site, demo_variables, started

MODULES = "ansible_collections.bonded.internet.plugins.modules"
SETTINGS = ("ANSIBLE_", "AWS_", "BONDING_", "BOTO_", "EC2_")
"""Variables of the environment that would decide what a module does."""


@cache  # botocore reads the model of a service for each, a third of a second
def aws_client(service: str, url: str, region: str) -> Any:
    """Return a kept client of a stand-in, without botocore's own retries, as the collection makes its clients."""
    any_service: Any = boto3  # its types want the name of one
    login = demo_variables()
    return any_service.client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=login["aws_access_key"],
        aws_secret_access_key=login["aws_secret_key"],
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}, max_pool_connections=10),
    )


@dataclass(frozen=True)
class Call:
    """A module and its options."""

    module: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class States:
    """States of the server and of AWS, in a form that can be compared."""

    server: Any
    cloud: Any


@dataclass
class World:
    """The stand-ins with the demo's seeds; `called` calls a module on them."""

    site: Site
    kept: set[str] = field(default_factory=set)
    """The names of the copies that were saved so far."""
    ends: dict[str, States] = field(default_factory=dict)
    """States after undisturbed calls, by the call's name."""

    @staticmethod
    def label(name: str) -> str:
        """Return a name that the stand-ins take for a copy."""
        return re.sub(r"[^A-Za-z0-9]+", "-", name)

    def called(self, one: Call, **more: Any) -> Json:
        """Return what a module returns, or raise what it does not catch; `more` are further options."""
        login = demo_variables()
        options: Json = {**one.options, **more}
        main = importlib.import_module(f"{MODULES}.{one.module}").main
        if one.module in ("cpe_nat_eips", "vpc_route", "network_interface_ipv6", "aggregator_security"):
            options = {"region": login["aws_region"], **options}
        else:
            server = {"api_url": self.site.server.url, "api_username": login["bonding_api_username"]}
            options = {**server, "api_password": login["bonding_api_password"], **options}
        with self.in_process():
            return call(main, {"_ansible_remote_tmp": "/tmp", "_ansible_keep_remote_files": False, **options})

    @contextlib.contextmanager
    def in_process(self) -> Iterator[None]:
        """Let modules of this process take the kept clients, and no setting of the environment."""

        def kept(_module: Any, service: str, *_positional: Any, **more: Any) -> Any:
            return aws_client(service, self.site.cloud.url, more.get("region") or demo_variables()["aws_region"])

        clean = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        with (
            patch.object(AnsibleAWSModule, "client", kept),
            patch.object(basic, "_ANSIBLE_ARGS", None),
            patch.object(basic, "_ANSIBLE_PROFILE", None, create=True),
            patch.dict(os.environ, clean, clear=True),
        ):
            yield

    @contextlib.contextmanager
    def time_stopped(self) -> Iterator[Clock]:
        """Let no time pass in waits."""
        with stopped() as clock:
            yield clock

    def states(self) -> States:
        """Return what both sides hold."""
        return States(comparable(self.site.server.state()), comparable(self.site.cloud.state()))

    def quiet(self) -> None:
        """No faults, and empty logs."""
        self.site.server.faults([])
        self.site.cloud.faults([])
        self.site.server.clear_log()
        self.site.cloud.clear_log()

    def load(self, name: str, *calls: Call, prepare: Callable[[Any], object] | None = None) -> None:
        """Bring both sides to what these calls make of the seeds; kept under the name after the first time.

        :param prepare: is given a client of EC2 before the calls
        """
        self.quiet()
        if name in self.kept:
            self.site.load(name)
            return
        self.site.reset()
        if prepare is not None:
            prepare(aws_client("ec2", self.site.cloud.url, demo_variables()["aws_region"]))
        with self.time_stopped():
            for one in calls:
                result = self.called(one)
                assert not result.get("failed"), result["msg"]
        self.site.save(name)
        self.kept.add(name)
        self.quiet()


@contextlib.contextmanager
def opened(scratch: pathlib.Path) -> Iterator[World]:
    """Start both stand-ins for the block."""
    with started(scratch) as site:
        yield World(site)
