# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired network, and the pending read of AWS. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from .._design.inputs.reader import read_intent
from .._model.desired_network import Intent, Report
from .._model.state import Cloud
from .aws_reader import ClientOf, CloudReader
from .child_process import Beside, beside


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
class Begun:
    """The intent with what is to be said of it, and AWS's side, which may be on its way."""

    intent: Intent
    report: Report
    cloud_side: CloudReader
    reading: Beside[Cloud] | None

    def read(self) -> None:
        """AWS's side is read when this returns."""
        if self.reading is not None:
            self.cloud_side.take(self.intent, self.reading.result())
        elif self.intent.needs_cloud:
            self.cloud_side.read_network(self.intent)


def with_named_regions(intent: Intent, client_of: ClientOf) -> Intent:
    """Return the intent with the default region by its name, where some hosts name theirs and others do not.

    Else one region would be two: read twice, and no reason to refuse what has to be in one region.
    """
    regions = {host.region for host in intent.hosts}
    if None not in regions or len(regions) == 1 or not intent.needs_cloud:
        return intent
    default = str(client_of(None, "ec2").meta.region_name)
    return replace(intent, hosts=tuple(replace(host, region=host.region or default) for host in intent.hosts))


@contextmanager
def begin(params: Mapping[str, Any], client_of: ClientOf, *, forked: bool = False) -> Iterator[Begun]:
    """Begin with network_plan's arguments (`client_of`: AWS client of a region and service).

    `forked`: AWS's side is read in a process of its own from now on, and not when it is wanted.
    """
    report = Report()
    intent = with_named_regions(read_intent(params, report), client_of)
    cloud_side = CloudReader(client_of)
    if not (intent.needs_cloud and forked):
        yield Begun(intent, report, cloud_side, None)
        return
    with beside(partial(_read, intent, cloud_side)) as reading:
        yield Begun(intent, report, cloud_side, reading)


def _read(intent: Intent, cloud_side: CloudReader) -> Cloud:
    cloud_side.read_network(intent)
    return cloud_side.cloud
