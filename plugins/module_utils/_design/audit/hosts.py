# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of what an aggregator itself lacks, by its answer over SSH."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..._model.finding import Difference, Finding, finding_of
from ..aggregators.differences import about_silence
from ..host.answers import check_answer

KIND = "host_state"


def find_on_hosts(answers: Mapping[str, Any], expected: Collection[str]) -> Iterator[Finding]:
    """Yield a finding of each device, address or peer that a host lacks, and of each host that does not answer.

    :param answers: registered results of aggregator_host_info, by host
    :param expected: hosts that were to be asked
    """
    for host in sorted(expected):
        answer, problems = check_answer(answers.get(host))
        if problems or answer is None or "unreachable" in answer:
            reason = " ".join(problems) or str((answer or {}).get("unreachable", "the host was not asked"))
            yield finding_of(about_silence(host, reason), "left")
            continue
        for text in answer["missing"]:
            remedy = "Find out why the aggregator lacks it: the server's configuration, its firewall, or its peer."
            lacking = Difference(KIND, host, "there", text, host=host, remedy=remedy)
            yield finding_of(lacking, "left", identity=text)
