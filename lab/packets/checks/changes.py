# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small network (`changing`) is made and changed again and again while datagrams go on all its paths."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterator

from ..changing import Intent
from ..network import Lab
from ..report import Check
from ..sandbox import HOSTS
from . import additions, interruptions, own_groups, ways_out


def checks(lab: Lab) -> Iterator[Check]:
    """Yield the checks of additions and interruptions. Each check continues from the network of the one before."""
    intent = _intent(lab)
    yield from additions.checks(intent)
    yield from interruptions.checks(intent)


def ways(lab: Lab) -> Iterator[Check]:
    """A gateway, our security groups, another way out: on a network of its own, so that both go side by side."""
    intent = _intent(lab)
    yield Check("the same network once more", lambda: additions.first(intent))
    yield from ways_out.gateway(intent)
    yield from own_groups.checks(intent)
    yield from ways_out.egress(intent)


def _intent(lab: Lab) -> Intent:
    return Intent(lab, pathlib.Path(tempfile.mkdtemp(dir=HOSTS)))
