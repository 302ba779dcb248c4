# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that both sides deny, of those that a plan needs (option `check_rights`)."""

from __future__ import annotations

from .._model.desired_network import DesiredNetwork, Report
from .._model.plan import PlannedChange
from .._reconcile import Api, rights_to_write
from .aws_reader import CloudReader


def check_rights(
    items: list[PlannedChange], desired: DesiredNetwork, api: Api, cloud_side: CloudReader, report: Report
) -> None:
    """Report the rights that both sides would deny, as far as they tell before anything is created."""
    on_server = [item for item in items if item.system == "server"]
    added = [(item.kind, item.parent) for item in on_server if item.verb == "create"]
    changed = [item.key for item in on_server if item.verb == "update" and item.kind == "space"]
    missing, untold = rights_to_write(api, added, changed)
    denied, open_questions = cloud_side.missing_rights(items, desired)
    for text in missing + denied:
        report.problem(text)
    for text in untold + open_questions:
        report.warn(text)
