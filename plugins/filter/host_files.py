# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of the files that a role writes on a host, after they were checked."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.module_utils._design.host.files import FILES, check_files
from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module


def host_files(data: Any, of: str) -> dict[str, Any]:
    """Return the data, numbers and flags as such. Raises AnsibleFilterError if something cannot get into a file."""
    if of not in FILES:
        raise AnsibleFilterError(f"host_files: the kind of data is unknown (got {of!r}, expected {', '.join(FILES)}).")
    checked, wrong = check_files(data, of)
    if wrong:
        raise AnsibleFilterError(f"{of}: {' '.join(wrong)} Nothing was written on the host.")
    return checked


FilterModule = filter_module(host_files)
