# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired network, and the pending read of AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from .._design.inputs.reader import read_desired_network
from .._model.desired_network import DesiredNetwork, Report
from .._model.state import Cloud
from .aws_reader import ClientOf, CloudReader
from .child_process import ChildProcess, run_in_child


class PlanModule(Protocol):
    """The part of AnsibleAWSModule that is used here."""

    params: dict[str, Any]
    check_mode: bool
    _diff: bool

    def fail_json(self, msg: str, **more: Any) -> Any:
        """End the module with an error."""

    def exit_json(self, **result: Any) -> Any:
        """End the module with a result."""

    def client(self, service: str, retry_decorator: Any = None, **extra_params: Any) -> Any:
        """A boto3 client; `extra_params` go to boto3."""


@dataclass(frozen=True)
class PlanInputs:
    """Inputs of a plan: the desired network, the report on it, and the read of AWS, which may be in progress."""

    desired: DesiredNetwork
    report: Report
    cloud_side: CloudReader
    reading: ChildProcess[Cloud] | None

    def read(self) -> None:
        """AWS's side is read when this returns."""
        if self.reading is not None:
            self.cloud_side.take(self.desired, self.reading.result())
        elif self.desired.needs_cloud:
            self.cloud_side.read_network(self.desired)


def with_named_regions(desired: DesiredNetwork, client_of: ClientOf) -> DesiredNetwork:
    """Return the desired network with the default region by its name, where some hosts name theirs and others do not.

    Else one region would be two: read twice, and no reason to refuse what has to be in one region.
    """
    regions = {host.region for host in desired.hosts}
    if None not in regions or len(regions) == 1 or not desired.needs_cloud:
        return desired
    default = str(client_of(None, "ec2").meta.region_name)
    return replace(desired, hosts=tuple(replace(host, region=host.region or default) for host in desired.hosts))


@contextmanager
def start_reading(params: Mapping[str, Any], client_of: ClientOf, *, forked: bool = False) -> Iterator[PlanInputs]:
    """Begin with network_plan's arguments (`client_of`: AWS client of a region and service).

    `forked`: AWS's side is read in a process of its own from now on, and not when it is wanted.
    """
    report = Report()
    desired = with_named_regions(read_desired_network(params, report), client_of)
    cloud_side = CloudReader(client_of)
    if not (desired.needs_cloud and forked):
        yield PlanInputs(desired, report, cloud_side, None)
        return
    with run_in_child(partial(_read, desired, cloud_side)) as reading:
        yield PlanInputs(desired, report, cloud_side, reading)


def _read(desired: DesiredNetwork, cloud_side: CloudReader) -> Cloud:
    cloud_side.read_network(desired)
    return cloud_side.cloud
