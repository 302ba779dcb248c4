# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comparison of present and desired objects of the management server, and the requests for the difference.

Takes plain parameters and never exits. The order of work: ``read_*`` what is there, ``diff`` it with what is wanted,
``check`` that everything named exists, then ``predict`` (check mode) or ``apply``.
"""

from __future__ import annotations

from .aggregator import Removal, manage_aggregator
from .api import Api
from .changes.apply import apply, check
from .changes.diff import diff, predict
from .changes.executor import Result, Run, report_outcomes
from .changes.prefetched import KnownObject, KnownObjects, ListedAggregator, known_objects
from .compatibility.conformance import conformance
from .compatibility.permissions import rights_to_write
from .compatibility.versions import listed_resources, versions
from .cpe_nat import manage_cpe_nats
from .info import survey_aggregators, survey_bonds, survey_spaces
from .model import ON_CREATE, ReconcileError, named, wanted
from .objects import manage_object, manage_space, manage_spaces
from .reading import (
    AGGREGATOR_PARTS,
    BOND_PARTS,
    read_aggregator,
    read_aggregators,
    read_bond,
    read_bonds,
    read_current_bonds,
    read_object,
    read_spaces,
)
from .references import Refs
