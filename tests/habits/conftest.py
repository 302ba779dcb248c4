# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second server with the demonstration's network, as a process."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from lab.process import Running
from tests.playbooks.running import DEMO
from tests.second_server.seed import translated


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The second server, seeded with what the first one holds before the first run, with all habits."""
    seed = tmp_path_factory.mktemp("second") / "seed.json"
    seed.write_text(json.dumps(translated(DEMO / "bondingadmin.yml")), encoding="utf-8")
    with Running("tests.second_server", "--seed", seed) as server:
        yield server
