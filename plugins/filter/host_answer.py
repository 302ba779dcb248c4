# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter for roles that checks the answer of a host."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.module_utils._design.host.answers import CHECKS
from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module


def host_answer(result: Any, host: str, module: str = "aggregator_host_info") -> Any:
    """Return the answer in a registered result. Raises AnsibleFilterError, naming the host, if its shape is another."""
    check = CHECKS.get(module)
    if check is None:
        raise AnsibleFilterError(f"host_answer: the module is unknown (got {module!r}, expected {', '.join(CHECKS)}).")
    answer, wrong = check(result)
    if wrong:
        raise AnsibleFilterError(
            f"{host}: the answer to {module} was refused. {' '.join(wrong)} Look after the host: another program than "
            "the one that was asked may have answered."
        )
    return answer


FilterModule = filter_module(host_answer)
