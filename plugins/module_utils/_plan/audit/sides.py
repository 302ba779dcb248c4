# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides of a network as an audit reads them: a side that cannot be read is a finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..._aws.client import Ec2Error
from ..._client import ClientError, certificate_end
from ..._design.audit.outcome import unread
from ..._design.cpe_nat.entries import Entry
from ..._design.deviations import ObjectNames, object_names
from ..._model.description import Unread
from ..._model.desired_network import DesiredNetwork, Report
from ..._model.finding import Finding
from ..._model.surroundings import Surroundings
from ..._reconcile import Api, ReconcileError, Refs
from ..aws_reader import ClientOf, CloudReader
from ..planner import read_leftovers, read_server
from ..server_reader import ServerReader

SECONDS_OF_A_DAY = 86400


@dataclass
class Sides:
    """Readers of both sides, with what they have read, and a finding for each part that they could not read."""

    refs: Refs
    server: ServerReader
    cloud: CloudReader
    around: Surroundings = field(default_factory=Surroundings)
    entries: list[Entry] = field(default_factory=list)
    unread: list[Finding] = field(default_factory=list)
    names: ObjectNames = field(default_factory=ObjectNames)
    """Names of objects on the server that deviations give."""
    has_server: bool = True
    lost_regions: set[str | None] = field(default_factory=set)
    """The regions that could not be read."""

    @property
    def regions(self) -> set[str | None]:
        """Return the regions that were read."""
        return set(self.cloud.regions)

    @property
    def lost(self) -> Unread:
        """Return the sides that could not be read."""
        return Unread(not self.has_server, tuple(sorted(region or "" for region in self.lost_regions)))


def read_sides(desired: DesiredNetwork, api: Api, client_of: ClientOf, report: Report) -> Sides:
    """Read what can be read. `desired` removes all that it does not name, so that this is read too.

    :param report: takes the problems of the names that deviations give
    """
    refs = Refs(api)
    sides = Sides(refs, ServerReader(api, refs), CloudReader(client_of))
    end = certificate_end(api.client.connection)
    if end is not None:
        sides.around.certificate_days = (end - datetime.now(UTC)).total_seconds() / SECONDS_OF_A_DAY
    try:
        sides.entries = read_server(desired, sides.server)
        sides.names = object_names(desired, sides.server.server, report)
        sides.server.rename(sides.names)
    except (ClientError, ReconcileError) as error:
        _lose_server(sides, error)
    if desired.needs_cloud:
        for region, failure in sides.cloud.read_readable(desired).items():
            sides.lost_regions.add(region)
            sides.unread.append(unread("aws", region or "the default region", str(failure)))
        try:
            sides.cloud.read_surroundings(desired, sides.around)
        except Ec2Error as error:
            sides.unread.append(unread("aws", "the surroundings of the network", str(error)))
        try:
            sides.cloud.read_statuses(desired, sides.around)
        except Ec2Error as error:
            sides.unread.append(unread("aws", "the status checks of the instances", str(error)))
    if sides.has_server:
        try:
            read_leftovers(desired, sides.entries, sides.server, sides.cloud)
        except (ClientError, ReconcileError) as error:
            _lose_server(sides, error)
    return sides


def _lose_server(sides: Sides, error: Exception) -> None:
    sides.has_server = False
    sides.unread.append(unread("management_server", "management server", str(error)))


def note_unread_more(sides: Sides, error: Ec2Error | ClientError | ReconcileError) -> None:
    """Note a part of a side that only some differences need, and that could not be read."""
    kind, name = ("aws", "AWS") if isinstance(error, Ec2Error) else ("management_server", "management server")
    sides.unread.append(unread(kind, name, str(error)))
