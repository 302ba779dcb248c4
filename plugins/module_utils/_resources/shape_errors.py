# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors for answers of the server that have another shape than the table says."""

from __future__ import annotations

from typing import Any

from .._printable import excerpt


class ShapeError(ValueError):
    """An answer has a value that no code above could use; the text says which, and what was expected."""


def shape_error(expected: str, value: Any) -> ShapeError:
    """Return the error for a value out of an answer, shown cut."""
    return ShapeError(f"got {excerpt(value)}, expected {expected}")
