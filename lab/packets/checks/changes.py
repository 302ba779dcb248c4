# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small network (`changing`) is made and changed again and again while datagrams go on all its paths."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterator

from ..lab import Lab
from ..live_changes import Intent
from ..namespace_sandbox import HOSTS
from ..report import Check
from . import disruptive_changes, egress, non_disruptive_changes, security_groups


def checks(lab: Lab) -> Iterator[Check]:
    """Yield the checks of additions and interruptions. Each check continues from the network of the one before."""
    intent = _intent(lab)
    yield from non_disruptive_changes.checks(intent)
    yield from disruptive_changes.checks(intent)


def ways(lab: Lab) -> Iterator[Check]:
    """A gateway, our security groups, another way out: on a network of its own, so that both go side by side."""
    intent = _intent(lab)
    yield Check("the same network once more", lambda: non_disruptive_changes.first(intent))
    yield from egress.gateway(intent)
    yield from security_groups.checks(intent)
    yield from egress.egress(intent)


def _intent(lab: Lab) -> Intent:
    return Intent(lab, pathlib.Path(tempfile.mkdtemp(dir=HOSTS)))
