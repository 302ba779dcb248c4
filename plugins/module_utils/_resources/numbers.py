# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The spellings of a number in an answer."""

from __future__ import annotations

import re
from typing import Any

_DECIMAL = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")


def as_number(value: Any) -> Any:
    """Return a number that was written as a text or a decimal ("1500", 4.0, "4.00"); anything else as it is."""
    text = value.strip() if isinstance(value, str) else ""
    if _DECIMAL.fullmatch(text):
        value = float(text) if "." in text else int(text)
    return int(value) if isinstance(value, float) and value.is_integer() else value
