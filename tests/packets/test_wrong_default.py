# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mutant of `test_egress_only`: where `::/0` leads to the internet gateway from the beginning, the run fails."""

from __future__ import annotations

import pathlib

import pytest

from .test_egress_only import INTERNET, PART, REFUSED, seeds
from .test_lab import run

pytestmark = pytest.mark.skipif(bool(REFUSED), reason=REFUSED)


def test_a_route_to_the_internet_gateway_instead_fails_the_run(tmp_path: pathlib.Path) -> None:
    done = run(seeds(tmp_path, INTERNET), PART)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED ... no connection comes in: the egress-only internet gateway drops it" in done.stdout
    assert "3fff::1 opens a connection to 2001:db8:0:101::" in done.stdout
