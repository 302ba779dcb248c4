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
    """In order: each goes on from what the one before has left."""
    intent = Intent(lab, pathlib.Path(tempfile.mkdtemp(dir=HOSTS)))
    yield from additions.checks(intent)
    yield from interruptions.checks(intent)
    yield from ways_out.gateway(intent)
    yield from own_groups.checks(intent)
    yield from ways_out.egress(intent)
