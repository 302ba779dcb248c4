# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted, and AWS's side as it is begun to be read. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._design.intent import Intent, Report
from .._design.reading import read_intent
from .._design.state import Cloud
from .beside import Beside, beside
from .read_cloud import ClientOf, CloudReader


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


@contextmanager
def begin(params: Mapping[str, Any], client_of: ClientOf, *, forked: bool = False) -> Iterator[Begun]:
    """Begin with network_plan's arguments (`client_of`: AWS client of a region and service).

    `forked`: AWS's side is read in a process of its own from now on, and not when it is wanted.
    """
    report = Report()
    intent = read_intent(params, report)
    cloud_side = CloudReader(client_of)
    if not (intent.needs_cloud and forked):
        yield Begun(intent, report, cloud_side, None)
        return
    with beside(partial(_read, intent, cloud_side)) as reading:
        yield Begun(intent, report, cloud_side, reading)


def _read(intent: Intent, cloud_side: CloudReader) -> Cloud:
    cloud_side.read_network(intent)
    return cloud_side.cloud
