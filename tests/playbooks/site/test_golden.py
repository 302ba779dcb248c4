# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo is built as its golden files say; tests/golden has the changes and the teardown too."""

from __future__ import annotations

from tests.golden.files import golden
from tests.golden.record import texts
from tests.playbooks.running import Json, Outcome, Site


def test_the_first_run_is_what_the_golden_files_say(first_run: Outcome, built: Site, seeds: tuple[Json, Json]) -> None:
    built.load("built")
    assert texts(built, first_run, seeds, (built.server.state(), built.cloud.state())) == golden("build")
