# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in a process beside: what it returns, raises or prints comes back, and nothing of it stays behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from functools import partial

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error
from ansible_collections.bonded.internet.plugins.module_utils._plan.child_process import run_in_child

pytestmark = pytest.mark.filterwarnings(
    # the test runner has threads of its own; a module that plans has none
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)


def test_the_result_of_another_process() -> None:
    with run_in_child(os.getpid) as reading:
        found = reading.result()
    assert found != os.getpid()
    assert multiprocessing.active_children() == []


def refuse() -> None:
    raise Ec2Error("the credentials lack a right", "DescribeVpcs", "UnauthorizedOperation")


def test_what_is_raised_is_raised_here() -> None:
    with run_in_child(refuse) as reading, pytest.raises(Ec2Error, match="lack a right") as caught:
        reading.result()
    assert (caught.value.operation, caught.value.code) == ("DescribeVpcs", "UnauthorizedOperation")
    assert "in refuse" in str(caught.value.__cause__)


def end() -> None:
    print('{"failed": true}')
    sys.exit(1)


def test_a_module_that_is_ended_there_ends_here(capsys: pytest.CaptureFixture[str]) -> None:
    with run_in_child(end) as reading, pytest.raises(SystemExit) as caught:
        reading.result()
    assert caught.value.code == 1
    assert capsys.readouterr().out == '{"failed": true}\n'


def test_one_that_is_killed_is_an_error_and_no_wait() -> None:
    def fall() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with run_in_child(fall) as reading, pytest.raises(RuntimeError, match="ended without a result"):
        reading.result()


def test_it_ends_with_the_block() -> None:
    began = time.monotonic()
    with pytest.raises(ValueError, match="the server"), run_in_child(partial(time.sleep, 60)):
        raise ValueError("the server cannot be reached")
    assert time.monotonic() - began < 30
    assert multiprocessing.active_children() == []
