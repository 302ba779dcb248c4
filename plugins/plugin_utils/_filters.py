# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Class of a file of filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def filter_module(*filters: Callable[..., Any]) -> type:
    """Return the class that Ansible looks for; each filter has the name of its function."""
    by_name = {one.__name__: one for one in filters}
    return type("FilterModule", (), {"filters": lambda _self: by_name})
